"""The invented company's figures about people say something, and were drawn as they would be, one a quarter."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import instants
from data.people.viewer import OPERATOR
from data.scenarios import clock
from data.settings import Settings
from data.statistics import comparison
from data.statistics.people import noise, plan, reading
from data.statistics.people.figure import Figure
from data.statistics.quarter import Quarter
from data.store import open_store
from tests.demo import company, generate, opting, workforce
from tests.demo.loading import Desk
from tests.demo.quarters import BEGAN

UNTIL = instants.parse("2026-11-23T18:00:00Z")


def test_a_release_of_every_quarter_says_that_opting_out_spread_where_customers_are_spoken_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without noise here, so that what is asserted is the story and not luck."""
    monkeypatch.setattr(noise, "drawn", lambda counts, _: list(counts))
    desk, began = Desk(tmp_path / "store"), UNTIL - BEGAN * instants.DAY
    with clock.set_to(began):
        desk.ask("init")
        desk.ask("people", "import", str(generate.write_roster(tmp_path, workforce.everybody())))
        desk.ask("people", "grant", company.named("Ingrid Solheim").email, "officer")
    for back, happen in opting.waves(desk.store, workforce.others()):
        with clock.set_to(UNTIL - round(back * instants.DAY)):
            happen()
    opting.draw(desk.ask, desk.store, began, UNTIL)
    store = open_store(Settings.from_environment({}, store=str(desk.store)))
    with store.database.reading() as session:
        found = reading.releases(session, OPERATOR, store.vault)
    assert not found.altered
    assert [str(one.quarter) for one in found.releases] == ["2026-Q3", "2026-Q2", "2026-Q1", "2025-Q4", "2025-Q3"]
    assert all(0 < one.drawn_at - one.quarter.end - plan.WAIT < instants.DAY for one in found.releases)
    assert [one.position for one in found.releases] == sorted((one.position for one in found.releases), reverse=True)
    before, now = (_support(found, quarter) for quarter in (Quarter(2026, 1), Quarter(2026, 3)))
    assert now.above(before)
    release = found.releases[0]
    first, *rest = comparison.compared(release, Figure.OPTED_OUT, comparison.parts(release))
    assert first.group.name == "Customer Support"
    assert all(first.above(one) for one in rest)


def _support(record: comparison.Record, quarter: Quarter) -> comparison.Share:
    release = next(one for one in record.releases if one.quarter == quarter)
    group = next(one for one in release.groups if one.name == "Customer Support")
    return comparison.share(release, Figure.OPTED_OUT, group)

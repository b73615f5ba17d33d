"""What is said of "nobody" rests on the log's word about its sources, and on nothing while the log is damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from data import instants
from data.accesses import coverage, log
from data.accesses.coverage import STOPPED, Gap, Span
from data.accesses.entry import DAYLIGHT, Action
from data.accesses.log import Entry
from data.database import Database
from data.looks.look import LookFigures
from data.people.viewer import OPERATOR
from data.proofs import checks, publishing, sight
from data.proofs.anchor import Anchor
from data.proofs.sight import DAMAGED, Sight
from data.sealing.vault import Vault
from pages.wording import phrases
from tests.data.accesses.logging import OFFICER

AUDIT = "database audit"
DAY = instants.DAY


def seen(database: Database, vault: Vault, start: int | None, end: int) -> Sight:
    with database.reading() as session:
        return sight.of(session, vault, start, end)


@pytest.fixture
def now(database: Database, vault: Vault) -> int:
    """A store was made."""
    with database.writing() as session:
        log.extend(session, vault, [Entry(Action.STORE_MADE, [], OPERATOR, None, {}, 0)])
    return instants.now()


def say(database: Database, vault: Vault, *spans: Span) -> None:
    with database.writing() as session:
        coverage.record(session, vault, OFFICER, spans)


def test_where_no_source_outside_was_ever_connected_only_looks_through_this_app_are_known(
    database: Database, vault: Vault, now: int
) -> None:
    alone = seen(database, vault, now - 30 * DAY, now)
    assert (alone.gaps, alone.outside) == ((), False)
    assert [one.source for one in alone.spans] == [DAYLIGHT]
    assert "through this app" in phrases.opened(LookFigures(), alone)
    say(database, vault, Span(AUDIT, now - 40 * DAY, None, ""))
    both = seen(database, vault, now - 30 * DAY, now)
    assert (both.gaps, both.outside) == ((), True)
    assert phrases.opened(LookFigures(), both) == "In the last 30 days nobody opened your data."


def test_a_source_that_stopped_is_a_gap_with_its_reason_for_machines_too(
    database: Database, vault: Vault, now: int
) -> None:
    say(database, vault, Span(AUDIT, now - 40 * DAY, now - 20 * DAY, "switched off"))
    found = seen(database, vault, now - 30 * DAY, now)
    assert found.gaps == (Gap(AUDIT, now - 20 * DAY, now, "switched off"),)
    told = found.as_json()
    assert told["past_this_app"] is True
    (gap,) = told["not_known"]
    assert (gap["source"], gap["from"], gap["why"]) == (AUDIT, instants.iso(now - 20 * DAY), "switched off")
    assert {(one["source"], one["to"] is None) for one in told["recording"]} == {(AUDIT, False), (DAYLIGHT, True)}
    whole = seen(database, vault, None, now)
    assert (whole.start, whole.gaps[0].start) == (now - 40 * DAY, now - 20 * DAY)


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE access_entries SET action = 'x coverage' WHERE position = 2",
        "UPDATE access_entries SET action = 'x coverage' WHERE position IN (1, 2)",
        "DELETE FROM access_entries WHERE position = 2",
        "DELETE FROM access_entries WHERE position IN (1, 2)",
        "DELETE FROM access_entries",
    ],
)
def test_whoever_relabels_or_deletes_what_says_of_a_gap_leaves_nothing_known(
    database: Database, vault: Vault, tmp_path: Path, now: int, tamper: str
) -> None:
    """The entry that told of the gap is gone; what is left would say that all was recorded."""
    anchor = Anchor(tmp_path / "anchor")
    say(database, vault, Span(AUDIT, now - 40 * DAY, None, ""))
    say(database, vault, Span(AUDIT, now - 40 * DAY, now - 20 * DAY, STOPPED))
    publishing.run(database, vault, anchor)
    checks.run(database, vault, anchor)
    start = now - 30 * DAY
    assert seen(database, vault, start, now).gaps == (Gap(AUDIT, now - 20 * DAY, now, STOPPED),)
    with database.writing() as session:
        session.execute(text(tamper))
    checks.run(database, vault, anchor)
    found = seen(database, vault, start, now)
    assert Gap(DAYLIGHT, start, now, DAMAGED) in found.gaps
    assert {(one.start, one.end, one.why) for one in found.gaps} == {(start, now, DAMAGED)}
    assert found.spans == ()
    assert "in the time we can see" in phrases.opened(LookFigures(), found)

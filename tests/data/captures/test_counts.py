"""Counts keep in the database what rollups find, however it came in, and forget it whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.captures import clicks, counts, labels, rollups
from data.captures.rollup_tables import AppRow, CountedDeviceRow, DayRow, WeekRow
from data.database import Database
from data.instants import DAY
from data.sealing.vault import Vault
from tests.data.captures.people import hire
from tests.data.captures.rows import START, Row, drawn_rows, row, table

ONE_STORE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)


def held(session: Session, vault: Vault, person_id: int) -> dict[str, Any]:
    """Everything counted of a person, in a form that can be compared."""
    names = labels.names(session, vault, person_id)
    days = session.scalars(select(DayRow).where(DayRow.person_id == person_id), execution_options=_FRESH)
    apps = session.scalars(select(AppRow).where(AppRow.person_id == person_id), execution_options=_FRESH)
    devices = session.scalars(
        select(CountedDeviceRow).where(CountedDeviceRow.person_id == person_id), execution_options=_FRESH
    )
    grid = clicks.cells(session, vault, person_id, -(2**40), 2**40)
    return {
        "days": {(d.day, d.kind): (d.count, d.downs, d.first_at, d.last_at, d.quarters) for d in days},
        "apps": {(names[a.app_id], a.day, a.kind): (a.count, a.quarters) for a in apps},
        "devices": {d.device: (d.count, d.first_at, d.last_at) for d in devices},
        "clicks": {
            (at, names.get(app), column, line): count
            for at, app, column, line, count in np.stack(list(vars(grid).values())).T.tolist()
        },
    }


_FRESH = {"populate_existing": True}


def expected(rows: Sequence[Row]) -> dict[str, Any]:
    """The same from one count over all rows."""
    found = rollups.count(table(rows))
    return {
        "days": {
            key: (t.count, t.downs, t.first_at, t.last_at, rollups.pack(rollups.spread(t.quarters)))
            for key, t in found.days.items()
        },
        "apps": {
            (app, day, kind): (t.count, rollups.pack(rollups.spread(t.quarters)))
            for (day, kind, app), t in found.apps.items()
        },
        "devices": {name: (t.count, t.first_at, t.last_at) for name, t in found.devices.items()},
        "clicks": {
            (day * 96 + quarter, app, column, line): count
            for day, cells in found.clicks.items()
            for (app, quarter, column, line), count in cells.items()
        },
    }


@ONE_STORE
@given(st.lists(drawn_rows(20), max_size=4), drawn_rows(10))
def test_batches_added_one_by_one_count_like_all_at_once(
    database: Database, vault: Vault, batches: list[list[Row]], taken: list[Row]
) -> None:
    """Whatever is added in pieces and taken away again leaves what is kept; `recount` gives the same."""
    kept = [one for batch in batches for one in batch]
    with database.writing() as session:
        person = hire(session)
        for batch in (*batches, taken):
            counts.add(session, vault, person, rollups.count(table(batch)))
        assert held(session, vault, person) == expected([*kept, *taken])
        counts.add(session, vault, person, rollups.count(table(taken)), sign=-1)
        left, wanted = held(session, vault, person), expected(kept)
        assert left["clicks"] == wanted["clicks"]
        for tier in ("days", "apps", "devices"):
            assert {key: numbers[0] for key, numbers in left[tier].items()} == {
                key: numbers[0] for key, numbers in wanted[tier].items()
            }
        counts.recount(session, vault, person, [rollups.count(table(batch)) for batch in batches])
        assert held(session, vault, person) == wanted
        session.rollback()


def test_clearing_a_person_leaves_no_row_of_theirs_and_all_of_others(database: Database, vault: Vault) -> None:
    rows = [row(START, "click", app="Outlook", x=1.0, y=1.0), row(START + 1, device="ThinkPad")]
    with database.writing() as session:
        ada, ben = hire(session, "Ada"), hire(session, "Ben")
        for person in (ada, ben):
            counts.add(session, vault, person, rollups.count(table(rows)))
        counts.clear(session, ada)
        assert held(session, vault, ada) == expected([])
        assert labels.names(session, vault, ada) == {}
        assert held(session, vault, ben) == expected(rows)


def test_weekly_figures_say_what_was_taken_and_name_nobody(database: Database, vault: Vault) -> None:
    """They add up over the people of a department, follow a correction, and outlive an erasure."""
    monday = rollups.week_of(START // DAY)
    with database.writing() as session:
        ada, ben = hire(session, "Ada"), hire(session, "Ben")
        for person in (ada, ben):
            counts.add(session, vault, person, rollups.count(table([row(START), row(START + 1)])))
        counts.add(session, vault, ben, rollups.count(table([row(START)])), sign=-1)
        counts.recount(session, vault, ada, [rollups.count(table([row(START)]))])
        counts.clear(session, ben)
        assert counts.taken(session, monday, monday + 7) == {(monday, "key"): 3}
        assert counts.taken(session, monday + 7, monday + 14) == {}
    assert "person_id" not in WeekRow.__table__.c


def test_names_of_apps_are_nowhere_in_plain(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        person = hire(session)
        counts.add(session, vault, person, rollups.count(table([row(START, "click", app="Canary9", x=1.0, y=2.0)])))
        for name in ("capture_days", "capture_apps", "capture_clicks", "capture_labels", "capture_devices"):
            rows = session.connection().exec_driver_sql(f"SELECT * FROM {name}").all()
            cells = [bytes(cell) if isinstance(cell, bytes) else str(cell).encode() for one in rows for cell in one]
            assert cells
            assert not any(b"Canary9" in cell for cell in cells)
        assert labels.names(session, vault, person) == {1: "Canary9"}

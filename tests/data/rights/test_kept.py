"""What an erasure takes and what it leaves is listed in one place, and the list is true of the tables."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import insert, select

from data.captures.scope import Scope
from data.database import Database
from data.migrations.tables import SCHEMA
from data.people.viewer import OPERATOR
from data.rights import steps
from data.rights.erasure import kept
from data.sealing.vault import Vault
from pages.wording import deleting
from tests.data.crashing import place_of
from tests.data.rights.conftest import Roster
from tests.data.rights.test_erasure import approved, hold

LISTED = [table for one in kept.KEPT for table in one.tables]


def test_every_table_that_names_a_person_is_either_erased_or_on_the_list() -> None:
    personal = {table.name for table in SCHEMA.sorted_tables if "person_id" in table.c}
    unknown = personal - kept.GONE - set(LISTED)
    assert not unknown, f"{unknown} must be erased, or stand in data/rights/erasure/kept.py with the reason"
    assert set(SCHEMA.tables) >= kept.GONE | set(LISTED), "a table is listed that is not there"
    assert not kept.GONE & set(LISTED)
    assert len(LISTED) == len(set(LISTED))


def test_what_stays_is_said_with_its_reason_before_anybody_confirms() -> None:
    page = deleting.stays()
    assert all(one.what and one.why for one in kept.KEPT)
    assert page.count("<li>") == len(kept.KEPT)
    assert "24 h" in deleting.delayed(24 * 3600)


def test_a_row_in_each_table_that_is_erased_is_gone_afterwards(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    hold(database, vault, 1)
    with database.writing() as session:
        for name, values in {
            "devices": {"name": "Old", "first_at": 1, "last_at": 2, "received_at": 3},
            "displays": {"device": "Old", "x": 0, "y": 0, "width": 1, "height": 1},
        }.items():
            session.execute(insert(SCHEMA.tables[name]).values(person_id=1, **values))
    settings = place_of(database, tmp_path).settings
    steps.run(database, vault, settings, OPERATOR, approved(database, vault, roster, Scope()))
    with database.reading() as session:
        for name in kept.GONE:
            table = SCHEMA.tables[name]
            assert session.execute(select(table).where(table.c.person_id == 1)).first() is None, name

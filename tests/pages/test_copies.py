"""Where a person's data is outside: a copy that its holder says it deleted is not said to hold any."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from data.captures.schema import Kind
from data.captures.scope import Scope
from data.copies import tasks
from data.copies.tables import CopyTaskRow
from data.copies.tasks import Outcome
from data.database import Database
from data.rights import request
from data.sealing.vault import Vault
from pages.employee.elsewhere import copies
from tests.data.copies.holding import ANA
from tests.data.copies.test_tasks import confirm, done, erase, extract_for, found, register, roster, signed
from tests.data.rights.conftest import Roster
from tests.pages.seat import drawn, seated, text
from tests.pages.test_phrases import CALENDAR

__all__ = ["roster"]

HOLDS = "1 copy outside this store holds captures of you."
PART = "That was about a part; how many captures of you it still holds is not known."


def settled(
    database: Database, vault: Vault, roster: Roster, folder: Path, scope: Scope, outcome: Outcome, words: str
) -> None:
    """A copy that an officer says something of, after its person asked for the deletion of `scope`."""
    register(database, vault, "by-hand")
    extract_for(database, vault, folder, "by-hand")
    (one,) = found(database, erase(database, vault, roster, folder, scope))
    with database.writing() as session:
        tasks.settle_by_hand(session, roster.olga, vault, one.name, outcome, words)


def read(database: Database, vault: Vault, roster: Roster) -> str:
    return text(drawn(copies, seated(database, vault, roster.ana), ANA, CALENDAR))


def test_a_copy_that_its_holder_deleted_is_not_said_to_hold_anything(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    key = register(database, vault, "quick")
    extract_for(database, vault, tmp_path, "quick")
    assert HOLDS in read(database, vault, roster)
    (quick,) = found(database, erase(database, vault, roster, tmp_path))
    assert HOLDS in read(database, vault, roster), "nobody has said that it was deleted"
    confirm(database, vault, signed(key, quick.name, done(quick.name)))
    said = read(database, vault, roster)
    assert "1 copy outside this store held captures of you, and is said to hold none now." in said
    assert "holds captures of you" not in said
    assert "its holder says so, signed." in said
    assert PART not in said


@pytest.mark.parametrize(
    ("scope", "is_all"),
    [
        (Scope(start=12), False),
        (Scope(end=13), False),
        (Scope(kinds=frozenset({Kind.KEY})), False),
        (Scope(apps=frozenset({"Mail"})), False),
        (Scope(start=10, end=14), True),
        (request.EVERYTHING, True),
    ],
)
def test_of_a_part_that_was_deleted_it_is_said_what_is_not_known(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, scope: Scope, is_all: bool
) -> None:
    """The captures are from 10 to 13."""
    settled(database, vault, roster, tmp_path, scope, Outcome.DONE, "They showed me the empty table.")
    said = read(database, vault, roster)
    assert (HOLDS in said, PART in said) == (not is_all, not is_all)
    assert "an officer says so." in said


def test_of_what_can_no_longer_be_read_it_is_not_said_that_it_was_a_part(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    settled(database, vault, roster, tmp_path, request.EVERYTHING, Outcome.DONE, "They showed me the empty table.")
    with database.writing() as session:
        session.execute(update(CopyTaskRow).values(wrapped=b"altered"))
    said = read(database, vault, roster)
    assert HOLDS in said
    assert PART not in said
    assert "How much that was about can no longer be read; how many captures of you it still holds is not" in said


def test_what_is_not_possible_leaves_a_copy_that_holds_captures(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    settled(database, vault, roster, tmp_path, request.EVERYTHING, Outcome.IMPOSSIBLE, "It is in trained weights.")
    assert HOLDS in read(database, vault, roster)

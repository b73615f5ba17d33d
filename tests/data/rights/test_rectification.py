"""What is wrong about a person is corrected for good, and what was not them is not taken as theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.captures import browse
from data.captures.scope import Filter, Scope
from data.copies import tasks
from data.copies.tasks import What
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed, Refused
from data.people import corrections, roster
from data.people.corrections import Field
from data.people.tables import DepartmentRow
from data.people.viewer import OPERATOR
from data.programme.reach import Reach
from data.rights import attribution, correction, lifting, request
from data.rights.record import Request
from data.rights.states import Ground, State
from data.sealing.vault import Vault
from tests.data.copies.holding import ANA, keep, some, take, wanted
from tests.data.rights.conftest import Roster

NIGHT = Reach(start=12, end=14)
LINES = {"ana": "Ana,Support,,DE", "cal": "Cal,Support,,US-CA", "olga": "Olga,Support,,UK", "omar": "Omar,Support,,DE"}


def ask(database: Database, vault: Vault, roster: Roster, field: Field | str, value: str) -> Request:
    with database.writing() as session:
        return correction.ask(session, roster.ana, vault, ANA, field, value, "It is wrong.")


def grant(database: Database, vault: Vault, roster: Roster, number: int) -> Request:
    with database.writing() as session:
        return request.decide(session, roster.olga, vault, number, True)


def load(database: Database, vault: Vault, folder: Path, **changed: str) -> roster.Loaded:
    lines = [f"{name}@example.org,{rest}" for name, rest in {**LINES, **changed}.items()]
    (folder / "roster.csv").write_text("\n".join(["email,name,department,manager,jurisdiction", *lines]) + "\n")
    with database.writing() as session:
        return roster.load(session, OPERATOR, vault, folder / "roster.csv")


def says(database: Database, field: Field) -> str:
    with database.reading() as session:
        return corrections.value_of(session, ANA, field)


@pytest.mark.parametrize(
    ("field", "value", "now", "in_file"),
    [
        (Field.NAME, "  Ana  Ödegård ", "Ana Ödegård", "Ana Ödegård,Support,,DE"),
        (Field.DEPARTMENT, "Sales", "Sales", "Ana,Sales,,DE"),
        (Field.MANAGER, "OLGA@example.org", "olga@example.org", "Ana,Support,olga@example.org,DE"),
        (Field.JURISDICTION, "GB", "uk", "Ana,Support,,UK"),
    ],
)
def test_a_granted_correction_changes_the_roster_and_outlives_the_next_import(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, field: Field, value: str, now: str, in_file: str
) -> None:
    with database.writing() as session:
        session.add(DepartmentRow(id=2, name="Sales"))
    was = says(database, field)
    asked = ask(database, vault, roster, field, value)
    assert says(database, field) == was
    done = grant(database, vault, roster, asked.id)
    assert done.state is State.DONE
    (noted,) = [event.note for event in done.events if event.what == f"{field} corrected"]
    assert noted == f"It was {was!r} and is {now!r}." if was else noted == f"It was nobody and is {now!r}."
    assert says(database, field) == now
    loaded = load(database, vault, tmp_path)
    assert (loaded.kept, says(database, field)) == (1, now)
    assert load(database, vault, tmp_path, ana=in_file).kept == 0  # the source agrees, so that it holds no longer
    assert load(database, vault, tmp_path).kept == 0
    assert says(database, field) == was


def test_a_refused_correction_changes_nothing(database: Database, vault: Vault, roster: Roster) -> None:
    asked = ask(database, vault, roster, "name", "Anna")
    with database.writing() as session:
        request.decide(session, roster.olga, vault, asked.id, False, Ground.OTHER, "The passport says Ana.")
    assert says(database, Field.NAME) == "Ana"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("salary", "more"),
        ("name", "  "),
        ("name", "x" * 201),
        ("department", "Nothing"),
        ("manager", "nobody@example.org"),
        ("manager", "ana@example.org"),
        ("jurisdiction", "Atlantis"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_at_once(
    database: Database, vault: Vault, roster: Roster, field: str, value: str
) -> None:
    with pytest.raises(BadInput):
        ask(database, vault, roster, field, value)
    with database.reading() as session:
        assert request.mine(session, roster.ana, vault, ANA) == ()


def test_a_manager_below_the_person_is_no_manager(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    load(database, vault, tmp_path, cal="Cal,Support,ana@example.org,US-CA")
    with pytest.raises(BadInput, match="below this person"):
        ask(database, vault, roster, "manager", "cal@example.org")


def test_what_the_roster_says_already_is_not_corrected(database: Database, vault: Vault, roster: Roster) -> None:
    with pytest.raises(Conflict, match="already"):
        ask(database, vault, roster, "name", "Ana")
    ask(database, vault, roster, "name", "Anna")
    with pytest.raises(Conflict, match="asked for"):
        ask(database, vault, roster, "name", "Anna")


def test_nobody_corrects_somebody_else_or_grants_their_own(database: Database, vault: Vault, roster: Roster) -> None:
    with pytest.raises(NotAllowed), database.writing() as session:
        correction.ask(session, roster.cal, vault, ANA, "name", "Anna", "Ha.")
    with database.writing() as session:
        own = correction.ask(session, roster.olga, vault, 3, "name", "Olha", "It is.")
    with pytest.raises(NotAllowed, match="Nobody decides their own"), database.writing() as session:
        request.decide(session, roster.olga, vault, own.id, True)


def test_what_was_not_them_is_in_no_extract_and_opened_for_nobody_else(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    keep(database, vault, ANA, some(ANA))
    before = take(database, vault, tmp_path / "before.jsonl", what=wanted(people=frozenset({ANA})))
    with database.writing() as session:
        asked = attribution.ask(session, roster.ana, vault, ANA, NIGHT, "A colleague borrowed my laptop.")
    grant(database, vault, roster, asked.id)
    after = take(database, vault, tmp_path / "after.jsonl", what=wanted(people=frozenset({ANA})))
    assert (before.captures, after.captures) == (4, 2)
    with pytest.raises(Refused, match="leave that part out"), database.writing() as session:
        browse.page(session, roster.olga, vault, ANA, Filter())
    with database.writing() as session:
        assert len(browse.page(session, roster.olga, vault, ANA, Filter(Scope(end=12))).captures) == 2
    with database.reading() as session:
        assert len(browse.page(session, roster.ana, vault, ANA, Filter()).captures) == 4
        (told,) = tasks.of_request(session, ANA, asked.id)
    assert (told.copy_id, told.what) == (before.number, What.CORRECT)
    with database.writing() as session:
        lifting.lift(session, roster.ana, vault, asked.id)
    with database.writing() as session:
        assert len(browse.page(session, roster.olga, vault, ANA, Filter()).captures) == 4


@pytest.mark.parametrize(
    ("reach", "text"),
    [(Reach(), "Never."), (Reach(kinds=frozenset({"key"})), "Never."), (Reach(start=2, end=1), "No."), (NIGHT, " ")],
    ids=["everything", "no span", "upside down", "no statement"],
)
def test_it_names_a_span_or_a_device_and_says_why(
    database: Database, vault: Vault, roster: Roster, reach: Reach, text: str
) -> None:
    with pytest.raises(BadInput), database.writing() as session:
        attribution.ask(session, roster.ana, vault, ANA, reach, text)

"""Which teams look for which purpose: named by an officer, kept in the log, in force from then on."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from data import instants
from data.accesses import log, teams
from data.accesses.accessors import Outside
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.purposes import Named, Register
from data.accesses.tables import DetailsRow
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed
from data.looks import history, look, single
from data.people.viewer import OPERATOR, Role, Viewer
from data.sealing.vault import Vault
from tests.data.accesses.logging import own

OLGA = Viewer(3, frozenset({Role.EMPLOYEE, Role.OFFICER}), "Olga", "olga@x.org")


def named(database: Database, vault: Vault, purpose: Purpose, *wanted: str) -> Named:
    with database.writing() as session:
        return teams.name(session, OLGA, vault, purpose, wanted)


def register(database: Database, vault: Vault) -> Register:
    with database.reading() as session:
        return teams.register(session, vault)


def test_what_was_named_is_in_force_from_then_on(database: Database, vault: Vault) -> None:
    first = named(database, vault, Purpose.TRAINING, "AI", "  Applied   AI ", "")
    second = named(database, vault, Purpose.TRAINING, "AI")
    found = register(database, vault)
    assert first.teams == ("AI", "Applied AI")
    assert found.at(Purpose.TRAINING, first.since - 1) is None
    assert found.at(Purpose.TRAINING, second.since) == second
    assert found.at(Purpose.SUPPORT, second.since) is None
    # A look is judged by what was on record when it happened.
    between = Register((first, Named(second.purpose, second.teams, first.since + 10, second.position)))
    assert not between.is_outside(Purpose.TRAINING, "applied ai", first.since)
    assert between.is_outside(Purpose.TRAINING, "applied ai", first.since + 10)
    assert not between.is_outside(Purpose.TRAINING, "ai", first.since + 10)
    assert not between.is_outside(Purpose.TRAINING, "Sales", first.since - 1)


def test_a_team_that_was_not_recorded_is_no_evidence(database: Database, vault: Vault) -> None:
    named(database, vault, Purpose.SUPPORT, "IT Support")
    found = register(database, vault)
    now = instants.now()
    assert found.is_outside(Purpose.SUPPORT, "Finance", now)
    assert not found.is_outside(Purpose.SUPPORT, " ", now)
    assert not found.is_outside(Purpose.RESEARCH, "Finance", now)


def test_a_purpose_is_taken_off_the_record(database: Database, vault: Vault) -> None:
    named(database, vault, Purpose.SUPPORT, "IT Support")
    named(database, vault, Purpose.SUPPORT)
    assert not register(database, vault).is_outside(Purpose.SUPPORT, "Finance", instants.now())


@pytest.mark.parametrize("purpose", [Purpose.OWN, Purpose.NONE, Purpose.REQUEST, Purpose.QUESTION])
def test_whose_purpose_is_certain_is_not_for_an_officer_to_name(
    database: Database, vault: Vault, purpose: Purpose
) -> None:
    with pytest.raises(BadInput, match="is certain"):
        named(database, vault, purpose, "Sales")


def test_what_is_no_name_and_what_is_so_already_is_refused(database: Database, vault: Vault) -> None:
    with pytest.raises(BadInput):
        named(database, vault, Purpose.LEGAL, "x" * 101)
    with pytest.raises(BadInput):
        named(database, vault, Purpose.LEGAL, "A\u202eB")
    with pytest.raises(BadInput):
        named(database, vault, Purpose.LEGAL, *(f"Team {n}" for n in range(51)))
    with pytest.raises(Conflict):
        named(database, vault, Purpose.LEGAL)
    named(database, vault, Purpose.LEGAL, "Legal")
    with pytest.raises(Conflict, match="nothing was changed"):
        named(database, vault, Purpose.LEGAL, " Legal")
    assert len(register(database, vault).named) == 1


def test_only_an_officer_names_teams(database: Database, vault: Vault) -> None:
    for viewer in (own(1), OPERATOR):
        with pytest.raises(NotAllowed), database.writing() as session:
            teams.name(session, viewer, vault, Purpose.LEGAL, ["Legal"])


def test_what_was_named_cannot_be_altered_unseen(database: Database, vault: Vault) -> None:
    one = named(database, vault, Purpose.LEGAL, "Legal")
    with database.writing() as session:
        session.execute(update(DetailsRow).where(DetailsRow.position == one.position).values(details=b"forged"))
    found = register(database, vault)
    assert (found.named, found.altered) == ((), 1)


def test_a_look_of_another_team_is_marked_by_what_was_on_record_when_it_happened(
    database: Database, vault: Vault
) -> None:
    def looked(team: str, purpose: Purpose) -> int:
        with database.writing() as session:
            return log.append(
                session,
                vault,
                action=Action.READ,
                people=[1],
                accessor=Outside("k.baumann", "analyst", team),
                reason=Reason(purpose),
                scope={},
                count=1,
            )

    before = looked("Advertising", Purpose.QUALITY)
    named(database, vault, Purpose.QUALITY, "Data Platform")
    outside = looked("Advertising", Purpose.QUALITY)
    inside = looked("data platform", Purpose.QUALITY)
    named(database, vault, Purpose.QUALITY, "Advertising", "Data Platform")
    after = looked("Advertising", Purpose.QUALITY)
    with database.reading() as session:
        found = {one.position: one for one in history.about(session, own(1), vault, 1)}
        alone = single.opened(session, own(1), vault, 1, outside)
    marked = {position for position, one in found.items() if look.OUTSIDE_TEAM in one.marks}
    assert marked == {outside}
    assert {before, inside, after} < set(found)
    assert look.OUTSIDE_TEAM in alone.marks
    assert alone.teams == ("Data Platform",)

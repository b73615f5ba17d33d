"""Killed inside every step of a deletion, at its first statement and later ones, it ends in the same certificate."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.captures.scope import Scope
from data.database import Database
from data.people.viewer import OPERATOR
from data.rights import holds, request, steps
from data.rights.erasure import certificate, deletion, issuing
from data.rights.states import State
from data.sealing import epochs
from data.sealing.vault import Vault
from tests.data.crashing import place_of
from tests.data.rights.conftest import Roster
from tests.data.rights.crashing import run_and_die_in
from tests.data.rights.holding import keep, kept, rows
from tests.data.rights.test_erasure import approved, assert_gone, hold
from tests.data.rights.test_holds import put

STATEMENTS = (1, 7)  # each time the step is begun anew, so that it has to stand being half done again and again

# With a hold, and in what goes on after it was lifted; what is deleted in part has no step `rows`.
PARTLY = [(step, lifted) for step in deletion.STEPS for lifted in (False, True) if lifted or step != "rows"]


def look(database: Database, vault: Vault, roster: Roster, number: int) -> None:
    """The store opens, its person reads the truth, and everybody else's captures are there."""
    epochs.check(database, vault)
    with database.reading() as session:
        found = request.show(session, roster.ana, vault, number)
        assert found.state in (State.APPROVED, State.RUNNING), found.state
        # No page shows what is half gone, or says that it goes while all of it is there.
        assert request.erasing(session, roster.ana, vault, 1) is (found.next_step != "start")
    assert len(kept(database, vault, 2)) == 300


@pytest.mark.parametrize("step", deletion.STEPS)
def test_killed_in_a_step_the_store_opens_and_the_rerun_ends_in_the_same_certificate(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, step: str
) -> None:
    place = place_of(database, tmp_path)
    hold(database, vault, 1)
    hold(database, vault, 2)
    number = approved(database, vault, roster, Scope())
    killed = 0
    for statement in STATEMENTS:
        if run_and_die_in(place, number, step, statement) != -9:
            break
        killed += 1
        look(database, vault, roster, number)
    assert killed, f"nothing happened in {step}"
    steps.run(database, vault, place.settings, OPERATOR, number)
    assert_gone(database, vault, roster, number)
    with database.reading() as session:
        issued = issuing.find(session, roster.ana, vault, number)
    held = certificate.check(issued.signed.encode())
    assert (held.keys, held.left, len(held.digests)) == ((1,), 0, 2)
    assert {name: count for name, count in held.removed.items() if not name.startswith("of these")} == {
        "Captures": 300,
        "Pictures of the screen": 2,
        "Sealed files": 2,
        "Versions of your key destroyed": 1,
        "Copies (exports) destroyed": 0,
    }


@pytest.mark.parametrize(("step", "lifted"), PARTLY)
def test_killed_in_a_step_a_deletion_takes_exactly_what_no_hold_keeps_and_the_rest_once_it_is_lifted(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, step: str, lifted: bool
) -> None:
    """What goes and what stays was fixed when it began: no crash adds to either, before the lift and after it."""
    place = place_of(database, tmp_path)
    for person in (1, 2):
        keep(database, vault, person, rows(30))
    before = kept(database, vault, 1)
    keys = [row for row in before if row["kind"] == "key"]
    put(database, vault, roster)
    number = approved(database, vault, roster)
    if lifted:
        assert steps.run(database, vault, place.settings, OPERATOR, number).state is State.HELD
        with database.writing() as session:
            holds.lift(session, roster.olga, vault, 1, "It is over.")
    assert run_and_die_in(place, number, step, 2) == -9
    steps.run(database, vault, place.settings, OPERATOR, number)
    assert kept(database, vault, 1) == ([] if lifted else keys)
    assert len(kept(database, vault, 2)) == 30
    with database.reading() as session:
        found = request.show(session, roster.ana, vault, number)
        held = certificate.check(issuing.find(session, roster.ana, vault, number).signed.encode())
    assert found.state is (State.DONE if lifted else State.HELD)
    assert held.removed["Captures"] == (len(before) if lifted else len(before) - len(keys))
    assert (held.left, len(held.held)) == ((0, 0) if lifted else (len(keys), 1))

"""A request in the hands of people: who may ask, withdraw, decide, and what happens at a second click."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select, update

from data import instants
from data.accesses.tables import EntryRow
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.database import Database
from data.errors import BadInput, Conflict, Error, NotAllowed, NotFound
from data.people.viewer import OPERATOR, Viewer
from data.rights import clocks, keys, request
from data.rights.states import Ground, RequestKind, State
from data.rights.tables import RequestRow
from data.sealing.vault import Vault
from tests.data.rights.conftest import Roster

ERASURE, EXPORT = RequestKind.ERASURE, RequestKind.EXPORT
NARROW = Scope(frozenset({Kind.KEY}), frozenset({"Secretive.exe"}), 1_000_000, 2_000_000)


def ask(
    database: Database, vault: Vault, viewer: Viewer, kind: RequestKind = ERASURE, scope: Scope = request.EVERYTHING
) -> request.Request:
    assert viewer.person_id is not None
    with database.writing() as session:
        return request.open_request(session, viewer, vault, viewer.person_id, kind, scope)


def decide(database: Database, vault: Vault, viewer: Viewer, number: int, approve: bool = True) -> request.Request:
    ground, reason = (None, "") if approve else (Ground.LEGAL_HOLD, "A court asked for it.")
    with database.writing() as session:
        return request.decide(session, viewer, vault, number, approve, ground, reason)


def test_a_deletion_waits_for_an_officer_with_the_clock_of_its_person(
    database: Database, vault: Vault, roster: Roster
) -> None:
    for viewer, code in ((roster.ana, "gdpr"), (roster.cal, "california")):
        found = ask(database, vault, viewer)
        today = clocks.received_on(code, instants.now())
        assert (found.state, found.jurisdiction) == (State.OPEN, code)
        assert found.due_on == clocks.due_on(code, today)
        assert found.days_left == (found.due_on - today).days
        # California wants its receipt confirmed; who asks here is told at once.
        confirmed = ["receipt confirmed"] if code == "california" else []
        assert [event.what for event in found.events] == ["opened", *confirmed]


def test_a_copy_of_ones_own_captures_needs_no_officer(database: Database, vault: Vault, roster: Roster) -> None:
    assert ask(database, vault, roster.ana, EXPORT).state is State.APPROVED


def test_a_copy_asked_for_somebody_else_waits_for_another_officer(
    database: Database, vault: Vault, roster: Roster
) -> None:
    with database.writing() as session:
        found = request.open_request(session, roster.olga, vault, 1, EXPORT)
    assert found.state is State.OPEN
    with pytest.raises(NotAllowed, match="Nobody decides their own"):
        decide(database, vault, roster.olga, found.id)
    assert decide(database, vault, roster.omar, found.id).state is State.APPROVED


def test_nobody_asks_for_somebody_else_without_being_an_officer(
    database: Database, vault: Vault, roster: Roster
) -> None:
    with pytest.raises(NotAllowed), database.writing() as session:
        request.open_request(session, roster.ana, vault, 2, ERASURE)


def test_an_officer_never_decides_their_own_request(database: Database, vault: Vault, roster: Roster) -> None:
    mine = ask(database, vault, roster.olga)
    with pytest.raises(NotAllowed, match="Nobody decides their own"):
        decide(database, vault, roster.olga, mine.id)
    assert decide(database, vault, roster.omar, mine.id).decider == "Omar"


def test_only_officers_decide(database: Database, vault: Vault, roster: Roster) -> None:
    asked = ask(database, vault, roster.ana)
    for viewer in (roster.ana, roster.cal, OPERATOR):
        with pytest.raises(NotAllowed):
            decide(database, vault, viewer, asked.id)


def test_the_scope_is_read_back_and_stands_nowhere_in_plain_text(
    database: Database, vault: Vault, roster: Roster
) -> None:
    asked = ask(database, vault, roster.ana, ERASURE, NARROW)
    with database.reading() as session:
        assert request.show(session, roster.ana, vault, asked.id).scope == NARROW
        assert b"Secretive" not in session.scalars(select(RequestRow.scope)).one()


def test_a_scope_moved_to_another_request_does_not_open(database: Database, vault: Vault, roster: Roster) -> None:
    one = ask(database, vault, roster.ana, ERASURE, NARROW)
    other = ask(database, vault, roster.ana, ERASURE)
    with database.writing() as session:
        sealed = session.scalars(select(RequestRow.scope).where(RequestRow.id == one.id)).one()
        session.execute(update(RequestRow).where(RequestRow.id == other.id).values(scope=sealed))
    with pytest.raises(Error), database.reading() as session:
        request.show(session, roster.ana, vault, other.id)


@pytest.mark.parametrize(
    "scope",
    [Scope(start=2, end=1), Scope(start=5, end=5), Scope(start=10**30), Scope(end=-(10**30))],
    ids=["upside down", "empty", "too late", "too early"],
)
def test_a_range_that_cannot_be_is_refused_and_nothing_is_stored(
    database: Database, vault: Vault, roster: Roster, scope: Scope
) -> None:
    with pytest.raises(BadInput, match="range"):
        ask(database, vault, roster.ana, ERASURE, scope)
    with database.reading() as session:
        assert request.mine(session, roster.ana, vault, 1) == ()


def test_a_second_click_finds_the_first_request(database: Database, vault: Vault, roster: Roster) -> None:
    first = ask(database, vault, roster.ana, ERASURE, NARROW)
    with pytest.raises(Conflict, match=f"request {first.id} is waiting for a decision"):
        ask(database, vault, roster.ana, ERASURE, NARROW)
    ask(database, vault, roster.ana, EXPORT, NARROW)
    ask(database, vault, roster.cal, ERASURE, NARROW)
    with database.writing() as session:
        request.withdraw(session, roster.ana, vault, first.id)
    assert ask(database, vault, roster.ana, ERASURE, NARROW).id > first.id


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Every call in a thread of its own, started together; what it returned or raised."""
    ready = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        ready.wait()
        try:
            return call()
        except Error as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_two_clicks_at_once_make_one_request(database: Database, vault: Vault, roster: Roster) -> None:
    found = at_once(*[lambda: ask(database, vault, roster.ana)] * 4)
    assert sorted(type(one).__name__ for one in found) == ["Conflict"] * 3 + ["Request"]


def test_of_two_officers_at_once_one_decides_and_the_other_is_told(
    database: Database, vault: Vault, roster: Roster
) -> None:
    asked = ask(database, vault, roster.ana)
    found = at_once(
        lambda: decide(database, vault, roster.olga, asked.id),
        lambda: decide(database, vault, roster.omar, asked.id, approve=False),
    )
    (conflict,) = [str(one) for one in found if isinstance(one, Conflict)]
    (done,) = [one for one in found if isinstance(one, request.Request)]
    assert f"by {done.decider}" in conflict
    with database.reading() as session:
        assert request.show(session, roster.ana, vault, asked.id).state is done.state


def test_a_second_decision_changes_nothing_and_says_who_decided(
    database: Database, vault: Vault, roster: Roster
) -> None:
    asked = ask(database, vault, roster.ana)
    decide(database, vault, roster.olga, asked.id)
    for approve in (True, False):
        with pytest.raises(Conflict, match="was approved by Olga"):
            decide(database, vault, roster.omar, asked.id, approve)


@pytest.mark.parametrize(
    ("approve", "ground", "reason", "match"),
    [
        (False, None, "Because.", "needs a ground"),
        (False, Ground.FRAUD, "  ", "needs a reason"),
        (False, "because", "Because.", "no ground 'because'"),
        (True, Ground.FRAUD, "", "belongs to a refusal"),
    ],
)
def test_a_decision_that_is_not_whole_is_refused(
    database: Database,
    vault: Vault,
    roster: Roster,
    approve: bool,
    ground: Ground | str | None,
    reason: str,
    match: str,
) -> None:
    asked = ask(database, vault, roster.ana)
    with pytest.raises(BadInput, match=match), database.writing() as session:
        request.decide(session, roster.olga, vault, asked.id, approve, ground, reason)
    with database.reading() as session:
        assert request.show(session, roster.ana, vault, asked.id).state is State.OPEN


def test_a_refusal_is_read_by_its_person(database: Database, vault: Vault, roster: Roster) -> None:
    asked = ask(database, vault, roster.ana)
    with database.writing() as session:
        request.decide(session, roster.olga, vault, asked.id, False, "legal-hold", " A court asked for it. ")
    with database.reading() as session:
        (found,) = request.mine(session, roster.ana, vault, 1)
    assert (found.state, found.ground, found.reason) == (State.REFUSED, Ground.LEGAL_HOLD, "A court asked for it.")
    assert [(event.what, event.name) for event in found.events] == [("opened", "Ana"), ("refused", "Olga")]


def test_a_request_is_withdrawn_by_its_person_only_and_only_once(
    database: Database, vault: Vault, roster: Roster
) -> None:
    asked = ask(database, vault, roster.ana)
    with pytest.raises(NotAllowed), database.writing() as session:
        request.withdraw(session, roster.olga, vault, asked.id)
    with pytest.raises(NotFound), database.writing() as session:
        request.withdraw(session, roster.cal, vault, asked.id)
    with database.writing() as session:
        assert request.withdraw(session, roster.ana, vault, asked.id).state is State.WITHDRAWN
    with pytest.raises(Conflict, match="is withdrawn"), database.writing() as session:
        request.withdraw(session, roster.ana, vault, asked.id)
    with pytest.raises(Conflict, match="is withdrawn"):
        decide(database, vault, roster.olga, asked.id)


def test_another_persons_request_reads_like_one_that_does_not_exist(
    database: Database, vault: Vault, roster: Roster
) -> None:
    asked = ask(database, vault, roster.ana)
    said: list[str] = []
    for number in (asked.id, 999):
        with pytest.raises(NotFound) as error, database.reading() as session:
            request.show(session, roster.cal, vault, number)
        said.append(str(error.value).replace(str(number), "N"))
    assert said[0] == said[1]


def test_opening_and_deciding_are_in_the_access_log(database: Database, vault: Vault, roster: Roster) -> None:
    asked = ask(database, vault, roster.ana)
    decide(database, vault, roster.olga, asked.id)
    with database.reading() as session:
        actions = list(session.scalars(select(EntryRow.action).order_by(EntryRow.position)))
    assert actions == ["request opened", "request decided"]


def test_scopes_stay_readable_when_the_keyring_turns_an_epoch(database: Database, vault: Vault, roster: Roster) -> None:
    ask(database, vault, roster.ana, ERASURE, NARROW)
    with database.writing() as session:
        keys.rewrap(session, vault)
    with database.reading() as session:
        assert request.mine(session, roster.ana, vault, 1)[0].scope == NARROW

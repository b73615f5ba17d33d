"""Decisions: a part granted and the rest refused, by somebody who stands apart, with the sign-in that proved who."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from data import instants
from data.accesses import keys
from data.accesses.tables import DetailsRow
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.database import Database
from data.errors import BadInput, NotAllowed, NotFound
from data.people.tables import GrantRow, PersonRow
from data.people.viewer import OPERATOR, Role
from data.programme.reach import Reach
from data.rights import lifting, question, queue, request, restriction, reveal, steps, timing
from data.rights.states import Ground, RequestKind, State
from data.rights.tables import RequestRow
from data.sealing.vault import Vault
from tests.data.rights.conftest import Roster
from tests.data.rights.crashing import Place
from tests.data.rights.holding import keep, kept, rows
from tests.data.rights.test_about_access import LOGIN, looked

KEYS = Scope(frozenset({Kind.KEY}))
GROUND, WHY = Ground.LEGAL_CLAIMS, "The rest is evidence in a dispute."


def ask(database: Database, vault: Vault, roster: Roster, scope: Scope = request.EVERYTHING) -> int:
    with database.writing() as session:
        return request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE, scope).id


def grant(database: Database, vault: Vault, roster: Roster, number: int, part: Scope) -> request.Request:
    with database.writing() as session:
        return request.decide(session, roster.olga, vault, number, True, GROUND, WHY, granted=part)


def test_exactly_the_part_that_was_granted_is_carried_out_and_the_person_reads_both(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    keep(database, vault, 1, rows(60))
    before = kept(database, vault, 1)
    number = ask(database, vault, roster)
    decided = grant(database, vault, roster, number, KEYS)
    assert (decided.state, decided.scope, decided.granted) == (State.APPROVED, Scope(), KEYS)
    with database.reading() as session:
        (mine,) = request.mine(session, roster.ana, vault, 1)
    assert (mine.granted, mine.ground, mine.reason) == (KEYS, GROUND, WHY)
    assert mine.events[-1].what == "approved in part"
    settings = Place(database.url.render_as_string(hide_password=False), tmp_path).settings
    steps.run(database, vault, settings, OPERATOR, number)
    left = kept(database, vault, 1)
    assert left == [row for row in before if row["kind"] != "key"]
    assert len(left) < len(before)


@pytest.mark.parametrize(
    ("asked", "part", "match"),
    [
        (KEYS, Scope(frozenset({Kind.CLICK})), "goes beyond"),
        (KEYS, Scope(apps=frozenset({"Zoom"})), "goes beyond"),
        (KEYS, KEYS, "all that request"),
        (Scope(), Scope(), "all that request"),
        (Scope(start=5, end=9), Scope(start=5, end=10), "goes beyond"),
        (Scope(start=5, end=9), Scope(start=8, end=6), r"ends \(.*before it starts"),
    ],
)
def test_what_is_no_part_of_what_was_asked_is_not_granted(
    database: Database, vault: Vault, roster: Roster, asked: Scope, part: Scope, match: str
) -> None:
    number = ask(database, vault, roster, asked)
    with pytest.raises(BadInput, match=match):
        grant(database, vault, roster, number, part)
    with database.reading() as session:
        found = request.show(session, roster.ana, vault, number)
    assert (found.state, found.granted) == (State.OPEN, None)


def test_a_part_needs_a_ground_and_a_reason_for_the_rest(database: Database, vault: Vault, roster: Roster) -> None:
    number = ask(database, vault, roster)
    for ground, why, match in ((None, WHY, "ground"), (GROUND, " ", "reason")):
        with pytest.raises(BadInput, match=match), database.writing() as session:
            request.decide(session, roster.olga, vault, number, True, ground, why, granted=KEYS)


def test_what_is_not_about_captures_is_granted_or_refused_as_a_whole(
    database: Database, vault: Vault, roster: Roster
) -> None:
    position = looked(database, vault, LOGIN, source="warehouse audit")
    with database.writing() as session:
        number = reveal.ask(session, roster.ana, vault, 1, position, "I work beside them.").id
    with pytest.raises(BadInput, match="as a whole"):
        grant(database, vault, roster, number, KEYS)


SCOPES = st.builds(
    Scope,
    st.frozensets(st.sampled_from([Kind.KEY, Kind.CLICK])),
    st.frozensets(st.sampled_from(["A", "B"])),
    st.none() | st.integers(0, 3),
    st.none() | st.integers(4, 7),
)


@given(SCOPES, SCOPES)
def test_a_scope_is_within_another_when_it_means_nothing_else(one: Scope, other: Scope) -> None:
    def means(scope: Scope, kind: Kind, app: str, at: int) -> bool:
        return (
            (not scope.kinds or kind in scope.kinds)
            and (not scope.apps or app in scope.apps)
            and (scope.start is None or at >= scope.start)
            and (scope.end is None or at < scope.end)
        )

    # "C" and SCROLL stand for everything that no scope here names.
    all_of_it = [(k, a, t) for k in (Kind.KEY, Kind.CLICK, Kind.SCROLL) for a in "ABC" for t in range(-1, 9)]
    assert one.within(other) == all(means(other, *it) for it in all_of_it if means(one, *it))


def manage(database: Database, person_id: int, manager_id: int) -> None:
    with database.writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id == person_id).values(manager_id=manager_id))


def appoint(database: Database, *people: int) -> None:
    with database.writing() as session:
        session.add_all(
            GrantRow(person_id=one, role=Role.OFFICER.value, granted_at=0, revoked_at=None) for one in people
        )


@pytest.mark.parametrize("chain", [[(1, 3)], [(1, 2), (2, 3)], [(3, 1)], [(3, 2), (2, 1)]])
def test_nobody_decides_in_their_own_line_of_managers_while_another_officer_exists(
    database: Database, vault: Vault, roster: Roster, chain: list[tuple[int, int]]
) -> None:
    for person, manager in chain:
        manage(database, person, manager)
    appoint(database, 3, 4)
    number = ask(database, vault, roster)
    for act in (
        lambda session: request.decide(session, roster.olga, vault, number, True),
        lambda session: timing.extend(session, roster.olga, vault, number, "It is much."),
    ):
        with pytest.raises((NotAllowed, NotFound)) as refused, database.writing() as session:
            act(session)
        # Whoever manages somebody is not even told that they asked for anything.
        is_manager = chain in ([(1, 3)], [(1, 2), (2, 3)])
        said = "There is no request" if is_manager else "You stand in the same line of managers"
        assert str(refused.value).startswith(said)
    with database.writing() as session:
        assert request.decide(session, roster.omar, vault, number, True).decider == "Omar"


def test_nobody_answers_a_question_in_their_own_line_of_managers(
    database: Database, vault: Vault, roster: Roster
) -> None:
    manage(database, 1, 3)
    appoint(database, 3, 4)
    position = looked(database, vault, LOGIN, source="warehouse audit")
    with database.writing() as session:
        number = question.ask(session, roster.ana, vault, 1, position, "Who?").id
    with pytest.raises(NotFound, match="no request"), database.writing() as session:
        question.answer(session, roster.olga, vault, number, "It was me.")


@pytest.mark.parametrize("above", [(), ((3, 4),), ((3, 2), (2, 4))])
def test_a_manager_who_is_an_officer_sees_nothing_of_what_their_people_ask_for(
    database: Database, vault: Vault, roster: Roster, above: tuple[tuple[int, int], ...]
) -> None:
    """Unless no officer outside of that line is left, or they opened it themselves: then somebody has to."""
    for person, manager in ((1, 2), (2, 3), *above) if (3, 2) not in above else ((1, 3), *above):
        manage(database, person, manager)
    appoint(database, 3, 4)
    number = ask(database, vault, roster)
    with database.reading() as session:
        seen = [[one.id for one in queue.page(session, who).rows] for who in (roster.olga, roster.omar)]
        waiting = [queue.figures(session, who).waiting for who in (roster.olga, roster.omar)]
        listed = [len(request.mine(session, who, vault, 1)) for who in (roster.olga, roster.omar)]
        is_left = not above
        assert seen == [[] if is_left else [number], [number]]
        assert waiting == listed == [0 if is_left else 1, 1]
        if is_left:
            with pytest.raises(NotFound):
                request.show(session, roster.olga, vault, number)
        assert request.show(session, roster.omar, vault, number).id == number


def test_a_manager_sees_what_they_opened_for_one_of_their_people(
    database: Database, vault: Vault, roster: Roster
) -> None:
    manage(database, 1, 3)
    appoint(database, 3, 4)
    number = ask(database, vault, roster)
    with database.writing() as session:
        session.execute(update(RequestRow).where(RequestRow.id == number).values(opened_by=3))
    with database.reading() as session:
        assert [one.id for one in queue.page(session, roster.olga).rows] == [number]


def test_a_manager_decides_where_no_other_officer_could(database: Database, vault: Vault, roster: Roster) -> None:
    manage(database, 1, 3)
    manage(database, 3, 4)  # Omar is above both
    appoint(database, 3, 4)
    number = ask(database, vault, roster)
    with database.writing() as session:
        assert request.decide(session, roster.olga, vault, number, True).decider == "Olga"


def test_the_sign_in_that_proved_who_decides_is_kept_with_the_decision(
    database: Database, vault: Vault, roster: Roster
) -> None:
    number, proved_at = ask(database, vault, roster), instants.now() - instants.MINUTE
    with database.writing() as session:
        found = request.decide(session, replace(roster.olga, proved_at=proved_at), vault, number, True)
    assert found.events[-1].proved_at == proved_at
    with database.reading() as session:
        newest = session.scalars(select(DetailsRow).order_by(DetailsRow.position.desc())).first()
        assert newest is not None
        details = keys.make(session, vault).open_details(newest.position, newest.details)
    assert f'"signed_in":"{instants.iso(proved_at)}"'.encode() in details


def test_a_manager_does_not_end_the_sealing_of_whom_they_manage_while_another_officer_exists(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """Ending it opens the person's data again, to that manager too."""
    manage(database, 1, 3)
    appoint(database, 3, 4)
    with database.writing() as session:
        number = restriction.ask(session, roster.ana, vault, 1, Reach(), "accuracy_contested", "It was not me.").id
    with database.writing() as session:
        request.decide(session, roster.omar, vault, number, True)
    with pytest.raises(NotFound, match="no request"), database.writing() as session:
        lifting.lift(session, roster.olga, vault, number, "I want to see what she does.")
    with database.writing() as session:
        assert lifting.lift(session, roster.omar, vault, number, "The data is right.").expires_at is not None

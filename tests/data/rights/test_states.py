"""The table of moves is what really happens: every move is tried in every state, through the functions people use."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as how
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import select

from data import instants
from data.captures.scope import Scope
from data.database import Database
from data.errors import Conflict
from data.people.tables import GrantRow, PersonRow
from data.people.viewer import OPERATOR, Role, Viewer
from data.programme.reach import Reach
from data.rights import (
    appeals,
    attribution,
    clocks,
    correction,
    handling,
    holds,
    lifting,
    objection,
    question,
    request,
    restriction,
    reveal,
    steps,
    timing,
    work,
)
from data.rights.clocks import Mark, Tick
from data.rights.export import offer
from data.rights.states import ENDED, NATURES, WAITING, Ground, Move, RequestKind, State, after
from data.rights.tables import RequestEventRow, RequestRow
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.rights.conftest import Roster
from tests.data.rights.test_about_access import LOGIN, looked

KINDS = sorted(RequestKind)
GROUND = {RequestKind.OBJECTION: Ground.LEGAL_CLAIMS}


class Life(RuleBasedStateMachine):
    """One request, and whoever may act on it. `state` is where the table says that it stands."""

    database: Database
    vault: Vault
    settings: Settings
    officer: Viewer
    other: Viewer
    numbers = itertools.count(100)

    @initialize(kind=st.sampled_from(KINDS), jurisdiction=st.sampled_from(["uk", "california"]))
    def open(self, kind: RequestKind, jurisdiction: str) -> None:
        person = next(Life.numbers)
        self.kind, self.jurisdiction = kind, jurisdiction
        self.person = Viewer(person, frozenset({Role.EMPLOYEE}), f"P{person}", f"p{person}@example.org")
        with self.database.writing() as session:
            session.add(
                PersonRow(
                    id=person,
                    email=self.person.email,
                    name=self.person.name,
                    department_id=1,
                    jurisdiction=jurisdiction,
                    joined_at=0,
                )
            )
        made = OPENERS[kind](self, person)
        self.number, self.state, self.person_id = made.id, made.state, person
        self.held, self.taken = 0, False
        self.once: set[Move] = {Move.CONFIRM}  # whoever asks here is told at once that it arrived

    @rule(move=st.sampled_from(sorted(Move)))
    def make(self, move: Move) -> None:
        to = self.kind.nature.moves.get(move, {}).get(self.state)
        is_open = move not in self.once and (move is not Move.STOP or self.jurisdiction == "uk")
        # Nothing here is granted in part (test_appeals.py), so of what is done nothing can be appealed.
        is_open = is_open and not (move is Move.APPEAL and self.state is State.DONE)
        is_open = is_open and move is not (Move.TAKE if self.taken else Move.GIVE_BACK)
        before = self.seen()
        if to is not None and is_open:
            MOVES[move](self)
            self.state = to
            self.once |= {move} & {Move.EXTEND, Move.APPEAL}
            # Whoever had it until it was refused may not decide its appeal.
            self.taken = move is Move.TAKE or (self.taken and move not in (Move.GIVE_BACK, Move.APPEAL))
        else:
            with pytest.raises(Conflict):
                MOVES[move](self)
            assert self.seen() == before
        assert self.seen()[0] == self.state
        self.the_clock_says_what_the_history_says()

    def the_clock_says_what_the_history_says(self) -> None:
        """Whatever was done: the due date follows from the recorded events that move it, and so do days it stood."""
        with self.database.reading() as session:
            row = session.get_one(RequestRow, (self.person_id, self.number))
            lines = session.execute(
                select(RequestEventRow.what, RequestEventRow.at)
                .where(RequestEventRow.person_id == self.person_id, RequestEventRow.request_id == self.number)
                .order_by(RequestEventRow.number)
            ).all()
        marks = [Mark(Tick(what), clocks.received_on(row.jurisdiction, at)) for what, at in lines if what in list(Tick)]
        assert row.due_on == clocks.due_after(row.jurisdiction, marks, row.promised_days)
        assert row.stopped_days == 0  # whoever asks back here is answered the same day

    def seen(self) -> tuple[Any, ...]:
        """All that a move could change."""
        with self.database.reading() as session:
            row = session.get_one(RequestRow, (self.person_id, self.number))
            events = request.show(session, self.person, self.vault, self.number).events
            return row.state, row.due_on, row.next_step, row.decided_at, row.closed_at, row.expires_at, events

    def write(self, change: Callable[..., object], *given: object) -> None:
        with self.database.writing() as session:
            change(session, *given)


def _hold(life: Life) -> None:
    """A hold on all of it, which its next run comes upon; where the table knows no such move nothing is set."""
    after(life.kind, life.state, Move.HOLD, life.number)
    with life.database.writing() as session:
        given = life.person_id, Scope(), "A claim.", instants.day_of(instants.now()) + timedelta(days=9)
        held = holds.propose(session, life.officer, life.vault, *given)
    with life.database.writing() as session:
        holds.confirm(session, life.other, life.vault, held.number)
    life.held = held.number
    _finish(life)


def _release(life: Life) -> None:
    after(life.kind, life.state, Move.RELEASE, life.number)
    life.write(holds.lift, life.officer, life.vault, life.held, "It was settled.")


def _start(life: Life) -> None:
    taken, _ = work.take(life.database, life.vault, life.settings, life.number)
    work.leave(taken)


def _finish(life: Life) -> None:
    if life.state is State.APPROVED:
        raise Conflict("`run` would start it, which is the other move.")
    steps.run(life.database, life.vault, life.settings, OPERATOR, life.number)


def _expire(life: Life) -> None:
    with life.database.writing() as session:
        offer.expire(session, session.get_one(RequestRow, (life.person_id, life.number)), "Its time is over.")


def _refuse(life: Life) -> None:
    ground = GROUND.get(life.kind, Ground.OTHER)
    if life.state in life.kind.nature.moves.get(Move.REFUSE, {}) and life.state is State.STOPPED:
        ground = Ground.IDENTITY
        with life.database.writing() as session:  # as if a month had passed in which nobody answered
            session.get_one(RequestRow, (life.person_id, life.number)).stopped_at = instants.now() - 40 * instants.DAY
    life.write(request.decide, life.officer, life.vault, life.number, False, ground, "Because.")


MOVES: dict[Move, Callable[[Life], None]] = {
    Move.APPROVE: lambda life: life.write(
        request.decide, life.officer, life.vault, life.number, True, None, "It is yours."
    ),
    Move.REFUSE: _refuse,
    Move.ANSWER: lambda life: life.write(question.answer, life.officer, life.vault, life.number, "It was a test."),
    Move.WITHDRAW: lambda life: life.write(request.withdraw, life.person, life.vault, life.number),
    Move.START: _start,
    Move.FINISH: _finish,
    Move.EXPIRE: _expire,
    Move.APPEAL: lambda life: life.write(appeals.ask, life.person, life.vault, life.number, "You did not read it."),
    Move.UPHOLD: lambda life: life.write(appeals.decide, life.other, life.vault, life.number, False, "It stands."),
    Move.OVERTURN: lambda life: life.write(appeals.decide, life.other, life.vault, life.number, True, "It was wrong."),
    Move.HOLD: _hold,
    Move.RELEASE: _release,
    Move.LIFT: lambda life: life.write(lifting.lift, life.person, life.vault, life.number),
    Move.CONFIRM: lambda life: life.write(timing.confirm, life.officer, life.vault, life.number),
    Move.EXTEND: lambda life: life.write(timing.extend, life.officer, life.vault, life.number, "It is much."),
    Move.STOP: lambda life: life.write(
        timing.ask_back, life.officer, life.vault, life.number, "identity", "Was it you?"
    ),
    Move.TAKE: lambda life: life.write(handling.take, life.other, life.vault, life.number),
    Move.GIVE_BACK: lambda life: life.write(handling.give_back, life.other, life.vault, life.number),
    Move.RESUME: lambda life: life.write(timing.reply, life.person, life.vault, life.number, "It was me."),
}


def _about_captures(kind: RequestKind) -> Callable[[Life, int], request.Request]:
    def ask(life: Life, person: int) -> request.Request:
        with life.database.writing() as session:
            return request.open_request(session, life.person, life.vault, person, kind)

    return ask


def _about_access(ask_of: Callable[..., request.Request]) -> Callable[[Life, int], request.Request]:
    def ask(life: Life, person: int) -> request.Request:
        position = looked(life.database, life.vault, LOGIN, person, source="warehouse audit")
        with life.database.writing() as session:
            return ask_of(session, life.person, life.vault, person, position, "Why?")

    return ask


def _object(life: Life, person: int) -> request.Request:
    with life.database.writing() as session:
        return objection.ask(session, life.person, life.vault, person, Reach(), "It is too much.")


def _restrict(life: Life, person: int) -> request.Request:
    with life.database.writing() as session:
        return restriction.ask(session, life.person, life.vault, person, Reach(), "accuracy_contested", "Not me.")


def _correct(life: Life, person: int) -> request.Request:
    with life.database.writing() as session:
        return correction.ask(session, life.person, life.vault, person, "name", f"Q{person}", "It is wrong.")


def _disown(life: Life, person: int) -> request.Request:
    with life.database.writing() as session:
        return attribution.ask(session, life.person, life.vault, person, Reach(start=1, end=2), "It was not me.")


# A new kind of request needs a line here: how its person asks for it.
OPENERS: dict[RequestKind, Callable[[Life, int], request.Request]] = {
    RequestKind.EXPORT: _about_captures(RequestKind.EXPORT),
    RequestKind.ERASURE: _about_captures(RequestKind.ERASURE),
    RequestKind.QUESTION: _about_access(question.ask),
    RequestKind.REVEAL: _about_access(reveal.ask),
    RequestKind.OBJECTION: _object,
    RequestKind.RESTRICTION: _restrict,
    RequestKind.CORRECTION: _correct,
    RequestKind.ATTRIBUTION: _disown,
}


def test_every_move_in_every_state_does_what_the_table_says_or_changes_nothing(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    class Here(Life):
        pass

    with database.writing() as session:
        for person in (3, 4):
            session.add(GrantRow(person_id=person, role=Role.OFFICER.value, granted_at=0))
    Here.database, Here.vault, Here.officer, Here.other = database, vault, roster.olga, roster.omar
    Here.settings = Settings(
        tmp_path, str(database.url), str(tmp_path / "segments"), tmp_path / "keyring", erasure_seconds=0
    )
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Here, settings=how(max_examples=25, stateful_step_count=14, deadline=None, suppress_health_check=checks)
    )


def test_every_kind_can_be_ended_from_every_state_in_which_it_waits() -> None:
    for kind, nature in NATURES.items():
        for state in _reachable(nature.moves, State.APPROVED if nature.self_granted else State.OPEN) & WAITING:
            assert ENDED & _reachable(nature.moves, state), f"{kind.value} sticks in {state.value}"


def test_no_table_of_moves_lets_a_request_come_back_from_its_end_or_be_taken_back_once_begun() -> None:
    """What the machine above goes by is held against rules that are written down here, not against itself."""
    again = {Move.APPEAL, Move.UPHOLD, Move.OVERTURN}
    for kind, nature in NATURES.items():
        pairs = [
            (move, start, to) for move, ways in nature.moves.items() for start, to in ways.items() if start is not to
        ]
        for move, start, to in pairs:
            told = f"{kind.value}: {move.value} leads from {start.value} to {to.value}"
            if start in ENDED and move not in again:
                assert (move, to) in {(Move.EXPIRE, State.EXPIRED), (Move.LIFT, State.LIFTED)}, told
            if start is State.WITHDRAWN or start in {State.EXPIRED, State.LIFTED}:
                pytest.fail(told)
            if start is State.RUNNING:
                assert to in {State.DONE, State.HELD}, told
            if start is State.HELD:
                assert (move, to) in {(Move.RELEASE, State.APPROVED), (Move.WITHDRAW, State.WITHDRAWN)}, told
            if to is State.WITHDRAWN:
                assert start in {State.OPEN, State.STOPPED, State.APPROVED, State.HELD}, told
            if to is State.APPROVED:
                assert move in {Move.APPROVE, Move.OVERTURN, Move.RELEASE}, told


def _reachable(moves: Any, start: State) -> set[State]:
    found, todo = {start}, [start]
    while todo:
        here = todo.pop()
        for to in {one[here] for one in moves.values() if here in one} - found:
            found.add(to)
            todo.append(to)
    return found

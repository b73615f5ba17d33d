"""What decides about somebody, or cannot be taken back, needs a sign-in of just now, or the domain refuses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses.tables import EntryRow
from data.captures.scope import Scope
from data.database import Database
from data.errors import NotAllowed
from data.people.tables import GrantRow
from data.people.viewer import Role, Viewer
from data.programme.reach import Reach
from data.rights import appeals, holds, lifting, objection, question, request, restriction, reveal, timing
from data.rights.states import Ground, RequestKind
from data.sealing.vault import Vault
from tests.data.rights.conftest import Roster
from tests.data.rights.test_about_access import LOGIN, looked

Act = Callable[[Session, Viewer, Vault, int], object]
SOON = instants.day_of(instants.now()) + timedelta(days=9)


def stale(viewer: Viewer) -> Viewer:
    return replace(viewer, proved_at=instants.now() - 6 * instants.MINUTE)


def opened(database: Database, vault: Vault, roster: Roster, what: str) -> int:
    """What the act is about: a request of Ana's as it has to stand, a hold, or an access."""
    position = looked(database, vault, LOGIN, source="warehouse audit")
    with database.writing() as session:
        session.add_all(GrantRow(person_id=one, role=Role.OFFICER.value, granted_at=0) for one in (3, 4))
    with database.writing() as session:
        if what == "access":
            return position
        if what == "hold":
            return holds.propose(session, roster.olga, vault, 1, Scope(), "A claim.", SOON).number
        if what == "question":
            return question.ask(session, roster.ana, vault, 1, position, "Who was it?").id
        if what == "sealing":
            number = restriction.ask(session, roster.ana, vault, 1, Reach(), "accuracy_contested", "It was not me.").id
            request.decide(session, roster.olga, vault, number, True)
            return number
        if what == "appeal":
            number = objection.ask(session, roster.ana, vault, 1, Reach(), "It is too much.").id
            request.decide(session, roster.olga, vault, number, False, Ground.LEGAL_CLAIMS, "It is evidence.")
            appeals.ask(session, roster.ana, vault, number, "It is over.")
            return number
        return request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE).id


OFFICERS: dict[str, tuple[str, Act]] = {
    "deciding": ("erasure", lambda session, who, vault, it: request.decide(session, who, vault, it, True)),
    "putting off": ("erasure", lambda session, who, vault, it: timing.extend(session, who, vault, it, "It is much.")),
    "answering": ("question", lambda session, who, vault, it: question.answer(session, who, vault, it, "A test.")),
    "an appeal": ("appeal", lambda session, who, vault, it: appeals.decide(session, who, vault, it, True, "True.")),
    "ending a sealing": (
        "sealing",
        lambda session, who, vault, it: lifting.lift(session, who, vault, it, "It is over."),
    ),
    "confirming a hold": ("hold", lambda session, who, vault, it: holds.confirm(session, who, vault, it)),
    "proposing a hold": (
        "access",
        lambda session, who, vault, _: holds.propose(session, who, vault, 1, Scope(), "A claim.", SOON),
    ),
}
PEOPLE: dict[str, tuple[str, Act]] = {
    "asking for a deletion": (
        "access",
        lambda session, who, vault, _: request.open_request(session, who, vault, 1, RequestKind.ERASURE),
    ),
    "asking for a name": (
        "access",
        lambda session, who, vault, it: reveal.ask(session, who, vault, 1, it, "I must know."),
    ),
}


@pytest.mark.parametrize("what", [*OFFICERS, *PEOPLE])
def test_who_signed_in_long_ago_signs_in_once_more_and_nothing_changes_before(
    database: Database, vault: Vault, roster: Roster, what: str
) -> None:
    """A page that forgot to ask would otherwise let whoever finds an open session decide about people."""
    about, act = {**OFFICERS, **PEOPLE}[what]
    number, who = opened(database, vault, roster, about), roster.omar if what in OFFICERS else roster.ana
    before = logged(database)
    with pytest.raises(NotAllowed, match="sign in once more"), database.writing() as session:
        act(session, stale(who), vault, number)
    assert logged(database) == before
    with database.writing() as session:
        act(session, replace(who, proved_at=instants.now()), vault, number)
    assert logged(database) > before


def logged(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(EntryRow)) or 0

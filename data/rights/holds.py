"""Legal holds as the access log holds them: there is no table of them that anybody could change beside it.

Entries are numbered among themselves, so that one that is taken out leaves a gap. With a gap, or with one that no
longer opens, nobody can tell what is to be kept: nothing is deleted then until somebody looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import events, log
from data.accesses.details import Details
from data.accesses.entry import Action
from data.accesses.tables import EntryRow
from data.captures.scope import Scope
from data.database import lock
from data.errors import BadInput, Conflict, NotAllowed, NotFound, Unreadable
from data.people.permissions import Permission, require, require_fresh
from data.people.tables import PersonRow
from data.people.viewer import Viewer
from data.rights import hold as rules
from data.rights import impartiality, record, written
from data.rights.hold import Hold, Line, Step
from data.rights.states import FIRST_STEP, Move, RequestKind, State, after
from data.rights.tables import RequestRow
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Figures:
    """How many holds are in force; of these, of how many nobody but officers knows whom they concern or why, and how
    many were to be looked at again by now."""

    standing: int
    untold: int
    overdue: int


def propose(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    scope: Scope,
    reason: str,
    review_on: date,
    untold: str = "",
) -> Hold:
    """Propose to keep a person's captures in `scope`; it is in force once another officer confirms it. `untold`: why
    the person is not to be told. Permission HOLD, never about oneself. Raises NotFound, BadInput, and Conflict where
    one that waits or is in force says exactly this."""
    require(viewer, Permission.HOLD, person_id)
    require_fresh(viewer)
    if session.get(PersonRow, person_id) is None:
        raise NotFound(f"There is no person {person_id} on the roster.")
    _refuse_the_line(session, viewer, person_id, ())
    said = written.words(reason, "A hold needs its reason in words: which duty or dispute wants this kept.")
    review = rules.review_of(review_on, instants.day_of(instants.now()))
    if len(untold) > written.LONGEST:
        raise BadInput(f"Why the person is not told is longer than {written.LONGEST:,} characters; shorten it.")
    lock(session, log.LOCK)  # so that two officers do not give out one number
    held, number = _all(session, vault)
    for one in held:
        says = one.person_id, one.scope, one.reason, one.review_on, one.untold
        if (one.waits or one.is_in_force) and says == (person_id, scope, said, review, untold.strip()):
            raise Conflict(f"Hold {one.number} says exactly this already; no other was set.")
    more: dict[str, Any] = {"person": person_id, "captures": rules.scope_of(scope).as_json()}
    more |= {"review": review.isoformat()} | ({"untold": untold.strip()} if untold.strip() else {})
    made = max((one.number for one in held), default=0) + 1
    _append(session, viewer, vault, number, made, Step.SET, said, more, ())
    return _one(session, vault, made)


def confirm(session: Session, viewer: Viewer, vault: Vault, number: int) -> Hold:
    """Put a hold in force that another officer set. Raises NotAllowed, NotFound, and Conflict while a deletion that
    it would limit is past the point at which it could be."""
    found, line = _found(session, viewer, vault, number, Step.CONFIRMED)
    running = select(RequestRow).where(RequestRow.person_id == found.person_id, RequestRow.state == State.RUNNING.value)
    for row in session.scalars(running.execution_options(populate_existing=True)):
        scope = record.of(session, vault, row).extent
        is_hit = RequestKind(row.kind) is RequestKind.ERASURE and scope.without(found.scope) != (scope,)
        if is_hit and row.next_step != FIRST_STEP:
            raise Conflict(f"Request {row.id} is deleting some of that right now; confirm the hold once it is done.")
    more = {"captures": found.scope.as_json(), "review": found.review_on.isoformat()}
    told = () if found.untold else (found.person_id,)
    _append(session, viewer, vault, line, number, Step.CONFIRMED, found.reason, more, told)
    return _one(session, vault, number)


def decline(session: Session, viewer: Viewer, vault: Vault, number: int, reason: str) -> Hold:
    """Do not confirm a hold, or take back one's own proposal. Raises NotAllowed, NotFound, BadInput, Conflict."""
    said = written.words(reason, "Say in words why it is not confirmed; the other officers read it.")
    _, line = _found(session, viewer, vault, number, Step.DECLINED)
    _append(session, viewer, vault, line, number, Step.DECLINED, said, {}, ())
    return _one(session, vault, number)


def review(session: Session, viewer: Viewer, vault: Vault, number: int, reason: str, review_on: date) -> Hold:
    """Keep a hold until it is looked at again on another day; by another officer than whoever said the last one.

    Raises NotAllowed, NotFound, BadInput, Conflict."""
    said = written.words(reason, "Say in words why it still has to be kept.")
    on = rules.review_of(review_on, instants.day_of(instants.now()))
    found, line = _found(session, viewer, vault, number, Step.REVIEWED)
    told = () if found.untold else (found.person_id,)
    _append(session, viewer, vault, line, number, Step.REVIEWED, said, {"review": on.isoformat()}, told)
    return _one(session, vault, number)


def lift(session: Session, viewer: Viewer, vault: Vault, number: int, reason: str) -> Hold:
    """End a hold: the person is told of it, also where they were not before, and what waited for it goes on.

    Raises NotAllowed, NotFound, BadInput, Conflict."""
    said = written.words(reason, "Say in words why it ends; the person reads it.")
    found, line = _found(session, viewer, vault, number, Step.LIFTED)
    more = {"captures": found.scope.as_json(), "reason": found.reason}
    _append(session, viewer, vault, line, number, Step.LIFTED, said, more, (found.person_id,))
    waiting = RequestRow.person_id == found.person_id, RequestRow.state == State.HELD.value
    for row in session.scalars(select(RequestRow).where(*waiting).with_for_update()):
        row.state = after(RequestKind(row.kind), State(row.state), Move.RELEASE, row.id).value
        record.note(session, row, None, "goes on", f"Hold {number} was lifted.")
    return _one(session, vault, number)


def listed(session: Session, viewer: Viewer, vault: Vault) -> tuple[Hold, ...]:
    """Every hold, newest first; one about the viewer only as its person may read it. Permission HOLD."""
    require(viewer, Permission.HOLD)
    held, _ = _all(session, vault)
    return tuple(one for one in reversed(held) if one.is_told or not viewer.is_person(one.person_id))


def about(session: Session, viewer: Viewer, vault: Vault, person_id: int) -> tuple[Hold, ...]:
    """The holds on a person's captures that the viewer may read, newest first. Permission SEE_REQUESTS."""
    require(viewer, Permission.SEE_REQUESTS, person_id)
    held, _ = _all(session, vault)
    own = viewer.is_person(person_id)
    return tuple(one for one in reversed(held) if one.person_id == person_id and (one.is_told or not own))


def figures(session: Session, viewer: Viewer, vault: Vault, now: int | None = None) -> Figures:
    """How many there are, for the whole company. Permission SEE_CONDUCT."""
    require(viewer, Permission.SEE_CONDUCT)
    today = instants.day_of(instants.now() if now is None else now)
    standing = [one for one in _all(session, vault)[0] if one.is_in_force]
    overdue = sum(one.is_overdue(today) for one in standing)
    return Figures(len(standing), sum(bool(one.untold) for one in standing), overdue)


def keeping(session: Session, vault: Vault, person_id: int) -> tuple[Hold, ...]:
    """The holds in force on a person's captures, for what deletes; shows none of this to anybody.

    Raises Unreadable where an entry about a hold is missing or altered: then nobody knows what is to be kept."""
    entries, altered = events.read(session, vault, Action.HOLD)
    if lost := _lost(entries, altered):
        raise Unreadable(
            f"{lost:,} entries of the access log about legal holds are missing or altered, so nothing is deleted"
            " before it is known what must be kept; tell the auditor."
        )
    return _in_force(_built(session, entries)[0], person_id)


def standing(session: Session, vault: Vault, person_id: int) -> tuple[Hold, ...]:
    """The same as far as the entries about holds can be read."""
    return _in_force(_all(session, vault)[0], person_id)


def every(session: Session, vault: Vault) -> tuple[Hold, ...]:
    """Every hold in the order of their numbers, for what reminds officers of them."""
    return tuple(_all(session, vault)[0])


def _found(session: Session, viewer: Viewer, vault: Vault, number: int, step: Step) -> tuple[Hold, int]:
    """The hold, once `viewer` may take `step` about it, and the number of the next entry. Others wait until then."""
    require(viewer, Permission.HOLD)
    require_fresh(viewer)
    lock(session, log.LOCK)
    held, line = _all(session, vault)
    found = next((one for one in held if one.number == number), None)
    if found is None or (viewer.is_person(found.person_id) and not found.is_told):
        raise NotFound(f"There is no hold {number} that you can see; check its number.")
    require(viewer, Permission.HOLD, found.person_id)
    _refuse_the_line(session, viewer, found.person_id, {found.lines[0].by} if step is Step.CONFIRMED else ())
    rules.check(found, step, viewer.person_id)
    return found, line


def _refuse_the_line(session: Session, viewer: Viewer, person_id: int, involved: Sequence[int] | set[Any]) -> None:
    if barred := impartiality.bar_of_line(session, viewer, person_id, involved, "the hold"):
        raise NotAllowed(barred)


def _append(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    line: int,
    number: int,
    step: Step,
    words: str,
    more: dict[str, Any],
    people: Sequence[int],
) -> None:
    scope = {"hold": number, "line": line, "step": step.value, "words": words, **more}
    log.append(session, vault, action=Action.HOLD, people=people, accessor=viewer, reason=None, scope=scope, count=0)


def _one(session: Session, vault: Vault, number: int) -> Hold:
    return next(one for one in _all(session, vault)[0] if one.number == number)


def _all(session: Session, vault: Vault) -> tuple[list[Hold], int]:
    """Every hold that can be read, by number, and the number of the next entry about one."""
    return _built(session, events.read(session, vault, Action.HOLD)[0])


def _in_force(found: Sequence[Hold], person_id: int) -> tuple[Hold, ...]:
    return tuple(one for one in found if one.is_in_force and one.person_id == person_id)


def _built(session: Session, entries: Sequence[tuple[EntryRow, Details]]) -> tuple[list[Hold], int]:
    said: dict[int, list[tuple[Line, dict[str, Any]]]] = {}
    last = -1
    for row, details in entries:
        try:
            scope = details.read["scope"]
            said.setdefault(int(scope["hold"]), []).append((_line(row, details), scope))
            last = max(last, int(scope["line"]))
        except (KeyError, ValueError, TypeError):
            continue
    found: list[Hold] = []
    for number, lines in sorted(said.items()):
        try:
            person = session.get(PersonRow, int(lines[0][1]["person"]))
            found.append(rules.built(number, person.name if person else "", lines))
        except (KeyError, ValueError, TypeError):
            continue
    return found, last + 1


def _lost(entries: Sequence[tuple[EntryRow, Details]], altered: int) -> int:
    """How many entries about holds are missing, altered, or say nothing of one."""
    numbers = {details.read["scope"].get("line") for _, details in entries}
    whole = {one for one in numbers if isinstance(one, int)}
    return altered + len(entries) - len(whole) + len(set(range(max(whole, default=-1) + 1)) - whole)


def _line(row: EntryRow, details: Details) -> Line:
    scope, who = details.read["scope"], details.accessor
    step, words = Step(scope["step"]), str(scope["words"])
    return Line(row.position, step, row.at, who.get("person"), str(who.get("name", "")), words)

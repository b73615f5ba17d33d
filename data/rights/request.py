"""A request's life in the hands of people: opened, withdrawn, decided, looked at."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.accesses.entry import Action
from data.captures.scope import Scope
from data.errors import BadInput, Conflict, NotAllowed
from data.people.permissions import Permission, require, require_fresh
from data.people.tables import PersonRow
from data.people.viewer import Viewer
from data.rights import (
    attribution,
    clocks,
    correction,
    discretion,
    granting,
    impartiality,
    objection,
    opening,
    record,
    restriction,
    reveal,
)
from data.rights.erasure import gone
from data.rights.record import Request
from data.rights.redaction import bystanders
from data.rights.states import FIRST_STEP, Ground, Move, RequestKind, State, after, grounds
from data.rights.tables import RequestRow
from data.sealing.vault import Vault

__all__ = ["Request", "decide", "erasing", "mine", "open_request", "show", "withdraw"]

# What a decision needs beyond what every decision does.
_ON_DECISION = {
    RequestKind.REVEAL: reveal.decide,
    RequestKind.OBJECTION: objection.decide,
    RequestKind.RESTRICTION: restriction.decide,
    RequestKind.CORRECTION: correction.decide,
    RequestKind.ATTRIBUTION: attribution.decide,
}
_ON_WITHDRAWAL = {RequestKind.OBJECTION: objection.withdraw}


EVERYTHING = Scope()


def open_request(
    session: Session, viewer: Viewer, vault: Vault, person_id: int, kind: RequestKind, scope: Scope = EVERYTHING
) -> Request:
    """Ask for a copy or a deletion of a person's captures in `scope` (empty: everything).

    A copy for oneself needs no decision, unless it may hold pictures and those wait for an officer (bystanders.py);
    anything else does. Raises NotFound, BadInput for a range whose end is not after its start, Conflict when the same
    is already asked for and not yet done, or was deleted and nothing of it came since. What is asked
    about one access is opened by data/rights/question.py and reveal.py.
    """
    if kind.nature.about_access:
        raise BadInput(f"Asking for {kind.plain} needs the access that it is about.")
    if kind not in (RequestKind.EXPORT, RequestKind.ERASURE):
        raise BadInput(f"Asking for {kind.plain} needs words of one's own; it has a command and a form of its own.")
    require(viewer, Permission.OPEN_REQUEST, person_id)
    if kind is RequestKind.ERASURE:
        require_fresh(viewer)
    instants.check_span(scope.start, scope.end, "The range")
    if kind is RequestKind.ERASURE:
        gone.refuse(session, vault, person_id, scope)
    waits = kind is RequestKind.EXPORT and bystanders.waits(session, vault, person_id)
    return opening.open_new(
        session, viewer, vault, person_id, kind, scope.as_json(), same=lambda held: held.scope == scope, waits=waits
    )


def withdraw(session: Session, viewer: Viewer, vault: Vault, request_id: int) -> Request:
    """Take a request back before it is carried out. Only its person, or whoever opened it for them.

    Raises NotFound, NotAllowed, Conflict when it is past that.
    """
    row = record.find(session, viewer, request_id, for_change=True)
    if not impartiality.asked(viewer, row):
        raise NotAllowed(f"Only whoever asked can withdraw request {request_id}; an officer can decide it.")
    row.state = after(RequestKind(row.kind), State(row.state), Move.WITHDRAW, row.id).value
    row.closed_at = instants.now()
    row.next_step = None
    if RequestKind(row.kind) in _ON_WITHDRAWAL:
        _ON_WITHDRAWAL[RequestKind(row.kind)](session, row)
    record.note(session, row, viewer, "withdrawn")
    opening.write_down(session, vault, viewer, row, Action.REQUEST_WITHDRAWN)
    return record.of(session, vault, row, with_events=True)


def decide(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    request_id: int,
    approve: bool,
    ground: Ground | str | None = None,
    reason: str = "",
    *,
    delay: int | None = None,
    granted: Scope | None = None,
) -> Request:
    """Approve or refuse an open request; the person reads `reason`. A refusal needs a ground and a reason, and so does
    an approval of a part of it: `granted`, which is then all that is carried out.

    What can be taken back after its approval starts `delay` microseconds later: fixed here, so that nothing shortens
    it afterwards. Where it is left out, whoever carries it out waits as long as the settings say by then.

    Raises NotAllowed (also for one's own request or one that oneself opened), NotFound, BadInput, and Conflict when
    somebody was faster.
    """
    require(viewer, Permission.DECIDE)
    row = record.find(session, viewer, request_id, for_change=True)
    impartiality.require_impartial(session, viewer, row)
    _refuse_a_second_decision(session, row)
    kind, move = RequestKind(row.kind), Move.APPROVE if approve else Move.REFUSE
    state = after(kind, State(row.state), move, row.id)
    _refuse_too_soon(row)
    chosen = _ground(kind, State(row.state), approve and granted is None, ground, reason)
    if approve and granted is not None:
        granting.grant(session, vault, row, record.of(session, vault, row).scope, granted)
    settle(session, viewer, vault, row, state, approve=approve, ground=chosen, reason=reason.strip(), delay=delay)
    said = "approved in part" if row.granted is not None else "approved" if approve else "refused"
    record.note(session, row, viewer, said, row.reason, decides=True)
    decision: dict[str, Any] = {"decision": said}
    more = {"ground": row.ground} if chosen else {}
    more |= {"granted": granted.as_json()} if granted is not None else {}
    more |= {"signed_in": instants.iso(viewer.proved_at)} if viewer.proved_at is not None else {}
    opening.write_down(session, vault, viewer, row, Action.REQUEST_DECIDED, decision | more)
    return record.of(session, vault, row, with_events=True)


def settle(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    row: RequestRow,
    state: State,
    *,
    approve: bool,
    ground: Ground | None,
    reason: str,
    delay: int | None,
) -> None:
    """Put what was decided into the request, which stands at `state` from then, and do what its kind wants then."""
    kind = RequestKind(row.kind)
    if kind in _ON_DECISION:
        _ON_DECISION[kind](session, viewer, vault, row, approve=approve, reason=reason)
    at, goes_on = instants.now(), state is State.APPROVED
    row.state, row.decided_by, row.decided_at = state.value, viewer.person_id, at
    row.ground, row.reason = (ground.value if ground else None), reason
    row.starts_at = at + delay if goes_on and kind.nature.delayed and delay is not None else None
    row.next_step, row.closed_at = (FIRST_STEP, None) if goes_on else (None, at)


def mine(session: Session, viewer: Viewer, vault: Vault, person_id: int) -> tuple[Request, ...]:
    """A person's requests with their histories, newest first."""
    require(viewer, Permission.SEE_REQUESTS, person_id)
    theirs = RequestRow.person_id == person_id, discretion.visible(session, viewer)
    rows = session.scalars(select(RequestRow).where(*theirs).order_by(RequestRow.id.desc()))
    own = viewer.is_person(person_id)
    return tuple(record.of(session, vault, row, with_events=True, with_name=own) for row in rows)


def erasing(session: Session, viewer: Viewer, vault: Vault, person_id: int) -> bool:
    """Whether everything of a person is being deleted now: from the step that destroys the keys, which may be gone
    before the rows are, what is held cannot be told until it is done. Raises NotAllowed."""
    require(viewer, Permission.SEE_REQUESTS, person_id)
    asked = RequestRow.person_id == person_id, RequestRow.kind == RequestKind.ERASURE.value
    begun = RequestRow.state == State.RUNNING.value, RequestRow.next_step != FIRST_STEP
    rows = session.scalars(select(RequestRow).where(*asked, *begun))
    return any(record.of(session, vault, row).extent.everything for row in rows)


def show(session: Session, viewer: Viewer, vault: Vault, request_id: int) -> Request:
    """One request with its history. Raises NotFound when it is not there, or not the viewer's to see."""
    row = record.find(session, viewer, request_id)
    return record.of(session, vault, row, with_events=True, with_name=viewer.is_person(row.person_id))


def _refuse_a_second_decision(session: Session, row: RequestRow) -> None:
    if row.decided_at is None:
        return
    decider = session.get(PersonRow, row.decided_by) if row.decided_by is not None else None
    answered = Move.ANSWER in RequestKind(row.kind).nature.moves
    decision = "answered" if answered else "refused" if row.state == State.REFUSED else "approved"
    who = decider.name if decider else "an officer"
    raise Conflict(f"Request {row.id} was {decision} by {who} at {instants.iso(row.decided_at)}; nothing was changed.")


def _refuse_too_soon(row: RequestRow) -> None:
    """Whoever was asked back has a month to answer."""
    if row.state != State.STOPPED or row.stopped_at is None:
        return
    until = clocks.reply_by(clocks.received_on(row.jurisdiction, row.stopped_at))
    if clocks.received_on(row.jurisdiction, instants.now()) <= until:
        raise Conflict(
            f"Request {row.id} waits until {until} for its person's answer; close it after that day, or go on without."
        )


def _ground(kind: RequestKind, state: State, approve: bool, ground: Ground | str | None, reason: str) -> Ground | None:
    if approve:
        if ground:
            raise BadInput("A ground belongs to a refusal; leave it out to approve.")
        return None
    if not ground:
        raise BadInput(f"A refusal, of all or of a part, needs a ground: one of {', '.join(grounds(kind, state))}.")
    if not reason.strip():
        raise BadInput("A refusal, of all or of a part, needs a reason in words; the person reads it.")
    found = Ground.of(ground)
    if found not in grounds(kind, state):
        allowed = ", ".join(grounds(kind, state))
        raise BadInput(f"The law does not let {kind.plain} be refused for {found.value}; use one of {allowed}.")
    return found

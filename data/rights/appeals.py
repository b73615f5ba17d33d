"""Appeals: whoever was refused, in all or in part, or whose pictures have parts blacked out, asks once that a second
officer looks at it, under a new clock."""

from __future__ import annotations

import json
from dataclasses import replace

from sqlalchemy.orm import Session

from data import instants
from data.accesses.entry import Action
from data.captures.scope import Scope
from data.database import lock
from data.errors import Conflict, NotAllowed
from data.people.permissions import Permission, require, require_fresh
from data.people.viewer import Viewer
from data.programme import rules
from data.rights import appeal, discretion, impartiality, opening, record, timing, written
from data.rights.appeal import Appeal
from data.rights.clocks import Tick
from data.rights.export import offer
from data.rights.objection import ANNOUNCED
from data.rights.record import Request
from data.rights.redaction import marks, plan
from data.rights.request import settle
from data.rights.states import Move, RequestKind, State, after
from data.rights.tables import RequestRow
from data.sealing.vault import Vault

BLACKED_OUT = "blacked_out"  # in the counts of a copy: pictures with parts that are
NOBODY = (
    "There is no second privacy officer who could decide an appeal. You can complain to the data protection authority"
    " of where you live or work, or go to court; and appeal here once another officer is named."
)

# Another request for the same that goes on by itself, or that only a decision is missing of.
_GOING_ON = frozenset({State.APPROVED, State.RUNNING, State.HELD})
_UNDECIDED = frozenset({State.OPEN, State.STOPPED})


def possible(found: Request) -> bool:
    """Whether it was refused, in all or in part, or parts of its pictures are blacked out, and nobody appealed yet."""
    partly = found.granted is not None or bool(found.counts.get(BLACKED_OUT))
    refused = found.state is State.REFUSED or (found.state is State.DONE and partly)
    return refused and found.appeal is None and Move.APPEAL in found.kind.nature.moves


def has_judge(session: Session, viewer: Viewer, request_id: int) -> bool:
    """Whether an officer is there who could decide an appeal of this request. Raises NotFound."""
    return _has_judge(session, record.find(session, viewer, request_id))


def ask(session: Session, viewer: Viewer, vault: Vault, request_id: int, text: str) -> Request:
    """Appeal a refusal, or what was not granted, in words. Only its person, or whoever opened it for them.

    Raises NotFound, NotAllowed, BadInput without words, Conflict where nothing was refused, it was appealed before, or
    nobody is there to decide it."""
    row = record.find(session, viewer, request_id, for_change=True)
    if not impartiality.asked(viewer, row):
        raise NotAllowed(f"Only whoever asked can appeal what was decided about request {request_id}.")
    if row.appealed_at is not None:
        raise Conflict(f"Request {row.id} was appealed at {instants.iso(row.appealed_at)}, and that is possible once.")
    state = after(RequestKind(row.kind), State(row.state), Move.APPEAL, row.id)
    if state is State.CONTESTED and row.granted is None and not _is_blacked_out(row):
        raise Conflict(f"All that request {row.id} asks for was granted; there is nothing to appeal.")
    said = written.words(text, "Say in your own words what is wrong with the decision; a second officer reads it.")
    if not _has_judge(session, row):
        raise Conflict(NOBODY)
    at = instants.now()
    row.state, row.appealed_at, row.stopped_at, row.closed_at = state.value, at, None, None
    row.handler_id = None  # another officer has to decide it
    appeal.keep(session, vault, row, Appeal(said, at))
    if RequestKind(row.kind) is RequestKind.OBJECTION and (row.expires_at or 0) > at:
        # What was announced to end goes on until the appeal is decided (GDPR Art. 18(1)(d)).
        row.expires_at = None
        rules.end(session, row.person_id, row.id, instants.LATEST)
    timing.mark(session, viewer, row, Tick.APPEALED, at)
    opening.write_down(session, vault, viewer, row, Action.REQUEST_APPEALED, {"due": row.due_on.isoformat()})
    return record.of(session, vault, row, with_events=True)


def decide(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    request_id: int,
    overturn: bool,
    reason: str,
    *,
    delay: int | None = None,
) -> Request:
    """Uphold a refusal, or overturn it: then what was asked for goes on as if it had been approved, `delay` as in
    `request.decide`. The person reads `reason`.

    Raises NotAllowed for whoever decided it first and for whoever may not decide it at all, NotFound, BadInput
    without a reason, Conflict when no appeal waits."""
    require(viewer, Permission.DECIDE)
    require_fresh(viewer)
    row = record.find(session, viewer, request_id, for_change=True)
    kind, was = RequestKind(row.kind), State(row.state)
    state = after(kind, was, Move.OVERTURN if overturn else Move.UPHOLD, row.id)
    if barred := impartiality.bar_of_appeal(session, viewer, row):
        raise NotAllowed(barred)
    require(viewer, Permission.DECIDE, row.person_id)
    said = written.words(reason, "The decision about an appeal needs a reason in words; the person reads it.")
    found = appeal.read(session, vault, row)
    assert found is not None  # its state says so
    at = instants.now()
    decided = replace(found, overturned=overturn, reason=said, by=viewer.name, decided_at=at)
    row.state, row.closed_at = state.value, at
    if overturn and was is State.CONTESTED:
        decided = replace(decided, goes_on=_go_on(session, viewer, vault, row, said, delay))
        if _is_blacked_out(row):
            marks.uncover_all(session, viewer, vault, row)
    elif overturn:
        settle(session, viewer, vault, row, state, approve=True, ground=None, reason=said, delay=delay)
        row.expires_at = None
    elif kind is RequestKind.OBJECTION and row.expires_at is None:
        row.expires_at = at + ANNOUNCED
        rules.end(session, row.person_id, row.id, row.expires_at)
    if was is State.CONTESTED:
        offer.settle(session, row)
    appeal.keep(session, vault, row, decided)
    outcome = "overturned" if overturn else "upheld"
    record.note(session, row, viewer, f"the refusal was {outcome}", said, decides=True)
    opening.write_down(session, vault, viewer, row, Action.APPEAL_DECIDED, {"outcome": outcome})
    return record.of(session, vault, row, with_events=True)


def _go_on(session: Session, viewer: Viewer, vault: Vault, row: RequestRow, reason: str, delay: int | None) -> int:
    """All that was asked for, approved as a request of its own: what was granted first is done and certified. Where its
    person has asked for just that anew meanwhile, it goes on as that request; returns its number."""
    asked: Scope = record.of(session, vault, row).scope
    kind = RequestKind(row.kind)
    wanted = asked.as_json() | ({plan.UNCOVERED: True} if _is_blacked_out(row) else {})
    lock(session, opening.LOCK)
    held = opening.waiting(session, vault, row.person_id, kind, lambda one: one.asked == wanted and one.granted is None)
    if held is not None and held.state in _GOING_ON:
        return held.id
    if held is not None and held.state in _UNDECIDED and held.opened_by != viewer.person_id:
        new = record.find(session, viewer, held.id, for_change=True)
        if State(new.state) is State.STOPPED:
            open_again = after(kind, State.STOPPED, Move.RESUME, new.id)
            timing.resume(session, viewer, vault, new, open_again, instants.now())
    else:
        made = opening.open_new(session, viewer, vault, row.person_id, kind, wanted, same=lambda _: False)
        new = session.get_one(RequestRow, (row.person_id, made.id))
        new.opened_by = row.opened_by
    state = after(kind, State(new.state), Move.APPROVE, new.id)
    settle(session, viewer, vault, new, state, approve=True, ground=None, reason=reason, delay=delay)
    record.note(session, new, viewer, "approved", f"After the appeal of request {row.id}.", decides=True)
    decision = {"decision": "approved", "appeal": row.id}
    opening.write_down(session, vault, viewer, new, Action.REQUEST_DECIDED, decision)
    return new.id


def _has_judge(session: Session, row: RequestRow) -> bool:
    involved = {row.person_id, row.opened_by, row.decided_by, *impartiality.blacked_out_by(session, row)}
    return bool(discretion.officers(session) - involved)


def _is_blacked_out(row: RequestRow) -> bool:
    return bool(json.loads(row.counts).get(BLACKED_OUT))

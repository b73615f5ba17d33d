"""What happens to a request's clock: its receipt confirmed, its answer put off once, the clock stopped and resumed.

Each is a line of the request's history and an entry of the access log, in the transaction that moves the due date; and
nothing else moves it (data/rights/clocks.py says how).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.accesses.entry import Action
from data.errors import Conflict, NotAllowed
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.rights import clocks, exchange, impartiality, opening, record, written
from data.rights.clocks import Mark, Tick
from data.rights.exchange import Back, Need
from data.rights.record import Request
from data.rights.states import Move, RequestKind, State, after
from data.rights.tables import RequestEventRow, RequestRow
from data.sealing.vault import Vault


def confirm(session: Session, viewer: Viewer, vault: Vault, request_id: int) -> Request:
    """Confirm that a request arrived, where the law wants that within days (California: 10 business days).

    Raises NotFound, NotAllowed, Conflict where no law asks for it, or it was done.
    """
    row = _found(session, viewer, request_id, Move.CONFIRM)
    if row.acknowledge_by is None:
        raise Conflict(f"Request {row.id} needs no confirmation: no law that it runs under asks for one.")
    if row.acknowledged_at is not None:
        raise Conflict(f"Request {row.id} was confirmed at {instants.iso(row.acknowledged_at)}; nothing was changed.")
    row.acknowledged_at = instants.now()
    record.note(session, row, viewer, opening.CONFIRMED)
    opening.write_down(session, vault, viewer, row, Action.REQUEST_CONFIRMED)
    return record.of(session, vault, row, with_events=True)


def extend(session: Session, viewer: Viewer, vault: Vault, request_id: int, reason: str) -> Request:
    """Put the answer off, once and as far as the law allows; the person reads the reason (GDPR Art. 12(3)).

    Raises NotFound, NotAllowed, BadInput without a reason, Conflict when it was extended before, or the first period
    is over.
    """
    row = _found(session, viewer, request_id, Move.EXTEND)
    said = written.words(reason, "Putting the answer off needs a reason in words; the person reads it.")
    if row.extended_at is not None:
        raise Conflict(f"Request {row.id} was extended at {instants.iso(row.extended_at)}, and that is possible once.")
    at = instants.now()
    first = clocks.due_on(row.jurisdiction, _received(row), stopped=row.stopped_days)
    if clocks.received_on(row.jurisdiction, at) > first:
        raise Conflict(f"Request {row.id} had to be extended by {first}, the end of its first period; answer it now.")
    row.extended_at = at
    mark(session, viewer, row, Tick.EXTENDED, at, said)
    opening.write_down(session, vault, viewer, row, Action.REQUEST_EXTENDED, {"due": row.due_on.isoformat()})
    return record.of(session, vault, row, with_events=True)


def ask_back(session: Session, viewer: Viewer, vault: Vault, request_id: int, need: Need | str, text: str) -> Request:
    """Ask the person for what proves who they are, or what exactly they mean. Until they answer the clock stands.

    Raises NotFound, NotAllowed, BadInput, and Conflict where the law stops no clock for it.
    """
    row = _found(session, viewer, request_id, Move.STOP)
    if not clocks.clock(row.jurisdiction).stops:
        raise Conflict(f"Request {row.id} runs under a law whose clock does not stop; decide it by {row.due_on}.")
    needed = Need.of(need)
    said = written.words(text, "Say what you need to know; the person reads it.")
    at = instants.now()
    asked = exchange.read(session, vault, row)
    exchange.keep(session, vault, row, [*asked, Back(needed, said, at)])
    row.state, row.stopped_at = State.STOPPED.value, at
    mark(session, viewer, row, Tick.STOPPED, at)
    opening.write_down(session, vault, viewer, row, Action.REQUEST_STOPPED, {"needed": needed.value})
    return record.of(session, vault, row, with_events=True)


def reply(session: Session, viewer: Viewer, vault: Vault, request_id: int, text: str) -> Request:
    """Answer what was asked back: by its person, or whoever opened it for them. The clock goes on.

    Raises NotFound, NotAllowed, BadInput without words, Conflict when nothing was asked back.
    """
    row = record.find(session, viewer, request_id, for_change=True)
    if not impartiality.asked(viewer, row):
        raise NotAllowed(f"Only whoever asked can answer what was asked back about request {request_id}.")
    state = after(RequestKind(row.kind), State(row.state), Move.RESUME, row.id)
    said = written.words(text, "An answer needs words; the officer reads them.")
    at = instants.now()
    *before, last = exchange.read(session, vault, row)
    exchange.keep(session, vault, row, [*before, replace(last, answer=said, answered_at=at)])
    return _resume(session, viewer, vault, row, state, at)


def go_on(session: Session, viewer: Viewer, vault: Vault, request_id: int, reason: str) -> Request:
    """Go on without the answer: the clock runs again, and it is decided by what is known. The person reads `reason`.

    Raises NotFound, NotAllowed, BadInput without a reason, Conflict when nothing was asked back.
    """
    row = _found(session, viewer, request_id, Move.RESUME)
    said = written.words(reason, "Going on without an answer needs a reason in words; the person reads it.")
    return _resume(session, viewer, vault, row, State.OPEN, instants.now(), said)


def _resume(
    session: Session, viewer: Viewer, vault: Vault, row: RequestRow, state: State, at: int, words: str = ""
) -> Request:
    """The clock goes on; the days that it stood do not count."""
    stood = clocks.received_on(row.jurisdiction, at) - clocks.received_on(row.jurisdiction, row.stopped_at or at)
    row.state, row.stopped_at, row.stopped_days = state.value, None, row.stopped_days + stood.days
    mark(session, viewer, row, Tick.RESUMED, at, words)
    opening.write_down(session, vault, viewer, row, Action.REQUEST_RESUMED, {"due": row.due_on.isoformat()})
    return record.of(session, vault, row, with_events=True)


def _found(session: Session, viewer: Viewer, request_id: int, move: Move) -> RequestRow:
    """The request's row, locked, where `viewer` may make `move` as it stands."""
    require(viewer, Permission.DECIDE)
    row = record.find(session, viewer, request_id, for_change=True)
    impartiality.require_impartial(session, viewer, row)
    after(RequestKind(row.kind), State(row.state), move, row.id)
    return row


def mark(session: Session, viewer: Viewer, row: RequestRow, tick: Tick, at: int, words: str = "") -> None:
    """Write a line that moves the due date into the history, and move it to what the whole history says."""
    lines = select(RequestEventRow.what, RequestEventRow.at).where(
        RequestEventRow.person_id == row.person_id,
        RequestEventRow.request_id == row.id,
        RequestEventRow.what.in_(list(Tick)),
    )
    held = session.execute(lines.order_by(RequestEventRow.number)).all()
    marks = [Mark(Tick(what), clocks.received_on(row.jurisdiction, when)) for what, when in [*held, (tick, at)]]
    row.due_on = clocks.due_after(row.jurisdiction, marks, row.promised_days)
    record.note(session, row, viewer, tick, words, due_on=row.due_on, at=at)


def _received(row: RequestRow) -> date:
    return clocks.received_on(row.jurisdiction, row.opened_at)

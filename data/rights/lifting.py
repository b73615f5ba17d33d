"""Ending a standing rule: its person at once, an officer only what is sealed, and only once that was announced."""

from __future__ import annotations

from sqlalchemy.orm import Session

from data import instants
from data.accesses.entry import Action
from data.errors import BadInput, NotAllowed
from data.people.viewer import Viewer
from data.programme import rules
from data.rights import impartiality, objection, opening, record, written
from data.rights.record import Request
from data.rights.states import Move, RequestKind, State, after
from data.sealing.vault import Vault


def lift(session: Session, viewer: Viewer, vault: Vault, request_id: int, reason: str = "") -> Request:
    """End what was granted. For its person it ends now. An officer announces the end of a sealing, with a reason: the
    person reads both, and until then it stands (GDPR Art. 18(3)). An objection is its person's alone to lift.

    Raises NotFound, NotAllowed, BadInput without the reason, Conflict when it does not stand.
    """
    row = record.find(session, viewer, request_id, for_change=True)
    kind, own = RequestKind(row.kind), viewer.is_person(row.person_id)
    state = after(kind, State(row.state), Move.LIFT, row.id)
    if not own:
        impartiality.require_impartial(session, viewer, row)
        if kind is not RequestKind.RESTRICTION:
            raise NotAllowed(f"Request {request_id} is {kind.plain}; only whoever asked for it can end it.")
        reason = written.words(reason, "Ending it needs a reason in words; the person reads it before it ends.")
    elif len(reason) > written.LONGEST:
        raise BadInput(f"The reason is longer than {written.LONGEST:,} characters; shorten it.")
    ends = instants.now() + (0 if own else objection.ANNOUNCED)
    row.state, row.expires_at = state.value, ends
    rules.end(session, row.person_id, row.id, ends)
    record.note(session, row, viewer, "lifted" if own else "its end was announced", reason.strip())
    opening.write_down(session, vault, viewer, row, Action.REQUEST_LIFTED, {"ends": instants.iso(ends)})
    return record.of(session, vault, row, with_events=True)

""" "I don't recognise this": a question about one access, which an officer must answer in words."""

from __future__ import annotations

from sqlalchemy.orm import Session

from data import instants
from data.accesses.entry import Action
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.rights import impartiality, inquiry, opening, record, written
from data.rights.record import Request
from data.rights.states import Move, RequestKind, State, after
from data.sealing.vault import Vault


def ask(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    position: int,
    text: str,
    *,
    within_days: int | None = None,
) -> Request:
    """Ask about the access at `position`. Raises as `inquiry.open_about`."""
    kind = RequestKind.QUESTION
    return inquiry.open_about(session, viewer, vault, person_id, kind, position, text, within_days)


def answer(session: Session, viewer: Viewer, vault: Vault, request_id: int, text: str) -> Request:
    """Answer a question; the person reads `text`, which is kept sealed.

    Raises NotAllowed for one's own question, one that oneself opened and one about an access of one's own; NotFound,
    BadInput without a text, Conflict when it is no question or no longer open.
    """
    require(viewer, Permission.DECIDE)
    row = record.find(session, viewer, request_id, for_change=True)
    impartiality.require_impartial(session, viewer, row)
    state = after(RequestKind(row.kind), State(row.state), Move.ANSWER, row.id)
    inquiry.refuse_whoever_looked(session, viewer, vault, row)
    said = written.words(text, "An answer needs words; the person reads them.")
    row.state = state.value
    row.decided_by, row.decided_at = viewer.person_id, instants.now()
    row.closed_at = row.decided_at
    record.tell(session, vault, row, said)
    record.note(session, row, viewer, "answered", decides=True)
    opening.write_down(session, vault, viewer, row, Action.REQUEST_ANSWERED)
    return record.of(session, vault, row, with_events=True)

"""Who has a request: the officer who said that they see to it. It locks nothing: whoever may decide it still can."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from data.accesses.entry import Action
from data.errors import Conflict, NotAllowed
from data.people.permissions import Permission, require
from data.people.tables import PersonRow
from data.people.viewer import Viewer
from data.rights import discretion, impartiality, opening, record
from data.rights.record import Request
from data.rights.states import Move, RequestKind, State, after
from data.rights.tables import RequestRow
from data.sealing.vault import Vault

TAKEN, TAKEN_OVER, GIVEN_BACK = "taken on", "taken over", "given back"


@dataclass(frozen=True)
class Handler:
    """The officer who has a request."""

    person_id: int
    name: str


def take(session: Session, viewer: Viewer, vault: Vault, request_id: int, *, over: bool = False) -> Request:
    """Say that one sees to a request; `over`: also where another officer has it.

    Raises NotFound, NotAllowed for whoever may not decide it, Conflict when it has ended or somebody has it.
    """
    row = _found(session, viewer, request_id, Move.TAKE)
    held = _handler(session, row)
    if held is not None and held.person_id == viewer.person_id:
        raise Conflict(f"You have request {row.id} already; nothing was changed.")
    if held is not None and not over:
        raise Conflict(f"{held.name} has request {row.id} already; nothing was changed. Open it to take it over.")
    row.handler_id = viewer.person_id
    record.note(session, row, viewer, TAKEN if held is None else TAKEN_OVER)
    opening.write_down(session, vault, viewer, row, Action.REQUEST_TAKEN)
    return record.of(session, vault, row, with_events=True)


def give_back(session: Session, viewer: Viewer, vault: Vault, request_id: int) -> Request:
    """Put a request that one has back for every officer.

    Raises NotFound, NotAllowed, Conflict when it has ended, or one does not have it.
    """
    row = _found(session, viewer, request_id, Move.GIVE_BACK)
    held = _handler(session, row)
    if held is None or held.person_id != viewer.person_id:
        raise Conflict(f"{held.name if held else 'Nobody'} has request {row.id}, not you; nothing was changed.")
    row.handler_id = None
    record.note(session, row, viewer, GIVEN_BACK)
    opening.write_down(session, vault, viewer, row, Action.REQUEST_GIVEN_BACK)
    return record.of(session, vault, row, with_events=True)


def handler(session: Session, viewer: Viewer, request_id: int) -> Handler | None:
    """Who has it; nobody where whoever had it is no officer any more. Permission SEE_QUEUE. Raises NotFound."""
    require(viewer, Permission.SEE_QUEUE)
    return _handler(session, record.find(session, viewer, request_id))


def _found(session: Session, viewer: Viewer, request_id: int, move: Move) -> RequestRow:
    require(viewer, Permission.DECIDE)
    row = record.find(session, viewer, request_id, for_change=True)
    if barred := impartiality.bar_as_it_stands(session, viewer, row):
        raise NotAllowed(barred)
    require(viewer, Permission.DECIDE, row.person_id)
    after(RequestKind(row.kind), State(row.state), move, row.id)
    return row


def _handler(session: Session, row: RequestRow) -> Handler | None:
    if row.handler_id is None or row.handler_id not in discretion.officers(session):
        return None
    return Handler(row.handler_id, session.get_one(PersonRow, row.handler_id).name)

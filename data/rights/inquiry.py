"""What is asked about one access: opened by its person, looked into by an officer who was not behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo

from sqlalchemy.orm import Session

from data.accesses.entry import Purpose, Reason
from data.database import lock
from data.errors import BadInput, NotAllowed
from data.looks import single
from data.looks.look import Look
from data.looks.single import Identity
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.rights import opening, record, written
from data.rights.record import Request
from data.rights.states import RequestKind
from data.rights.tables import RequestRow
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Inquired:
    """The access that a request is about, and who was behind it as far as the log knows (None: that can no longer be
    read)."""

    look: Look
    identity: Identity | None


def open_about(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    kind: RequestKind,
    position: int,
    text: str,
    within_days: int | None,
) -> Request:
    """Ask about the access at `position` to a person's data, in their own words.

    Raises NotAllowed, NotFound for an access that is not to their data, BadInput for their own or without words,
    Conflict while the same is asked about the same access.
    """
    require(viewer, Permission.OPEN_REQUEST, person_id)
    said = written.words(text, "Say in your own words what you want to know; the officer reads it.")
    reason = None if viewer.is_person(person_id) else Reason(Purpose.REQUEST)
    # In the order in which everybody takes the two locks: an officer's look is logged before the request is opened.
    lock(session, opening.LOCK)
    found = single.opened(session, viewer, vault, person_id, position, reason=reason)
    if found.is_own:
        raise BadInput(f"Access {position} was the person themselves looking; there is nobody else to ask about.")
    asked = {"access": position, "at": found.at, "text": said}
    return opening.open_new(
        session,
        viewer,
        vault,
        person_id,
        kind,
        asked,
        same=lambda held: held.access == position,
        within_days=within_days,
    )


def look_into(session: Session, viewer: Viewer, vault: Vault, request_id: int, *, zone: tzinfo = UTC) -> Inquired:
    """The access behind a request, for the officer who deals with it. That look is logged and shown to the person.

    Raises NotAllowed for one's own request and for whoever was behind the access, NotFound, BadInput when the
    request is not about an access.
    """
    row = record.find(session, viewer, request_id)
    kind = RequestKind(row.kind)
    require(viewer, Permission.DECIDE, row.person_id)
    position = record.of(session, vault, row).access
    if position is None:
        raise BadInput(f"Request {request_id} asks for {kind.plain}, which is not about one access.")
    refuse_whoever_looked(session, viewer, vault, row)
    purpose = Purpose.QUESTION if kind is RequestKind.QUESTION else Purpose.REQUEST
    reason = Reason(purpose, f"request {request_id}")
    found = single.opened(session, viewer, vault, row.person_id, position, reason=reason, zone=zone)
    return Inquired(found, single.identity(session, vault, position))


def refuse_whoever_looked(session: Session, viewer: Viewer, vault: Vault, row: RequestRow) -> Identity | None:
    """Who was behind the access that a request is about. Raises NotAllowed when that is the viewer: nobody decides
    about themselves."""
    position = record.of(session, vault, row).access
    found = None if position is None else single.identity(session, vault, position)
    if found is not None and found.person_id is not None and found.person_id == viewer.person_id:
        raise NotAllowed(
            f"Request {row.id} is about an access of yours; another officer must deal with it, because nobody"
            " decides about themselves."
        )
    return found

"""Looking at the pictures of a copy before it is made, to find others in them: each is a look that its person sees."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from data.accesses.entry import Purpose, Reason
from data.captures import looking, screens
from data.captures.scope import Filter
from data.errors import BadInput
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.rights import record
from data.rights.redaction import blackening, marks, showing
from data.rights.redaction.blackening import Blackened, NoPicture
from data.sealing.vault import Vault

_CLOSED = "The picture {} has a form that cannot be opened here; black out a span that it is in, or leave it."


@dataclass(frozen=True)
class Picture:
    """A picture by its digest: when it was first taken (microseconds UTC), and what was in front, as far as known."""

    screen: str
    at: int
    app: str
    title: str


def listed(session: Session, viewer: Viewer, vault: Vault, request_id: int) -> tuple[Picture, ...]:
    """The pictures of what a request for a copy asks for, the oldest first, without any opened.

    Appends an access: give it a writing transaction. Raises as `marks.deciding`, and Refused as `looking.permit`.
    """
    row = marks.deciding(session, viewer, request_id)
    require(viewer, Permission.SEE_CAPTURES, row.person_id)
    scope = record.of(session, vault, row).extent
    held = set(screens.listed(session, row.person_id))
    found: dict[str, Picture] = {}
    for one in showing.showings(session, vault, row.person_id, scope):
        if one.screen in held and one.screen not in found:
            app, title = one.windows[0] if one.windows else ("", "")
            found[one.screen] = Picture(one.screen, one.at, app, title)
    reason = _reason(request_id)
    looking.told(session, viewer, vault, row.person_id, reason, "pictures", Filter(scope), len(found))
    return tuple(found.values())


def picture(session: Session, viewer: Viewer, vault: Vault, request_id: int, digest: str) -> Blackened:
    """One of them as it was captured, as the PNG in which it would be given out, so that places in it are the same.

    Appends an access, as `listed`. Raises as that does, NotFound, and BadInput where its form cannot be opened.
    """
    row = marks.deciding(session, viewer, request_id)
    require(viewer, Permission.SEE_CAPTURES, row.person_id)
    found = screens.read(session, vault, row.person_id, digest)
    try:
        shown = blackening.blacken(found.data, ())
    except NoPicture:
        raise BadInput(_CLOSED.format(digest[:12])) from None
    filter = Filter(record.of(session, vault, row).extent)
    looking.told(session, viewer, vault, row.person_id, _reason(request_id), "screen", filter, 1, screen=digest)
    return shown


def size(session: Session, viewer: Viewer, vault: Vault, request_id: int, digest: str) -> tuple[int, int]:
    """Width and height of one of them in pixels, which shows nothing of it. Raises as `picture`."""
    row = record.find(session, viewer, request_id)
    require(viewer, Permission.BLACK_OUT, row.person_id)
    try:
        return blackening.size(screens.read(session, vault, row.person_id, digest).data)
    except NoPicture:
        raise BadInput(_CLOSED.format(digest[:12])) from None


def _reason(request_id: int) -> Reason:
    return Reason(Purpose.REQUEST, f"request {request_id}")

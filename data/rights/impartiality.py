"""Who may not decide a request: whoever asked or opened it, and the line of managers above and below its person.

Somebody's manager, and whoever they manage, decide only where no other officer is left who could.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.errors import NotAllowed
from data.people.permissions import Permission, require, require_fresh
from data.people.viewer import Viewer
from data.rights import discretion, record
from data.rights.states import APPEALS, RequestKind, State
from data.rights.tables import RequestEventRow, RequestRow


def require_impartial(session: Session, viewer: Viewer, row: RequestRow) -> None:
    """Raise NotAllowed unless `viewer` may decide about the request of `row`, and has just signed in."""
    require(viewer, Permission.DECIDE)
    require_fresh(viewer)
    if barred := bar(session, viewer, row):
        raise NotAllowed(barred)
    require(viewer, Permission.DECIDE, row.person_id)


def asked(viewer: Viewer, row: RequestRow) -> bool:
    """Whether the viewer asked for it: its person, or whoever opened it for them."""
    return viewer.is_person(row.person_id) or (viewer.person_id is not None and row.opened_by == viewer.person_id)


def bar(session: Session, viewer: Viewer, row: RequestRow) -> str:
    """Why `viewer` may not decide about it, as a sentence for them; empty when nothing stands against it."""
    if asked(viewer, row):
        return f"Nobody decides their own request; another officer must decide request {row.id}."
    decided = {row.decided_by, *blacked_out_by(session, row)} if State(row.state) in APPEALS else set[int | None]()
    return bar_of_line(session, viewer, row.person_id, {row.opened_by, *decided}, f"request {row.id}")


def bar_of_appeal(session: Session, viewer: Viewer, row: RequestRow) -> str:
    """The same of the appeal that waits there: whoever decided the request does not decide that too."""
    if viewer.person_id is not None and row.decided_by == viewer.person_id:
        return f"You decided request {row.id} yourself; another officer must decide the appeal."
    if viewer.person_id in blacked_out_by(session, row):
        return "You blacked out parts of this person's pictures yourself; another officer must decide the appeal."
    return bar(session, viewer, row)


def bar_of_line(session: Session, viewer: Viewer, person_id: int, involved: Collection[int | None], what: str) -> str:
    """Why `viewer` may not decide `what` is about a person in their own line of managers, while an officer is there who
    stands apart and is not `involved`; empty when nothing stands against it."""
    if viewer.person_id is None or not discretion.in_line(session, viewer.person_id, person_id):
        return ""
    left = discretion.officers(session) - {viewer.person_id, person_id, *involved}
    if any(not discretion.in_line(session, one, person_id) for one in left):
        return f"You stand in the same line of managers as whoever {what} is about; another officer must decide it."
    return ""


def blacked_out_by(session: Session, row: RequestRow) -> frozenset[int]:
    """The officers who ever blacked something out in the copies of the person of a request for one."""
    if RequestKind(row.kind) is not RequestKind.EXPORT:
        return frozenset()
    mine = RequestEventRow.person_id == row.person_id, RequestEventRow.what == record.BLACKED_OUT
    found = session.scalars(select(RequestEventRow.actor_id).where(*mine))
    return frozenset(one for one in found if one is not None)


def bar_for(session: Session, viewer: Viewer, request_id: int) -> str:
    """The same of a request by its number. Raises NotFound."""
    return bar_as_it_stands(session, viewer, record.find(session, viewer, request_id))


def bar_as_it_stands(session: Session, viewer: Viewer, row: RequestRow) -> str:
    """Why `viewer` may not decide what waits there now, the request or its appeal; empty when nothing stands against
    it."""
    return bar_of_appeal(session, viewer, row) if State(row.state) in APPEALS else bar(session, viewer, row)

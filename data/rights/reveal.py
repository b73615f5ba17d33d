"""Asking for the name behind an access. An officer balances and decides; an approval opens just that name.

Whoever looked is a person with rights of their own: their name is told when it is needed to use one's rights, and the
decision says why (CJEU C-579/21, Pankki S, paragraph 80; GDPR Art. 15).
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from data.errors import BadInput, Conflict
from data.people.permissions import require_fresh
from data.people.viewer import Viewer
from data.rights import inquiry, record
from data.rights.record import Request
from data.rights.states import Ground, RequestKind
from data.rights.tables import RequestRow
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
    """Ask who was behind the access at `position`, with a reason. Raises as `inquiry.open_about`."""
    require_fresh(viewer)
    return inquiry.open_about(session, viewer, vault, person_id, RequestKind.REVEAL, position, text, within_days)


def decide(session: Session, viewer: Viewer, vault: Vault, row: RequestRow, *, approve: bool, reason: str) -> None:
    """What a decision about a name needs on top of any other: reasons either way, from somebody who was not behind
    the access. An approval puts the name where the person reads it. Raises NotAllowed, BadInput, Conflict."""
    found = inquiry.refuse_whoever_looked(session, viewer, vault, row)
    if not approve:
        return
    if not reason.strip():
        raise BadInput("Telling a name needs a reason in words: it says why the person's interest weighs more.")
    if found is None:
        raise Conflict(
            f"The details of the access of request {row.id} can no longer be read, so there is no name to tell;"
            f" refuse it with the ground {Ground.NO_MATCH.value}."
        )
    record.tell(session, vault, row, found.plain)

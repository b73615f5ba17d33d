"""Rectification of the roster (GDPR Art. 16): the name, department, manager or jurisdiction of a person is wrong."""

from __future__ import annotations

from sqlalchemy.orm import Session

from data.accesses import log
from data.accesses.entry import Action
from data.errors import Conflict
from data.people import corrections
from data.people.corrections import Field
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.rights import opening, record, written
from data.rights.record import Request
from data.rights.states import RequestKind
from data.rights.tables import RequestRow
from data.sealing.vault import Vault


def ask(
    session: Session, viewer: Viewer, vault: Vault, person_id: int, field: Field | str, value: str, text: str
) -> Request:
    """Ask that the roster's `field` is corrected to `value`, with why.

    Raises NotAllowed, NotFound, BadInput for a value that cannot be or without words, Conflict when it says so already
    or the same is asked.
    """
    require(viewer, Permission.OPEN_REQUEST, person_id)
    wanted = Field.of(field)
    said = written.words(text, "Say in your own words why it is to be corrected; the officer reads it.")
    now = corrections.check(session, person_id, wanted, value)
    if now == corrections.value_of(session, person_id, wanted):
        raise Conflict(f"The roster says {now!r} already; there is nothing to correct.")
    asked = {"field": wanted.value, "value": now, "text": said}
    return opening.open_new(
        session,
        viewer,
        vault,
        person_id,
        RequestKind.CORRECTION,
        asked,
        same=lambda held: (held.asked.get("field"), held.asked.get("value")) == (wanted.value, now),
    )


def decide(session: Session, viewer: Viewer, vault: Vault, row: RequestRow, *, approve: bool, reason: str) -> None:
    """Granted, the roster is changed; what it said before stays in the request's history."""
    del reason
    if not approve:
        return
    asked = record.of(session, vault, row).asked
    field = Field.of(str(asked["field"]))
    done = corrections.correct(session, row.person_id, row.id, field, str(asked["value"]))
    was, now = (repr(one) if one else "nobody" for one in (done.was, done.now))
    record.note(session, row, viewer, f"{field} corrected", f"It was {was} and is {now}.")
    scope = {"request": row.id, "corrected": field.value}
    log.append(
        session,
        vault,
        action=Action.ROSTER,
        people=[row.person_id],
        accessor=viewer,
        reason=None,
        scope=scope,
        count=1,
    )

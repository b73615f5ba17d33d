""" "This was not me" (GDPR Art. 16): captures of a span or a device that are attributed to the wrong person.

Granted, they stay where they are, as evidence, with the person's statement, but nobody else opens them as theirs and no
extract takes them; whoever holds a copy is told (Art. 19).
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from data.copies import tasks
from data.copies.tasks import What
from data.errors import BadInput
from data.people.viewer import Viewer
from data.programme import rules
from data.programme.reach import Reach, check
from data.programme.rules import RuleKind
from data.rights import opening, record, written
from data.rights.record import Request
from data.rights.states import RequestKind
from data.rights.tables import RequestRow
from data.sealing.vault import Vault


def ask(session: Session, viewer: Viewer, vault: Vault, person_id: int, reach: Reach, text: str) -> Request:
    """Say that what `reach` reaches was somebody else; it names a span or a device.

    Raises NotAllowed, NotFound, BadInput for a span that cannot be, for everything, or without a statement, Conflict
    while the same is asked.
    """
    said = written.words(text, "Say in your own words why it was not you; it is kept as your statement.")
    if reach.start is None and reach.end is None and not reach.devices:
        raise BadInput("Name the time or the device that was not yours; for everything, ask for its deletion.")
    asked = {"reach": check(reach).as_json(), "text": said}
    return opening.open_new(
        session, viewer, vault, person_id, RequestKind.ATTRIBUTION, asked, same=lambda held: held.reach == reach
    )


def decide(session: Session, viewer: Viewer, vault: Vault, row: RequestRow, *, approve: bool, reason: str) -> None:
    """Granted, it is marked as not this person's from now on, and the holders of copies are told."""
    del viewer, reason
    reach = record.of(session, vault, row).reach
    if not approve or reach is None:
        return
    rules.add(session, vault, row.person_id, row.id, RuleKind.NOT_MINE, reach, granted=True)
    tasks.fan_out(session, vault, row.person_id, row.id, reach.as_json(), What.CORRECT)

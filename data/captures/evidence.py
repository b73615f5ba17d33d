"""What came of a pause for one person: what their devices sent from it, and whether anything of it is held."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from data import instants
from data.captures import disobeying, preview
from data.captures.disobeying import Sent
from data.captures.pausing import Why
from data.captures.scope import Scope
from data.people.viewer import Viewer
from data.programme import own_pause
from data.programme.state import Span
from data.sealing.vault import Vault

LASTS = 4 * instants.WEEK  # for so long after its end it is shown what came of an own pause
MOST = 20  # own pauses that are looked at together, as each opens captures


@dataclass(frozen=True)
class Evidence:
    """Of one pause: what was sent from it and refused; whether any capture with a time in it is held, looked up now."""

    span: Span
    sent: tuple[Sent, ...] = ()
    is_held: bool = False


def of(session: Session, viewer: Viewer, vault: Vault, person_id: int, why: Why, span: Span) -> Evidence:
    """What came of a pause. Raises NotAllowed unless the captures are the viewer's own."""
    sent = disobeying.mine(session, viewer, person_id, why, span.start, span.start + 1)
    is_held = preview.is_held(session, vault, person_id, Scope(start=span.start, end=span.end))
    return Evidence(span, sent, is_held)


def own(session: Session, viewer: Viewer, vault: Vault, person_id: int, now: int) -> tuple[Evidence, ...]:
    """What came of the own pauses that ended in the last weeks, the newest MOST, newest first. Raises NotAllowed unless
    they are the viewer's own."""
    over = [one for one in own_pause.of(session, viewer, vault, person_id) if one.end is not None and one.end <= now]
    recent = [one for one in over if one.end is not None and now - one.end < LASTS]
    return tuple(of(session, viewer, vault, person_id, Why.OWN, one) for one in reversed(recent[-MOST:]))

"""What the first page says of what went wrong: exposures of the viewer's own data, and notices that wait to be read."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from data.exposures import card
from data.exposures.card import Card
from data.incidents import telling
from data.people.viewer import Viewer
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Wrong:
    """Notices about incidents that are `unread`, and what the viewer's data was exposed to."""

    unread: int
    card: Card


def wrong(session: Session, viewer: Viewer, vault: Vault, now: int) -> Wrong:
    """What went wrong, as far as the viewer is concerned. Raises as `card.card`."""
    return Wrong(len(telling.unread(session, viewer)), card.card(session, viewer, vault, now))

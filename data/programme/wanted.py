"""What the programme wants of every collector now: that it runs, or that it is paused since a certain time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from data.sealing.vault import Vault


@dataclass(frozen=True)
class Wanted:
    """`paused_since` (microseconds UTC): captures after it are not to be made; it may lie ahead. None: it runs."""

    paused_since: int | None = None

    def pause(self, now: int) -> int | None:
        """Since when the pause that is in force at `now` is so; None while none is."""
        return self.paused_since if self.paused_since is not None and self.paused_since <= now else None


# How the state is asked for: in a transaction that reads, with what opens the log.
Asking = Callable[[Session, Vault], Wanted]


def wanted(_session: Session, _vault: Vault) -> Wanted:
    """No pause can be put on record yet, so it runs."""
    return Wanted()

"""What the programme wants of every collector now: that it runs, or that it is paused since a certain time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from data import instants
from data.errors import Error
from data.programme import own_pause, record
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Wanted:
    """`paused_since` (microseconds UTC): captures after it are not to be made; it may lie ahead. None: it runs. `own`:
    the people who paused it for themselves now, and since when."""

    paused_since: int | None = None
    own: Mapping[int, int] = field(default_factory=dict[int, int])

    def since(self, person_id: int | None = None) -> int | None:
        """Since, or from, when devices of this person (None: of everybody) are to be paused; None: they may run."""
        return min((one for one in (self.paused_since, self._own(person_id)) if one is not None), default=None)

    def pause(self, now: int, person_id: int | None = None) -> int | None:
        """The same of a pause that is in force at `now`."""
        since = self.since(person_id)
        return None if since is None or since > now else since

    def _own(self, person_id: int | None) -> int | None:
        return None if person_id is None else self.own.get(person_id)


# How it is asked for: in a transaction that reads, with what opens the log. Raises Error where nobody can tell.
Asking = Callable[[Session, Vault], Wanted]


def wanted(session: Session, vault: Vault) -> Wanted:
    """What is on record: the pause that is announced or goes on, and the own pauses that run. Raises Unreadable where
    an entry about them is missing or altered."""
    last = record.spans(session, vault)[-1:]
    return Wanted(
        next((one.start for one in last if one.end is None), None),
        {person: span.start for person, span in own_pause.running(session, vault, instants.now()).items()},
    )


def shown(session: Session, vault: Vault) -> Wanted:
    """The same for whoever reads what devices say, which stands for itself where nobody can tell what is wanted: that
    the record of it is damaged is said where the state is."""
    try:
        return wanted(session, vault)
    except Error:
        return Wanted()

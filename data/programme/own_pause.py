"""A person's own pause: half an hour in which nothing of them is taken in, which nobody has to approve.

The log alone holds it. Of an entry that no longer opens, half an hour from when it was written counts as paused:
whoever alters the record of a pause does not get what was captured in it.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import events, log
from data.accesses.entry import Action
from data.accesses.tables import AboutRow, EntryRow
from data.database import lock
from data.errors import Conflict, NotAllowed
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.programme.state import Span
from data.sealing.vault import Vault

LENGTH = 30 * instants.MINUTE


def begin(session: Session, viewer: Viewer, vault: Vault) -> Span:
    """Pause for half an hour from now on. Permission PAUSE_OWN. Raises Conflict when one runs already."""
    person_id = _own(session, viewer)
    now = instants.now()
    if running := current(spans(session, vault, person_id), now):
        raise Conflict(f"You are paused already, until {instants.iso(running.start + LENGTH)}; end that one first.")
    _append(session, viewer, vault, person_id, Span(now, now + LENGTH), now)
    return Span(now, now + LENGTH)


def end(session: Session, viewer: Viewer, vault: Vault) -> Span:
    """End the own pause that runs. Permission PAUSE_OWN. Raises Conflict when none does."""
    person_id = _own(session, viewer)
    now = instants.now()
    running = current(spans(session, vault, person_id), now)
    if running is None:
        raise Conflict("You have no pause that runs, so there is nothing to end.")
    ended = replace(running, end=now)
    _append(session, viewer, vault, person_id, ended, now)
    return ended


def of(session: Session, viewer: Viewer, vault: Vault, person_id: int) -> tuple[Span, ...]:
    """A person's own pauses, oldest first. Permission PAUSE_OWN: nobody else reads them here."""
    require(viewer, Permission.PAUSE_OWN, person_id)
    return spans(session, vault, person_id)


def spans(session: Session, vault: Vault, person_id: int) -> tuple[Span, ...]:
    """The same for what takes captures in; shows none of it to anybody."""
    opened, lost = events.sorted_out(session, vault, Action.OWN_PAUSE, person_id)
    found = {row.at: Span(row.at, row.at + LENGTH) for row in lost}
    for _, details in opened:
        scope = details.read["scope"]
        found[int(scope["start"])] = Span(int(scope["start"]), int(scope["end"]))
    return tuple(found[start] for start in sorted(found))


def running(session: Session, vault: Vault, now: int) -> dict[int, Span]:
    """Whose own pause runs at `now`, and which; shows none of it to anybody."""
    recent = (
        select(AboutRow.person_id)
        .join(EntryRow, EntryRow.position == AboutRow.position)
        .where(EntryRow.action == Action.OWN_PAUSE.value, EntryRow.at > now - LENGTH, EntryRow.at <= now)
        .distinct()
    )
    found = {person: current(spans(session, vault, person), now) for person in session.scalars(recent)}
    return {person: span for person, span in found.items() if span is not None}


def current(found: tuple[Span, ...], now: int) -> Span | None:
    """The one that runs at `now`."""
    return next((one for one in found if one.holds(now)), None)


def _own(session: Session, viewer: Viewer) -> int:
    if viewer.person_id is None:
        raise NotAllowed("Only somebody on the roster is captured, and can pause it; say who with --as.")
    require(viewer, Permission.PAUSE_OWN, viewer.person_id)
    lock(session, f"captures of {viewer.person_id}")  # an import is wholly before it or sees it
    return viewer.person_id


def _append(session: Session, viewer: Viewer, vault: Vault, person_id: int, span: Span, now: int) -> None:
    log.append(
        session,
        vault,
        action=Action.OWN_PAUSE,
        people=[person_id],
        accessor=viewer,
        reason=None,
        scope={"start": span.start, "end": span.end},
        count=0,
        at=now,
    )

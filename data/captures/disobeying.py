"""Devices that go on capturing in a pause: how many, whose, and what of it was refused."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import events, log
from data.accesses.entry import Action
from data.captures import pausing, quarantine
from data.captures.pausing import Part, Why
from data.captures.quarantining import Quarantining
from data.captures.tables import ImportRow, PausedRow
from data.errors import NotAllowed
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.programme import record
from data.programme.state import Programme
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Sent:
    """What one device (empty: it did not say its name) of a person sent from a pause: at least so many captures, the
    newest of them received at `sent_at`, microseconds UTC."""

    device: str
    count: int
    sent_at: int


@dataclass(frozen=True)
class Erasure:
    """That quarantined captures were erased after a review: when, by whom, and what they found."""

    at: int
    name: str
    words: str


@dataclass(frozen=True)
class Figures:
    """For the whole company: from how many devices of how many people captures of a pause came, how many, and when the
    newest were received (None: none were)."""

    devices: int = 0
    people: int = 0
    captures: int = 0
    newest: int | None = None


def report(
    session: Session, vault: Vault, viewer: Viewer, person_id: int, import_id: int, apart: Quarantining, now: int
) -> None:
    """Keep what an import set apart, and enter in the log, once for each pause, that a device did not obey; its person
    is told (data/notices)."""
    found = [*apart.own, *(part for one in apart.sealed for part in one.batch.parts)]
    query = select(PausedRow.why, PausedRow.since, PausedRow.device).where(PausedRow.person_id == person_id)
    known = {tuple(row) for row in session.execute(query.distinct())} if found else set[tuple[str, int, str]]()
    quarantine.add(session, vault, apart.sealed, now)
    quarantine.count(session, person_id, import_id, apart.own, now)
    new: dict[tuple[Why, int, str], int] = defaultdict(int)
    for part in found:
        if (part.why.value, part.since, part.device) not in known:
            new[part.why, part.since, part.device] += part.count
    for (why, since, device), count in sorted(new.items()):
        scope = {"why": why.value, "since": since, "device": device}
        log.append(
            session,
            vault,
            action=Action.DISOBEYED,
            people=[person_id],
            accessor=viewer,
            reason=None,
            scope=scope,
            count=count,
        )


def mine(
    session: Session, viewer: Viewer, person_id: int, why: Why, since: int, before: int | None = None
) -> tuple[Sent, ...]:
    """What a person's devices sent from pauses that began at `since` or later, and before `before`, the newest first.
    Raises NotAllowed unless they are the viewer's own."""
    _require_own(viewer, person_id)
    query = select(PausedRow).where(
        PausedRow.person_id == person_id, PausedRow.why == why.value, PausedRow.since >= since
    )
    if before is not None:
        query = query.where(PausedRow.since < before)
    found: dict[str, list[Part]] = defaultdict(list)
    received: dict[str, int] = {}
    for row in session.scalars(query):
        found[row.device].append(quarantine.part(row))
        received[row.device] = max(received.get(row.device, row.at), row.at)
    # What is in quarantine was compared, so that each counts once.
    amount = (lambda parts: sum(one.count for one in parts)) if why is Why.PROGRAMME else pausing.at_least
    sent = [Sent(device, amount(parts), received[device]) for device, parts in found.items()]
    return tuple(sorted(sent, key=lambda one: (-one.sent_at, one.device)))


def erasures(session: Session, viewer: Viewer, vault: Vault, person_id: int) -> tuple[Erasure, ...]:
    """The reviews after which captures of a person were erased from quarantine, oldest first. Raises NotAllowed unless
    they are the viewer's own."""
    _require_own(viewer, person_id)
    found, _ = events.read(session, vault, Action.QUARANTINE_ERASED, person_id)
    return tuple(
        Erasure(row.at, str(one.accessor.get("name", "")), str(one.read["scope"].get("words", "")))
        for row, one in found
    )


def heard(session: Session, viewer: Viewer, person_id: int) -> int | None:
    """When the newest file with anything of a person arrived; None when none did. Raises NotAllowed unless they are the
    viewer's own."""
    _require_own(viewer, person_id)
    return session.scalar(select(func.max(ImportRow.at)).where(ImportRow.person_id == person_id))


def objected_since(session: Session, viewer: Viewer, person_id: int, since: int) -> int:
    """How many captures to which a person objects imports brought since then; a file that comes again counts again.
    Raises NotAllowed unless they are the viewer's own."""
    _require_own(viewer, person_id)
    query = select(func.sum(ImportRow.objected)).where(ImportRow.person_id == person_id, ImportRow.at >= since)
    return int(session.scalar(query) or 0)


def figures(session: Session, viewer: Viewer, since: int) -> Figures:
    """What came from the programme's pauses that began at `since` or later; names nobody. Permission SEE_CONDUCT."""
    require(viewer, Permission.SEE_CONDUCT)
    mine = PausedRow.why == Why.PROGRAMME.value, PausedRow.since >= since
    devices = select(PausedRow.person_id, PausedRow.device).where(*mine).distinct().subquery()
    people, captures, newest = session.execute(
        select(func.count(PausedRow.person_id.distinct()), func.sum(PausedRow.count), func.max(PausedRow.at)).where(
            *mine
        )
    ).one()
    number = session.scalar(select(func.count()).select_from(devices)) or 0
    return Figures(number, people, int(captures or 0), newest)


def current(session: Session, viewer: Viewer, vault: Vault) -> tuple[Programme, Figures]:
    """The programme's state, and what came from the pause that goes on, or from the last one: a device that was offline
    sends what it captured in it only later. Permission SEE_CONDUCT."""
    found = record.read(session, viewer, vault)
    last = found.begun(instants.now())
    return found, figures(session, viewer, last.start) if last else Figures()


def _require_own(viewer: Viewer, person_id: int) -> None:
    require(viewer, Permission.SEE_SUMMARY, person_id)
    if not viewer.is_person(person_id):
        raise NotAllowed("What somebody's devices sent from a pause is shown here to that person alone.")

"""Review of the quarantine: a privacy officer sees of whom, from which device, how many captures of a pause came, never
what they are, and has them erased.

Erasing destroys the keys and enters the log in one transaction. The sealed files go once that has committed; what is
left of the keys in the database's own files, and older backups, end with `settle`, which begins again after a crash.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action, Purpose, Reason
from data.captures import pausing, quarantine, segments
from data.captures.pausing import Part
from data.captures.schema import Kind
from data.captures.tables import QuarantineRow
from data.database import Database, lock
from data.errors import Conflict
from data.people.permissions import Permission, may, require, require_fresh
from data.people.tables import PersonRow
from data.people.viewer import OPERATOR, Viewer
from data.programme import rules
from data.programme.rules import RuleKind
from data.rights import epochs, holds, written
from data.sealing.keys import leave_no_remnant
from data.sealing.vault import Vault

EVERY = 20.0  # seconds between two looks whether something is to be settled
VIEW = "quarantine"  # what a look at it is, as the log's scope says


@dataclass(frozen=True)
class Apart:
    """One line of the review: what one device of a person sent of one kind from one pause; `received_at` is when the
    newest of it came."""

    person_id: int
    person: str
    part: Part
    received_at: int


@dataclass(frozen=True)
class Review:
    """What is in quarantine, the newest first. `until` is the newest file that is among it (0: there is none)."""

    lines: tuple[Apart, ...] = ()
    until: int = 0

    @property
    def captures(self) -> int:
        """Captures in all."""
        return sum(one.part.count for one in self.lines)

    @property
    def people(self) -> int:
        """How many people they are of."""
        return len({one.person_id for one in self.lines})

    @property
    def devices(self) -> int:
        """How many devices sent them."""
        return len({(one.person_id, one.part.device) for one in self.lines})


@dataclass(frozen=True)
class Erased:
    """What was erased. `kept` captures stay, because of a legal hold or as their person had them sealed."""

    captures: int
    people: int
    kept: int


def waiting(session: Session, viewer: Viewer) -> int:
    """How many files are in quarantine; says nothing of whom. Permission REVIEW_QUARANTINE."""
    require(viewer, Permission.REVIEW_QUARANTINE)
    return len(session.scalars(select(QuarantineRow.id).where(QuarantineRow.wrapped.is_not(None))).all())


def review(session: Session, viewer: Viewer, vault: Vault) -> Review:
    """What is in quarantine, by person, device, pause and kind; a look that everybody in it sees. Permission
    REVIEW_QUARANTINE, in a writing transaction."""
    require(viewer, Permission.REVIEW_QUARANTINE)
    rows = _waiting(session)
    lines = _lines(session, rows)
    people = sorted({row.person_id for row in rows if not viewer.is_person(row.person_id)})
    if people:
        log.append(
            session,
            vault,
            action=Action.READ,
            people=people,
            accessor=viewer,
            reason=Reason(Purpose.SECURITY, "review of the quarantine"),
            scope={"view": VIEW},
            count=0,
        )
    return Review(lines, max((row.id for row in rows), default=0))


def erase(session: Session, viewer: Viewer, vault: Vault, until: int, reason: str) -> Erased:
    """Erase what is in quarantine up to the file `until` (of a review): what came in later was not reviewed, and
    nobody has their own erased. Permission REVIEW_QUARANTINE. Run `settle` afterwards.

    Raises BadInput without a reason, Conflict where nothing is there to erase, Unreadable as holds.keeping."""
    require(viewer, Permission.REVIEW_QUARANTINE)
    require_fresh(viewer)
    words = written.words(reason, "Say in words what the review found, and what was done about those devices.")
    people = sorted({row.person_id for row in _waiting(session, until)})
    mine = [one for one in people if not may(viewer, Permission.REVIEW_QUARANTINE, one)]
    gone: list[QuarantineRow] = []
    captures = kept = 0
    for person_id in people:
        if person_id in mine:
            continue
        lock(session, f"captures of {person_id}")
        rows = [row for row in _waiting(session, until) if row.person_id == person_id]
        parts = quarantine.parts(session, person_id, [row.id for row in rows])
        spared = _spared(session, vault, person_id, parts)
        for row in rows:
            count = sum(part.count for part in parts.get(row.id, ()))
            kept, captures = (kept + count, captures) if row.id in spared else (kept, captures + count)
            gone += [] if row.id in spared else [row]
    if not gone:
        own = " What is left is your own, which another officer reviews." if mine else ""
        held = f" {kept:,} captures stay: a legal hold, or their person, wants them kept." if kept else ""
        raise Conflict(f"There is nothing in quarantine to erase.{own}{held}")
    now, about = instants.now(), sorted({row.person_id for row in gone})
    for row in gone:
        row.wrapped, row.erased_at = None, now
    session.flush()
    names = [segments.object_name(row.person_id, row.id) for row in gone]
    segments.after(session, "commit", lambda: segments.discard(vault, names))
    scope = {"words": words, "files": len(gone)}
    log.append(
        session,
        vault,
        action=Action.QUARANTINE_ERASED,
        people=about,
        accessor=viewer,
        reason=None,
        scope=scope,
        count=captures,
    )
    return Erased(captures, len(about), kept)


def settle(database: Database, vault: Vault) -> int:
    """Bring what `erase` decided to its end: the sealed files, what the database's own files hold of the keys, and, as
    after each deletion, the keyring's epoch. Returns how many files that were; repeat it as often as you like.

    Raises Conflict while somebody's long reading keeps the database's log."""
    with database.reading() as session:
        query = select(QuarantineRow.person_id, QuarantineRow.id)
        rows = session.execute(query.where(QuarantineRow.erased_at.is_not(None), QuarantineRow.bytes > 0)).all()
    if not rows:
        return 0
    segments.discard(vault, [segments.object_name(*row) for row in rows])
    leave_no_remnant(database)
    epochs.turn(database, vault, OPERATOR)
    with database.writing() as session:
        for person_id, number in rows:
            mine = QuarantineRow.person_id == person_id, QuarantineRow.id == number
            session.execute(update(QuarantineRow).where(*mine).values(bytes=0))
    return len(rows)


def _waiting(session: Session, until: int | None = None) -> Sequence[QuarantineRow]:
    query = select(QuarantineRow).where(QuarantineRow.wrapped.is_not(None))
    if until is not None:
        query = query.where(QuarantineRow.id <= until)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _lines(session: Session, rows: Sequence[QuarantineRow]) -> tuple[Apart, ...]:
    """What the files hold, added up by person, pause, device and kind."""
    received: dict[int, dict[int, int]] = defaultdict(dict)
    for row in rows:
        received[row.person_id][row.id] = row.at
    names = {one: name for one, name in session.execute(select(PersonRow.id, PersonRow.name)) if one in received}
    found: list[Apart] = []
    for person_id, files in received.items():
        parts = quarantine.parts(session, person_id, list(files))
        for one in pausing.merged(part for each in parts.values() for part in each):
            same = one.since, one.device, one.kind
            newest = max(
                files[number]
                for number, each in parts.items()
                for part in each
                if (part.since, part.device, part.kind) == same
            )
            found.append(Apart(person_id, names.get(person_id, ""), one, newest))
    return tuple(sorted(found, key=lambda one: (-one.received_at, one.person, one.part.device, one.part.kind)))


def _spared(session: Session, vault: Vault, person_id: int, parts: dict[int, tuple[Part, ...]]) -> set[int]:
    """The files of which a legal hold keeps something, or which their person had sealed (GDPR Art. 18(2): what is
    restricted is only stored)."""
    scopes = [one.scope for one in holds.keeping(session, vault, person_id)]
    reaches = [one.reach for one in rules.sealing(session, vault, person_id) if one.kind is RuleKind.RESTRICTION]

    def is_kept(part: Part) -> bool:
        held = any(
            one.overlaps(part.first_at, part.last_at) and (not one.kinds or Kind(part.kind) in one.kinds)
            for one in scopes
        )
        kinds = frozenset({part.kind})
        return held or any(one.touches(kinds, frozenset(), part.first_at, part.last_at + 1) for one in reaches)

    return {number for number, found in parts.items() if any(is_kept(part) for part in found)}

"""Ingest: a recording's captures into a person's sealed store; all of it or nothing, and twice is as once.

Reading, comparing and sealing happen outside of any transaction, against a snapshot of what is stored. One short
transaction then checks that the snapshot still holds and names what was sealed; when somebody else imported or
erased meanwhile, the sealed objects are thrown away and the comparison begins again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.captures import (
    arrivals,
    counts,
    disobeying,
    ignoring,
    quarantine,
    refusals,
    rollups,
    screens,
    segments,
    sweeping,
)
from data.captures.building import Built, Snapshot, build
from data.captures.gathering import Gathered
from data.captures.recording import Recording
from data.captures.spill import Spill
from data.captures.tables import ImportRow
from data.database import Database, lock
from data.errors import Conflict, NotFound, Unreadable
from data.people.permissions import Permission, require
from data.people.tables import PersonRow
from data.people.viewer import Viewer
from data.programme import own_pause, record, rules, unpromised, versions
from data.sealing import keys
from data.sealing.vault import Vault

_ATTEMPTS = 8


@dataclass(frozen=True)
class Imported:
    """What an import did. `first` and `last` are instants of what it added (None for nothing).

    `unchanged`: the file added nothing. `import_id` is None when there is nothing to keep a record of, because the
    very same file had been imported before. `objected` counts those of `refused` that the person objects to, `paused`
    those that were captured in a pause; `quarantined` of these are kept sealed until an officer has them erased.
    """

    import_id: int | None
    added: int
    duplicates: int
    refused: int
    objected: int
    paused: int
    quarantined: int
    screens: int
    first: int | None
    last: int | None
    unchanged: bool


def ingest(
    database: Database,
    vault: Vault,
    viewer: Viewer,
    person_id: int,
    recording: Recording,
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Take in a recording for a person. Permission IMPORT. `progress` is told how many captures were read so far.

    Raises NotFound for an unknown person, BadInput from the recording, Conflict when others kept changing the same
    person's captures; nothing is stored then.
    """
    require(viewer, Permission.IMPORT, person_id)
    with database.reading() as session:
        if session.get(PersonRow, person_id) is None:
            raise NotFound(f"There is no person {person_id} on the roster; import the roster first.")
    sweeping.sweep(database, vault, person_id)
    with Spill() as spill:
        gathered = Gathered(spill)
        gathered.take(recording, progress)
        for _ in range(_ATTEMPTS):
            imported = _attempt(database, vault, viewer, person_id, recording, gathered)
            if imported is not None:
                return imported
    raise Conflict("This person's captures were changed by others all the while; import the file again.")


def _attempt(
    database: Database, vault: Vault, viewer: Viewer, person_id: int, recording: Recording, gathered: Gathered
) -> Imported | None:
    """Compare, seal and commit; None when what is stored changed in between."""
    with database.writing() as session:
        snapshot = _snapshot(session, vault, person_id)
    names: list[str] = []
    try:
        built = build(vault, snapshot, gathered, grows=recording.source == "activitywatch", names=names)
        with database.writing() as session:
            lock(session, record.LOCK, shared=True)
            lock(session, f"captures of {person_id}")
            if _snapshot(session, vault, person_id) != snapshot or not _still_there(vault, names):
                imported = None
            else:
                imported = _commit(session, vault, viewer, snapshot, recording, gathered, built)
    except BaseException:
        segments.discard(vault, names)
        raise
    if imported is None:
        segments.discard(vault, names)
    return imported


def _snapshot(session: Session, vault: Vault, person_id: int) -> Snapshot:
    try:
        older_keys = segments.open_keys(session, vault, person_id)
    except Unreadable as error:
        raise Conflict("This person's captures are being erased; import the file again when that is done.") from error
    record.require_whole(session)
    pauses = record.spans(session, vault)
    return Snapshot(
        key=keys.current(session, vault, person_id),
        segments=segments.listed(session, person_id),
        screens=frozenset(screens.listed(session, person_id)),
        erased=refusals.erased_scopes(session, vault, person_id),
        objected=rules.refused(session, vault, person_id),
        kept_to=rules.kept_to(session, vault, person_id),
        own_pauses=own_pause.spans(session, vault, person_id),
        pauses=pauses,
        quarantined=quarantine.listed(session, vault, person_id) if pauses else (),
        reviewed=quarantine.reviewed(session, person_id) if pauses else (),
        older_keys=older_keys,
    )


def _still_there(vault: Vault, names: list[str]) -> bool:
    """Whether nobody swept the new objects away as left over, which takes an import of more than a day."""
    return all(vault.objects.exists(name) for name in names)


def _commit(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    snapshot: Snapshot,
    recording: Recording,
    gathered: Gathered,
    built: Built,
) -> Imported:
    person_id = snapshot.key.person_id
    apart = built.apart
    changed = bool(built.added or built.outgrown or built.screens or apart.held)
    seen = select(ImportRow.id).where(ImportRow.person_id == person_id, ImportRow.digest == recording.digest)
    known = session.scalars(seen.limit(1)).first() is not None
    # What says which displays there are may say so of a device of which all was refused.
    is_limited = snapshot.erased or snapshot.objected or snapshot.pauses or snapshot.own_pauses
    displays = [one for one in gathered.displays if not is_limited or one.device in built.devices.spans]
    new_displays = arrivals.add_displays(session, person_id, displays) if built.kept else 0
    found = Imported(
        import_id=None if known and not changed else built.import_id,
        added=built.added,
        duplicates=built.duplicates + apart.again,
        refused=built.refused,
        objected=built.objected,
        paused=apart.paused,
        quarantined=apart.held,
        screens=len(built.screens),
        first=built.first,
        last=built.last,
        unchanged=not (changed or new_displays),
    )
    if found.import_id is None:
        return found
    segments.remove(session, vault, person_id, built.replaced)
    segments.add(session, built.segments)
    screens.add(session, built.screens)
    observed = unpromised.Observed(versions.register(session, vault))
    for segment, _ in built.new_segments:
        rows = segments.open_one(session, vault, segment)
        counts.add(session, vault, person_id, rollups.count(rows))
        observed.add(rows)
    if built.outgrown:
        observed.add(built.outgrown_rows, sign=-1)
        counts.add(session, vault, person_id, rollups.count(built.outgrown_rows), sign=-1)
    observed.keep(session, vault, person_id)
    now = instants.now()
    arrivals.add_devices(session, person_id, built.devices, now)
    session.add(
        ImportRow(
            person_id=person_id,
            id=built.import_id,
            source=recording.source,
            digest=recording.digest,
            at=now,
            added=found.added,
            duplicates=found.duplicates,
            refused=found.refused,
            objected=found.objected,
            paused=found.paused,
            screens=found.screens,
            first_at=found.first,
            last_at=found.last,
        )
    )
    session.flush()
    scope = {"source": recording.source, "duplicates": found.duplicates, "refused": found.refused}
    scope |= {name: count for name in ("objected", "paused", "quarantined") if (count := getattr(found, name))}
    disobeying.report(session, vault, viewer, person_id, built.import_id, apart, now)
    ignoring.report(session, vault, viewer, person_id, built.ignored)
    log.append(
        session,
        vault,
        action=Action.IMPORT,
        people=[person_id],
        accessor=viewer,
        reason=None,
        scope=scope,
        count=found.added,
        at=now,
    )
    return found

"""Taking captures away for good, in parts that can each be repeated, and reading back that they are gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from data.captures import counts, refusals, screens, segments, sweeping
from data.captures.rollup_tables import AppRow, ClicksRow, CountedDeviceRow, DayRow, LabelsRow
from data.captures.scope import Scope
from data.captures.segments import Segment
from data.captures.tables import DisplayRow, ImportRow, ScreenRow, SegmentRow
from data.database import Database, Table, lock
from data.errors import Conflict
from data.people.tables import DeviceRow
from data.sealing import keys
from data.sealing.keys import PersonKey
from data.sealing.tables import PersonKeyRow
from data.sealing.vault import Vault

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them

# Everything that says what was captured. What people did with it (access log, requests, refusals) stays.
_HELD: tuple[type[Table], ...] = (
    SegmentRow,
    ScreenRow,
    ImportRow,
    DisplayRow,
    DeviceRow,
    DayRow,
    AppRow,
    ClicksRow,
    CountedDeviceRow,
    LabelsRow,
)


@dataclass(frozen=True)
class Removed:
    """What was taken away: captures in all and by kind, pictures, sealed segments with the SHA-256 of each as it was
    stored, keys, and the captures that are left."""

    captures: int
    kinds: dict[str, int] = field(default_factory=dict[str, int])
    screens: int = 0
    digests: tuple[str, ...] = ()
    keys: int = 0
    left: int = 0


def destroy_keys(session: Session, vault: Vault, person_id: int) -> Removed:
    """Make everything that is held of a person unreadable, and refuse it if it is brought again."""
    lock(session, f"captures of {person_id}")
    held = segments.listed(session, person_id)
    kinds = session.execute(
        select(DayRow.kind, func.sum(DayRow.count)).where(DayRow.person_id == person_id).group_by(DayRow.kind)
    )
    found = Removed(
        captures=sum(one.count for one in held),
        kinds={kind: int(number) for kind, number in kinds},
        screens=len(screens.listed(session, person_id)),
        digests=tuple(one.digest for one in held),
        keys=keys.destroy(session, person_id),
    )
    refusals.add(session, vault, person_id, Scope())
    return found


def remove_rows(session: Session, person_id: int) -> None:
    """Remove every row that says what was captured of a person."""
    lock(session, f"captures of {person_id}")
    for table in _HELD:
        session.execute(delete(table).where(_of(table, person_id)))


def rewrite_without(session: Session, vault: Vault, person_id: int, scope: Scope) -> Removed:
    """Take away the captures in `scope`: what stays is under a new key, and every older one is destroyed.

    Segments that hold some of both are sealed anew, the others keep their bytes. Holds one segment at a time.
    """
    lock(session, f"captures of {person_id}")
    older = _live_keys(session, vault, person_id)
    held = segments.listed(session, person_id)
    new = keys.renew(session, vault, person_id)
    kinds, gone_screens, kept_screens = Counter[str](), set[str](), set[str]()
    gone: list[Segment] = []
    for segment in held:
        table = segments.open_one(session, vault, segment)
        inside = scope.mask(table)
        taken, kept = table.filter(inside), table.filter(pc.invert(inside))
        kept_screens |= _screens(kept)
        if not taken.num_rows:
            continue
        gone_screens |= _screens(taken)
        kinds.update({one["values"]: one["counts"] for one in pc.value_counts(_names(taken["kind"])).to_pylist()})
        gone.append(segment)
        if kept.num_rows:
            sealed = segments.seal(vault, new, person_id, segment.import_id, kept)
            names = [segments.name_of(one) for one, _ in sealed]
            segments.after(session, "rollback", lambda names=names: segments.discard(vault, names))
            segments.add(session, sealed)
    segments.remove(session, vault, person_id, [one.id for one in gone])
    pictures = screens.remove(session, vault, person_id, gone_screens - kept_screens)
    for old in older:
        segments.rewrap(session, vault, person_id, old, new)
        screens.rewrap(session, vault, person_id, old, new)
    counts.recount(session, vault, person_id, segments.read(session, vault, person_id))
    _forget_devices(session, person_id)
    destroyed = keys.destroy(session, person_id, [old.version for old in older])
    refusals.add(session, vault, person_id, scope)
    return Removed(
        captures=kinds.total(),
        kinds=dict(kinds),
        screens=pictures,
        digests=tuple(one.digest for one in gone),
        keys=destroyed,
        left=sum(one.count for one in held) - kinds.total(),
    )


def check_nothing_left(session: Session, vault: Vault, person_id: int, digests: tuple[str, ...]) -> tuple[str, ...]:
    """Read back that nothing of what was erased is there; returns what was checked, in sentences.

    Captures that came in after the erasure are under a key of their own and are not meant. Raises Conflict naming
    what is still there.
    """
    older = set(session.scalars(select(SegmentRow.digest).where(SegmentRow.person_id == person_id))) & set(digests)
    if older:
        raise Conflict(f"{len(older)} sealed files of person {person_id} are still listed; run the request again.")
    live = set(_live(session, person_id))
    if len(live) > 1:
        raise Conflict(f"An older key of person {person_id} is still there; run the request again.")
    for table in (SegmentRow, ScreenRow):
        unreadable = select(func.count()).select_from(table).where(table.person_id == person_id)
        if session.scalar(unreadable.where(table.key_version.not_in(live))):
            raise Conflict(f"Rows of person {person_id} under a destroyed key are still there; run the request again.")
    named = {segments.object_name(person_id, one) for one in _object_ids(session, person_id)}
    strays = set(vault.objects.list(str(person_id))) - named
    if strays:
        raise Conflict(f"{len(strays)} sealed objects of person {person_id} are still there; run the request again.")
    return (
        "The keys were looked for in the database and are not there.",
        "The list of sealed files was read back and holds none of those below.",
        "The folder of sealed files was listed and holds no file that is not accounted for.",
    )


def check_scope_is_empty(session: Session, vault: Vault, person_id: int, scope: Scope, before: int) -> str:
    """Open what is left and look for captures in `scope` from before the instant `before`; a sentence, or Conflict."""
    for table in segments.read(session, vault, person_id, columns=("at", "kind", "app"), end=before):
        found = pc.sum(scope.mask(table)).as_py() or 0
        if found:
            raise Conflict(f"{found} captures that were to be erased are still there; run the request again.")
    return "What is left was opened and searched for what was asked to be deleted; nothing was found."


def sweep(database: Database, vault: Vault, person_id: int) -> int:
    """Delete the person's objects that no row names. An import at work notices and begins again."""
    return sweeping.sweep(database, vault, person_id, spared=0)


def _object_ids(session: Session, person_id: int) -> Iterator[int]:
    for table in (SegmentRow, ScreenRow):
        yield from session.scalars(select(table.id).where(table.person_id == person_id))


def _forget_devices(session: Session, person_id: int) -> None:
    """Devices that nothing is held of any more."""
    seen = set(session.scalars(select(CountedDeviceRow.device).where(CountedDeviceRow.person_id == person_id)))
    session.execute(delete(DeviceRow).where(DeviceRow.person_id == person_id, DeviceRow.name.not_in(seen)))
    session.execute(delete(DisplayRow).where(DisplayRow.person_id == person_id, DisplayRow.device.not_in(seen)))


def _live_keys(session: Session, vault: Vault, person_id: int) -> list[PersonKey]:
    return [keys.find(session, vault, person_id, version) for version in _live(session, person_id)]


def _live(session: Session, person_id: int) -> list[int]:
    query = select(PersonKeyRow.version).where(PersonKeyRow.person_id == person_id, PersonKeyRow.wrapped.is_not(None))
    return list(session.scalars(query))


def _names(column: Any) -> Any:
    return pc.cast(column, pa.string())


def _screens(table: pa.Table) -> set[str]:
    return set(table["screen"].drop_null().unique().to_pylist())


def _of(table: type[Table], person_id: int) -> Any:
    return table.__table__.c.person_id == person_id

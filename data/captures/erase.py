"""Erase: a person's captures gone for good, in steps that can each be repeated.

Everything: `destroy_keys`, then `remove_rows`. A part: `rewrite_without`. Afterwards,
outside of any transaction, `settle`; then `remnants` looks whether anything is left.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from data import instants
from data.captures import (
    ahead,
    arrivals,
    counts,
    quarantine,
    refusals,
    removed,
    rewriting,
    rollups,
    screens,
    segments,
    sweeping,
)
from data.captures.removed import Removed
from data.captures.rewriting import Rewriting
from data.captures.rollup_tables import DayRow
from data.captures.scope import Scope
from data.captures.segments import Segment
from data.captures.tables import ImportRow, ScreenRow
from data.database import Database, lock
from data.errors import Conflict, Unreadable
from data.sealing import keys
from data.sealing.vault import Vault

__all__ = ["Removed", "destroy_keys", "remnants", "remove_rows", "rewrite_without", "settle"]

_ATTEMPTS = 20


def destroy_keys(session: Session, vault: Vault, person_id: int, at: int | None = None) -> Removed:
    """Destroy every key of the person, and refuse from now on what was captured, or stored, before `at` (now if left
    out). What is in quarantine from before then goes with its keys.

    Returns the versions of the key that there were, and how much was in quarantine. Once this is committed nothing
    sealed opens any more.
    """
    lock(session, f"captures of {person_id}")
    at = instants.now() if at is None else at
    _refuse(session, vault, person_id, Scope(), at)
    quarantined = quarantine.without(session, vault, person_id, [Scope()], at)
    return Removed(keys=keys.destroy(session, person_id), quarantined=quarantined)


def remove_rows(session: Session, vault: Vault, person_id: int) -> Removed:
    """Remove the rows of everything whose key was destroyed, with rollups and devices; objects go after the commit.

    What came in since then, under a new key, stays. Of imports only how much was refused is kept, for the company's
    figures. Call it once: what it returns is counted from the rows.
    """
    lock(session, f"captures of {person_id}")
    live = keys.live(session, person_id)
    held = segments.listed(session, person_id)
    gone = [segment for segment in held if segment.key_version not in live]
    mine = ScreenRow.person_id == person_id, ScreenRow.key_version.not_in(live)
    pictures = {
        row.digest: row.bytes for row in session.execute(select(ScreenRow.digest, ScreenRow.bytes).where(*mine))
    }
    before = _kinds(session, person_id)
    segments.remove(session, vault, person_id, [segment.id for segment in gone])
    screens.remove(session, vault, person_id, pictures)
    counts.recount(
        session, vault, person_id, (rollups.count(table) for table in segments.read(session, vault, person_id))
    )
    arrivals.forget_absent(session, person_id)
    kept = {segment.import_id for segment in held if segment.key_version in live}
    _forget_imports(session, person_id, ImportRow.id.not_in(kept))
    after = _kinds(session, person_id)
    kinds = {kind: count - after.get(kind, 0) for kind, count in before.items() if count > after.get(kind, 0)}
    return removed.of(gone, kinds, pictures.values(), left=sum(after.values()))


def rewrite_without(
    database: Database,
    vault: Vault,
    person_id: int,
    scopes: Sequence[Scope],
    at: int,
    *,
    mark: Callable[[Session, Removed], None] | None = None,
    alive: Callable[[], None] | None = None,
    prolong: bool = False,
) -> Removed:
    """Remove the captures in any of `scopes` that are from before `at` or were stored by then, and refuse them from
    now on (`prolong`: as refusals.add).

    Everything that is kept ends up under a new version of the person's key, and the older versions are destroyed.
    Nobody waits while it works: `mark` is called in the one short transaction that changes the store, `alive` again
    and again before that. Raises Unreadable where a segment does not open, and Conflict when others kept changing the
    same person's captures; they are all there then.
    """
    with database.writing() as session:
        lock(session, f"captures of {person_id}")
        ended = [part for one in scopes for part in _refuse(session, vault, person_id, one, at, prolong=prolong)]
    rewrite = Rewriting(vault, person_id, ended)
    try:
        for _ in range(_ATTEMPTS):
            with database.writing() as session:
                now = rewriting.look(session, vault, person_id)
            rewrite.follow(now, alive or (lambda: None))
            with database.writing() as session:
                lock(session, f"captures of {person_id}")
                fits = rewriting.look(session, vault, person_id) == now
                if fits and all(vault.objects.exists(name) for name in rewrite.names):
                    done = _put_in_place(session, vault, person_id, rewrite)
                    refused = quarantine.without(session, vault, person_id, scopes, at)
                    done = replace(done, quarantined=refused)
                    if mark:
                        mark(session, done)
                    return done
            if fits:
                rewrite.discard()  # somebody swept the new objects away, which takes more than a day
        raise Conflict("This person's captures were changed by others all the while; run it again.")
    except BaseException:
        rewrite.discard()
        raise


def settle(database: Database, vault: Vault, person_id: int) -> int:
    """Clear destroyed keys out of the database's files and delete every object that no row names (an import that is
    at work notices, and seals again). Returns how many objects those were; repeat it as often as you like.

    Raises Conflict while somebody's long reading keeps the database's log.
    """
    swept = sweeping.sweep(database, vault, person_id, spared=0)
    keys.leave_no_remnant(database)
    return swept


def remnants(session: Session, vault: Vault, person_id: int, scope: Scope, at: int) -> tuple[str, ...]:
    """What is still there of an erasure of `scope` that began at `at`, read back from the store: sentences, none when
    all of it is gone."""
    found: list[str] = []
    if keys.made_before(session, person_id, at):
        found.append("A key that is older than the erasure can still be used.")
    try:
        left = _left(session, vault, person_id, scope, at)
    except Unreadable as error:
        found.append(f"A segment is there that does not open. {error}")
        left = 0
    if left:
        found.append(f"{left:,} captures in the scope are still there.")
    named = {segments.name_of(segment) for segment in segments.listed(session, person_id)}
    named |= {*screens.names(session, person_id), *quarantine.names(session, person_id)}
    orphans = [name for name in vault.objects.list(str(person_id)) if name not in named]
    if orphans:
        found.append(f"{len(orphans):,} sealed objects are there that no row names.")
    if refused := quarantine.left(session, vault, person_id, scope, at):
        found.append(f"{refused:,} captures in the scope are still in quarantine.")
    if scope.everything:
        counted = sum(_kinds(session, person_id).values())
        kept = sum(segment.count for segment in segments.listed(session, person_id))
        if counted != kept:
            found.append(f"The rollups count {counted:,} captures where {kept:,} are held.")
    return tuple(found)


def _refuse(
    session: Session, vault: Vault, person_id: int, scope: Scope, at: int, *, prolong: bool = False
) -> list[Scope]:
    """Refuse what an erasure of `scope` that began at `at` takes; as the scopes that say so, each with an end."""
    found = ahead.taken(session, vault, person_id, scope, at)
    return [refusals.add(session, vault, person_id, one, at, prolong=prolong) for one in found]


def _left(session: Session, vault: Vault, person_id: int, scope: Scope, at: int) -> int:
    """How many captures are stored that an erasure of `scope` that began at `at` takes. Raises Unreadable."""
    meant = defaultdict[Scope, list[Segment]](list)
    for one in segments.listed(session, person_id):
        ended = scope.reaching(at, segments.made_at(one.import_id))
        if ended.overlaps(one.first_at, one.last_at):
            meant[ended].append(one)
    found = 0
    for ended, only in meant.items():
        tables = segments.read(session, vault, person_id, columns=("at", "kind", "app"), only=only)
        found += sum(int(refusals.refused([ended], table).sum()) for table in tables)
    return found


def _put_in_place(session: Session, vault: Vault, person_id: int, rewrite: Rewriting) -> Removed:
    """Name what was written anew instead of what it was made from, and destroy the older keys."""
    pictures, old = rewrite.screens_gone, rewrite.seen.keys
    keys.add(session, vault, rewrite.key)
    gone = [part for part in rewrite.parts if part.kept is None]
    segments.remove(session, vault, person_id, [part.old.id for part in gone])
    for part in gone:
        segments.add(session, part.sealed)
    segments.keep_keys(session, [part.kept for part in rewrite.parts if part.kept])
    screens.remove(session, vault, person_id, [held.digest for held in pictures])
    screens.keep_keys(session, person_id, rewrite.screens_kept())
    counts.recount(session, vault, person_id, [part.counts for part in rewrite.parts])
    arrivals.forget_absent(session, person_id)
    _forget_imports(session, person_id, ImportRow.id.in_(_emptied(session, person_id, [part.old for part in gone])))
    lost = sum((part.kinds for part in gone), Counter[str]())
    return removed.of(
        [part.old for part in gone],
        lost,
        [held.bytes for held in pictures],
        keys=keys.destroy(session, person_id, [key.version for key in old]),
        left=sum(part.counts.total for part in rewrite.parts),
    )


def _kinds(session: Session, person_id: int) -> dict[str, int]:
    query = select(DayRow.kind, func.sum(DayRow.count)).where(DayRow.person_id == person_id).group_by(DayRow.kind)
    return {kind: int(count) for kind, count in session.execute(query)}


def _emptied(session: Session, person_id: int, gone: Sequence[Segment]) -> set[int]:
    """The imports of which nothing is left, now that these segments went. Compaction keeps captures of several under
    the number of one of them, so that of the others only the time of what they brought tells it."""
    held = segments.listed(session, person_id)
    numbers, named = {one.import_id for one in gone}, {one.import_id for one in held}
    mine = ImportRow.person_id == person_id, ImportRow.added > 0, ImportRow.id.not_in(named)
    found = session.execute(select(ImportRow.id, ImportRow.first_at, ImportRow.last_at).where(*mine))
    spans = {number: (first or 0, last or 0) for number, first, last in found}  # an import that added has both
    return {
        number
        for number, (first, last) in spans.items()
        if number in numbers or not any(one.first_at <= last and one.last_at >= first for one in held)
    }


def _forget_imports(session: Session, person_id: int, which: ColumnElement[bool]) -> None:
    """Forget what imports brought; how much they refused is a figure of the company's conduct."""
    mine = ImportRow.person_id == person_id, which
    session.execute(delete(ImportRow).where(*mine, ImportRow.refused == 0))
    blank = {"digest": "", "added": 0, "duplicates": 0, "screens": 0, "first_at": None, "last_at": None}
    session.execute(update(ImportRow).where(*mine).values(blank), execution_options={"synchronize_session": False})

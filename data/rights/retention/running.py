"""The run of retention: what is older than promised is deleted, person by person, in the steps of a deletion.

Its begin is logged with what is overdue, and gets a tombstone, before anything goes. Each person's captures go with
their keys in one transaction, then objects, then it is read back; at the end the keyring's epoch turns and the result
is logged. Killed at any point, the next run takes up what was begun. Whoever cannot be done now stops nobody else.
Copies are not reached: one that a person asked for ends by itself, and those that left Daylight are their holders'.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.accesses.tables import EntryRow
from data.captures import erase, sweeping
from data.captures.removed import Removed
from data.captures.scope import Scope
from data.database import Database, lock
from data.errors import Conflict, Error
from data.people.permissions import Permission, require
from data.people.viewer import OPERATOR, Viewer
from data.programme import versions
from data.rights import epochs, holds
from data.rights.erasure import sparing, tombstones
from data.rights.erasure.tombstones import Erased
from data.rights.redaction import marks
from data.rights.retention import older, record, spans
from data.rights.retention.record import Run
from data.rights.states import State
from data.rights.tables import RequestRow, RetentionRow
from data.sealing.keys import leave_no_remnant
from data.sealing.vault import Vault
from data.settings import Settings

EVERY = 600.0  # seconds between two looks whether a run is due
DAILY = instants.DAY
_SETTLE = "settle"


@dataclass(frozen=True)
class _Job:
    database: Database
    vault: Vault
    run: Run


def keep_up(database: Database, vault: Vault, settings: Settings, now: int | None = None) -> Run | None:
    """Run when the last run is a day old, or was cut off, and something is promised; None when none is due."""
    now = instants.now() if now is None else now
    with database.reading() as session:
        last = record.last_run(session, vault)
    if last is not None and last.finished_at is not None and not instants.over(last.at, DAILY, now):
        return None
    return run(database, vault, settings, OPERATOR)


def run(database: Database, vault: Vault, settings: Settings, viewer: Viewer) -> Run | None:
    """Delete what is older than promised, or go on with a run that was cut off. None while nothing is promised, and
    a version counts only once a deletion that was approved when it was published would begin: until then a mistake in
    it can be corrected. Permission RUN_STEPS.

    Raises Unreadable when nobody can tell what legal holds keep: nothing is deleted then, and the log says so.
    """
    require(viewer, Permission.RUN_STEPS)
    try:
        begun = _begin(database, vault, settings, viewer)
    except Error as error:
        with database.writing() as session:
            _log(session, vault, None, {"step": "failed", "words": str(error)}, ())
        raise
    if begun is None:
        return None
    job = _Job(database, vault, begun)
    _raise_tombstone(job, settings)
    with database.reading() as session:
        # What came to its transaction in a run that was cut off has nothing overdue any more, and still has steps.
        rows = select(RetentionRow.person_id).where(RetentionRow.step.is_not(None))
        people = sorted({*older.people(session, vault, begun.scopes), *session.scalars(rows)})
    for person_id in people:
        try:
            _take(job, person_id)
            _settle(job, person_id)
        except Exception as error:
            # The message of another error may quote a row; its kind is enough to look for.
            said = str(error) if isinstance(error, Error) else f"It stopped: {type(error).__name__}."
            _note_failure(job, person_id, said)
    return _finish(job)


def again(database: Database, vault: Vault, at: int, scopes: Sequence[Scope], spared: dict[int, list[Scope]]) -> int:
    """Take once more what a run took, in a database from before it; returns how many captures. Raises Unreadable."""
    with database.reading() as session:
        people = older.people(session, vault, scopes)
    removed = 0
    for person_id in people:
        pieces = spared.get(person_id, list(scopes))
        if pieces:
            removed += erase.rewrite_without(database, vault, person_id, pieces, at, prolong=True).all
            erase.settle(database, vault, person_id)
            with database.writing() as session:
                marks.erase(session, vault, person_id, pieces)
    return removed


def _begin(database: Database, vault: Vault, settings: Settings, viewer: Viewer) -> Run | None:
    with database.writing() as session:
        lock(session, log.LOCK)
        last = record.last_run(session, vault)
        if last is not None and last.finished_at is None:
            return last
        holds.keeping(session, vault, 0)  # whether anybody can tell what is kept; of whom is asked person by person
        at = instants.now()
        counts = versions.register(session, vault).published_by(at - settings.erasure_seconds * instants.SECOND)
        scopes = spans.overdue(counts, at)
        if not scopes:
            return None
        session.execute(delete(RetentionRow).where(RetentionRow.step.is_(None)))
        scope: dict[str, object] = {"step": "begun", "scopes": [one.as_json() for one in scopes]}
        position = _log(session, vault, viewer, scope, (), at=at)
        return Run(position, at, scopes)


def _take(job: _Job, person_id: int) -> None:
    """Destroy the keys of what is overdue together with the captures, and refuse it from now on."""
    with job.database.reading() as session:
        pieces = _pieces(job, session, person_id)
        row = session.get(RetentionRow, person_id)
        # What an earlier run did not come to the end of is begun anew, with a key that is made after this one's begin.
        is_left_over = row is not None and row.step is not None and row.run != job.run.position
        if not older.count(session, job.vault, pieces, person_id) and not is_left_over:
            return
        running = RequestRow.person_id == person_id, RequestRow.state == State.RUNNING.value
        if (number := session.scalar(select(RequestRow.id).where(*running).limit(1))) is not None:
            raise Conflict(f"Request {number} of theirs is being carried out; the next run takes what is overdue.")

    def mark(session: Session, removed: Removed) -> None:
        lock(session, log.LOCK)  # no hold is confirmed meanwhile
        if _pieces(job, session, person_id) != pieces:
            raise Conflict("What legal holds keep of this person has changed just now; the next run takes the rest.")
        before = _removed(job, session.get(RetentionRow, person_id))
        _put(job, session, person_id, step=_SETTLE, removed=before.and_then(removed))

    erase.rewrite_without(job.database, job.vault, person_id, pieces, job.run.at, mark=mark, prolong=True)


def _settle(job: _Job, person_id: int) -> None:
    """Delete the sealed objects and what officers marked in them, and read back that all of it is gone."""
    with job.database.reading() as session:
        row = session.get(RetentionRow, person_id)
        if row is None or row.step is None:
            return
        pieces = _pieces(job, session, person_id)
    sweeping.sweep(job.database, job.vault, person_id, spared=0)
    with job.database.writing() as session:
        marks.erase(session, job.vault, person_id, pieces)
    with job.database.reading() as session:
        left = [said for one in pieces for said in erase.remnants(session, job.vault, person_id, one, job.run.at)]
    if left:
        raise Conflict(f"It removed what it should, and yet: {left[0]}")
    with job.database.writing() as session:
        _put(job, session, person_id, step=None, removed=_removed(job, row))


def _finish(job: _Job) -> Run:
    """Clear what was destroyed out of the database's files, turn the epoch, count what is there, and log the result."""
    with job.database.reading() as session:
        rows = session.scalars(select(RetentionRow).where(RetentionRow.run == job.run.position)).all()
    if any(_removed(job, row).all for row in rows):
        leave_no_remnant(job.database)
        epochs.turn(job.database, job.vault, OPERATOR)
    with job.database.writing() as session:
        lock(session, log.LOCK)
        last = record.last_run(session, job.vault)
        if last is not None and last.position == job.run.position and last.finished_at is not None:
            return last  # another process came to the end first
        rows = session.scalars(select(RetentionRow).where(RetentionRow.run == job.run.position)).all()
        taken = {row.person_id: _removed(job, row) for row in rows}
        whole = Removed()
        for one in taken.values():
            whole = whole.and_then(one)
        held = 0
        for person_id in sorted({one.person_id for one in holds.every(session, job.vault) if one.is_in_force}):
            pieces = _pieces(job, session, person_id)
            kept = sum(older.count(session, job.vault, job.run.scopes, person_id).values())
            held += kept - sum(older.count(session, job.vault, pieces, person_id).values())
        people = [person for person, one in taken.items() if one.all]
        scope: dict[str, object] = {"step": "done", "run": job.run.position, "kinds": whole.kinds}
        scope |= {"quarantined": whole.quarantined}
        scope |= {"people": len(people), "held": held, "failed": sum(bool(row.failure) for row in rows)}
        scope["left"] = sum(older.count(session, job.vault, job.run.scopes).values()) - held
        _log(session, job.vault, None, scope, people, count=whole.all)
        found = record.last_run(session, job.vault)
    assert found is not None
    return found


def _pieces(job: _Job, session: Session, person_id: int) -> tuple[Scope, ...]:
    """What is overdue of a person and no legal hold keeps. Raises Unreadable as `holds.keeping`."""
    found = (sparing.plan(session, job.vault, person_id, scope).pieces for scope in job.run.scopes)
    return tuple(piece for pieces in found for piece in pieces)


def _note_failure(job: _Job, person_id: int, said: str) -> None:
    with job.database.writing() as session:
        row = session.get(RetentionRow, person_id)
        step = None if row is None else row.step
        _put(job, session, person_id, step=step, removed=_removed(job, row), failure=said)


def _removed(job: _Job, row: RetentionRow | None) -> Removed:
    """What this run removed of a person so far."""
    if row is None or row.run != job.run.position:
        return Removed()
    return Removed.from_json(json.loads(row.removed))


def _put(job: _Job, session: Session, person_id: int, *, step: str | None, removed: Removed, failure: str = "") -> None:
    text = json.dumps(removed.as_json())
    run = job.run.position
    session.merge(RetentionRow(person_id=person_id, run=run, step=step, removed=text, failure=failure))
    session.flush()


def _raise_tombstone(job: _Job, settings: Settings) -> None:
    """One for the run: a database from before it has it carried out again before it serves anybody."""
    path = settings.tombstones
    with tombstones.alone(path), job.database.writing() as session:
        row = session.get_one(EntryRow, job.run.position)
        name = f"retention-{row.commitment}"
        if any(one.erasure == name for one in tombstones.read(path)):
            return
        held = {one.person_id for one in holds.every(session, job.vault) if one.is_in_force}
        spared = {str(one): [piece.as_json() for piece in _pieces(job, session, one)] for one in sorted(held)}
        scopes = [one.as_json() for one in job.run.scopes]
        erased = Erased(0, 0, job.run.at, {"retention": scopes, "spared": spared})
        tombstones.add(path, [tombstones.make(session, job.vault, name, job.run.position, erased)])


def _log(
    session: Session,
    vault: Vault,
    viewer: Viewer | None,
    scope: dict[str, object],
    people: Sequence[int],
    *,
    count: int = 0,
    at: int | None = None,
) -> int:
    return log.append(
        session,
        vault,
        action=Action.RETENTION,
        people=people,
        accessor=viewer,
        reason=None,
        scope=scope,
        count=count,
        at=at,
    )

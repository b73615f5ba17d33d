"""The restore drill: a backup is really opened, in a scratch folder or read-only where it is, and its log checked.

What came of it is an entry of the access log.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from data import instants
from data.accesses import events, log, tree
from data.accesses.entry import Action
from data.captures import segments
from data.captures.tables import SegmentRow
from data.database import Database
from data.errors import BadInput, Error, Unreadable
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.proofs import check, publishing
from data.sealing import keys
from data.sealing.objects import Objects
from data.sealing.vault import Vault

SAMPLE = 20  # sealed files of the backup that are opened
_SHOWN = 10


@dataclass(frozen=True)
class Drill:
    """One drill: when, how many entries of the log the backup holds, how many of its sealed files were sampled (0: none
    was given) and opened, and what was wrong, in sentences."""

    at: int
    entries: int
    sampled: int
    opened: int
    findings: tuple[str, ...]


def run(database: Database, vault: Vault, viewer: Viewer, backup: str, objects: str | None = None) -> Drill:
    """Open the backup of the database (a file of SQLite or a PostgreSQL address), check the log in it, hold its head
    against the present one, and open some of the sealed files in `objects`. Nothing of the backup is changed, and
    nothing of what is opened is shown. Permission RUN_CONTROLS. Raises BadInput where there is no backup."""
    require(viewer, Permission.RUN_CONTROLS)
    at = instants.now()
    with _opened(backup) as held:
        try:
            found = _drilled(database, held, vault, objects, at)
        except (Error, SQLAlchemyError) as error:
            said = str(error) if isinstance(error, Error) else f"It is no usable database ({type(error).__name__})."
            found = Drill(at, 0, 0, 0, (said,))
    scope = {"control": "drill", "target": "", "event": "drilled", "began": at, "entries": found.entries}
    scope |= {"sampled": found.sampled, "opened": found.opened, "findings": list(found.findings)}
    with database.writing() as session:
        log.append(session, vault, action=Action.CONTROL, people=(), accessor=viewer, reason=None, scope=scope, count=0)
    return found


def last(session: Session, vault: Vault) -> Drill | None:
    """The newest drill that was made, or None."""
    logged, _ = events.of(session, vault, Action.CONTROL)
    scope = next((one.scope for one in reversed(logged) if one.scope.get("event") == "drilled"), None)
    if scope is None:
        return None
    at, entries, sampled, opened = (int(scope[name]) for name in ("began", "entries", "sampled", "opened"))
    return Drill(at, entries, sampled, opened, tuple(scope["findings"]))


def _drilled(database: Database, held: Database, vault: Vault, objects: str | None, at: int) -> Drill:
    findings: list[str] = []
    with held.reading() as session:
        checked = check.check(session, vault)
        findings += [one.sentence for one in checked.findings[:_SHOWN]]
        head = publishing.newest(session)
        sampled, opened = _sampled(session, vault, objects) if objects else (0, 0)
    if not checked.entries:
        findings.append("There is no entry of the log in it.")
    with database.reading() as session:
        if head is not None and (head.size > tree.size(session) or tree.root(session, head.size) != head.root):
            findings.append("The log in it is not a beginning of the present one: one of the two was rewritten.")
    if opened < sampled:
        findings.append(f"{sampled - opened:,} of {sampled:,} sealed files that were tried do not open.")
    return Drill(at, checked.entries, sampled, opened, tuple(findings))


def _sampled(session: Session, vault: Vault, objects: str) -> tuple[int, int]:
    beside = Vault(vault.keyring, Objects.at(objects))
    count = session.scalar(select(func.count()).select_from(SegmentRow)) or 0
    places = random.sample(range(count), min(SAMPLE, count))
    opened = 0
    for place in places:
        query = select(SegmentRow).order_by(SegmentRow.person_id, SegmentRow.id).offset(place).limit(1)
        row = session.scalars(query).one()
        (segment,) = [one for one in segments.listed(session, row.person_id) if one.id == row.id]
        try:
            segments.content(beside, keys.find(session, vault, row.person_id, segment.key_version), segment)
        except Unreadable:
            continue
        opened += 1
    return len(places), opened


@contextmanager
def _opened(backup: str) -> Generator[Database]:
    """The backup as a database that nothing writes to: of a file a copy, which is gone afterwards."""
    if "://" in backup and not backup.startswith("sqlite:"):
        held = Database(backup)
        try:
            yield held
        finally:
            held.close()
        return
    path = Path(backup.removeprefix("sqlite:///"))
    if not path.is_file():
        raise BadInput(f"There is no file {path}; name the backup of the store's database, usually daylight.db.")
    with tempfile.TemporaryDirectory(prefix="daylight-drill-") as scratch:
        # SQLite keeps what was written last in a file beside the database.
        for end in ("", "-wal"):
            if Path(f"{path}{end}").exists():
                shutil.copyfile(f"{path}{end}", Path(scratch, f"backup.db{end}"))
        held = Database(f"sqlite:///{scratch}/backup.db")
        try:
            yield held
        finally:
            held.close()

"""The roster: loading a file of employees, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.database import lock
from data.people import corrections, grants, person, renaming, roster_file
from data.people.permissions import Permission, require
from data.people.roster_file import Entry
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import Viewer
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Loaded:
    """How many people the file added, changed and left as they were; `kept` counts fields in which it contradicts a
    correction that a person was granted, and that stay as they were corrected; `revoked` roles of people who left."""

    added: int
    changed: int
    unchanged: int
    kept: int = 0
    revoked: int = 0


def load(session: Session, viewer: Viewer, vault: Vault, path: Path) -> Loaded:
    """Bring the roster to what `path` says; people it does not name stay as they are, but for the name of their
    department (renaming.renamed). Who left keeps no role.

    Permission MANAGE_PEOPLE. Raises BadInput naming every bad row by line; then nothing was changed.
    What changed is one entry of the access log.
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    read = roster_file.read(path)
    lock(session, corrections.LOCK)
    revoked = _revoked(session, viewer, vault)  # before a file that says somebody is back: roles are granted anew
    renamed = renaming.apply(session, read)
    entries, kept = _corrected(session, read)
    before = {row.email: row for row in session.scalars(select(PersonRow))}
    _check_managers(path, entries, before)
    departments, moved = _departments(session, entries, read)
    added = [entry for entry in entries if entry.email not in before]
    session.add_all(
        PersonRow(
            email=entry.email,
            name=entry.name,
            department_id=departments[entry.department],
            manager_id=None,
            jurisdiction=entry.jurisdiction,
            subject=None,
            joined_at=instants.now(),
            left_at=entry.left_at,
        )
        for entry in added
    )
    session.flush()
    ids = dict(session.execute(select(PersonRow.email, PersonRow.id)).all())
    changed = [entry.email for entry in entries if _apply(before.get(entry.email), entry, departments, ids)]
    managers = [{"id": ids[entry.email], "manager_id": ids[entry.manager]} for entry in added if entry.manager]
    if managers:
        session.execute(update(PersonRow), managers)
    session.flush()
    touched = [ids[entry.email] for entry in added] + [ids[email] for email in changed]
    departments_changed = {"divisions": moved, "renamed": renamed}
    if touched or any(departments_changed.values()):
        log.append(
            session,
            vault,
            action=Action.ROSTER,
            people=touched,
            accessor=viewer,
            reason=None,
            scope={"added": len(added), "changed": len(changed)}
            | {name: count for name, count in departments_changed.items() if count},
            count=len(touched),
        )
    revoked += _revoked(session, viewer, vault)
    return Loaded(len(added), len(changed), len(entries) - len(touched), kept, revoked)


def _revoked(session: Session, viewer: Viewer, vault: Vault) -> int:
    """Take back every role of those who have left, whichever file said so; how many."""
    held = grants.of_who_left(session)
    for email, role in held:
        grants.revoke(session, viewer, vault, email, role.value)
    return len(held)


def _corrected(session: Session, read: tuple[Entry, ...]) -> tuple[tuple[Entry, ...], int]:
    """The rows with what was corrected on request instead of what the file says, and in how many fields they differ.
    Where the file agrees, the correction has reached its source and holds no longer."""
    standing, kept, entries = corrections.standing(session), 0, list[Entry]()
    for entry in read:
        held = standing.get(entry.email, {})
        differs = {field.value: value for field, value in held.items() if getattr(entry, field) != value}
        for field in held:
            if field.value not in differs:
                corrections.settle(session, person.by_email(session, entry.email).id, field)
        kept += len(differs)
        entries.append(replace(entry, **differs))
    return tuple(entries), kept


def _apply(row: PersonRow | None, entry: Entry, departments: Mapping[str, int], ids: Mapping[str, int]) -> bool:
    """Bring an existing person to what the file says; whether that changed anything."""
    if row is None:
        return False
    wanted = (
        entry.name,
        departments[entry.department],
        ids[entry.manager] if entry.manager else None,
        entry.jurisdiction,
        row.left_at if entry.left is None else entry.left_at,
    )
    if (row.name, row.department_id, row.manager_id, row.jurisdiction, row.left_at) == wanted:
        return False
    row.name, row.department_id, row.manager_id, row.jurisdiction, row.left_at = wanted
    return True


def _departments(session: Session, entries: tuple[Entry, ...], read: tuple[Entry, ...]) -> tuple[dict[str, int], int]:
    """The numbers of all departments by name, and how many that were there belong to another division from now on.
    Where a department belongs is what the file says, whoever was granted to be in it."""
    rows = {row.name: row for row in session.scalars(select(DepartmentRow))}
    before = set(rows)
    for name in dict.fromkeys(entry.department for entry in entries):
        if name not in rows:
            rows[name] = DepartmentRow(name=name)
            session.add(rows[name])
    divisions = {entry.department: entry.division or None for entry in read if entry.division is not None}
    moved = [name for name, division in divisions.items() if name in rows and rows[name].division != division]
    for name in moved:
        rows[name].division = divisions[name]
    session.flush()
    return {name: row.id for name, row in rows.items()}, len(before.intersection(moved))


def _check_managers(path: Path, entries: tuple[Entry, ...], before: Mapping[str, PersonRow]) -> None:
    """Every manager is somebody, and nobody is above themselves."""
    lines = {entry.email: entry.line for entry in entries}
    emails = {row.id: row.email for row in before.values()}
    above = {row.email: emails[row.manager_id] for row in before.values() if row.manager_id is not None}
    for entry in entries:
        above.pop(entry.email, None)
        if entry.manager:
            above[entry.email] = entry.manager
    bad = [
        f"line {entry.line}: the manager {entry.manager!r} is neither in the file nor on the roster"
        for entry in entries
        if entry.manager and entry.manager not in lines and entry.manager not in before
    ]
    settled: set[str] = set()
    for entry in entries:
        trail: dict[str, None] = {}
        at: str | None = entry.email
        while at is not None and at not in settled and at not in trail:
            trail[at] = None
            at = above.get(at)
        if at is not None and at in trail:
            circle = list(trail)[list(trail).index(at) :]
            bad.append(f"line {entry.line}: the managers go in a circle ({' -> '.join([*circle[:5], at])})")
        settled.update(trail)
    roster_file.refuse(path, bad)

"""What is held about a person besides their captures, as the files of an export: the inventory's rows, read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import opening
from data.accesses.details import Details
from data.accesses.entry import Action
from data.accesses.opening import Lost
from data.accesses.tables import HISTORY, DetailsRow, EntryRow
from data.copies.tables import ConsumerRow, CopyPersonRow, CopyRow
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import Viewer
from data.rights.erasure import issuing
from data.rights.export import inventory
from data.rights.export.inventory import Rows
from data.rights.redaction import marks
from data.rights.tables import CertificateRow, ScreenMarkRow
from data.sealing.vault import Vault


def files(session: Session, vault: Vault, viewer: Viewer, black: int = 0) -> list[tuple[str, bytes]]:
    """Each list of the inventory by its name in the archive, one row a line, empty where there is none; the entries
    of the access log about the person; and the inventory itself. `viewer` is that person; `black` counts the pictures
    that have parts blacked out."""
    person_id = viewer.person_id or 0
    found = [(one.path, _lines(_rows(session, vault, viewer, one))) for one in inventory.ROWS]
    found.append((inventory.LOG_FILE, _lines(_entries(session, vault, person_id))))
    found.append((inventory.FILE, json.dumps(inventory.as_json(black), ensure_ascii=False, indent=1).encode()))
    return found


def _rows(session: Session, vault: Vault, viewer: Viewer, wanted: Rows) -> Iterator[dict[str, Any]]:
    table = wanted.table
    order = inspect(table).primary_key
    mine = select(EntryRow).join(DetailsRow, DetailsRow.position == EntryRow.position)
    mine = mine.where(DetailsRow.accessor_id == viewer.person_id)
    entries = {one.position: one for one in session.scalars(mine)} if table is DetailsRow else {}
    for row in session.scalars(select(table).where(getattr(table, wanted.who) == viewer.person_id).order_by(*order)):
        plain = dict(_plain(session, vault, viewer, row, name) for name in wanted.columns)
        if isinstance(row, DetailsRow):
            plain |= _entry(entries[row.position])
        elif isinstance(row, CopyPersonRow):
            plain |= _copy(session, row.copy_id)
        yield plain


def _plain(session: Session, vault: Vault, viewer: Viewer, row: Any, name: str) -> tuple[str, Any]:
    """One value as a person can read it: instants as ISO 8601, ids as the names they stand for, sealed text opened."""
    value = getattr(row, name)
    if isinstance(row, CertificateRow) and name == "document":
        issued = issuing.find(session, viewer, vault, row.request_id, row.number)
        return name, json.loads(issued.certificate.as_json()) | {"signed": issued.signed}
    if isinstance(row, ScreenMarkRow) and name == "mark":
        return name, marks.opened(session, vault, row).as_json()
    if name == "department_id":
        return "department", session.get_one(DepartmentRow, value).name
    if name == "manager_id":
        return "manager", session.get_one(PersonRow, value).name if value is not None else None
    if isinstance(value, bytes):
        return name, value.hex()
    if isinstance(value, int) and (name == "at" or name.endswith("_at") or name == "since"):
        return name, instants.iso(value)
    return name, value


def _entries(session: Session, vault: Vault, person_id: int) -> Iterator[dict[str, Any]]:
    """Every entry of the access log about the person, looks and events alike, as far as its details still open;
    one that was altered or taken away says so beside what the log still proves. Who looked is named nowhere here."""
    log_keys = opening.log_keys(session, vault)
    query = (
        select(EntryRow, DetailsRow.details)
        .select_from(HISTORY)
        .join(EntryRow, EntryRow.position == HISTORY.c.position)
        .outerjoin(DetailsRow, DetailsRow.position == HISTORY.c.position)
        .where(HISTORY.c.person_id == person_id)
        .order_by(EntryRow.position)
    )
    for row, sealed in session.execute(query).all():
        found = opening.details(log_keys, row, sealed)
        lost = found if isinstance(found, Lost) else None
        details = found.read if isinstance(found, Details) else {}
        gone = None if lost is None else lost.destroyed
        yield {
            "position": row.position,
            **_entry(row),
            "commitment": row.commitment,
            "people": row.people,
            "role": details.get("role"),
            "team": details.get("team"),
            "purpose": details.get("purpose"),
            "ticket": details.get("ticket"),
            "scope": details.get("scope"),
            "lost": lost is not None and gone is None,
            "lost_why": lost.value if lost is not None and gone is None else None,
            "destroyed_at": None if gone is None else instants.iso(gone.at),
        }


def _entry(row: EntryRow) -> dict[str, Any]:
    return {
        "at": instants.iso(row.at),
        "recorded_at": instants.iso(row.recorded_at),
        "action": Action(row.action).value,
        "source": row.source,
        "count": row.count,
    }


def _copy(session: Session, copy_id: int) -> dict[str, Any]:
    """What copy it is, for whom and what for (GDPR Art. 15(1)(c), the recipients)."""
    copy = session.get_one(CopyRow, copy_id)
    holder = session.get(ConsumerRow, copy.consumer_id) if copy.consumer_id is not None else None
    return {
        "holder": holder.name if holder else None,
        "purpose": copy.purpose,
        "format": copy.format,
        "made_at": instants.iso(copy.made_at),
        "released_at": instants.iso(copy.released_at) if copy.released_at is not None else None,
        "digest": copy.digest,
        "log_position": copy.position,
    }


def _lines(rows: Iterator[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)

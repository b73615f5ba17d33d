"""The rows of an export: which pieces there are, and the key that opens them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.rights import keys
from data.rights.export.parts import Part, Parts
from data.rights.export.pieces import File, Progress
from data.rights.export.volumes import Volume
from data.rights.tables import ExportPartRow, ExportRow
from data.sealing.vault import Vault


def rows(session: Session, person_id: int, request_id: int) -> list[ExportPartRow]:
    """The recorded pieces of one export, in the order of the archive."""
    query = select(ExportPartRow).where(ExportPartRow.person_id == person_id, ExportPartRow.request_id == request_id)
    return list(session.scalars(query.order_by(ExportPartRow.stream, ExportPartRow.number)))


def parts(session: Session, person_id: int, request_id: int) -> list[Part]:
    """The recorded pieces as `Parts` takes them."""
    return [Part(one.stream, one.number, one.object, one.size) for one in rows(session, person_id, request_id)]


def files(session: Session, vault: Vault, person_id: int, request_id: int) -> list[File]:
    """The files that end in the recorded pieces."""
    found = list[File]()
    for row in rows(session, person_id, request_id):
        plain = keys.unseal(session, vault, label(person_id, request_id), row.entries)
        found += [File.of(value) for value in json.loads(plain)]
    return found


def progress(session: Session, vault: Vault, row: ExportRow) -> Progress:
    """Where the writer stands."""
    return Progress.of(json.loads(keys.unseal(session, vault, label(row.person_id, row.request_id), row.progress)))


def keep_volumes(session: Session, vault: Vault, row: ExportRow, found: Sequence[Volume]) -> None:
    """Keep which archives the export is."""
    plain = json.dumps([one.as_json() for one in found]).encode()
    row.volumes = keys.seal(session, vault, label(row.person_id, row.request_id), plain)
    session.flush()


def volumes(session: Session, vault: Vault, row: ExportRow) -> tuple[Volume, ...]:
    """The archives of a finished export; none while it is being made."""
    if row.volumes is None:
        return ()
    plain = keys.unseal(session, vault, label(row.person_id, row.request_id), row.volumes)
    return tuple(Volume(**one) for one in json.loads(plain))


def label(person_id: int, request_id: int) -> str:
    """What binds the writer's own notes to their export."""
    return f"export work {request_id} of person {person_id}"


def box(session: Session, vault: Vault, row: ExportRow) -> Parts:
    """Where the pieces of one export are, with the key that opens them."""
    label = f"export {row.request_id} of person {row.person_id}"
    return Parts(vault, row.name, keys.unseal(session, vault, label, row.key))

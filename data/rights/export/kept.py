"""The rows of an export: which pieces there are, and the key that opens them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.rights import keys
from data.rights.export.parts import Parts
from data.rights.tables import ExportPartRow, ExportRow
from data.sealing.vault import Vault


def rows(session: Session, person_id: int, request_id: int) -> list[ExportPartRow]:
    """The recorded pieces of one export, in the order of the archive."""
    query = select(ExportPartRow).where(ExportPartRow.person_id == person_id, ExportPartRow.request_id == request_id)
    return list(session.scalars(query.order_by(ExportPartRow.stream, ExportPartRow.number)))


def box(session: Session, vault: Vault, row: ExportRow) -> Parts:
    """Where the pieces of one export are, with the key that opens them."""
    label = f"export {row.request_id} of person {row.person_id}"
    return Parts(vault, row.name, keys.unseal(session, vault, label, row.key))

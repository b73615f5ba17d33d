"""Clicks: the grid of where and when a person clicked. It is content, so it is kept sealed, four weeks in one value."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data.captures.rollup_tables import ClicksRow
from data.captures.rollups import QUARTERS
from data.database import insert
from data.sealing import keys
from data.sealing.vault import Vault

BLOCK = 28  # days sealed together: opening one value a day would take longer than all they hold
# One cell of one quarter hour (since 1970) in one app (its label, 0: none); positions in cells of rollups.CELL pixels.
RECORD = np.dtype([("at", "<i8"), ("app", "<i4"), ("column", "<i2"), ("row", "<i2"), ("count", "<i8")])
_CELL = ["at", "app", "column", "row"]
_COUNT_BYTES = 4

Cells = Mapping[tuple[str | None, int, int, int], int]
Records = npt.NDArray[np.void]


def add(
    session: Session, vault: Vault, person_id: int, days: Mapping[int, Cells], numbers: Mapping[str, int], sign: int
) -> None:
    """Add (or with `sign` -1 take away) clicks by day, as rollups.count finds them; `numbers`: label of each app."""
    found = np.array(
        [
            (day * QUARTERS + quarter, 0 if app is None else numbers[app], column, row, sign * count)
            for day, cells in days.items()
            for (app, quarter, column, row), count in cells.items()
        ],
        RECORD,
    )
    blocks = found["at"] // (BLOCK * QUARTERS)
    for block in np.unique(blocks).tolist():
        rows = _rows(session, person_id, block, block)
        known = _open(session, vault, person_id, *rows[0]) if rows else np.zeros(0, RECORD)
        _keep(session, vault, person_id, block, _merged(np.concatenate([known, found[blocks == block]])))


def records(session: Session, vault: Vault, person_id: int, first: int, last: int) -> Records:
    """Every cell of the quarter hours [first, last) since 1970, as RECORDs. Authority is the caller's matter."""
    span = BLOCK * QUARTERS
    opened = [_open(session, vault, person_id, *row) for row in _rows(session, person_id, first // span, last // span)]
    found = np.concatenate([np.zeros(0, RECORD), *opened])
    return found[(found["at"] >= first) & (found["at"] < last)]


def clear(session: Session, person_id: int) -> None:
    """Remove the person's grid."""
    session.execute(delete(ClicksRow).where(ClicksRow.person_id == person_id))


def reseal(session: Session, vault: Vault, person_id: int) -> None:
    """Seal every block under the person's current key; call it while the old one can still be found."""
    for block, sealed in _rows(session, person_id, -(2**62), 2**62):
        _keep(session, vault, person_id, block, _open(session, vault, person_id, block, sealed))


def _merged(together: Records) -> Records:
    """One record a cell, in order; cells that come to nothing are left out."""
    if not len(together):
        return together
    ordered = together[np.lexsort([together[name] for name in reversed(_CELL)])]
    differs = np.ones(len(ordered), np.bool_)
    differs[1:] = np.any([ordered[name][1:] != ordered[name][:-1] for name in _CELL], axis=0)
    merged = ordered[differs]
    merged["count"] = np.add.reduceat(ordered["count"], np.flatnonzero(differs))
    return merged[merged["count"] > 0]


def _keep(session: Session, vault: Vault, person_id: int, block: int, found: Records) -> None:
    if not len(found):
        session.execute(delete(ClicksRow).where(ClicksRow.person_id == person_id, ClicksRow.block == block))
        return
    # Column by column it compresses to a third of what row by row takes.
    columns = b"".join(np.ascontiguousarray(found[name]).tobytes() for name in RECORD.names or ())
    plain = len(found).to_bytes(_COUNT_BYTES, "big") + pa.compress(columns, "zstd", asbytes=True)
    sealed = keys.seal_for(session, vault, person_id, _label(block), plain)
    adding = insert(session, ClicksRow).values(person_id=person_id, block=block, sealed=sealed)
    session.execute(adding.on_conflict_do_update(index_elements=["person_id", "block"], set_={"sealed": sealed}))


def _open(session: Session, vault: Vault, person_id: int, block: int, sealed: bytes) -> Records:
    plain = keys.open_for(session, vault, person_id, _label(block), sealed)
    count = int.from_bytes(plain[:_COUNT_BYTES], "big")
    columns = pa.decompress(plain[_COUNT_BYTES:], count * RECORD.itemsize, "zstd", asbytes=True)
    found = np.zeros(count, RECORD)
    begin = 0
    for name in RECORD.names or ():
        found[name] = np.frombuffer(columns, RECORD[name], count=count, offset=begin)
        begin += count * RECORD[name].itemsize
    return found


def _rows(session: Session, person_id: int, first: int, last: int) -> list[tuple[int, bytes]]:
    query = select(ClicksRow.block, ClicksRow.sealed).where(
        ClicksRow.person_id == person_id, ClicksRow.block.between(first, last)
    )
    return [(block, sealed) for block, sealed in session.execute(query.order_by(ClicksRow.block))]


def _label(block: int) -> str:
    return f"clicks {block}"

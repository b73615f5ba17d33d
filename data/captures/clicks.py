"""Clicks: the grid of where and when a person clicked. It is content, so it is kept sealed, four weeks in one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data.captures.rollup_tables import ClicksRow
from data.captures.rollups import QUARTERS, Ints
from data.database import insert
from data.sealing import keys
from data.sealing.vault import Vault

BLOCK = 28  # days sealed together: opening one value a day would take longer than all they hold
_QUARTERS = BLOCK * QUARTERS
# As they are sealed: column by column, `at` from the start of the block.
_TYPES = {"at": np.dtype("<u2"), "app": np.dtype("<u4"), "column": np.dtype("<i2"), "row": np.dtype("<i2")}
_COUNT = np.dtype("<u4")
_BYTES = sum(kept.itemsize for kept in _TYPES.values()) + _COUNT.itemsize
_LENGTH_BYTES = 4

Found = Mapping[tuple[str | None, int, int, int], int]


@dataclass(frozen=True)
class Cells:
    """Clicks by quarter hour (`at`, since 1970), app (its label, 0: none) and cell of the grid (rollups.CELL pixels).

    Arrays of the same length.
    """

    at: Ints
    app: Ints
    column: Ints
    row: Ints
    count: Ints

    def only(self, kept: Any) -> Cells:
        """Those that a mask or a slice picks."""
        return Cells(self.at[kept], self.app[kept], self.column[kept], self.row[kept], self.count[kept])


def add(
    session: Session, vault: Vault, person_id: int, days: Mapping[int, Found], numbers: Mapping[str, int], sign: int
) -> None:
    """Add (or with `sign` -1 take away) clicks by day, as rollups.count finds them; `numbers`: label of each app."""
    listed = [
        (day * QUARTERS + quarter, 0 if app is None else numbers[app], column, row, sign * count)
        for day, cells in days.items()
        for (app, quarter, column, row), count in cells.items()
    ]
    found = Cells(*np.array(listed, np.int64).reshape(-1, 5).T)
    blocks = found.at // _QUARTERS
    for block in np.unique(blocks).tolist():
        known = cells(session, vault, person_id, block * _QUARTERS, (block + 1) * _QUARTERS - 1)
        _keep(session, vault, person_id, block, _merged(_joined([known, found.only(blocks == block)])))


def cells(session: Session, vault: Vault, person_id: int, first: int, last: int) -> Cells:
    """The clicks of the quarter hours `first` to `last` since 1970, inclusive. Authority is the caller's matter."""
    unseal = keys.opener(session, vault, person_id)
    rows = _rows(session, person_id, first // _QUARTERS, last // _QUARTERS)
    found = _joined([_opened(block, unseal(_label(block), sealed)) for block, sealed in rows])
    inside = (found.at >= first) & (found.at <= last)
    return found if inside.all() else found.only(inside)


def clear(session: Session, person_id: int) -> None:
    """Remove the person's grid."""
    session.execute(delete(ClicksRow).where(ClicksRow.person_id == person_id))


def _joined(parts: list[Cells]) -> Cells:
    if not parts:
        return Cells(*np.zeros((5, 0), np.int64))
    return Cells(*(np.concatenate([getattr(part, name) for part in parts]) for name in (*_TYPES, "count")))


def _merged(found: Cells) -> Cells:
    """One entry a cell, in order; cells that come to nothing are left out."""
    ordered = found.only(np.lexsort([found.row, found.column, found.app, found.at]))
    differs = np.ones(len(ordered.at), np.bool_)
    keys = [getattr(ordered, name) for name in _TYPES]
    differs[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    counts = np.add.reduceat(ordered.count, np.flatnonzero(differs))
    merged = replace(ordered.only(differs), count=counts)
    return merged.only(counts > 0)


def _keep(session: Session, vault: Vault, person_id: int, block: int, found: Cells) -> None:
    if not len(found.at):
        session.execute(delete(ClicksRow).where(ClicksRow.person_id == person_id, ClicksRow.block == block))
        return
    shifted = replace(found, at=found.at - block * _QUARTERS)
    columns = [getattr(shifted, name).astype(kept).tobytes() for name, kept in (*_TYPES.items(), ("count", _COUNT))]
    plain = len(found.at).to_bytes(_LENGTH_BYTES, "big") + pa.compress(b"".join(columns), "zstd", asbytes=True)
    sealed = keys.seal_for(session, vault, person_id, _label(block), plain)
    adding = insert(session, ClicksRow).values(person_id=person_id, block=block, sealed=sealed)
    session.execute(adding.on_conflict_do_update(index_elements=["person_id", "block"], set_={"sealed": sealed}))


def _opened(block: int, plain: bytes) -> Cells:
    length = int.from_bytes(plain[:_LENGTH_BYTES], "big")
    columns = pa.decompress(plain[_LENGTH_BYTES:], length * _BYTES, "zstd", asbytes=True)
    found: dict[str, Ints] = {}
    begin = 0
    for name, kept in (*_TYPES.items(), ("count", _COUNT)):
        found[name] = np.frombuffer(columns, kept, length, begin).astype(np.int64)
        begin += length * kept.itemsize
    found["at"] += block * _QUARTERS
    return Cells(**found)


def _rows(session: Session, person_id: int, first: int, last: int) -> list[tuple[int, bytes]]:
    query = select(ClicksRow.block, ClicksRow.sealed).where(
        ClicksRow.person_id == person_id, ClicksRow.block.between(first, last)
    )
    return [(block, sealed) for block, sealed in session.execute(query.order_by(ClicksRow.block))]


def _label(block: int) -> str:
    return f"clicks {block}"

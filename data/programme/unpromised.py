"""What was captured without having been promised: found as it is taken in, from rows that are in hand then anyway.

No notice begins before it was published, so which one was in force when something was captured is known by then and
never changes: nothing stored is opened again to find out, whatever notice comes later.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.database import lock
from data.programme.privacy_notice import FIELDS, Matter, PrivacyNotice
from data.programme.tables import FindingRow, FoundRow
from data.programme.versions import Register
from data.sealing.vault import Vault

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them

LOCK = "drift"
_MOST_APPS = 100  # an import; what is in more of them is found with the next


@dataclass(frozen=True)
class Tally:
    """How many captures, and the instants of the first and the last (microseconds UTC)."""

    count: int
    first_at: int
    last_at: int

    def and_also(self, other: Tally) -> Tally:
        """Both together."""
        first, last = min(self.first_at, other.first_at), max(self.last_at, other.last_at)
        return Tally(self.count + other.count, first, last)


class Observed:
    """What of the captures of one import the notices in force at their time do not promise."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self.found: dict[Matter, Tally] = {}

    def add(self, table: pa.Table, sign: int = 1) -> None:
        """Hold these rows (columns of the capture schema) against the notices; `sign` -1 takes them away again."""
        for matter, tally in held_against(self._register, table).items():
            signed = Tally(sign * tally.count, tally.first_at, tally.last_at)
            self.found[matter] = self.found[matter].and_also(signed) if matter in self.found else signed

    def keep(self, session: Session, vault: Vault, person_id: int) -> None:
        """Count it to the findings, in the transaction that takes the captures in."""
        more = {matter: tally for matter, tally in self.found.items() if tally.count > 0}
        if not more:
            return
        lock(session, LOCK)
        rows = session.scalars(select(FindingRow).order_by(FindingRow.id)).all()
        known = {matter_of(vault, row): row for row in rows}  # the newest of each
        number = max((row.id for row in rows), default=0)
        for matter, tally in more.items():
            row = known.get(matter)
            if row is None or (row.ended_at is not None and tally.last_at >= row.ended_at):
                number += 1
                row = _finding(session, vault, number, matter)
            _count(session, person_id, row.id, tally)
        session.flush()


def held_against(register: Register, table: pa.Table) -> dict[Matter, Tally]:
    """What of `table` the notice in force at each row's time does not promise. What was captured before there was one
    is held against nothing."""
    found: dict[Matter, Tally] = {}
    at = table["at"].to_numpy()
    for version, start, end in register.spans():
        inside = at >= start if end is None else (at >= start) & (at < end)
        if not inside.any():
            continue
        rows = table if inside.all() else table.filter(pa.array(inside))
        for matter, chosen in _unpromised(version.notice, rows):
            times = rows["at"].to_numpy()[chosen]
            tally = Tally(len(times), int(times.min()), int(times.max()))
            found[matter] = found[matter].and_also(tally) if matter in found else tally
    return found


def matter_of(vault: Vault, row: FindingRow) -> Matter:
    """What a finding is about."""
    return Matter(**json.loads(vault.keyring.unwrap(row.epoch, row.wrapped, _binding(vault, row.id))))


def rewrap(session: Session, vault: Vault) -> None:
    """Wrap what every finding is about under the newest epoch."""
    for row in session.scalars(select(FindingRow)):
        plain = vault.keyring.unwrap(row.epoch, row.wrapped, _binding(vault, row.id))
        row.epoch, row.wrapped = vault.wrap(session, plain, _binding(vault, row.id))
    session.flush()


def _unpromised(notice: PrivacyNotice, rows: pa.Table) -> list[tuple[Matter, Any]]:
    """Each matter that the notice does not promise, with one boolean per row."""
    found: list[tuple[Matter, Any]] = []
    kinds, promised = rows["kind"].cast(pa.string()), np.zeros(rows.num_rows, bool)
    for kind in kinds.unique().to_pylist():
        of_kind = np.asarray(pc.equal(kinds, kind))
        promise = notice.of_kind(kind)
        if promise is None:
            found.append((Matter(kind=kind), of_kind))
            continue
        promised |= of_kind
        for field, (columns, _) in FIELDS.items():
            if field not in promise.fields:
                filled = of_kind & np.any([np.asarray(pc.is_valid(rows[one])) for one in columns], axis=0)
                if filled.any():
                    found.append((Matter(kind, field), filled))
    if notice.apps is not None:
        found += _apps(notice, rows["app"].cast(pa.string()), promised)
    return found


def _apps(notice: PrivacyNotice, apps: pa.ChunkedArray, promised: Any) -> list[tuple[Matter, Any]]:
    """Each app that is not promised, in captures whose kind is: another kind is a finding already."""
    names = pc.unique(apps.filter(pa.array(promised))).drop_null().to_pylist()
    strange = [one for one in names if one and not notice.promises_app(one)][:_MOST_APPS]
    return [(Matter(app=one), promised & np.asarray(pc.fill_null(pc.equal(apps, one), False))) for one in strange]


def _finding(session: Session, vault: Vault, number: int, matter: Matter) -> FindingRow:
    epoch, wrapped = vault.wrap(session, json.dumps(as_json(matter)).encode(), _binding(vault, number))
    row = FindingRow(id=number, epoch=epoch, wrapped=wrapped, ended_at=None)
    session.add(row)
    session.flush()
    return row


def as_json(matter: Matter) -> Mapping[str, str]:
    """A JSON object that Matter(**it) reads back."""
    return {name: value for name, value in asdict(matter).items() if value}


def _count(session: Session, person_id: int, finding: int, tally: Tally) -> None:
    row = session.get(FoundRow, (person_id, finding))
    if row is None:
        session.add(FoundRow(person_id=person_id, finding_id=finding, position=None, **asdict(tally)))
        return
    both = Tally(row.count, row.first_at, row.last_at).and_also(tally)
    row.count, row.first_at, row.last_at = both.count, both.first_at, both.last_at


def _binding(vault: Vault, number: int) -> bytes:
    return vault.binding("drift finding", finding=number)

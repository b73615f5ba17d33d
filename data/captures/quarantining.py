"""Quarantining: what an import does with captures of a pause, compared with what is in quarantine and sealed, but not
yet named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from data.captures import columns, difference, pausing, quarantine, segments
from data.captures.pausing import Part, Why
from data.captures.quarantine import Batch, Sealed
from data.captures.schema import COLUMNS
from data.programme import rules
from data.programme.reach import Reach
from data.programme.state import Span
from data.sealing.vault import Vault


class Quarantining:
    """The state of one import: rows that wait until they fill a file, and what was counted. `known` are the files
    that are in quarantine; what `reviewed` reaches was erased already and is not kept again."""

    def __init__(
        self, vault: Vault, person_id: int, import_id: int, known: Sequence[Batch], reviewed: Sequence[Reach]
    ) -> None:
        self._vault, self._person, self._import = vault, person_id, import_id
        self._known, self._reviewed = known, reviewed
        self._waiting: list[pa.Table] = []
        self._own: list[Part] = []
        self.sealed: list[Sealed] = []
        self.held = self.again = self.refused = 0

    @property
    def own(self) -> tuple[Part, ...]:
        """What was refused because the person had paused."""
        return pausing.merged(self._own)

    @property
    def paused(self) -> int:
        """Captures that were refused because of a pause, and had not been before."""
        return self.held + self.refused + sum(one.count for one in self._own)

    def leave_out(self, spans: Sequence[Span], window: pa.Table) -> pa.Table:
        """The rows from outside the person's own pauses; of the others nothing is kept but how many they are."""
        gone = pausing.inside(spans, window)
        self._own += pausing.parts(Why.OWN, [one.start for one in spans], window.filter(pa.array(gone)))
        return window.filter(pa.array(~gone))

    def set_apart(self, spans: Sequence[Span], window: pa.Table, names: list[str], *, grows: bool) -> pa.Table:
        """The rows from outside the programme's pauses; the others go into quarantine, each once."""
        inside = pausing.inside(spans, window)
        if not inside.any():
            return window
        rows, rest = window.filter(pa.array(inside)), window.filter(pa.array(~inside))
        if self._reviewed:
            gone = rules.reached(self._reviewed, rows)
            self.refused += int(gone.sum())
            rows = rows.filter(pa.array(~gone))
        if grows:
            rows = _without_duration(rows)
        found = difference.between(rows, self._stored(rows, grows))
        self.again += found.duplicates
        self.held += found.added.num_rows
        if found.added.num_rows:
            self._waiting.append(columns.compact(found.added))
        starts = [one.start for one in spans]
        while sum(one.num_rows for one in self._waiting) >= segments.ROWS:
            self._seal(starts, names, segments.ROWS)
        return rest

    def finish(self, spans: Sequence[Span], names: list[str]) -> None:
        """Seal what is left."""
        if self._waiting:
            self._seal([one.start for one in spans], names, segments.ROWS)

    def _seal(self, starts: Sequence[int], names: list[str], most: int) -> None:
        rows = columns.joined(self._waiting)
        self.sealed.append(quarantine.seal(self._vault, self._person, self._import, starts, rows.slice(0, most), names))
        rest = columns.compact(rows.slice(most))
        self._waiting = [rest] if rest.num_rows else []

    def _stored(self, window: pa.Table, grows: bool) -> pa.Table | None:
        """Rows in quarantine of the instants that `window` has, opening only files that can hold one."""
        at = window["at"].to_numpy()
        found: list[pa.Table] = []
        for batch in self._known:
            low, high = np.searchsorted(at, batch.first_at, "left"), np.searchsorted(at, batch.last_at, "right")
            if low < high:
                rows = quarantine.opened(self._vault, batch).select(COLUMNS)
                rows = _without_duration(rows) if grows else rows
                found.append(columns.compact(difference.at_same_instants(rows, window.slice(low, high - low))))
        return columns.joined(found) if found else None


def _without_duration(table: pa.Table) -> pa.Table:
    """A source that lengthens its newest event brings it again and again; without how long it took it is one."""
    place = table.schema.get_field_index("duration")
    field = table.schema.field(place)
    return table.set_column(place, field, pa.nulls(table.num_rows, field.type))

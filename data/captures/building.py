"""Building: what an import adds to a person's store, compared with a snapshot of it and sealed, but not yet named."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from data.captures import columns, difference, merging, refusals, screens, segments
from data.captures.arrivals import Devices
from data.captures.gathering import Gathered
from data.captures.quarantine import Batch
from data.captures.quarantining import Quarantining
from data.captures.schema import COLUMNS, SCHEMA
from data.captures.scope import Scope
from data.captures.segments import SealedSegment, Segment
from data.programme import rules
from data.programme.reach import Reach
from data.programme.rules import Rule
from data.programme.state import Span
from data.sealing.keys import PersonKey
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Snapshot:
    """All that the outcome of an import depends on. Two are equal when an import may be committed."""

    key: PersonKey
    segments: tuple[Segment, ...]
    screens: frozenset[str]
    erased: tuple[Scope, ...]
    objected: tuple[Reach, ...]
    kept_to: tuple[Rule, ...]
    own_pauses: tuple[Span, ...]
    pauses: tuple[Span, ...]
    quarantined: tuple[Batch, ...]
    reviewed: tuple[Reach, ...]
    older_keys: dict[int, PersonKey] = field(repr=False)


@dataclass
class Built:
    """What came out. `kept` counts captures that are stored after this import, new or known; `ignored`, by request,
    those made after the objection to them."""

    import_id: int
    apart: Quarantining
    new_segments: list[SealedSegment] = field(default_factory=list[SealedSegment])
    rewritten: list[SealedSegment] = field(default_factory=list[SealedSegment])
    replaced: list[int] = field(default_factory=list[int])
    screens: list[screens.Sealed] = field(default_factory=list[screens.Sealed])
    devices: Devices = field(default_factory=Devices)
    outgrown_rows: pa.Table = field(default_factory=SCHEMA.empty_table)
    added: int = 0
    duplicates: int = 0
    erased: int = 0
    objected: int = 0
    ignored: dict[int, int] = field(default_factory=dict[int, int])
    first: int | None = None
    last: int | None = None

    @property
    def segments(self) -> list[SealedSegment]:
        """New ones, and stored ones written anew without what was outgrown."""
        return self.new_segments + self.rewritten

    @property
    def outgrown(self) -> int:
        """Stored captures that a longer one replaces."""
        return self.outgrown_rows.num_rows

    @property
    def refused(self) -> int:
        """Captures of the recording that may not be taken in."""
        return self.erased + self.objected + self.apart.paused

    @property
    def kept(self) -> int:
        """Captures of the recording that are stored after this import, new or known before."""
        return self.added + self.duplicates


def build(vault: Vault, snapshot: Snapshot, gathered: Gathered, *, grows: bool, names: list[str]) -> Built:
    """Compare and seal. The name of every object is put into `names` before it is written.

    `grows`: the source lengthens its newest event (see difference.between).
    """
    import_id, person_id = segments.new_id(), snapshot.key.person_id
    apart = Quarantining(vault, person_id, import_id, snapshot.quarantined, snapshot.reviewed)
    making = _Making(vault, snapshot, Built(import_id, apart), names)
    for window in gathered.windows():
        making.take(window, grows)
    making.finish(gathered)
    return making.built


class _Making:
    """The state of one build: rows that wait until they fill a segment, referred screens, outgrown rows."""

    def __init__(self, vault: Vault, snapshot: Snapshot, built: Built, names: list[str]) -> None:
        self._vault, self._snapshot, self._names = vault, snapshot, names
        self.built = built
        self._waiting: list[pa.Table] = []
        self._rows = 0
        self._referred: set[str] = set()
        self._outgrown: dict[int, list[int]] = defaultdict(list)

    def take(self, window: pa.Table, grows: bool) -> None:
        window = self._permitted(window, grows)
        if not window.num_rows:
            return
        self._referred.update(window["screen"].drop_null().unique().to_pylist())
        self.built.devices.see(window)
        found = difference.between(window, self._stored(window), growing=grows)
        self.built.duplicates += found.duplicates
        for segment_id, row in found.outgrown:
            self._outgrown[segment_id].append(row)
        if found.added.num_rows:
            self._add(found.added)

    def _permitted(self, window: pa.Table, grows: bool) -> pa.Table:
        """Without what the person had erased, objects to or paused, and what was captured in a pause of the programme;
        each capture is counted for one reason. In this order, as only the last of them keeps anything."""
        if self._snapshot.erased:
            gone = refusals.refused(self._snapshot.erased, window)
            self.built.erased += int(gone.sum())
            window = window.filter(pa.array(~gone))
        if self._snapshot.objected:
            gone = rules.reached(self._snapshot.objected, window)
            self.built.objected += int(gone.sum())
            self._count_ignored(window.filter(pa.array(gone)))
            window = window.filter(pa.array(~gone))
        apart = self.built.apart
        if self._snapshot.own_pauses:
            window = apart.leave_out(self._snapshot.own_pauses, window)
        if self._snapshot.pauses:
            window = apart.set_apart(self._snapshot.pauses, window, self._names, grows=grows)
        return window

    def _count_ignored(self, rows: pa.Table) -> None:
        for rule in self._snapshot.kept_to if rows.num_rows else ():
            if count := int(rule.reach.mask(rows).sum()):
                self.built.ignored[rule.request_id] = self.built.ignored.get(rule.request_id, 0) + count

    def finish(self, gathered: Gathered) -> None:
        self._seal(self._rows)
        self.built.apart.finish(self._snapshot.pauses, self._names)
        for digest in sorted((self._referred & gathered.digests()) - self._snapshot.screens):
            self.built.screens.append(
                screens.seal(
                    self._vault, self._snapshot.key, self._person, self.built.import_id, gathered.screen(digest)
                )
            )
            self._names.append(self.built.screens[-1].name)
        self._rewrite()

    @property
    def _person(self) -> int:
        return self._snapshot.key.person_id

    def _stored(self, window: pa.Table) -> pa.Table | None:
        """Stored rows of the instants that `window` has, opening only segments that can hold one."""
        at = window["at"].to_numpy()
        found: list[pa.Table] = []
        for segment in self._snapshot.segments:
            low = np.searchsorted(at, segment.first_at, "left")
            high = np.searchsorted(at, segment.last_at, "right")
            if low < high:
                rows = merging.placed(self._opened(segment), segment.id)
                found.append(columns.compact(difference.at_same_instants(rows, window.slice(low, high - low))))
        return columns.joined(found) if found else None

    def _opened(self, segment: Segment) -> pa.Table:
        return segments.open_with(self._vault, self._snapshot.older_keys[segment.key_version], segment, COLUMNS)

    def _add(self, rows: pa.Table) -> None:
        self.built.added += rows.num_rows
        first, last = rows["at"][0].as_py(), rows["at"][-1].as_py()
        self.built.first = first if self.built.first is None else min(self.built.first, first)
        self.built.last = last if self.built.last is None else max(self.built.last, last)
        self._waiting.append(rows)
        self._rows += rows.num_rows
        self._seal(self._rows - self._rows % segments.ROWS)

    def _seal(self, count: int) -> None:
        """Seal the first `count` waiting rows; the others wait on."""
        if not count:
            return
        rows = columns.joined(self._waiting)
        self.built.new_segments += self._sealed(rows.slice(0, count), self.built.import_id)
        rest = columns.compact(rows.slice(count))
        self._waiting, self._rows = [rest], rest.num_rows

    def _rewrite(self) -> None:
        """Write stored segments anew without the rows that were outgrown."""
        by_id = {segment.id: segment for segment in self._snapshot.segments}
        for segment_id, gone in self._outgrown.items():
            table = self._opened(by_id[segment_id])
            keep = np.ones(table.num_rows, bool)
            keep[gone] = False
            lost = columns.compact(table.filter(pa.array(~keep)))
            self.built.outgrown_rows = columns.joined([self.built.outgrown_rows, lost])
            self.built.replaced.append(segment_id)
            if keep.any():
                self.built.rewritten += self._sealed(table.filter(pa.array(keep)), by_id[segment_id].import_id)

    def _sealed(self, rows: pa.Table, import_id: int) -> tuple[SealedSegment, ...]:
        found = segments.seal(self._vault, self._snapshot.key, self._person, import_id, rows)
        self._names += [segments.name_of(segment) for segment, _ in found]
        return found

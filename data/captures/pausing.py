"""Which captures were made in a pause, and how many, by device and kind. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pyarrow as pa

from data.programme.reach import Bools
from data.programme.state import Span


class Why(StrEnum):
    """In whose pause captures were made: everybody's, or that which the person asked for."""

    PROGRAMME = "programme paused"
    OWN = "own pause"


@dataclass(frozen=True)
class Part:
    """Refused captures of one device (empty: it did not say) and kind, made in the pause that began at `since`; from
    `first_at` to `last_at`, both inclusive."""

    why: Why
    since: int
    device: str
    kind: str
    count: int
    first_at: int
    last_at: int


def inside(spans: Iterable[Span], table: pa.Table) -> Bools:
    """One boolean per row: whether it was captured in one of the spans."""
    at = table["at"].to_numpy()
    found = np.zeros(table.num_rows, bool)
    for span in spans:
        found |= (at >= span.start) & ((at < span.end) if span.end is not None else True)
    return found


def parts(why: Why, starts: Sequence[int], table: pa.Table) -> tuple[Part, ...]:
    """The rows of pauses that began at `starts`, counted."""
    if not table.num_rows:
        return ()
    begun = np.array(sorted(starts), np.int64)
    at = table["at"].to_numpy()
    plain = pa.table(
        {
            "since": begun[np.maximum(np.searchsorted(begun, at, "right") - 1, 0)],
            "device": table["device"].cast(pa.string()).fill_null(""),
            "kind": table["kind"].cast(pa.string()),
            "at": table["at"],
        }
    )
    grouped = plain.group_by(["since", "device", "kind"])
    rows = grouped.aggregate([("at", "count"), ("at", "min"), ("at", "max")]).to_pylist()
    return merged(
        Part(why, row["since"], row["device"], row["kind"], row["at_count"], row["at_min"], row["at_max"])
        for row in rows
    )


def merged(found: Iterable[Part]) -> tuple[Part, ...]:
    """Parts of the same pause, device and kind as one."""
    together: dict[tuple[Why, int, str, str], Part] = {}
    for one in found:
        key = one.why, one.since, one.device, one.kind
        known = together.get(key)
        if known is not None:
            first, last = min(known.first_at, one.first_at), max(known.last_at, one.last_at)
            one = replace(known, count=known.count + one.count, first_at=first, last_at=last)
        together[key] = one
    return tuple(together[key] for key in sorted(together))


def at_least(found: Iterable[Part]) -> int:
    """How many captures the parts of several files are at least: of what was refused nothing is kept that could tell
    whether two files brought the same, so those whose times overlap count as the larger of them."""
    lanes: dict[tuple[int, str, str], list[Part]] = defaultdict(list)
    for one in found:
        lanes[one.since, one.device, one.kind].append(one)
    total = 0
    for lane in lanes.values():
        last, largest = None, 0
        for one in sorted(lane, key=lambda part: part.first_at):
            if last is not None and one.first_at <= last:
                last, largest = max(last, one.last_at), max(largest, one.count)
            else:
                total, last, largest = total + largest, one.last_at, one.count
        total += largest
    return total

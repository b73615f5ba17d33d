"""Which captures are meant: a scope of kinds, apps and time, for filters, exports, erasures and refusals alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute

from data.captures.schema import Kind
from data.errors import BadInput

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them


@dataclass(frozen=True)
class Scope:
    """Captures that are of one of `kinds`, in one of `apps` (exact names) and in [start, end), microseconds UTC.

    An empty set, or None, does not narrow; the empty scope means everything.
    """

    kinds: frozenset[Kind] = frozenset()
    apps: frozenset[str] = frozenset()
    start: int | None = None
    end: int | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Scope()

    def as_json(self) -> dict[str, Any]:
        """A JSON object that `from_json` reads back; what does not narrow is left out."""
        found: dict[str, Any] = {}
        if self.kinds:
            found["kinds"] = sorted(self.kinds)
        if self.apps:
            found["apps"] = sorted(self.apps)
        if self.start is not None:
            found["start"] = self.start
        if self.end is not None:
            found["end"] = self.end
        return found

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Scope:
        """Read what `as_json` wrote. Raises BadInput when it is not a scope."""
        unknown = set(value) - {"kinds", "apps", "start", "end"}
        if unknown:
            raise BadInput(f"A scope has no {sorted(unknown)[0]!r}; it has kinds, apps, start and end.")
        try:
            kinds = frozenset(Kind(kind) for kind in _texts(value.get("kinds")))
        except ValueError as error:
            raise BadInput(f"A scope names a kind that does not exist: {error}.") from error
        return Scope(kinds, frozenset(_texts(value.get("apps"))), _whole(value, "start"), _whole(value, "end"))

    def until(self, at: int) -> Scope:
        """The part of it that is before `at`."""
        return replace(self, end=at if self.end is None else min(at, self.end))

    def reaching(self, at: int, came: int) -> Scope:
        """What a deletion of it that began at `at` means of an import that came at `came`: all of it where that was
        there by then, as a clock that was ahead dates captures later than they were made; else what is before `at`."""
        return self if came <= at else self.until(at)

    def within(self, other: Scope) -> bool:
        """Whether everything that it can mean is also meant by `other`."""
        return (
            _narrows(self.kinds, other.kinds)
            and _narrows(self.apps, other.apps)
            and (other.start is None or (self.start is not None and self.start >= other.start))
            and (other.end is None or (self.end is not None and self.end <= other.end))
        )

    def without(self, other: Scope) -> tuple[Scope, ...]:
        """What is left of it when what `other` means is taken out, as scopes that share nothing; itself where they
        share nothing. Raises BadInput when `other` names apps: what is left could not be named."""
        if other.apps:
            raise BadInput("What is taken out of a scope is named by kinds and times, not by apps.")
        kinds = self.kinds or frozenset(Kind)
        shared = kinds & (other.kinds or frozenset(Kind))
        starts = [one for one in (self.start, other.start) if one is not None]
        ends = [one for one in (self.end, other.end) if one is not None]
        if not shared or (starts and ends and max(starts) >= min(ends)):
            return (self,)
        rest = [replace(self, kinds=kinds - shared)] if kinds - shared else []
        inside = replace(self, kinds=self.kinds if shared == kinds else shared)
        if other.start is not None and (self.start is None or self.start < other.start):
            rest.append(replace(inside, end=other.start))
        if other.end is not None and (self.end is None or other.end < self.end):
            rest.append(replace(inside, start=other.end))
        return tuple(rest)

    def overlaps(self, first: int, last: int) -> bool:
        """Whether the scope's time touches [first, last], both inclusive."""
        return (self.start is None or last >= self.start) and (self.end is None or first < self.end)

    def cuts(self, first: int, last: int) -> bool:
        """Whether the scope's time begins or ends inside of [first, last], both inclusive."""
        return any(time is not None and first < time <= last for time in (self.start, self.end))

    def mask(self, table: pa.Table | pa.RecordBatch) -> pa.Array | pa.ChunkedArray:
        """One boolean per row (never null): whether it is inside. The table needs `at`, `kind` and `app`."""
        tests: list[Any] = []
        if self.start is not None:
            tests.append(pc.greater_equal(table.column("at"), self.start))
        if self.end is not None:
            tests.append(pc.less(table.column("at"), self.end))
        if self.kinds:
            tests.append(_among(table.column("kind"), self.kinds))
        if self.apps:
            tests.append(_among(table.column("app"), self.apps))
        if not tests:
            return pa.repeat(pa.scalar(True), table.num_rows)
        found = tests[0]
        for test in tests[1:]:
            found = pc.and_(found, test)
        return found


@dataclass(frozen=True)
class Filter:
    """What a person looks for: a scope, and a text that app, title, text or value contains (in any case)."""

    scope: Scope = Scope()
    text: str = ""


def _narrows(these: frozenset[Any], those: frozenset[Any]) -> bool:
    return not those or (bool(these) and these <= those)


def _among(column: Any, names: frozenset[Any]) -> Any:
    wanted = pa.array(sorted(str(name) for name in names), pa.string())
    return pc.is_in(pc.cast(column, pa.string()), value_set=wanted)


def _texts(value: object) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list | tuple | set | frozenset):
        raise BadInput("A scope's kinds and apps are lists of names.")
    items = list(cast("list[object]", value))
    if not all(isinstance(item, str) for item in items):
        raise BadInput("A scope's kinds and apps are lists of names.")
    return cast("list[str]", items)


def _whole(value: Mapping[str, Any], name: str) -> int | None:
    found = value.get(name)
    if found is None or (isinstance(found, int) and not isinstance(found, bool)):
        return found
    raise BadInput(f"A scope's {name} is a whole number of microseconds UTC, not {found!r}.")

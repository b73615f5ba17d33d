"""Rewriting: a person's store without some of its captures, sealed under a new key beside what is stored.

Opening, counting and sealing happen outside of any transaction, against a snapshot, so that nobody waits for them.
A transaction that finds the snapshot unchanged then puts the new in the old one's place; otherwise only what changed
is done again. After a crash the new objects are named by nothing, and swept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
from sqlalchemy.orm import Session

from data.captures import columns, refusals, rollups, screens, segments
from data.captures.rollups import Counts
from data.captures.schema import COLUMNS
from data.captures.scope import Scope
from data.captures.screens import Held
from data.captures.segments import SealedSegment, Segment
from data.sealing import keys
from data.sealing.keys import PersonKey
from data.sealing.vault import Vault

# All that counting and looking for the scope needs.
_COUNTED = ("at", "kind", "device", "app", "down", "x", "y", "screen")


@dataclass(frozen=True)
class Snapshot:
    """All that a rewriting depends on. Two are equal when it may be committed."""

    segments: tuple[Segment, ...]
    screens: tuple[Held, ...]
    keys: tuple[PersonKey, ...]
    last_version: int


@dataclass(frozen=True)
class Part:
    """What becomes of one stored segment. `kept` is the segment itself under the new key, None where some of it goes;
    then `sealed` are the new segments without that."""

    old: Segment
    kept: Segment | None
    sealed: tuple[SealedSegment, ...]
    counts: Counts = field(repr=False)
    kinds: Counter[str] = field(default_factory=Counter[str])
    screens_gone: frozenset[str] = frozenset()
    screens_kept: frozenset[str] = frozenset()


def look(session: Session, vault: Vault, person_id: int) -> Snapshot:
    """What is stored now. Raises Unreadable where a segment's key was destroyed."""
    segments.open_keys(session, vault, person_id)
    return Snapshot(
        segments=segments.listed(session, person_id),
        screens=screens.held(session, person_id),
        keys=tuple(keys.find(session, vault, person_id, one) for one in keys.live(session, person_id)),
        last_version=keys.last_version(session, person_id),
    )


class Rewriting:
    """A store being written anew without what `scopes` hold; `follow` brings it up to date with a snapshot."""

    def __init__(self, vault: Vault, person_id: int, scopes: Sequence[Scope]) -> None:
        self._vault, self._person, self._scopes = vault, person_id, scopes
        self._parts: dict[Segment, Part] = {}
        self._key: PersonKey | None = None
        self.seen = Snapshot((), (), (), 0)

    @property
    def key(self) -> PersonKey:
        """The new key, which no row holds yet."""
        if self._key is None:
            raise ValueError("nothing was followed yet")
        return self._key

    @property
    def parts(self) -> list[Part]:
        """One for each segment of the snapshot."""
        return [self._parts[segment] for segment in self.seen.segments]

    @property
    def screens_gone(self) -> list[Held]:
        """Screens that only captures which go refer to."""
        gone = {digest for part in self.parts for digest in part.screens_gone}
        for part in self.parts:
            gone -= part.screens_kept
        return [held for held in self.seen.screens if held.digest in gone]

    @property
    def names(self) -> list[str]:
        """The new objects."""
        return [segments.name_of(segment) for part in self._parts.values() for segment, _ in part.sealed]

    def follow(self, now: Snapshot, alive: Callable[[], None]) -> None:
        """Rewrite the segments that were not yet; `alive` is called after each. Raises Unreadable."""
        if self._key is None or now.keys != self.seen.keys or now.last_version != self.seen.last_version:
            self.discard()
            self._key = keys.draft(self._person, now.last_version + 1)
        self.seen = now
        for segment in set(self._parts) - set(now.segments):
            part = self._parts.pop(segment)
            segments.discard(self._vault, [segments.name_of(one) for one, _ in part.sealed])
        for segment in now.segments:
            if segment not in self._parts:
                self._parts[segment] = self._part(segment, self.key)
                alive()

    def discard(self) -> None:
        """Delete what was sealed."""
        segments.discard(self._vault, self.names)
        self._parts = {}

    def screens_kept(self) -> list[Held]:
        """The screens that stay, under the new key."""
        gone = {held.digest for held in self.screens_gone}
        old = {key.version: key for key in self.seen.keys}
        return [
            screens.rewrapped(self._vault, self._person, held, old[held.key_version], self.key)
            for held in self.seen.screens
            if held.digest not in gone
        ]

    def _part(self, segment: Segment, new: PersonKey) -> Part:
        key = next(key for key in self.seen.keys if key.version == segment.key_version)
        touched = any(one.overlaps(segment.first_at, segment.last_at) for one in self._scopes)
        table = segments.open_with(self._vault, key, segment, COLUMNS if touched else _COUNTED)
        inside = refusals.refused(self._scopes, table)
        if not inside.any():
            kept = segments.rewrapped(self._vault, segment, key, new)
            return Part(segment, kept, (), rollups.count(table), screens_kept=_screens(table))
        taken, rest = table.filter(pa.array(inside)), columns.compact(table.filter(pa.array(~inside)))
        found = Part(
            segment,
            None,
            (),
            rollups.count(rest),
            kinds=_kinds(taken),
            screens_gone=_screens(taken),
            screens_kept=_screens(rest),
        )
        if not rest.num_rows:
            return found
        return replace(found, sealed=segments.seal(self._vault, new, self._person, segment.import_id, rest))


def _kinds(table: pa.Table) -> Counter[str]:
    found: list[dict[str, Any]] = table["kind"].cast(pa.string()).value_counts().to_pylist()
    return Counter({one["values"]: one["counts"] for one in found})


def _screens(table: pa.Table) -> frozenset[str]:
    return frozenset(table["screen"].drop_null().unique().to_pylist())

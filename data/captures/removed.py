"""Removed: what an erasure took, as its certificate says it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from data.captures.segments import Segment


@dataclass(frozen=True)
class Removed:
    """What was removed. `kinds`: captures by kind; `digests`: SHA-256 (hex) of each sealed segment that went, as it was
    stored, sorted; `bytes`: of sealed objects; `keys`: the versions of the person's key that were destroyed; `left`:
    captures that are still held; `quarantined`: captures that had been refused because of a pause."""

    captures: int = 0
    kinds: dict[str, int] = field(default_factory=dict[str, int])
    digests: tuple[str, ...] = ()
    screens: int = 0
    bytes: int = 0
    keys: tuple[int, ...] = ()
    left: int = 0
    quarantined: int = 0

    @property
    def all(self) -> int:
        """Captures in all, those in quarantine among them."""
        return self.captures + self.quarantined

    def and_then(self, more: Removed) -> Removed:
        """Both together, of which `more` came later."""
        kinds = {kind: self.kinds.get(kind, 0) + more.kinds.get(kind, 0) for kind in {*self.kinds, *more.kinds}}
        return Removed(
            captures=self.captures + more.captures,
            kinds=dict(sorted(kinds.items())),
            digests=tuple(sorted({*self.digests, *more.digests})),
            screens=self.screens + more.screens,
            bytes=self.bytes + more.bytes,
            keys=tuple(sorted({*self.keys, *more.keys})),
            left=more.left,
            quarantined=self.quarantined + more.quarantined,
        )

    def as_json(self) -> dict[str, Any]:
        """A JSON object that `from_json` reads back."""
        return asdict(self)

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Removed:
        """What `as_json` wrote."""
        fields: dict[str, Any] = {**value, "digests": tuple(value["digests"]), "keys": tuple(value["keys"])}
        return Removed(**fields)


def of(
    gone: Iterable[Segment],
    kinds: Mapping[str, int],
    screens: Iterable[int],
    keys: tuple[int, ...] = (),
    left: int = 0,
) -> Removed:
    """What went, from the segments that did, captures by kind, and the sizes of screens in bytes."""
    gone, sizes = list(gone), list(screens)
    return Removed(
        captures=sum(kinds.values()),
        kinds=dict(sorted(kinds.items())),
        digests=tuple(sorted(segment.digest for segment in gone)),
        screens=len(sizes),
        bytes=sum(segment.bytes for segment in gone) + sum(sizes),
        keys=keys,
        left=left,
    )

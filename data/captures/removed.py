"""Removed: what an erasure took, as its certificate says it. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from data.captures.segments import Segment


@dataclass(frozen=True)
class Removed:
    """What was removed. `kinds`: captures by kind; `first` and `last`: instants of captures; `bytes`: of sealed
    objects; `digest`: SHA-256 (hex) over the sorted SHA-256 (hex, a line each) of the sealed segments that went."""

    captures: int = 0
    kinds: dict[str, int] = field(default_factory=dict[str, int])
    first: int | None = None
    last: int | None = None
    segments: int = 0
    screens: int = 0
    bytes: int = 0
    digest: str = ""

    def as_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


def of(
    gone: Iterable[Segment], kinds: Mapping[str, int], span: tuple[int | None, int | None], screens: Iterable[int]
) -> Removed:
    """What went, from the segments that did, captures by kind, their span, and the sizes of screens in bytes."""
    gone, sizes = list(gone), list(screens)
    lines = "".join(f"{digest}\n" for digest in sorted(segment.digest for segment in gone))
    return Removed(
        captures=sum(kinds.values()),
        kinds=dict(sorted(kinds.items())),
        first=span[0],
        last=span[1],
        segments=len(gone),
        screens=len(sizes),
        bytes=sum(segment.bytes for segment in gone) + sum(sizes),
        digest=hashlib.sha256(lines.encode()).hexdigest() if gone else "",
    )

"""What stays sealed in the place of details that were destroyed as promised: what figures count the access by, and
which entry of the log says that they were to be. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from data.canonical import canonical

# How it begins where it is kept; what begins otherwise are details.
MARK = b"access destroyed"
ROLE = "no longer kept"  # in the place of the accessor's role, by which figures of the company tell looks apart


@dataclass(frozen=True)
class Destroyed:
    """`at`: when the details were destroyed, microseconds UTC, as the entry at the position `said` says. `purpose`, of
    the fixed list, and `observed` as the details had them; `record`: the digest of the outside record's own id (empty:
    there was none), by which the same record is known when it comes again."""

    at: int
    said: int
    purpose: str
    observed: bool
    record: str = ""

    def packed(self) -> bytes:
        """As it is sealed."""
        return canonical(asdict(self))

    @staticmethod
    def unpacked(plain: bytes) -> Destroyed:
        """What `packed` wrote. Raises ValueError or TypeError when it is not."""
        return Destroyed(**json.loads(plain))

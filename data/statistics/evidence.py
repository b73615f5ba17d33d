"""How much of a time the evidence of looks covers, and how many promises are kept: for the whole company, exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from data import instants
from data.accesses import coverage
from data.accesses.coverage import ALTERED, Gap
from data.accesses.entry import DAYLIGHT
from data.controls import record as controls
from data.controls.control import State
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.proofs import sight
from data.proofs.sight import DAMAGED
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Covered:
    """A source of evidence was recording for `recorded` of `of` microseconds, with `gaps` gaps. `doubt`: why what the
    log says of that is not relied on, so that nothing is known; empty where it is."""

    source: str
    recorded: int
    of: int
    gaps: int
    doubt: str = ""

    @property
    def percent(self) -> int:
        """Rounded down: a gap is never rounded away."""
        return 100 * self.recorded // self.of if self.of else 0


@dataclass(frozen=True)
class Evidence:
    """What is known of [start, end), and how the `controls` stand now, by what can be said of each."""

    sources: tuple[Covered, ...]
    controls: Mapping[State, int]
    start: int
    end: int


def of(session: Session, viewer: Viewer, vault: Vault, start: int, end: int, *, days: int) -> Evidence:
    """Of the time from `start`, or from when there was a store, up to `end`, but not what is still to come. `days`: for
    how long a fix must be seen to hold. Permission SEE_CONDUCT."""
    require(viewer, Permission.SEE_CONDUCT)
    now = instants.now()
    made = coverage.since(session, vault, DAYLIGHT)
    first, last = max(start, made or start), min(end, now)
    found = controls.every(session, vault, days).controls
    states = Counter(one.standing.shown(now) for one in found)
    return Evidence(
        _covered(session, vault, first, last), {state: states[state] for state in State}, first, max(first, last)
    )


def _covered(session: Session, vault: Vault, start: int, end: int) -> tuple[Covered, ...]:
    if end <= start:
        return ()
    seen = sight.of(session, vault, start, end)
    sources = {one.source for one in (*seen.spans, *seen.gaps)}
    return tuple(_of(name, [one for one in seen.gaps if one.source == name], end - start) for name in sorted(sources))


def _of(source: str, lost: Sequence[Gap], length: int) -> Covered:
    doubt = next((one.why for one in lost if one.why in (DAMAGED, ALTERED)), "")
    return Covered(source, length - sum(one.end - one.start for one in lost), length, len(lost), doubt)

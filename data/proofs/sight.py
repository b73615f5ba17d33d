"""Sight: of which time, and through which sources, it is known who looked; "nobody" is said of no more than that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from data import instants
from data.accesses import coverage
from data.accesses.coverage import Gap, Span
from data.accesses.entry import DAYLIGHT
from data.proofs import checks
from data.sealing.vault import Vault

DAMAGED = "the access log is damaged, so what it says of its sources is not relied on"


@dataclass(frozen=True)
class Sight:
    """What is known of [start, end), microseconds UTC: the `spans` in which a source was recording, by source, and the
    `gaps` in which one was not, or in which nobody can say; `outside`: any source but this app was ever connected."""

    start: int
    end: int
    spans: tuple[Span, ...]
    gaps: tuple[Gap, ...]
    outside: bool

    @property
    def since(self) -> int | None:
        """When this app began to record looks through it; None when that was later, or is not known."""
        return next((one.start for one in self.spans if one.source == DAYLIGHT), None)

    def as_json(self) -> Mapping[str, Any]:
        """For machines; `past_this_app` says whether reads straight from a database or storage are recorded at all."""
        spans = [{"source": one.source, "from": _at(one.start), "to": _at(one.end)} for one in self.spans]
        gaps = [{"source": one.source, "from": _at(one.start), "to": _at(one.end), "why": one.why} for one in self.gaps]
        fields = {"from": _at(self.start), "to": _at(self.end), "past_this_app": self.outside}
        return {**fields, "recording": spans, "not_known": gaps}


def of(session: Session, vault: Vault, start: int | None, end: int) -> Sight:
    """What is known of [start, end); start None: since the first moment that any source was recording.

    While the newest check of the log finds damage nothing is known, of any source: the entries that say of a gap may
    be those that were altered or taken out.
    """
    known = coverage.read(session, vault)
    every = known.spans(instants.EARLIEST, instants.LATEST)
    if start is None:
        start = min([end, *(one.start for one in every)])
    found = known.gaps(start, end)
    sources = {one.source for one in (*every, *found)}
    checked = checks.last(session, vault)
    if checked is not None and not checked.holds and start < end:
        found = tuple(Gap(one, start, end, DAMAGED) for one in sorted(sources | {DAYLIGHT}))
        return Sight(start, end, (), found, bool(sources - {DAYLIGHT}))
    return Sight(start, end, known.spans(start, end), found, bool(sources - {DAYLIGHT}))


def _at(at: int | None) -> str | None:
    return None if at is None else instants.iso(at)

"""What every source of outside evidence is read into: one observation a read, before anything is written. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from data.accesses.entry import Action
from data.connectors.holdings import Holding
from data.connectors.watching import Watch

LONGEST_TEXT = 300
LONGEST_STATEMENT = 1_500
_LONGEST_KEY = 200
_STEP = 1_000  # lines between two words of progress


@dataclass(frozen=True)
class Observation:
    """One read that an audit source saw.

    `key` is the source's own id of it, unique within the source; `at` microseconds UTC; `account` as the source writes
    it; `holdings` what was touched. `people` are ids, None everybody on the roster. `statement` says what was asked for
    with every value left out, as it is shown to everybody it was about. `count` of rows, None when unknown; `amounts`:
    what else the source tells of how much, by Unit. `content` is what makes a record of the same key another one, where
    several that differ otherwise tell of one read.
    """

    key: str
    at: int
    action: Action
    account: str
    holdings: tuple[Holding, ...]
    people: frozenset[int] | None
    statement: str = ""
    count: int | None = None
    extra: Mapping[str, object] = field(default_factory=dict[str, object])
    amounts: Mapping[str, int] = field(default_factory=dict[str, int])
    content: str | None = None


@dataclass
class Tally:
    """What a reader counts beside its observations. `lines` are read so far, of which `progress` hears now and then;
    `other` were about other data, `denied` were refused by the source, so that nothing was read, `repeated` say again
    what another line says (a parallel worker, a second audit rule)."""

    watch: Watch
    progress: Callable[[int, int], None] | None = None
    lines: int = 0
    other: int = 0
    denied: int = 0
    repeated: int = 0

    def line(self) -> None:
        """One more line or event was read."""
        self.lines += 1
        if self.progress is not None and self.lines % _STEP == 0:
            self.progress(self.lines, 0)


def shown(text: str, longest: int = LONGEST_TEXT) -> str:
    """Text of a log, harmless wherever it is shown: without marks that break the line, hide or turn what follows.

    Real evidence is never refused because of a name, so what is invisible is written as its escape (\\u202e).
    """
    if not text.isprintable():
        text = "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def short(key: str) -> str:
    """A source's own id as it is kept; a very long or an odd one by its digest."""
    if len(key) <= _LONGEST_KEY and key.isprintable():
        return key
    return "sha256 " + hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest()

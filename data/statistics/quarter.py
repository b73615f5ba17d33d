"""Calendar quarters in UTC. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

from data import instants
from data.errors import BadInput

_WRITTEN = re.compile(r"(\d{4})-?Q([1-4])", re.IGNORECASE)
_FIRST_YEAR, _LAST_YEAR = 1970, 2249


class Quarter(NamedTuple):
    """One quarter: its year, and its number from 1 to 4. Ordered as time is; written 2026-Q3."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @staticmethod
    def parse(text: str) -> Quarter:
        """The quarter of "2026-Q3". Raises BadInput."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
            raise BadInput(f"{text!r} is no quarter; write the year and the quarter, such as 2026-Q3.")
        return Quarter(int(found[1]), int(found[2]))

    @staticmethod
    def of(at: int) -> Quarter:
        """The quarter in which an instant lies (microseconds UTC)."""
        day = instants.day_of(at)
        return Quarter(day.year, (day.month + 2) // 3)

    @property
    def start(self) -> int:
        """Its first instant, in microseconds UTC."""
        return instants.of(datetime(self.year, 3 * self.number - 2, 1, tzinfo=UTC))

    @property
    def end(self) -> int:
        """The first instant after it."""
        return self.after.start

    @property
    def after(self) -> Quarter:
        """The next one."""
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    @property
    def before(self) -> Quarter:
        """The one before."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

"""Looks and unknown spans in words, as the frames that the timeline draws. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from data.accesses.coverage import Gap
from data.looks.look import Look
from pages.shell.words import Calendar
from pages.wording import phrases


def looks(found: Sequence[Look], calendar: Calendar) -> pd.DataFrame:
    """[at, purpose, who, what, odd, known]: a row each look, times on the reader's clock."""
    at = pd.to_datetime([one.at for one in found], unit="us", utc=True).tz_convert(calendar.zone)
    columns = {
        "purpose": [one.purpose.plain for one in found],
        "who": [phrases.who(one) for one in found],
        "what": [phrases.what(one) for one in found],
        "odd": [", ".join(one.marks) for one in found],
        "known": [phrases.known(one) for one in found],
    }
    return pd.DataFrame({"at": at, **columns})


def gaps(found: Sequence[Gap], calendar: Calendar) -> pd.DataFrame:
    """[start, end, source]: a row each span about which a source knows nothing."""
    ends = {name: [getattr(gap, name) for gap in found] for name in ("start", "end")}
    zoned = {name: pd.to_datetime(at, unit="us", utc=True).tz_convert(calendar.zone) for name, at in ends.items()}
    return pd.DataFrame({**zoned, "source": [phrases.source(gap.source) for gap in found]})

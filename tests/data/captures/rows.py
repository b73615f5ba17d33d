"""Captures for tests: rows written as they read, rows that hypothesis draws, and tables of either."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from data.captures.schema import SCHEMA, Kind
from data.instants import DAY, HOUR

Row = dict[str, Any]

START = 20_516 * DAY  # Wednesday 2026-03-04 UTC


def row(at: int, kind: str = "key", **columns: Any) -> Row:
    """One capture; columns that are not named are null."""
    return dict.fromkeys(SCHEMA.names) | {"at": at, "kind": kind} | columns


def table(rows: Sequence[Row]) -> pa.Table:
    """`rows` as a table of SCHEMA, in the order given."""
    return pa.Table.from_pylist(list(rows), schema=SCHEMA)


_POSITIONS = st.one_of(
    st.none(),
    st.integers(-2_000, 4_000).map(float),
    st.sampled_from([65535.0, -32000.0, 1e12, float("inf"), float("nan")]),
)


@st.composite
def _rows(draw: st.DrawFn) -> Row:
    # Few distinct instants, so that several captures often share one.
    at = draw(
        st.one_of(st.integers(-3, 3).map(lambda n: START + n * HOUR), st.integers(START - 3 * DAY, START + 3 * DAY))
    )
    return row(
        at,
        draw(st.sampled_from([kind.value for kind in Kind])),
        down=draw(st.sampled_from([None, True, False])),
        device=draw(st.sampled_from([None, "ThinkPad", "Büro-PC"])),
        app=draw(st.sampled_from([None, "Outlook", "Über", "notepad.exe", ""])),
        title=draw(st.sampled_from([None, "Re: offer", "Payroll"])),
        text=draw(st.sampled_from([None, "q", "ß", "Key.enter"])),
        x=draw(_POSITIONS),
        y=draw(_POSITIONS),
    )


def drawn_rows(most: int = 60) -> st.SearchStrategy[list[Row]]:
    """Any captures: out of order, sharing instants, with sentinels and gaps."""
    return st.lists(_rows(), max_size=most)

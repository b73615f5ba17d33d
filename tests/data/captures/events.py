"""Captures for tests of sealing: extreme ones that hypothesis draws, and plain runs of key presses."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from data.captures.schema import SCHEMA, Kind
from tests.data.captures.rows import table

START = 1_780_000_000_000_000

_floats = st.none() | st.sampled_from([0.0, -0.0, 65535.0, -1920.0, 3.5, float("inf"), float("nan"), 1e300])
_names = st.none() | st.sampled_from(["Mail", "mail", "Übersicht 総務", "", "a\x00b"])

extremes = st.lists(
    st.fixed_dictionaries(
        {
            "at": st.integers(START, START + 20) | st.integers(-(2**60), 2**60),
            "kind": st.sampled_from([kind.value for kind in Kind]),
            "duration": st.none() | st.integers(-5, 5) | st.integers(-(2**62), 2**62),
            "down": st.none() | st.booleans(),
            "device": _names,
            "app": _names,
            "title": _names | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
            "x": _floats,
            "y": _floats,
            "dx": _floats,
            "dy": _floats,
            "button": _names,
            "text": _names,
            "value": _names,
            "screen": st.none() | st.just("ab" * 32),
        }
    ),
    max_size=30,
)


def presses(count: int, start: int = START, step: int = 1000, **same: Any) -> pa.Table:
    """`count` key presses, `step` microseconds apart."""
    same = dict.fromkeys(SCHEMA.names) | {"kind": "key", "down": True} | same
    return table([same | {"at": start + n * step, "text": "abc"[n % 3]} for n in range(count)])


def bag(rows: pa.Table) -> list[str]:
    """The rows as a multiset that can be compared."""
    return sorted(repr(row) for row in rows.to_pylist())

"""JSON Lines written column by column say the same as each row written by itself."""

from __future__ import annotations

import json
import math
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from data import instants
from data.captures.schema import COLUMNS, SCHEMA, Kind
from data.rights.export import lines

TEXTS = st.one_of(st.none(), st.text(max_size=12), st.sampled_from(['say "hi"', "Приложение", "a\\b\n\t\u2028", "😀"]))
NUMBERS = st.one_of(st.none(), st.floats(), st.sampled_from([65535.0, -1920.5, 0.1, 1e300]))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "at": st.integers(-(10**15), 4 * 10**15),
            "kind": st.sampled_from([kind.value for kind in Kind]),
            "duration": st.one_of(st.none(), st.integers(0, 10**12)),
            "down": st.one_of(st.none(), st.booleans()),
            **dict.fromkeys(("device", "app", "title", "button", "text", "value", "screen"), TEXTS),
            **dict.fromkeys(("x", "y", "dx", "dy"), NUMBERS),
        }
    ),
    max_size=30,
)


def expected(row: dict[str, Any]) -> dict[str, Any]:
    found = {name: sayable(row[name]) for name in COLUMNS if row[name] is not None}
    return found | {"at": instants.iso(row["at"])}


def sayable(cell: Any) -> Any:
    if isinstance(cell, float) and not math.isfinite(cell):
        return "NaN" if math.isnan(cell) else "Infinity" if cell > 0 else "-Infinity"
    return cell


def test_no_number_is_left_out_or_loses_its_sign() -> None:
    numbers = [math.nan, math.inf, -math.inf, -0.0, 0.5]
    table = pa.Table.from_pylist([{"at": 0, "kind": "key", "x": x} for x in numbers], SCHEMA)
    written = [line.partition('"x":')[2] for line in b"".join(lines.render(table)).decode().splitlines()]
    assert written == ['"NaN"}', '"Infinity"}', '"-Infinity"}', "-0.0}", "0.5}"]


@given(ROWS, ROWS)
def test_each_line_is_the_capture_with_what_it_does_not_have_left_out(
    first: list[dict[str, Any]], second: list[dict[str, Any]]
) -> None:
    table = pa.concat_tables([pa.Table.from_pylist(rows, SCHEMA) for rows in (first, second)])
    written = b"".join(lines.render(table))
    assert [json.loads(line) for line in written.split(b"\n")[:-1]] == [expected(row) for row in first + second]


def test_a_slice_of_a_table_writes_its_own_rows_only() -> None:
    table = pa.Table.from_pylist([{"at": at, "kind": "key", "text": f"{at}"} for at in range(40_000)], SCHEMA)
    written = b"".join(lines.render(table.slice(17, 33_000))).decode().splitlines()
    assert len(written) == 33_000
    assert json.loads(written[0])["text"] == "17"
    assert json.loads(written[-1])["text"] == "33016"

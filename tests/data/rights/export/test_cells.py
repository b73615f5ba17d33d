"""The CSV of an export is what any program reads as RFC 4180, down to the microsecond and the last sign."""

from __future__ import annotations

import csv
import io
import math
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from data import instants
from data.captures.recording import Display, Screen
from data.captures.schema import COLUMNS, SCHEMA
from data.connectors import captures_form
from data.rights.export import cells

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8) | st.sampled_from(
    [
        "=1+1",
        '=HYPERLINK("http://x","y")',
        "@a",
        "-1",
        "+1",
        ",",
        '"',
        '""',
        "\r",
        "\n",
        "\r\n",
        " a ",
        "\t",
        "NULL",
        "é",
    ]
)
# Before 1970, the year 1, the far future, and fractions that a float would lose.
AT = st.integers(instants.EARLIEST, instants.LATEST) | st.sampled_from(
    [-1, 0, 1, -999_999, 120, instants.parse("9999-12-30T00:00:00Z"), instants.parse("0001-01-02T00:00:00.000001Z")]
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"at": AT, "kind": st.just("key")},
        optional={
            "app": TEXTS,
            "title": TEXTS,
            "text": TEXTS,
            "down": st.booleans(),
            "duration": st.integers(-(2**62), 2**62),
            "x": st.floats(),
            "y": st.floats(),
        },
    ),
    min_size=1,
    max_size=12,
)


def written(rows: list[dict[str, Any]]) -> bytes:
    return cells.HEADER + b"".join(bytes(piece) for piece in cells.render(pa.Table.from_pylist(rows, SCHEMA)))


def plain(rows: list[dict[str, Any]]) -> list[str]:
    return [repr({name: row[name] for name in COLUMNS if row.get(name) is not None}) for row in rows]


@settings(max_examples=60)
@given(rows=ROWS)
def test_what_another_reader_of_csv_finds_is_what_was_captured(rows: list[dict[str, Any]]) -> None:
    found = list(csv.DictReader(io.StringIO(written(rows).decode(), newline=""), strict=True))
    assert len(found) == len(rows)
    for row, record in zip(rows, found, strict=True):
        assert instants.of(datetime.fromisoformat(record["at"])) == row["at"]
        for name in ("app", "title", "text"):
            assert record[name] == row.get(name, "")
        for name in ("x", "y"):
            value = row.get(name)
            assert value is None or repr(float(record[name])) == repr(value)


@settings(max_examples=30)
@given(rows=ROWS)
def test_a_csv_comes_back_through_the_import_as_it_was(tmp_path_factory: Any, rows: list[dict[str, Any]]) -> None:
    path: Path = tmp_path_factory.mktemp("csv") / "captures.csv"
    path.write_bytes(written(rows))
    found: list[dict[str, Any]] = []
    for batch in captures_form.read(path).items:
        assert not isinstance(batch, Screen | Display)
        found += batch.to_pylist()
    assert plain(found) == plain(rows)


def test_numbers_that_are_none_have_a_name() -> None:
    rows = [{"at": 0, "kind": "click", "x": value} for value in (math.nan, math.inf, -math.inf, -0.0, 1e300)]
    found = csv.DictReader(io.StringIO(written(rows).decode(), newline=""))
    assert [row["x"] for row in found] == ["NaN", "Infinity", "-Infinity", "-0", "1e+300"]


def test_fractions_of_a_second_survive_where_a_table_of_another_program_prints_only_some() -> None:
    """pandas prints as many digits as the column happens to need, and no zone where there was none."""
    rows = [{"at": at, "kind": "key"} for at in (0, 1, -1)]
    found = csv.DictReader(io.StringIO(written(rows).decode(), newline=""))
    assert [row["at"] for row in found] == [
        "1970-01-01T00:00:00.000000Z",
        "1970-01-01T00:00:00.000001Z",
        "1969-12-31T23:59:59.999999Z",
    ]
    bare = pd.DataFrame({"at": pd.to_datetime([0, 1_000_000], unit="us")}).to_csv(index=False)
    assert bare.splitlines()[1:] == ["1970-01-01 00:00:00", "1970-01-01 00:00:01"]


def test_lines_end_as_the_standard_says_and_only_cells_that_need_it_are_quoted() -> None:
    rows = [{"at": 0, "kind": "key", "text": 'a "b", c', "app": "=SUM(A1)"}]
    text = written(rows).decode()
    assert text.count("\r\n") == 2
    assert '"a ""b"", c"' in text
    assert ",=SUM(A1)," in text, "as it was captured, also where a spreadsheet would take it for a formula"

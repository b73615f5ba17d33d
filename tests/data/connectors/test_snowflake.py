"""Rows of Snowflake's ACCESS_HISTORY are about everybody whom the table holds, and late ones are not yet known."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from data import instants
from data.accesses.entry import Action
from data.connectors import holdings_file, snowflake
from data.connectors.observation import Observation, Tally
from data.errors import BadInput
from tests.data.connectors.outside import ROSTER, SOURCE, observed

HOLDINGS = SOURCE + '[[holding]]\nname = "t"\ntables = ["lake.raw.captures"]\npeople = ["ana@example.org"]\n'


def row(*objects: str, query: str = "01-a", at: str = "2026-11-03 10:00:00.123 -0800", **more: Any) -> dict[str, Any]:
    named = [{"objectDomain": "Table", "objectName": name, "columns": []} for name in objects]
    return {
        "QUERY_ID": query,
        "QUERY_START_TIME": at,
        "USER_NAME": "BEN",
        "DIRECT_OBJECTS_ACCESSED": named[:1],
        "BASE_OBJECTS_ACCESSED": named[1:],
        **more,
    }


def as_lines(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "history.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    return path


def as_csv(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "history.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(rows[0])
        writer.writerows(
            [value if isinstance(value, str) else json.dumps(value) for value in one.values()] for one in rows
        )
    return path


def read(path: Path) -> tuple[list[Observation], Tally]:
    file = path.parent / "holdings.toml"
    file.write_text(HOLDINGS)
    return observed(snowflake.read, path, holdings_file.read(file, ROSTER))


@pytest.mark.parametrize("write", [as_lines, as_csv])
def test_a_table_read_directly_or_below_a_view_is_about_everybody_in_it(tmp_path: Path, write: Any) -> None:
    path = write(
        tmp_path,
        row("LAKE.RAW.CAPTURES"),
        row("LAKE.MART.V", '"LAKE"."RAW"."CAPTURES"', query="01-b", OBJECTS_MODIFIED=[{"objectName": "X"}])
        if write is as_lines
        else row("LAKE.MART.V", '"LAKE"."RAW"."CAPTURES"', query="01-b"),
        row("LAKE.RAW.LUNCH", query="01-c"),
        row("OTHER.RAW.CAPTURES", query="01-d"),
    )
    found, tally = read(path)
    assert [(one.key, one.people, one.account) for one in found] == [("01-a", {1}, "BEN"), ("01-b", {1}, "BEN")]
    assert found[0].at == instants.parse("2026-11-03T18:00:00.123Z")
    assert found[1].action == (Action.COPY if write is as_lines else Action.QUERY)
    assert tally.other == 2


def test_only_what_is_older_than_the_latency_is_claimed(tmp_path: Path) -> None:
    path = as_lines(
        tmp_path,
        row("X", at="2026-11-03T00:00:00Z"),
        row("X", at="2026-11-04T00:00:00Z", query="b"),
    )
    (stretch,) = read(path)[1].watch.stretches()
    assert (stretch.start, stretch.end) == (
        instants.parse("2026-11-03T00:00Z"),
        instants.parse("2026-11-03T21:00Z"),
    )
    assert read(as_lines(tmp_path, row("X")))[1].watch.stretches() == []


def test_rows_that_only_write_are_no_sign_that_reads_are_recorded(tmp_path: Path) -> None:
    written = {"OBJECTS_MODIFIED": [{"objectName": "LAKE.RAW.CAPTURES"}]}
    rows = [row(at=f"2026-11-0{day}T00:00:00Z", query=str(day), **written) for day in (3, 4, 5)]
    assert read(as_lines(tmp_path, *rows))[1].watch.stretches() == []
    (stretch,) = read(
        as_lines(tmp_path, rows[0], row("X", at="2026-11-04T00:00:00Z"), *rows[1:], row("X", at="2026-11-05T00:00:00Z"))
    )[1].watch.stretches()
    assert stretch.start == instants.parse("2026-11-04T00:00Z")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("QUERY_ID,USER_NAME\n1,2\n", "no column QUERY_START_TIME on its first line"),
        ('{"QUERY_ID": "1"}\n', "line 1: QUERY_START_TIME is missing"),
        (json.dumps(row("X")) + '\n{"QUERY', "line 2: malformed or cut"),
        (json.dumps({**row("X"), "BASE_OBJECTS_ACCESSED": "[{"}), "line 1: BASE_OBJECTS_ACCESSED is no JSON array"),
        (json.dumps(row("X", at="soon")), "line 1: its QUERY_START_TIME is not"),
    ],
)
def test_a_file_that_is_cut_or_of_another_kind_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "history.txt"
    path.write_text(content)
    with pytest.raises(BadInput, match=reason):
        read(path)
    whole = as_csv(tmp_path, row("X")).read_text()
    path.write_text(whole[:-5])
    with pytest.raises(BadInput, match="line 2"):
        read(path)

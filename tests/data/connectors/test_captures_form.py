"""Daylight's own form: what goes in comes out, and what is not of the form is refused by name and place."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.captures.schema import COLUMNS, SCHEMA, Kind
from data.connectors import captures_form
from data.errors import BadInput
from data.instants import EARLIEST, LATEST
from tests.data.connectors.reading import refusal, whole

Record = dict[str, Any]

_TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _NUMBERS | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=5,
)
_VALUES = st.dictionaries(_TEXTS, _JSON, max_size=3).map(
    lambda found: json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
)
RECORDS = st.fixed_dictionaries(
    {"at": st.integers(EARLIEST, LATEST), "kind": st.sampled_from([kind.value for kind in Kind])},
    optional={
        "duration": st.integers(-(2**63) + 1, 2**63 - 1),
        "down": st.booleans(),
        **dict.fromkeys(("device", "app", "title", "button", "text"), _TEXTS),
        **dict.fromkeys(("x", "y", "dx", "dy"), _NUMBERS | st.sampled_from([65535.0, -1920.0, -0.0, 0.1])),
        "value": _VALUES,
    },
)


def write_lines(path: Path, records: list[Record]) -> None:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")


def write_csv(path: Path, records: list[Record]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(records)


def write_parquet(path: Path, records: list[Record]) -> None:
    pq.write_table(pa.Table.from_pylist(records, SCHEMA), path)


WRITERS = {".jsonl": write_lines, ".csv": write_csv, ".parquet": write_parquet}
FORMS = pytest.mark.parametrize("form", WRITERS)
ONE = {"at": 1_700_000_000_000_001, "kind": "key", "down": True, "text": "é"}


@FORMS
@settings(max_examples=40, deadline=None)
@given(records=st.lists(RECORDS, min_size=1, max_size=20))
def test_what_is_written_in_the_form_is_read_back_unchanged_and_in_order(form: str, records: list[Record]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"captures{form}"
        WRITERS[form](path, records)
        assert whole(captures_form.read, path).rows == records


@FORMS
def test_every_column_may_be_full(form: str, tmp_path: Path) -> None:
    """One record with all columns: none is dropped or swapped."""
    image = b"\x89PNG not really"
    digest = hashlib.sha256(image).hexdigest()
    (tmp_path / "screens").mkdir()
    (tmp_path / "screens" / f"{digest}.png").write_bytes(image)
    (tmp_path / "screens" / f"{'0' * 64}.png").write_bytes(b"of somebody else")
    record: Record = {
        "at": 1,
        "kind": "other",
        "duration": 2,
        "down": False,
        "device": "d",
        "app": "a",
        "title": "日本語 🦊",
        "x": 65535.0,
        "y": -1.5,
        "dx": 0.0,
        "dy": -1.0,
        "button": "left",
        "text": "\u0000x",
        "value": '{"a":[1]}',
        "screen": digest,
    }
    assert tuple(record) == COLUMNS
    path = tmp_path / f"c{form}"
    WRITERS[form](path, [record, record])
    found = whole(captures_form.read, path)
    assert found.rows == [record, record]
    assert [(screen.digest, screen.media_type, screen.data) for screen in found.screens] == [
        (digest, "image/png", image)
    ]


@settings(max_examples=60, deadline=None)
@given(records=st.lists(RECORDS, min_size=1, max_size=5), cut=st.floats(0, 1, exclude_max=True))
@FORMS
def test_a_file_cut_anywhere_but_between_lines_is_refused(form: str, records: list[Record], cut: float) -> None:
    """What a cut cannot hide: a shorter file either is refused or holds exactly the first records, whole."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"captures{form}"
        WRITERS[form](path, records)
        whole_bytes = path.read_bytes()
        left = whole_bytes[: math.floor(cut * len(whole_bytes))]
        path.write_bytes(left)
        try:
            rows = whole(captures_form.read, path).rows
        except BadInput:
            return
        assert form != ".parquet"
        assert left.endswith((b"\n", b"\r")) or (form == ".jsonl" and left + b"\n" == whole_bytes[: len(left) + 1])
        assert rows == records[: len(rows)]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-03T14:05:09.000120Z", 1_793_714_709_000_120),
        ("2026-11-03T15:05:09.00012+01:00", 1_793_714_709_000_120),
        ("2026-11-03T14:05:09.1234565Z", 1_793_714_709_123_456),
        ("2026-11-03T14:05:09.1234567Z", 1_793_714_709_123_457),
        ("2026-11-03T14:05:09.999999999Z", 1_793_714_710_000_000),
        ("1969-12-31T23:59:59.999999+00:00", -1),
    ],
)
def test_times_are_exact_to_the_microsecond(text: str, at: int, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    write_lines(path, [{"at": text, "kind": "key"}])
    assert whole(captures_form.read, path).rows[0]["at"] == at


def test_a_time_without_a_zone_needs_one(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("kind,at\nkey,2026-07-01 12:00:00.5\n")
    assert "line 2: 'at' names no zone; say where it was recorded with --zone" in refusal(captures_form.read, path)
    london = whole(captures_form.read, path, "Europe/London")
    assert london.rows[0]["at"] == 1_782_903_600_500_000
    assert london.digest != whole(captures_form.read, path, "UTC").digest
    naive = pa.array([1_782_907_200_500_000], pa.timestamp("us"))
    pq.write_table(pa.table({"at": naive, "kind": ["key"]}), tmp_path / "c.parquet")
    assert "names no zone" in refusal(captures_form.read, tmp_path / "c.parquet")
    assert whole(captures_form.read, tmp_path / "c.parquet", "Europe/London").rows == london.rows


def test_parquet_from_other_programs_is_taken_where_nothing_is_lost(tmp_path: Path) -> None:
    """Timestamps of any unit and zone, plain or large strings, small integers for coordinates."""
    table = pa.table(
        {
            "kind": pa.array(["key", "click"], pa.large_string()),
            "at": pa.array([1_500, 2_501], pa.timestamp("ns", "Asia/Tokyo")),
            "x": pa.array([3, None], pa.int16()),
            "title": pa.array([None, None], pa.null()),
            "down": pa.array([True, None]),
            "app": pa.array(["ü", "ü"]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "c.parquet")
    assert whole(captures_form.read, tmp_path / "c.parquet").rows == [
        {"at": 2, "kind": "key", "down": True, "app": "ü", "x": 3.0},
        {"at": 3, "kind": "click", "app": "ü"},
    ]


@FORMS
def test_a_coordinate_that_is_no_finite_number_is_kept(form: str, tmp_path: Path) -> None:
    """As a source wrote it; JSON and CSV say it in a word, and no other word is taken for a number."""
    named = {"x": "NaN", "y": "Infinity", "dx": "-Infinity"}
    numbers: Record = {name: float(word) for name, word in named.items()}
    path = tmp_path / f"c{form}"
    WRITERS[form](path, [ONE | (numbers if form == ".parquet" else named)])
    (found,) = whole(captures_form.read, path).rows
    assert {name: repr(found[name]) for name in named} == {"x": "nan", "y": "inf", "dx": "-inf"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"at": None}, "'at' is missing"),
        ({"at": 1.5}, "'at' is neither"),
        ({"at": True}, "'at' is neither"),
        ({"at": "yesterday"}, "'at' is not an ISO 8601"),
        ({"at": "2026-02-30T10:00:00Z"}, "'at' day is out of range"),
        ({"at": 10**18}, "outside the years"),
        ({"kind": "keystroke"}, "'kind' is none of"),
        ({"duration": 1.5}, "'duration' is not whole microseconds"),
        ({"down": 1}, "'down' is neither true nor false"),
        ({"x": "12"}, "'x' is not a number"),
        ({"x": "nan"}, "'x' is not a number"),
        ({"x": math.inf}, "Infinity is not JSON"),
        ({"text": 5}, "'text' is not text"),
        ({"text": "\ud800"}, "surrogate"),
        ({"value": "{not json"}, "'value' is not JSON"),
        ({"screen": "ABC"}, "'screen' is not a SHA-256"),
        ({"mouse": 1}, "'mouse' is not a column"),
    ],
)
def test_a_wrong_field_is_refused_by_line_and_name(change: Record, said: str, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in (ONE, ONE | change)), encoding="utf-8")
    found = refusal(captures_form.read, path)
    assert "line 2" in found
    assert said in found


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"kind": ["key"]}, "'at' is missing"),
        ({"at": [1], "kind": ["key"], "mouse": [1]}, "'mouse' is not a column"),
        ({"at": [1, None], "kind": ["key", "key"]}, "row 2: 'at' is missing"),
        ({"at": [1, 10**18], "kind": ["key", "key"]}, "row 2: 'at' lies outside"),
        ({"at": [1.0], "kind": ["key"]}, "'at' is double"),
        ({"at": ["2026-01-01"], "kind": ["key"]}, "'at' is string"),
        ({"at": [1], "kind": ["k"]}, "row 1: 'kind' is none of"),
        ({"at": [1], "kind": [5]}, "'kind' is int64"),
        ({"at": [1], "kind": ["key"], "down": [1]}, "'down' is int64"),
        ({"at": [1], "kind": ["key"], "value": ["{"]}, "row 1: 'value' is not JSON"),
        ({"at": [1], "kind": ["key"], "screen": ["A"]}, "row 1: 'screen' is not a SHA-256"),
    ],
)
def test_a_wrong_parquet_column_is_refused_by_row_and_name(
    columns: dict[str, list[Any]], said: str, tmp_path: Path
) -> None:
    pq.write_table(pa.table(columns), tmp_path / "c.parquet")
    assert said in refusal(captures_form.read, tmp_path / "c.parquet")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("c.jsonl", b"", "is empty"),
        ("c.jsonl", b"\n \n", "holds no capture"),
        ("c.csv", b"at,kind\n", "holds no capture"),
        ("c.csv", b"at,kind\n1,key", "line 2: has no line end"),
        ("c.csv", b"at,kind\n1,key\n2\n", "line 3: 1 cells where the header names 2"),
        ("c.csv", b'at,kind,text\n1,key,"a\n', "unexpected end of data"),
        ("c.csv", b"at,kind,at\n1,key,2\n", "'at' is there twice"),
        ("c.csv", b"at,kind,x\n1,key,nan\n", "line 2: 'x' is not a number"),
        ("c.csv", b'{"at":1,"kind":"key"}\n', "line 1: "),
        ("c.jsonl", b'{"at":1,"kind":"key"}\n{"at":2,"ki', "line 2: malformed or cut JSON at character 9"),
        ("c.jsonl", b"[1]\n", "line 1: the line is not a JSON object"),
        ("c.jsonl", b'{"at":1,"at":2,"kind":"key"}\n', "line 1: a name occurs twice"),
        ("c.jsonl", b'{"at":1,"kind":"key","text":"\xff"}\n', "line 1: byte 30 is not UTF-8"),
        ("c.jsonl", b'{"at":1,"value":' + b"[" * 100_000, "line 1: "),
        ("c.jsonl", '{"at":1,"kind":"key"}'.encode("utf-16"), "UTF-16"),
        ("c.jsonl", b"SQLite format 3\x00...", "is an SQLite database"),
        ("c.jsonl", b"PAR1....", "is a Parquet file"),
        ("c.parquet", b'{"at":1,"kind":"key"}\n', "is not a Parquet file"),
        ("c.parquet", b"PAR1....PAR1", "is not a whole Parquet file"),
        ("c.txt", b'{"at":1,"kind":"key"}\n', "ends in none of"),
    ],
)
def test_a_wrong_file_is_refused_with_place_and_reason(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert said in refusal(captures_form.read, tmp_path / name)


def test_a_folder_a_missing_file_and_a_zip_are_refused(tmp_path: Path) -> None:
    assert "is a folder" in refusal(captures_form.read, tmp_path)
    assert "does not exist" in refusal(captures_form.read, tmp_path / "none.jsonl")
    with zipfile.ZipFile(tmp_path / "c.jsonl", "w") as archive:
        archive.writestr("c.jsonl", json.dumps(ONE))
    assert "is a zip archive; unpack it first" in refusal(captures_form.read, tmp_path / "c.jsonl")


def test_content_is_never_repeated_in_a_refusal(tmp_path: Path) -> None:
    """Refusals reach logs and terminals; what a person typed must not."""
    path = tmp_path / "c.jsonl"
    for line in (
        '{"at":"hunter2","kind":"key"}',
        '{"at":1,"kind":"hunter2"}',
        '{"at":1,"kind":"key","value":"{hunter2"}',
    ):
        path.write_text(line + "\n")
        assert "hunter2" not in refusal(captures_form.read, path)


def test_a_missing_or_altered_screen_is_refused(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"image").hexdigest()
    write_lines(tmp_path / "c.jsonl", [{"at": 1, "kind": "screen", "screen": digest}])
    assert "is not in" in refusal(captures_form.read, tmp_path / "c.jsonl")
    (tmp_path / "screens").mkdir()
    (tmp_path / "screens" / f"{digest}.webp").write_bytes(b"imagE")
    with pytest.raises(BadInput, match="does not have the SHA-256"):
        whole(captures_form.read, tmp_path / "c.jsonl")


def test_displays_are_taken_for_the_devices_that_occur(tmp_path: Path) -> None:
    write_lines(tmp_path / "c.jsonl", [{"at": 1, "kind": "click", "device": "L1"}])
    alone = whole(captures_form.read, tmp_path / "c.jsonl").digest
    assert alone == hashlib.sha256((tmp_path / "c.jsonl").read_bytes()).hexdigest()
    displays: list[Record] = [
        {"device": "L1", "width": 1920, "height": 1080},
        {"device": "L1", "width": 1280, "height": 800, "x": -1280, "y": 0},
        {"device": "of somebody else", "width": 1, "height": 1},
    ]
    (tmp_path / "displays.json").write_text(json.dumps(displays))
    found = whole(captures_form.read, tmp_path / "c.jsonl")
    assert [(d.device, d.width, d.height, d.x) for d in found.displays] == [
        ("L1", 1920, 1080, 0),
        ("L1", 1280, 800, -1280),
    ]
    assert found.digest != alone
    (tmp_path / "displays.json").write_text('[{"device": "L1"}]')
    with pytest.raises(BadInput, match=r"displays\.json is not a JSON list"):
        whole(captures_form.read, tmp_path / "c.jsonl")


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    write_lines(path, [ONE])
    items = captures_form.read(path).items
    next(items)
    with path.open("a") as file:
        file.write("\n")
    with pytest.raises(BadInput, match="changed while it was read"):
        next(items)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
def test_a_time_that_no_calendar_can_show_is_refused_by_file_and_line(tmp_path: Path, at: str) -> None:
    path = tmp_path / "captures.jsonl"
    path.write_text(json.dumps({"at": at, "kind": "key"}) + "\n")
    with pytest.raises(BadInput, match=r"captures\.jsonl.*line 1.*1 to 9999"):
        list(captures_form.read(path).items)

"""ActivityWatch exports: every event kept whole, and nothing taken from a file that is not whole."""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.connectors import activitywatch, json_stream
from data.errors import BadInput
from tests.data.connectors.reading import Whole, refusal, whole

FIXTURES = Path(__file__).resolve().parents[2] / "samples" / "activitywatch"
EVENT = '{"timestamp": "2026-01-01T00:00:00+00:00", "duration": 1.5, "data": {"app": "A", "title": "T"}}'


def export(*events: str, bucket: str = '"type": "currentwindow", "client": "c", "hostname": "h"') -> str:
    return f'{{"buckets": {{"b": {{{bucket}, "events": [{", ".join(events)}]}}}}}}'


def written(folder: Path, text: str) -> Path:
    path = folder / "export.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return path


def restored(found: Whole) -> Counter[str]:
    """Each capture turned back into the event it came from, by a way of its own, with its bucket."""
    events: Counter[str] = Counter()
    for row in found.rows:
        value = json.loads(row["value"])
        data = value.get("data", {})
        for column in ("app", "title"):
            if column in row:
                data.setdefault(column, row[column])
        stamp = (datetime.fromisoformat("1970-01-01T00:00:00+00:00") + timedelta(microseconds=row["at"])).isoformat()
        whole_event = [value["bucket"], value["type"], value["client"], row["device"], stamp, row["duration"], data]
        events[json.dumps(whole_event, sort_keys=True)] += 1
    return events


def expected(path: Path) -> Counter[str]:
    """The same by loading the raw file in one piece."""
    events: Counter[str] = Counter()
    for name, bucket in json.loads(path.read_bytes())["buckets"].items():
        for event in bucket["events"]:
            duration = timedelta(seconds=event["duration"]) // timedelta(microseconds=1)
            head = [name, bucket["type"], bucket["client"], bucket["hostname"]]
            events[json.dumps([*head, event["timestamp"], duration, event["data"]], sort_keys=True)] += 1
    return events


@pytest.mark.parametrize("name", ["first.json", "later.json"])
def test_every_event_of_a_real_export_is_kept_with_all_its_fields(name: str) -> None:
    """Overlaps, true duplicates, a negative duration, equal times, emoji and half a surrogate pair among them."""
    assert restored(whole(activitywatch.read, FIXTURES / name)) == expected(FIXTURES / name)


def test_the_sample_export_is_kept_whole(samples: Path) -> None:
    path = samples / "activitywatch_native_export" / "aw-buckets-export.json"
    found = whole(activitywatch.read, path)
    assert restored(found) == expected(path)
    assert found.table.num_rows == path.read_text().count('"timestamp"') == 33
    assert Counter(found.table["kind"].to_pylist()) == {"input": 19, "window": 11, "idle": 3}


def test_types_become_kinds_and_unknown_ones_are_other() -> None:
    found = whole(activitywatch.read, FIXTURES / "first.json")
    assert Counter(found.table["kind"].to_pylist()) == {"window": 7, "idle": 2, "input": 4, "other": 4}
    web = next(row for row in found.rows if row.get("title") == "Beispiel")
    assert json.loads(web["value"])["data"] == {"audible": False, "url": "https://beispiel.example/ä?q=1&r=2"}
    vim = [row for row in found.rows if '"app.editor.activity"' in row["value"]]
    assert len(vim) == 2
    assert vim[0] == vim[1]


def test_times_and_durations_are_exact_microseconds(tmp_path: Path) -> None:
    """Written as text, never through a float: 4.963976 s and nanoseconds of aw-server-rust alike."""
    events = [
        '{"timestamp": "2026-11-23T17:10:03.123456789Z", "duration": 4.963976, "data": {}}',
        '{"timestamp": "2026-11-23T18:10:03.77+01:00", "duration": 86400000.000001, "data": {}}',
        '{"timestamp": "1969-12-31T23:59:59.5+00:00", "duration": 0, "data": {}}',
        '{"id": 7, "timestamp": "2026-11-23T17:10:03Z", "data": null}',
    ]
    rows = whole(activitywatch.read, written(tmp_path, export(*events))).rows
    assert [(row["at"], row.get("duration")) for row in rows] == [
        (1_795_453_803_123_457, 4_963_976),
        (1_795_453_803_770_000, 86_400_000_000_001),
        (-500_000, 0),
        (1_795_453_803_000_000, None),
    ]
    assert json.loads(rows[3]["value"])["id"] == 7


def test_buckets_may_be_described_after_their_events(tmp_path: Path) -> None:
    """A file whose keys were sorted has the type behind the events."""
    path = FIXTURES / "first.json"
    again = written(tmp_path, json.dumps(json.loads(path.read_bytes()), sort_keys=True, indent=1))
    assert restored(whole(activitywatch.read, again)) == expected(path)


def test_a_title_that_utf_8_cannot_hold_is_kept_in_value(tmp_path: Path) -> None:
    event = EVENT.replace('"T"', '"half \\ud83e"')
    row = whole(activitywatch.read, written(tmp_path, export(event))).rows[0]
    assert row["title"] == "half ?"
    assert json.loads(row["value"])["data"]["title"] == "half \ud83e"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_an_export_cut_at_any_byte_is_refused(data: st.DataObject) -> None:
    content = (FIXTURES / "first.json").read_bytes().rstrip()
    cut = data.draw(st.integers(1, len(content) - 1))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cut.json"
        path.write_bytes(content[:cut])
        assert re.search(r"byte \d+: (the file ends in the middle|not UTF-8)", refusal(activitywatch.read, path))


@settings(max_examples=200, deadline=None)
@given(size=st.integers(1, 200), data=st.data())
def test_where_the_file_is_read_in_pieces_makes_no_difference(size: int, data: st.DataObject) -> None:
    """Any size of piece, down to one byte: values, names and characters are never split wrongly."""
    path = FIXTURES / data.draw(st.sampled_from(["first.json", "later.json"]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "_CHUNK", size)
        assert restored(whole(activitywatch.read, path)) == expected(path)


@pytest.mark.parametrize("size", range(1, 40))
def test_a_number_is_not_taken_before_it_ends(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number beside the buckets may lie across two pieces; half of it is a number too."""
    monkeypatch.setattr(json_stream, "_CHUNK", size)
    path = written(tmp_path, '{"version": 1234567890.5, "buckets": {}}')
    assert whole(activitywatch.read, path).table.num_rows == 0


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_damage_is_refused_or_harmless_but_never_crashes(data: st.DataObject) -> None:
    """Any one byte changed: a sentence, or rows; nothing else."""
    content = bytearray((FIXTURES / "first.json").read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "damaged.json"
        path.write_bytes(bytes(content))
        try:
            whole(activitywatch.read, path)
        except BadInput as error:
            assert str(path) in str(error)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("   ", "is not an ActivityWatch export"),
        ("[]", "is not an ActivityWatch export, which begins with"),
        ("{}", "it has no 'buckets'"),
        ('{"events": []}', "it has no 'buckets'"),
        ('{"buckets": []}', "byte 13: expected an object"),
        (export(EVENT) + "x", "something follows after the end"),
        (export(EVENT) + export(EVENT), "something follows after the end"),
        (export(EVENT, EVENT[:-1]), "expecting ',' delimiter"),
        (export(EVENT + EVENT), "expected ',' or ']'"),
        (export("5"), 'bucket "b", event 1: is not a JSON object'),
        (export(EVENT, "{}"), "bucket \"b\", event 2: 'timestamp' is not a text"),
        (export(EVENT.replace("+00:00", "")), "event 1: 'timestamp' names no zone; say where"),
        (export(EVENT.replace("2026-01-01", "gestern")), "event 1: 'timestamp' is not an ISO 8601"),
        (export(EVENT.replace("1.5", '"1.5"')), "event 1: 'duration' is not a number"),
        (export(EVENT.replace("1.5", "true")), "event 1: 'duration' is not a number"),
        (export(EVENT.replace("1.5", "NaN")), "NaN is not JSON"),
        (export(EVENT.replace("1.5", "1e999")), "event 1: 'duration' is not a number"),
        (export(EVENT.replace("1.5", "1e300")), "event 1: 'duration' is too long"),
        (export(EVENT.replace('"A"', "1e999")), "event 1: "),
        (export(EVENT.replace('{"app": "A", "title": "T"}', "[]")), "event 1: 'data' is not a JSON object"),
        (export(EVENT.replace('"A"', "[" * 100_000 + "]" * 100_000)), "nested too deeply"),
        (export(EVENT, bucket='"client": "c"'), "bucket \"b\": 'type' is not a text"),
        (export(EVENT, bucket='"type": 5, "client": "c", "hostname": "h"'), "'type' is not a text"),
        ('{"buckets": {"b": {"type": "x", "client": "c", "hostname": "h"}}}', "has no 'events'"),
        ('{"buckets": {}, "buckets": {}}', "occurs twice"),
        ("time_stamp,x,y\n1,2,3\n", "is not an ActivityWatch export"),
        ("SQLite format 3\x00", "is an SQLite database"),
    ],
)
def test_what_is_no_export_is_refused_with_place_and_reason(text: str, said: str, tmp_path: Path) -> None:
    assert said in refusal(activitywatch.read, written(tmp_path, text))


def test_other_encodings_a_folder_and_a_zip_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    content = export(EVENT.replace('"T"', '"é"')).encode("latin-1")
    path.write_bytes(content)
    assert f"byte {content.index(0xE9) + 1}: not UTF-8" in refusal(activitywatch.read, path)
    path.write_bytes(export(EVENT).encode("utf-16"))
    assert "UTF-16" in refusal(activitywatch.read, path)
    path.write_bytes(export(EVENT).encode("utf-8-sig"))
    assert whole(activitywatch.read, path).table.num_rows == 1
    assert "is a folder" in refusal(activitywatch.read, tmp_path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("export.json", export(EVENT))
    assert "is a zip archive; unpack it first" in refusal(activitywatch.read, path)


def test_what_a_person_did_is_not_repeated_in_a_refusal(tmp_path: Path) -> None:
    broken = EVENT.replace('"T"', '"hunter2"').replace("1.5", "x")
    assert "hunter2" not in refusal(activitywatch.read, written(tmp_path, export(broken)))


def test_an_export_without_events_holds_nothing_and_is_no_error(tmp_path: Path) -> None:
    assert whole(activitywatch.read, written(tmp_path, '{"buckets": {}}')).table.num_rows == 0

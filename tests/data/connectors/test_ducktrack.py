"""DuckTrack recordings: every event with the second it happened, from a clock that began at no known time.

The recordings are built here after the form of the real sample beside the project: DuckTrack's recorder is on no
package index, and needs Qt, a desktop and OBS to run.
"""

from __future__ import annotations

import json
import math
import shutil
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.connectors import ducktrack
from data.errors import BadInput
from tests.data.connectors.reading import refusal, whole

Record = dict[str, Any]

METADATA: Record = {
    "system": "Windows",
    "node": "LÄPTOP-1",
    "screen_width": 1920,
    "screen_height": 1080,
    "start_time": "2026-11-03 09:00:00",
    "stop_time": "2026-11-03 09:00:10",
    "obs_record_state_timings": {"OBS_WEBSOCKET_OUTPUT_STARTING": [99.5]},
}
START = 1_793_696_400_000_000  # 09:00 in London
EVENTS: list[Record] = [
    {"time_stamp": 100.000001, "action": "move", "x": 65535, "y": -1080.5},
    {"time_stamp": 100.25, "action": "click", "x": 10, "y": 20, "button": "left", "pressed": True},
    {"time_stamp": 100.2000006, "action": "click", "x": 10, "y": 20, "button": "left", "pressed": False},
    {"time_stamp": 101, "action": "press", "name": "ß"},
    {"time_stamp": 101, "action": "press", "name": "ß"},
    {"time_stamp": 101.5, "action": "release", "name": None},
    {"time_stamp": 102, "action": "scroll", "x": 1.5, "y": 2, "dx": 0, "dy": -1, "pressure": 3},
    {"time_stamp": 103, "action": "pause"},
]


def recording(folder: Path, events: list[Record] | str = EVENTS, **metadata: object) -> Path:
    described = {name: found for name, found in (METADATA | metadata).items() if found is not None}
    (folder / "metadata.json").write_text(json.dumps(described), encoding="utf-8")
    lines = events if isinstance(events, str) else "".join(json.dumps(event) + "\n" for event in events)
    (folder / "events.jsonl").write_text(lines, encoding="utf-8")
    return folder


def test_each_event_becomes_one_capture_with_all_it_says(tmp_path: Path) -> None:
    found = whole(ducktrack.read, recording(tmp_path), "Europe/London")
    device = {"device": "LÄPTOP-1"}
    at = START + 500_000
    assert found.rows == [
        {"at": at + 1, "kind": "pointer", "x": 65535.0, "y": -1080.5} | device,
        {"at": at + 250_000, "kind": "click", "down": True, "x": 10.0, "y": 20.0, "button": "left"} | device,
        {"at": at + 200_001, "kind": "click", "down": False, "x": 10.0, "y": 20.0, "button": "left"} | device,
        {"at": at + 1_000_000, "kind": "key", "down": True, "text": "ß"} | device,
        {"at": at + 1_000_000, "kind": "key", "down": True, "text": "ß"} | device,
        {"at": at + 1_500_000, "kind": "key", "down": False} | device,
        {"at": at + 2_000_000, "kind": "scroll", "x": 1.5, "y": 2.0, "dx": 0.0, "dy": -1.0, "value": '{"pressure":3}'}
        | device,
        {"at": at + 3_000_000, "kind": "other", "value": '{"action":"pause"}'} | device,
    ]
    assert [(d.device, d.width, d.height) for d in found.displays] == [("LÄPTOP-1", 1920, 1080)]


def test_the_sample_is_kept_whole(samples: Path) -> None:
    folder = samples / "ducktrack_example"
    found = whole(ducktrack.read, folder, "America/New_York")
    raw = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    names = {"move": "pointer", "press": "key", "release": "key"}
    assert Counter(found.table["kind"].to_pylist()) == Counter(names.get(one["action"], one["action"]) for one in raw)
    assert found.table.num_rows == len(raw) == 13_401
    ups = {"click": "pressed", "press": True, "release": False}
    for row, one in zip(found.rows, raw, strict=True):
        since = Decimal(repr(one["time_stamp"])) - Decimal("150160.86498575")
        assert row["at"] == 1_697_836_793_000_000 + round(since * 1_000_000)
        flag = ups.get(one["action"])
        assert row.get("down") == (one[flag] if isinstance(flag, str) else flag)
        for name in ("x", "y", "dx", "dy", "button"):
            assert row.get(name) == one.get(name)
        assert row.get("text") == one.get("name")
        assert "value" not in row


def test_without_a_note_of_obs_time_starts_with_the_first_event(tmp_path: Path) -> None:
    found = whole(ducktrack.read, recording(tmp_path, obs_record_state_timings=None), "Europe/London")
    assert found.rows[0]["at"] == START
    assert found.rows[1]["at"] == START + 249_999


def test_the_zone_is_asked_for_and_decides_the_time(tmp_path: Path) -> None:
    recording(tmp_path)
    assert "'start_time' names no zone; say where it was recorded with --zone" in refusal(ducktrack.read, tmp_path)
    london, tokyo = (whole(ducktrack.read, tmp_path, zone) for zone in ("Europe/London", "Asia/Tokyo"))
    assert london.rows[0]["at"] - tokyo.rows[0]["at"] == 9 * 3_600_000_000
    assert london.digest != tokyo.digest


def test_the_events_file_may_be_named_instead_of_its_folder(tmp_path: Path) -> None:
    recording(tmp_path)
    assert whole(ducktrack.read, tmp_path / "events.jsonl", "UTC") == whole(ducktrack.read, tmp_path, "UTC")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_events_cut_within_a_line_are_refused(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = recording(Path(name))
        content = (folder / "events.jsonl").read_bytes()
        cut = data.draw(st.integers(0, len(content) - 1))
        (folder / "events.jsonl").write_bytes(content[:cut])
        kept = content[:cut]
        try:
            rows = whole(ducktrack.read, folder, "UTC").rows
        except BadInput:
            return
        assert kept.endswith(b"\n") or content[cut : cut + 1] == b"\n"
        assert len(rows) == len(kept.splitlines())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"time_stamp": None}, "'time_stamp' is not a number"),
        ({"time_stamp": "100"}, "'time_stamp' is not a number"),
        ({"time_stamp": True}, "'time_stamp' is not a number"),
        ({"time_stamp": math.nan}, "NaN is not JSON"),
        ({"time_stamp": 1e15}, "lies outside the years"),
        ({"time_stamp": 1e300}, "lies outside the years"),
        ({"action": None}, "'action' is not a text"),
        ({"x": None}, "'x' is not a number"),
        ({"x": "10"}, "'x' is not a number"),
        ({"y": 10**400}, "'y' is not a finite number"),
        ({"button": 1}, "'button' is not a text"),
        ({"pressed": None}, "'pressed' is missing"),
        ({"pressed": "yes"}, "'pressed' is neither true nor false"),
    ],
)
def test_a_wrong_field_is_refused_by_line_and_name(change: Record, said: str, tmp_path: Path) -> None:
    found = refusal(
        ducktrack.read, recording(tmp_path, [EVENTS[0], EVENTS[1] | change]).joinpath("events.jsonl"), "UTC"
    )
    assert "events.jsonl, line 2: " in found
    assert said in found


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ("", "metadata.json is empty"),
        ('{"start_time": "2026-11-03 09:0', "metadata.json is not whole JSON in UTF-8 at character 16"),
        ("[]", "is not a JSON object"),
        ("{}", "'start_time' is missing"),
        ('{"start_time": "soon"}', "'start_time' is not an ISO 8601"),
        (json.dumps(METADATA | {"screen_width": "wide"}), "'screen_width' and 'screen_height' are not whole numbers"),
    ],
)
def test_wrong_metadata_is_refused(metadata: str, said: str, tmp_path: Path) -> None:
    (recording(tmp_path) / "metadata.json").write_text(metadata)
    with pytest.raises(BadInput) as caught:
        whole(ducktrack.read, tmp_path, "UTC")
    assert said in str(caught.value)


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    assert "does not exist" in refusal(ducktrack.read, tmp_path / "none", "UTC")
    recording(tmp_path, "")
    with pytest.raises(BadInput, match=r"events\.jsonl is empty"):
        whole(ducktrack.read, tmp_path, "UTC")
    recording(tmp_path, "\n")
    with pytest.raises(BadInput, match=r"events\.jsonl holds no event"):
        whole(ducktrack.read, tmp_path, "UTC")
    (tmp_path / "metadata.json").unlink()
    with pytest.raises(BadInput, match=r"metadata\.json does not exist"):
        whole(ducktrack.read, tmp_path, "UTC")
    archive = Path(shutil.make_archive(str(tmp_path / "recording"), "zip", tmp_path))
    assert "is a zip archive; unpack it first" in refusal(ducktrack.read, archive, "UTC")
    assert "is a file; name the folder" in refusal(ducktrack.read, Path(__file__), "UTC")

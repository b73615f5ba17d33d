"""OpenAdapt sessions: database and video become captures and pictures; what is not finished or not whole is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.connectors import openadapt
from data.errors import BadInput
from tests.data.connectors.reading import refusal, whole

FIXTURES = Path(__file__).resolve().parents[2] / "samples" / "openadapt"
START = 1_794_000_000_250_000
MANIFEST = "capture-artifact-manifest.json"
BOTH = pytest.mark.parametrize("name", ["video", "images"])


def copied(folder: Path, name: str = "video", *, unlisted: bool = False) -> Path:
    """A session to be damaged; `unlisted` takes its manifest away, as sessions of older recorders have none."""
    found = Path(shutil.copytree(FIXTURES / name, folder / "session"))
    if unlisted:
        (found / MANIFEST).unlink()
    return found


def changed(folder: Path, statement: str) -> Path:
    session = copied(folder, unlisted=True)
    with closing(sqlite3.connect(session / "recording.db")) as connection, connection:
        connection.execute(statement)
    return session


def said_of(session: Path) -> str:
    with pytest.raises(BadInput) as caught:
        whole(openadapt.read, session)
    assert str(session) in str(caught.value)
    return str(caught.value)


@BOTH
def test_every_event_is_kept_with_its_own_time(name: str) -> None:
    found = whole(openadapt.read, FIXTURES / name)
    rows = found.rows
    assert Counter(row["kind"] for row in rows) == {
        "pointer": 1,
        "click": 2,
        "key": 3,
        "scroll": 1,
        "window": 2,
        "screen": 4,
        "other": 3,
    }
    assert [row["at"] - START for row in rows if row["kind"] == "screen"] == [31_234, 500_000, 1_000_000, 1_250_000]
    clicks = [row for row in rows if row["kind"] == "click"]
    assert [(row["at"] - START, row["down"]) for row in clicks] == [(400_000, True), (350_000, False)]
    keys = [(row["at"] - START, row["down"], row["text"]) for row in rows if row["kind"] == "key"]
    assert keys == [(600_000, True, "ß"), (600_000, False, "ß"), (700_000, True, "shift")]
    assert [(d.device, d.width, d.height, d.x) for d in found.displays] == [
        ("linux", 320, 200, 0),
        ("linux", 160, 100, -160),
    ]


@BOTH
def test_pictures_are_kept_once_and_referred_to_by_what_they_belong_to(name: str) -> None:
    found = whole(openadapt.read, FIXTURES / name)
    screens = [row["screen"] for row in found.rows if row["kind"] == "screen"]
    assert screens[1] == screens[2]
    assert len(set(screens)) == 3
    assert {screen.digest for screen in found.screens} == set(screens)
    assert all(hashlib.sha256(screen.data).hexdigest() == screen.digest for screen in found.screens)
    actions = {json.loads(row["value"])["source_ordinal"]: row for row in found.rows if row["kind"] in ("click", "key")}
    assert actions[8]["screen"] == screens[0]
    assert actions[10]["screen"] == screens[2]
    assert "screen" not in actions[12]


def test_a_frame_is_the_picture_that_was_recorded() -> None:
    """The video's frame shows what the recorder saw then: of all pictures it is the nearest."""
    import cv2
    import numpy as np

    def grey(data: bytes) -> Any:
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)

    def pixels(name: str) -> list[Any]:
        found = whole(openadapt.read, FIXTURES / name)
        pictures = {screen.digest: screen.data for screen in found.screens}
        shown = [pictures[row["screen"]] for row in found.rows if row["kind"] == "screen"]
        return [grey(one).astype(int) for one in shown]

    for index, filmed in enumerate(pixels("video")):
        differences = [float(np.abs(filmed - pictured).mean()) for pictured in pixels("images")]
        assert differences[index] == min(differences)
        assert differences[index] < 5


def test_actions_carry_the_window_they_were_bound_to() -> None:
    rows = whole(openadapt.read, FIXTURES / "video").rows
    move = next(row for row in rows if row["kind"] == "pointer")
    assert (move["app"], move["title"], move["x"], move["y"]) == ("firefox", "Bank – 日本 🦊", 65535.0, -40.5)
    window = next(row for row in rows if row["kind"] == "window")
    value = json.loads(window["value"])
    assert value["state"] == {"owner": "firefox", "nested": {"deep": [1, None]}}
    assert (value["left"], value["width"], value["window_id"]) == (-160, 160, "0x1")
    assert "title" not in next(row for row in rows if row["kind"] == "click")


def test_what_no_column_holds_is_in_value() -> None:
    rows = whole(openadapt.read, FIXTURES / "video").rows
    others = {
        value.get("event", value.get("name")): value
        for value in (json.loads(row["value"]) for row in rows if row["kind"] == "other")
    }
    assert others["type"]["active_segment_description"] == "a field"
    assert others["browser"]["message"] == {"type": "DOM_EVENT", "id": "ä"}
    assert (others["audio"]["transcribed_text"], others["audio"]["flac_data"]) == ("guten Tag", "ZkxhQwA=")
    key = next(json.loads(row["value"]) for row in rows if row.get("text") == "ß")
    assert (key["key_vk"], key["canonical_key_char"]) == ("223", "ß")


def test_the_sample_is_kept_whole(samples: Path) -> None:
    folder = samples / "openadapt_capture_recording"
    found = whole(openadapt.read, folder)
    with closing(sqlite3.connect(f"file:{folder / 'recording.db'}?mode=ro&immutable=1", uri=True)) as raw:
        names = dict(raw.execute("SELECT name, count(*) FROM action_event GROUP BY name").fetchall())
        times = raw.execute("SELECT timestamp FROM action_event UNION ALL SELECT timestamp FROM screenshot").fetchall()
        pressed = dict(raw.execute("SELECT mouse_pressed, count(*) FROM action_event GROUP BY 1").fetchall())
        corners = raw.execute("SELECT sum(mouse_x), sum(mouse_y), sum(mouse_dy) FROM action_event").fetchone()
    assert names == {"move": 7282, "click": 44, "press": 27, "release": 27, "scroll": 140}
    assert Counter(found.table["kind"].to_pylist()) == {
        "pointer": 7282,
        "click": 44,
        "key": 54,
        "scroll": 140,
        "screen": 150,
    }
    exact = Counter(round(Decimal(repr(seconds)) * 1_000_000) for (seconds,) in times)
    assert Counter(found.table["at"].to_pylist()) == exact
    rows = found.rows
    downs = Counter((row["kind"], row["down"]) for row in rows if "down" in row)
    assert downs == {("click", True): pressed[1], ("click", False): pressed[0], ("key", True): 27, ("key", False): 27}
    assert tuple(sum(row.get(name, 0) for row in rows) for name in ("x", "y", "dy")) == corners
    referred = {row["screen"] for row in rows if "screen" in row}
    assert referred == {screen.digest for screen in found.screens}
    assert all("screen" in row for row in rows if row["kind"] == "screen")


def test_without_a_note_about_the_frames_they_are_found_by_their_rate(tmp_path: Path) -> None:
    """Older recorders noted nothing and counted nothing."""
    session = copied(tmp_path, unlisted=True)
    (session / "capture-state.json").unlink()
    video = next(session.glob("*.mp4"))
    content = video.read_bytes()
    video.write_bytes(content[: content.rindex(b"uuid") - 4])
    rows = whole(openadapt.read, session).rows
    assert [row["screen"] for row in rows if row["kind"] == "screen"] == [
        row["screen"] for row in whole(openadapt.read, FIXTURES / "video").rows if row["kind"] == "screen"
    ]


@settings(max_examples=60, deadline=None)
@given(st.data())
@pytest.mark.parametrize("part", ["recording.db", "oa_recording-1794000000.25.mp4"])
@pytest.mark.parametrize("unlisted", [True, False])
def test_a_file_cut_at_any_byte_is_refused(part: str, unlisted: bool, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = copied(Path(name), unlisted=unlisted) / part
        content = path.read_bytes()
        path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
        assert str(path) in said_of(path.parent)


@settings(max_examples=120, deadline=None)
@given(at=st.integers(0, 45_055), byte=st.integers(0, 255))
def test_damage_is_refused_or_harmless_but_never_crashes(at: int, byte: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        session = copied(Path(name), unlisted=True)
        content = bytearray((session / "recording.db").read_bytes())
        content[at] = byte
        (session / "recording.db").write_bytes(bytes(content))
        try:
            whole(openadapt.read, session)
        except BadInput as error:
            assert str(session) in str(error)


def test_a_cut_says_that_it_is_one(tmp_path: Path) -> None:
    """Also where what is left could pass for a session: without its last page, or without the note about frames."""
    session = copied(tmp_path, unlisted=True)
    database, video = session / "recording.db", next(session.glob("*.mp4"))
    content, film = database.read_bytes(), video.read_bytes()
    video.write_bytes(film[: film.rindex(b"uuid") - 4])
    assert "lacks the recorder's note about its frames, so it was cut" in said_of(session)
    video.write_bytes(film)
    database.write_bytes(content[:-4096])
    assert "recording.db was cut: it has 40960 bytes where its header says 45056" in said_of(session)


def test_a_file_that_is_not_what_the_manifest_lists_is_refused(tmp_path: Path) -> None:
    session = copied(tmp_path)
    database = session / "recording.db"
    database.write_bytes(database.read_bytes().replace(b"guten Tag", b"guten Wag"))
    assert "is not the file that capture-artifact-manifest.json lists" in said_of(session)
    (session / MANIFEST).unlink()
    whole(openadapt.read, session)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM action_event WHERE id = 8", "action_event holds 7 rows where the recorder counted 8"),
        ("DELETE FROM window_event WHERE id = 2", "window_event holds 1 rows where the recorder counted 2"),
        ("UPDATE action_event SET timestamp = NULL WHERE id = 2", "action_event 2: 'timestamp' is not a number"),
        ("UPDATE action_event SET timestamp = 'soon' WHERE id = 2", "action_event 2: 'timestamp' is not a number"),
        ("UPDATE action_event SET timestamp = 1e300 WHERE id = 2", "action_event 2: 'timestamp' lies outside"),
        ("UPDATE action_event SET mouse_x = 'left' WHERE id = 2", "action_event 2: 'mouse_x' is not a number"),
        ("UPDATE action_event SET mouse_pressed = 7 WHERE id = 2", "'mouse_pressed' is neither"),
        ("UPDATE action_event SET mouse_pressed = NULL WHERE id = 2", "'mouse_pressed' is missing"),
        ("UPDATE action_event SET name = NULL WHERE id = 2", "action_event 2: 'name' is not a text"),
        ("UPDATE action_event SET key_char = x'ff' WHERE id = 4", "action_event 4: 'key_char' is not a text"),
        (
            "UPDATE window_event SET title = CAST(x'ff' AS TEXT)",
            "cannot be read (Could not decode to UTF-8 column 'title')",
        ),
        ("UPDATE action_event SET mouse_x = 1e999 WHERE id = 1", "action_event 1: 'mouse_x' is not a finite number"),
        ("DROP TABLE action_event", "is not the database of an OpenAdapt session"),
        ("ALTER TABLE window_event RENAME COLUMN timestamp TO t", "cannot be read (no such column: timestamp)"),
    ],
)
def test_a_wrong_row_is_refused_by_table_and_id(statement: str, said: str, tmp_path: Path) -> None:
    assert said in said_of(changed(tmp_path, statement))


def test_a_session_that_is_not_finished_is_refused(tmp_path: Path) -> None:
    session = copied(tmp_path)
    (session / "recording.db-wal").write_bytes(b"something")
    assert "is still written to" in said_of(session)
    (session / "recording.db-wal").unlink()
    (session / "capture-state.json").write_text('{"complete": false, "phase": "recording"}')
    assert "the session is not complete (phase recording); let it finish" in said_of(session)
    (session / "capture-state.json").write_text('{"complete": tr')
    assert "is not whole JSON" in said_of(session)


def test_a_missing_part_or_another_format_is_refused(tmp_path: Path) -> None:
    session = copied(tmp_path)
    video = next(session.glob("*.mp4"))
    video.unlink()
    assert f"{video} is missing, though" in said_of(session)
    (session / MANIFEST).unlink()
    assert "lacks the video of its screens" in said_of(session)
    video.write_bytes(b"\x00\x00\x00\x10ftypnot a film")
    assert str(video) in said_of(session)
    (session / "recording.db").write_bytes(b"not a database")
    assert "is not an SQLite database" in said_of(session)
    (session / "recording.db").unlink()
    assert "recording.db does not exist" in said_of(session)


def test_a_file_instead_of_the_folder_and_a_zip_are_refused(tmp_path: Path) -> None:
    session = copied(tmp_path)
    assert "is an SQLite database; name the folder" in refusal(openadapt.read, session / "recording.db")
    assert "does not exist" in refusal(openadapt.read, tmp_path / "none")
    archive = Path(shutil.make_archive(str(tmp_path / "session"), "zip", session))
    assert "is a zip archive; unpack it first" in refusal(openadapt.read, archive)


def test_reading_leaves_no_file_beside_the_database(tmp_path: Path) -> None:
    session = copied(tmp_path)
    before = sorted(path.name for path in session.iterdir())
    whole(openadapt.read, session)
    assert sorted(path.name for path in session.iterdir()) == before

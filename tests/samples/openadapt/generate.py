"""Makes video/ and images/: two openadapt-capture sessions, one with its screens as a video and one with them as
pictures in its database.

Not run by the tests. The recorder's own code makes the database, the note about the frames and the seal; what it
records is fixed here, because a machine without a desktop has nothing to record. It needs an environment of its own:
    uv venv /tmp/oa && uv pip install --python /tmp/oa/bin/python openadapt-capture==1.3.0 opencv-python-headless
    /tmp/oa/bin/python tests/samples/openadapt/generate.py
"""
# The recorder is not installed where this project is checked.
# pyright: reportMissingImports=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import hashlib
import io
import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from openadapt_capture import terminal, video
from openadapt_capture.db import create_db, models
from PIL import Image, ImageDraw

HERE = Path(__file__).parent
START = 1_794_000_000.25
SIZE = (320, 200)
FPS = 24
TAKEN = [0.0312345, 0.5, 1.0000004, 1.25]  # when the four screenshots were taken, seconds after START
MONITORS = [[0, 0, 320, 200], [-160, 0, 160, 100]]


def picture(text: str) -> Image.Image:
    image = Image.new("RGB", SIZE, "white")
    ImageDraw.Draw(image).text((20, 90), text, fill="black")
    return image


def screens() -> list[Image.Image]:
    """The third shows what the second showed."""
    return [picture("one"), picture("two"), picture("two"), picture("three")]


def png(image: Image.Image) -> bytes:
    found = io.BytesIO()
    image.save(found, "PNG")
    return found.getvalue()


def film(path: Path) -> None:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, SIZE)
    indexes = [int(seconds * FPS) for seconds in TAKEN]
    for index in range(indexes[-1] + 1):
        showing = sum(start <= index for start in indexes) - 1
        writer.write(cv2.cvtColor(np.asarray(screens()[showing]), cv2.COLOR_RGB2BGR))
    writer.release()
    video._append_timing_box(
        path,
        fps=Fraction(FPS),
        frames=[(index, index / FPS) for index in indexes],
        captures=[(index, START + seconds) for index, seconds in zip(indexes, TAKEN, strict=True)],
        sources=[(index, number + 1) for number, index in enumerate(indexes)],
    )


def rows(with_pictures: bool) -> list[Any]:
    """What the recorder would have written, in the order of its ordinals."""
    config = {"capture_desktop": {"monitors": MONITORS}}
    recording = models.Recording(
        timestamp=START,
        monitor_width=320,
        monitor_height=200,
        platform="linux",
        task_description="Überweisung prüfen",
        video_start_time=None if with_pictures else START,
        config=config,
    )
    shots = [
        models.Screenshot(
            source_ordinal=number + 1,
            recording_id=1,
            timestamp=START + seconds,
            png_data=png(image) if with_pictures else None,
            png_sha256=hashlib.sha256(png(image)).hexdigest() if with_pictures else None,
        )
        for number, (seconds, image) in enumerate(zip(TAKEN, screens(), strict=True))
    ]
    windows = [
        models.WindowEvent(
            source_ordinal=5,
            recording_id=1,
            timestamp=START + 0.1,
            title="Bank – 日本 🦊",
            left=-160,
            top=0,
            width=160,
            height=100,
            window_id="0x1",
            state={"owner": "firefox", "nested": {"deep": [1, None]}},
        ),
        models.WindowEvent(source_ordinal=6, recording_id=1, timestamp=START + 0.2, title="", state=None),
    ]

    def action(ordinal: int, name: str, seconds: float, **more: Any) -> Any:
        return models.ActionEvent(
            source_ordinal=ordinal, name=name, timestamp=START + seconds, recording_id=1, element_state={}, **more
        )

    actions = [
        action(7, "move", 0.3, mouse_x=65535, mouse_y=-40.5, screenshot_id=1, window_event_id=1),
        action(8, "click", 0.4, mouse_x=1, mouse_y=2, mouse_button_name="left", mouse_pressed=True, screenshot_id=1),
        action(9, "click", 0.35, mouse_x=1, mouse_y=2, mouse_button_name="left", mouse_pressed=False, screenshot_id=1),
        action(10, "press", 0.6, key_char="ß", key_vk="223", canonical_key_char="ß", screenshot_id=3),
        action(11, "release", 0.6, key_char="ß", key_vk="223", canonical_key_char="ß", screenshot_id=3),
        action(12, "press", 0.7, key_name="shift", window_event_id=1),
        action(13, "scroll", 0.8, mouse_x=3, mouse_y=4, mouse_dx=0, mouse_dy=-1, disabled=True),
        action(14, "type", 0.9, active_segment_description="a field"),
    ]
    browser = models.BrowserEvent(
        source_ordinal=15, recording_id=1, timestamp=START + 1, message={"type": "DOM_EVENT", "id": "ä"}
    )
    sound = models.AudioInfo(timestamp=START, flac_data=b"fLaC\x00", transcribed_text="guten Tag", sample_rate=16000)
    return [recording, *shots, *windows, *actions, browser, sound]


def session(name: str, with_pictures: bool) -> None:
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    engine, maker = create_db(str(folder / "recording.db"))
    with maker() as opened:
        for row in rows(with_pictures):
            opened.add(row)
            opened.flush()
        opened.commit()
    engine.dispose()
    if not with_pictures:
        film(folder / f"oa_recording-{START}.mp4")
    counts = {"action": 8, "browser": 1, "screen": 4, "video": 0 if with_pictures else 4, "window": 2}
    state = {"complete": True, "event_counts": counts, "integrity_verified": True, "phase": "complete"}
    (folder / "capture-state.json").write_text(json.dumps(state))
    terminal.seal_capture(
        folder,
        session_id="fixture",
        process_started_at=START - 1,
        capture_started_at=START,
        capture_ended_at=START + 2,
        event_counts=counts,
        last_source_ordinal=15,
    )


if __name__ == "__main__":
    session("video", with_pictures=False)
    session("images", with_pictures=True)

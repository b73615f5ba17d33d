"""The pictures in the video of an OpenAdapt session: which frame was taken when, and the frames themselves.

The recorder appends to its MP4 a box of JSON that says which frame of the video is which screenshot
(`sources`: [frame, source_ordinal]) and when it was taken (`captures`: [frame, seconds since 1970]); every other
frame only repeats the one before. Videos from before that box existed are read by the rate of their frames.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.captures.recording import Screen
from data.connectors.fields import number
from data.errors import BadInput

_BOX = bytes.fromhex("d8e90f0620b44e0cb4494f70656e4164")
_LARGEST_BOX = 64 << 20
_LOSSLESS = 101  # OpenCV's WebP quality beyond 100


@dataclass(frozen=True)
class Timing:
    """When the video's frames were taken: seconds since 1970 by frame, and the frame of each source ordinal."""

    captured: dict[int, float]
    ordinals: dict[int, int]


def timing(path: Path) -> Timing | None:
    """What the recorder noted about the frames; None when it noted nothing. BadInput when the file was cut."""
    size = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at < size:
            file.seek(at)
            head = file.read(32)
            if len(head) < 8:
                raise BadInput(f"{path}, byte {at + 1}: the video ends in the middle of a box, so it was cut.")
            length, name = struct.unpack(">I4s", head[:8])
            if length == 1 and len(head) >= 16:
                length = struct.unpack(">Q", head[8:16])[0]
            length = length or size - at
            if length < 8 or at + length > size:
                raise BadInput(f"{path}, byte {at + 1}: the video ends in the middle of a box, so it was cut.")
            if name == b"uuid" and head[8:24] == _BOX and length <= _LARGEST_BOX:
                file.seek(at + 24)
                return _read(path, file.read(length - 24))
            at += length
    return None


def _read(path: Path, content: bytes) -> Timing:
    try:
        found: Any = json.loads(content)
        captured = {int(frame): number(seconds) for frame, seconds in found.get("captures", [])}
        return Timing(captured, {int(ordinal): int(frame) for frame, ordinal in found.get("sources", [])})
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise BadInput(f"{path}: what the recorder noted about its frames is not readable; copy it again.") from None


def frames(path: Path, wanted: set[int]) -> Iterator[tuple[int, Screen]]:
    """The wanted frames, counted from 0, as lossless WebP. BadInput when the video does not hold all of them."""
    import cv2  # here, because it loads 70 MB of codecs that nothing else needs

    video = cv2.VideoCapture(str(path))
    try:
        if not video.isOpened():
            raise BadInput(f"{path} is not a video that can be read; copy the session again.")
        left = len(wanted)
        before: tuple[bytes, Screen] | None = None
        for index in range(max(wanted, default=-1) + 1):
            if not video.grab():
                break
            if index not in wanted:
                continue
            shown, frame = video.retrieve()
            if not shown:
                break
            # A screen that did not change is one picture: only what differs from the frame before is encoded.
            pixels = frame.tobytes()
            if before is None or before[0] != pixels:
                _, image = cv2.imencode(".webp", frame, [cv2.IMWRITE_WEBP_QUALITY, _LOSSLESS])
                data = image.tobytes()
                before = pixels, Screen(hashlib.sha256(data).hexdigest(), "image/webp", data)
            yield index, before[1]
            left -= 1
        if left:
            raise BadInput(f"{path} holds {left} of its {len(wanted)} pictures no longer; copy the session again.")
    finally:
        video.release()


def rate(path: Path) -> tuple[float, int]:
    """Frames a second and how many there are, for videos without notes about their frames."""
    import cv2

    video = cv2.VideoCapture(str(path))
    try:
        return video.get(cv2.CAP_PROP_FPS) or 24.0, int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    finally:
        video.release()

"""Blacking out: a new picture in which the pixels of some regions are gone, and all others are as they were.

It is a PNG whatever the original was, as that loses nothing of what stays, and is made from the pixels alone, so that
no metadata, thumbnail or earlier version inside of the original file comes along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from data.rights.redaction.region import Region

MEDIA_TYPE = "image/png"
# Written often and read seldom: level 1 takes a fifth of the time of level 6 for a tenth more bytes.
_PNG = [cv2.IMWRITE_PNG_COMPRESSION, 1]


class NoPicture(Exception):
    """What no program here can take apart into pixels, so that no part of it can be blacked out."""


@dataclass(frozen=True)
class Blackened:
    """A picture as PNG, its size in pixels, and the boxes (left, top, right, bottom) in it that are black."""

    data: bytes = field(repr=False)
    width: int
    height: int
    boxes: tuple[tuple[int, int, int, int], ...]


def blacken(data: bytes, regions: Sequence[Region]) -> Blackened:
    """The picture in the image file `data` (its first, where it holds several) with `regions` in black. Raises
    NoPicture."""
    pixels = _pixels(data)
    height, width = pixels.shape[:2]
    boxes = tuple(region.pixels(width, height) for region in regions)
    for left, top, right, bottom in boxes:
        part = pixels[top:bottom, left:right]
        part[...] = 0
        if pixels.ndim == 3 and pixels.shape[2] == 4:
            part[..., 3] = np.iinfo(pixels.dtype).max  # black, not see-through
    return Blackened(_encoded(pixels), width, height, boxes)


def size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels. Raises NoPicture."""
    height, width = _pixels(data).shape[:2]
    return width, height


def _pixels(data: bytes) -> Any:
    # Unchanged: a turn that the file asks for is metadata, and would move what is marked.
    try:
        found: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None
    except cv2.error:
        found = None
    if found is None or found.dtype.kind != "u":
        raise NoPicture
    return found


def _encoded(pixels: Any) -> bytes:
    _, encoded = cv2.imencode(".png", pixels, _PNG)
    return encoded.tobytes()

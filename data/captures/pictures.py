"""The types of a screen's picture, and how the files of each are named where pictures come in and go out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# What no ending names; such a picture is kept and given out, byte for byte.
UNKNOWN = "application/octet-stream"

TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".png": "image/png",
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".webp": "image/webp",
        ".avif": "image/avif",
        ".gif": "image/gif",
        ".bmp": "image/bmp",
        ".tif": "image/tiff",
        ".tiff": "image/tiff",
        ".svg": "image/svg+xml",
        ".bin": UNKNOWN,
    }
)


def ending(media_type: str) -> str:
    """The ending of a file of this type; `.bin` where it has none."""
    return next((one for one, known in TYPES.items() if known == media_type), ".bin")

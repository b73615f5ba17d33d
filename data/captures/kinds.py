"""The kinds of captures. Apart from the schema, so that naming them loads no Arrow."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What was captured. INPUT is a collector's count of input over a span (ActivityWatch's os.hid.input);
    OTHER is whatever a source had that we know no name for, kept whole in `value`."""

    POINTER = "pointer"
    CLICK = "click"
    SCROLL = "scroll"
    KEY = "key"
    WINDOW = "window"
    SCREEN = "screen"
    IDLE = "idle"
    INPUT = "input"
    OTHER = "other"

"""Places: where on the screens clicks lie, as a map that no stray position stretches. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.captures.clicks import Cells
from data.captures.quarters import distinct
from data.captures.recording import Display
from data.captures.rollups import CELL, FARTHEST, Ints

# Usual screens, the smallest first: assumed where no device told which it has.
_USUAL = ((1280, 720), (1366, 768), (1440, 900), (1920, 1080), (1920, 1200), (2560, 1440), (3840, 2160), (7680, 4320))
_SPAN = 2 * FARTHEST + 1  # columns and rows of the grid, from -FARTHEST
_MOST = 0.95  # of the clicks lie on an assumed screen


@dataclass(frozen=True)
class Clicks:
    """The click map: `frame` [x, y, count], x and y in pixels at the middle of each cell of the grid, most first.

    `width` and `height` of the whole desktop; `displays` where each screen stands on it; `outliers`: clicks on none
    of them, which the frame leaves out.
    """

    frame: pd.DataFrame
    width: int
    height: int
    outliers: int
    displays: tuple[Display, ...]


def mapped(grid: Cells, known: Sequence[Display]) -> Clicks:
    """Clicks of the grid on the `known` displays, or on a usual one that holds most of them where none is known."""
    cells, where = distinct((grid.column + FARTHEST) * _SPAN + grid.row + FARTHEST)
    counts = np.bincount(where, weights=grid.count, minlength=len(cells)).astype(np.int64)
    left, top = (cells // _SPAN - FARTHEST) * CELL, (cells % _SPAN - FARTHEST) * CELL
    displays = _distinct(known) or (_assumed(left, top, counts),)
    x, y, placed = left + CELL // 2, top + CELL // 2, np.zeros(len(cells), np.bool_)
    for one in displays:
        right, bottom = one.x + one.width, one.y + one.height
        inside = (left < right) & (left + CELL > one.x) & (top < bottom) & (top + CELL > one.y) & ~placed
        # The middle of a cell that reaches over the edge lies beyond it.
        x[inside], y[inside] = x[inside].clip(one.x, right - 1), y[inside].clip(one.y, bottom - 1)
        placed |= inside
    order = np.argsort(-counts[placed], kind="stable")
    frame = pd.DataFrame({"x": x[placed][order], "y": y[placed][order], "count": counts[placed][order]})
    return Clicks(
        frame=frame,
        width=max(one.x + one.width for one in displays) - min(one.x for one in displays),
        height=max(one.y + one.height for one in displays) - min(one.y for one in displays),
        outliers=int(counts[~placed].sum()),
        displays=displays,
    )


def _distinct(known: Sequence[Display]) -> tuple[Display, ...]:
    """Each place and size once: two devices on one desk may share their screens."""
    places = {(one.x, one.y, one.width, one.height): one for one in known if one.width > 0 and one.height > 0}
    return tuple(places[place] for place in sorted(places))


def _assumed(left: Ints, top: Ints, counts: Ints) -> Display:
    positive = (left >= 0) & (top >= 0) & (left < _USUAL[-1][0]) & (top < _USUAL[-1][1])
    total = counts[positive].sum()
    for width, height in _USUAL:
        if counts[positive & (left < width) & (top < height)].sum() >= _MOST * total:
            return Display("", width, height)
    return Display("", *_USUAL[-1])

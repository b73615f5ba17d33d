"""Adjustment: noisy counts of cells, parts and the company are made to agree. Pure.

Weighted least squares on the tree in closed form: up, each total is the weighted mean of its own measurement and of the
sum of its parts; down, what is left over goes to the parts by their variances. Hay, Rastogi, Miklau and Suciu,
"Boosting the accuracy of differentially private histograms through consistency" (2010), section 4, with variances that
differ. Then whole numbers within bounds, from the top down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

# A numpy array, whose own types call every result of arithmetic Any.
Numbers: TypeAlias = Any


@dataclass(frozen=True)
class Shape:
    """What was measured: cells of each part (those of a part beside each other), and the variances of the noise of
    one cell, one part and the company. Parts of a single cell are not measured; None: nor is that level."""

    widths: tuple[int, ...]
    cell: float
    part: float | None
    company: float | None


@dataclass(frozen=True)
class Agreed:
    """Numbers of cells, parts and the company that add up: arrays (..., cells), (..., parts) and (...)."""

    cells: Numbers
    parts: Numbers
    company: Numbers


def least_squares(shape: Shape, cells: Numbers, parts: Numbers, company: Numbers) -> Agreed:
    """The unbiased estimate with the least variance: real numbers, also below 0. Measurements as arrays whose last
    axis are the cells, and the parts; those that were not taken are not looked at."""
    widths = np.array(shape.widths)
    starts, part_of = np.cumsum(widths) - widths, np.repeat(np.arange(len(widths)), widths)
    below = np.add.reduceat(cells, starts, axis=-1)
    spread = widths * shape.cell
    weight = np.where(widths > 1, 0.0 if shape.part is None else 1 / shape.part, 0.0)
    own = np.where(weight > 0, parts, 0.0)
    up, left = (weight * own + below / spread) / (weight + 1 / spread), 1 / (weight + 1 / spread)
    all_below, all_spread = up.sum(axis=-1), left.sum()
    top = all_below
    if shape.company is not None:
        top = (company / shape.company + all_below / all_spread) / (1 / shape.company + 1 / all_spread)
    agreed = up + left / all_spread * (top - all_below)[..., None]
    return Agreed(cells + (shape.cell / spread * (agreed - below))[..., part_of], agreed, top)


def whole(shape: Shape, sizes: Sequence[int], found: Agreed) -> Agreed:
    """Whole numbers from 0 to the sizes of the cells that add up, near to `found` (one estimate, not several)."""
    bounds, widths = np.array(sizes), np.array(shape.widths)
    starts = np.cumsum(widths) - widths
    total = int(np.clip(np.rint(found.company), 0, bounds.sum()))
    parts = shared(found.parts, np.add.reduceat(bounds, starts), total)
    cells = [
        shared(found.cells[start : start + width], bounds[start : start + width], int(part))
        for start, width, part in zip(starts, widths, parts, strict=True)
    ]
    return Agreed(np.concatenate(cells), parts, total)


def shared(wanted: Numbers, bounds: Numbers, total: int) -> Numbers:
    """Whole numbers from 0 to `bounds` whose sum is `total`: the nearest point of those that add up (each less the
    same amount, within its bounds), then rounded by the largest remainders."""
    near = wanted - (wanted.sum() - total) / len(wanted)
    if (near < 0).any() or (near > bounds).any():
        low, high = float((wanted - bounds).min()), float(wanted.max())
        for _ in range(100):
            middle = (low + high) / 2
            if np.clip(wanted - middle, 0, bounds).sum() > total:
                low = middle
            else:
                high = middle
        near = np.clip(wanted - high, 0, bounds)
    found = np.floor(near + 1e-9).astype(np.int64)
    missing = total - int(found.sum())
    # In the order of what was cut off, while there is room.
    for place in np.argsort(found - near, kind="stable"):
        if missing <= 0:
            break
        step = min(missing, int(bounds[place] - found[place]), 1)
        found[place] += step
        missing -= step
    return found

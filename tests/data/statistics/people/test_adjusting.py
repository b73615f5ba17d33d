"""Figures are brought together as least squares wants it, in whole numbers, within bounds, and exactly."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from data.statistics.people import adjusting
from data.statistics.people.adjusting import Agreed, Shape

WIDTHS = st.lists(st.integers(1, 5), min_size=1, max_size=6)
VARIANCES = st.floats(0.5, 2_000)


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    widths = tuple(draw(WIDTHS))
    part = draw(st.one_of(st.none(), VARIANCES)) if any(width > 1 for width in widths) else None
    return Shape(widths, draw(VARIANCES), part, draw(st.one_of(st.none(), VARIANCES)))


def measured(draw: st.DataObject, shape: Shape) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    numbers = st.integers(-50, 500)
    cells = draw.draw(st.lists(numbers, min_size=sum(shape.widths), max_size=sum(shape.widths)))
    parts = draw.draw(st.lists(numbers, min_size=len(shape.widths), max_size=len(shape.widths)))
    return np.array(cells, float), np.array(parts, float), np.array(float(draw.draw(numbers)))


@given(shapes(), st.data())
@settings(max_examples=200)
def test_the_closed_form_is_what_a_solver_of_least_squares_finds(shape: Shape, data: st.DataObject) -> None:
    """Against numpy's general solver, which knows nothing of trees."""
    cells, parts, company = measured(data, shape)
    ends = np.cumsum(shape.widths)
    rows, values, weights = [*np.eye(len(cells))], [*cells], [1 / shape.cell] * len(cells)
    for number, (end, width) in enumerate(zip(ends, shape.widths, strict=True)):
        if width > 1 and shape.part is not None:
            rows.append(np.array([end - width <= at < end for at in range(len(cells))], float))
            values.append(parts[number])
            weights.append(1 / shape.part)
    if shape.company is not None:
        rows.append(np.ones(len(cells)))
        values.append(company)
        weights.append(1 / shape.company)
    root = np.sqrt(weights)
    wanted = np.linalg.lstsq(np.array(rows) * root[:, None], np.array(values) * root, rcond=None)[0]
    found = adjusting.least_squares(shape, cells, parts, company)
    assert np.allclose(found.cells, wanted, atol=1e-6)
    assert np.allclose(found.parts, np.add.reduceat(found.cells, ends - np.array(shape.widths)), atol=1e-6)
    assert np.allclose(found.company, found.cells.sum(), atol=1e-6)


@given(shapes(), st.data())
@settings(max_examples=300)
def test_whole_numbers_add_up_and_lie_between_0_and_the_size_of_the_group(shape: Shape, data: st.DataObject) -> None:
    found = adjusting.least_squares(shape, *measured(data, shape))
    sizes = data.draw(st.lists(st.integers(0, 400), min_size=sum(shape.widths), max_size=sum(shape.widths)))
    whole = adjusting.whole(shape, sizes, found)
    assert (whole.cells >= 0).all() and (whole.cells <= np.array(sizes)).all()
    starts = np.cumsum(shape.widths) - np.array(shape.widths)
    assert (np.add.reduceat(whole.cells, starts) == whole.parts).all()
    assert whole.parts.sum() == whole.company


@given(shapes(), st.data())
def test_without_noise_every_figure_is_exact(shape: Shape, data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(0, 40_000), min_size=sum(shape.widths), max_size=sum(shape.widths)))
    true = np.array([data.draw(st.integers(0, size)) for size in sizes], float)
    starts = np.cumsum(shape.widths) - np.array(shape.widths)
    parts = np.add.reduceat(true, starts)
    found = adjusting.whole(shape, sizes, adjusting.least_squares(shape, true, parts, parts.sum()))
    assert (found.cells == true).all() and (found.parts == parts).all() and found.company == true.sum()


def test_a_figure_beyond_its_bounds_is_brought_to_the_nearest_that_adds_up() -> None:
    shape = Shape((3,), 12.5, None, None)
    found = adjusting.whole(shape, (10, 10, 10), Agreed(np.array([-4.0, 6.0, 13.0]), np.array([15.0]), np.array(15.0)))
    assert found.cells.tolist() == [0, 5, 10]

"""What an interval promises: the truth lies in it in 95 of 100 cases, and nobody's answer can be told from it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from data.statistics.people import drawing, intervals, noise
from data.statistics.people.figure import Figure
from data.statistics.people.groups import Department, Tree, tree
from data.statistics.people.release import Level
from data.statistics.tables import BUDGET

RUNS = 2_000
COMPANY = [
    *(Department(number, f"Made {number}", "Making", 150 + number) for number in range(1, 9)),
    *(Department(number, f"Sold {number}", "Sales", 100 + number) for number in range(9, 12)),
    Department(20, "Board", "Board", 140),
]


def drawn(of: Tree, cells: list[int], figures: int = 2) -> list[dict[str, tuple[int, int, int]]]:
    """Many drawings of one figure, by the product itself and OpenDP: the low end, the value, the high end."""
    shares = noise.shares(figures, of.levels)
    runs = ([*drawing.estimated(of, Figure.CAPTURED, cells, shares)] for _ in range(RUNS))
    return [{one.group: (one.low, one.value, one.high) for one in run} for run in runs]


@pytest.mark.parametrize("where", ["in the middle", "near 0", "near everybody"])
def test_the_truth_lies_in_the_interval_in_95_of_100_cases_on_every_level(where: str) -> None:
    """Also where noise would lead below 0 or above the size of the group, and figures are brought back."""
    of = tree(COMPANY)
    cells = [{"in the middle": size // 2, "near 0": number % 3, "near everybody": size - number % 2}[where]
             for number, size in enumerate(of.sizes)]  # fmt: skip
    true = {one.key: 0 for one in of.groups()}
    for number, cell in enumerate(of.cells):
        inside = {name for one in cell.departments for name in [one.name]}
        for group in of.groups():
            true[group.key] += cells[number] if inside <= set(group.departments) else 0
    runs = drawn(of, cells)
    held = {key: sum(run[key][0] <= count <= run[key][2] for run in runs) / RUNS for key, count in true.items()}
    for level in Level:
        every = [held[one.key] for one in of.groups() if one.level is level]
        assert sum(every) / len(every) >= 0.943, (level, held)
        if where == "in the middle":
            # A discrete error steps over 95 in 100; no interval is wider than it has to be by more than a step.
            assert sum(every) / len(every) <= 0.972, (level, held)
    assert all(low <= value <= high for run in runs for low, value, high in run.values())


def test_the_margin_that_organizers_are_told_is_that_of_the_noise() -> None:
    """Against the noise that OpenDP draws: at most 5 in 100 lie beyond, and one person less would be too few."""
    for share in (400_000, 133_333):
        errors = np.abs(noise.drawn([0] * 40_000, share))
        margin = noise.margin(share)
        assert (errors > margin).mean() <= 0.053 and (errors > margin - 1).mean() > 0.05
        assert errors.var() + errors.mean() ** 2 == pytest.approx(noise.variance(share), rel=0.1)


def test_however_many_figures_are_drawn_they_never_spend_more_than_the_budget() -> None:
    for figures in range(1, 7):
        for levels in ({Level.CELL}, {Level.CELL, Level.COMPANY}, set(Level)):
            shares = noise.shares(figures, frozenset(levels))
            assert set(shares) == levels and min(shares.values()) > 0
            assert BUDGET - 6 <= noise.spent(figures, shares) <= BUDGET


def test_opendp_itself_says_that_a_drawing_costs_no_more_than_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """The privacy map of the measurement that is used, not our arithmetic, is what the budget rests on."""
    from opendp import measurements

    made, seen = measurements.make_laplace, list[float]()

    def watched(*args: Any, **named: Any) -> object:
        measure = made(*args, **named)
        seen.append(measure.map(1))
        return measure

    monkeypatch.setattr(measurements, "make_laplace", watched)
    monkeypatch.setattr(noise, "_measurement", vars(noise)["_measurement"].__wrapped__)  # nothing is remembered
    for figures in range(1, 7):
        for share in noise.shares(figures, frozenset(Level)).values():
            noise.drawn([3, 5], share)
            assert share / BUDGET * 0.999 <= seen[-1] <= share / BUDGET


def test_whoever_knows_all_but_one_answer_guesses_it_hardly_better_than_without_the_figures() -> None:
    """Membership: an attacker who knows everybody else's answers, and guesses the last from all figures of a quarter
    by their likelihood. No attack does better than (e^eps - 1) / (e^eps + 1) beyond an even guess (eps = 1)."""
    of = tree(COMPANY)
    shares = noise.shares(2, of.levels)
    rest, figures = [size // 2 for size in of.sizes], 2
    draw, right = np.random.default_rng(7), 0
    for _ in range(RUNS):
        answer = int(draw.integers(2))
        cells = [count + (answer if number == 0 else 0) for number, count in enumerate(rest)]
        likelier = 0.0
        for _ in range(figures):
            # All that is measured about the person, before any adjustment: the most that a figure could give away.
            for level, count in ((Level.CELL, cells[0]), (Level.DIVISION, sum(cells[:8])), (Level.COMPANY, sum(cells))):
                seen = noise.drawn([count], shares[level])[0]
                without = count - answer
                likelier += (abs(seen - without) - abs(seen - without - 1)) * shares[level] / BUDGET
        right += (likelier > 0) == bool(answer) if likelier else int(draw.integers(2))
    advantage = 2 * right / RUNS - 1
    bound, error = (math.e - 1) / (math.e + 1), 3 / math.sqrt(RUNS)
    print(
        f"membership: right {right / RUNS:.1%} of {RUNS:,} (base rate 50.0%), advantage {advantage:.3f} <= {bound:.3f}"
    )
    assert advantage <= bound + error
    assert advantage > 0.1, "an attack that learns nothing proves nothing"


def test_an_interval_holds_its_value_and_stays_within_the_group() -> None:
    assert intervals.interval(50.4, 7.2, 50, 100) == (44, 57)
    assert intervals.interval(2.0, 7.0, 2, 100) == (0, 9)
    assert intervals.interval(-9.0, 7.0, 0, 100) == (0, 0)
    assert intervals.interval(99.0, 7.0, 99, 100) == (92, 100)
    assert intervals.interval(120.0, 7.0, 100, 100) == (100, 100)
    assert intervals.interval(30.0, 5.0, 36, 100) == (25, 36)

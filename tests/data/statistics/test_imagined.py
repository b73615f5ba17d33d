"""What the method page explains by is the mechanism that protects people, not a drawing of it."""

from __future__ import annotations

import math

import pytest

from data.statistics import imagined
from data.statistics.people import noise, plan
from data.statistics.people.release import Level
from data.statistics.tables import BUDGET


def test_the_picture_shows_nineteen_ranges_of_twenty_that_hold_the_truth() -> None:
    """The page says so in words, and numpy may change what a seed gives."""
    assert imagined.draws()["holds"].sum() == 19
    assert (imagined.draws()["high"] - imagined.draws()["low"] == 2 * imagined.margin(2)).all()
    one = imagined.example()
    assert one.published != one.truth
    assert one.low <= one.truth <= one.high


def test_what_figures_cost_on_the_page_is_what_the_plan_asks() -> None:
    assert imagined.prices()["margin"].tolist() == [plan.price(one) for one in range(1, 7)]


def test_one_persons_answer_changes_how_often_a_number_comes_out_by_no_more_than_its_share_of_the_budget() -> None:
    ratio = imagined.both()["counted"] / imagined.both()["not_counted"]
    share = noise.shares(imagined.FIGURES, frozenset(Level))[Level.CELL] / BUDGET
    assert ratio.max() == pytest.approx(math.exp(share))
    assert ratio.min() == pytest.approx(math.exp(-share))
    assert imagined.both()["counted"].sum() > 985  # of 1,000: nearly all of what can come out is drawn


def test_how_sure_somebody_can_be_follows_from_epsilon() -> None:
    assert (imagined.sure(0), imagined.sure(1), imagined.sure(2)) == (50, 73, 88)

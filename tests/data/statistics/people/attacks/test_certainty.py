"""No release makes anybody's answer certain: with another, what is published is about as likely, up to e^epsilon."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pytest

from data.statistics.people import noise
from tests.data.statistics.people.attacks import analyst, certainty
from tests.data.statistics.people.attacks.certainty import EPSILON, SHARE, SIZE

RUNS, DRAWS = 500, 40_000
ROUNDING = 1e-9


@pytest.mark.parametrize("count", [0, 1, 60, SIZE // 2, SIZE - 2, SIZE - 1])
def test_whatever_is_published_is_about_as_likely_when_one_person_more_answered_yes(count: int) -> None:
    """At the ends too, where what lies outside is drawn in: all that can be published with one count can be with the
    next, and within the factor that epsilon promises."""
    one, other = certainty.published(count), certainty.published(count + 1)
    assert one.keys() == other.keys()
    assert {line.value for line in one} == {*range(SIZE + 1)}, "every number from nobody to everybody"
    for line, likely in one.items():
        assert likely > 0 and other[line] > 0
        assert abs(math.log(likely / other[line])) <= EPSILON + ROUNDING, line


def test_opendp_draws_the_noise_of_which_that_is_worked_out() -> None:
    """Each value as often as it should be, and the library's own proof of what a person more or less spends."""
    found = Counter(noise.drawn([0] * DRAWS, SHARE))
    for value in range(-6, 7):
        rate = certainty.likelihood(value)
        assert analyst.least(rate, DRAWS) <= found[value] / DRAWS <= analyst.most(rate, DRAWS), value
    measurement: Any = noise._measurement(SHARE)  # pyright: ignore[reportPrivateUsage]
    assert measurement.map(1) <= EPSILON


def test_of_releases_that_are_really_drawn_none_makes_an_answer_certain() -> None:
    found = certainty.certain(RUNS)
    print(f"\n{analyst.HEADER}\n{found}")
    assert found.right == 0


def test_the_attack_is_certain_where_the_noise_ends_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Noise of at most one either way, say: then a release two away from the other answer gives it away."""
    certainty.published.cache_clear()
    monkeypatch.setattr(certainty, "_FARTHEST", 1)
    whole = noise.drawn
    monkeypatch.setattr(
        noise,
        "drawn",
        lambda counts, share: [c + max(-1, min(1, n - c)) for c, n in zip(counts, whole(counts, share), strict=True)],
    )
    found = certainty.certain(RUNS)
    certainty.published.cache_clear()
    assert 0.1 < found.rate < 0.5

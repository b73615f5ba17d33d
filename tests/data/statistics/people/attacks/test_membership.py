"""Whoever knows everything but one person's answer, and the code, guesses it from a release hardly better than without.

Epsilon 1 a person a quarter allows being right in e / (1 + e) = 73.1 % of cases at even odds: an advantage over
guessing of (e - 1) / (e + 1) = 46.2 %. A quarter of one figure reaches that, to the last per mille. Each of two figures
has half of it, and both together come to 62.2 %, an advantage of 24.5 %: they agree or say nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from data.statistics.people import noise
from tests.data.statistics.people.attacks import analyst, guessing

RUNS = 2_000
ALONE = analyst.bound(1)
TWO = analyst.bound(0.5)  # both against, both for, and in between the coin: as one of them alone


@pytest.mark.parametrize(("figures", "rate"), [(1, ALONE), (2, TWO)])
def test_all_figures_of_a_quarter_give_away_no_more_of_one_answer_than_epsilon_allows(
    figures: int, rate: float
) -> None:
    """The best attack there is, by the likelihood of what is published: no more than promised, and the attack is no
    weaker than it can be, or it would prove nothing."""
    found = guessing.membership(RUNS, figures)
    print(f"\n{analyst.HEADER}\n{found}")
    assert analyst.least(rate, RUNS) <= found.rate <= analyst.most(rate, RUNS)
    assert found.bound is not None and found.rate <= analyst.most(found.bound, RUNS)


@pytest.mark.parametrize(("figures", "rate"), [(1, ALONE), (2, TWO)])
def test_the_attack_sees_it_when_the_noise_is_halved(
    figures: int, rate: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half the noise, which is twice the budget, does not pass by unnoticed."""
    whole = noise.drawn

    def halved(counts: Sequence[int], share: int) -> list[int]:
        return whole(counts, 2 * share)

    monkeypatch.setattr(noise, "drawn", halved)
    assert guessing.membership(RUNS, figures).rate > analyst.most(rate, RUNS)


def test_what_stays_the_same_adds_up_over_quarters_as_the_method_says() -> None:
    """Two quarters, the same answer in both: epsilon 2. The method's page says that budgets add up."""
    found = guessing.stable(2, RUNS)
    print(f"\n{analyst.HEADER}\n{found}")
    assert found.bound is not None and 0.5 < found.rate <= analyst.most(found.bound, RUNS)

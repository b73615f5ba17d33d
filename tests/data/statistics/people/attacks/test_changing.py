"""Two releases between which one thing changed: their difference is the attack, and noise of both stands before it.

Beside it, the same attack on counts rounded to 5, and on exact ones of which those below 10 are left out: it works.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from data.statistics.people.figure import Figure
from tests.data.statistics.people.attacks import analyst, guessing
from tests.data.statistics.people.attacks.analyst import Result
from tests.data.statistics.people.attacks.guessing import COMPANY

RUNS = 400


def held(found: Result) -> None:
    print(f"\n{analyst.HEADER}\n{found}")
    assert found.bound is not None and found.rate <= analyst.most(found.bound, found.runs)


def test_before_and_after_one_leaver() -> None:
    """Nobody else's answer changes: the most favourable case there is. The leaver is in one of both releases."""
    held(guessing.leaver("Daylight", analyst.daylight(), RUNS, analyst.bound(1)))


def test_a_person_who_moves() -> None:
    """They are in both releases, in another department each time."""
    held(guessing.mover("Daylight", analyst.daylight(), RUNS, analyst.bound(2)))


@pytest.mark.parametrize("attack", [guessing.leaver, guessing.mover])
def test_of_exact_counts_with_small_ones_left_out_both_are_always_right(attack: Callable[..., Result]) -> None:
    """The attacks work where nothing protects: of what others publish they recover the answer."""
    assert attack("suppressed", analyst.suppressed, 100, None).rate == 1
    assert attack("rounded", analyst.rounded, RUNS, None).rate > analyst.most(0.5, RUNS)


def test_a_department_that_is_merged_into_another_is_not_counted_exactly() -> None:
    """Six people between two releases, each of them protected in both, are blurred; of exact counts they are read."""
    found = guessing.merged("Daylight", analyst.daylight(), RUNS)
    print(f"\n{analyst.HEADER}\n{found}")
    assert found.rate < 0.5
    assert guessing.merged("suppressed", analyst.suppressed, 100).rate == 1


def test_by_a_new_name_nothing_is_learnt_and_by_a_department_that_is_split_off_not_the_count() -> None:
    """A name says nothing, so the guess is no better than chance; six people split off are blurred as when merged."""
    by_name, apart = (attack("Daylight", analyst.daylight(), RUNS) for attack in (guessing.renamed, guessing.split))
    print(f"\n{analyst.HEADER}\n{by_name}\n{apart}")
    assert by_name.rate <= analyst.most(1 / 7, RUNS)
    assert apart.rate < 0.5
    assert guessing.split("suppressed", analyst.suppressed, 100).rate == 1


def test_renamed_or_split_a_department_is_the_same_people_in_groups_of_a_hundred() -> None:
    """Whatever it is called and however it is cut, what is shown of it stands in groups that are large enough."""
    yes = {one.name: one.people // 2 for one in COMPANY}
    renamed = [one._replace(name="Zoo") if one.name == "Law" else one for one in COMPANY]
    split = [one._replace(people=40) if one.name == "Fixing" else one for one in COMPANY]
    split += [COMPANY[1]._replace(id=70, name="Fixing cars", people=80)]
    for company in (COMPANY, renamed, split):
        found = analyst.release(company, {Figure.OPTED_OUT: yes})
        size = {one.name: one.people for one in company}
        assert all(sum(size[name] for name in one.departments) >= 100 for one in found.groups)
        shown = {one.name for one in found.groups}
        assert not shown & {"Law", "Zoo"} and ("Fixing" in shown) == (company is not split)
        assert "Fixing cars" not in shown

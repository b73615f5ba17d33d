"""Whatever is added and taken away of what a release shows, and of several of its figures, is about a hundred people.

Read from the CSV and JSON that organizers download, with nothing but the public roster beside it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from hypothesis import given, settings

from data.statistics.people import document
from data.statistics.people.figure import Figure
from data.statistics.people.groups import Department
from tests.data.statistics.people.attacks import analyst, guessing
from tests.data.statistics.people.attacks.guessing import COMPANY
from tests.data.statistics.people.test_groups import companies

RUNS = 300


def inside(company: Sequence[Department]) -> list[frozenset[str]]:
    """The departments of each group, as the downloaded JSON says."""
    found = json.loads(document.as_json(analyst.release(company, {Figure.OPTED_OUT: {}})))
    return [frozenset(one["departments"]) for one in found["release"]["groups"]]


def alike(company: Sequence[Department], groups: Sequence[frozenset[str]]) -> list[list[Department]]:
    """Departments that are in the same groups: every sum of groups, with any factors, treats them alike, and so says
    nothing of fewer people than they are together."""
    found: dict[tuple[bool, ...], list[Department]] = {}
    for one in company:
        if one.people:
            found.setdefault(tuple(one.name in group for group in groups), []).append(one)
    return list(found.values())


@given(companies(most=30))
@settings(max_examples=100, deadline=None)
def test_every_linear_combination_of_all_groups_is_about_at_least_a_hundred_people(company: list[Department]) -> None:
    """Not only pairs: any factors, of any number of groups. Empty and tiny departments among them."""
    if sum(one.people for one in company) < 100:
        return
    for together in alike(company, inside(company)):
        assert sum(one.people for one in together) >= 100, together


def test_no_pair_of_groups_of_a_large_company_isolates_fewer_than_a_hundred() -> None:
    """500 departments from empty to 900 people: what two groups share, and what one has beyond the other."""
    draw = np.random.default_rng(11)
    company = [
        Department(number, f"D{number}", f"Division {number % 23}" if number % 29 else None, int(size))
        for number, size in enumerate(draw.integers(0, 30, 500) ** 2, 1)
    ]
    size = {one.name: one.people for one in company}
    groups = inside(company)
    pairs = list(combinations(groups, 2))
    for one, other in pairs:
        for left in (one & other, one - other, other - one):
            people = sum(size[name] for name in left)
            assert people == 0 or people >= 100, left
    assert len(pairs) > 10_000
    assert min(sum(one.people for one in together) for together in alike(company, groups)) >= 100


def test_a_tiny_department_is_read_by_nobody_from_the_total_less_its_siblings() -> None:
    """Of Daylight no better than chance; of exact counts with those below 10 left out, always."""
    found = guessing.siblings("Daylight", analyst.daylight(), RUNS)
    print(f"\n{analyst.HEADER}\n{found}")
    assert analyst.least(1 / 7, RUNS) <= found.rate <= analyst.most(1 / 7, RUNS)
    assert guessing.siblings("suppressed", analyst.suppressed, 50).rate == 1


def test_a_total_less_its_siblings_is_the_sibling_that_is_shown_anyway() -> None:
    """Totals agree with their parts, so that there is no second number of any group, with other noise."""
    found = analyst.release(COMPANY, {one: {each.name: 30 for each in COMPANY} for one in (*Figure,)[:2]})
    for figure in found.figures:
        for total in found.groups:
            parts = [found.estimate(figure, one.key).value for one in found.groups if one.parent == total.key]
            assert not parts or sum(parts) == found.estimate(figure, total.key).value
    lines = [(one.figure, one.group) for one in found.estimates]
    assert len(set(lines)) == len(lines) == len(found.groups) * len(found.figures)
    assert len({frozenset(one.departments) for one in found.groups}) == len(found.groups), "no group twice"

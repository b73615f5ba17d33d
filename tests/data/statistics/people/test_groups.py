"""No figure, and nothing that figures add up to, is about fewer than 100 people."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import Conflict
from data.statistics.people import groups
from data.statistics.people.groups import Department, Tree
from data.statistics.people.release import Level

SIZES = st.one_of(st.integers(0, 130), st.integers(0, 3), st.integers(95, 105), st.integers(200, 5_000))
DIVISIONS = st.one_of(st.none(), st.sampled_from(["Sales", "Making", "Running"]))


@st.composite
def companies(draw: st.DrawFn, most: int = 9) -> list[Department]:
    rows = draw(st.lists(st.tuples(DIVISIONS, SIZES), min_size=1, max_size=most))
    if draw(st.booleans()):
        rows = [(None, size) for _, size in rows]
    return [Department(number, f"D{number}", division, size) for number, (division, size) in enumerate(rows, 1)]


def shown(tree: Tree) -> list[frozenset[str]]:
    """The departments of each group that is shown, by name."""
    return [frozenset(group.departments) for group in tree.groups()]


@given(companies())
@settings(max_examples=300)
def test_whatever_is_added_and_taken_away_of_shown_figures_is_about_at_least_100_people(
    company: list[Department],
) -> None:
    """The attack of the total minus its siblings: every set of departments whose count follows from shown counts, by
    any sum with any factors, has at least 100 people. Held by linear algebra that knows nothing of cells."""
    if sum(one.people for one in company) < 100:
        with pytest.raises(Conflict, match="fewer than 100"):
            groups.tree(company)
        return
    sizes = {one.name: one.people for one in company if one.people}
    names = sorted(sizes)
    seen = np.array([[name in group for name in names] for group in shown(groups.tree(company))], float)
    rank = np.linalg.matrix_rank(seen)
    for chosen in product((0.0, 1.0), repeat=len(names)):
        people = sum(sizes[name] for name, one in zip(names, chosen, strict=True) if one)
        if 0 < people < 100:
            assert np.linalg.matrix_rank(np.vstack((seen, chosen))) > rank, chosen


@given(companies(most=40))
@settings(max_examples=200)
def test_everybody_is_in_one_cell_and_every_total_is_its_parts(company: list[Department]) -> None:
    """A person who counts twice would cost twice the budget, and a total that is not its parts could not be shown."""
    if sum(one.people for one in company) < 100:
        return
    tree = groups.tree(company)
    there = sorted(one for one in company if one.people)
    assert sorted(one for cell in tree.cells for one in cell.departments) == there
    assert min(tree.sizes) >= 100
    assert [cell.part for cell in tree.cells] == sorted(cell.part for cell in tree.cells)
    found = tree.groups()
    assert found[0].level is Level.COMPANY and found[0].parent is None
    assert len({one.key for one in found}) == len(found)
    for total in found:
        parts = [one for one in found if one.parent == total.key]
        assert len(parts) != 1, "a total of one part is the part"
        if parts:
            assert sorted(name for one in parts for name in one.departments) == sorted(total.departments)


def test_small_departments_are_counted_with_their_division_and_small_divisions_with_others() -> None:
    company = [
        Department(1, "Trucks", "Making", 400),
        Department(2, "Vans", "Making", 120),
        Department(3, "Paint", "Making", 30),
        Department(4, "Shops", "Sales", 150),
        Department(5, "Fairs", "Sales", 60),
        Department(6, "Web", "Sales", 50),
        Department(7, "Board", None, 9),
    ]
    assert [(one.name, one.level.value, one.departments, one.about) for one in groups.tree(company).groups()] == [
        ("The whole company", "company", ("Board", "Fairs", "Paint", "Shops", "Trucks", "Vans", "Web"), 820),
        ("Making", "division", ("Paint", "Trucks", "Vans"), 550),
        ("The rest of Making", "department", ("Paint", "Vans"), 150),
        ("Trucks", "department", ("Trucks",), 400),
        ("No division and Sales", "division", ("Board", "Fairs", "Shops", "Web"), 270),
        ("Shops", "department", ("Shops",), 150),
        ("The rest of No division and Sales", "department", ("Board", "Fairs", "Web"), 120),
    ]


def test_without_divisions_the_company_is_cut_into_departments_and_a_rest() -> None:
    company = [Department(1, "A", None, 300), Department(2, "B", None, 99), Department(3, "C", None, 1)]
    assert [one.name for one in groups.tree(company).groups()] == ["The whole company", "A", "The rest of the company"]
    assert [one.numbers for one in groups.tree(company).groups()] == [(1, 2, 3), (1,), (2, 3)]
    one = [Department(1, "A", "All", 150), Department(2, "B", "All", 20)]
    assert [each.name for each in groups.tree(one).groups()] == ["The whole company"]

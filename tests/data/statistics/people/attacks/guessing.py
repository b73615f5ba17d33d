"""The attacks that guess: each plays many times, with fresh answers and a fresh release, and says how often it won."""

from __future__ import annotations

import math
from collections.abc import Sequence
from unittest.mock import patch

import numpy as np

from data.statistics.people import drawing, groups, noise
from data.statistics.people.figure import Figure
from data.statistics.people.groups import Department
from tests.data.statistics.people.attacks import analyst
from tests.data.statistics.people.attacks.analyst import Publisher, Result, Seen

ONE = (Department(1, "All", None, 130),)
COMPANY = (
    Department(1, "Making", "Works", 160),
    Department(2, "Fixing", "Works", 120),
    Department(3, "Payroll", "Office", 130),
    Department(4, "Law", "Office", 6),
    Department(5, "Shops", "Sales", 140),
    Department(6, "Web", "Sales", 110),
)


def membership(runs: int, figures: int, seed: int = 1) -> Result:
    """Everybody else's answers are known, and one person's is guessed from all `figures` of a quarter that they are
    the same in. The company is a single group, so what is published is what was measured, and the likelihood of each
    answer is known exactly: nobody can do better."""
    draw, right, rest = np.random.default_rng(seed), 0, 60
    publish = analyst.daylight(figures)
    for _ in range(runs):
        answer = int(draw.integers(2))
        likelier = 0
        for _ in range(figures):
            shown = analyst.value(publish(ONE, {"All": rest + answer}), analyst.WHOLE)
            likelier += abs(shown - rest) - abs(shown - rest - 1)
        right += (likelier > 0) == bool(answer) if likelier else int(draw.integers(2))
    of = "one figure" if figures == 1 else f"{figures} figures"
    return Result(f"one answer, all others known, {of} a quarter", runs, right, 0.5, analyst.bound(1))


def measured(runs: int, seed: int = 8) -> Result:
    """The same in a company of departments, divisions and two figures, and with more than is public: all that is ever
    measured of the person, before totals and parts are made to agree."""
    draw, right, whole = np.random.default_rng(seed), 0, noise.drawn
    tree = groups.tree(COMPANY)
    shares = noise.shares(2, tree.levels)
    for _ in range(runs):
        answer, likelier = int(draw.integers(2)), 0.0
        rest = [one.people // 2 for one in tree.cells]
        seen = list[tuple[int, int, int]]()

        def spy(counts: Sequence[int], share: int, seen: list[tuple[int, int, int]] = seen) -> list[int]:
            found = whole(counts, share)
            seen.append((counts[0], found[0], share))  # the person is in the first cell, of the first division
            return found

        first = [count + (answer if number == 0 else 0) for number, count in enumerate(rest)]
        with patch.object(noise, "drawn", spy):
            for _ in range(2):
                list(drawing.estimated(tree, Figure.OPTED_OUT, first, shares))
        for true, shown, share in seen:
            without = true - answer
            likelier += (abs(shown - without) - abs(shown - without - 1)) * share
        right += _guess(draw, likelier, 0) == answer
    what = "one answer, all others known, all that was measured of 2 figures"
    return Result(what, runs, right, 0.5, analyst.bound(1))


def told(runs: int, seed: int = 9) -> Result:
    """The exact count of a department of 160, when the page of the programme's conduct says the exact count of the
    whole company: what the release's total is off by is shared out to the departments."""
    draw, right, publish = np.random.default_rng(seed), 0, analyst.daylight()
    for _ in range(runs):
        rest = _answers(draw, COMPANY)
        shown = publish(COMPANY, rest)
        off = (sum(rest.values()) - analyst.value(shown, analyst.WHOLE)) / 5
        right += round(analyst.value(shown, "Making") + off) == rest["Making"]
    what = "exact count of a department of 160, the company's own known exactly"
    return Result(f"{what}: Daylight", runs, right, 1 / 81, None)


def leaver(name: str, publish: Publisher, runs: int, bound: float | None, seed: int = 2) -> Result:
    """Before and after one leaver: nobody else's answer changes between two releases, and the difference of their
    department and of the company is theirs."""
    draw, right = np.random.default_rng(seed), 0
    for _ in range(runs):
        answer, rest = int(draw.integers(2)), _answers(draw, COMPANY)
        before = publish(COMPANY, rest | {"Making": rest["Making"] + answer})
        after = publish(_without(COMPANY, "Making", 1), rest)
        found = analyst.value(before, "Making") - analyst.value(after, "Making")
        if _shows_all(before):
            found += analyst.value(before, analyst.WHOLE) - analyst.value(after, analyst.WHOLE)
        right += _guess(draw, found, 0.5) == answer
    return Result(f"before and after one leaver: {name}", runs, right, 0.5, bound)


def sure(publish: Publisher, runs: int, seed: int = 10) -> float:
    """Of leavers who answered yes, the share of whom it is certain afterwards, where what is published follows from
    the counts alone: any difference at all is theirs."""
    draw, found = np.random.default_rng(seed), 0
    for _ in range(runs):
        rest = _answers(draw, COMPANY)
        before, after = publish(COMPANY, rest | {"Making": rest["Making"] + 1}), publish(COMPANY, rest)
        found += any(before[line].value != after[line].value for line in before)
    return found / runs


def mover(name: str, publish: Publisher, runs: int, bound: float | None, seed: int = 3) -> Result:
    """A person who moves takes their answer along: their old department's figure falls and the new one's rises."""
    draw, right = np.random.default_rng(seed), 0
    for _ in range(runs):
        answer, rest = int(draw.integers(2)), _answers(draw, COMPANY)
        before = publish(COMPANY, rest | {"Making": rest["Making"] + answer})
        moved = [one._replace(people=one.people + 1) if one.name == "Shops" else one for one in COMPANY]
        after = publish(_without(moved, "Making", 1), rest | {"Shops": rest["Shops"] + answer})
        fell = analyst.value(before, "Making") - analyst.value(after, "Making")
        rose = analyst.value(after, "Shops") - analyst.value(before, "Shops")
        right += _guess(draw, fell + rose, 1) == answer
    return Result(f"a person who moves: {name}", runs, right, 0.5, bound)


def siblings(name: str, publish: Publisher, runs: int, seed: int = 4) -> Result:
    """How many of the 6 people of Law answered yes, exactly: the total less all that is shown beside Law. What
    Daylight shows leaves the more than 100 people of Office, so there the guess is the middle."""
    draw, right = np.random.default_rng(seed), 0
    for _ in range(runs):
        answer = int(draw.integers(7))
        shown = publish(COMPANY, _answers(draw, COMPANY) | {"Law": answer})
        others = [one.name for one in COMPANY if one.name != "Law"]
        left = 3
        if _shows_all(shown):
            left = analyst.value(shown, analyst.WHOLE) - sum(analyst.value(shown, one) for one in others)
        right += min(6, max(0, left)) == answer
    return Result(f"all answers of 6 people, total less its siblings: {name}", runs, right, 1 / 7, None)


def merged(name: str, publish: Publisher, runs: int, seed: int = 7) -> Result:
    """The same, as Law is put into Making between two releases in which nobody's answer changes: Making rises by what
    Law answered, and what Law was counted with falls."""
    draw, right = np.random.default_rng(seed), 0
    for _ in range(runs):
        answer, rest = int(draw.integers(7)), _answers(draw, COMPANY)
        before = publish(COMPANY, rest | {"Law": answer})
        grown = [one._replace(people=one.people + 6) if one.name == "Making" else one for one in COMPANY]
        after = publish(_without(grown, "Law", 6), rest | {"Making": rest["Making"] + answer})
        found = float(analyst.value(after, "Making") - analyst.value(before, "Making"))
        if not _shows_all(before):
            found = (found + analyst.value(before, "Office") - analyst.value(after, "Payroll")) / 2
        right += min(6, max(0, round(found))) == answer
    return Result(f"all answers of 6 people, merged into another department: {name}", runs, right, 1 / 7, None)


def split(name: str, publish: Publisher, runs: int, seed: int = 12) -> Result:
    """The same the other way round: Law, which was a part of Making, is a department of its own in the second."""
    draw, right = np.random.default_rng(seed), 0
    for _ in range(runs):
        answer, rest = int(draw.integers(7)), _answers(draw, COMPANY)
        grown = [one._replace(people=one.people + 6) if one.name == "Making" else one for one in COMPANY]
        before = publish(_without(grown, "Law", 6), rest | {"Making": rest["Making"] + answer})
        after = publish(COMPANY, rest | {"Law": answer})
        found = float(analyst.value(before, "Making") - analyst.value(after, "Making"))
        if not _shows_all(after):
            found = (found + analyst.value(after, "Office") - analyst.value(before, "Payroll")) / 2
        right += min(6, max(0, round(found))) == answer
    return Result(f"all answers of 6 people, split off from another department: {name}", runs, right, 1 / 7, None)


def renamed(name: str, publish: Publisher, runs: int, seed: int = 13) -> Result:
    """All answers of the 6 people of Law, which has another name in the second release: what is shown of it alone, or
    else what the two releases differ by in what it is counted with, from the middle."""
    draw, right = np.random.default_rng(seed), 0
    for _ in range(runs):
        answer, rest = int(draw.integers(7)), _answers(draw, COMPANY)
        before = publish(COMPANY, rest | {"Law": answer})
        other = [one._replace(name="Zoo") if one.name == "Law" else one for one in COMPANY]
        after = publish(other, {**rest, "Zoo": answer})
        if _shows_all(after):
            found = analyst.value(after, "Zoo")
        else:
            found = 3 + analyst.value(after, "Office") - analyst.value(before, "Office")
        right += min(6, max(0, found)) == answer
    return Result(f"all answers of 6 people, their department renamed: {name}", runs, right, 1 / 7, None)


def _shows_all(shown: Seen) -> bool:
    """Whether every department stands there, and each number is of it alone."""
    return ("opted-out", "Payroll") in shown


def stable(quarters: int, runs: int, seed: int = 5) -> Result:
    """An answer that stays the same over quarters, all others known, as `membership`."""
    draw, right, rest, publish = np.random.default_rng(seed), 0, 60, analyst.daylight(1)
    for _ in range(runs):
        answer, likelier = int(draw.integers(2)), 0
        for _ in range(quarters):
            shown = analyst.value(publish(ONE, {"All": rest + answer}), analyst.WHOLE)
            likelier += abs(shown - rest) - abs(shown - rest - 1)
        right += _guess(draw, likelier, 0) == answer
    what = f"one answer that stays for {quarters} quarters, all others known"
    return Result(what, runs, right, 0.5, analyst.bound(quarters))


def count(name: str, publish: Publisher, runs: int, seed: int = 6) -> Result:
    """The exact count of a department of 160, of which one knows nothing: its line in the release is the guess."""
    draw, right = np.random.default_rng(seed), 0
    for _ in range(runs):
        rest = _answers(draw, COMPANY)
        right += analyst.value(publish(COMPANY, rest), "Making") == rest["Making"]
    return Result(f"exact count of a department of 160: {name}", runs, right, 1 / 81, None)


def _answers(draw: np.random.Generator, company: Sequence[Department]) -> dict[str, int]:
    """Of each department between a quarter and three quarters; of Law none, as attacks put its answers in."""
    return {one.name: int(draw.integers(one.people // 4, 3 * one.people // 4 + 1)) for one in company
            if one.name != "Law"} | {"Law": 0}  # fmt: skip


def _without(company: Sequence[Department], name: str, people: int) -> list[Department]:
    return [one._replace(people=one.people - people) if one.name == name else one for one in company]


def _guess(draw: np.random.Generator, found: float, threshold: float) -> int:
    return int(draw.integers(2)) if math.isclose(found, threshold) else int(found > threshold)

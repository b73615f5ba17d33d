"""The attacks that guess: each plays many times, with fresh answers and a fresh release, and says how often it won."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

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

"""Figures about people: how useful they are at the default budget, and how long a release of 70,000 people takes."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from data.database import Database
from data.migrations import schema
from data.sealing.vault import Vault
from data.statistics.people import drawing, groups, noise
from data.statistics.people.figure import Figure
from data.statistics.people.groups import Department
from data.statistics.people.release import Level
from tests.data.statistics.people.company import QUARTER, capture, drawn, employ, opt_out

PEOPLE, DEPARTMENTS, DIVISIONS, RUNS = 70_000, 500, 20, 60
SIZES = (100, 200, 2_000)
RATES = (0.5, 0.1, 0.03)

Report = Callable[[str], None]


def run(report: Report, people: int = PEOPLE) -> None:
    """Relative errors beside rounding and suppression, then a whole release in a store."""
    report(f"figures about people; load of the machine {os.getloadavg()[0]:.1f}")
    _useful(report)
    _quick(report, people)


def company(people: int) -> list[Department]:
    """As many people in departments of very different sizes; the three sizes that are reported in each division."""
    draw = random.Random(11)
    sizes = [size for _ in range(DIVISIONS) for size in (*SIZES[:2], *(SIZES[2:] if draw.random() < 0.5 else ()))]
    sizes += [max(1, int(draw.lognormvariate(3.5, 1.2))) for _ in range(DEPARTMENTS - len(sizes))]
    over = people - sum(sizes)
    sizes[-1] += max(0, over)
    return [Department(n, f"D{n:03}", f"Division {n % DIVISIONS:02}", size) for n, size in enumerate(sizes, 1)]


def _useful(report: Report) -> None:
    tree = groups.tree(company(PEOPLE))
    shares = noise.shares(2, tree.levels)
    draw = np.random.default_rng(3)
    report(f"  {len(tree.cells)} cells of {sum(tree.sizes):,} people, two figures; relative error, median and 95 %")
    for rate in RATES:
        cells = [int(one) for one in draw.binomial(tree.sizes, rate)]
        runs = [
            [one.value for one in drawing.estimated(tree, Figure.CAPTURED, cells, shares) if one.group in _keys(tree)]
            for _ in range(RUNS)
        ]
        found = np.array(runs)
        for size in SIZES:
            of = [number for number, one in enumerate(tree.sizes) if one == size]
            true = np.array(cells)[of]
            shown = np.abs(found[:, of] - true) / np.maximum(true, 1)
            rounded = np.abs(np.rint(true / 5) * 5 - true) / np.maximum(true, 1)
            report(
                f"  of {size:5,} people, {rate:4.0%} answer yes    {_both(shown)}    rounded to 5 {_both(rounded)}"
                f"    below 10, suppressed: {(true < 10).mean():.0%}"
            )


def _keys(tree: groups.Tree) -> frozenset[str]:
    return frozenset(groups.key_of(Level.CELL, number) for number in range(len(tree.cells)))


def _both(errors: np.ndarray) -> str:
    return f"{np.median(errors):6.1%} {np.quantile(errors, 0.95):6.1%}"


def _quick(report: Report, people: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'bench.db'}")
        schema.create(database)
        vault = Vault.create(folder / "keyring", str(folder / "segments"))
        rows = tuple((one.name, one.division, one.people) for one in company(people))
        everybody = employ(database, vault, rows)
        for day in range(0, 90, 10):
            capture(database, everybody[::2], QUARTER.start + day * 86_400_000_000)
        opt_out(database, everybody[::7], QUARTER.start)
        start, own = perf_counter(), process_time()
        release = drawn(database, vault, folder)
        took = f"{perf_counter() - start:8.2f} s, {process_time() - own:.2f} s of its own time"
        report(
            f"  a release of {len(everybody):,} people, {len(rows)} departments {took}; {len(release.groups)} groups"
        )
        database.close()

"""The invented company of `make run`: what its 580 others add to the first start, and what figures say of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from data import instants
from data.people.viewer import OPERATOR
from data.settings import Settings
from data.statistics.people import counting, drawing, groups, reading
from data.store import Store, open_store
from tests.bench.statistics import Report, errors, said
from tests.demo import company, loading, workforce
from tests.demo.company import Employee

CAST = ("Helena Vasconcelos", "Ingrid Solheim", "Deepa Iyer")
RUNS = 1_200


def run(report: Report) -> None:
    """Three of the sixty, as the sixty's captures are the same without the others; then with the others."""
    report(f"the invented company; load of the machine {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        for name, others in (("without", ()), ("with", workforce.others())):
            store = _loaded(report, Path(folder) / name, others)
        _useful(report, store)


def _loaded(report: Report, place: Path, others: Sequence[Employee]) -> Store:
    cast = [one for one in company.people() if one.name in CAST]
    start, own = perf_counter(), process_time()
    loading.load(place, cast, until=instants.now(), density=0.01, others=others)
    took = f"{perf_counter() - start:.1f} s, {process_time() - own:.1f} s of its own time"
    report(f"  loading three people and {len(others)} others {took}")
    return open_store(Settings.from_environment({}, store=str(place)))


def _useful(report: Report, store: Store) -> None:
    """Of each cell and figure of the last release, the relative error if it was drawn again and again of what the store
    holds. The noise is the mechanism's; nothing of it is kept."""
    with store.database.reading() as session:
        release = reading.releases(session, OPERATOR, store.vault).releases[0]
        tree, where = (
            groups.tree(counting.departments(session, release.quarter)),
            counting.roster(session, release.quarter),
        )
        for figure in release.figures:
            answered = counting.counted(session, store.vault, figure, release.quarter)
            cells = drawing.counts(tree, where, answered)
            every = errors(tree, np.tile(np.array(cells), (RUNS, 1)))
            report(f"  people who {figure.plain} in {release.quarter}; relative error, median and 95 %")
            for number, cell in enumerate(tree.cells):
                left_out = f"below 10, left out: {'yes' if cells[number] < 10 else 'no, exact'}"
                report(f"    {cells[number]:4} of {cell.people} ({cell.name})    {said(every, [number])}    {left_out}")

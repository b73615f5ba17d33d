"""Figures about people: how useful they are at the default budget, and how long a release of 70,000 people takes."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from sqlalchemy import insert

from data import instants
from data.accesses import log
from data.accesses.accessors import Outside
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.log import Entry
from data.database import Database
from data.exposures import record
from data.exposures.exposure import Open
from data.migrations import schema
from data.notices import notice
from data.rights.tables import RequestEventRow, RequestRow
from data.sealing.vault import Vault
from data.statistics.people import drawing, groups, noise, plan
from data.statistics.people.figure import Figure
from data.statistics.people.groups import Department
from data.statistics.people.release import Level
from tests.data.statistics.people.company import ORGANIZER, QUARTER, capture, drawn, employ, opt_out

PEOPLE, DEPARTMENTS, DIVISIONS, RUNS = 70_000, 500, 20, 60
SIZES = (100, 200, 2_000)
RATES = (0.5, 0.1, 0.03)

Report = Callable[[str], None]


def run(report: Report, people: int = PEOPLE) -> None:
    """Relative errors beside rounding and suppression, then a whole release in a store."""
    report(f"figures about people; load of the machine {os.getloadavg()[0]:.1f}")
    _useful(report, company(PEOPLE))
    _quick(report, people)


def company(people: int) -> list[Department]:
    """As many people in departments of very different sizes; the three sizes that are reported in each division."""
    draw = random.Random(11)
    sizes = [size for _ in range(DIVISIONS) for size in (*SIZES[:2], *(SIZES[2:] if draw.random() < 0.5 else ()))]
    sizes += [max(1, int(draw.lognormvariate(3.5, 1.2))) for _ in range(DEPARTMENTS - len(sizes))]
    over = people - sum(sizes)
    sizes[-1] += max(0, over)
    return [Department(n, f"D{n:03}", f"Division {n % DIVISIONS:02}", size) for n, size in enumerate(sizes, 1)]


def _useful(report: Report, roster: list[Department]) -> None:
    """Of the cells of each size, with answers drawn at each rate: the relative error of the shown number."""
    tree, draw = groups.tree(roster), np.random.default_rng(3)
    report(
        f"  simulated: {sum(tree.sizes):,} people, {len(roster)} departments, {len(tree.cells)} cells, two figures;"
        " relative error, median and 95 %"
    )
    for rate in RATES:
        true = draw.binomial(tree.sizes, rate, (RUNS, len(tree.sizes)))
        every = errors(tree, true)
        for size in SIZES:
            of = [number for number, one in enumerate(tree.sizes) if one == size]
            left_out = f"below 10, left out: {(true[:, of] < 10).mean():.0%}, the others exact"
            report(f"    of {size:5,} people, {rate:4.0%} answer yes    {said(every, of)}    {left_out}")


def errors(tree: groups.Tree, true: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of true counts (runs, cells), each drawn as one of two figures of a quarter: the relative errors of what is
    shown, and of the same rounded to 5."""
    shares, keys = noise.shares(2, tree.levels), _keys(tree)
    drawn_of = [drawing.estimated(tree, Figure.CAPTURED, [int(one) for one in cells], shares) for cells in true]
    shown = np.array([[one.value for one in found if one.group in keys] for found in drawn_of])
    ours, rounded = (np.abs(one - true) / np.maximum(true, 1) for one in (shown, (true + 2) // 5 * 5))
    return ours, rounded


def said(every: tuple[np.ndarray, np.ndarray], of: Sequence[int]) -> str:
    """The median and the 95 % of some cells' errors, beside those of rounding."""
    ours, rounded = (f"{np.median(one[:, of]):6.1%} {np.quantile(one[:, of], 0.95):6.1%}" for one in every)
    return f"{ours}    rounded to 5 {rounded}"


def _keys(tree: groups.Tree) -> frozenset[str]:
    return frozenset(groups.key_of(Level.CELL, number) for number in range(len(tree.cells)))


def _quick(report: Report, people: int) -> None:
    """Two figures, as planned, and then all six: with 10 captured days of 6 in 10 people, a request of every tenth,
    five exposures of half of everybody, and looks at every tenth."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'bench.db'}")
        schema.create(database)
        vault = Vault.create(folder / "keyring", str(folder / "segments"))
        roster = company(people)
        everybody = employ(database, vault, tuple((one.name, one.division, one.people) for one in roster))
        captured = [one for one in everybody if one % 10 < 6]
        for quarter in (QUARTER, QUARTER.after):
            for day in range(0, 90, 9):
                capture(database, captured, quarter.start + day * instants.DAY)
        opt_out(database, everybody[::7], QUARTER.start)
        held = f"{20 * len(captured):,} rollups, {_happened(database, vault, everybody)}"
        for quarter, figures in ((QUARTER, 2), (QUARTER.after, 6)):
            if figures == 6:
                with database.writing() as session:
                    plan.choose(session, ORGANIZER, vault, quarter, list(Figure))
            start, own = perf_counter(), process_time()
            release = drawn(database, vault, folder, quarter)
            took = f"{perf_counter() - start:6.2f} s, {process_time() - own:.2f} s of its own time"
            report(
                f"  a release of {len(everybody):,} people, {len(roster)} departments, {len(release.figures)} figures"
                f" {took}; {len(release.groups)} groups ({held})"
            )
        database.close()


def _happened(database: Database, vault: Vault, everybody: list[int]) -> str:
    """Requests, exposures and looks of the second quarter; how many of each."""
    at, asked, seen = QUARTER.after.start + 30 * instants.DAY, everybody[::10], everybody[5::10]
    request = {"scope": b"", "state": "refused", "jurisdiction": "gdpr", "opened_at": at, "due_on": date(2026, 6, 1)}
    event = {"number": 1, "at": at, "actor_id": 2, "actor": "officer", "what": "refused"}
    kinds = ("erasure", "objection")
    with database.writing() as session:
        session.execute(
            insert(RequestRow),
            [{"person_id": one, "id": one, "kind": kinds[one % 20 > 10], **request} for one in asked],
        )
        session.execute(insert(RequestEventRow), [{"person_id": one, "request_id": one, **event} for one in asked])
    for number in range(5):
        then = at + number * instants.DAY
        over = Open(f"table {number}", ("public.captures",), {"ana_db": 1}, people=tuple(everybody[number % 2 :: 2]))
        with database.writing() as session:
            record.observe(session, vault, f"warehouse {number}", (over,), last_good=then - 1, now=then, source="audit")
    engineer = Outside("d.farrow", "engineer", "Data Platform")
    with database.writing() as session:
        entries = [Entry(Action.READ, (one,), engineer, Reason(Purpose.NONE), {}, 1, at) for one in seen]
        log.extend(session, vault, entries)
    notice.keep_up(database, vault, by_mail=False)
    return f"{len(asked):,} requests, 5 exposures, {len(seen):,} looks"

"""Drawing a release: the one time that noise is drawn for a quarter, in the transaction that spends its budget.

What nobody has seen may be drawn anew: a process that dies before its transaction is kept leaves nothing. What is kept
is never drawn again: the row of the quarter is there, and if somebody takes it away, the access log says that it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from sqlalchemy.orm import Session

from data import instants
from data.accesses import entry, log
from data.accesses.accessors import Outside
from data.accesses.entry import Action, Purpose, Reason
from data.database import Database, lock
from data.errors import Conflict
from data.people.permissions import Permission, require
from data.people.viewer import OPERATOR, Viewer
from data.proofs import check, publishing
from data.proofs.anchor import Anchor
from data.sealing.vault import Vault
from data.statistics.people import adjusting, counting, document, groups, intervals, noise, plan, reading
from data.statistics.people.adjusting import Agreed, Shape
from data.statistics.people.figure import Figure
from data.statistics.people.groups import Tree, key_of
from data.statistics.people.release import Estimate, Level, Release
from data.statistics.quarter import Quarter
from data.statistics.tables import BUDGET, ReleaseRow

EVERY = 600.0  # seconds between two looks whether a release is due
# How people read who counted them: nobody looked.
COUNTER = Outside("Daylight's figures", automated=True)


def keep_up(database: Database, vault: Vault, anchor: Anchor) -> Release | None:
    """Draw the release of the last quarter when it is due; what the app does every few minutes. Raises as `draw`."""
    now = instants.now()
    with database.reading() as session:
        if not plan.is_due(session, vault, Quarter.of(now).before, now):
            return None
    return draw(database, vault, anchor, OPERATOR, Quarter.of(now).before)


def draw(database: Database, vault: Vault, anchor: Anchor, viewer: Viewer, quarter: Quarter) -> Release:
    """Draw, keep and publish the figures of a quarter, and give them back. Permission DRAW_FIGURES.

    Raises Conflict: the quarter is not over, was drawn already or lies before the programme's record; the company is
    too small; what was chosen, or spent, cannot be read; an entry of the log is not what was signed; the database is
    older than the log's newest checkpoint.
    """
    require(viewer, Permission.DRAW_FIGURES)
    if instants.now() < quarter.end:
        raise Conflict(f"{quarter} is not over; its figures are drawn two weeks after its end.")
    # A database that was put back does not know what it drew since.
    publishing.check(database, vault, anchor)
    with database.reading() as session:
        plan.check_open(session, vault, quarter)
        # Also here, so that a log that is damaged keeps nobody waiting who writes, each time that this is tried.
        _require_whole(session, vault, anchor)
    with database.writing() as session:
        lock(session, plan.LOCK)
        plan.check_open(session, vault, quarter)
        _require_whole(session, vault, anchor)
        _draw(session, vault, quarter)
    publishing.run(database, vault, anchor)
    with database.reading() as session:
        return reading.one(session, viewer, vault, quarter)


def _require_whole(session: Session, vault: Vault, anchor: Anchor) -> None:
    """Raise Conflict unless each entry is the one that was signed: what was spent is found by columns, which whoever
    can write the database can change, with no key. Reads the whole log."""
    found = check.check(session, vault, anchor, with_details=False)
    if not found.holds:
        raise Conflict(
            "The access log is not what was signed, so nobody can say what was drawn, and nothing is drawn; tell the"
            f" auditor. {found.findings[0].sentence}"
        )


def _draw(session: Session, vault: Vault, quarter: Quarter) -> None:
    figures = plan.of(session, vault, quarter).figures
    tree, where = groups.tree(counting.departments(session, quarter)), counting.roster(session, quarter)
    shares = noise.shares(len(figures), tree.levels)
    spent = noise.spent(len(figures), shares)
    if reading.ledger(session, vault).spent(quarter) + spent > BUDGET:
        raise Conflict(f"The budget of {quarter} does not allow for that; nothing was drawn.")
    answers = {one: counting.counted(session, vault, one, quarter) for one in figures}
    estimates = [
        one for figure in figures for one in estimated(tree, figure, counts(tree, where, answers[figure]), shares)
    ]
    # After the counting: when it began would say, beside the log's own time, how long the true answers took.
    at = instants.now()
    text = document.written(quarter, at, figures, tree.groups(), estimates, spent, shares)
    digest = document.digest_of(text)
    position = log.append(
        session,
        vault,
        action=Action.COUNT,
        people=list(where),
        accessor=COUNTER,
        reason=Reason(Purpose.FIGURES),
        scope={
            "view": entry.COUNTED,
            "quarter": str(quarter),
            "figures": [one.value for one in figures],
            "spent": spent,
            "digest": digest,
        },
        count=len(figures),
        at=at,
    )
    row = ReleaseRow(year=quarter.year, quarter=quarter.number, spent=spent, position=position, drawn_at=at)
    row.digest, row.document = digest, text
    session.add(row)
    session.flush()


def counts(tree: Tree, where: Mapping[int, int], answered: frozenset[int]) -> list[int]:
    """How many of those who `answered` yes are in each cell. `where`: the department of everybody who is counted."""
    cell_of = {one.id: number for number, cell in enumerate(tree.cells) for one in cell.departments}
    found = [cell_of[where[person]] for person in answered if person in where]
    return [int(count) for count in np.bincount(np.array(found, np.int64), minlength=len(tree.cells))]


def estimated(tree: Tree, figure: Figure, cells: Sequence[int], shares: Mapping[Level, int]) -> Iterator[Estimate]:
    """The figures of all groups from the true counts of the cells: noise is drawn here, and nowhere else."""
    shape, part_of = shape_of(tree, shares), [cell.part for cell in tree.cells]
    parts = [0] * len(tree.parts)
    for part, count in zip(part_of, cells, strict=True):
        parts[part] += count
    measured = [number for number, width in enumerate(tree.widths) if width > 1 and shape.part is not None]
    noisy = np.zeros(len(parts))
    noisy[measured] = noise.drawn([parts[number] for number in measured], shares.get(Level.DIVISION, 0))
    company = noise.drawn([sum(cells)], shares[Level.COMPANY])[0] if shape.company is not None else 0
    real = adjusting.least_squares(
        shape, np.array(noise.drawn(cells, shares[Level.CELL]), float), noisy, np.array(float(company))
    )
    yield from _shown(tree, figure, shape, shares, real)


def shape_of(tree: Tree, shares: Mapping[Level, int]) -> Shape:
    """What of the tree is measured with these shares, and with which variances."""
    found = {level: noise.variance(share) for level, share in shares.items()}
    return Shape(tree.widths, found[Level.CELL], found.get(Level.DIVISION), found.get(Level.COMPANY))


def _shown(tree: Tree, figure: Figure, shape: Shape, shares: Mapping[Level, int], real: Agreed) -> Iterator[Estimate]:
    """The estimates in the order of the groups: each with its interval, and whole numbers that add up."""
    epsilons = (shares.get(level, 0) / BUDGET for level in (Level.CELL, Level.DIVISION, Level.COMPANY))
    half = intervals.half_widths(shape, *epsilons)
    values = adjusting.whole(shape, tree.sizes, real)
    sizes, within = list(tree.sizes), [0] * len(tree.parts)
    for cell in tree.cells:
        within[cell.part] += cell.people
    found = {groups.COMPANY: (real.company, half.company, values.company, sum(sizes))}
    for level, of, widths, shown, people in (
        (Level.DIVISION, real.parts, half.parts, values.parts, within),
        (Level.CELL, real.cells, half.cells, values.cells, sizes),
    ):
        found |= {key_of(level, number): row for number, row in enumerate(zip(of, widths, shown, people, strict=True))}
    for group in tree.groups():
        estimate, width, value, size = found[group.key]
        low, high = intervals.interval(float(estimate), float(width), int(value), size)
        yield Estimate(figure, group.key, int(value), low, high)

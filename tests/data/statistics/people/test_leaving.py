"""Who left before a quarter began is in none of its groups: a group that looks larger than those in it who can have
answered yes says more about each of them. Through the real import of a roster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import delete, select

from data.accesses import events, log, tree
from data.accesses.entry import Action
from data.accesses.tables import AboutRow
from data.database import Database
from data.errors import Conflict
from data.people import roster
from data.people.tables import PersonRow
from data.people.viewer import OPERATOR
from data.programme.tables import RuleRow
from data.sealing.vault import Vault
from data.statistics.people import counting, drawing, groups, noise, plan
from data.statistics.people.figure import Figure
from data.statistics.quarter import Quarter
from data.statistics.tables import BUDGET
from tests.data.statistics.people.attacks import analyst
from tests.data.statistics.people.company import ORGANIZER, QUARTER, drawn, opt_out

BEFORE, WITHIN = "2025-12-31", "2026-01-01"  # of the first quarter of 2026
Load = Callable[..., dict[str, int]]


@pytest.fixture
def load(database: Database, vault: Vault, tmp_path: Path) -> Load:
    """Import a roster: departments, and how many people are in each. Of the first the first `gone` left; the ids."""

    def loaded(sizes: dict[str, int], gone: int = 0, day: str = "") -> dict[str, int]:
        path, lines = tmp_path / "roster.csv", ["email,name,department,manager,jurisdiction,left"]
        for department, size in sizes.items():
            left = [day if number < gone and department == next(iter(sizes)) else "" for number in range(size)]
            lines += [f"{department}{n}@x.org,P {n},{department},,gdpr,{day}" for n, day in enumerate(left)]
        path.write_text("\n".join(lines))
        with database.writing() as session:
            if tree.end(session) == 0:
                log.append(
                    session, vault, action=Action.STORE_MADE, people=(), accessor=OPERATOR, reason=None, scope={},
                    count=0, at=QUARTER.start,
                )  # fmt: skip
            roster.load(session, OPERATOR, vault, path)
            return dict(session.execute(select(PersonRow.email, PersonRow.id)).all())

    return loaded


@pytest.mark.parametrize(("day", "has_own"), [(BEFORE, False), (WITHIN, True), ("", True)])
def test_a_department_of_110_of_whom_50_left_before_the_quarter_has_no_group_of_its_own(
    database: Database,
    vault: Vault,
    tmp_path: Path,
    load: Load,
    day: str,
    has_own: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(noise, "drawn", lambda counts, _: list(counts))
    ids = load({"Making": 110, "Law": 130}, 50, day)
    opt_out(database, [ids[f"making{number}@x.org"] for number in range(60)], QUARTER.start)
    release = drawn(database, vault, tmp_path)
    assert ("Making" in {one.name for one in release.groups}) == has_own
    whole = release.groups[0]
    assert (whole.about, release.estimate(Figure.OPTED_OUT, whole.key).value) == ((240, 60) if has_own else (190, 10))
    with database.reading() as session:
        ((row, _),) = events.read(session, vault, Action.COUNT)[0]
        about = session.scalars(select(AboutRow.person_id).where(AboutRow.position == row.position)).all()
    assert len(about) == (240 if has_own else 190), "whoever is not counted is not told that they were"


def test_a_company_that_became_too_small_has_no_figures(
    database: Database, vault: Vault, tmp_path: Path, load: Load
) -> None:
    load({"Making": 110}, 11, BEFORE)
    with pytest.raises(Conflict, match="fewer than 100 people"):
        drawn(database, vault, tmp_path)
    with database.reading() as session:
        assert not plan.is_due(session, vault, QUARTER, QUARTER.end + plan.WAIT)
        assert "fewer than 100" in plan.upcoming(session, ORGANIZER, vault).obstacle


def measured(database: Database, vault: Vault, quarter: Quarter) -> list[tuple[int, int]]:
    """All that a drawing of one figure measures of people, before any noise: (true count, its share of the budget)."""
    found = list[tuple[int, int]]()

    def spy(counts: Sequence[int], share: int) -> list[int]:
        found.extend((count, share) for count in counts)
        return list(counts)

    with database.reading() as session, patch.object(noise, "drawn", spy):
        cut, where = groups.tree(counting.departments(session, quarter)), counting.roster(session, quarter)
        cells = drawing.counts(cut, where, counting.counted(session, vault, Figure.OPTED_OUT, quarter))
        list(drawing.estimated(cut, Figure.OPTED_OUT, cells, noise.shares(1, cut.levels)))
    return found


def test_before_and_after_one_leaver_no_more_is_told_of_them_than_epsilon_allows(
    database: Database, vault: Vault, tmp_path: Path, load: Load
) -> None:
    """In the quarter in which they left, all that is measured of the leaver together is worth no more than the budget;
    in the next they are in none of it, although their opt-out stands. The lines of what is published are the same."""
    sizes = {"Making": 150, "Law": 130}
    ids = load(sizes)
    opt_out(database, [ids[f"making{number}@x.org"] for number in range(40)], QUARTER.start)
    with database.writing() as session:
        for quarter in (QUARTER, QUARTER.after):
            plan.choose(session, ORGANIZER, vault, quarter, [Figure.OPTED_OUT])
    before = analyst.seen(drawn(database, vault, tmp_path))
    load(sizes, 1, "2026-03-20")
    after = analyst.seen(drawn(database, vault, tmp_path, QUARTER.after))
    yes = [measured(database, vault, quarter) for quarter in (QUARTER, QUARTER.after)]
    with database.writing() as session:
        session.execute(delete(RuleRow).where(RuleRow.person_id == ids["making0@x.org"]))
    no = [measured(database, vault, quarter) for quarter in (QUARTER, QUARTER.after)]
    within, later = (
        sum(abs(one - other) * share for (one, share), (other, _) in zip(*pair, strict=True)) / BUDGET
        for pair in zip(yes, no, strict=True)
    )
    assert 0 < within <= 1 and later == 0
    assert analyst.bound(within + later) <= analyst.bound(1)
    assert before.keys() == after.keys()

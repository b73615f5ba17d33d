"""The company is large enough for figures about groups, and its past is one that the product itself took in."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import func, select

from data import instants
from data.alarms.alarm import Kind
from data.captures.rollup_tables import DayRow
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import Role, Viewer
from data.proofs import check
from data.rights.tables import RequestRow
from data.settings import Settings
from data.statistics import report
from data.statistics.cases import Outcome
from data.statistics.quarter import Quarter
from data.store import Store, open_store
from tests.demo import company, loading, quarters, workforce

UNTIL = instants.parse("2026-11-23T18:00:00")
CAST = [one for one in company.people() if one.name in ("Helena Vasconcelos", "Ingrid Solheim", "Deepa Iyer")]
ORGANIZER = Viewer(2, frozenset({Role.ORGANIZER}))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Three of the sixty with every nineteenth of the others: the fewest requests in each quarter, made quickly."""
    place = tmp_path_factory.mktemp("workforce") / "store"
    loading.load(place, CAST, until=UNTIL, density=0.01, others=workforce.others()[::19])
    return open_store(Settings.from_environment({}, store=str(place)))


def test_the_company_is_640_people_in_five_departments_of_which_one_is_too_small_to_be_shown() -> None:
    everybody = workforce.everybody()
    assert len({one.email for one in everybody}) == len({one.name for one in everybody}) == len(everybody) == 640
    assert [one.number for one in everybody] == list(range(1, 641))
    assert everybody[:60] == company.people()
    sizes = Counter(one.department for one in everybody)
    assert sizes == workforce.SIZES
    assert [name for name, size in sizes.items() if size < 100] == ["People and Finance"]
    divisions = Counter(map(workforce.division, everybody))
    assert len(divisions) == 3 and min(divisions.values()) > 100
    assert sum(one.head for one in everybody) == 5


def test_people_joined_over_quarters_and_each_quarter_has_something_to_tell(store: Store) -> None:
    """By the product's own reading of it, at the time at which it happened."""
    with store.database.reading() as session:
        divisions = set(session.scalars(select(DepartmentRow.division)))
        joined = {instants.day_of(at) for at in session.scalars(select(PersonRow.joined_at))}
        days = session.execute(select(func.min(DayRow.day), func.max(DayRow.day))).one()
        found = [
            report.report(session, ORGANIZER, store.vault, store.settings, Quarter.parse(name))
            for name in ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")
        ]
        assert session.scalar(select(func.count(RequestRow.person_id.distinct()))) == 15 + 1  # and Helena, of the sixty
    assert divisions == set(workforce.DIVISIONS.values())
    assert len(joined) == 1 + len(quarters.JOINED)
    assert (days[1] - days[0]) > 150
    assert [sum(one.outcomes.values()) for one in found] == [3, 3, 3, 3]
    assert all(one.outcomes[Outcome.GRANTED] > one.outcomes[Outcome.REFUSED] > 0 for one in found)
    assert not any(one.outcomes[Outcome.WAITING] for one in found)
    assert [one.conduct.unexplained > 0 for one in found] == [True] * 4
    assert sum(one.alarms[Kind.EXPOSURE] for one in found) == 2
    assert found[0].evidence.sources[-1].percent == 100


def test_the_log_of_that_past_is_whole(store: Store) -> None:
    with store.database.reading() as session:
        assert check.check(session, store.vault, None).holds

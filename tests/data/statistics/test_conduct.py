"""The programme's conduct is exact, for the whole company, and only for those who may see it."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pytest
from sqlalchemy import update

from data import instants
from data.accesses import log
from data.accesses.entry import Action, Purpose, Reason
from data.captures import counts, rollups
from data.captures.schema import SCHEMA
from data.captures.tables import ImportRow
from data.copies.tables import CopyTaskRow
from data.database import Database
from data.errors import NotAllowed
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import Role, Viewer
from data.rights import request as requests
from data.rights.states import RequestKind
from data.rights.tables import RequestRow
from data.sealing.vault import Vault
from data.statistics.conduct import Conduct, conduct

MONDAY = instants.parse("2026-11-16")
NOW = MONDAY + 3 * instants.DAY
ORGANIZER = Viewer(1, frozenset({Role.EMPLOYEE, Role.ORGANIZER}), "Olu", "olu@example.org")
OFFICER = Viewer(2, frozenset({Role.EMPLOYEE, Role.OFFICER}), "Oda", "oda@example.org")
EMPLOYEE = Viewer(3, frozenset({Role.EMPLOYEE}), "Eve", "eve@example.org")


@pytest.fixture
def company(database: Database) -> Database:
    with database.writing() as session:
        session.add(DepartmentRow(id=1, name="Payroll"))
        session.flush()
        session.add_all(
            PersonRow(
                id=number,
                email=f"p{number}@example.org",
                name=f"P{number}",
                department_id=1,
                jurisdiction="gdpr",
                joined_at=0,
            )
            for number in (1, 2, 3)
        )
    return database


def seen(database: Database, vault: Vault, viewer: Viewer = ORGANIZER, weeks: int = 4) -> Conduct:
    with database.reading() as session:
        return conduct(session, viewer, vault, weeks, now=NOW)


def test_captures_are_counted_in_their_week_and_refused_ones_in_the_week_they_were_sent(
    company: Database, vault: Vault
) -> None:
    rows = [{"at": MONDAY + n, "kind": "key"} for n in range(5)] + [{"at": MONDAY - 1, "kind": "click"}]
    with company.writing() as session:
        counts.add(session, vault, 3, rollups.count(pa.Table.from_pylist(rows, SCHEMA)))
        session.add(
            ImportRow(
                person_id=3, id=1, source="captures", digest="d", at=MONDAY - instants.DAY, added=6, duplicates=0,
                refused=7, screens=0, first_at=None, last_at=None,
            )
        )  # fmt: skip
    frame = seen(company, vault).captures
    assert list(frame["week"])[-2:] == [date(2026, 11, 9), date(2026, 11, 16)]
    assert list(frame["taken"]) == [0, 0, 1, 5]
    assert list(frame["refused"]) == [0, 0, 7, 0]


def test_looks_are_counted_by_purpose_and_week_without_the_persons_own(company: Database, vault: Vault) -> None:
    looked = [
        (MONDAY, Purpose.NONE, OFFICER),
        (MONDAY - 1, Purpose.SUPPORT, OFFICER),
        (MONDAY + 2, Purpose.SUPPORT, OFFICER),
        (MONDAY + 3, Purpose.OWN, EMPLOYEE),
        (MONDAY - 30 * instants.DAY, Purpose.SUPPORT, OFFICER),
    ]
    with company.writing() as session:
        for at, purpose, who in looked:
            log.append(
                session,
                vault,
                action=Action.READ,
                people=[3],
                accessor=who,
                reason=Reason(purpose),
                scope={},
                count=1,
                at=at,
            )
    found = seen(company, vault)
    frame = found.looks[found.looks["count"] > 0]
    assert sorted(zip(frame["week"], frame["purpose"], frame["count"], strict=True)) == [
        (date(2026, 11, 9), Purpose.SUPPORT, 1),
        (date(2026, 11, 16), Purpose.NONE, 1),
        (date(2026, 11, 16), Purpose.SUPPORT, 1),
    ]
    assert found.unexplained == 1


def test_what_an_audit_saw_of_a_declared_look_is_counted_once_and_no_row_beside_the_log_takes_one_out(
    company: Database, vault: Vault
) -> None:
    from sqlalchemy import insert, update

    from data.accesses.tables import ExplanationRow
    from data.looks.reconciliation import Reconciler
    from tests.data.looks import test_reconciliation as given

    given.declared(company, vault, people=(1,), at=MONDAY)
    explained = given.seen(company, vault, people=(1,), at=MONDAY)
    given.seen(company, vault, people=(1,), at=MONDAY)
    assert Reconciler().run(company, vault) == 1
    assert seen(company, vault).unexplained == 1
    with company.writing() as session:
        session.execute(update(ExplanationRow).values(settles=True))
        session.execute(insert(ExplanationRow).values(position=explained + 1, said=explained, settles=True))
    found = seen(company, vault)
    assert found.unexplained == 1
    assert int(found.looks["count"].sum()) == 2


def test_requests_are_counted_by_outcome_with_the_days_they_took_and_overdue_ones(
    company: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A median of fewer than five would tell one person's case."""

    def on(day: int) -> None:
        monkeypatch.setattr(instants, "now", lambda: NOW - (60 - day) * instants.DAY)

    for took in (1, 2, 3, 4, 30):
        on(0)
        with company.writing() as session:
            made = requests.open_request(session, EMPLOYEE, vault, 3, RequestKind.ERASURE)
        on(took)
        with company.writing() as session:
            requests.decide(session, OFFICER, vault, made.id, approve=False, ground="other", reason="Not yet.")
        outcomes = {row["outcome"]: row for row in seen(company, vault).requests.to_dict("records")}
        assert (outcomes["refused"]["median_days"] == 3) == (took == 30)
    with company.writing() as session:
        requests.open_request(session, EMPLOYEE, vault, 3, RequestKind.ERASURE)
    found = seen(company, vault)
    assert (found.waiting, found.overdue) == (1, 0)
    outcomes = {row["outcome"]: row for row in found.requests.to_dict("records")}
    assert [outcomes["refused"][name] for name in ("kind", "count", "slowest_days")] == ["a deletion", 5, 30]
    assert outcomes["waiting"]["count"] == 1
    with company.writing() as session:
        session.execute(update(RequestRow).values(due_on=instants.day_of(NOW) - timedelta(days=1)))
    assert seen(company, vault).overdue == 1


def test_clocks_that_stand_and_copies_that_are_overdue_are_counted_for_the_whole_company(
    company: Database, vault: Vault
) -> None:
    """What waits for somebody outside of the programme is seen too: it would stick silently otherwise."""
    assert (seen(company, vault).stopped, seen(company, vault).stands) == (0, 0)
    with company.writing() as session:
        for number, since in ((1, 41), (3, 3)):
            session.get_one(PersonRow, number).jurisdiction = "uk"
            made = requests.open_request(session, OFFICER, vault, number, RequestKind.EXPORT)
            row = session.get_one(RequestRow, (number, made.id))
            row.state, row.stopped_at = "stopped", NOW - since * instants.DAY - instants.HOUR
            row.due_on = instants.day_of(NOW) - timedelta(days=1)
        for number, due, state in ((1, -1, "open"), (2, 1, "open"), (3, -9, "done"), (4, -9, "impossible")):
            session.add(
                CopyTaskRow(
                    person_id=3, request_id=1, copy_id=number, name=str(number), what="erase", made_at=0,
                    due_at=NOW + due * instants.DAY, next_at=None, told_at=None, state=state, closed_at=None, epoch=1,
                    wrapped=b"",
                )
            )  # fmt: skip
    found = seen(company, vault)
    assert (found.stopped, found.stands) == (2, 41)
    assert (found.copies_told, found.copies_overdue) == (2, 1)
    assert found.overdue == 0, "a clock that stands is counted beside"


def test_an_employee_does_not_see_the_conduct(company: Database, vault: Vault) -> None:
    with pytest.raises(NotAllowed):
        seen(company, vault, EMPLOYEE)

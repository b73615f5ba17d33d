"""The programme's conduct is exact, for the whole company, and only for those who may see it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy import delete, update

from data import instants
from data.accesses import coverage, log, tree
from data.accesses.accessors import Outside
from data.accesses.coverage import Span
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.tables import EntryRow
from data.alarms.alarm import Kind
from data.captures import counts, rollups
from data.captures.schema import SCHEMA
from data.captures.tables import ImportRow
from data.controls import record as controls
from data.controls.control import Name, Result, State
from data.copies.tables import CopyTaskRow
from data.database import Database
from data.errors import NotAllowed
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import OPERATOR, Role, Viewer
from data.proofs import checks, publishing
from data.proofs.anchor import Anchor
from data.proofs.sight import DAMAGED
from data.rights import request as requests
from data.rights.states import RequestKind
from data.rights.tables import RequestRow
from data.sealing.vault import Vault
from data.statistics import evidence, looks
from data.statistics.conduct import Conduct, conduct
from data.statistics.evidence import Covered
from pages.wording import evidence as wording
from tests.data.exposures.opening import found as found_open
from tests.data.exposures.opening import look

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


def looked(database: Database, vault: Vault, at: int, purpose: Purpose, who: Viewer | Outside = OFFICER) -> None:
    """`who` looked at the third person's data."""
    with database.writing() as session:
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


def asked(database: Database, vault: Vault) -> int:
    with database.writing() as session:
        return requests.open_request(session, EMPLOYEE, vault, 3, RequestKind.ERASURE).id


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
    for at, purpose, who in [
        (MONDAY, Purpose.NONE, OFFICER),
        (MONDAY - 1, Purpose.SUPPORT, OFFICER),
        (MONDAY + 2, Purpose.SUPPORT, OFFICER),
        (MONDAY + 3, Purpose.OWN, EMPLOYEE),
        (MONDAY - 30 * instants.DAY, Purpose.SUPPORT, OFFICER),
    ]:
        looked(company, vault, at, purpose, who)
    found = seen(company, vault)
    frame = found.looks[found.looks["count"] > 0]
    assert sorted(zip(frame["week"], frame["purpose"], frame["count"], strict=True)) == [
        (date(2026, 11, 9), Purpose.SUPPORT, 1),
        (date(2026, 11, 16), Purpose.NONE, 1),
        (date(2026, 11, 16), Purpose.SUPPORT, 1),
    ]
    assert found.unexplained == 1
    assert found.roles["count"].sum() == found.crossed["total"].sum() == 3


def test_looks_are_counted_by_role_and_by_purpose_and_role_and_a_role_beyond_the_sixth_is_another(
    company: Database, vault: Vault
) -> None:
    """Roles outside are free text: a long list of them would be a list of people."""
    for number in range(8):
        for _ in range(9 - number):
            who = Outside(f"account-{number}", f"role {number}", "Team", automated=False)
            looked(company, vault, MONDAY, Purpose.SUPPORT, who)
    looked(company, vault, MONDAY - 1, Purpose.NONE)
    found = seen(company, vault)
    roles = found.roles.groupby("role", sort=False)["count"].sum().to_dict()
    assert roles == {f"role {number}": 9 - number for number in range(6)} | {looks.OTHERS: 3 + 2 + 1}
    assert len(found.roles) == 4 * len(roles)
    crossed = found.crossed.set_index("purpose")
    assert crossed.loc[Purpose.SUPPORT, "role 0"] == 9
    assert crossed.loc[Purpose.NONE, looks.OTHERS] == crossed.loc[Purpose.NONE, "total"] == 1


def test_alarms_are_counted_in_the_week_they_were_raised_and_requests_when_they_came_and_were_answered(
    company: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instants, "now", lambda: MONDAY - instants.DAY)
    number = asked(company, vault)
    look(company, vault, found_open())
    monkeypatch.setattr(instants, "now", lambda: NOW)
    with company.writing() as session:
        requests.decide(session, OFFICER, vault, number, approve=False, ground="other", reason="Not yet.")
    found = seen(company, vault)
    assert found.asked["received"].tolist() == [0, 0, 1, 0]
    assert found.asked["answered"].tolist() == [0, 0, 0, 1]
    raised = found.alarms[found.alarms["count"] > 0]
    assert list(zip(raised["week"], raised["kind"], raised["count"], strict=True)) == [
        (date(2026, 11, 9), Kind.EXPOSURE, 1)
    ]
    assert len(found.alarms) == 4 * len(Kind)


def test_coverage_counts_the_gaps_of_each_source_and_controls_as_they_can_be_told_now(
    company: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gap is never rounded away, and what nobody looked at lately is not known, not kept."""
    hour = instants.HOUR
    monkeypatch.setattr(instants, "now", lambda: MONDAY)
    with company.writing() as session:
        log.append(
            session, vault, action=Action.STORE_MADE, people=[], accessor=OPERATOR, reason=None, scope={}, count=0
        )
        spans = [Span("audit", MONDAY, MONDAY + 50 * hour, "broken"), Span("audit", MONDAY + 51 * hour, None, "")]
        coverage.record(session, vault, OPERATOR, spans)
        for name, state, at in (("a", State.HOLDS, NOW), ("b", State.HOLDS, NOW - 3 * hour), ("c", State.BROKEN, 1)):
            controls.keep(session, vault, Name(name), Result(state, "Looked."), at, by=None, days=14)
    monkeypatch.setattr(instants, "now", lambda: NOW)
    with company.reading() as session:
        found = evidence.of(session, ORGANIZER, vault, MONDAY - instants.WEEK, NOW + instants.WEEK, days=14)
        with pytest.raises(NotAllowed):
            evidence.of(session, EMPLOYEE, vault, 0, NOW, days=14)
    assert found.sources == (Covered("audit", 71 * hour, 72 * hour, 1), Covered("daylight", 72 * hour, 72 * hour, 0))
    assert found.sources[0].percent == 98
    assert found.controls == {State.HOLDS: 1, State.BROKEN: 1, State.UNKNOWN: 1}


def test_while_the_log_is_damaged_nothing_is_known_of_any_source(
    company: Database, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchor = Anchor(tmp_path / "anchor")
    monkeypatch.setattr(instants, "now", lambda: NOW)
    with company.writing() as session:
        coverage.record(session, vault, OPERATOR, [Span("audit", MONDAY, None, "")])
        coverage.record(session, vault, OPERATOR, [Span("audit", MONDAY, MONDAY + instants.HOUR, "broken")])
    publishing.run(company, vault, anchor)
    with company.writing() as session:
        session.execute(delete(EntryRow).where(EntryRow.position == tree.end(session) - 1))
    checks.run(company, vault, anchor)
    with company.reading() as session:
        found = evidence.of(session, ORGANIZER, vault, MONDAY, NOW, days=14)
    length = NOW - MONDAY
    assert found.sources == tuple(Covered(name, 0, length, 1, DAMAGED) for name in ("audit", "daylight"))
    assert {wording.share(one) for one in found.sources} == {f"not known: {DAMAGED}"}
    assert {wording.percent(one) for one in found.sources} == {"not known"}


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

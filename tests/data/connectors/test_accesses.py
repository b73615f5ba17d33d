"""Evidence from outside comes in whole, once, and never in Daylight's own name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from data import instants
from data.accesses import coverage, history
from data.accesses.entry import Action, Purpose
from data.accesses.tables import EntryRow
from data.connectors import accesses
from data.connectors.accesses import Evidence
from data.database import Database
from data.errors import BadInput, NotAllowed
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import OPERATOR, Role, Viewer
from data.sealing.vault import Vault

ANA = Viewer(1, frozenset({Role.EMPLOYEE}), "Ana")
AT = "2026-11-03T14:05:09.000120Z"


def line(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "at": AT, "source": "warehouse audit", "action": "read", "who": "svc-trainer", "role": "service",
        "team": "ML", "purpose": "training", "ticket": "RUN-1", "people": ["ana@x.org"], "count": 12,
        "scope": {"kinds": ["key"]},
    }  # fmt: skip
    return {name: value for name, value in {**found, **changes}.items() if value is not ...}


@pytest.fixture
def store(database: Database) -> Database:
    with database.writing() as session:
        session.add(DepartmentRow(id=1, name="Sales"))
        session.flush()
        for number, name in enumerate(("ana", "ben"), start=1):
            row = PersonRow(id=number, email=f"{name}@x.org", name=name, department_id=1)
            row.manager_id, row.jurisdiction, row.subject, row.joined_at = None, "gdpr", None, 0
            session.add(row)
    return database


def load(store: Database, vault: Vault, path: Path, *lines: Any) -> Evidence:
    path = path / "evidence.jsonl"
    path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines))
    with store.writing() as session:
        return accesses.load(session, OPERATOR, vault, path)


def test_an_access_from_outside_reaches_the_persons_history(store: Database, vault: Vault, tmp_path: Path) -> None:
    assert load(store, vault, tmp_path, line(), line(people="all", at="2026-11-03T15:00+01:00")) == Evidence(2, 0, 0)
    with store.reading() as session:
        first, second = history.about(session, ANA, vault, 1)
    assert (first.at, second.at) == (instants.parse(AT), instants.parse("2026-11-03T14:00Z"))
    assert (first.source, first.action, first.count, first.purpose) == (
        "warehouse audit",
        Action.READ,
        12,
        Purpose.TRAINING,
    )
    assert (first.account, first.role, first.team, first.ticket) == ("svc-trainer", "service", "ML", "RUN-1")
    assert first.automated
    assert (first.people_count, second.people_count) == (1, 2)


def test_the_same_file_again_adds_nothing_and_a_longer_one_adds_what_is_new(
    store: Database, vault: Vault, tmp_path: Path
) -> None:
    lines = [line(), line(), line(id="7"), {"coverage": "warehouse audit", "start": "2026-09-01", "end": None}]
    assert load(store, vault, tmp_path, *lines) == Evidence(3, 0, 1)
    assert load(store, vault, tmp_path, *lines) == Evidence(0, 3, 0)
    assert load(store, vault, tmp_path, line(id="7", ticket="changed"), line(), line(), line()) == Evidence(1, 3, 0)
    with store.reading() as session:
        assert len(history.about(session, ANA, vault, 1)) == 4


def test_coverage_is_kept_and_its_gaps_are_said(store: Database, vault: Vault, tmp_path: Path) -> None:
    load(
        store,
        vault,
        tmp_path,
        {"coverage": "audit", "start": "2026-09-01", "end": "2026-09-05", "why": "switched off"},
        {"coverage": "audit", "start": "2026-09-07", "end": None},
    )
    with store.reading() as session:
        (gap,) = coverage.gaps(session, instants.parse("2026-09-02"), instants.parse("2026-09-09"))
    assert (gap.start, gap.end, gap.why) == (
        instants.parse("2026-09-05"),
        instants.parse("2026-09-07"),
        "switched off",
    )


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ("[" * 100_000, "not JSON"),
        ('{"at": NaN}', "not JSON"),
        (line(people=["ghost@x.org"]), "ghost@x.org"),
        (line(people=[]), "people"),
        (line(people=[1]), "people"),
        (line(source="Daylight"), "Daylight itself"),
        ({"coverage": "daylight", "start": "2026-09-01", "end": None}, "Daylight itself"),
        (line(action="grant"), "the action 'grant'"),
        (line(purpose="own"), "the purpose 'own'"),
        (line(purpose="fun"), "the purpose 'fun'"),
        (line(at="yesterday"), "at is no ISO 8601"),
        (line(at="9999-01-01"), "future"),
        (line(at="0001-01-01T00:00+14:00"), "at is"),
        (line(who=...), "who is missing"),
        (line(who="a\nb"), "invisible"),
        (line(who="a\u202eb"), "invisible"),
        (line(ticket="x" * 301), "ticket has 301"),
        (line(count=-1), "count"),
        (line(count=True), "count"),
        (line(count=1.5), "count"),
        (line(count=2**53), "count"),
        (line(scope=[1]), "scope"),
        (line(scope={"n": 2**60}), "scope"),
        (line(scope={"n": "x" * 5000}), "scope"),
        (line(automated="yes"), "automated"),
        (line(extra=1), "no field 'extra'"),
        ({"coverage": "a", "start": "2026-09-02", "end": "2026-09-01"}, "ends before"),
    ],
)
def test_a_bad_line_is_named_and_nothing_of_the_file_is_kept(
    store: Database, vault: Vault, tmp_path: Path, bad: Any, said: str
) -> None:
    with pytest.raises(BadInput) as caught:
        load(store, vault, tmp_path, line(), bad, line(id="later"), "{")
    assert said in str(caught.value)
    assert "line 2:" in str(caught.value)
    assert "line 4:" in str(caught.value)
    assert str(caught.value).isprintable()
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(EntryRow)) == 0


def test_an_empty_file_and_a_person_without_the_permission_are_refused(
    store: Database, vault: Vault, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="empty"):
        load(store, vault, tmp_path)
    with pytest.raises(BadInput, match="empty"):
        load(store, vault, tmp_path, "", " ")
    load(store, vault, tmp_path, line())
    with pytest.raises(NotAllowed), store.writing() as session:
        accesses.load(session, ANA, vault, tmp_path / "evidence.jsonl")

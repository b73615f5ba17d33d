"""Evidence from outside comes in whole, once, and never in Daylight's own name."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from data import instants
from data.accesses import coverage, opening
from data.accesses.details import Details
from data.accesses.entry import Action, Purpose
from data.accesses.tables import DetailsRow, EntryRow
from data.connectors import accesses
from data.connectors.accesses import Evidence
from data.database import Database
from data.errors import BadInput, NotAllowed
from data.looks import history
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import OPERATOR, Role, Viewer
from data.proofs import check
from data.proofs.findings import What
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
    assert load(store, vault, tmp_path, line(id="7"), line(), line(), line()) == Evidence(1, 3, 0)
    with store.reading() as session:
        assert len(history.about(session, ANA, vault, 1)) == 4


def test_a_known_id_with_other_content_is_a_conflict_and_both_are_kept(
    store: Database, vault: Vault, tmp_path: Path
) -> None:
    load(store, vault, tmp_path, line(id="7"))
    changed = line(id="7", count=9_000_000)
    assert load(store, vault, tmp_path, changed, line(id="7")) == Evidence(1, 1, 0, conflicts=1)
    assert load(store, vault, tmp_path, changed, line(id="7")) == Evidence(0, 2, 0)
    with store.reading() as session:
        assert [one.count for one in history.about(session, ANA, vault, 1)] == [9_000_000, 12]


def test_a_read_that_the_database_calls_known_and_no_entry_holds_is_added(
    store: Database, vault: Vault, tmp_path: Path
) -> None:
    """Whoever can write the database cannot keep a read out of the log by calling it known beforehand."""
    load(store, vault, tmp_path, line(id="1"))
    with store.writing() as session:
        session.execute(text("INSERT INTO access_evidence VALUES ('warehouse audit', 'id 7', 0)"))
        found = check.check(session, vault).findings
    assert [(one.what, one.first) for one in found] == [(What.EVIDENCE_CHANGED, 0)]
    assert load(store, vault, tmp_path, line(id="7")) == Evidence(1, 0, 0, unfounded=1)
    with store.reading() as session:
        assert len(history.about(session, ANA, vault, 1)) == 2
        assert check.check(session, vault).findings == ()


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE access_evidence SET id = 'id 8'",
        "UPDATE access_evidence SET source = 'cloud audit'",
        "UPDATE access_evidence SET position = 1",
        "UPDATE access_evidence SET position = 99",
        "DELETE FROM access_evidence",
    ],
)
def test_whoever_alters_what_is_known_is_found(store: Database, vault: Vault, tmp_path: Path, tamper: str) -> None:
    load(store, vault, tmp_path, line(id="7"))
    with store.writing() as session:
        assert check.check(session, vault).findings == ()
        session.execute(text(tamper))
    with store.reading() as session:
        assert {one.what for one in check.check(session, vault).findings} == {What.EVIDENCE_CHANGED}


def test_the_log_keeps_which_file_was_imported(store: Database, vault: Vault, tmp_path: Path) -> None:
    load(store, vault, tmp_path, line())
    with store.reading() as session:
        row = session.scalars(select(EntryRow).where(EntryRow.action == Action.EVIDENCE)).one()
        log_keys = opening.log_keys(session, vault)
        kept = opening.details(log_keys, row, session.get_one(DetailsRow, row.position).details)
    assert isinstance(kept, Details)
    assert kept.read["scope"]["file"] == hashlib.sha256((tmp_path / "evidence.jsonl").read_bytes()).hexdigest()


def test_coverage_is_kept_and_its_gaps_are_said(store: Database, vault: Vault, tmp_path: Path) -> None:
    load(
        store,
        vault,
        tmp_path,
        {"coverage": "audit", "start": "2026-09-01", "end": "2026-09-05", "why": "switched off"},
        {"coverage": "audit", "start": "2026-09-07", "end": None},
    )
    with store.reading() as session:
        (gap,) = coverage.read(session, vault).gaps(instants.parse("2026-09-02"), instants.parse("2026-09-09"))
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
        (line(scope={"amount": 3}), "no object of rows, bytes, objects, statements"),
        (line(scope={"amount": {"pages": 3}}), "no object of rows"),
        (line(scope={"amount": {"bytes": -3}}), "no whole number"),
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

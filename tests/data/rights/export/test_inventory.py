"""Everything that is held about a person is in their export, or is named there with the reason why it is not."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, insert

from data import instants
from data.accesses import log
from data.accesses.entry import Action, Purpose, Reason
from data.copies.tables import ConsumerRow, CopyPersonRow, CopyRow
from data.database import Database
from data.migrations.tables import SCHEMA
from data.people import grants
from data.people.viewer import OPERATOR
from data.rights import request
from data.rights.export import archive, inventory
from data.rights.record import Request
from data.rights.states import Ground, RequestKind
from data.sealing.vault import Vault
from tests.data.rights.conftest import Roster
from tests.data.rights.holding import START, keep, rows

# Whole numbers that name no person. Whoever adds a column that is in neither list decides which it is.
NUMBERS = frozenset(
    [
        "added",
        "promised_days",
        "stopped_days",
        "people",
        "days",
        "promised_days",
        "stopped_days",
        "copy_id",
        "consumer_id",
        "captures",
        "app_id",
        "block",
        "bytes",
        "count",
        "day",
        "department_id",
        "done",
        "downs",
        "duplicates",
        "end",
        "finding_id",
        "run",
        "entries",
        "epoch",
        "height",
        "id",
        "import_id",
        "index",
        "key_version",
        "known_size",
        "level",
        "number",
        "objected",
        "paused",
        "people_count",
        "position",
        "quarter",
        "refused",
        "request_id",
        "said",
        "screens",
        "sequence",
        "spent",
        "clock_offset",
        "step",
        "steps",
        "size",
        "since",
        "start",
        "stream",
        "took",
        "total",
        "tries",
        "version",
        "week",
        "width",
        "x",
        "y",
        "year",
    ]
)
INSTANT = re.compile(r"(.+_)?at|claimed_until|next_at")
# Sealed or packed values, which could hold anything: what they are stands in the inventory or names nobody.
OF_NOBODY = frozenset(
    [
        *(
            "access_tags.tags",
            "access_tiles.hashes",
            "access_checkpoints.root",
            "access_checks.seal",
            "access_keys.wrapped",
            "control_looks.look",
        ),
        *("rights_keys.wrapped", "capture_weeks.quarters", "consumers.wrapped", "copies.wrapped"),
        "drift_findings.wrapped",
    ]
)


def names_a_person(column: Column[Any]) -> bool:
    if any(key.column.table.name == "people" for key in column.foreign_keys):
        return True
    if not isinstance(column.type, (Integer, BigInteger)):
        return False
    if column.table.name == "people":
        return column.name in {"id", "manager_id"}
    return column.name not in NUMBERS and not INSTANT.fullmatch(column.name)


def people_in(table: Table) -> set[tuple[str, str]]:
    return {(table.name, column.name) for column in table.columns if names_a_person(column)}


def forgotten(tables: list[Table]) -> set[tuple[str, str]]:
    return set[tuple[str, str]]().union(*map(people_in, tables)) - inventory.PEOPLE


def test_every_table_that_names_a_person_is_in_the_export_or_left_out_for_a_reason() -> None:
    left = forgotten(list(SCHEMA.tables.values()))
    assert not left, (
        f"put each into ROWS, WRITTEN or LEFT of inventory.py, or into NUMBERS here if it names nobody: {left}"
    )


def test_a_person_under_any_other_name_is_found_too() -> None:
    """The test above is no use if a column of another name slips past it."""
    for name in ("person_id", "accessor_id", "viewer", "opened_by", "whoever"):
        table = Table(
            "new", type(SCHEMA)(), Column(name, Integer), Column("made_at", Integer), Column("count", Integer)
        )
        assert forgotten([table]) == {("new", name)}


# What requests.jsonl leaves out of a request: the person themselves, and what follows from the rest.
FOLLOWS = frozenset(
    {"person_id", "person", "email", "law", "days_left", "next_step", "done", "total", "opened_by", "waits_for"}
)
OTHERWISE = {"events": "history", "decider": "decided_by", "access_at": "asked", "expires_at": "", "failure": ""}


def test_everything_that_a_request_says_is_in_the_list_of_requests(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    with database.writing() as session:
        request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE)
    with exported(database, vault, roster, tmp_path) as found:
        (line,) = lines(found, "requests.jsonl")
    assert {field.name for field in fields(Request)} - set(line) <= FOLLOWS | set(OTHERWISE)


def test_the_inventory_names_no_table_or_column_that_is_not_there() -> None:
    for table, column in inventory.PEOPLE:
        assert column in SCHEMA.tables[table].columns, (table, column)


@pytest.mark.parametrize("one", inventory.ROWS, ids=lambda one: one.file)
def test_every_column_of_a_table_in_the_export_is_in_it_or_left_out_for_a_reason(one: inventory.Rows) -> None:
    there = set(one.table.__table__.columns.keys()) - {one.who} if one.who != "id" else set(one.columns)
    assert there == (set(one.columns) | set(one.left)) or (one.rest and there > set(one.columns)), one.name
    assert not set(one.columns) & set(one.left)


def test_every_sealed_value_belongs_to_a_table_of_the_inventory() -> None:
    known = {table for table, _ in inventory.PEOPLE}
    sealed = {
        f"{table.name}.{column.name}"
        for table in SCHEMA.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and table.name not in known
    }
    assert sealed <= OF_NOBODY, sealed - OF_NOBODY


def exported(database: Database, vault: Vault, roster: Roster, folder: Path) -> zipfile.ZipFile:
    out = folder / "copy.zip"
    archive.write_export(database, vault, roster.ana, 1, out)
    return zipfile.ZipFile(out)


def lines(found: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in found.read(name).splitlines()]


def filled(database: Database, vault: Vault, number: int) -> dict[tuple[str, str], dict[str, Any]]:
    """One row of person `number` in every table that the export reads as it is and that the test can write by hand."""
    made: dict[tuple[str, str], dict[str, Any]] = {}
    by_hand = {"sessions", "devices", "imports", "refusals", "standing_rules", "notices", "notice_post", "access_pins"}
    by_hand |= {"copy_tasks", "device_enrolments", "heartbeats", "device_steps", "alarm_choices"}
    with database.writing() as session:
        for one in inventory.ROWS:
            if one.name not in by_hand:
                continue
            row: dict[str, Any] = {}
            for column in one.table.__table__.columns:
                if column.name == one.who:
                    row[column.name] = number
                elif isinstance(column.type, LargeBinary):
                    row[column.name] = b"sealed-%d" % number
                elif isinstance(column.type, (Integer, BigInteger)):
                    row[column.name] = 1_700_000_000_000_123 + number
                else:
                    row[column.name] = f"{column.name} of person {number}"
            session.execute(insert(one.table).values(row))
            made[one.name, one.path] = row
    return made


def test_what_is_held_in_each_table_stands_in_its_file_and_nobody_elses_does(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    mine = filled(database, vault, 1)
    filled(database, vault, 2)
    with exported(database, vault, roster, tmp_path) as found:
        for (table, path), row in mine.items():
            (line,) = lines(found, path)
            for name, value in line.items():
                held = row[name]
                at = name == "at" or name.endswith("_at") or name == "since"
                expected = instants.iso(held) if at else held.hex() if isinstance(held, bytes) else held
                assert value == expected, (table, name)
        whole = b"".join(found.read(name) for name in found.namelist())
        assert b"of person 2" not in whole
        (person,) = lines(found, "held/person.jsonl")
        assert (person["email"], person["department"], person["manager"]) == ("ana@example.org", "Support", None)


def test_what_a_person_did_as_a_viewer_is_in_it_and_whose_data_it_was_is_not(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    with database.writing() as session:
        grants.grant(session, OPERATOR, vault, "ana@example.org", "officer")
    with database.writing() as session:
        reason, scope = Reason(Purpose.SUPPORT, "INC-7"), {"apps": ["Tax adviser of Cal"]}
        log.append(
            session, vault, action=Action.READ, people=[2], accessor=roster.ana, reason=reason, scope=scope, count=3
        )
    with database.writing() as session:
        opened = request.open_request(session, roster.cal, vault, 2, RequestKind.ERASURE)
    with database.writing() as session:
        request.decide(session, roster.olga, vault, opened.id, approve=False, ground=Ground.OTHER, reason="No.")
    with exported(database, vault, roster, tmp_path) as found:
        looked = [line for line in lines(found, "held/you-looked.jsonl") if line["purpose"] == "support"]
        shown = [(line["action"], line["role"], line["people_count"], line["count"]) for line in looked]
        assert shown == [("read", "employee", 1, 3)]
        assert instants.parse(looked[0]["at"]) <= instants.now()
        assert [line["role"] for line in lines(found, "held/roles.jsonl")] == ["officer"]
        assert "role granted" in {line["action"] for line in lines(found, "held/log.jsonl")}
        whole = b"".join(found.read(name) for name in found.namelist())
        assert b"Tax adviser" not in whole
        assert b"cal@example.org" not in whole
        assert lines(found, "held/you-decided.jsonl") == []


def test_the_index_and_the_inventory_say_what_is_left_out_and_why(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    keep(database, vault, 1, rows(30, start=START))
    with exported(database, vault, roster, tmp_path) as found:
        told = json.loads(found.read("inventory.json"))
        index = found.read("index.html").decode()
        assert {f"{one['table']}.{one['by']}" for one in told["left_out"] if "by" in one} == {
            f"{table}.{who}" for table, who in inventory.LEFT
        }
        for one in told["left_out"]:
            assert len(one["why"].split()) > 3
            assert one["why"].replace("'", "&#39;") in index
        for one in told["held"]:
            for name in one["file"].split(", "):
                written = [there for there in found.namelist() if there.startswith(name)]
                assert written or name == "screens/", name
        (segment,) = lines(found, "held/segments.jsonl")
        assert segment["count"] == 30
        assert "wrapped_key" not in segment


def test_a_decision_that_a_person_took_is_in_their_own_copy(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    with database.writing() as session:
        opened = request.open_request(session, roster.cal, vault, 2, RequestKind.ERASURE)
    with database.writing() as session:
        request.decide(session, roster.olga, vault, opened.id, approve=False, ground=Ground.OTHER, reason="Not yet.")
    out = tmp_path / "copy.zip"
    archive.write_export(database, vault, roster.olga, 3, out)
    with zipfile.ZipFile(out) as found:
        (decided,) = lines(found, "held/you-decided.jsonl")
        assert (decided["id"], decided["state"], decided["reason"]) == (opened.id, "refused", "Not yet.")
        assert [line["what"] for line in lines(found, "held/you-acted.jsonl")] == ["refused"]


def test_whoever_holds_a_copy_of_the_captures_is_named(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    with database.writing() as session:
        holder = {"id": 5, "name": "trainer", "what": "", "url": "", "algorithm": "", "epoch": 1, "wrapped": b""}
        session.execute(insert(ConsumerRow).values(**holder, days=30, registered_at=START))
        copy = {
            "consumer_id": 5,
            "made_by": "Olga",
            "purpose": "training",
            "ticket": "T",
            "format": "csv",
            "captures": 9,
        }
        where = {"people": 1, "digest": "d", "position": 1, "epoch": 1, "wrapped": b"", "made_at": START}
        session.execute(insert(CopyRow).values(id=8, **copy, **where))
        share = {"copy_id": 8, "subject": "s", "captures": 4, "first_at": START, "last_at": START}
        session.execute(insert(CopyPersonRow).values(person_id=1, **share))
    with exported(database, vault, roster, tmp_path) as found:
        (line,) = lines(found, "held/copies.jsonl")
        assert (line["holder"], line["purpose"], line["captures"], line["released_at"]) == (
            "trainer",
            "training",
            4,
            None,
        )

"""An extract is logged for everybody in it before it exists, registered, and leaves out whoever may not be in it."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from data.accesses.entry import Action, Purpose
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.copies import consumer, snapshot
from data.copies import extract as extracting
from data.copies.extract import LeftOut, Wanted, extract
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.looks import history
from data.people.viewer import OPERATOR
from data.programme import rules
from data.programme.reach import Reach
from data.programme.rules import RuleKind
from data.rights import objection, pending, request
from data.rights.states import RequestKind
from data.sealing.vault import Vault
from tests.data.captures.rows import row
from tests.data.copies.holding import ANA, CAL, OLGA, keep, some, take, wanted
from tests.data.crashing import MOMENTS, Place, do_and_die, place_of
from tests.data.rights.conftest import Roster, people

pq: Any = pyarrow.parquet


@pytest.fixture
def roster(database: Database, vault: Vault) -> Roster:
    found = people(database)
    for person in (ANA, CAL, OLGA):
        keep(database, vault, person, some(person))
    return found


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def texts(path: Path) -> list[str]:
    return sorted({one["text"] for one in lines(path)})


@pytest.mark.parametrize("form", [".jsonl", ".parquet"])
def test_an_extract_holds_what_is_held_and_names_nobody(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, form: str
) -> None:
    out = tmp_path / f"set{form}"
    found = take(database, vault, out)
    assert (found.captures, found.people) == (12, 3)
    assert found.digest == hashlib.sha256(out.read_bytes()).hexdigest()
    rows = lines(out) if form == ".jsonl" else pq.read_table(out).to_pylist()
    assert len(rows) == 12
    assert len({one["subject"] for one in rows}) == 3
    assert b"example.org" not in out.read_bytes()
    assert sorted(one["text"] for one in rows) == sorted(f"typed by {who}" for who in (1, 2, 3) for _ in range(4))


def test_everybody_in_it_reads_who_took_it_and_where_it_is(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    found = take(database, vault, tmp_path / "set.parquet")
    for viewer in (roster.ana, roster.cal, roster.olga):
        assert viewer.person_id is not None
        with database.reading() as session:
            (look,) = history.about(session, viewer, vault, viewer.person_id)
            (copy,) = snapshot.of(session, viewer, viewer.person_id)
        assert (look.position, look.action, look.count, look.people_count) == (found.position, Action.COPY, 12, 3)
        assert (look.purpose, look.ticket) == (Purpose.TRAINING, "RUN-7")
        assert (copy.position, copy.captures, copy.is_released, copy.digest) == (found.position, 4, True, found.digest)
    with database.reading() as session:
        assert snapshot.of(session, roster.omar, 4) == ()
        with pytest.raises(NotAllowed):
            snapshot.of(session, roster.cal, ANA)


def test_two_extracts_call_a_person_by_different_names(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        take(database, vault, tmp_path / f"{name}.jsonl", what=wanted(people=frozenset({ANA})))
    assert lines(tmp_path / "one.jsonl")[0]["subject"] != lines(tmp_path / "two.jsonl")[0]["subject"]


@pytest.mark.parametrize("kind", RuleKind)
def test_who_has_a_rule_is_left_out_and_counted(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, kind: RuleKind
) -> None:
    with database.writing() as session:
        rules.add(session, vault, ANA, 1, kind, Reach(), granted=True)
        rules.add(session, vault, CAL, 2, kind, Reach(apps=frozenset({"Mail"})), granted=True)
    found = take(database, vault, tmp_path / "set.jsonl")
    assert texts(tmp_path / "set.jsonl") == ["typed by 2", "typed by 3"]
    assert found.captures == 6
    assert list(found.left_out.values()) == [LeftOut(people=2, captures=6)]
    with database.reading() as session:
        assert snapshot.of(session, roster.ana, ANA) == ()


def test_an_objection_that_waits_keeps_a_person_out(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    with database.writing() as session:
        objection.ask(session, roster.ana, vault, ANA, Reach(), "No.")
    assert take(database, vault, tmp_path / "set.jsonl").left_out == {"objected": LeftOut(1, 4)}


def test_what_is_to_be_deleted_is_left_out(database: Database, vault: Vault, roster: Roster, tmp_path: Path) -> None:
    with database.writing() as session:
        scope = Scope(apps=frozenset({"Word"}))
        asked = request.open_request(session, roster.ana, vault, ANA, RequestKind.ERASURE, scope)
    found = take(database, vault, tmp_path / "set.jsonl")
    assert found.left_out == {"to be deleted": LeftOut(1, 2)}
    with database.writing() as session:
        request.withdraw(session, roster.ana, vault, asked.id)
    assert take(database, vault, tmp_path / "all.jsonl").left_out == {}


def test_an_extract_can_be_narrowed(database: Database, vault: Vault, roster: Roster, tmp_path: Path) -> None:
    keep(database, vault, ANA, [row(50, "click", app="Mail")])
    scope = Scope(frozenset({Kind.KEY}), frozenset({"Mail"}), 11, 13)
    found = take(database, vault, tmp_path / "a.jsonl", what=wanted(scope=scope, people=frozenset({ANA, CAL})))
    assert (found.captures, found.people) == (2, 2)
    found = take(database, vault, tmp_path / "b.jsonl", what=wanted(departments=frozenset({"Support"})))
    assert found.people == 3


@pytest.mark.parametrize(
    ("changes", "name", "error"),
    [
        ({"ticket": " "}, "set.jsonl", BadInput),
        ({"purpose": Purpose.NONE}, "set.jsonl", BadInput),
        ({}, "set.csv", BadInput),
        ({}, "there.jsonl", BadInput),
        ({}, "nowhere/set.jsonl", BadInput),
        ({"departments": frozenset({"Nothing"})}, "set.jsonl", NotFound),
        ({"consumer": "nobody"}, "set.jsonl", NotFound),
        ({"people": frozenset({4})}, "set.jsonl", BadInput),
    ],
    ids=["no ticket", "no purpose", "no form", "there", "no folder", "no department", "no consumer", "nothing"],
)
def test_a_wrong_extract_writes_and_logs_nothing(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, changes: Any, name: str, error: type[Exception]
) -> None:
    (tmp_path / "there.jsonl").write_text("mine")
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(error):
        take(database, vault, tmp_path / name, what=wanted(**changes))
    assert sorted(path.name for path in tmp_path.iterdir() if "daylight.db" not in path.name) == [
        one for one in before if "daylight.db" not in one
    ]
    with database.reading() as session:
        assert history.about(session, roster.ana, vault, ANA) == ()


def test_an_employee_extracts_nothing(database: Database, vault: Vault, roster: Roster, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        take(database, vault, tmp_path / "set.jsonl", roster.ana)


def test_whoever_objects_while_it_is_built_is_not_in_it(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    asked = list[int]()

    def meanwhile(session: Any) -> Any:
        found = pending.deletions(session, vault)
        if not asked:  # what the first look saw is out of date when the extract is to be logged
            asked.append(1)
            return {**found, CAL: (Scope(start=1_000),)}
        return found

    with database.writing() as session:
        rules.add(session, vault, ANA, 1, RuleKind.RESTRICTION, Reach(), granted=True)
    found = extract(database, vault, OPERATOR, wanted(), tmp_path / "set.jsonl", meanwhile)
    assert found.people == 2
    with database.reading() as session:
        assert len(snapshot.of(session, roster.cal, CAL)) == 1


def test_what_keeps_changing_is_not_extracted(database: Database, vault: Vault, roster: Roster, tmp_path: Path) -> None:
    count = iter(range(1_000))
    with pytest.raises(Conflict):
        extract(
            database, vault, OPERATOR, wanted(), tmp_path / "set.jsonl", lambda _: {CAL: (Scope(start=next(count)),)}
        )
    assert not (tmp_path / "set.jsonl").exists()


def carry_out(database: Database, vault: Vault, place: Place, name: str) -> None:
    """Extract in a process that is killed."""
    what = Wanted(Purpose.TRAINING, "RUN-7")
    extract(database, vault, OPERATOR, what, place.folder / name, partial(pending.deletions, vault=vault))


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("moment", [one for one in MOMENTS if "commit" in one])
def test_a_crash_leaves_neither_a_file_nor_an_unlogged_copy(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, moment: str, number: int
) -> None:
    out = tmp_path / "set.jsonl"
    assert do_and_die(place_of(database, tmp_path), carry_out, out.name, moment, number)
    with database.reading() as session:
        copies = snapshot.of(session, roster.ana, ANA)
        looks = history.about(session, roster.ana, vault, ANA)
    assert len(copies) == len(looks)
    assert [path for path in tmp_path.rglob("*set.jsonl*") if path != out] == []
    if out.exists():
        assert len(looks) == 1
        assert copies[0].digest == hashlib.sha256(out.read_bytes()).hexdigest()
    # The first commit logs and registers; only then there may be a file.
    assert out.exists() == (number == 2)
    assert len(looks) == (0 if (moment, number) == ("before commit", 1) else 1)
    if copies:
        assert copies[0].is_released == ((moment, number) == ("after commit", 2))


def write_half(database: Database, vault: Vault, place: Place, what: tuple[str, bool]) -> None:
    """Extract in a process that is killed by its first byte beyond the hundredth of the file."""
    name, nameless = what
    write = extracting._release  # pyright: ignore[reportPrivateUsage]

    def cut(*args: Any) -> None:
        if not nameless:
            del os.O_TMPFILE  # as on a file system that knows no file without a name
        list(extracting._pieces(*args[:2]))  # pyright: ignore[reportPrivateUsage] (what is spilled is written by now)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # kills, as nobody can say when a plain write is half done
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
        write(*args)

    extracting._release = cut  # pyright: ignore[reportPrivateUsage]
    carry_out(database, vault, place, name)


@pytest.mark.parametrize("nameless", [True, False], ids=["without a name", "by renaming"])
def test_killed_while_it_is_written_there_is_no_file(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, nameless: bool
) -> None:
    """Half an extract would be a copy of which nobody knows what it holds; where the file system can, none is left."""
    out = tmp_path / "set.jsonl"
    code = do_and_die(place_of(database, tmp_path), write_half, (out.name, nameless), MOMENTS[0], 1_000)
    assert code == -signal.SIGXFSZ
    assert not out.exists()
    assert not nameless or [*tmp_path.glob("*set.jsonl*"), *tmp_path.glob(".*")] == []
    with database.reading() as session:
        (copy,) = snapshot.of(session, roster.ana, ANA)
    assert not copy.is_released


def test_an_extract_for_a_consumer_is_held_by_it(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    with database.writing() as session:
        consumer.register(session, OPERATOR, vault, "clicks-v2", "The model that predicts clicks.")
    take(database, vault, tmp_path / "set.jsonl", what=wanted(consumer="clicks-v2"))
    with database.reading() as session:
        assert [one.holder for one in snapshot.of(session, roster.ana, ANA)] == ["clicks-v2"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "bad/name"},
        {"what": " "},
        {"url": "http://holder.example/hook"},
        {"url": "https://user:word@holder.example"},
        {"url": "file:///etc/passwd"},
        {"public_key": "AAAA"},
        {"days": 0},
    ],
)
def test_a_consumer_that_cannot_be_told_is_not_registered(
    database: Database, vault: Vault, changes: dict[str, Any]
) -> None:
    with pytest.raises(BadInput), database.writing() as session:
        given: dict[str, Any] = {"name": "set", "what": "A training set.", **changes}
        consumer.register(session, OPERATOR, vault, **given)
    with database.reading() as session:
        assert consumer.listed(session, OPERATOR) == ()


def test_a_consumer_is_registered_once(database: Database, vault: Vault, roster: Roster) -> None:
    with database.writing() as session:
        consumer.register(session, OPERATOR, vault, "set", "A training set.")
    with pytest.raises(Conflict), database.writing() as session:
        consumer.register(session, OPERATOR, vault, "set", "Another one.")
    with pytest.raises(NotAllowed), database.writing() as session:
        consumer.register(session, roster.olga, vault, "mine", "Mine.")

"""`python -m data log`, as an operator or an auditor's script runs it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest

from data.__main__ import main
from data.errors import Error
from data.people import person
from data.proofs import checks, receipt
from data.settings import Settings
from data.store import open_store
from data.tlog import checkpoint, note
from data.tlog.note import Verifier

ROSTER = "email,name,department,manager,jurisdiction\nana@x.org,Ana,Sales,,gdpr\nolga@x.org,Olga,Privacy,,gdpr\n"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER)
    folder = tmp_path / "store"
    for words in (["init"], ["people", "import", str(roster)], ["people", "grant", "olga@x.org", "officer"]):
        assert run(folder, *words) == 0
    return folder


def run(folder: Path, *words: str) -> int:
    """Run a command and let go of the database, as a process of its own does at its end."""
    status = main([*words, "--store", str(folder)])
    for check_log in (True, False):
        with suppress(Error):
            open_store(Settings.from_environment(store=str(folder)), check_log=check_log).database.close()
    open_store.cache_clear()
    return status


def change(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / "daylight.db")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_checkpoint_is_signed_shown_and_checked(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(store, "log", "checkpoint") == 1
    assert "No checkpoint was signed yet" in capsys.readouterr().err
    assert run(store, "log", "publish") == 0
    capsys.readouterr()
    assert run(store, "log", "key") == 0
    key = Verifier.parse(capsys.readouterr().out.strip())
    assert run(store, "log", "checkpoint") == 0
    told = checkpoint.parse(note.open_note(capsys.readouterr().out, [key]).text)
    assert (told.origin, told.size) == (key.name, 3)
    assert run(store, "log", "check", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["entries"], found["signed"], found["holds"], found["findings"]) == (3, 3, True, [])


def test_damage_is_named_and_ends_with_status_1(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(store, "log", "publish") == 0
    change(store, "UPDATE access_entries SET count = 77 WHERE position = 1")
    assert run(store, "log", "check") == 1
    told = capsys.readouterr()
    assert "Entry 1 is not the one that the log took in" in told.out
    assert told.err.count("\n") == 1
    assert "damaged in 1 place;" in told.err


def test_details_within_the_promise_are_not_destroyed_whoever_wants_it(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(store, "log", "forget", "--before", "2026-11-01") == 1
    assert "Say why with --reason" in capsys.readouterr().err
    assert run(store, "log", "forget", "--before", "2026-11-01", "--reason", "The press asks.") == 1
    assert "are kept for 1,827 days, as was promised" in capsys.readouterr().err
    assert run(store, "log", "forget", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"destroyed": 0}


def test_entries_and_tiles_are_told_before_the_details_and_can_be_read_alone(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(store, "log", "publish") == 0
    capsys.readouterr()
    assert run(store, "log", "check") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert "3 entries, 3 of them signed: nothing was changed" in first
    assert "Their details" in second
    change(store, "UPDATE access_details SET purpose = 'audit' WHERE position = 1")
    assert run(store, "log", "check", "--entries") == 0
    assert capsys.readouterr().out.splitlines() == [first]
    assert run(store, "log", "check") == 1
    first, second = capsys.readouterr().out.splitlines()
    assert "nothing was changed" in first
    assert "of entry 1 is not what it committed to: purpose" in second
    change(store, "UPDATE access_entries SET count = 77 WHERE position = 2")
    assert run(store, "log", "check", "--entries") == 1
    alone = capsys.readouterr().out.splitlines()
    assert [one for one in alone if "Entry 2 is not the one" in one] == alone
    assert run(store, "log", "check") == 1
    assert sum("Entry 2 is not the one" in one for one in capsys.readouterr().out.splitlines()) == 1


def test_a_check_of_the_entries_alone_is_not_kept_as_the_daily_one(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pages say that all of it was read again."""
    for words, kept in (["--entries"], 0), ([], 1):
        assert run(store, "log", "check", *words, "--json") == 0
        assert json.loads(capsys.readouterr().out)["details"] is (kept == 1)
        opened = open_store(Settings.from_environment(store=str(store)))
        with opened.database.reading() as session:
            assert (checks.last(session, opened.vault) is not None) is (kept == 1)


def test_a_store_put_back_to_yesterday_is_refused_and_can_still_be_checked(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(store, "log", "publish") == 0
    shutil.copy(store / "daylight.db", tmp_path / "yesterday.db")
    assert run(store, "people", "revoke", "olga@x.org", "officer") == 0
    assert run(store, "log", "publish") == 0
    shutil.copy(tmp_path / "yesterday.db", store / "daylight.db")
    capsys.readouterr()
    for words in (["people", "list"], ["log", "publish"], ["summary", "--person", "ana@x.org"]):
        assert run(store, *words) == 1
        assert "put back to an older state" in capsys.readouterr().err
    assert run(store, "log", "check") == 1
    assert "3 entries, but 4 were signed" in capsys.readouterr().out
    assert run(store, "log", "accept") == 2
    assert run(store, "log", "accept", "--reason", "No newer backup is left.") == 0
    capsys.readouterr()
    for words in (["people", "list"], ["log", "publish"], ["log", "check"]):
        assert run(store, *words) == 0
    assert run(store, "log", "accept", "--reason", "Again.") == 1
    assert "nothing to accept" in capsys.readouterr().err


def test_a_store_whose_newest_checkpoint_was_removed_is_refused_and_says_what_to_do(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """To remove the file beside the keyring was a way past it that nobody was told of."""
    assert run(store, "log", "publish") == 0
    (store / "checkpoint").unlink()
    capsys.readouterr()
    assert run(store, "people", "list") == 1
    assert "log accept" in capsys.readouterr().err
    assert run(store, "log", "check") == 1
    assert "gone from beside the keyring" in capsys.readouterr().out


def test_a_person_looks_for_themselves_in_the_whole_log(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(store, "log", "publish") == 0
    assert run(store, "log", "scan") == 1
    assert "name them with --as" in capsys.readouterr().err
    opened = open_store(Settings.from_environment(store=str(store)))
    with opened.database.reading() as session:
        olga = person.viewer(session, person.by_email(session, "olga@x.org"))
        key = receipt.tag_key(session, olga, opened.vault, olga.person_id or 0)
    opened.database.close()
    open_store.cache_clear()
    mine = tmp_path / "key.json"
    mine.write_bytes(key)
    asked = ["log", "scan", "--as", "olga@x.org", "--mine", str(mine)]
    assert run(store, *asked) == 0
    assert "3 entries, 2 of them about you" in capsys.readouterr().out
    change(store, f"DELETE FROM access_people WHERE person_id = {olga.person_id}")
    assert run(store, *asked) == 1
    assert "kept off it 1, 2" in capsys.readouterr().err
    assert run(store, "log", "scan", "--as", "olga@x.org", "--mine", str(store / "daylight.db")) == 1
    assert run(store, "log", "scan", "--as", "ana@x.org", "--mine", str(mine)) == 1
    assert "the key is not yours" in capsys.readouterr().err


def test_what_was_declared_for_less_is_listed_beside_what_is_unexplained(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"source": "lake", "action": "read", "who": "e.moss", "people": ["ana@x.org"]}
    at = "2026-11-03T14:05:00Z"
    lines = [{**told, "at": at, "purpose": "support", "count": 3}, {**told, "at": at, "observed": True, "count": 50}]
    path = tmp_path / "lake.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    assert run(store, "import", "accesses", str(path)) == 0
    capsys.readouterr()
    assert run(store, "unexplained", "list", "--as", "olga@x.org") == 0
    assert "1 for less (access 3)" in capsys.readouterr().out
    assert run(store, "unexplained", "list", "--as", "olga@x.org", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["nearly"] == [{"why": "more", "looks": 1, "access": 3}]

"""What was read in PostgreSQL reaches the people it was about, and what pgAudit did not record is called unknown."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from data import instants
from data.accesses import coverage
from data.accesses.entry import Action
from data.accesses.tables import DetailsRow, EntryRow
from data.connectors import holdings_file, pgaudit
from data.connectors.holdings import Holdings
from data.connectors.observation import Observation, Tally
from data.connectors.pgaudit_lines import Clock
from data.connectors.watching import OFF_IN_SESSION, SWITCHED_OFF, Watch
from data.database import Database
from data.errors import BadInput
from data.looks import history
from data.proofs import sight
from data.sealing.vault import Vault
from pages.shell.words import Calendar
from pages.wording import phrases, single
from tests.data.connectors.outside import ANA, CYD, ROSTER, SOURCE, TABLE, bring, hire, observed
from tests.data.connectors.pgaudit_rows import line, lines
from tests.samples.pgaudit import cluster, generate

SAMPLES = Path(generate.__file__).parent
ALL = None


def holdings(folder: Path, text: str = SOURCE + TABLE) -> Holdings:
    path = folder / "holdings.toml"
    path.write_text(text)
    return holdings_file.read(path, ROSTER)


def read(path: Path, text: str = SOURCE + TABLE) -> tuple[list[Observation], Tally]:
    return observed(pgaudit.read, path, holdings(path.parent, text))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return Path(shutil.copy(SAMPLES / "first.csv", tmp_path))


STORY = [
    ("engineer", Action.QUERY, {1}),
    ("engineer", Action.QUERY, ALL),
    ("engineer", Action.QUERY, {1, 2}),
    ("engineer", Action.QUERY, {3}),
    ("engineer", Action.COPY, {2}),
    ("engineer", Action.QUERY, ALL),
    ("engineer", Action.QUERY, ALL),
    ("engineer", Action.QUERY, ALL),
    ("trainer", Action.QUERY, {1}),
    ("trainer", Action.QUERY, {2}),
    ("trainer", Action.QUERY, ALL),
    ("postgres", Action.COPY, ALL),
]


def told(found: list[Observation]) -> list[tuple[str, Action, Any]]:
    return [(one.account, one.action, one.people) for one in sorted(found, key=lambda one: one.at)]


@pytest.mark.parametrize("name", ["first.csv", "first.json"])
def test_a_real_log_is_read_as_what_happened(tmp_path: Path, name: str) -> None:
    found, tally = read(Path(shutil.copy(SAMPLES / name, tmp_path)))
    happened = [one for one in told(found) if one[0] != "postgres" or one[1] == Action.COPY]
    assert happened == STORY
    # Counted in the raw file: what parallel workers wrote.
    workers = sum(
        bool(row[24]) and row[13].startswith("AUDIT") for row in csv.reader((SAMPLES / "first.csv").open(newline=""))
    )
    assert workers > 0
    assert tally.repeated >= workers


def test_both_forms_of_one_log_have_the_same_ids_so_that_both_add_each_read_once(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    hire(database)
    first = bring(database, vault, pgaudit.read, Path(shutil.copy(SAMPLES / "first.csv", tmp_path)))
    again = bring(database, vault, pgaudit.read, Path(shutil.copy(SAMPLES / "first.json", tmp_path)))
    assert (first.duplicates, again.added, again.duplicates) == (0, 0, first.added)
    assert first.added >= len(STORY)
    assert again.spans == 0
    with database.reading() as session:
        looks = history.about(session, CYD, vault, 3)
    assert len(looks) == sum(one.people is None or 3 in one.people for one in read(tmp_path / "first.csv")[0])
    assert {look.source for look in looks} == {"audit"}
    # What people read names nobody, neither those in the statement nor whoever looked.
    assert not any(email in json.dumps(look.scope) for look in looks for email in generate.EMAILS)
    assert all(look.account == "" for look in looks)


def test_a_log_compressed_with_gzip_is_read_too(tmp_path: Path, log: Path) -> None:
    path = tmp_path / "first.csv.gz"
    path.write_bytes(gzip.compress(log.read_bytes()))
    assert told(read(path)[0]) == told(read(log)[0])
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(BadInput, match=r"first\.csv\.gz: the compressed file ends in the middle"):
        read(path)


def test_a_statement_longer_than_what_csv_takes_by_itself_is_read_in_both_forms(tmp_path: Path) -> None:
    row = line("READ", "SELECT", f"SELECT * FROM captures WHERE email = 'ana@example.org' -- {'x' * 200_000}")
    log = tmp_path / "made.json"
    fields = {"timestamp": row[0], "user": row[1], "session_id": row[5], "line_num": 1, "message": row[13]}
    log.write_text(json.dumps(fields) + "\n")
    for path in (log, lines(tmp_path, row)):
        csv.field_size_limit(131_072)  # as a process starts
        assert [one.people for one in read(path)[0]] == [{1}]


def test_a_log_cut_anywhere_is_refused_naming_the_line(tmp_path: Path) -> None:
    for name in ("first.csv", "first.json"):
        content = (SAMPLES / name).read_bytes()
        for end in range(len(content) - 1, 0, -397):
            if content[end - 1 : end] == b"\n" or (name == "first.json" and content[end : end + 1] == b"\n"):
                continue
            path = tmp_path / name
            path.write_bytes(content[:end])
            with pytest.raises(BadInput, match=rf"{name}, line \d+"):
                read(path)


def test_a_file_that_is_refused_leaves_nothing(database: Database, vault: Vault, log: Path) -> None:
    hire(database)
    log.write_bytes(log.read_bytes() + b"not,a,log\n")
    with pytest.raises(BadInput, match=r"line \d+: 3 columns"):
        bring(database, vault, pgaudit.read, log)
    with database.reading() as session:
        assert history.about(session, ANA, vault, 1) == ()
        assert coverage.since(session, vault, "audit") is None


def test_a_name_with_marks_that_hide_or_break_lines_is_kept_harmless(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    hire(database)
    odd = '=cmd()|\u202eevil\n"x'
    path = lines(tmp_path, line("READ", "SELECT", f'SELECT "{odd[:12]}" FROM captures', user=odd))
    assert bring(database, vault, pgaudit.read, path).added == 1
    with database.reading() as session:
        (look,) = history.about(session, ANA, vault, 1)
    assert look.scope["statement"].isprintable()
    assert "\\u202e" in look.scope["statement"]


def test_a_view_that_is_not_named_is_known_by_the_table_that_the_line_names(tmp_path: Path) -> None:
    row = line("READ", "SELECT", "SELECT * FROM hidden")
    row[13] = row[13].replace(",SELECT,,,", ",SELECT,TABLE,public.captures,")
    (one,) = read(lines(tmp_path, row))[0]
    assert one.people is ALL


def test_an_audit_by_object_says_again_what_an_audit_by_session_said(tmp_path: Path) -> None:
    first = line("READ", "SELECT", "SELECT * FROM captures WHERE email = 'ana@example.org'")
    second = line("READ", "SELECT", "", sequence=2)
    second[13] = "AUDIT: OBJECT,1,1,READ,SELECT,TABLE,public.captures,<previously logged>,<previously logged>"
    found, tally = read(lines(tmp_path, first, second))
    assert [one.people for one in found] == [{1}]
    assert tally.repeated == 1


def test_rows_are_counted_where_they_were_logged(tmp_path: Path) -> None:
    (one,) = read(lines(tmp_path, line("READ", "SELECT", "TABLE captures", rest=",<none>,42")))[0]
    assert one.count == 42


def test_a_time_without_a_known_zone_is_refused_and_one_in_it_is_exact(tmp_path: Path) -> None:
    path = lines(tmp_path, line("READ", "SELECT", "TABLE captures"))
    with pytest.raises(BadInput, match=r"made\.csv, line 1: its times are in 'CET'"):
        read(path, SOURCE.replace('zone = "Europe/Berlin"', "") + TABLE)
    with pytest.raises(BadInput, match="not the time of America/New_York"):
        read(path, SOURCE.replace("Europe/Berlin", "America/New_York") + TABLE)
    at = Clock(holdings(tmp_path).zone).at
    assert at("2026-10-25 02:30:00.250 CEST") == instants.parse("2026-10-25T00:30:00.250Z")
    assert at("2026-10-25 02:30:00.251 CET") == instants.parse("2026-10-25T01:30:00.251Z")
    assert at("2026-10-25 02:30:00.251 UTC") == instants.parse("2026-10-25T02:30:00.251Z")
    assert at("2026-10-25 02:30:00.251 -03") == instants.parse("2026-10-25T05:30:00.251Z")


def test_an_account_from_the_future_or_a_file_of_another_kind_is_refused(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    hire(database)
    path = lines(tmp_path, line("READ", "SELECT", "TABLE captures", at="2999-11-03 10:00:00.000 CET"))
    with pytest.raises(BadInput, match="from the future"):
        bring(database, vault, pgaudit.read, path)
    for content, reason in (
        (b"", "is empty"),
        (b"PK\x03\x04", "zip archive"),
        (b'{"a": 1}\n', "line 1: session_id is missing"),
        (b"[]\n", "line 1: 1 columns"),
    ):
        path.write_bytes(content)
        with pytest.raises(BadInput, match=reason):
            bring(database, vault, pgaudit.read, path)


@pytest.mark.skipif(cluster.programs() is None, reason="there is no PostgreSQL with pgAudit on this machine")
def test_a_live_server_tells_what_happened_and_when_it_did_not_record(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    """The journey of the generator, with a restart and an ALTER SYSTEM, on a server of this moment."""
    hire(database)
    with cluster.cluster() as server:
        generate.story(server)
        with server.connect() as administrator:
            administrator.execute("ALTER SYSTEM SET pgaudit.log = 'none'")
            administrator.execute("SELECT pg_reload_conf(), pg_sleep(0.3)")
            administrator.execute("ALTER SYSTEM RESET pgaudit.log")
            administrator.execute("SELECT pg_reload_conf(), pg_sleep(0.3)")
        cluster.stop(server)
        cluster.start(server)
        with server.connect("engineer") as engineer:
            engineer.execute("SELECT 1 FROM captures")
            engineer.execute("SELECT 1 FROM lunch")
        cluster.stop(server)
        path = Path(shutil.copy(server.logs()[0], tmp_path))
    found, _ = read(path)
    assert [one for one in told(found) if one[0] != "postgres" or one[1] == Action.COPY] == [
        *STORY,
        ("engineer", Action.QUERY, ALL),
    ]
    bring(database, vault, pgaudit.read, path)
    with database.reading() as session:
        known = [
            one.why
            for one in coverage.read(session, vault).spans(0, instants.now() + instants.DAY)
            if one.source == "audit"
        ]
    assert OFF_IN_SESSION in known
    assert SWITCHED_OFF in known
    assert "the server was stopped" in known


def test_a_read_of_somebody_who_is_not_on_the_roster_is_counted_and_told_to_nobody(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    hire(database)
    path = lines(tmp_path, line("READ", "SELECT", "SELECT * FROM captures WHERE email = 'zoe@example.org'"))
    found = bring(database, vault, pgaudit.read, path)
    assert (found.added, found.nobody) == (0, 1)


def test_progress_is_told_while_nothing_is_found(tmp_path: Path) -> None:
    told: list[int] = []
    path = lines(tmp_path, *(line("READ", "SELECT", "SELECT 1", sequence=number) for number in range(1, 2_500)))
    tally = Tally(Watch(None), lambda done, _: told.append(done))
    assert list(pgaudit.read(path, holdings(tmp_path), tally)) == []
    assert told == [1_000, 2_000]


def test_parameters_that_the_log_leaves_out_narrow_nothing(tmp_path: Path) -> None:
    text = "SELECT * FROM captures WHERE email = $1"
    rows = [
        line("READ", "SELECT", text, session=str(number), rest=f",{parameters}")
        for number, parameters in enumerate(
            ["ana@example.org", "<long param suppressed>", "<not logged>", "<none>", '"""ben@example.org"",x"']
        )
    ]
    found, _ = read(lines(tmp_path, *rows))
    assert [one.people for one in found] == [{1}, ALL, ALL, ALL, {2}]


def test_whoever_is_read_about_learns_that_several_people_use_the_login(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    """By what the entry committed to: a login that is shared is never told as one engineer."""
    hire(database)
    accounts = '[[account]]\nnames = ["bob"]\nrole = "engineer"\nteam = "Data Platform"\nshared = true\n'
    path = lines(tmp_path, line("READ", "SELECT", "TABLE captures"))
    bring(database, vault, pgaudit.read, path, SOURCE + TABLE + accounts)
    with database.reading() as session:
        (look,) = history.about(session, ANA, vault, 1)
        figures = history.figures(session, ANA, vault, 1, 0)
        seen = sight.of(session, vault, 0, look.at)
    assert phrases.who(look) == "Somebody with a shared login, engineer, Data Platform"
    assert look.as_json()["shared"] is True
    assert phrases.opened(figures, seen).startswith("At least 1 person opened your data")
    assert "Several people use this login" in single.facts(look, Calendar(ZoneInfo("UTC"), look.at))


def test_what_an_audit_saw_is_kept_as_observed_and_the_account_by_its_holdings(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    hire(database)
    accounts = '[[account]]\nnames = ["bob"]\nrole = "job"\nteam = "ML"\nshared = true\naction = "train"\n'
    path = lines(tmp_path, line("READ", "SELECT", "TABLE captures"))
    bring(database, vault, pgaudit.read, path, SOURCE + TABLE + accounts)
    with database.reading() as session:
        (look,) = history.about(session, ANA, vault, 1)
        about = select(EntryRow.observed).join(DetailsRow, DetailsRow.position == EntryRow.position)
        assert session.scalars(about.where(DetailsRow.people_count > 0)).all() == [True]
    assert (look.action, look.account, look.role, look.team, look.automated) == (Action.TRAIN, "bob", "job", "ML", True)
    assert look.shared
    assert phrases.who(look) == "bob (automated, a shared login)"
    assert look.people_count == 3

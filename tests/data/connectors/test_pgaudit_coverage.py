"""What pgAudit did not record is called unknown: silence, missing lines, and being switched off in any way."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import instants
from data.connectors import holdings_file, pgaudit, pgaudit_switches
from data.connectors.pgaudit_sessions import MISSING
from data.connectors.watching import LOG_ENDS, OFF_IN_SESSION, SWITCHED_OFF
from tests.data.connectors.outside import ROSTER, SOURCE, TABLE, observed
from tests.data.connectors.pgaudit_rows import beats, clock, line, lines


def spans(path: Path) -> list[tuple[int, int, str]]:
    start = instants.parse("2026-11-03T10:00+01:00")
    file = path.parent / "holdings.toml"
    file.write_text(SOURCE + TABLE)
    _, tally = observed(pgaudit.read, path, holdings_file.read(file, ROSTER))
    return [
        ((one.start - start) // instants.MINUTE, (one.end - start) // instants.MINUTE, one.why)
        for one in tally.watch.stretches()
    ]


def test_heartbeats_are_coverage_and_silence_is_a_gap(tmp_path: Path) -> None:
    silence = "nothing showed for longer than 15 minutes that it records reads"
    assert spans(lines(tmp_path, *beats(0, 10, 20, 50, 60))) == [(0, 20, silence), (50, 60, LOG_ENDS)]


@pytest.mark.parametrize(
    ("klass", "command", "statement"),
    [
        ("WRITE", "INSERT", "INSERT INTO captures VALUES (1)"),
        ("WRITE", "COPY", "COPY captures FROM STDIN"),
        ("DDL", "CREATE TABLE", "CREATE TABLE lunch (day date)"),
        ("FUNCTION", "DO", "DO $$ BEGIN NULL; END $$"),
        ("MISC", "SET", "SET work_mem = '1GB'"),
    ],
)
def test_a_server_that_records_everything_but_reads_claims_nothing(
    tmp_path: Path, klass: str, command: str, statement: str
) -> None:
    rows = [line(klass, command, statement, sequence=number, at=clock(number)) for number in range(1, 60)]
    assert spans(lines(tmp_path, *rows)) == []
    # Nor do they go on with what reads showed.
    silence = "nothing showed for longer than 15 minutes that it records reads"
    assert spans(lines(tmp_path, *rows, *beats(0, 10, 50, 59))) == [(0, 10, silence), (50, 59, LOG_ENDS)]


def test_the_audit_of_one_table_for_all_says_nothing_of_others(tmp_path: Path) -> None:
    rows = [line("READ", "SELECT", "TABLE lunch", sequence=number, at=clock(number)) for number in range(1, 60)]
    for row in rows:
        row[13] = row[13].replace("SESSION", "OBJECT")
    assert spans(lines(tmp_path, *rows)) == []
    # A session that was switched off is not on again by it.
    off = line("MISC", "SET", "SET pgaudit.log = none", session="bob", sequence=1, at=clock(15))
    bob = line("READ", "SELECT", "TABLE lunch", session="bob", sequence=2, at=clock(30))
    bob[13] = bob[13].replace("SESSION", "OBJECT")
    assert spans(lines(tmp_path, *beats(0, 10, 20, 30, 40), off, bob)) == [(0, 15, OFF_IN_SESSION)]


def test_a_session_that_is_switched_back_was_off_since_its_last_read_whatever_it_wrote_meanwhile(
    tmp_path: Path,
) -> None:
    rows = [
        *beats(0, 10, 20, 30, 40, 50),
        line("READ", "SELECT", "TABLE lunch", session="bob", sequence=1, at=clock(12)),
        line("WRITE", "INSERT", "INSERT INTO lunch VALUES (1)", session="bob", sequence=2, at=clock(32)),
        line("MISC", "SET", "SET pgaudit.log = 'read, write'", session="bob", sequence=3, at=clock(42)),
    ]
    assert spans(lines(tmp_path, *rows)) == [(0, 12, OFF_IN_SESSION), (42, 50, LOG_ENDS)]


def test_lines_that_are_missing_from_a_session_are_a_gap(tmp_path: Path) -> None:
    rows = beats(0, 5, 10, 15, 20)
    assert spans(lines(tmp_path, *rows)) == [(0, 20, LOG_ENDS)]
    del rows[2]
    assert spans(lines(tmp_path, *rows)) == [(0, 5, MISSING), (15, 20, LOG_ENDS)]


@pytest.mark.parametrize(
    ("klass", "command", "off", "back", "why"),
    [
        ("MISC", "SET", "SET pgaudit.log TO 'write'", "SET pgaudit.log = 'read'", OFF_IN_SESSION),
        ("READ", "SELECT", "SELECT set_config('pgaudit.log', 'none', false)", "RESET pgaudit.log", OFF_IN_SESSION),
        ("MISC", "SET", "SET log_min_messages = 'fatal'", "RESET log_min_messages", OFF_IN_SESSION),
        (
            "ROLE",
            "ALTER ROLE",
            "ALTER ROLE bob SET pgaudit.log = 'none'",
            "ALTER ROLE bob RESET pgaudit.log",
            f"{SWITCHED_OFF} for one role",
        ),
        (
            "DDL",
            "ALTER DATABASE",
            "ALTER DATABASE \"warehouse\" SET pgaudit.log TO ''",
            "ALTER DATABASE \"warehouse\" SET pgaudit.log = 'all'",
            f"{SWITCHED_OFF} for one database",
        ),
        (
            "DDL",
            "ALTER SYSTEM",
            "alter system set pgaudit.log = 'all, -read'",
            "ALTER SYSTEM RESET pgaudit.log",
            SWITCHED_OFF,
        ),
    ],
)
def test_pgaudit_switched_off_is_a_gap_until_it_is_on_again(
    tmp_path: Path, klass: str, command: str, off: str, back: str, why: str
) -> None:
    rows = [
        *beats(0, 10, 20, 30, 40, 50),
        line(klass, command, off, session="admin", sequence=1, at=clock(15)),
        line("MISC", "RESET", back, session="admin", sequence=2, at=clock(35)),
    ]
    assert spans(lines(tmp_path, *rows)) == [(0, 15, why), (35, 50, LOG_ENDS)]
    assert spans(lines(tmp_path, *rows[:-1])) == [(0, 15, why)]


def test_a_session_that_ends_takes_its_setting_with_it(tmp_path: Path) -> None:
    rows = [
        *beats(0, 10, 20, 30, 40, 50),
        line("", "", "", session="a", at=clock(15), message="statement: SET pgaudit.log = none"),
        line("", "", "", session="a", sequence=2, at=clock(25), message="disconnection: session time: 0:10:00.000"),
    ]
    assert spans(lines(tmp_path, *rows)) == [(0, 15, OFF_IN_SESSION), (25, 50, LOG_ENDS)]


def test_what_the_server_says_after_its_configuration_was_read_again_counts(tmp_path: Path) -> None:
    changed = 'parameter "pgaudit.log" changed to "{}"'
    rows = [
        *beats(0, 10, 20, 30, 40, 50),
        line("", "", "", user="", session="p", at=clock(15), message=changed.format("ddl")),
        line("", "", "", user="", session="p", sequence=2, at=clock(35), message=changed.format("read, ddl")),
    ]
    assert spans(lines(tmp_path, *rows)) == [(0, 15, SWITCHED_OFF), (35, 50, LOG_ENDS)]
    # Nobody but the server can say so.
    rows[-1][1] = "bob"
    assert spans(lines(tmp_path, *rows)) == [(0, 15, SWITCHED_OFF)]


def test_a_message_that_a_statement_raised_is_no_sign_of_recording(tmp_path: Path) -> None:
    rows = beats(0, 10, 20)
    rows[1][18] = rows[2][18] = "PL/pgSQL function inline_code_block line 1 at RAISE"
    assert spans(lines(tmp_path, *rows)) == []


def test_reads_without_their_statement_are_a_gap_and_not_a_claim(tmp_path: Path) -> None:
    rows = [*beats(0, 10, 20), line("READ", "SELECT", "<not logged>", session="b", at=clock(5))]
    assert [one[:2] for one in spans(lines(tmp_path, *rows))] == [(0, 5)]


def test_switches_are_recognised_in_every_way_of_writing_them() -> None:
    of = pgaudit_switches.of_statement
    assert [one.records for one in of("set session pgaudit.LOG to read, write")] == [True]
    assert [one.records for one in of("SET LOCAL pgaudit.log = ddl")] == [False]
    assert [one.whose for one in of("ALTER USER \"Bob X\" IN DATABASE d SET pgaudit.log='none'")] == [
        'role "bob x" in d'
    ]
    assert [one.records for one in of("SET pgaudit.log_level = debug5")] == [False]
    assert [one.records for one in of("SET pgaudit.log_statement = off")] == [False]
    assert of("SET search_path = 'x'") == []
    assert not any(one.certain for one in of("DISCARD ALL"))

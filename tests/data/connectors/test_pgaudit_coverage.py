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
        (
            "ROLE",
            "ALTER ROLE",
            'ALTER ROLE bob SET /* x */ "pgaudit"."log" FROM CURRENT',
            "ALTER ROLE bob RESET pgaudit.log",
            f"{SWITCHED_OFF} for one role",
        ),
        (
            "DDL",
            "ALTER FUNCTION",
            "ALTER FUNCTION f(int) SET pgaudit.log = none",
            "ALTER FUNCTION f(int) RESET pgaudit.log",
            f"{SWITCHED_OFF} inside one function",
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


@pytest.mark.parametrize(
    ("statement", "whose"),
    [
        ("SET LOCAL pgaudit.log = ddl", "session"),
        ("SET SESSION\tPgAudit . LOG TO 'write' , ddl", "session"),
        ("set/* x /* y */ z */pgaudit.log -- read\n = 'none'", "session"),
        ('SET "pgaudit"."log" = none', "session"),
        ("SET \"pgaudit.log\" TO ''", "session"),
        ("SET pgaudit.log FROM CURRENT", "session"),
        ("SET pgaudit.log = 'read' 'x'", "session"),
        ("SET pgaudit.log = E'\\x6eone, read'", "session"),
        ('SET U&"pg\\0061udit".log = none', "session"),
        ("SET pgaudit.something_new = 1", "session"),
        ("SELECT 1; SET pgaudit.log = none", "session"),
        ("SELECT set_config('pgaudit.log', 'none', false)", "session"),
        ("SELECT pg_catalog . \"set_config\" ( /* x */ 'PGAUDIT.LOG'::text, E'none', false)", "session"),
        ("SELECT set_config('pg' || 'audit.log', 'none', false)", "session"),
        ("SELECT set_config(new_value => 'none', setting_name => 'pgaudit.log', is_local => false)", "session"),
        ("SELECT set_config(E'pg\\x61udit.log', 'none', false)", "session"),
        ("SELECT set_config('pgaudit.log', value, false) FROM lunch", "session"),
        ("UPDATE pg_settings SET setting = 'none' WHERE name = 'pgaudit.log'", "session"),
        ("DO $x$ BEGIN NULL; PERFORM set_config('pgaudit.log', 'none', false); END $x$", "session"),
        ("DO 'BEGIN EXECUTE ''SET pgaudit.log = none''; END'", "session"),
        ("DO $$ BEGIN EXECUTE format('SET %I.log = none', 'pgaudit'); END $$", "session"),
        ("ALTER SYSTEM SET pgaudit.log TO 'all, -read'", "system"),
        ('alter\nsystem set "pgaudit".log = write', "system"),
        ('ALTER ROLE bob SET "pgaudit"."log" = \'none\'', "role bob"),
        ("ALTER ROLE bob SET pgaudit.log FROM CURRENT", "role bob"),
        ("ALTER ROLE bob SET /* x */ pgaudit.log = 'none'", "role bob"),
        ("ALTER/**/ROLE all/**/SET pgaudit.log=none", "role all"),
        ("ALTER USER \"Bob X\" IN DATABASE d SET pgaudit.log='none'", "role Bob X in d"),
        ('ALTER DATABASE "ware""house" SET pgaudit.log TO ddl', 'database ware"house'),
        ("ALTER DATABASE d SET pgaudit.log_statement = off", "database d"),
        ("ALTER FUNCTION f(int) SET pgaudit.log = 'none'", "function f"),
        (
            "CREATE OR REPLACE FUNCTION a.f() RETURNS int SET pgaudit.log TO 'none' AS 'SELECT 1' LANGUAGE sql",
            "function a.f",
        ),
    ],
)
def test_every_spelling_of_switching_it_off_counts(statement: str, whose: str) -> None:
    found = pgaudit_switches.of_statement(statement)
    assert [(one.whose, one.records) for one in found] == [(whose, False)]


@pytest.mark.parametrize(
    ("statement", "certain"),
    [
        ("set session pgaudit.LOG to read, write", [True]),
        ("SET pgaudit.log = DEFAULT", [True]),
        ('RESET "pgaudit"."log"', [True]),
        ("SELECT set_config('pgaudit.log', 'all', true)", [True]),
        ("ALTER ROLE bob RESET pgaudit.log", [True]),
        ("DISCARD ALL", [False, False]),
        ("ALTER ROLE bob RESET/**/ALL", [False, False]),
    ],
)
def test_every_spelling_of_switching_it_on_counts(statement: str, certain: list[bool]) -> None:
    found = pgaudit_switches.of_statement(statement)
    assert [one.records for one in found] == [True] * len(found)
    assert [one.certain for one in found] == certain


@pytest.mark.parametrize(
    "statement",
    [
        "SET search_path = 'x'",
        "SELECT 'SET pgaudit.log = none'",
        "SELECT 1 -- SET pgaudit.log = none",
        "SELECT set_config('search_path', $1, true)",
        "SET pgaudit.log_parameter = off",
        "ALTER ROLE pgaudit SET work_mem = '1GB'",
        "ALTER EXTENSION pgaudit UPDATE",
        "ALTER TABLE pgaudit.log ADD COLUMN reset int",
        "CREATE FUNCTION f() RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql RESET",
    ],
)
def test_what_switches_nothing_is_taken_for_no_switch(statement: str) -> None:
    assert pgaudit_switches.of_statement(statement) == []


def test_a_setting_given_by_parameters_is_known_where_they_were_logged() -> None:
    def of(*parameters: str | None) -> list[tuple[str, bool]]:
        found = pgaudit_switches.of_statement("SELECT set_config($1, $2, true)", parameters)
        return [(one.setting, one.records) for one in found]

    assert of("pgaudit.log", "none") == [("pgaudit.log", False)]
    assert of("pgaudit.log", "read") == [("pgaudit.log", True)]
    assert of("request.jwt", "x") == []
    assert of() == of(None, "read") == [("pgaudit.log", False)]
    assert [one.setting for one in pgaudit_switches.of_statement("SET pgaudit.log_level = debug5")] == [
        "pgaudit.log_level"
    ]

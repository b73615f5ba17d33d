"""What a statement is said to have read is never less than what it read."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url

from data.connectors.holdings import Holding, Holdings, Lookup, TableName
from data.connectors.statement_reads import Reads, Statements
from data.connectors.statement_shape import shape

PEOPLE = {"ana@x.org": 1, "ben@x.org": 2, "cyd@x.org": 3, "dan@x.org": 4}
CAPTURES = Holding(
    "captures",
    tables=(TableName("captures", "public"),),
    functions=(TableName("dump_all", "public"),),
    column="email",
    lookup=Lookup("email", PEOPLE),
)
NUMBERED = Holding(
    "screens",
    tables=(TableName("screens_*", "public"),),
    column="person_id",
    lookup=Lookup("id", {str(person): person for person in PEOPLE.values()}),
)
EVERYBODY = None


def statements() -> Statements:
    return Statements(Holdings("audit", (CAPTURES, NUMBERED)))


def reads(text: str, *parameters: str | None) -> Reads:
    found = statements().reads(text, parameters)
    assert found is not None, text
    return found


NARROWED = {
    "SELECT * FROM captures WHERE email = 'ana@x.org'": {1},
    "select * from PUBLIC.Captures as c where 'ana@x.org' = c.EMAIL": {1},
    'SELECT * FROM "captures" WHERE "email" = \'ANA@x.org \'': {1},
    "SELECT * FROM captures WHERE email IN ('ana@x.org', 'ben@x.org') AND id < 7": {1, 2},
    "SELECT * FROM captures WHERE (email = 'ana@x.org' AND id = 1) OR email = 'cyd@x.org'": {1, 3},
    "SELECT * FROM captures WHERE email = 'ana@x.org' AND email IN ('ana@x.org', 'ben@x.org')": {1},
    "SELECT * FROM captures c JOIN lunch l ON c.id = l.id AND c.email = 'ana@x.org'": {1},
    "SELECT * FROM lunch l LEFT JOIN captures c ON c.email = 'ana@x.org'": {1},
    "SELECT * FROM captures c RIGHT JOIN lunch l ON c.email = 'ana@x.org'": {1},
    "SELECT * FROM captures a, captures b WHERE a.email = 'ana@x.org' AND b.email = 'ben@x.org'": {1, 2},
    "WITH captures AS (SELECT * FROM captures WHERE email = 'ana@x.org') SELECT * FROM captures": {1},
    "SELECT * FROM (SELECT * FROM captures WHERE email = 'ana@x.org') s": {1},
    "SELECT 1 FROM lunch WHERE EXISTS (SELECT 1 FROM captures WHERE email = 'ana@x.org')": {1},
    "SELECT * FROM captures WHERE email = 'ana@x.org' UNION SELECT * FROM captures WHERE email = 'ben@x.org'": {1, 2},
    "BEGIN; SELECT * FROM captures WHERE email = 'ana@x.org'; COMMIT": {1},
    "COPY (SELECT * FROM captures WHERE email = 'ana@x.org') TO STDOUT WITH (FORMAT csv)": {1},
    "DECLARE c NO SCROLL CURSOR WITH HOLD FOR SELECT * FROM captures WHERE email = 'ana@x.org'": {1},
    "EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM captures WHERE email = 'ana@x.org'": {1},
    "CREATE TABLE mine AS SELECT * FROM captures WHERE email = 'ana@x.org'": {1},
    "INSERT INTO mine SELECT * FROM captures WHERE email = 'ana@x.org'": {1},
    "SELECT /* a /* nested */ ' comment */ * FROM captures -- and ' more\n WHERE email = 'ana@x.org'": {1},
    "SELECT * FROM captures WHERE email = E'ana@x.org'::text": {1},
    "SELECT * FROM screens_2026 WHERE person_id = 3": {3},
    "SELECT * FROM screens_2026 WHERE person_id IN (003, '4', 2.0)": {2, 3, 4},
    "SELECT * FROM captures WHERE email = 'nobody@x.org'": set(),
}


@pytest.mark.parametrize("text", NARROWED)
def test_equality_with_values_names_whose_rows_were_read(text: str) -> None:
    found = reads(text)
    assert (found.people, found.understood, found.narrowed) == (NARROWED[text], True, True)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM captures",
        "TABLE captures",
        "SELECT * FROM captures WHERE email = 'ana@x.org' OR TRUE",
        "SELECT * FROM captures WHERE email = 'ana@x.org' OR id = 1",
        "SELECT * FROM captures WHERE NOT email = 'ana@x.org'",
        "SELECT * FROM captures WHERE email <> 'ana@x.org'",
        "SELECT * FROM captures WHERE email LIKE 'ana%'",
        "SELECT * FROM captures WHERE lower(email) = 'ana@x.org'",
        "SELECT * FROM captures WHERE email::varchar = 'ana@x.org'",
        "SELECT * FROM captures WHERE email = (SELECT 'ana@x.org')",
        "SELECT * FROM captures WHERE email = ANY('{ana@x.org}')",
        "SELECT * FROM captures WHERE email = 'ana@x.org' AND leak(content)",
        "SELECT * FROM captures WHERE (email = 'ana@x.org') IS NOT NULL",
        "SELECT * FROM captures WHERE CASE WHEN email = 'ana@x.org' THEN TRUE ELSE TRUE END",
        "SELECT * FROM captures c LEFT JOIN lunch l ON c.email = 'ana@x.org'",
        "SELECT * FROM lunch l RIGHT JOIN captures c ON c.email = 'ana@x.org'",
        "SELECT * FROM captures c FULL JOIN lunch l ON c.email = 'ana@x.org'",
        "SELECT * FROM captures a JOIN captures b ON a.id = b.id WHERE a.email = 'ana@x.org'",
        "SELECT * FROM captures, people p JOIN lunch l ON email = 'ana@x.org'",
        "SELECT * FROM captures NATURAL JOIN lunch WHERE email = 'ana@x.org'",
        "SELECT * FROM captures AS c (a, email, b) WHERE email = 'ana@x.org'",
        "SELECT * FROM captures WHERE \"Email\" = 'ana@x.org'",
        "SELECT * FROM captures WHERE email = 'ana@x.org'::varchar(3)",
        "SELECT * FROM (SELECT * FROM captures) s WHERE s.email = 'ana@x.org'",
        "SELECT (SELECT max(id) FROM captures) FROM captures WHERE email = 'ana@x.org'",
        "SELECT * FROM captures WHERE email = E'ana\\x40x.org'",
        "SELECT * FROM captures WHERE email = $q$ana@x.org$q$",
        "UPDATE captures SET content = '' WHERE email = 'ana@x.org' RETURNING *",
        "DELETE FROM lunch USING captures WHERE captures.email = 'ana@x.org'",
        "MERGE INTO lunch USING captures c ON true WHEN MATCHED THEN DELETE",
        "COPY captures TO STDOUT",
        "COPY public.captures (id, email) TO PROGRAM 'gzip'",
        "SELECT dump_all()",
        "n := (SELECT count(*) FROM captures)",
    ],
)
def test_what_is_not_proven_is_everybody(text: str) -> None:
    found = reads(text)
    assert (found.people, found.narrowed) == (EVERYBODY, False)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT FROM WHERE captures )(",
        "SELECT * FROM captures WHERE email = '\\' OR true --'",
        "SELECT * FROM U&\"captur\\0065s\" WHERE email = 'ana@x.org'",
        "SELECT * FROM captures WHERE email = 'ana@x.org' \u00a0OR true",
        "SELECT * FROM captures WHERE email = 'ana@x.org' /* never closed",
        "SELECT * FROM captures WHERE email = 'never closed",
    ],
)
def test_what_is_not_understood_is_everybody_and_marked(text: str) -> None:
    found = reads(text)
    assert (found.people, found.understood) == (EVERYBODY, False)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "SELECT * FROM lunch WHERE email = 'ana@x.org'",
        "SELECT * FROM other.captures",
        "SELECT 'from captures', \"x\" FROM lunch",
        "INSERT INTO captures VALUES (1, 'ana@x.org', 'x')",
        "UPDATE captures SET content = '' WHERE email = 'ana@x.org'",
        "DELETE FROM captures",
        "COPY captures FROM STDIN",
        "SELECT 1 -- captures",
    ],
)
def test_what_reads_no_captures_is_no_read(text: str) -> None:
    assert statements().reads(text, ()) is None


def test_the_parser_says_nothing_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    assert not reads("CREATE TABLE x FOO BAR AS SELECT * FROM captures").understood
    assert caplog.records == []


def test_parameters_name_people_only_where_they_were_logged() -> None:
    text = "PREPARE mine(text, text) AS SELECT * FROM captures WHERE email IN ($1, $2)"
    assert reads(text, "ana@x.org", "ben@x.org").people == {1, 2}
    assert reads(text, "ana@x.org", None).people is EVERYBODY
    assert reads(text).people is EVERYBODY
    # A cast to a whole number rounds: only what is written as one is what it says.
    assert reads("SELECT * FROM screens_1 WHERE person_id = $1::int", "3").people == {3}
    assert reads("SELECT * FROM screens_1 WHERE person_id = $1::int", "2.6").people is EVERYBODY


def test_one_shape_gives_each_statement_its_own_people() -> None:
    known = statements()
    for email, person in PEOPLE.items():
        found = known.reads(f"SELECT * FROM captures WHERE email = '{email}' AND id > {person}", ())
        assert found is not None
        assert found.people == {person}
        assert found.shown == "SELECT * FROM captures WHERE email = ? AND id > ?"
    assert len(known._known) == 1  # pyright: ignore[reportPrivateUsage] (parsed once)


def test_what_is_shown_of_a_statement_holds_no_value() -> None:
    text = "SELECT 'Ana''s', E'b\\'c', $x$Ben$x$, x'AB', 12.5e3 /* Cyd */ FROM t1 -- Dan"
    assert shape(text).shown == "SELECT ?, ?, ?, ?, ? FROM t1"


@pytest.fixture(scope="module")
def table(postgres_url: str) -> Generator[psycopg.Connection[Any]]:
    """A real table with rows of everybody."""
    address = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TEMPORARY TABLE captures (id int, email text, content text)")
        connection.execute("CREATE TEMPORARY TABLE lunch (id int, dish text)")
        for number, email in enumerate(PEOPLE):
            connection.execute("INSERT INTO captures VALUES (%s, %s, 'x'), (9, %s, NULL)", [number, email, email])
        connection.execute("INSERT INTO captures VALUES (7, NULL, 'x')")
        connection.execute("INSERT INTO lunch VALUES (0, 'soup'), (1, 'rice'), (9, 'pie')")
        yield connection


VALUES = st.sampled_from(
    [f"'{email}'" for email in PEOPLE] + ["E'ana@x.org'", "'ben@x.org'::text", "'ANA@X.ORG'", "NULL"]
)
COLUMNS = st.sampled_from(["c.email", "email", "c.EMAIL", '"email"', "(c.email)"])
ATOMS = st.one_of(
    st.builds("{} = {}".format, COLUMNS, VALUES),
    st.builds("{1} = {0}".format, COLUMNS, VALUES),
    st.builds("{} IN ({}, {})".format, COLUMNS, VALUES, VALUES),
    st.builds(
        "{} {} {}".format, COLUMNS, st.sampled_from(["<>", "LIKE", "<", "NOT LIKE", "||", "IS DISTINCT FROM"]), VALUES
    ),
    st.builds(
        "{} = {} {}".format,
        COLUMNS,
        VALUES,
        st.sampled_from(["IS NULL", "IS NOT TRUE", "ISNULL", "|| 'x'", 'COLLATE "C"']),
    ),
    st.builds("{} = {} = {}".format, COLUMNS, VALUES, st.sampled_from(["true", "false", "NULL"])),
    st.builds("{} NOT IN ({})".format, COLUMNS, VALUES),
    st.builds("lower({}) = {}".format, COLUMNS, VALUES),
    st.builds("coalesce({} = {}, true)".format, COLUMNS, VALUES),
    st.builds("EXISTS (SELECT 1 FROM lunch WHERE c.email = {})".format, VALUES),
    st.sampled_from(["true", "false", "c.id = 9", "c.id < 2", "1 = 1", "NULL", "c.content IS NULL", "l.id = 9"]),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("{} AND {}".format, inner, inner),
        st.builds("{} OR {}".format, inner, inner),
        st.builds("({} OR {}) AND {}".format, inner, inner, inner),
        st.builds("NOT {}".format, inner),
        st.builds("NOT ({})".format, inner),
        st.builds("({})".format, inner),
        st.builds("CASE WHEN {} THEN {} ELSE {} END".format, inner, inner, inner),
        st.builds("({}) IS NOT FALSE".format, inner),
    ),
    max_leaves=6,
)
JOINS = st.sampled_from(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "INNER JOIN", "LEFT OUTER JOIN"])
TEMPLATES = (
    "SELECT c.email FROM captures c, lunch l WHERE <c>",
    "SELECT c.email FROM captures AS c <j> lunch l ON <c>",
    "SELECT c.email FROM lunch l <j> captures c ON <c> WHERE <c>",
    "SELECT c.email, d.email FROM captures c <j> lunch l ON <c> <j> captures d ON <c>",
    "WITH captures AS (SELECT c.* FROM captures c, lunch l WHERE <c>) SELECT email FROM captures",
    "SELECT email FROM (SELECT c.* FROM captures c, lunch l WHERE <c>) c, lunch l WHERE <c>",
    "SELECT (SELECT max(c.email) FROM lunch l WHERE <c>) FROM captures c",
    "SELECT c.email FROM captures c, lunch l WHERE <c> UNION SELECT c.email FROM captures c, lunch l WHERE <c>",
    "SELECT max(c.email) FROM captures c, lunch l WHERE <c> GROUP BY c.id HAVING true",
)


@st.composite
def queries(draw: st.DrawFn) -> str:
    """A query whose columns are the e-mails of every row of captures that went into it."""
    template = draw(st.sampled_from(TEMPLATES))
    return re.sub("<(.)>", lambda found: draw(CONDITIONS if found[1] == "c" else JOINS), template)


@pytest.mark.postgres
@settings(max_examples=400)
@given(query=queries())
def test_a_real_database_never_gives_out_more_people_than_were_named(
    table: psycopg.Connection[Any], query: str
) -> None:
    try:
        rows = table.execute(query.encode()).fetchall()
    except psycopg.Error:
        return
    given_out = {PEOPLE[email] for row in rows for email in row if email is not None}
    found = reads(query)
    assert found.people is None or given_out <= found.people


@given(text=st.text(alphabet="sel ctfromapu*'\"$;-/()=,1E\\\n", max_size=60), email=st.sampled_from(sorted(PEOPLE)))
def test_no_text_breaks_the_reading(text: str, email: str) -> None:
    statements().reads(text, ())
    statements().reads(f"SELECT * FROM captures WHERE email = '{email}' {text}", (email,))

"""Who could read a table, as a real PostgreSQL answers when each of them tries."""

from __future__ import annotations

import psycopg
import pytest

from data.controls.postgres.model import PUBLIC
from data.controls.postgres.reach import Reach, Readers
from tests.data.controls.conftest import Warehouse

pytestmark = pytest.mark.postgres

CAPTURES = "public.captures"


def readers(warehouse: Warehouse) -> Readers:
    return Reach(warehouse.look()).readers([CAPTURES])


def could(warehouse: Warehouse, name: str) -> bool:
    found, who = Reach(warehouse.look()), warehouse.role(name)
    is_reader = who in found.readers([CAPTURES]).who
    assert bool(found.ways(who, [CAPTURES])) == is_reader or who not in warehouse.logins(), "whoever could is told how"
    return is_reader


def reads(warehouse: Warehouse, name: str, *before: str, table: str = "captures") -> bool:
    """Whether this login really gets at the rows, after the statements it may run itself."""
    try:
        with psycopg.connect(warehouse.url) as connection:
            connection.execute(f"SET SESSION AUTHORIZATION {warehouse.role(name)}".encode())
            for statement in before:
                connection.execute(statement.replace("~", f"_{warehouse.mark}").encode())
            connection.execute(f"SELECT count(email) FROM public.{table}".encode())
            return True
    except psycopg.errors.InsufficientPrivilege:
        return False


WAYS: dict[str, tuple[list[str], list[str], bool]] = {
    "nothing was granted": ([], [], False),
    "granted to itself": (["GRANT SELECT ON captures TO eve~"], [], True),
    "granted to PUBLIC": (["GRANT SELECT ON captures TO PUBLIC"], [], True),
    "one column": (["GRANT SELECT (email) ON captures TO eve~"], [], True),
    "only writing": (["GRANT INSERT ON captures TO eve~"], [], False),
    "a group in a group": (
        ["CREATE ROLE a~", "CREATE ROLE b~", "GRANT SELECT ON captures TO a~", "GRANT a~ TO b~", "GRANT b~ TO eve~"],
        [],
        True,
    ),
    "a group it must set": (
        ["CREATE ROLE a~", "GRANT SELECT ON captures TO a~", "GRANT a~ TO eve~ WITH INHERIT FALSE, SET TRUE"],
        ["SET ROLE a~"],
        True,
    ),
    "a group without both options": (
        ["CREATE ROLE a~", "GRANT SELECT ON captures TO a~", "GRANT a~ TO eve~ WITH INHERIT FALSE, SET FALSE"],
        ["SET ROLE a~"],
        False,
    ),
    "set beyond an inherited one that cannot be set": (
        [
            "CREATE ROLE a~",
            "CREATE ROLE b~",
            "GRANT SELECT ON captures TO a~",
            "GRANT a~ TO b~ WITH INHERIT FALSE, SET TRUE",
            "GRANT b~ TO eve~ WITH INHERIT TRUE, SET FALSE",
        ],
        ["SET ROLE a~"],
        False,
    ),
    "may grant it to itself": (
        [
            "CREATE ROLE a~",
            "GRANT SELECT ON captures TO a~",
            "GRANT a~ TO eve~ WITH INHERIT FALSE, SET FALSE, ADMIN TRUE",
        ],
        ["GRANT a~ TO eve~ WITH INHERIT TRUE, SET TRUE"],
        True,
    ),
    "a member of the owner": (["GRANT owner~ TO eve~"], [], True),
    "reads all data": (["GRANT pg_read_all_data TO eve~"], [], True),
    "no use of the schema": (
        ["GRANT SELECT ON captures TO eve~", "REVOKE USAGE ON SCHEMA public FROM PUBLIC"],
        [],
        False,
    ),
    "owns the database": (
        ["ALTER DATABASE warehouse~ OWNER TO eve~", "GRANT SELECT ON captures TO pg_database_owner"],
        [],
        True,
    ),
    "owns the database and does not inherit": (
        [
            "ALTER ROLE eve~ NOINHERIT",
            "ALTER DATABASE warehouse~ OWNER TO eve~",
            "GRANT SELECT ON captures TO pg_database_owner",
        ],
        ["SET ROLE pg_database_owner"],
        True,
    ),
    "use of the schema as the owner of the database": (
        [
            "ALTER DATABASE warehouse~ OWNER TO eve~",
            "GRANT SELECT ON captures TO eve~",
            "REVOKE USAGE ON SCHEMA public FROM PUBLIC",
        ],
        [],
        True,
    ),
    "a member of the owner of the database": (
        [
            "CREATE ROLE a~",
            "ALTER DATABASE warehouse~ OWNER TO a~",
            "GRANT SELECT ON captures TO pg_database_owner",
            "GRANT a~ TO eve~ WITH INHERIT FALSE, SET TRUE",
        ],
        ["SET ROLE a~"],
        True,
    ),
    "given to the owner of the database, which it is not": (
        ["GRANT SELECT ON captures TO pg_database_owner"],
        [],
        False,
    ),
    "row security without a policy for it": (
        ["GRANT SELECT ON captures TO eve~", "ALTER TABLE captures ENABLE ROW LEVEL SECURITY"],
        [],
        True,
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_login_is_said_to_be_able_to_read_exactly_when_the_server_lets_it(warehouse: Warehouse, way: str) -> None:
    """Protects: the audience is what the server would really allow, in both directions."""
    given, own, expected = WAYS[way]
    warehouse.run("CREATE ROLE eve~ LOGIN", *given)
    # With row security and no policy the server answers, with no rows: then nothing can be read. Asked before it is
    # tried, as what is tried may change the grants.
    assert could(warehouse, "eve") == (expected and "row security" not in way)
    assert reads(warehouse, "eve", *own) == expected


def test_public_stands_for_everybody_who_can_connect(warehouse: Warehouse) -> None:
    """Protects: what is open to everybody is called that, also for logins that come later."""
    assert PUBLIC not in readers(warehouse).who
    warehouse.run("GRANT SELECT ON captures TO PUBLIC")
    assert PUBLIC in readers(warehouse).who


def test_a_view_gives_out_what_its_owner_may_read_and_no_more(warehouse: Warehouse) -> None:
    """Protects: a view beside the table is no way past the probe."""
    warehouse.run(
        "CREATE ROLE eve~ LOGIN",
        "CREATE VIEW glance AS SELECT email FROM captures",
        "ALTER VIEW glance OWNER TO owner~",
        "GRANT SELECT ON glance TO eve~",
    )
    assert reads(warehouse, "eve", table="glance") and could(warehouse, "eve")
    warehouse.run("CREATE ROLE nobody~", "ALTER VIEW glance OWNER TO nobody~")
    assert not reads(warehouse, "eve", table="glance") and not could(warehouse, "eve")


def test_a_partition_is_read_past_its_table(warehouse: Warehouse) -> None:
    """Protects: a grant on a part is found when the whole is watched."""
    warehouse.run(
        "CREATE ROLE eve~ LOGIN",
        "CREATE TABLE late () INHERITS (captures)",
        "GRANT SELECT ON late TO eve~",
    )
    assert reads(warehouse, "eve", table="late") and could(warehouse, "eve")


POLICIES = {
    "for everybody": ("TO PUBLIC", True),
    "for itself": ("TO eve~", True),
    "for its group": ("TO a~", True),
    "for a group it must set": ("TO b~", True),
    "for somebody else": ("TO app~", False),
    "for writing": ("FOR INSERT TO PUBLIC", False),
    "not restricting more": ("AS RESTRICTIVE TO eve~", False),
}


@pytest.mark.parametrize("which", POLICIES)
def test_whoever_no_policy_is_for_is_shown_no_row_and_whoever_one_is_for_is_told_apart(
    warehouse: Warehouse, which: str
) -> None:
    """Protects: under row-level security a table that shows rows is not called closed, nor one open that shows none."""
    to, expected = POLICIES[which]
    check = "WITH CHECK (true)" if "INSERT" in to else "USING (length(email) > 0)"
    warehouse.run(
        "CREATE ROLE a~", "CREATE ROLE b~", "CREATE ROLE eve~ LOGIN",
        "GRANT a~ TO eve~", "GRANT b~ TO eve~ WITH INHERIT FALSE, SET TRUE",
        "GRANT SELECT ON captures TO eve~, b~", "INSERT INTO captures VALUES ('ana@example.org', 'typed')",
        "ALTER TABLE captures ENABLE ROW LEVEL SECURITY", f"CREATE POLICY p ON captures {to} {check}",
    )  # fmt: skip
    assert could(warehouse, "eve") == expected
    assert any(rows(warehouse, before) for before in ([], ["SET ROLE a~"], ["SET ROLE b~"])) == expected
    others = frozenset(warehouse.logins() - {warehouse.role("eve")})
    found = Reach(warehouse.look()).readers([CAPTURES], but=others)
    assert (warehouse.role("eve") in found.who, found.narrowed) == (expected, int(expected))


def rows(warehouse: Warehouse, before: list[str]) -> int:
    """How many rows eve is shown."""
    with psycopg.connect(warehouse.url) as connection:
        connection.execute(f"SET SESSION AUTHORIZATION {warehouse.role('eve')}".encode())
        for statement in before:
            connection.execute(statement.replace("~", f"_{warehouse.mark}").encode())
        try:
            return len(connection.execute("SELECT email FROM public.captures").fetchall())
        except psycopg.errors.InsufficientPrivilege:
            return 0


def test_who_cannot_connect_or_sign_in_is_nobody(warehouse: Warehouse) -> None:
    """Protects: the number of those who could is of logins, not of groups."""
    warehouse.run(
        "CREATE ROLE group~ NOLOGIN",
        "CREATE ROLE eve~ LOGIN",
        "GRANT SELECT ON captures TO group~, eve~",
        f"REVOKE CONNECT ON DATABASE warehouse_{warehouse.mark} FROM PUBLIC",
    )
    assert not could(warehouse, "eve") and not could(warehouse, "group")


def test_the_ways_are_said(warehouse: Warehouse) -> None:
    """Protects: evidence names the membership through which somebody could read."""
    warehouse.run("CREATE ROLE a~", "GRANT SELECT ON captures TO a~", "CREATE ROLE eve~ LOGIN", "GRANT a~ TO eve~")
    assert Reach(warehouse.look()).ways(warehouse.role("eve"), [CAPTURES]) == (f"member of {warehouse.role('a')}",)
    assert warehouse.role("eve") in readers(warehouse).who and readers(warehouse).tables == {CAPTURES}

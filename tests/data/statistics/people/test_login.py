"""An organizer's own login of the database reads releases, and nothing else that there is."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed
from data.people.viewer import OPERATOR
from data.sealing.vault import Vault
from data.statistics.people import login
from tests.data.statistics.people.company import ORGANIZER, QUARTER, drawn, employ

ON_POSTGRES = pytest.mark.parametrize("database", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)


@contextmanager
def signed_in(database: Database, name: str, password: str) -> Generator[Connection]:
    engine = create_engine(database.url.set(username=name, password=password))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@pytest.fixture
def name(database: Database) -> Generator[str]:
    found = f"organizer_{database.url.database}"[:63]
    yield found
    with database.engine.begin() as connection:
        if connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": found}):
            connection.execute(text(f"DROP OWNED BY {found}"))
            connection.execute(text(f"DROP ROLE {found}"))


@ON_POSTGRES
def test_it_reads_the_release_that_the_pages_show(database: Database, vault: Vault, tmp_path: Path, name: str) -> None:
    employ(database, vault)
    release = drawn(database, vault, tmp_path)
    with signed_in(database, name, login.grant(database, OPERATOR, name)) as connection:
        (row,) = connection.execute(text(f"SELECT * FROM {login.VIEW}")).mappings()
    assert (row["quarter"], row["document"]) == (str(QUARTER), release.document)
    assert (row["sha256"], row["log_entry"]) == (release.digest, release.position)
    assert json.loads(row["document"])["quarter"] == str(QUARTER)


@ON_POSTGRES
def test_every_table_there_is_refuses_it_and_so_does_writing(
    database: Database, vault: Vault, tmp_path: Path, name: str
) -> None:
    """The attack of the organizer's login: every relation of the schema, the releases' own table too, not a list."""
    employ(database, vault)
    drawn(database, vault, tmp_path)
    with database.reading() as session:
        tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
    assert len(tables) > 50 and "figure_releases" in tables
    statements = [f'SELECT * FROM public."{table}"' for table in tables]
    statements += [f'SELECT count(*) FROM public."{table}"' for table in tables]
    statements += [
        f"UPDATE {login.VIEW} SET document = ''",
        f"CREATE VIEW {login.SCHEMA}.mine AS SELECT 1",
        "CREATE TABLE public.mine (x int)",
        "CREATE TEMPORARY TABLE mine (x int)",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY public.people TO STDOUT",
        "SELECT * FROM pg_catalog.pg_authid",
        "SELECT * FROM pg_catalog.pg_statistic",
    ]
    reached = list[str]()
    with signed_in(database, name, login.grant(database, OPERATOR, name)) as connection:
        for statement in statements:
            try:
                connection.execute(text("SET TRANSACTION READ WRITE"))
                connection.execute(text(statement))
                reached.append(statement)
            except DBAPIError as error:
                assert "permission denied" in str(error.orig) or "must be" in str(error.orig), error
            connection.rollback()
        known = connection.scalar(text("SELECT count(*) FROM pg_stats WHERE schemaname = 'public'"))
    assert (reached, known) == ([], 0)


@ON_POSTGRES
def test_where_it_could_reach_more_it_is_not_made(database: Database, name: str) -> None:
    """A grant to PUBLIC, of a column or by a function that runs as its owner, would open a door beside the view."""
    for grant, undo in (
        ("CREATE SCHEMA other; CREATE TABLE other.open (x int); GRANT SELECT (x) ON other.open TO PUBLIC",
         "DROP SCHEMA other CASCADE"),
        ("CREATE FUNCTION public.leak() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM people'",
         "DROP FUNCTION public.leak()"),
    ):  # fmt: skip
        with database.engine.begin() as connection:
            connection.execute(text(grant))
        with pytest.raises(Conflict, match=r"could still reach (other\.open|public\.leak)"):
            login.grant(database, OPERATOR, name)
        with database.engine.begin() as connection:
            assert connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}) is None
            connection.execute(text(undo))
    assert login.grant(database, OPERATOR, name)


@ON_POSTGRES
def test_a_second_time_it_gets_a_new_password_and_loses_what_it_was_given(database: Database, name: str) -> None:
    """Nor does it read what is made later where everybody may read what is made."""
    with database.engine.begin() as connection:
        connection.execute(text("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC"))
    first = login.grant(database, OPERATOR, name)
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE public.later (x int)"))
        connection.execute(text(f"GRANT SELECT ON people TO {name}; GRANT pg_read_all_data TO {name}"))
    second = login.grant(database, OPERATOR, name)
    assert first != second
    for table in ("people", "later"):
        with signed_in(database, name, second) as connection, pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(text(f"SELECT * FROM public.{table}"))


@ON_POSTGRES
def test_only_the_operator_gives_one_and_never_by_the_name_of_another(database: Database, name: str) -> None:
    with pytest.raises(NotAllowed):
        login.grant(database, ORGANIZER, name)
    with pytest.raises(Conflict, match="not made for releases"):
        login.grant(database, OPERATOR, database.url.username or "")
    for bad in ("", "Olu", "a;drop role b", "x" * 64):
        with pytest.raises(BadInput, match="no name for a login"):
            login.grant(database, OPERATOR, bad)


def test_an_embedded_database_says_that_it_has_no_logins(tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="has no logins"):
        login.grant(Database(f"sqlite:///{tmp_path / 'x.db'}"), OPERATOR, "olu")

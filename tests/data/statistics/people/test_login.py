"""An organizer's own login of the database server reads releases, and nothing else that there is."""

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
from data.statistics.people import beside, login
from tests.data.statistics.people.company import ORGANIZER, QUARTER, drawn, employ

ON_POSTGRES = pytest.mark.parametrize("database", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)


_LEAK = "CREATE FUNCTION public.leak() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'"


@contextmanager
def signed_in(database: Database, name: str, password: str) -> Generator[Connection]:
    engine = create_engine(database.url.set(username=name, password=password, database=beside.name_of(database)))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@pytest.fixture
def name(database: Database) -> Generator[str]:
    found = f"organizer_{database.url.database}"[:63]
    yield found
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{beside.name_of(database)}" WITH (FORCE)'))
        if connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": found}):
            connection.execute(text(f"DROP OWNED BY {found}"))
            connection.execute(text(f"DROP ROLE {found}"))


@ON_POSTGRES
def test_it_reads_the_release_that_the_pages_show(database: Database, vault: Vault, tmp_path: Path, name: str) -> None:
    employ(database, vault)
    release = drawn(database, vault, tmp_path)
    with signed_in(database, name, login.grant(database, OPERATOR, vault, name)) as connection:
        (row,) = connection.execute(text(f"SELECT * FROM {beside.TABLE}")).mappings()
    assert (row["quarter"], row["document"]) == (str(QUARTER), release.document)
    assert (row["sha256"], row["log_entry"]) == (release.digest, release.position)
    assert json.loads(row["document"])["quarter"] == str(QUARTER)


@ON_POSTGRES
def test_a_release_that_comes_later_is_copied_once_and_never_written_again(
    database: Database, vault: Vault, tmp_path: Path, name: str
) -> None:
    """Whatever becomes of the store: organizers keep what they were given."""
    employ(database, vault)
    password = login.grant(database, OPERATOR, vault, name)
    assert beside.keep_up(database, vault) == 0
    release = drawn(database, vault, tmp_path)
    assert [beside.keep_up(database, vault) for _ in range(2)] == [1, 0]
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE figure_releases SET document = '{}'"))
    assert beside.keep_up(database, vault) == 0
    with signed_in(database, name, password) as connection:
        assert connection.scalars(text(f"SELECT document FROM {beside.TABLE}")).all() == [release.document]


@ON_POSTGRES
def test_the_stores_own_database_does_not_let_it_in(database: Database, vault: Vault, name: str) -> None:
    """Nor after somebody let it in by its name, or made it a member of whoever reads everything."""
    for _ in range(2):
        url = database.url.set(username=name, password=login.grant(database, OPERATOR, vault, name))
        engine = create_engine(url)
        with pytest.raises(DBAPIError, match="permission denied for database"), engine.connect():
            pass
        engine.dispose()
        with database.engine.begin() as connection:
            connection.execute(text(f"GRANT CONNECT ON DATABASE {database.url.database} TO {name}"))
            connection.execute(text(f"GRANT pg_read_all_data TO {name}"))


@ON_POSTGRES
def test_it_writes_nothing_and_there_is_nothing_else_to_read(
    database: Database, vault: Vault, tmp_path: Path, name: str
) -> None:
    employ(database, vault)
    drawn(database, vault, tmp_path)
    reached = list[str]()
    with signed_in(database, name, login.grant(database, OPERATOR, vault, name)) as connection:
        tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        for statement in (
            f"UPDATE {beside.TABLE} SET document = ''",
            f"DELETE FROM {beside.TABLE}",
            "CREATE VIEW public.mine AS SELECT 1",
            "CREATE TABLE public.mine (x int)",
            "CREATE TEMPORARY TABLE mine (x int)",
            "SELECT pg_read_file('/etc/passwd')",
            "SELECT * FROM pg_catalog.pg_authid",
            "SELECT * FROM pg_catalog.pg_statistic",
        ):
            try:
                connection.rollback()
                connection.execute(text("SET TRANSACTION READ WRITE"))
                connection.execute(text(statement))
                reached.append(statement)
            except DBAPIError as error:
                assert "permission denied" in str(error.orig), error
    assert (tables, reached) == ([beside.TABLE], [])


@ON_POSTGRES
def test_where_it_could_reach_more_it_is_not_made(database: Database, vault: Vault, name: str) -> None:
    """A grant to PUBLIC, of a column or by a function that runs as its owner, would open a door beside the releases."""
    beside.make(database, vault)
    other = beside.opened(database)
    for grant, undo in (
        ("CREATE SCHEMA other; CREATE TABLE other.open (x int); GRANT SELECT (x) ON other.open TO PUBLIC",
         "DROP SCHEMA other CASCADE"),
        (f"{_LEAK}; GRANT EXECUTE ON FUNCTION public.leak TO PUBLIC", "DROP FUNCTION public.leak()"),
    ):  # fmt: skip
        with other.engine.begin() as connection:
            connection.exec_driver_sql(grant)
        with pytest.raises(Conflict, match=r"could still reach (other\.open|public\.leak)"):
            login.grant(database, OPERATOR, vault, name)
        with other.engine.begin() as connection:
            assert connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}) is None
            connection.execute(text(undo))
    other.close()
    assert login.grant(database, OPERATOR, vault, name)


@ON_POSTGRES
def test_a_second_time_it_gets_a_new_password_and_loses_what_it_was_given(
    database: Database, vault: Vault, name: str
) -> None:
    first = login.grant(database, OPERATOR, vault, name)
    other = beside.opened(database)
    with other.engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE public.later (x int); GRANT SELECT ON later TO {name}"))
    second = login.grant(database, OPERATOR, vault, name)
    other.close()
    assert first != second
    with signed_in(database, name, second) as connection, pytest.raises(DBAPIError, match="permission denied"):
        connection.execute(text("SELECT * FROM public.later"))


@ON_POSTGRES
def test_only_the_operator_gives_one_and_never_by_the_name_of_another(
    database: Database, vault: Vault, name: str
) -> None:
    with pytest.raises(NotAllowed):
        login.grant(database, ORGANIZER, vault, name)
    with pytest.raises(Conflict, match="not made for releases"):
        login.grant(database, OPERATOR, vault, database.url.username or "")
    for bad in ("", "Olu", "a;drop role b", "x" * 64):
        with pytest.raises(BadInput, match="no name for a login"):
            login.grant(database, OPERATOR, vault, bad)


def test_an_embedded_database_says_that_it_has_no_logins(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="has no logins"):
        login.grant(Database(f"sqlite:///{tmp_path / 'x.db'}"), OPERATOR, vault, "olu")

"""The probes of a database, each against a real PostgreSQL that is changed until it breaks its promise."""

from __future__ import annotations

import socket
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from data import pgaudit_settings
from data.controls.control import Name, Result, State, Unseen
from data.controls.looking import Watch
from data.controls.postgres.catalog import read
from data.controls.probes import apart, audit, new_tables, readers, row_security
from data.controls.surroundings import Surroundings
from data.controls.watched import STORE
from data.database import Database
from data.people.viewer import OPERATOR
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.controls.conftest import Warehouse
from tests.samples.pgaudit import cluster

postgres = pytest.mark.postgres
DATABASES = (readers.PROBE, new_tables.PROBE, row_security.PROBE, apart.PROBE, audit.PROBE)


def looks(empty: Path, folder: Path, path: Path, vault: Vault, *, patience: float = 30.0) -> dict[str, Result]:
    """What each probe of databases finds with this file, by its key."""
    if not (folder / "daylight.db").exists():
        (folder / "daylight.db").write_bytes(empty.read_bytes())
    database = Database(f"sqlite:///{folder / 'daylight.db'}")
    settings = Settings.from_environment({"DAYLIGHT_CONTROLS": str(path)}, store=str(folder))
    found = Watch(DATABASES, patience).run(settings, database, vault, OPERATOR)
    database.close()
    return {one.name.probe: one.result for one in found}


BREAKS: dict[str, tuple[str, str, list[str], str]] = {
    "a default of the owner": (
        "",
        "new-tables",
        ["ALTER DEFAULT PRIVILEGES FOR ROLE owner~ IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC"],
        "A new table would be open to everybody who can connect.",
    ),
    "a default everywhere": (
        "",
        "new-tables",
        ["CREATE ROLE eve~", "ALTER DEFAULT PRIVILEGES FOR ROLE owner~ GRANT SELECT ON TABLES TO eve~"],
        "A new table would be open to 1 roles that may not read captures.",
    ),
    "row security off": (
        "row_security = true",
        "row-security",
        ["ALTER TABLE captures DISABLE ROW LEVEL SECURITY"],
        "On 1 of 1 tables rows are shown past the rule.",
    ),
    "row security not forced": (
        "row_security = true",
        "row-security",
        ["ALTER TABLE captures NO FORCE ROW LEVEL SECURITY"],
        "On 1 of 1 tables rows are shown past the rule.",
    ),
    "a policy that shows all": (
        "row_security = true",
        "row-security",
        ["CREATE POLICY everything ON captures USING (true)"],
        "A rule lets rows past.",
    ),
    "a reader who skips the policies": (
        "row_security = true",
        "row-security",
        ["ALTER ROLE app~ BYPASSRLS"],
        "A rule lets rows past.",
    ),
    "one login with two roles": (
        "apart = [['app~', 'watch~']]",
        "apart",
        ["CREATE ROLE both~ LOGIN", "GRANT app~, watch~ TO both~"],
        "1 login has the rights of roles that must be apart.",
    ),
    "a role that can give itself the other": (
        "apart = [['app~', 'watch~']]",
        "apart",
        ["GRANT watch~ TO app~ WITH INHERIT FALSE, SET FALSE, ADMIN TRUE"],
        "1 login has the rights of roles that must be apart.",
    ),
    "superusers who were not named": (
        "",
        "readers",
        ["CREATE ROLE root~ LOGIN SUPERUSER"],
        "1 login more than allowed could read captures.",
    ),
}


@postgres
@pytest.mark.parametrize("what", BREAKS)
def test_each_probe_of_a_database_finds_what_breaks_its_promise(
    empty_sqlite: Path, tmp_path: Path, vault: Vault, warehouse: Warehouse, what: str
) -> None:
    """Protects: kept before, broken after, in plain words, with what was looked at and by whom."""
    more, probe, breaking, said = BREAKS[what]
    warehouse.run(
        "CREATE ROLE watch~ NOLOGIN",
        "ALTER TABLE captures ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE captures FORCE ROW LEVEL SECURITY",
        "CREATE POLICY own ON captures FOR SELECT USING (email = current_user)",
    )
    path = warehouse.named(tmp_path, more)
    assert looks(empty_sqlite, tmp_path, path, vault)[probe].state is State.HOLDS
    warehouse.run(*breaking)
    found = looks(empty_sqlite, tmp_path, path, vault)[probe]
    assert (found.state, found.said) == (State.BROKEN, said)
    assert {fact.name for fact in found.facts} >= {"database", "looked at by the login", "looked at"}
    assert not any(warehouse.mark in word for word in (found.said,)), "words for everybody name no login"
    assert found.unseen, "what a catalog cannot show is said"


@postgres
def test_daylights_own_database_is_open_to_its_own_login_alone(
    postgres_url: str, empty_sqlite: Path, tmp_path: Path, vault: Vault, warehouse: Warehouse
) -> None:
    """Protects: the store itself is looked at without any file, when it lies on PostgreSQL."""
    store, settings = Database(warehouse.url), Settings.from_environment({}, store=str(tmp_path))

    def look() -> Result:
        around = Surroundings(settings, store, vault)  # of one round: what it read of a database stands
        (target,) = readers.targets(around)
        assert target.name == STORE
        return readers.look(around, target)

    with pytest.raises(Unseen, match="where they should be"):
        look()
    warehouse.run("CREATE TABLE people (email text)")
    assert look().state is State.HOLDS
    warehouse.run("GRANT SELECT ON people TO PUBLIC")
    found = look()
    assert found.state is State.BROKEN and "public.people" in found.tables
    store.close()


@postgres
def test_a_table_that_is_not_there_is_not_known(
    empty_sqlite: Path, tmp_path: Path, vault: Vault, warehouse: Warehouse
) -> None:
    """Protects: a table that was renamed is not taken for one that nobody can read."""
    path = warehouse.named(tmp_path)
    warehouse.run("ALTER TABLE captures RENAME TO others")
    found = looks(empty_sqlite, tmp_path, path, vault)["readers"]
    assert found.state is State.UNKNOWN and "is not there" in found.said


def test_a_server_that_takes_the_connection_and_never_answers_is_not_known(
    empty_sqlite: Path, tmp_path: Path, vault: Vault
) -> None:
    """Protects: a probe that hangs is unknown, never fine, holds up nothing, and is not started on top of itself."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        path = tmp_path / "controls.toml"
        path.write_text(
            f"[[database]]\nname = 'silent'\nurl = 'postgresql://eve:secret@127.0.0.1:{server.getsockname()[1]}/x'\n"
            "tables = ['public.captures']\nallowed = ['app']\n"
        )
        (tmp_path / "daylight.db").write_bytes(empty_sqlite.read_bytes())
        database = Database(f"sqlite:///{tmp_path / 'daylight.db'}")
        settings = Settings.from_environment({"DAYLIGHT_CONTROLS": str(path)}, store=str(tmp_path))
        watch = Watch((readers.PROBE,), patience=0.3)
        for _ in range(2):
            (one,) = watch.run(settings, database, vault, OPERATOR)
            assert (one.name, one.result.state) == (Name("readers", "silent"), State.UNKNOWN)
            assert "no answer in time" in one.result.said
        database.close()


def test_a_server_that_is_away_is_not_known_and_no_password_is_written_down(
    empty_sqlite: Path, tmp_path: Path, vault: Vault
) -> None:
    """Protects: what cannot connect is unknown, and the address with its password stays out of the log."""
    path = tmp_path / "controls.toml"
    path.write_text(
        "[[database]]\nname = 'away'\nurl = 'postgresql://eve:secret@127.0.0.1:1/x'\n"
        "tables = ['public.captures']\nallowed = ['app']\n"
    )
    found = looks(empty_sqlite, tmp_path, path, vault)
    assert {one.state for one in found.values()} == {State.UNKNOWN}
    assert "did not let Daylight look" in found["readers"].said
    assert "secret" not in repr(found)


@postgres
def test_a_server_without_its_audit_does_not_record(
    empty_sqlite: Path, tmp_path: Path, vault: Vault, warehouse: Warehouse
) -> None:
    """Protects: recording is looked at where it was promised; hidden from the login that looks, it is not known."""
    path = warehouse.named(tmp_path, "audit = true")
    assert looks(empty_sqlite, tmp_path, path, vault)["audit"].said.startswith("Reads are not recorded")
    warehouse.run("CREATE ROLE probe~ LOGIN")
    url = make_url(warehouse.url).set(username=warehouse.role("probe")).render_as_string(hide_password=False)
    path.write_text(path.read_text().replace(warehouse.url, url))
    found = looks(empty_sqlite, tmp_path, path, vault)
    assert found["audit"].state is State.UNKNOWN
    assert found["readers"].state is State.HOLDS, "who could read can be seen without any right"


@pytest.mark.postgres
@pytest.mark.skipif(cluster.programs() is None, reason="there is no PostgreSQL with pgAudit on this machine")
def test_an_audit_that_is_switched_off_for_somebody_is_found(empty_sqlite: Path, tmp_path: Path, vault: Vault) -> None:
    """Protects: a real pgAudit records reads, and ALTER ROLE, ALTER DATABASE or a class taken out undoes that."""
    with cluster.cluster() as server:
        url = f"postgresql://postgres@/postgres?host={server.folder / 'data'}"
        path = tmp_path / "controls.toml"
        path.write_text(
            f"[[database]]\nname = 'audited'\nurl = '{url}'\ntables = ['public.captures']\n"
            "allowed = ['postgres']\naudit = true\n"
        )
        path.chmod(0o600)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE captures (x int)")
            connection.execute("CREATE ROLE eve LOGIN")
            assert looks(empty_sqlite, tmp_path, path, vault)["audit"].state is State.HOLDS
            for broken, whole in (
                ("ALTER ROLE eve SET pgaudit.log = 'write'", "ALTER ROLE eve RESET pgaudit.log"),
                ("ALTER DATABASE postgres SET pgaudit.log = 'all, -read'", "ALTER DATABASE postgres RESET pgaudit.log"),
                ("ALTER ROLE ALL SET pgaudit.log_rows = 'on'", "ALTER ROLE ALL RESET pgaudit.log_rows"),
                ("ALTER ROLE eve SET pgaudit.log_level = 'debug5'", "ALTER ROLE eve RESET pgaudit.log_level"),
                ("ALTER ROLE eve SET pgaudit.log_statement = 'fals'", "ALTER ROLE eve RESET pgaudit.log_statement"),
                (
                    "ALTER ROLE eve IN DATABASE postgres SET log_min_messages = 'PANIC'",
                    "ALTER ROLE eve IN DATABASE postgres RESET log_min_messages",
                ),
                (
                    "ALTER DATABASE postgres SET log_min_messages = 'fatal'",
                    "ALTER DATABASE postgres RESET log_min_messages",
                ),
            ):
                connection.execute(broken.encode())
                assert looks(empty_sqlite, tmp_path, path, vault)["audit"].state is State.BROKEN, broken
                connection.execute(whole.encode())
                assert looks(empty_sqlite, tmp_path, path, vault)["audit"].state is State.HOLDS, whole


@pytest.mark.postgres
@pytest.mark.skipif(cluster.programs() is None, reason="there is no PostgreSQL with pgAudit on this machine")
def test_what_is_recorded_of_the_login_that_looks_is_not_taken_for_everybodys(
    empty_sqlite: Path, tmp_path: Path, vault: Vault
) -> None:
    """Protects: recording the probe alone keeps no promise; nor does a server that keeps its lines out of its log."""
    with cluster.cluster({"pgaudit.log": "'none'"}) as server:
        path = tmp_path / "controls.toml"
        path.write_text(
            f"[[database]]\nname = 'audited'\nurl = 'postgresql://probe@/postgres?host={server.folder / 'data'}'\n"
            "tables = ['public.captures']\nallowed = ['postgres']\naudit = true\n"
        )
        path.chmod(0o600)
        with server.connect() as connection:

            def look(statement: str) -> tuple[State, str]:
                connection.execute(statement.encode())
                connection.execute("SELECT pg_reload_conf(), pg_sleep(0.5)")
                found = looks(empty_sqlite, tmp_path, path, vault)["audit"]
                return found.state, found.said

            connection.execute("CREATE TABLE captures (x int)")
            connection.execute("CREATE ROLE probe LOGIN IN ROLE pg_read_all_settings")
            not_read = State.BROKEN, "Reads are not among what is recorded."
            assert look("SELECT") == not_read
            assert look("ALTER ROLE probe SET pgaudit.log = 'all'")[0] is State.UNKNOWN
            assert look("ALTER DATABASE postgres SET pgaudit.log = 'ddl'") == not_read
            assert look("ALTER DATABASE postgres SET pgaudit.log = 'read'")[0] is State.HOLDS
            assert look("ALTER ROLE probe RESET pgaudit.log")[0] is State.HOLDS
            for setting, value in (
                ("log_min_messages", "panic"), ("pgaudit.log_level", "notice"), ("pgaudit.log_statement", "off"),
            ):  # fmt: skip
                assert look(f"ALTER SYSTEM SET {setting} = {value}")[1].startswith("What is recorded of reads")
                assert look(f"ALTER SYSTEM RESET {setting}")[0] is State.HOLDS


@postgres
def test_a_look_changes_nothing_and_needs_no_right_to_any_capture(warehouse: Warehouse) -> None:
    """Protects: the probe's own login is no reader, so that looking opens nothing."""
    warehouse.run("CREATE ROLE probe~ LOGIN")
    url = make_url(warehouse.url).set(username=warehouse.role("probe")).render_as_string(hide_password=False)
    found = read(url)
    assert found.login == warehouse.role("probe")
    assert "public.captures" in {table.full for table in found.tables}
    assert {one.member for one in found.memberships} == {one.member for one in read(warehouse.url).memberships}


@pytest.mark.parametrize(
    ("value", "records"),
    [
        ("read", True),
        ("all", True),
        ("none", False),
        ("all, -read", False),
        ("-read, all", True),
        ("write, ddl", False),
    ],
)
def test_classes_of_an_audit_are_read_in_order(value: str, records: bool) -> None:
    """Protects: a class that is taken out again is not taken for one that is recorded."""
    assert pgaudit_settings.records("pgaudit.log", value) is records

"""Against a real PostgreSQL: a table opened to everybody is found, its fix seen to hold, and broken again reopened."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, text, update

from data import instants
from data.accesses.entry import Action
from data.accesses.tables import EntryRow
from data.controls import record
from data.controls.control import Name, Result, State
from data.controls.lifecycle import LATE, Stage
from data.controls.looking import PAUSE, Watch
from data.controls.postgres.model import PUBLIC
from data.controls.probe import Probe, Target
from data.controls.probes import readers
from data.controls.record import Seen
from data.controls.tables import LookRow
from data.controls.watched import STORE
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.people.viewer import OPERATOR, Role, Viewer
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.controls.conftest import Warehouse

OFFICER = Viewer(7, frozenset({Role.EMPLOYEE, Role.OFFICER}), "Ingrid Solheim")
NAME = Name("readers", "capture warehouse")
HOUR = instants.HOUR


class Clock:
    """The time, as everything here sees it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = instants.now()
        monkeypatch.setattr(instants, "now", lambda: self.at)

    def on(self, microseconds: int) -> int:
        self.at += microseconds
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def entries(database: Database) -> int:
    with database.reading() as session:
        chosen = EntryRow.action == Action.CONTROL.value
        return session.scalar(select(func.count()).select_from(EntryRow).where(chosen)) or 0


def seen(database: Database, vault: Vault, name: Name = NAME, days: int = 14) -> Seen:
    with database.reading() as session:
        return record.read(session, OFFICER, vault, days=days).of(name)


def claim(database: Database, vault: Vault, viewer: Viewer = OFFICER) -> Seen:
    with database.writing() as session:
        return record.claim(session, viewer, vault, NAME, "Revoked it.", days=14)


def stub(*results: Result) -> tuple[Watch, list[Result]]:
    """A watch whose only probe finds what the list says, the first again and again; what is drawn is real elsewhere."""
    found = list(results)
    look = Probe("readers", "", "", lambda _: (Target("capture warehouse"),), lambda *_: found[0])
    return Watch((look,)), found


HOLDS = Result(State.HOLDS, "Nobody but the logins that were named could read it.")
BROKEN = Result(State.BROKEN, "It is open.", audience=frozenset({PUBLIC}), tables=frozenset({"public.captures"}))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_environment({}, store=str(tmp_path))


@pytest.mark.postgres
def test_a_table_opened_to_everybody_is_found_and_its_fix_must_hold(
    empty_sqlite: Path, tmp_path: Path, vault: Vault, warehouse: Warehouse, clock: Clock
) -> None:
    """Protects: the promise of this slice, from grant to reopened, against a real server and nobody's word."""
    (tmp_path / "daylight.db").write_bytes(empty_sqlite.read_bytes())
    database = Database(f"sqlite:///{tmp_path / 'daylight.db'}")
    settings = Settings.from_environment({"DAYLIGHT_CONTROLS": str(warehouse.named(tmp_path))}, store=str(tmp_path))
    watch = Watch((readers.PROBE,))

    def look() -> Seen:
        clock.on(LATE)
        watch.run(settings, database, vault, OPERATOR)
        return seen(database, vault)

    assert look().standing.stage is Stage.NEVER
    good_at = clock.at
    warehouse.run("GRANT SELECT ON captures TO PUBLIC")
    found = look()
    assert (found.standing.stage, found.last.state, found.standing.good_at) == (Stage.BROKEN, State.BROKEN, good_at)
    assert found.last.audience >= {PUBLIC} and found.last.tables == {"public.captures"}
    warehouse.run("REVOKE SELECT ON captures FROM PUBLIC")
    clock.on(1)
    assert claim(database, vault).standing.stage is Stage.CLAIMED
    assert look().standing.stage is Stage.PROVING
    since = clock.at
    while look().standing.stage is Stage.PROVING:
        assert clock.at < since + 14 * instants.DAY
    assert clock.at == since + 14 * instants.DAY
    assert seen(database, vault).standing.stage is Stage.HELD
    told = entries(database)
    assert told == 4, "looks that find the same are no news: kept, broken, claimed, kept"
    warehouse.run("GRANT SELECT (typed) ON captures TO PUBLIC")
    found = look()
    assert (found.standing.stage, found.standing.reopened) == (Stage.REOPENED, 1)
    database.close()


def test_a_claim_that_a_look_does_not_bear_out_is_reopened(
    database: Database, vault: Vault, settings: Settings, clock: Clock
) -> None:
    """Protects: the look after a claim counts although it finds the same as before, and is logged."""
    watch, _ = stub(BROKEN)
    watch.run(settings, database, vault, OPERATOR)
    clock.on(1)
    claim(database, vault)
    before = entries(database)
    clock.on(1)
    assert watch.keep_up(settings, database, vault) == 1, "what is said to be fixed is looked at at once"
    found = seen(database, vault).standing
    assert (found.stage, found.reopened, entries(database)) == (Stage.REOPENED, 1, before + 1)


def test_what_is_found_again_is_no_entry_but_moves_the_time_of_the_last_look(
    database: Database, vault: Vault, settings: Settings, clock: Clock
) -> None:
    """Protects: looking often does not fill the log, and the page still knows when somebody looked."""
    watch, found = stub(HOLDS)
    for _ in range(3):
        assert watch.keep_up(settings, database, vault) == 1
        assert watch.keep_up(settings, database, vault) == 0
        clock.on(PAUSE)
    assert entries(database) == 1
    assert seen(database, vault).standing.at == clock.at - PAUSE
    found[0] = BROKEN
    watch.keep_up(settings, database, vault)
    assert entries(database) == 2
    found[0] = Result(State.BROKEN, "It is open.", audience=frozenset({PUBLIC, "eve"}), tables=BROKEN.tables)
    clock.on(PAUSE)
    watch.keep_up(settings, database, vault)
    assert entries(database) == 3, "another audience is news"


def test_a_time_in_which_nobody_looked_is_an_entry_and_counts_for_nothing(
    database: Database, vault: Vault, settings: Settings, clock: Clock
) -> None:
    """Protects: a fix does not become held by switching the looks off for a fortnight."""
    watch, found = stub(BROKEN)
    watch.run(settings, database, vault, OPERATOR)
    found[0] = HOLDS
    clock.on(PAUSE)
    watch.run(settings, database, vault, OPERATOR)
    clock.on(20 * instants.DAY)
    assert seen(database, vault).standing.shown(clock.at) is State.UNKNOWN
    watch.run(settings, database, vault, OPERATOR)
    assert entries(database) == 3
    assert (seen(database, vault).standing.stage, seen(database, vault).standing.proven) == (Stage.PROVING, 0)


def test_a_row_that_somebody_dates_ahead_or_takes_away_counts_for_nothing(
    database: Database, vault: Vault, settings: Settings, clock: Clock
) -> None:
    """Protects: whoever writes the database cannot make an old look new; what was found stands in the log."""
    watch, _ = stub(HOLDS)
    watch.run(settings, database, vault, OPERATOR)
    first = clock.at
    clock.on(HOUR)
    watch.run(settings, database, vault, OPERATOR)
    assert seen(database, vault).standing.at == clock.at
    with database.writing() as session:
        session.execute(update(LookRow).values(look=b"9" * 60))
    assert seen(database, vault).standing.at == first
    with database.writing() as session:
        session.execute(delete(LookRow))
    assert seen(database, vault).standing.at == first


def test_what_is_named_no_more_is_not_known(database: Database, vault: Vault, settings: Settings, clock: Clock) -> None:
    """Protects: a promise does not stay kept because its database was taken out of the file."""
    watch, _ = stub(HOLDS)
    watch.run(settings, database, vault, OPERATOR)
    clock.on(1)
    Watch(()).run(settings, database, vault, OPERATOR)
    assert seen(database, vault).last.state is State.UNKNOWN


def test_a_file_that_cannot_be_read_makes_its_databases_unknown(
    database: Database, vault: Vault, tmp_path: Path, settings: Settings, clock: Clock
) -> None:
    """Protects: a spelling in the file is said, and is not taken for fine meanwhile."""
    watch, _ = stub(HOLDS)
    watch.run(settings, database, vault, OPERATOR)
    clock.on(1)
    (tmp_path / "watched.toml").write_text("[[database]]\nname = 'x'\n")
    bad = Settings.from_environment({"DAYLIGHT_CONTROLS": str(tmp_path / "watched.toml")}, store=str(tmp_path))
    with pytest.raises(BadInput, match="number 1: url is missing"):
        Watch((readers.PROBE,)).run(bad, database, vault, OPERATOR)
    last = seen(database, vault).last
    assert last.state is State.UNKNOWN and "cannot be used" in last.said and "url is missing" in last.facts[0].value


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_mistake_in_the_file_breaks_no_promise_of_daylights_own_database(
    warehouse: Warehouse, database: Database, vault: Vault, tmp_path: Path, clock: Clock
) -> None:
    """Protects: whom the file allows is not called a stranger while it cannot be read, nor logged as one."""
    warehouse.run("CREATE ROLE backup~ LOGIN")
    with database.writing() as session:
        session.execute(text(f"GRANT SELECT ON people TO {warehouse.role('backup')}"))
    path = tmp_path / "controls.toml"
    settings = Settings.from_environment({"DAYLIGHT_CONTROLS": str(path)}, store=str(tmp_path))

    def look(content: str) -> Seen:
        path.write_text(content)
        clock.on(PAUSE)
        with contextlib.suppress(BadInput):
            Watch((readers.PROBE,)).run(settings, database, vault, OPERATOR)
        return seen(database, vault, Name("readers", STORE))

    good = f"[store]\nallowed = {sorted(warehouse.logins())!r}\n"
    assert look(good).last.state is State.HOLDS
    one = look(f"{good}[[database]\n")
    assert one.last.state is State.UNKNOWN and "is no TOML" in one.last.facts[0].value
    assert look(good).last.state is State.HOLDS
    assert look("").last.state is State.BROKEN, "a file that names nobody allows nobody"


def test_only_an_officer_claims_and_only_what_is_broken(
    database: Database, vault: Vault, settings: Settings, clock: Clock
) -> None:
    """Protects: nobody talks a break away, and an employee sees no evidence."""
    watch, _ = stub(HOLDS)
    watch.run(settings, database, vault, OPERATOR)
    auditor = Viewer(8, frozenset({Role.EMPLOYEE, Role.AUDITOR}), "Zoë")
    employee = Viewer(9, frozenset({Role.EMPLOYEE}), "Amara")
    for viewer in (auditor, employee):
        with pytest.raises(NotAllowed):
            claim(database, vault, viewer)
    with pytest.raises(Conflict):
        claim(database, vault)
    with pytest.raises(NotAllowed), database.reading() as session:
        record.read(session, employee, vault, days=14)
    with pytest.raises(NotAllowed):
        watch.run(settings, database, vault, auditor)
    with pytest.raises(NotFound), database.writing() as session:
        record.claim(session, OFFICER, vault, Name("nothing"), "words", days=14)


def test_everybody_reads_the_promise_and_nobody_the_logins(
    database: Database, vault: Vault, settings: Settings, clock: Clock
) -> None:
    """Protects: what everybody reads would not help whoever wants in."""
    watch, _ = stub(BROKEN)
    watch.run(settings, database, vault, OPERATOR)
    clock.on(1)
    claim(database, vault)
    with database.reading() as session:
        (one,) = record.public(session, Viewer(9, frozenset({Role.EMPLOYEE}), "Amara"), vault, days=14).controls
    assert (one.last, one.lines, one.standing.stage) == (Result(State.BROKEN, "It is open."), (), Stage.CLAIMED)
    assert one.standing.claim is None


def test_late_is_later_than_a_look_that_was_missed() -> None:
    """Protects: one round that fails does not make everything unknown."""
    assert LATE > 2 * PAUSE

"""From a grant in a real PostgreSQL to the exposure that the people concerned read, without anybody's doing."""

from __future__ import annotations

import contextlib
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from data import instants
from data.controls import exposing, resuming
from data.controls.control import Name, Result, State
from data.controls.lifecycle import Standing
from data.controls.looking import Watch
from data.controls.postgres.model import Catalog, Table
from data.controls.probes import readers
from data.controls.surroundings import Surroundings
from data.controls.watched import STORE, Watched
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed
from data.exposures import card, record
from data.exposures.exposure import Change, Exposure, Number, Open
from data.people.viewer import OPERATOR
from data.sealing.vault import Vault
from data.settings import Settings
from pages.shell.words import Calendar
from pages.wording import exposures as wording
from tests.data.accesses.logging import OFFICER
from tests.data.controls.conftest import Warehouse
from tests.data.rights.conftest import people


def exposures(database: Database, vault: Vault) -> list[Exposure]:
    with database.reading() as session:
        return list(record.read(session, OFFICER, vault).exposures)


def employing(empty_sqlite: Path, folder: Path) -> Database:
    """A store in SQLite with a few people, as what is looked at lies in a PostgreSQL of its own."""
    (folder / "daylight.db").write_bytes(empty_sqlite.read_bytes())
    database = Database(f"sqlite:///{folder / 'daylight.db'}")
    people(database)
    return database


@pytest.mark.postgres
def test_a_table_granted_to_everyone_opens_an_exposure_and_a_fix_closes_it_and_breaking_it_again_opens_another(
    empty_sqlite: Path, tmp_path: Path, vault: Vault, warehouse: Warehouse
) -> None:
    """Nobody types it in: it is in each person's page once the probe has looked, with whose the logins are."""
    database = employing(empty_sqlite, tmp_path)
    warehouse.run("CREATE ROLE cal~ LOGIN", "CREATE ROLE omar~ LOGIN")
    may = sorted(warehouse.logins() - {warehouse.role("cal"), warehouse.role("omar")})
    path = tmp_path / "controls.toml"
    path.write_text(
        f"[[database]]\nname = 'warehouse'\nurl = '{warehouse.url}'\ntables = ['public.captures']\nkinds = ['key']\n"
        f"people = ['ana@example.org']\nallowed = {may!r}\nowners = {{{warehouse.role('cal')} = 'Cal@example.org'}}\n"
    )
    settings = Settings.from_environment({"DAYLIGHT_CONTROLS": str(path)}, store=str(tmp_path))

    def look() -> None:
        Watch((readers.PROBE,)).run(settings, database, vault, OPERATOR)

    look()
    assert exposures(database, vault) == []
    warehouse.run("GRANT SELECT ON captures TO PUBLIC")
    look()
    look()
    (one,) = exposures(database, vault)
    assert one.start is not None and one.start < one.seen and one.is_open
    # Cal, and a login of which the file does not say whose it is; PUBLIC is no account.
    assert (one.audience, one.concerned, one.kinds) == (Number(1, 1), 1, ("key",))
    assert one.tables == ("public.captures",)
    warehouse.run("REVOKE SELECT ON captures FROM PUBLIC")
    look()
    assert [each.is_open for each in exposures(database, vault)] == [False]
    warehouse.run("GRANT SELECT ON captures TO PUBLIC")
    look()
    second, first = exposures(database, vault)
    assert (second.former, second.is_open, first.is_open) == (1, True, False)
    database.close()


@pytest.mark.postgres
def test_of_how_many_row_level_security_may_have_hidden_some_is_on_each_persons_card(
    empty_sqlite: Path, tmp_path: Path, vault: Vault, warehouse: Warehouse
) -> None:
    """Whoever a policy is for counts as somebody who could, and that they may not have seen all of it is said."""
    (tmp_path / "daylight.db").write_bytes(empty_sqlite.read_bytes())
    database = Database(f"sqlite:///{tmp_path / 'daylight.db'}")
    ana = people(database).ana
    warehouse.run(
        "CREATE ROLE cal~ LOGIN", "CREATE ROLE omar~ LOGIN", "CREATE ROLE root~ LOGIN BYPASSRLS",
        "GRANT SELECT ON captures TO cal~, omar~, root~", "ALTER TABLE captures ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY own ON captures TO cal~ USING (email = current_user)",
    )  # fmt: skip
    named = {warehouse.role(one) for one in ("cal", "omar", "root")}
    allowed = ", ".join(f"'{one}'" for one in sorted(warehouse.logins() - named))
    path = warehouse.named(tmp_path, allowed=allowed)
    settings = Settings.from_environment({"DAYLIGHT_CONTROLS": str(path)}, store=str(tmp_path))
    Watch((readers.PROBE,)).run(settings, database, vault, OPERATOR)
    (one,) = exposures(database, vault)
    assert (one.audience, one.narrowed) == (Number(0, 2), 1), "Omar is shown no row: no policy is for him"
    with database.reading() as session:
        said = wording.cards(card.card(session, ana, vault), Calendar(ZoneInfo("UTC"), instants.now()))
    assert "Of 1 account row-level security may have hidden some of it; that is not worked out." in said
    database.close()


@pytest.mark.postgres
def test_a_table_that_is_taken_off_the_list_or_renamed_leaves_its_exposure_not_known(
    empty_sqlite: Path, tmp_path: Path, vault: Vault, warehouse: Warehouse
) -> None:
    """The grant is as it was, and the tables that are still looked at are fine: that is no fix."""
    database = employing(empty_sqlite, tmp_path)
    warehouse.run("CREATE ROLE cal~ LOGIN", "CREATE TABLE raw_1 (x int)", "GRANT SELECT ON raw_1 TO cal~")
    allowed = ", ".join(f"'{one}'" for one in sorted(warehouse.logins() - {warehouse.role("cal")}))
    path = warehouse.named(tmp_path, allowed=allowed)
    short = path.read_text()
    whole = short.replace('["public.captures"]', '["public.captures", "public.raw_*"]')
    settings = Settings.from_environment({"DAYLIGHT_CONTROLS": str(path)}, store=str(tmp_path))

    def look(text: str) -> Exposure:
        path.write_text(text)
        Watch((readers.PROBE,)).run(settings, database, vault, OPERATOR)
        return exposures(database, vault)[0]

    assert look(whole).tables == ("public.raw_1",)
    assert look(short).is_open and look(short).lines[-1].change is Change.UNWATCHED
    assert look(whole).unwatched is None
    warehouse.run("CREATE TABLE raw_2 (x int)", "ALTER TABLE raw_1 RENAME TO elsewhere")
    assert look(whole).unwatched is not None
    warehouse.run("ALTER TABLE elsewhere RENAME TO raw_1", "REVOKE SELECT ON raw_1 FROM cal~")
    assert not look(whole).is_open
    database.close()


def followed(database: Database, vault: Vault, what: Watched, result: Result, before: Standing | None = None) -> None:
    settings = Settings.from_environment({}, store="/nowhere")
    there = Catalog("x", "probe", 1, 160000, tables=(Table("public", "t", "owner"),))
    around = Surroundings(settings, database, vault, read_catalog=lambda _: there)
    with database.writing() as session:
        exposing.follow(session, around, vault, Name("readers", what.name), what, result, instants.now(), before)


def test_a_look_that_saw_nothing_neither_opens_nor_closes(database: Database, vault: Vault) -> None:
    """A probe that cannot connect is unknown: it must not end what is open."""
    what = Watched("warehouse", "", ("public.t",), frozenset({"app"}))
    with database.writing() as session:
        over = Open("warehouse", ("public.t",), {"x": None}, people=())
        record.observe(session, vault, "warehouse", [over], last_good=None, now=1)
    followed(database, vault, what, Result(State.UNKNOWN, "It did not answer."))
    assert exposures(database, vault)[0].is_open
    followed(database, vault, what, Result(State.HOLDS, "Nobody."), Standing(at=2 * instants.now()))
    assert exposures(database, vault)[0].is_open, "a look of an earlier moment than the newest says nothing"
    followed(database, vault, what, Result(State.HOLDS, "Nobody."))
    assert not exposures(database, vault)[0].is_open


def test_a_database_that_is_taken_off_the_list_leaves_its_exposure_not_known_and_never_closed(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    """Whoever takes it off the list does not end it, and a list that cannot be read for a moment says nothing of it.
    The people concerned read it, it keeps the programme from resuming, and it is closed by a look or with a reason."""
    roster = people(database)
    path = tmp_path / "controls.toml"
    where = "url = 'postgresql://probe@127.0.0.1:1/x'\ntables = ['public.t']\nallowed = ['app']\n"
    listed = f"[[database]]\nname = 'warehouse'\n{where}"
    settings = Settings.from_environment({"DAYLIGHT_CONTROLS": str(path)}, store=str(tmp_path))

    def look(text: str) -> Exposure:
        path.write_text(text)
        with contextlib.suppress(BadInput):
            Watch((readers.PROBE,)).run(settings, database, vault, OPERATOR)
        return exposures(database, vault)[0]

    with database.writing() as session:
        record.observe(session, vault, "warehouse", [OVER], last_good=None, now=1)
    for text in (listed, "no TOML at all ["):
        assert look(text).is_open and look(text).unwatched is None
    one = look("")
    assert one.end is None and one.unwatched is not None and one.lines[-1].change is Change.UNWATCHED
    assert len(look("").lines) == len(one.lines), "it is told once"
    with database.reading() as session:
        (item,) = [one for one in resuming.missing(session, vault, settings) if "exposure" in one]
        assert item.startswith("1 exposure is no longer looked at")
        assert record.read(session, roster.ana, vault).exposures[0].unwatched == one.unwatched
    with database.writing() as session:
        record.observe(session, vault, "warehouse", [OVER], last_good=None, now=instants.now())
    assert exposures(database, vault)[0].unwatched is None, "a look goes on with it"
    with pytest.raises(Conflict, match="only a look closes it"), database.writing() as session:
        record.close(session, roster.olga, vault, 1, "It was shut down.")
    look("")
    with pytest.raises(NotAllowed), database.writing() as session:
        record.close(session, roster.ana, vault, 1, "It was shut down.")
    with database.writing() as session:
        record.close(session, roster.olga, vault, 1, "The server was shut down and its disks destroyed.")
    one = exposures(database, vault)[0]
    assert one.end is not None and one.unwatched is None and "disks" in one.lines[-1].words


OVER = Open("warehouse", ("public.t",), {"x": None}, people=(1,))


def test_daylights_own_database_is_no_exposure_of_captures(database: Database, vault: Vault) -> None:
    """What lies there is sealed; to say that everybody could read somebody's keystrokes would be untrue."""
    what = Watched(STORE, "", (), frozenset({"daylight"}))
    followed(database, vault, what, Result(State.BROKEN, "Open.", (), (), frozenset({"x"}), frozenset({"public.t"})))
    assert exposures(database, vault) == []

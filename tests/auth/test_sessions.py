"""Sessions: what keeps one open, and everything that ends it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, update

from auth import sessions
from data import instants
from data.database import Database
from data.people.session_tables import SessionRow
from data.people.tables import GrantRow
from data.people.viewer import Role, Viewer
from data.settings import Settings
from tests.auth.company import settle

NOW = instants.of(instants.moment(0)) + 20_000 * instants.DAY


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(store=tmp_path, database_url="", segments_url="", keyring=tmp_path / "keyring")


@pytest.fixture
def ids(database: Database) -> dict[str, int]:
    return settle(database)


def begin(database: Database, settings: Settings, person_id: int, now: int = NOW, token: str = "") -> str:
    with database.writing() as session:
        return sessions.begin(session, person_id, settings, now, now, token)


def viewer(database: Database, settings: Settings, cookie: str | None, now: int) -> Viewer | None:
    with database.reading() as session:
        return sessions.viewer(session, cookie, settings, now)


def test_a_session_says_who_looks_and_with_which_roles(
    database: Database, settings: Settings, ids: dict[str, int]
) -> None:
    found = viewer(database, settings, begin(database, settings, ids["olu"]), NOW)
    assert found == Viewer(ids["olu"], frozenset({Role.EMPLOYEE, Role.OFFICER}), "Olu", "olu@example.com")


@pytest.mark.parametrize("cookie", [None, "", "x", "A" * 43, "A" * 5000, "é" * 43, "\udce9" * 43, "'" * 43])
def test_a_forged_cookie_is_nobody(
    database: Database, settings: Settings, ids: dict[str, int], cookie: str | None
) -> None:
    begin(database, settings, ids["ana"])
    assert viewer(database, settings, cookie, NOW) is None


def test_the_database_holds_nothing_that_opens_a_session(
    database: Database, settings: Settings, ids: dict[str, int]
) -> None:
    cookie = begin(database, settings, ids["ana"], token="eyJ.secret.token")
    with database.reading() as session:
        row = session.scalars(select(SessionRow)).one()
    assert cookie not in row.digest
    assert b"secret" not in (row.token or b"")
    assert viewer(database, settings, row.digest[:43], NOW) is None


def test_a_session_ends_when_nobody_used_it_for_the_idle_span(
    database: Database, settings: Settings, ids: dict[str, int]
) -> None:
    cookie = begin(database, settings, ids["ana"])
    idle = settings.idle_seconds * instants.SECOND
    assert viewer(database, settings, cookie, NOW + idle - 1) is not None
    assert viewer(database, settings, cookie, NOW + idle) is None


def test_a_session_of_a_clock_that_was_ahead_is_over(
    database: Database, settings: Settings, ids: dict[str, int]
) -> None:
    """It would stay open for as long as the clock was ahead, whoever finds the screen; a few minutes are no reason."""
    cookie = begin(database, settings, ids["ana"], NOW + 30 * instants.DAY)
    assert viewer(database, settings, cookie, NOW) is None
    assert viewer(database, settings, begin(database, settings, ids["ana"], NOW + instants.MINUTE), NOW) is not None


def test_using_a_session_keeps_it_open_but_never_past_its_absolute_span(
    database: Database, settings: Settings, ids: dict[str, int]
) -> None:
    cookie = begin(database, settings, ids["ana"])
    end = NOW + settings.absolute_seconds * instants.SECOND
    for now in range(NOW, end, 20 * instants.MINUTE):
        assert viewer(database, settings, cookie, now) is not None
        with database.writing() as session:
            sessions.touch(session, sessions.digest_of(cookie), now)
    with database.writing() as session:
        sessions.touch(session, sessions.digest_of(cookie), end - 1)
    assert viewer(database, settings, cookie, end) is None


def test_a_session_that_was_ended_stays_ended(database: Database, settings: Settings, ids: dict[str, int]) -> None:
    cookie, other = begin(database, settings, ids["ana"]), begin(database, settings, ids["ana"])
    with database.writing() as session:
        sessions.end(session, cookie, NOW)
        sessions.touch(session, sessions.digest_of(cookie), NOW + 1)
    assert viewer(database, settings, cookie, NOW + 2) is None
    assert viewer(database, settings, other, NOW + 2) is not None


def test_the_providers_token_comes_back_once_and_only_for_its_cookie(
    database: Database, settings: Settings, ids: dict[str, int]
) -> None:
    cookie = begin(database, settings, ids["ana"], token="eyJ.a.token")
    with database.writing() as session:
        assert sessions.end(session, "A" * 43, NOW) == ""
        assert sessions.end(session, cookie, NOW) == "eyJ.a.token"
        assert sessions.end(session, cookie, NOW) == ""
        assert session.scalars(select(SessionRow)).one().token is None


@pytest.mark.parametrize("change", ["revoked", "granted"])
def test_a_change_of_roles_ends_the_sessions_opened_before_it(
    database: Database, settings: Settings, ids: dict[str, int], change: str
) -> None:
    cookie = begin(database, settings, ids["olu"])
    with database.writing() as session:
        if change == "revoked":
            session.execute(update(GrantRow).where(GrantRow.person_id == ids["olu"]).values(revoked_at=NOW))
        else:
            session.add(GrantRow(person_id=ids["olu"], role=Role.AUDITOR, granted_at=NOW, revoked_at=None))
    assert viewer(database, settings, cookie, NOW) is None
    assert viewer(database, settings, begin(database, settings, ids["olu"]), NOW) is not None


def test_nobody_signs_in_as_the_operator(database: Database, settings: Settings, ids: dict[str, int]) -> None:
    with database.writing() as session:
        session.add(GrantRow(person_id=ids["ana"], role=Role.OPERATOR, granted_at=NOW, revoked_at=None))
    found = viewer(database, settings, begin(database, settings, ids["ana"]), NOW)
    assert found is not None
    assert found.roles == {Role.EMPLOYEE}


def test_sessions_that_are_over_are_swept_away(database: Database, settings: Settings, ids: dict[str, int]) -> None:
    begin(database, settings, ids["ana"])
    begin(database, settings, ids["olu"], NOW + settings.absolute_seconds * instants.SECOND)
    with database.reading() as session:
        assert [row.person_id for row in session.scalars(select(SessionRow))] == [ids["olu"]]

"""Running a scenario: what it refuses, what it leaves, and that nothing of it can be taken for the real."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from data.__main__ import main
from data.commands import COMMANDS
from data.errors import Error
from data.scenarios.warehouse import Warehouse
from data.settings import Settings
from data.store import open_store
from tests.data.scenarios.conftest import Replayed

NOWHERE = "postgresql://nobody@127.0.0.1:1/nowhere"


@pytest.fixture
def elsewhere(postgres_url: str) -> Generator[str]:
    """An address of a database of its own, which is gone afterwards; roles are the whole server's."""
    with psycopg.connect(_plain(postgres_url), autocommit=True) as connection:
        connection.execute("CREATE DATABASE elsewhere")
        yield make_url(postgres_url).set(database="elsewhere").render_as_string(hide_password=False)
        connection.execute("DROP DATABASE elsewhere WITH (FORCE)")


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def run(*words: str, store: Path) -> int:
    return main(["scenario", *words, "--store", str(store)])


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("run", "june"), 2, "--database"),
        (("run", "july", "--database", NOWHERE), 1, "There is no scenario 'july'; there are june."),
        (("run", "june", "--database", "sqlite:///x.db"), 1, "is no address of a PostgreSQL"),
        (("run", "june", "--database", "postgresql://me:hidden@[::1"), 1, "is no address of a PostgreSQL"),
        (("run", "june", "--database", NOWHERE), 1, "did not do what the scenario needs"),
        (("clean", "june", "--database", NOWHERE), 1, "did not do what the scenario needs"),
    ],
)
def test_what_cannot_be_run_is_one_sentence_and_leaves_nothing(
    words: tuple[str, ...], status: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a real PostgreSQL nothing is pretended, and no address is repeated, which may hold a password."""
    assert run(*words, store=tmp_path / "store") == status
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1 and "hidden" not in told
    assert not (tmp_path / "store").exists()


def test_a_store_that_holds_anything_is_never_replayed_into(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Invented people never come among real ones, nor into what an earlier replay left when it was killed."""
    store = tmp_path / "store"
    assert main(["init", "--store", str(store)]) == 0
    before = sorted(path.name for path in store.iterdir())
    assert run("run", "june", "--database", NOWHERE, store=store) == 1
    assert "a scenario makes a store of its own" in capsys.readouterr().err
    assert sorted(path.name for path in store.iterdir()) == before
    assert open_store(Settings.from_environment({}, store=str(store))).scenario == ""


def test_the_stories_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert COMMANDS["scenario"].help
    assert run("list", "--json", store=tmp_path) == 0
    (june,) = json.loads(capsys.readouterr().out)
    assert june["scenario"] == "june" and june["steps"] > 10


@pytest.mark.postgres
def test_the_store_says_for_good_that_it_is_a_replay(june: Replayed) -> None:
    """In the log's first entry, where nobody takes it away; every page shows it (tests/pages)."""
    assert june.stage.store.scenario == "june"


@pytest.mark.postgres
def test_what_was_made_is_taken_away_again_and_nothing_else(elsewhere: str, tmp_path: Path) -> None:
    """A schema of that name that a scenario did not make stays, and the server's other logins do."""
    ours, url = Warehouse.at(elsewhere, "elsewhere"), _plain(elsewhere)
    with psycopg.connect(url, autocommit=True) as connection:
        before = connection.execute("SELECT rolname FROM pg_roles ORDER BY 1").fetchall()
        connection.execute("CREATE SCHEMA daylight_elsewhere")
        assert "does not say that a scenario made it" in _refusal(ours.clean)
        connection.execute("DROP SCHEMA daylight_elsewhere")
        ours.make()
        assert ours.load("day_0", [("ana@example.org", "Code", "x")]) == "daylight_elsewhere.keystrokes_day_0"
        assert "of an earlier replay; take it away" in _refusal(ours.make)
        assert ours.read_as("lukas") == 0
        ours.open_to_everyone()
        assert ours.read_as("lukas") == 1
        ours.watched(tmp_path / "controls.toml", "Engineering")
        assert (tmp_path / "controls.toml").stat().st_mode & 0o777 == 0o600
        assert ours.clean() and not ours.clean()
        assert connection.execute("SELECT rolname FROM pg_roles ORDER BY 1").fetchall() == before
        assert not connection.execute("SELECT FROM pg_namespace WHERE nspname = 'daylight_elsewhere'").fetchall()


def _refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Error) as refused:
        call()
    return str(refused.value)

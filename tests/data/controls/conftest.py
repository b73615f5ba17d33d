"""A real database with captures in it, and logins of its own that every test here throws away again."""

from __future__ import annotations

import uuid
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from data.controls.postgres import catalog
from data.controls.postgres.model import Catalog


@dataclass(frozen=True)
class Warehouse:
    """A database outside, with the table `public.captures`; `role` gives a name of a role of this test alone."""

    url: str
    mark: str

    def role(self, name: str) -> str:
        return f"{name}_{self.mark}"

    def run(self, *statements: str) -> None:
        """Run statements as the superuser; ~ ends the name of a role of this test."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.replace("~", f"_{self.mark}").encode())

    def named(
        self,
        folder: Path,
        more: str = "",
        allowed: str = "'app~', 'postgres'",
        name: str = "capture warehouse",
    ) -> Path:
        """A file that names this database to the probes."""
        path = folder / "controls.toml"
        url, who = self.url.replace("'", ""), allowed.replace("~", f"_{self.mark}")
        text = f"""[[database]]
name = "{name}"
url = '{url}'
tables = ["public.captures"]
allowed = [{who}]
{more.replace("~", f"_{self.mark}")}
"""
        path.write_text(text)
        path.chmod(0o600)
        return path

    def logins(self) -> set[str]:
        """Everybody who may sign in to the server."""
        return {role.name for role in self.look().roles if role.login}

    def look(self) -> Catalog:
        return catalog.read(self.url)


@pytest.fixture
def warehouse(postgres_url: str) -> Generator[Warehouse]:
    mark = uuid.uuid4().hex[:8]
    server = make_url(postgres_url).set(drivername="postgresql")
    admin = server.render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE warehouse_{mark}".encode())
    found = Warehouse(server.set(database=f"warehouse_{mark}").render_as_string(hide_password=False), mark)
    found.run(
        "CREATE ROLE owner~ NOLOGIN",
        "CREATE ROLE app~ LOGIN",
        "CREATE TABLE captures (email text, typed text)",
        "ALTER TABLE captures OWNER TO owner~",
        "GRANT SELECT ON captures TO app~",
    )
    yield found
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE warehouse_{mark} WITH (FORCE)".encode())
        made = connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", (f"%{mark}",)).fetchall()
        # Members last are no hindrance: dropping a role takes its memberships along.
        for (name,) in made:
            connection.execute(f'DROP ROLE "{name}"'.encode())

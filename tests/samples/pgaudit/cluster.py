"""A PostgreSQL server with pgAudit, for as long as a `with` block lasts. The server refuses root, so it then runs as
the user postgres."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_directories": "'.'",
    "shared_preload_libraries": "'pgaudit'",
    "pgaudit.log": "'read, write, ddl, role, function, misc_set'",
    "pgaudit.log_parameter": "on",
    "pgaudit.log_rows": "off",
    "pgaudit.log_catalog": "off",
    "logging_collector": "on",
    "log_destination": "'csvlog,jsonlog'",
    "log_directory": "'log'",
    "log_filename": "'audit.log'",
    "log_connections": "on",
    "log_disconnections": "on",
    "log_timezone": "'Europe/Berlin'",
    "lc_messages": "'C'",
    "fsync": "off",
    # So that a small table is read by parallel workers too.
    "min_parallel_table_scan_size": "0",
    "parallel_setup_cost": "0",
    "parallel_tuple_cost": "0",
}


@dataclass(frozen=True)
class Cluster:
    """A server that runs in `folder`."""

    folder: Path

    def connect(self, user: str = "postgres", application_name: str = "") -> psycopg.Connection[Any]:
        """A connection that commits each statement by itself."""
        return psycopg.connect(
            host=str(self.folder / "data"),
            user=user,
            dbname="postgres",
            application_name=application_name,
            autocommit=True,
        )

    def run(self, program: str, *arguments: str, user: str = "postgres", script: str | None = None) -> None:
        """Run a client program of PostgreSQL, such as psql."""
        folder = programs() or Path()
        command = [folder / program, "--host", self.folder / "data", "--username", user, *arguments]
        subprocess.run(command, input=script, text=True, check=True, stdout=subprocess.DEVNULL)

    def logs(self) -> tuple[Path, Path]:
        """The csvlog and the jsonlog."""
        return self.folder / "data" / "log" / "audit.csv", self.folder / "data" / "log" / "audit.json"


def programs() -> Path | None:
    """The folder of a PostgreSQL that writes jsonlog and has pgAudit; None where there is none."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        control = Path("/usr/share/postgresql") / folder.parent.name / "extension" / "pgaudit.control"
        if int(folder.parent.name) >= 15 and control.exists() and (os.getuid() or shutil.which("runuser")):
            return folder
    return None


@contextmanager
def cluster(changes: Mapping[str, str] | None = None) -> Generator[Cluster]:
    """A new server; its folder is gone afterwards, so read the logs inside of the block, when it was stopped."""
    with tempfile.TemporaryDirectory(prefix="pgaudit-") as name:
        folder = Path(name)
        if not os.getuid():
            shutil.chown(folder, "postgres")
        found = Cluster(folder)
        _server("initdb", "--pgdata", "data", "--auth", "trust", "--username", "postgres", cwd=folder)
        settings = "".join(f"{name} = {value}\n" for name, value in {**SETTINGS, **(changes or {})}.items())
        with (folder / "data" / "postgresql.conf").open("a") as file:
            file.write(settings)
        start(found)
        try:
            yield found
        finally:
            stop(found)


def start(found: Cluster) -> None:
    """Start the server and wait until it takes connections."""
    _server("pg_ctl", "--pgdata", "data", "--wait", "--log", "start.txt", "start", cwd=found.folder)


def stop(found: Cluster) -> None:
    """Stop the server if it runs."""
    if (found.folder / "data" / "postmaster.pid").exists():
        _server("pg_ctl", "--pgdata", "data", "--wait", "--mode", "fast", "stop", cwd=found.folder)


def _server(program: str, *arguments: str, cwd: Path) -> None:
    folder = programs()
    assert folder is not None, "there is no PostgreSQL with pgAudit here"
    as_user = [] if os.getuid() else ["runuser", "-u", "postgres", "--"]
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
    # Not through a pipe: the server keeps it open.
    with (cwd / "programs.txt").open("ab") as said:
        subprocess.run([*as_user, folder / program, *arguments], cwd=cwd, env=environment, check=True, stdout=said)

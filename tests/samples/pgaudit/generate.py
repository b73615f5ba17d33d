"""Makes first.csv and first.json: what a real PostgreSQL with pgAudit writes while captures are read in many ways.
And rotated-1 to rotated-3: a log that was rotated twice while sessions went on, with a restart in the last.

python -m tests.samples.pgaudit.generate
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.samples.pgaudit import cluster
from tests.samples.pgaudit.cluster import Cluster

HERE = Path(__file__).parent
EMAILS = ("ana@example.org", "ben@example.org", "cyd@example.org")

_TABLES = """
CREATE TABLE captures (id int, email text, content text);
INSERT INTO captures SELECT g, (ARRAY['ana@example.org', 'ben@example.org', 'cyd@example.org'])[1 + g % 3], 'x'
  FROM generate_series(1, 600) g;
CREATE TABLE lunch (day date, dish text);
CREATE VIEW recent AS SELECT * FROM captures WHERE id > 500;
CREATE ROLE engineer LOGIN;
CREATE ROLE trainer LOGIN;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO engineer, trainer;
CREATE FUNCTION total(wanted text) RETURNS bigint LANGUAGE plpgsql AS $$
  DECLARE found bigint;
  BEGIN SELECT count(*) INTO found FROM captures WHERE email = wanted; RETURN found; END $$;
ANALYZE captures;
"""
_PSQL = """
SELECT 'daylight heartbeat';
SELECT * FROM captures WHERE email = 'ana@example.org';
SELECT count(*) FROM captures;
SELECT * FROM lunch;
BEGIN;
DECLARE part CURSOR FOR SELECT * FROM captures WHERE email IN ('ana@example.org', 'ben@example.org');
FETCH 2 FROM part;
FETCH 2 FROM part;
COMMIT;
PREPARE mine(text) AS SELECT * FROM captures WHERE email = $1;
EXECUTE mine('cyd@example.org');
COPY (SELECT * FROM captures WHERE email = 'ben@example.org') TO STDOUT;
SELECT total('ana@example.org');
SELECT * FROM recent;
TABLE captures;
SELECT 'a
line, "quoted"' FROM captures LIMIT 1;
"""


def story(found: Cluster) -> None:
    """What happens on the server."""
    found.run("psql", "--quiet", "postgres", script=_TABLES)
    found.run("psql", "--quiet", "postgres", user="engineer", script=_PSQL)
    with found.connect("trainer", application_name="nightly training") as trainer:
        for email in EMAILS[:2]:
            trainer.execute("SELECT content FROM captures WHERE email = %s", [email])
        trainer.execute("SELECT content FROM captures WHERE email LIKE %s", ["%@example.org"])
    found.run("pg_dump", "--table", "captures", "postgres")
    with found.connect() as administrator:
        silently(administrator)


def silently(administrator: Any) -> None:
    """A superuser reads with pgAudit switched off for the session; what shows is only that it was switched back."""
    administrator.execute("SELECT 'daylight heartbeat'")
    administrator.execute("SET pgaudit.log = 'none'")
    administrator.execute("SELECT * FROM captures")
    administrator.execute("RESET pgaudit.log")
    administrator.execute("SELECT 'daylight heartbeat'")


def rotated(found: Cluster) -> list[tuple[Path, Path]]:
    """Sessions that begin and end before, across and after two rotations, and a restart; the logs, in order."""
    found.run("psql", "--quiet", "postgres", script=_TABLES)
    parts: list[tuple[Path, Path]] = []
    beats, engineer = found.connect(), found.connect("engineer")
    for part in (1, 2, 3):
        _beat(beats, part)
        engineer.execute("SELECT count(*) FROM lunch")
        with found.connect("trainer") as trainer:
            trainer.execute("SELECT content FROM captures WHERE email = %s", [EMAILS[part - 1]])
            _beat(beats, part)
            trainer.execute("SELECT count(*) FROM lunch")
        engineer.execute("SELECT content FROM captures WHERE email = %s", [EMAILS[part - 1]])
        _beat(beats, part)
        if part == 3:
            cluster.stop(found)
            cluster.start(found)
            with found.connect() as again:
                _beat(again, part)
            cluster.stop(found)
        parts.append(_moved(found, beats, part, rotate=part < 3))
    return parts


def _beat(connection: Any, part: int) -> None:
    connection.execute(f"SELECT 'daylight heartbeat {part}', pg_sleep(0.02)")


def _moved(found: Cluster, connection: Any, part: int, *, rotate: bool) -> tuple[Path, Path]:
    """The logs so far under another name, while the server goes on with new ones, as logrotate does."""
    old = tuple(log.rename(log.with_stem(f"rotated-{part}")) for log in found.logs())
    if rotate:
        connection.execute("SELECT pg_rotate_logfile(), pg_sleep(0.3)")
    return old[0], old[1]


def main() -> None:
    """Write the logs beside this file."""
    with cluster.cluster() as found:
        story(found)
        cluster.stop(found)
        for log in found.logs():
            shutil.copyfile(log, HERE / f"first{log.suffix}")
    with cluster.cluster() as found:
        for log in (log for part in rotated(found) for log in part):
            shutil.copyfile(log, HERE / log.name)


if __name__ == "__main__":
    main()

"""What the recorder really recorded (tests/samples/openadapt/record.py) holds what its own database counts."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

from data.captures.ingest import ingest
from data.captures.schema import Kind
from data.captures.summary import summary
from data.connectors import openadapt
from data.database import Database
from data.people.viewer import OPERATOR, Role, Viewer
from data.sealing.vault import Vault
from tests.data.captures.people import hire
from tests.data.connectors.reading import whole

SESSION = Path(__file__).resolve().parents[2] / "samples" / "openadapt" / "recorded"


def asked(query: str) -> list[tuple[Any, ...]]:
    """The rows of a query to the recording's own database."""
    with closing(sqlite3.connect(f"file:{SESSION / 'recording.db'}?mode=ro&immutable=1", uri=True)) as raw:
        return raw.execute(query).fetchall()


def counted() -> Counter[Kind]:
    """How many captures of each kind the recording's own database holds."""
    (actions,) = asked(
        "SELECT sum(name = 'move'), sum(name = 'click'), sum(name IN ('press', 'release')), sum(name = 'scroll'),"
        " (SELECT count(*) FROM window_event), (SELECT count(*) FROM screenshot) FROM action_event"
    )
    names = (Kind.POINTER, Kind.CLICK, Kind.KEY, Kind.SCROLL, Kind.WINDOW, Kind.SCREEN)
    return Counter(dict(zip(names, actions, strict=True)))


def test_a_recorded_session_is_imported_as_its_database_counts_it(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        person = hire(session)
    imported = ingest(database, vault, OPERATOR, person, openadapt.read(SESSION))
    me = Viewer(person, frozenset({Role.EMPLOYEE}))
    with database.reading() as session:
        held = summary(session, me, vault, person)
    assert {one.kind: one.count for one in held.kinds} == counted()
    ((clicks, keys),) = asked("SELECT sum(mouse_pressed = 1), sum(name = 'press') FROM action_event")
    assert held.downs == {"click": clicks, "key": keys}
    ((frames, tables),) = asked("SELECT (SELECT count(*) FROM screenshot), (SELECT count(*) FROM action_event)")
    assert imported.added == held.total == frames + tables + len(asked("SELECT 1 FROM window_event"))
    assert ingest(database, vault, OPERATOR, person, openadapt.read(SESSION)).unchanged


def test_a_recorded_session_is_read_event_by_event() -> None:
    """Times, words, places, windows and pictures, each against the database the recorder wrote."""
    found = whole(openadapt.read, SESSION)
    times = asked(
        "SELECT timestamp FROM action_event UNION ALL SELECT timestamp FROM screenshot"
        " UNION ALL SELECT timestamp FROM window_event"
    )
    assert Counter(row["at"] for row in found.rows) == Counter(
        round(Decimal(repr(seconds)) * 1_000_000) for (seconds,) in times
    )
    typed = asked("SELECT coalesce(key_char, key_name) FROM action_event WHERE name = 'press' ORDER BY id")
    pressed = [row["text"] for row in found.rows if row["kind"] == "key" and row["down"]]
    assert pressed == [key for (key,) in typed]
    assert "".join(key for key in pressed if len(key) == 1).startswith("Taxi24,50")
    titles = dict(asked("SELECT id, title FROM window_event"))
    assert set(titles.values()) == {"Reisekosten – März 🦊", "Notiz"}
    bound = asked("SELECT name, mouse_x, mouse_y, window_event_id FROM action_event WHERE mouse_x IS NOT NULL")
    assert Counter((row["x"], row["y"], row["title"]) for row in found.rows if "x" in row) == Counter(
        (x, y, titles[window]) for _, x, y, window in bound
    )
    pictures = {screen.digest for screen in found.screens}
    assert {row["screen"] for row in found.rows if row["kind"] == "screen"} == pictures
    assert len(pictures) > 3
    assert json.loads((SESSION / "capture-state.json").read_text())["event_counts"]["screen"] == len(
        [row for row in found.rows if row["kind"] == "screen"]
    )

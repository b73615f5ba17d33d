"""Captures to export and to erase, kept as the import keeps them."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa

from data import instants
from data.captures import segments
from data.captures.schema import SCHEMA
from data.database import Database
from data.sealing.vault import Vault

CANARY = "CanaryInTheMine"
START = 1_790_000_000_000_000


def rows(count: int, seed: int = 1, start: int = START) -> list[dict[str, Any]]:
    """Captures of all sorts, several at the same instant, with the canary in every text."""
    random_ = random.Random(seed)
    found: list[dict[str, Any]] = []
    for number in range(count):
        at = start + (number // 3) * 7 * instants.MINUTE
        kind = random_.choice(["key", "click", "window", "pointer"])
        row: dict[str, Any] = {"at": at, "kind": kind, "device": f"{CANARY}-laptop", "app": f"{CANARY}.exe"}
        row |= {"key": {"text": random_.choice(["a", CANARY, "é"]), "down": True}, "window": {"title": CANARY}}.get(
            kind, {"x": float(random_.randint(-1920, 65535)), "y": 1.5}
        )
        found.append(row)
    return found


def keep(database: Database, vault: Vault, person_id: int, held: list[dict[str, Any]], import_id: int = 1) -> None:
    """Seal captures as one import."""
    with database.writing() as session:
        segments.write(session, vault, person_id, import_id, pa.Table.from_pylist(held, SCHEMA))


def kept(database: Database, vault: Vault, person_id: int) -> list[dict[str, Any]]:
    """Everything that is held, ascending, with nothing but what a capture has."""
    with database.reading() as session:
        tables = list(segments.read(session, vault, person_id))
    return [bare(row) for table in tables for row in table.to_pylist()]


def bare(row: dict[str, Any]) -> dict[str, Any]:
    """A capture without what it does not have."""
    return {name: value for name, value in row.items() if value is not None}

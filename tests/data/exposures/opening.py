"""Looks that find a store open, for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from data import instants
from data.database import Database
from data.exposures import record
from data.exposures.exposure import Open
from data.sealing.vault import Vault

STORE, PLACE, AUDIT = "capture warehouse", "captures table", "warehouse audit"
T0 = instants.parse("2026-11-14T08:00:00Z")
HOUR = instants.HOUR
EVERYONE: Mapping[str, int | None] = {"ana_db": 1, "cal_db": 2, "cal_admin": 2, "svc-report": None, "capture_app": None}


def found(audience: Mapping[str, int | None] = EVERYONE, **changes: Any) -> Open:
    """What a look finds when everyone can read the keystrokes of Ana and Cal, and one account may."""
    told: dict[str, Any] = {
        "tables": ("public.captures",),
        "allowed": frozenset({"capture_app"}),
        "kinds": ("key",),
        "people": (1, 2),
    }
    return Open(PLACE, audience=audience, **{**told, **changes})


def look(
    database: Database, vault: Vault, *over: Open, at: int = T0 + HOUR, last_good: int | None = T0, **more: Any
) -> Sequence[int]:
    """A probe looked, and found `over` open."""
    with database.writing() as session:
        return record.observe(session, vault, STORE, over, last_good=last_good, now=at, source=AUDIT, **more)

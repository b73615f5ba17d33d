"""Devices that report, for tests: enrolled for people of a roster, and what they send."""

from __future__ import annotations

from data import instants
from data.database import Database
from data.people.viewer import OPERATOR
from data.programme import devices, heartbeats
from data.programme.beat import Beat, State
from data.programme.heartbeats import Outcome, Sent
from data.sealing.vault import Vault


def enrolled(database: Database, vault: Vault, person_id: int, name: str = "ThinkPad") -> str:
    """Enrol a device; its token."""
    with database.writing() as session:
        (made,) = devices.enrol(session, OPERATOR, vault, [(person_id, name)])
    return made.token


def revoked(database: Database, vault: Vault, person_id: int, name: str = "ThinkPad") -> None:
    """Revoke a device."""
    with database.writing() as session:
        devices.revoke(session, OPERATOR, vault, person_id, name)


def sent(
    token: str,
    sequence: int,
    state: State = State.CAPTURING,
    at: int | None = None,
    ahead: int = 0,
    captured_at: int | None = None,
) -> Sent:
    """A heartbeat that came in at `at` (now) from a device whose clock is `ahead`."""
    received = instants.now() if at is None else at
    return Sent(
        devices.digest_of(token), Beat(received + ahead, state, f"1.{sequence}", sequence, captured_at), received
    )


def said(database: Database, *beats: Sent) -> list[Outcome]:
    """Take heartbeats in, one batch."""
    return [one.outcome for one in heartbeats.take(database, beats)]

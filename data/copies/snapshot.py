"""A copy that left the store: registered in the transaction that logs it, shown to each person who is in it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses.entry import Purpose
from data.copies.tables import ConsumerRow, CopyPersonRow, CopyRow
from data.database import lock
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault

LOCK = "copies"


@dataclass(frozen=True)
class Part:
    """One person's share of a copy: as which subject, how many captures, the instants of the first and the last."""

    person_id: int
    subject: str
    captures: int
    first_at: int
    last_at: int


@dataclass(frozen=True)
class Made:
    """What is known of a new copy before it is released."""

    consumer_id: int | None
    made_by: str
    purpose: Purpose
    ticket: str
    format: str
    captures: int
    digest: str
    position: int
    of: Mapping[str, Any]


@dataclass(frozen=True)
class Copy:
    """A copy that holds a person's captures, as they read it. Instants in microseconds UTC. `holder` is the consumer,
    or who made it; `is_released` False: whether the file was put in its place is not known."""

    id: int
    holder: str
    made_at: int
    is_released: bool
    purpose: Purpose
    ticket: str
    captures: int
    first_at: int
    last_at: int
    position: int
    digest: str


def subject() -> str:
    """A new name for a person in one copy; nothing leads from it to them but the register."""
    return f"s-{secrets.token_hex(8)}"


def register(session: Session, vault: Vault, made: Made, parts: tuple[Part, ...]) -> int:
    """Put a copy into the register; returns its number. Not released yet."""
    lock(session, LOCK)
    number = (session.scalar(select(func.max(CopyRow.id))) or 0) + 1
    epoch, wrapped = vault.wrap(session, json.dumps(dict(made.of)).encode(), _binding(vault, number))
    session.add(
        CopyRow(
            id=number,
            consumer_id=made.consumer_id,
            made_at=instants.now(),
            released_at=None,
            made_by=made.made_by,
            purpose=made.purpose.value,
            ticket=made.ticket,
            format=made.format,
            captures=made.captures,
            people=len(parts),
            digest=made.digest,
            position=made.position,
            epoch=epoch,
            wrapped=wrapped,
        )
    )
    session.add_all(
        CopyPersonRow(
            person_id=part.person_id,
            copy_id=number,
            subject=part.subject,
            captures=part.captures,
            first_at=part.first_at,
            last_at=part.last_at,
        )
        for part in parts
    )
    session.flush()
    return number


def released(session: Session, number: int) -> None:
    """The copy's file is in its place."""
    session.get_one(CopyRow, number).released_at = instants.now()


def of(session: Session, viewer: Viewer, person_id: int) -> tuple[Copy, ...]:
    """The copies that hold a person's captures, newest first. Permission SEE_REQUESTS."""
    require(viewer, Permission.SEE_REQUESTS, person_id)
    rows = session.execute(
        select(CopyRow, CopyPersonRow, ConsumerRow.name)
        .join(CopyPersonRow, CopyPersonRow.copy_id == CopyRow.id)
        .outerjoin(ConsumerRow, ConsumerRow.id == CopyRow.consumer_id)
        .where(CopyPersonRow.person_id == person_id)
        .order_by(CopyRow.id.desc())
    )
    return tuple(
        Copy(
            id=row.id,
            holder=name or row.made_by,
            made_at=row.made_at,
            is_released=row.released_at is not None,
            purpose=Purpose(row.purpose),
            ticket=row.ticket,
            captures=part.captures,
            first_at=part.first_at,
            last_at=part.last_at,
            position=row.position,
            digest=row.digest,
        )
        for row, part, name in rows
    )


def rewrap(session: Session, vault: Vault) -> None:
    """Wrap what each copy was made of under the newest epoch."""
    for row in session.scalars(select(CopyRow)):
        plain = vault.keyring.unwrap(row.epoch, row.wrapped, _binding(vault, row.id))
        row.epoch, row.wrapped = vault.wrap(session, plain, _binding(vault, row.id))
    session.flush()


def _binding(vault: Vault, number: int) -> bytes:
    return vault.binding("copy", copy=number)

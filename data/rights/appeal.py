"""What a person said against a refusal, and what a second officer made of it. Kept sealed with the request."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.rights import keys
from data.rights.tables import RequestRow
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Appeal:
    """An appeal: the person's words and when (microseconds UTC); the officer's name, words and whether the refusal was
    overturned, once it is decided (`decided_at`). `goes_on`: the request by which the rest is carried out."""

    words: str
    at: int
    overturned: bool = False
    reason: str = ""
    by: str = ""
    decided_at: int | None = None
    goes_on: int | None = None


def read(session: Session, vault: Vault, row: RequestRow) -> Appeal | None:
    """The appeal; None where nobody appealed."""
    if row.appeal is None:
        return None
    return Appeal(**json.loads(keys.unseal(session, vault, _label(row), row.appeal)))


def keep(session: Session, vault: Vault, row: RequestRow, found: Appeal) -> None:
    """Put it in place of what was kept."""
    row.appeal = keys.seal(session, vault, _label(row), json.dumps(asdict(found)).encode())


def made(session: Session, vault: Vault) -> frozenset[int]:
    """The requests that appeals opened so that what they won goes on, which nobody asked for anew. What goes on as a
    request that its person had made meanwhile is theirs, and not among them."""
    rows = session.scalars(select(RequestRow).where(RequestRow.appeal.is_not(None)))
    won = {
        found.goes_on: found.decided_at
        for row in rows
        if (found := read(session, vault, row)) is not None and found.goes_on is not None
    }
    opened = session.execute(select(RequestRow.id, RequestRow.opened_at).where(RequestRow.id.in_(won)))
    return frozenset(number for number, at in opened if at >= (won[number] or 0))


def _label(row: RequestRow) -> str:
    return f"appeal of request {row.id} of person {row.person_id}"

"""What an officer asked back before deciding a request, and what its person answered. Kept sealed with the request."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from data.errors import BadInput
from data.rights import keys
from data.rights.tables import RequestRow
from data.sealing.vault import Vault


class Need(StrEnum):
    """What the clock may stop for (UK GDPR Art. 12A). The values are the codes that are stored and typed."""

    IDENTITY = "identity"
    CLARIFICATION = "clarification"

    @property
    def plain(self) -> str:
        """What for, in words for the person."""
        return _PLAIN[self]

    @staticmethod
    def of(code: str) -> Need:
        """The need of a typed code. Raises BadInput naming the known ones."""
        try:
            return Need(code.strip().lower())
        except ValueError:
            raise BadInput(f"The clock does not stop for {code!r}; use one of {', '.join(Need)}.") from None


_PLAIN = {
    Need.IDENTITY: "to make sure that it was you who asked",
    Need.CLARIFICATION: "to know what exactly you mean",
}


@dataclass(frozen=True)
class Back:
    """What an officer asked back: what for, in which words, when, and what the person answered, empty while they have
    not. Instants in microseconds UTC."""

    need: Need
    words: str
    at: int
    answer: str = ""
    answered_at: int | None = None


def read(session: Session, vault: Vault, row: RequestRow) -> tuple[Back, ...]:
    """Everything that was asked back, with the answers, oldest first."""
    if row.exchange is None:
        return ()
    found: list[dict[str, Any]] = json.loads(keys.unseal(session, vault, _label(row), row.exchange))
    return tuple(Back(Need(one.pop("need")), **one) for one in found)


def keep(session: Session, vault: Vault, row: RequestRow, found: Sequence[Back]) -> None:
    """Put it in place of what was kept."""
    row.exchange = keys.seal(session, vault, _label(row), json.dumps([asdict(one) for one in found]).encode())


def _label(row: RequestRow) -> str:
    return f"exchange of request {row.id} of person {row.person_id}"

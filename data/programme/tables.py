"""Tables of the programme: the standing rules of each person."""

from __future__ import annotations

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from data.database import Table


class RuleRow(Table):
    """One standing rule, from the request of this number. `wrapped` is what it reaches, sealed under the keyring
    itself, as it outlives the person's keys. `granted_at` is null while nobody has decided yet; it stands until
    `ends_at`, which lies ahead once its end was announced. Rows are never deleted."""

    __tablename__ = "standing_rules"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    request_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String)
    epoch: Mapped[int]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    since: Mapped[int]
    granted_at: Mapped[int | None]
    ends_at: Mapped[int | None]

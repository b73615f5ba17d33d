"""Tables of sealing: the wrapped keys of persons."""

from __future__ import annotations

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from data.database import Table


class PersonKeyRow(Table):
    """One version of a person's key, wrapped under an epoch of the keyring.

    A destroyed version keeps its row without the key, so that its number is never given again.
    """

    __tablename__ = "person_keys"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[int]
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[int]
    destroyed_at: Mapped[int | None]

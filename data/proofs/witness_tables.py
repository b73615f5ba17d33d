"""Tables of what witnesses said about the access log. A witness is known by its whole verifier key."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from data.database import Table


class CosignatureRow(Table):
    """A witness's signature line under the checkpoint of `size`, and the time the line itself names."""

    __tablename__ = "access_cosignatures"

    vkey: Mapped[str] = mapped_column(String, primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cosigned_at: Mapped[int]
    line: Mapped[str] = mapped_column(String)


class AttemptRow(Table):
    """The last attempt to have a witness cosign; `trouble` is empty when it did, `since` is when that began."""

    __tablename__ = "access_witness_attempts"

    vkey: Mapped[str] = mapped_column(String, primary_key=True)
    at: Mapped[int]
    trouble: Mapped[str] = mapped_column(String)
    since: Mapped[int]


class AlarmRow(Table):
    """A head of this log that a witness refused although it knew the log: which, and the size it knew itself.

    The witness keeps it too, with both notes, where nobody here can remove it.
    """

    __tablename__ = "access_witness_alarms"

    vkey: Mapped[str] = mapped_column(String, primary_key=True)
    trouble: Mapped[str] = mapped_column(String, primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    known_size: Mapped[int]
    note: Mapped[str] = mapped_column(String)
    first_at: Mapped[int]
    last_at: Mapped[int]

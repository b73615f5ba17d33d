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

    It stands for every head that was refused after it until the witness cosigned again (`over_at`; None: it has not):
    of those only the time of the last is kept, as each is among this log's checkpoints. The witness keeps them too,
    with both notes, where nobody here can remove them.
    """

    __tablename__ = "access_witness_alarms"

    vkey: Mapped[str] = mapped_column(String, primary_key=True)
    trouble: Mapped[str] = mapped_column(String, primary_key=True)
    first_at: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int]
    known_size: Mapped[int]
    note: Mapped[str] = mapped_column(String)
    last_at: Mapped[int]
    over_at: Mapped[int | None]

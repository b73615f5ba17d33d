"""Tables of the programme: the standing rules of each person, and what was captured without having been promised."""

from __future__ import annotations

from sqlalchemy import Index, LargeBinary, String, text
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


class FindingRow(Table):
    """Something that was captured without having been promised, by its number. `wrapped` is what it is, sealed under
    the keyring itself, as it can name an app. `ended_at`: captures from then on are another finding. What counts of it
    is in the access log (data/incidents/drift.py)."""

    __tablename__ = "drift_findings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[int]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    ended_at: Mapped[int | None]


class FoundRow(Table):
    """How many captures of a person a finding is about, from when to when, counted as they were taken in: a deletion
    does not lower it. `position`: the entry of the access log that says so; null until it does, a moment later."""

    __tablename__ = "drift_people"
    __table_args__ = (
        Index(
            "ix_drift_people_unsaid",
            "finding_id",
            sqlite_where=text("position IS NULL"),
            postgresql_where=text("position IS NULL"),
        ),
    )

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    finding_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
    first_at: Mapped[int]
    last_at: Mapped[int]
    position: Mapped[int | None]

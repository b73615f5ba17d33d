"""Tables of people: who is on the roster, where they belong, and which roles they were granted."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data.database import BigId, Table


class DepartmentRow(Table):
    """Where people work together. `division` is the larger part of the company that it belongs to, if it does."""

    __tablename__ = "departments"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String, unique=True)
    division: Mapped[str | None] = mapped_column(String)


class PersonRow(Table):
    """One employee. `subject` is the identity provider's `sub`: bound at the first sign-in, never again by e-mail.
    `left_at` is when the day began on which they left, None while they are here."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(String, unique=True)
    name: Mapped[str] = mapped_column(String)
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    jurisdiction: Mapped[str] = mapped_column(String)
    subject: Mapped[str | None] = mapped_column(String, unique=True)
    joined_at: Mapped[int]
    left_at: Mapped[int | None]


class CorrectionRow(Table):
    """A field of the roster that a request (of this number) corrected to `value`: an import leaves it as it is, until
    the imported file says the same."""

    __tablename__ = "roster_corrections"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    field: Mapped[str] = mapped_column(String, primary_key=True)
    request_id: Mapped[int]
    value: Mapped[str] = mapped_column(String)
    at: Mapped[int]


class GrantRow(Table):
    """A role given to somebody. Revoking fills `revoked_at`; nothing is deleted."""

    __tablename__ = "grants"
    __table_args__ = (Index("ix_grants_open", "person_id", "revoked_at"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String, primary_key=True)
    granted_at: Mapped[int] = mapped_column(primary_key=True)
    revoked_at: Mapped[int | None]


class DeviceRow(Table):
    """A collector's device, as it named itself. Instants of its captures; `received_at` is the newest import's."""

    __tablename__ = "devices"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String, primary_key=True)
    first_at: Mapped[int]
    last_at: Mapped[int]
    received_at: Mapped[int]

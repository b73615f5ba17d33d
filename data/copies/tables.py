"""Tables of copies: who holds copies of captures, which copies there are, and whose captures are in each."""

from __future__ import annotations

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.database import Table


class ConsumerRow(Table):
    """Somebody who holds copies of captures. `url` is where it is told of erasures ("" for one that an officer tells
    by hand); `algorithm` says how it signs, and `wrapped` is the key that checks it, sealed under the keyring.
    `days` is how long it has to erase."""

    __tablename__ = "consumers"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String, unique=True)
    what: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(String)
    algorithm: Mapped[str] = mapped_column(String)
    epoch: Mapped[int]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    days: Mapped[int]
    registered_at: Mapped[int]


class CopyRow(Table):
    """One copy of captures that left the store. `digest` is the file's SHA-256 (hex), `position` its entry in the
    access log. `released_at` is null until the file was put in its place: it may exist, or not. `wrapped` is what it
    was made of (JSON), sealed under the keyring, as it can name apps."""

    __tablename__ = "copies"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    consumer_id: Mapped[int | None]
    made_at: Mapped[int]
    released_at: Mapped[int | None]
    made_by: Mapped[str] = mapped_column(String)
    purpose: Mapped[str] = mapped_column(String)
    ticket: Mapped[str] = mapped_column(String)
    format: Mapped[str] = mapped_column(String)
    captures: Mapped[int]
    people: Mapped[int]
    digest: Mapped[str] = mapped_column(String)
    position: Mapped[int]
    epoch: Mapped[int]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class CopyPersonRow(Table):
    """Whose captures a copy holds: as which subject (a random name that only this copy uses), how many, and the
    instants of the first and the last."""

    __tablename__ = "copy_people"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    copy_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subject: Mapped[str] = mapped_column(String)
    captures: Mapped[int]
    first_at: Mapped[int]
    last_at: Mapped[int]


class CopyTaskRow(Table):
    """What a copy's holder has to erase because of a request: by when, how often it was told, and what came of it.
    `state` is open, erased or impossible; one that is open past `due_at` is overdue. `wrapped` is the scope (JSON)."""

    __tablename__ = "copy_tasks"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    request_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    copy_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String, unique=True)
    what: Mapped[str] = mapped_column(String)
    made_at: Mapped[int]
    due_at: Mapped[int]
    next_at: Mapped[int | None]
    tries: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[int | None]
    trouble: Mapped[str] = mapped_column(String, default="")
    state: Mapped[str] = mapped_column(String, default="open")
    closed_at: Mapped[int | None]
    closed_by: Mapped[str] = mapped_column(String, default="")
    digest: Mapped[str] = mapped_column(String, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    epoch: Mapped[int]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)

"""Tables of captures: what is sealed, where it came from, and what may not come back."""

from __future__ import annotations

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from data.database import Table


class SegmentRow(Table):
    """One sealed file of a person's captures. `first_at` and `last_at` are both inclusive.

    `wrapped_key` is the segment's own key, sealed under the person's key of `key_version`; `vocabulary` the words
    it holds and `pictures` the screens its captures show, both sealed under the segment's key (None: too many to keep).
    """

    __tablename__ = "segments"
    __table_args__ = (Index("ix_segments_time", "person_id", "last_at"),)

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_at: Mapped[int]
    last_at: Mapped[int]
    count: Mapped[int]
    bytes: Mapped[int]
    digest: Mapped[str] = mapped_column(String)
    key_version: Mapped[int]
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    import_id: Mapped[int]
    vocabulary: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    pictures: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class ScreenRow(Table):
    """One sealed picture of a screen; `digest` is the SHA-256 (hex) of its image file, `id` names the object."""

    __tablename__ = "screens"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String, primary_key=True)
    id: Mapped[int]
    media_type: Mapped[str] = mapped_column(String)
    bytes: Mapped[int]
    key_version: Mapped[int]
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    import_id: Mapped[int]


class ImportRow(Table):
    """One file that was taken in. `digest` is its SHA-256 (hex); `first_at`/`last_at` are of what it added.
    `objected` counts those of `refused` that the person objects to, `paused` those that were captured in a pause; the
    others had been erased."""

    __tablename__ = "imports"
    __table_args__ = (Index("ix_imports_digest", "person_id", "digest"),)

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String)
    digest: Mapped[str] = mapped_column(String)
    at: Mapped[int]
    added: Mapped[int]
    duplicates: Mapped[int]
    refused: Mapped[int]
    objected: Mapped[int] = mapped_column(default=0)
    paused: Mapped[int] = mapped_column(default=0)
    screens: Mapped[int]
    first_at: Mapped[int | None]
    last_at: Mapped[int | None]


class DisplayRow(Table):
    """A screen that a device said it has, in pixels, with its place on the desktop."""

    __tablename__ = "displays"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    device: Mapped[str] = mapped_column(String, primary_key=True)
    x: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    y: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    width: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    height: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class RefusalRow(Table):
    """A scope that was erased and is not taken in again: sealed under the keyring itself, as it outlives the
    person's keys."""

    __tablename__ = "refusals"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[int]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[int]


class QuarantineRow(Table):
    """One sealed file of captures that were made while the programme was paused. `wrapped` is its own key, under the
    keyring itself: erased after review, it is null and `erased_at` says since when; `bytes` is 0 once nothing is left
    of it in the database's own files either."""

    __tablename__ = "quarantine"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    import_id: Mapped[int]
    at: Mapped[int]
    bytes: Mapped[int]
    digest: Mapped[str] = mapped_column(String)
    epoch: Mapped[int]
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    erased_at: Mapped[int | None]


class PausedRow(Table):
    """How many captures of a pause were refused: those of one file in quarantine, or (the person's own pause) of one
    import, of this number. `since` is when the pause began, `at` when they were received; see pausing.Part."""

    __tablename__ = "refused_in_pauses"
    __table_args__ = (Index("ix_refused_in_pauses_since", "why", "since"),)

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    why: Mapped[str] = mapped_column(String, primary_key=True)
    since: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    device: Mapped[str] = mapped_column(String, primary_key=True)
    kind: Mapped[str] = mapped_column(String, primary_key=True)
    count: Mapped[int]
    first_at: Mapped[int]
    last_at: Mapped[int]
    at: Mapped[int]

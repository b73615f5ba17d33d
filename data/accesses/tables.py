"""Tables of the access log. Entries are only ever added; details can be destroyed without breaking a proof."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ColumnElement, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from data.accesses.entry import ACCESSES
from data.database import BigId, Table


class EntryRow(Table):
    """What the leaf holds, and when it was recorded. Positions have no gaps and are never reused."""

    __tablename__ = "access_entries"
    __table_args__ = (
        Index("ix_access_entries_action", "action", "at"),
        # Of the few that an audit observed, so that what waits for an officer is found without reading the log.
        Index(
            "ix_access_entries_observed",
            "position",
            sqlite_where=text("observed = 1"),
            postgresql_where=text("observed"),
        ),
    )

    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[int]
    recorded_at: Mapped[int]
    action: Mapped[str] = mapped_column(String)
    source: Mapped[str] = mapped_column(String)
    count: Mapped[int]
    commitment: Mapped[str] = mapped_column(String)
    observed: Mapped[bool]
    people: Mapped[str] = mapped_column(String)


def is_access() -> ColumnElement[bool]:
    """The rule that chooses the entries which are accesses, and leaves out the events."""
    return EntryRow.action.in_(sorted(ACCESSES))


class DetailsRow(Table):
    """What retention may destroy. `details` is sealed (a scope can name apps and texts); `who` is a keyed digest of the
    accessor, so that different ones can be counted without opening anything."""

    __tablename__ = "access_details"

    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    details: Mapped[bytes] = mapped_column(LargeBinary)
    accessor_id: Mapped[int | None]
    who: Mapped[str] = mapped_column(String)
    automated: Mapped[bool]
    purpose: Mapped[str] = mapped_column(String)
    role: Mapped[str] = mapped_column(String)
    people_count: Mapped[int]


class AboutRow(Table):
    """Whom an entry is about, for reading a person's history in order."""

    __tablename__ = "access_people"
    __table_args__ = (Index("ix_access_people_position", "position"), {"sqlite_with_rowid": False})

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class ExplanationRow(Table):
    """Where the log says something of an access that an audit outside observed: in the entry `said`. Only an index:
    what counts is what that entry committed to. `settles`: it says what explains the access, or that nothing does."""

    __tablename__ = "access_explanations"
    __table_args__ = ({"sqlite_with_rowid": False},)

    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    said: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    settles: Mapped[bool]


class TagsRow(Table):
    """The blinded tags of an entry about several people, sorted, 32 bytes each: with them everybody can be shown that
    they are among them. The one tag of an entry about a single person follows from the person's key."""

    __tablename__ = "access_tags"

    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    tags: Mapped[bytes] = mapped_column(LargeBinary)


class TileRow(Table):
    """A tile of the tree: up to 256 hashes of one level, 32 bytes each, side by side."""

    __tablename__ = "access_tiles"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)


class CheckpointRow(Table):
    """What the log signed: a size and the root of that many entries. `note` is the signed note."""

    __tablename__ = "access_checkpoints"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    signed_at: Mapped[int]
    note: Mapped[str] = mapped_column(String)


class CheckRow(Table):
    """One check of the whole log. `findings` are [what, first, last, which] each."""

    __tablename__ = "access_checks"

    at: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    took: Mapped[int]
    entries: Mapped[int]
    size: Mapped[int]
    with_details: Mapped[bool]
    findings: Mapped[list[list[Any]]] = mapped_column(JSON)


class PinRow(Table):
    """The newest checkpoint that a person saw."""

    __tablename__ = "access_pins"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int]
    root: Mapped[bytes] = mapped_column(LargeBinary)
    seen_at: Mapped[int]


class LogKeyRow(Table):
    """The log's own key, wrapped by the keyring. One row: turning the keyring's epoch re-wraps only this one."""

    __tablename__ = "access_keys"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[int]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class TagKeyRow(Table):
    """The key of a person's blinded tags, sealed under the log's key. Erasing content does not destroy it: who looked
    stays provable."""

    __tablename__ = "access_tag_keys"

    person_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class EvidenceRow(Table):
    """Which pieces of outside evidence are in the log already, so that the same file twice adds nothing. What counts is
    the entry at `position`, which commits to the record."""

    __tablename__ = "access_evidence"
    __table_args__ = (Index("ix_access_evidence_position", "position"),)

    source: Mapped[str] = mapped_column(String, primary_key=True)
    id: Mapped[str] = mapped_column(String, primary_key=True)
    position: Mapped[int]

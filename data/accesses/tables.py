"""Tables of the access log. Entries are only ever added; details can be destroyed without breaking a proof."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Index, LargeBinary, String, exists, func, select, text, union_all
from sqlalchemy.orm import Mapped, mapped_column

from data.accesses.entry import ACCESSES
from data.database import BigId, Table
from data.tlog.merkle import HASH
from data.tlog.tiles import WIDTH


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
    """What retention destroys, of accesses. `details` is sealed (a scope can name apps and texts), or is what stays in
    their place (destroyed.py); `who` is a keyed digest of the accessor, so that different ones can be counted without
    opening anything."""

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
    """Whom an entry is about, in the order in which entries come: each new one is written at the end."""

    __tablename__ = "access_people"
    __table_args__ = ({"sqlite_with_rowid": False},)

    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class ListedRow(Table):
    """The same of the entries that the tree holds, each person's in order. Written when the tree takes entries in, many
    at a time: at each entry's own place, a write would touch a page of its own for each person."""

    __tablename__ = "access_listed"
    __table_args__ = ({"sqlite_with_rowid": False},)

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


_TAKEN = func.coalesce(
    select(TileRow.index * WIDTH + func.length(TileRow.hashes) // HASH)
    .where(TileRow.level == 0)
    .order_by(TileRow.index.desc())
    .limit(1)
    .scalar_subquery(),
    0,
)
# Whether an entry about a person is in the list of that person, at its own time.
IS_LISTED = exists().where(
    ListedRow.person_id == AboutRow.person_id,
    ListedRow.at == EntryRow.at,
    ListedRow.position == AboutRow.position,
)
# (person_id, at, position) of the entries that the tree has not taken in yet.
NEWER = (
    select(AboutRow.person_id, EntryRow.at, AboutRow.position)
    .join(EntryRow, EntryRow.position == AboutRow.position)
    .where(
        AboutRow.position >= _TAKEN,
        # Also where tiles were taken away, nobody reads an entry twice.
        ~IS_LISTED,
    )
    .subquery("access_newer")
)
# The same of every entry about a person.
HISTORY = union_all(
    select(ListedRow.person_id, ListedRow.at, ListedRow.position),
    select(NEWER.c.person_id, NEWER.c.at, NEWER.c.position),
).subquery("access_history")


class CheckpointRow(Table):
    """What the log signed: a size and the root of that many entries. `note` is the signed note."""

    __tablename__ = "access_checkpoints"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    signed_at: Mapped[int]
    note: Mapped[str] = mapped_column(String)


class CheckRow(Table):
    """One check of the whole log, numbered in the order of the checks, whatever the clock said. `findings` is JSON:
    [what, first, last, which] each. `seal` is made of all of it with the log's key."""

    __tablename__ = "access_checks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[int]
    took: Mapped[int]
    entries: Mapped[int]
    size: Mapped[int]
    with_details: Mapped[bool]
    findings: Mapped[str] = mapped_column(String)
    seal: Mapped[bytes] = mapped_column(LargeBinary)


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


class EvidenceRow(Table):
    """Which pieces of outside evidence are in the log already, so that the same file twice adds nothing. What counts is
    the entry at `position`, which commits to the record."""

    __tablename__ = "access_evidence"
    __table_args__ = (Index("ix_access_evidence_position", "position"),)

    source: Mapped[str] = mapped_column(String, primary_key=True)
    id: Mapped[str] = mapped_column(String, primary_key=True)
    position: Mapped[int]

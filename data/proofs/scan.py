"""Completeness: a person's own tags looked for in the whole log, and held against what their page lists.

The page is drawn from an index that says whom an entry is about. The entries themselves say it in blinded tags, which
only the person's key can tell apart; an entry that was taken off the page still carries the tag.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import entry, keys, tree
from data.accesses.tables import AboutRow, EntryRow, TagsRow
from data.errors import NotFound
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.proofs import publishing
from data.sealing.vault import Vault
from data.tlog import merkle

_CHUNK = 20_000


@dataclass(frozen=True)
class Scanned:
    """`entries` were read. `mine` of them carry the person's tag; `omitted` carry it and are not listed for the person,
    `foreign` are listed and do not carry it, `unclear` are about several people whose tags do not add up. `signed` is
    the size of the newest checkpoint, and `is_signed` whether the entries have the root that it names."""

    entries: int
    mine: int
    omitted: tuple[int, ...]
    foreign: tuple[int, ...]
    unclear: tuple[int, ...]
    signed: int
    is_signed: bool

    @property
    def holds(self) -> bool:
        """Whether the page lists all there is, over a log that is the signed one."""
        return self.is_signed and not (self.omitted or self.foreign or self.unclear)


def scan(session: Session, viewer: Viewer, vault: Vault, person_id: int) -> Scanned:
    """Read the whole log for one person's tags. Only for that person. Raises NotAllowed, and NotFound while nothing was
    ever logged about them."""
    require(viewer, Permission.TAKE_TAG_KEY, person_id)
    log_keys = keys.find(session, vault)
    key = None if log_keys is None else keys.tag_key(session, log_keys, person_id)
    if key is None:
        raise NotFound("Nothing was ever logged about you, so there is nothing to look for.")
    published = publishing.newest(session)
    signed = 0 if published is None else published.size
    entries, hashes = 0, list[bytes]()
    mine, unclear = set[int](), list[int]()
    for first in range(0, tree.end(session), _CHUNK):
        several = _several(session, first)
        for held in tree.entries(session, first, first + _CHUNK):
            position, *_, commitment, _, people = held
            entries += 1
            if position < signed:
                hashes.append(merkle.leaf_hash(tree.leaf_of(held)))
            tag = entry.tag(key, bytes.fromhex(commitment))
            kept = several.get(position)
            tags = [tag] if kept is None else merkle.split(kept)
            if entry.people_root(tags).hex() == people:
                mine.update([position] if tag in tags else [])
            elif kept is not None:
                unclear.append(position)
    # An index that names another time keeps an entry off the page as surely as one that does not name it.
    rows = select(AboutRow.position).join(EntryRow, EntryRow.position == AboutRow.position)
    listed = set(session.scalars(rows.where(AboutRow.person_id == person_id, AboutRow.at == EntryRow.at)))
    return Scanned(
        entries=entries,
        mine=len(mine),
        omitted=tuple(sorted(mine - listed)),
        foreign=tuple(sorted(listed - mine)),
        unclear=tuple(unclear),
        signed=signed,
        is_signed=len(hashes) == signed and (published is None or merkle.root_of_hashes(hashes) == published.root),
    )


def _several(session: Session, first: int) -> dict[int, bytes]:
    """The tags of those entries of a chunk that are about several people."""
    inside = (TagsRow.position >= first, TagsRow.position < first + _CHUNK)
    return dict(session.execute(select(TagsRow.position, TagsRow.tags).where(*inside)).all())

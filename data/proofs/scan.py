"""Completeness: a person's own tags looked for in the whole log, and held against what their page lists.

The page is drawn from an index that says whom an entry is about. The entries themselves say it in blinded tags, which
only the person's key can tell apart; an entry that was taken off the page still carries the tag.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import about, entry, keys, tree
from data.accesses.keys import LogKeys
from data.accesses.tables import HISTORY, AboutRow, EntryRow
from data.errors import BadInput, NotFound, Unreadable
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.proofs import publishing, receipt
from data.proofs.anchor import Anchor
from data.sealing.vault import Vault
from data.tlog import merkle
from data.tlog.merkle import HASH

_KEY_GONE = (
    "The access log's own key was taken away, so nothing tells which of its entries are about you. Keep your receipts,"
    " and tell the auditor."
)

_MINE = "Secret: with this anybody can tell which entries are about you. Keep it to yourself. See verify.py --scan."


@dataclass(frozen=True)
class Scanned:
    """`entries` were read. `mine` of them carry the person's tag; `omitted` carry it and are not listed for the person,
    `foreign` are listed and do not carry it; of `unclear` ones the tags that they committed to are gone. `signed` is
    the size of the newest checkpoint, and `is_signed` whether the entries have the root that it names, it is signed by
    the log's key, and they lead to the one kept beside the keyring. `is_my_key`: they were looked for with the key that
    this log would give the person now, and not with another that they had from it."""

    entries: int
    mine: int
    omitted: tuple[int, ...]
    foreign: tuple[int, ...]
    unclear: tuple[int, ...]
    signed: int
    is_signed: bool
    is_my_key: bool = True

    @property
    def holds(self) -> bool:
        """Whether the page lists all there is, over a log that is the signed one."""
        return self.is_signed and self.is_my_key and not (self.omitted or self.foreign or self.unclear)


def scan(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    anchor: Anchor | None,
    person_id: int,
    *,
    key: bytes | None = None,
) -> Scanned:
    """Read the whole log for one person's tags. Only for that person. `key` is the tag key that they took with them
    earlier, if any: what it finds does not depend on who the program says they are. Raises NotAllowed, NotFound while
    nothing was ever logged.
    """
    require(viewer, Permission.TAKE_TAG_KEY, person_id)
    log_keys, end = keys.find(session, vault), tree.end(session)
    if log_keys is None:
        raise (Unreadable(_KEY_GONE) if end else NotFound("Nothing was ever logged, so there is nothing to look for."))
    given = log_keys.tag_key(person_id)
    heads = _Heads(session, vault, anchor)
    teller, entries = _Teller(log_keys, key or given), 0
    mine, unclear = set[int](), list[int]()
    for chunk in tree.entries(session, 0, end):
        first, last = chunk[0][0], chunk[-1][0]
        several, said = about.several(session, first, last), about.untagged(session, first, last)
        entries += len(chunk)
        heads.take(chunk)
        for position, *_, commitment, _, people in chunk:
            found = teller.is_mine(commitment, people, several.get(position), said.get(position, ()))
            if found:
                mine.add(position)
            elif found is None:
                unclear.append(position)
    listed = _listed(session, person_id)
    return Scanned(
        entries=entries,
        mine=len(mine),
        omitted=tuple(sorted(mine - listed)),
        foreign=tuple(sorted(listed - mine - set(unclear))),
        unclear=tuple(unclear),
        signed=heads.signed,
        is_signed=heads.hold,
        is_my_key=key is None or key == given,
    )


class _Teller:
    """Tells whether entries are about the person who has a tag key."""

    def __init__(self, log_keys: LogKeys, key: bytes) -> None:
        self._keys, self._tagging = log_keys, entry.tagging(key)
        self._is_me = cache(lambda person: log_keys.tag_key(person) == key)

    def is_mine(self, commitment: str, people: str, kept: bytes | None, said: Sequence[int]) -> bool | None:
        """Whether an entry is about them, by its tags: those that are `kept`, or those of whom it is `said` to be about
        where none are. None where they are not what the entry committed to: that none are kept shows nothing."""
        try:
            nonce = bytes.fromhex(commitment)
            if kept is None and len(said) == 1:  # most are, and one tag tells as much as two
                (person,) = said
                if merkle.leaf_hash(self._keys.tagging(person)(nonce)).hex() == people:
                    return self._is_me(person)
            mine = self._tagging(nonce)
            if merkle.leaf_hash(mine).hex() == people:
                return True
            tags = self._keys.tags_of(said, nonce) if kept is None else merkle.split(kept)
            return mine in tags if entry.people_root(tags).hex() == people else None
        except (TypeError, ValueError):  # a column holds what no entry can
            return None


class _Heads:
    """The signed heads that the entries have to lead to: the newest checkpoint, and the one beside the keyring."""

    def __init__(self, session: Session, vault: Vault, anchor: Anchor | None) -> None:
        published, verifier = publishing.newest(session), publishing.verifier(session, vault)
        self.signed = 0 if published is None else published.size
        self._hashes, self._heads = list[bytes](), list[tuple[int, bytes]]()
        self._are_signed = verifier is not None
        try:
            kept = None if anchor is None else anchor.read(verifier)
        except Unreadable:
            kept, self._are_signed = None, False
        if kept is not None:
            self._heads.append((kept.size, kept.root))
        if published is not None:
            is_anchored = anchor is None or kept is not None
            is_signed = verifier is not None and publishing.is_signed(verifier, published)
            self._are_signed = self._are_signed and is_anchored and is_signed
            self._heads.append((published.size, published.root))
        self._until = max((size for size, _ in self._heads), default=0)

    def take(self, chunk: Sequence[tree.Held]) -> None:
        """Read on. Where an entry is missing, or cannot be one, nothing further is reached."""
        for held in chunk:
            if held[0] != len(self._hashes) or held[0] >= self._until:
                return
            try:
                self._hashes.append(merkle.leaf_hash(tree.leaf_of(held)))
            except (TypeError, ValueError):  # a column holds what no entry can
                return

    @property
    def hold(self) -> bool:
        """Whether what was read leads to every one of them."""
        return self._are_signed and all(
            len(self._hashes) >= size and merkle.root_of_hashes(self._hashes[:size]) == root
            for size, root in self._heads
        )


def read_key(text: str, vault: Vault) -> bytes:
    """The tag key in a file that this log gave to somebody. Raises BadInput."""
    try:
        told = json.loads(text)
        key, origin = bytes.fromhex(told["key"]), told["origin"]
    except (LookupError, TypeError, ValueError):
        raise BadInput("That file is not a key of the access log as it was downloaded; take the file itself.") from None
    if origin != publishing.origin(vault) or len(key) != HASH:
        raise BadInput("That key is of another log than this one.")
    return key


def listed(session: Session, viewer: Viewer, vault: Vault, person_id: int) -> bytes:
    """A person's tag key, what their page lists now and the newest signed head, as a file: what verify.py scans the log
    with, elsewhere. Whoever has it can tell which entries are about them. Only for that person.

    Raises NotAllowed for anybody else, NotFound while nothing was ever logged.
    """
    key = json.loads(receipt.tag_key(session, viewer, vault, person_id))
    published = publishing.newest(session)
    fields = {
        "about": _MINE,
        **key,
        "log_key": publishing.verifier_key(session, vault),
        "checkpoint": None if published is None else published.note,
        "entries": tree.end(session),
        "listed": sorted(_listed(session, person_id)),
    }
    return (json.dumps(fields, indent=2, ensure_ascii=False) + "\n").encode()


def _listed(session: Session, person_id: int) -> set[int]:
    """What the person's page can show. A list that names another time keeps an entry off it as surely as one that does
    not name the entry, and what is not said to be about the person does not open."""
    rows = (
        select(HISTORY.c.position)
        .join(EntryRow, EntryRow.position == HISTORY.c.position)
        .join(AboutRow, (AboutRow.position == HISTORY.c.position) & (AboutRow.person_id == HISTORY.c.person_id))
        .where(HISTORY.c.person_id == person_id, HISTORY.c.at == EntryRow.at)
    )
    return set(session.scalars(rows))

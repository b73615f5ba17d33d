"""The blinded tags of everybody whom entries are about, for the world: with them, whoever has their own key looks for
themselves in the whole log on a machine of their own (verify.py --scan).

An entry commits to the tree hash of its tags, so whoever reads them sees that none was left out. They let nobody link
the entries about one person: a tag is HMAC-SHA256, under the person's key, of the entry's commitment, which is salted
at random and never the same twice. Without that key no tag can be told from random bytes, nor two tags of one
person from those of two, and their order in an entry is their own. How many people an entry is about, they tell for one
alone; those of several are filled up (`LogKeys.tags_of`). Of accesses only: that an incident is about one person would
be told of a department.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from data.accesses import about, opening, tree
from data.accesses.entry import ACCESSES
from data.errors import NotFound
from data.sealing.vault import Vault
from data.tlog.merkle import HASH
from data.tlog.tiles import WIDTH

INLINE = 256  # tags of an entry that stand in its bundle; more are asked for by themselves
_COUNT = 4  # bytes that say how many they are


def bundle(session: Session, vault: Vault, index: int, width: int = WIDTH) -> bytes:
    """The tags of `width` entries from index * 256 on: for each how many they are, in four bytes, and the tags, sorted,
    32 bytes each, unless they are more than INLINE; none for what is no access. Raises NotFound when the tree does not
    hold as many (yet)."""
    start = index * WIDTH
    return b"".join(
        (len(tags) // HASH).to_bytes(_COUNT, "big") + (tags if len(tags) <= INLINE * HASH else b"")
        for tags in _tags(session, vault, start, start + width)
    )


def of(session: Session, vault: Vault, position: int) -> bytes:
    """The tags of one entry, sorted, 32 bytes each. Raises NotFound when the tree does not hold it (yet)."""
    return _tags(session, vault, position, position + 1)[0]


def _tags(session: Session, vault: Vault, start: int, end: int) -> list[bytes]:
    """As they are kept beside the entries. The one tag of an entry about a single person follows from who that is said
    to be; where that was altered, it is not what the entry committed to."""
    log_keys = opening.log_keys(session, vault)
    if log_keys is None or not 0 <= start < end <= tree.size(session):
        raise NotFound(f"The access log's tree does not hold the entries {start} to {end - 1}.")
    people, kept = about.listed(session, start, end - 1), about.several(session, start, end - 1)
    made: dict[int, bytes] = {}
    for chunk in tree.entries(session, start, end):
        for position, _, action, *_, commitment, _, _ in chunk:
            if action not in ACCESSES:
                continue
            tags = kept.get(position)
            if not isinstance(tags, bytes):  # SQLite keeps a text also where bytes belong
                tags = b"".join(about.tags(log_keys, commitment, people.get(position, ())) or ())
            made[position] = tags
    return [made.get(position, b"") for position in range(start, end)]

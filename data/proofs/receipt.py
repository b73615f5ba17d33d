"""A receipt: everything that lets somebody check one access about themselves without trusting this program.

verify.py checks one and needs nothing else of Daylight.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import entry, keys, log, opening, tree
from data.accesses.details import Details
from data.accesses.keys import LogKeys
from data.accesses.tables import AboutRow, DetailsRow, EntryRow, TagsRow
from data.errors import NotFound
from data.looks import history
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.proofs import publishing, witnesses
from data.proofs.anchor import Anchor
from data.sealing.vault import Vault
from data.tlog import merkle

FORM = 1
_ABOUT = "One access, as Daylight's access log holds it. Check it with verify.py from Daylight's source, offline."


@dataclass(frozen=True)
class Receipt:
    """The proof of one access. Hashes and keys are hex; `leaf` and `details` are the exact texts that were hashed;
    `details` and `salt` are None when they were altered or taken away. `checkpoint` is the signed note."""

    position: int
    leaf: str
    details: str | None
    salt: str | None
    tag: str
    tag_index: int
    tag_count: int
    tag_proof: tuple[str, ...]
    size: int
    inclusion: tuple[str, ...]
    checkpoint: str
    key: str

    def as_json(self) -> bytes:
        """The receipt as a file."""
        fields: dict[str, Any] = {"daylight_receipt": FORM, "about": _ABOUT, **vars(self)}
        return (json.dumps(fields, indent=2, ensure_ascii=False) + "\n").encode()


def receipt(
    session: Session, viewer: Viewer, vault: Vault, anchor: Anchor | None, person_id: int, position: int
) -> Receipt:
    """The receipt of the access at `position` for a person it is about. A writing session: what is not signed yet is
    published first (unless the log no longer leads to the anchor), and somebody else's look is logged.

    Raises NotFound when the entry is not about that person or no longer shows it, Conflict when the log cannot be
    published.
    """
    require(viewer, Permission.SEE_ACCESSES, person_id)
    row = session.scalar(
        select(EntryRow)
        .join(AboutRow, AboutRow.position == EntryRow.position)
        .where(AboutRow.person_id == person_id, EntryRow.position == position)
    )
    log_keys = keys.find(session, vault)
    if row is None or log_keys is None:
        raise NotFound(f"There is no access {position} about this person.")
    # One that somebody outside stands behind, where there is one.
    published = witnesses.cosigned(session, position) or publishing.newest(session)
    if published is None or published.size <= position:
        published = publishing.publish(session, vault, anchor)
    if published is None:
        raise NotFound("Nothing was ever logged.")
    publishing.require_signed(publishing.verifier(session, vault), published)
    details = _details(session, log_keys, row)
    index, tags = _tags(session, log_keys, row, person_id)
    history.log_look(session, viewer, vault, person_id, None, 1)
    return Receipt(
        position=position,
        leaf=(log.leaf(session, position) or b"").decode(),
        details=None if details is None else details.text.decode(),
        salt=None if details is None else details.salt.hex(),
        tag=tags[index].hex(),
        tag_index=index,
        tag_count=len(tags),
        tag_proof=tuple(one.hex() for one in _path(tags, index)),
        size=published.size,
        inclusion=tuple(one.hex() for one in tree.inclusion(session, position, published.size)),
        checkpoint=published.note,
        key=publishing.verifier_key(session, vault) or "",
    )


def tag_key(session: Session, viewer: Viewer, vault: Vault, person_id: int) -> bytes:
    """The key with which a person recognises their tags in the log, as a file. Only for that person.

    Raises NotAllowed for anybody else, NotFound while nothing was ever logged.
    """
    require(viewer, Permission.TAKE_TAG_KEY, person_id)
    log_keys = keys.find(session, vault)
    if log_keys is None:
        raise NotFound("Nothing was ever logged, so there is no key yet.")
    fields = {"daylight_tag_key": FORM, "origin": publishing.origin(vault), "key": log_keys.tag_key(person_id).hex()}
    return (json.dumps(fields, indent=2) + "\n").encode()


def _details(session: Session, log_keys: LogKeys, row: EntryRow) -> Details | None:
    sealed = session.scalar(select(DetailsRow.details).where(DetailsRow.position == row.position))
    found = opening.details(log_keys, row, sealed)
    # Without them it still proves that the entry is there.
    return found if isinstance(found, Details) else None


def _tags(session: Session, log_keys: LogKeys, row: EntryRow, person_id: int) -> tuple[int, list[bytes]]:
    """Where the person's tag is among the sorted tags of the entry. Raises NotFound when it is not."""
    try:
        mine = entry.tag(log_keys.tag_key(person_id), bytes.fromhex(row.commitment))
        kept = session.scalar(select(TagsRow.tags).where(TagsRow.position == row.position))
        if kept is None or entry.people_root([mine]).hex() == row.people:
            return 0, [mine]
        tags = merkle.split(kept)
        return tags.index(mine), tags
    except (TypeError, ValueError):  # it is not among them, or a column holds what no entry can
        raise NotFound(
            f"Entry {row.position} is listed for this person but does not commit to them; tell the auditor."
        ) from None


def _path(tags: list[bytes], index: int) -> tuple[bytes, ...]:
    levels = [[merkle.leaf_hash(tag) for tag in tags]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([merkle.node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return merkle.inclusion(index, len(tags), lambda level, place: levels[level][place])

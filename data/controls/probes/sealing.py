"""Encryption at rest: sampled segments are what their rows say, are no readable files, and open with their key only.

Nothing of what is opened leaves this function, and nobody sees it; it is checked as a compaction checks it.
"""

from __future__ import annotations

import hashlib
import secrets
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.captures import segments
from data.captures.segments import Segment
from data.captures.tables import SegmentRow
from data.controls.control import Fact, Result, State
from data.controls.probe import Probe, Target, alone
from data.controls.surroundings import Surroundings
from data.errors import Destroyed, Unreadable
from data.sealing import envelope, keys

SAMPLE = 8
# How files begin that anybody can read: Parquet, zstd, gzip, zip, PNG, JPEG, SQLite, JSON.
_READABLE = (b"PAR1", b"\x28\xb5\x2f\xfd", b"\x1f\x8b", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"SQLite f", b"{")
_FEW = 32  # different bytes among the first 256, below which it is no ciphertext; 160 are expected


def look(around: Surroundings, _target: Target) -> Result:
    """Holds when every sampled segment is sealed; unknown when there is none."""
    with around.database.reading() as session:
        tried = [(segment, _tried(around, session, segment)) for segment in _chosen(session)]
    found = {what: [segments.name_of(one) for one, came in tried if came is what] for what in _Came}
    facts = (
        Fact("files sampled", f"{len(tried):,}"),
        Fact("opened with their key, and with no other", f"{len(found[_Came.SEALED]):,}"),
        *(Fact(what.value, ", ".join(found[what])) for what in (_Came.READABLE, _Came.DAMAGED) if found[what]),
    )
    if found[_Came.READABLE]:
        return Result(State.BROKEN, "Captures lie somewhere that anybody with the disk can read.", facts)
    if found[_Came.DAMAGED]:
        return Result(State.BROKEN, "Sealed captures were altered, or are gone.", facts)
    if not found[_Came.SEALED]:
        return Result(State.UNKNOWN, "There are no captures to look at yet.", facts)
    return Result(State.HOLDS, "The captures that were sampled are sealed.", facts)


class _Came(StrEnum):
    SEALED = "sealed"
    READABLE = "readable without a key"
    DAMAGED = "not what was written"
    LEAVING = "being deleted"


def _chosen(session: Session) -> list[Segment]:
    """Some segments of some people, without counting or sorting all there are."""
    first, last = (session.scalar(select(of(SegmentRow.person_id))) for of in (func.min, func.max))
    found: dict[int, Segment] = {}
    if first is None or last is None:
        return []
    for _ in range(SAMPLE):
        pivot = first + secrets.randbelow(last - first + 1)
        query = select(SegmentRow.person_id).where(SegmentRow.person_id >= pivot).order_by(SegmentRow.person_id)
        person_id = session.scalars(query.limit(1)).one()
        one = secrets.choice(segments.listed(session, person_id))
        found[one.id] = one
    return list(found.values())


def _tried(around: Surroundings, session: Session, segment: Segment) -> _Came:
    vault, name = around.vault, segments.name_of(segment)
    try:
        key = keys.find(session, vault, segment.person_id, segment.key_version)
        content = vault.objects.get(name)
        segments.content(vault, key, segment)
    except Destroyed:
        return _Came.LEAVING
    except Unreadable:
        return _Came.READABLE if vault.objects.exists(name) and is_readable(vault.objects.get(name)) else _Came.DAMAGED
    if _opens_with_another(around, content, segment):
        return _Came.READABLE
    return _Came.SEALED if hashlib.sha256(content).hexdigest() == segment.digest else _Came.DAMAGED


def is_readable(content: bytes) -> bool:
    """Whether bytes begin as a file that anybody can read, or hold too few different bytes to be sealed."""
    first = content[:256]
    return content.startswith(_READABLE) or len(set(first)) < min(_FEW, len(first) // 2)


def _opens_with_another(around: Surroundings, content: bytes, segment: Segment) -> bool:
    where = around.vault.binding("segment", person=segment.person_id, segment=segment.id)
    try:
        envelope.unseal(envelope.new_key(), content, where)
    except Unreadable:
        return False
    return True


PROBE = Probe(
    "sealing",
    "Sealed captures",
    "What was captured is sealed on disk, and only its key opens it.",
    alone,
    look,
)

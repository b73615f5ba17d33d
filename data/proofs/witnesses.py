"""The log's witnesses: what each has cosigned, what stands in the way, and what it refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from data import instants
from data.accesses.tables import CheckpointRow, PinRow
from data.database import insert, lock
from data.errors import BadInput
from data.proofs import publishing
from data.proofs.publishing import Published
from data.proofs.witness_tables import AlarmRow, AttemptRow, CosignatureRow
from data.settings import Witness
from data.tlog import cosignature, note
from data.tlog.cosignature import Verifier


class Trouble(StrEnum):
    """Why a witness has not cosigned the newest checkpoint; its value is stored."""

    UNREACHABLE = "unreachable"  # no answer, or an answer that it is in trouble itself
    NOT_TRUSTED = "not trusted"  # it was not told to watch this log, or with another key
    NOT_UNDERSTOOD = "not understood"  # an answer that no witness gives
    REFUSED = "refused"  # what it was shown does not extend what it saw before
    SHORTER = "shorter"  # it has seen more of this log than is there
    CHANGED = "changed"  # what it cosigned is not what the log holds at that size now


SHOWN = 20  # refusals a page reads
KEPT = 20  # cosignatures of a witness, newest first; a receipt takes the first that fits

# What a witness refuses although it knows the log: then somebody rewrote the log or put it back.
ALARMS = frozenset({Trouble.REFUSED, Trouble.SHORTER})


@dataclass(frozen=True)
class WitnessState:
    """A witness as screens show it: the size of the log it cosigned last and when (None: never), how many entries
    that is behind the newest checkpoint, what stands in the way, if anything, since when, and the last attempt."""

    name: str
    url: str
    last_size: int | None
    last_at: int | None
    behind: int
    problem: Trouble | None
    since: int | None
    tried_at: int | None


@dataclass(frozen=True)
class Alarm:
    """The first head, of `size` entries, that a witness refused, the size it knew itself, and when it refused it and,
    without having cosigned anything in between, last any head."""

    name: str
    trouble: Trouble
    size: int
    known_size: int
    first_at: int
    last_at: int


def state(session: Session, witnesses: Sequence[Witness]) -> tuple[WitnessState, ...]:
    """How each configured witness stands to the newest checkpoint."""
    newest = publishing.newest(session)
    return tuple(_state(session, one, newest.size if newest else 0) for one in witnesses)


def alarms(session: Session) -> tuple[Alarm, ...]:
    """The newest refusals by any witness, at most SHOWN, the latest first, also of one that is no longer configured."""
    rows = session.scalars(select(AlarmRow).order_by(AlarmRow.last_at.desc(), AlarmRow.size.desc()).limit(SHOWN))
    return tuple(
        Alarm(_name(row.vkey), Trouble(row.trouble), row.size, row.known_size, row.first_at, row.last_at)
        for row in rows
    )


def raised(session: Session) -> tuple[int, ...]:
    """When each refusal there ever was began, by time."""
    return tuple(session.scalars(select(AlarmRow.first_at).order_by(AlarmRow.first_at)))


def cosigned_note(session: Session) -> str | None:
    """The newest checkpoint with the log's signature and every cosignature of it; None while none was signed."""
    published = publishing.newest(session)
    return None if published is None else _with_lines(session, published).note


def cosigned(session: Session, position: int) -> Published | None:
    """The largest checkpoint that holds entry `position` and that a witness cosigned, with every cosignature in its
    note; None while there is none. The newest one is cosigned only some seconds after it was signed."""
    rows = session.execute(
        select(CheckpointRow, CosignatureRow)
        .join(CosignatureRow, CosignatureRow.size == CheckpointRow.size)
        .where(CheckpointRow.size > position)
        .order_by(CheckpointRow.size.desc())
        .limit(KEPT)
    )
    for signed, row in rows:
        if _fits(row, signed.note):
            return _with_lines(session, Published.of(signed))
    return None


def last_size(session: Session, vkey: str) -> int:
    """The largest size that a witness cosigned, as far as is known here; 0 for none."""
    found = session.scalar(
        select(CosignatureRow.size).where(CosignatureRow.vkey == vkey).order_by(CosignatureRow.size.desc()).limit(1)
    )
    return found or 0


def keep(session: Session, witness: Witness, published: Published, lines: str) -> Trouble | None:
    """Keep the witness's cosignature among the signature `lines` it answered; NOT_UNDERSTOOD when it is not there."""
    key = Verifier.parse(witness.vkey)
    text, _ = note.split(published.note)
    try:
        found = [note.parse_line(line) for line in lines.removesuffix("\n").split("\n")]
    except BadInput:
        return Trouble.NOT_UNDERSTOOD
    for one in found:
        if (one.name, one.key_id) == (key.name, key.key_id) and key.accepts(text, one.raw):
            at = cosignature.seconds_of(one) * instants.SECOND
            row = {"vkey": witness.vkey, "size": published.size, "cosigned_at": at, "line": one.line}
            made = insert(session, CosignatureRow).values(row)
            session.execute(
                made.on_conflict_do_update(index_elements=["vkey", "size"], set_={"cosigned_at": at, "line": one.line})
            )
            going_on = update(AlarmRow).where(AlarmRow.vkey == witness.vkey, AlarmRow.over_at.is_(None))
            session.execute(going_on.values(over_at=instants.now()))
            return None
    return Trouble.NOT_UNDERSTOOD


def prune(session: Session, vkey: str) -> None:
    """Drop the cosignatures of a witness that prove nothing any more: each new one says that its log begins with all
    before. Kept are the newest, which receipts carry, and those of checkpoints that somebody saw. Refusals stay."""
    newest = select(CosignatureRow.size).where(CosignatureRow.vkey == vkey).order_by(CosignatureRow.size.desc())
    oldest = session.scalar(newest.offset(KEPT - 1).limit(1))
    if oldest is not None:
        old = delete(CosignatureRow).where(CosignatureRow.vkey == vkey, CosignatureRow.size < oldest)
        session.execute(old.where(CosignatureRow.size.not_in(select(PinRow.size))))


def remember(session: Session, witness: Witness, trouble: Trouble | None) -> None:
    """Keep how an attempt ended."""
    now, said = instants.now(), trouble.value if trouble else ""
    row = session.get(AttemptRow, witness.vkey)
    if row is None:
        session.add(AttemptRow(vkey=witness.vkey, at=now, trouble=said, since=now))
    else:
        row.since = row.since if row.trouble == said and row.since <= now else now
        row.at, row.trouble = now, said


def raise_alarm(session: Session, witness: Witness, trouble: Trouble, published: Published, known_size: int) -> None:
    """Keep that a witness refused this head; once until it cosigns again, however many more it refuses.

    Telling of an alarm makes a new head: were each of them another alarm, one refusal would go on for ever.
    """
    lock(session, "witness alarms")
    now = instants.now()
    going_on = (AlarmRow.vkey == witness.vkey, AlarmRow.trouble == trouble.value, AlarmRow.over_at.is_(None))
    held = session.scalars(select(AlarmRow).where(*going_on).limit(1)).one_or_none()
    if held is not None:
        held.last_at = now
        return
    row = {"vkey": witness.vkey, "trouble": trouble.value, "size": published.size, "known_size": known_size}
    session.add(AlarmRow(**row, note=published.note, first_at=now, last_at=now))


def _state(session: Session, witness: Witness, size: int) -> WitnessState:
    last = session.scalar(
        select(CosignatureRow).where(CosignatureRow.vkey == witness.vkey).order_by(CosignatureRow.size.desc()).limit(1)
    )
    attempt = session.get(AttemptRow, witness.vkey)
    problem = Trouble(attempt.trouble) if attempt and attempt.trouble else None
    since = attempt.since if attempt and problem else None
    if last is not None and problem not in ALARMS:
        signed = session.get(CheckpointRow, last.size)
        if signed is None or not _fits(last, signed.note):
            problem, since = Trouble.CHANGED, None
    return WitnessState(
        witness.name,
        witness.url,
        last.size if last else None,
        last.cosigned_at if last else None,
        max(0, size - (last.size if last else 0)),
        problem,
        since,
        attempt.at if attempt else None,
    )


def _with_lines(session: Session, published: Published) -> Published:
    rows = session.scalars(
        select(CosignatureRow).where(CosignatureRow.size == published.size).order_by(CosignatureRow.vkey)
    )
    # A line that does not fit would make the whole note worthless to whoever knows that witness.
    lines = "".join(row.line for row in rows if _fits(row, published.note))
    return replace(published, note=published.note + lines)


def _fits(row: CosignatureRow, signed: str) -> bool:
    """Whether a line is its witness's cosignature of a checkpoint's note; of none when that is no note any more."""
    try:
        text, _ = note.split(signed)
        signature, key = note.parse_line(row.line.removesuffix("\n")), Verifier.parse(row.vkey)
        return (signature.name, signature.key_id) == (key.name, key.key_id) and key.accepts(text, signature.raw)
    except BadInput:
        return False


def _name(vkey: str) -> str:
    return vkey.partition("+")[0]

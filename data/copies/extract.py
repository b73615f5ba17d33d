"""Extract: captures of many people for analytics or training, in one file, logged before it is released.

The file is built sealed, in an unnamed temporary file. One transaction then finds that nothing changed since, enters
it in the access log (one entry, about everybody in it) and registers it; only then is it written out and given its
name. A crash leaves no file, or a registered one of which the register says that it may exist.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import log
from data.accesses.entry import Action, Purpose, Reason
from data.captures import refusals, segments
from data.captures.scope import Scope
from data.captures.segments import Segment
from data.captures.spill import Place, Spill
from data.copies import snapshot
from data.copies.consumer import find
from data.copies.shares import FORMATS, Counted, Excluding, Writer, opened
from data.copies.snapshot import Made, Part
from data.database import Database
from data.errors import BadInput, Conflict, NotFound
from data.people.permissions import Permission, require
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import Viewer
from data.programme import rules
from data.programme.rules import Rule, RuleKind
from data.sealing.vault import Vault

_ATTEMPTS = 8
REASONS = {
    RuleKind.OBJECTION: "objected",
    RuleKind.RESTRICTION: "sealed",
    RuleKind.NOT_MINE: "said to be somebody else's",
}
ERASING = "to be deleted"

# What is about to be erased of each person, told by whoever deals with requests.
Erasing = Callable[[Session], Mapping[int, tuple[Scope, ...]]]


@dataclass(frozen=True)
class Wanted:
    """What an extract is to hold, for what, and for whom. Without departments and people: everybody."""

    purpose: Purpose
    ticket: str
    scope: Scope = field(default_factory=Scope)
    departments: frozenset[str] = frozenset()
    people: frozenset[int] = frozenset()
    consumer: str = ""


@dataclass(frozen=True)
class LeftOut:
    """Captures that are not in an extract for one reason: of how many people, and how many."""

    people: int
    captures: int


@dataclass(frozen=True)
class Extracted:
    """An extract that was released: its number in the register, what it holds, and what was left out by reason."""

    number: int
    path: Path
    digest: str
    captures: int
    people: int
    position: int
    left_out: Mapping[str, LeftOut] = field(default_factory=dict[str, LeftOut])


@dataclass(frozen=True)
class _Seen:
    """All that an extract depends on. It may be logged when this is as it was when the captures were read."""

    people: tuple[int, ...]
    segments: Mapping[int, tuple[Segment, ...]]
    rules: Mapping[int, tuple[Rule, ...]]
    erasing: Mapping[int, tuple[Scope, ...]]


@dataclass
class _Built:
    """The file as it was built, and who is in it."""

    parts: list[Part] = field(default_factory=list[Part])
    places: list[Place] = field(default_factory=list[Place])
    left_out: dict[str, LeftOut] = field(default_factory=dict[str, LeftOut])
    digest: str = ""


def extract(database: Database, vault: Vault, viewer: Viewer, wanted: Wanted, out: Path, erasing: Erasing) -> Extracted:
    """Write captures to `out` (.parquet or .jsonl) and register the copy. Permission EXTRACT.

    Raises BadInput for another form, a file that is there, or without purpose and ticket; NotFound for a department
    or consumer that is not there; Conflict when captures kept changing. Nothing is written then.
    """
    require(viewer, Permission.EXTRACT)
    _check(wanted, out)
    for _ in range(_ATTEMPTS):
        with Spill() as spill:
            with database.reading() as session:
                seen = _look(session, vault, wanted, erasing)
                built = _build(session, vault, wanted, seen, out.suffix, spill)
            if not built.parts:
                raise BadInput("No capture is left to extract: nothing matches, or all of it was left out.")
            with database.writing() as session:
                if _look(session, vault, wanted, erasing) != seen:
                    continue
                number, position = _log(session, vault, viewer, wanted, built, out.suffix)
            _release(spill, built, out)
        with database.writing() as session:
            snapshot.released(session, number)
        captures = sum(part.captures for part in built.parts)
        return Extracted(number, out, built.digest, captures, len(built.parts), position, built.left_out)
    raise Conflict("The captures were changed by others all the while; extract them again.")


def _check(wanted: Wanted, out: Path) -> None:
    if wanted.purpose in (Purpose.NONE, Purpose.OWN):
        raise BadInput("An extract needs a purpose that the people in it can read.")
    if not wanted.ticket.strip():
        raise BadInput("An extract needs the ticket that asked for it; the people in it read it.")
    if out.suffix not in FORMATS:
        raise BadInput(f"{out} has no form that is known; name a file that ends in {' or '.join(FORMATS)}.")
    if out.exists() or not out.parent.is_dir():
        raise BadInput(f"{out} cannot be written: name a new file in a folder that is there.")


def _look(session: Session, vault: Vault, wanted: Wanted, erasing: Erasing) -> _Seen:
    query = select(PersonRow.id).join(DepartmentRow, DepartmentRow.id == PersonRow.department_id)
    if wanted.departments:
        known = set(session.scalars(select(DepartmentRow.name)))
        if missing := sorted(wanted.departments - known):
            raise NotFound(f"There is no department {missing[0]!r} on the roster.")
    if wanted.departments or wanted.people:
        query = query.where(DepartmentRow.name.in_(wanted.departments) | PersonRow.id.in_(wanted.people))
    people = tuple(session.scalars(query.order_by(PersonRow.id)))
    ruled = rules.people(session)
    scope = wanted.scope
    return _Seen(
        people,
        {person: segments.listed(session, person, scope.start, scope.end) for person in people},
        {person: rules.sealing(session, vault, person) for person in people if person in ruled},
        {person: scopes for person, scopes in erasing(session).items() if person in people},
    )


def _build(session: Session, vault: Vault, wanted: Wanted, seen: _Seen, form: str, spill: Spill) -> _Built:
    built, digest = _Built(), hashlib.sha256()

    def keep(piece: bytes) -> None:
        digest.update(piece)
        built.places.append(spill.put(piece))

    with FORMATS[form](keep) as writer:
        for person in seen.people:
            if held := seen.segments[person]:
                _take(session, vault, wanted.scope, seen, person, held, writer, built)
    built.digest = digest.hexdigest()
    return built


def _take(
    session: Session,
    vault: Vault,
    scope: Scope,
    seen: _Seen,
    person: int,
    held: tuple[Segment, ...],
    writer: Writer,
    built: _Built,
) -> None:
    """Write one person's share, without what may not be in it."""
    without: list[Excluding] = [(ERASING, partial(refusals.refused, (one,))) for one in seen.erasing.get(person, ())]
    without += [(REASONS[rule.kind], rule.reach.mask) for rule in seen.rules.get(person, ())]
    name, counted = snapshot.subject(), Counted()
    for table in opened(session, vault, person, scope, held, without, counted):
        writer.write(name, table)
    for reason, captures in counted.left_out.items():
        before = built.left_out.get(reason, LeftOut(0, 0))
        built.left_out[reason] = LeftOut(before.people + 1, before.captures + captures)
    if counted.captures:
        built.parts.append(Part(person, name, counted.captures, counted.first, counted.last))


def _log(session: Session, vault: Vault, viewer: Viewer, wanted: Wanted, built: _Built, form: str) -> tuple[int, int]:
    """Enter the copy in the access log and the register: its number, and its position in the log."""
    consumer = find(session, wanted.consumer) if wanted.consumer else None
    captures = sum(part.captures for part in built.parts)
    scope = {**wanted.scope.as_json(), "view": "extract", "digest": built.digest}
    if consumer is not None:
        scope["consumer"] = consumer.name
    position = log.append(
        session,
        vault,
        action=Action.COPY,
        people=[part.person_id for part in built.parts],
        accessor=viewer,
        reason=Reason(wanted.purpose, wanted.ticket.strip()),
        scope=scope,
        count=captures,
    )
    made = Made(
        consumer_id=consumer.id if consumer else None,
        made_by="an officer" if viewer.person_id is not None else "the operator",
        purpose=wanted.purpose,
        ticket=wanted.ticket.strip(),
        format=form,
        captures=captures,
        digest=built.digest,
        position=position,
        of=wanted.scope.as_json(),
    )
    return snapshot.register(session, vault, made, tuple(built.parts)), position


def _release(spill: Spill, built: _Built, out: Path) -> None:
    """Write the file and give it its name, which is the last thing; a crash before that leaves nothing to be found
    where the file system knows files without a name."""
    try:
        number = os.open(out.parent, os.O_TMPFILE | os.O_WRONLY, 0o600)
    except (OSError, AttributeError):
        _release_by_renaming(spill, built, out)
        return
    with os.fdopen(number, "wb") as file:
        _pour(spill, built, file.write)
        file.flush()
        os.fsync(file.fileno())
        folder = os.open(out.parent, os.O_RDONLY)
        try:
            # With a folder given, Python calls linkat, which follows the link in /proc to the file without a name.
            os.link(f"/proc/self/fd/{file.fileno()}", out.name, dst_dir_fd=folder)
        finally:
            os.close(folder)


def _release_by_renaming(spill: Spill, built: _Built, out: Path) -> None:
    unfinished = out.with_name(f".{out.name}.{secrets.token_hex(4)}")
    try:
        with unfinished.open("xb") as file:
            _pour(spill, built, file.write)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, out)
    finally:
        with contextlib.suppress(FileNotFoundError):
            unfinished.unlink()


def _pour(spill: Spill, built: _Built, write: Callable[[bytes], object]) -> None:
    for piece in _pieces(spill, built):
        write(piece)


def _pieces(spill: Spill, built: _Built) -> Iterator[bytes]:
    for place in built.places:
        yield spill.get(place)

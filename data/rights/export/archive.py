"""What closes an export's archive, and an export written in one go for the command line."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action, Purpose, Reason
from data.captures import arrivals, looking, segments
from data.captures.scope import Filter, Scope
from data.captures.segments import Segment
from data.database import Database
from data.errors import Conflict
from data.looks import history
from data.looks.look import Look
from data.people.permissions import Permission, require
from data.people.tables import PersonRow
from data.people.viewer import Role, Viewer
from data.proofs import sight
from data.proofs.anchor import Anchor
from data.rights import request
from data.rights.export import documents, held, images, parts, pieces, proofs, tables, texts, volumes, zipped
from data.rights.export.documents import Contents
from data.rights.export.parts import Part, Parts
from data.rights.export.pieces import File, Piece, Progress, Round, Source
from data.rights.export.volumes import Cut, Volume
from data.rights.redaction import bystanders, plan
from data.rights.redaction.plan import Plan
from data.sealing import envelope
from data.sealing.vault import Vault

_PAGE = 1000


def write_export(
    database: Database,
    vault: Vault,
    viewer: Viewer,
    person_id: int,
    out_path: Path,
    reason: Reason | None = None,
    anchor: Anchor | None = None,
    volume: int = pieces.VOLUME,
) -> tuple[Path, ...]:
    """Write a person's whole export to `out_path`, which is there only once it is complete; where one archive would
    have more than `volume` bytes, to several whose names say which of how many they are. Returns their paths.

    The copy is logged before anything is read. Raises NotAllowed, NotFound, Conflict where one's own copy has to wait
    for an officer, and OSError for the path.
    """
    require(viewer, Permission.TAKE_EXPORT, person_id)
    with database.writing() as session:
        looking.permit(session, viewer, vault, person_id, reason, "export", Filter())
        _refuse_what_waits(session, viewer, vault, person_id)
        held = segments.listed(session, person_id)
        own = viewer.is_person(person_id)
        total = sum(one.count for one in held)
        log.append(
            session,
            vault,
            action=Action.EXPORT_TAKEN if own else Action.COPY,
            people=[person_id],
            accessor=viewer,
            reason=reason or (Reason(Purpose.OWN) if own else None),
            scope={},
            count=total,
        )
    box = Parts(vault, f"{parts.DIRECT}{instants.now()}-{secrets.token_hex(8)}", envelope.new_key())
    source = Source(database, vault, person_id, Scope(), volume)
    try:
        made, found = _made(source, box, tuple(one.id for one in held), anchor)
        return _written(box, made, found, out_path)
    finally:
        parts.remove(vault, box.name)


def _refuse_what_waits(session: Session, viewer: Viewer, vault: Vault, person_id: int) -> None:
    if viewer.is_person(person_id) and bystanders.waits(session, vault, person_id):
        raise Conflict(
            "Copies with pictures wait until a privacy officer has looked for others in them; ask for one with"
            " `request export`."
        )


@dataclass(frozen=True)
class End:
    """What an export is closed with: its pieces, and the files that end in them, cut into archives, and what is blacked
    out in them."""

    box: Parts
    made: Sequence[Part]
    progress: Progress
    files: Sequence[File]
    volume: int
    hidden: Plan

    def others(self, alive: Callable[[], None]) -> Others:
        """Every archive but the first, and the sum of what the first has of the streams. Reads all of it, so outside
        of any transaction; `alive` is called again and again."""
        cuts = volumes.cut(self.files, volumes.sizes(self.made), self.volume)
        rest = tuple(volumes.others(self.box, self.made, cuts, self.progress.stamp, alive))
        return Others(tuple(cuts), rest, volumes.summed(self.box, self.made, cuts[0]))

    def closing(
        self, session: Session, vault: Vault, person_id: int, scope: Scope, others: Others
    ) -> tuple[Round, tuple[Volume, ...]]:
        """The last round: who looked, what was asked, the index, the manifest and each archive's directory."""
        documents_ = _documents(session, vault, person_id, scope, self.progress, others, self.hidden)
        piece, volume = volumes.first(others.cuts[0], self.progress.stamp, documents_, others.digest)
        closed = (piece, *(one for one, _ in others.rest))
        return (closed, self.progress), (volume, *(one for _, one in others.rest))


@dataclass(frozen=True)
class Others:
    """The archives as they were cut, what closes every one but the first, and the first's sum so far."""

    cuts: tuple[Cut, ...]
    rest: tuple[tuple[Piece, Volume], ...]
    digest: Any


def _documents(
    session: Session, vault: Vault, person_id: int, scope: Scope, progress: Progress, others: Others, hidden: Plan
) -> list[tuple[str, bytes]]:
    person, now = as_person(session, person_id), instants.now()
    contents = Contents(
        person=person.name,
        email=person.email,
        made_at=now,
        scope=scope,
        progress=progress,
        cuts=others.cuts,
        volumes=tuple(one for _, one in others.rest),
        looks=_looks(session, vault, person, person_id),
        sight=sight.of(session, vault, None, now),
        requests=request.mine(session, person, vault, person_id),
        displays=arrivals.displays(session, person_id),
        held=[*held.files(session, vault, person, progress.black), proofs.verifier()],
        hidden=hidden,
    )
    last = documents.closing(contents)
    sums = [(name, len(data), hashlib.sha256(data).hexdigest(), 1) for name, data in last]
    for number, cut in enumerate(others.cuts, 1):
        sums += [(file.entry.name, file.entry.plain, file.sha256, number) for file in cut.files]
    last.append(("manifest.json", documents.manifest(contents, sums)))
    return last


def as_person(session: Session, person_id: int) -> Viewer:
    """The person as the viewer of their own export, which shows them what they may see, whoever takes it."""
    person = session.get_one(PersonRow, person_id)
    return Viewer(person_id, frozenset({Role.EMPLOYEE}), person.name, person.email)


def expected(held: Sequence[Segment], scope: Scope) -> int:
    """About how many captures there are to write: exact for everything, at most that many for a narrower scope."""
    return sum(one.count for one in held if scope.overlaps(one.first_at, one.last_at))


def stamp(at: int) -> tuple[int, int]:
    """An instant as the archive keeps times (UTC)."""
    when = instants.moment(at)
    return zipped.dos(when.year, when.month, when.day, when.hour, when.minute, when.second)


def _made(
    source: Source, box: Parts, frozen: tuple[int, ...], anchor: Anchor | None
) -> tuple[list[Part], tuple[Volume, ...]]:
    progress = Progress(frozen, stamp(instants.now()))
    made, files = list[Part](), list[File]()

    def keep(round_: Round) -> Progress:
        for piece in round_[0]:
            made.append(box.put(piece.stream, piece.number, piece.data))
            files.extend(piece.files)
        return round_[1]

    with source.database.reading() as session:
        person = as_person(session, source.person_id)
        hidden = plan.of(session, source.vault, source.person_id, None)
    progress = images.anew(progress, hidden.version)
    for round_ in texts.captures(source, progress, {}):
        progress = keep(round_)
    for round_ in tables.tables(source, progress):
        progress = keep(round_)
    for round_ in images.screens(source, progress, hidden):
        progress = keep(round_)
    for round_ in proofs.receipts(source, progress, person, anchor):
        progress = keep(round_)
    end = End(box, tuple(made), progress, files, source.volume, hidden)
    others = end.others(lambda: None)
    with source.database.reading() as session:
        round_, found = end.closing(session, source.vault, source.person_id, source.scope, others)
    keep(round_)
    return made, found


def _written(box: Parts, made: Sequence[Part], found: Sequence[Volume], out_path: Path) -> tuple[Path, ...]:
    """Write each archive beside where it is to be, then put all of them there."""
    paths = tuple(
        out_path.with_name(volumes.name(out_path.name, number, len(found))) for number in range(1, len(found) + 1)
    )
    unfinished = [path.with_name(f".{path.name}.{secrets.token_hex(4)}") for path in paths]
    try:
        for number, path in enumerate(unfinished, 1):
            with path.open("xb") as out:
                for data in volumes.stream(box, made, found, number):
                    out.write(data)
        for path, target in zip(unfinished, paths, strict=True):
            path.replace(target)
    finally:
        for path in unfinished:
            path.unlink(missing_ok=True)
    return paths


def _looks(session: Session, vault: Vault, viewer: Viewer, person_id: int) -> list[Look]:
    found, before = list[Look](), None
    while True:
        page = history.about(session, viewer, vault, person_id, limit=_PAGE, before=before)
        found.extend(page)
        if len(page) < _PAGE:
            return found
        before = page[-1].cursor

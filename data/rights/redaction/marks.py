"""Marks: what an officer blacks out in a person's copies, in one picture or over a span, for this copy and later ones.

Each is noted in the request's history and is an entry of the access log about the person, who reads both.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses.entry import Action
from data.captures.scope import Scope
from data.captures.tables import ScreenRow
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.rights import impartiality, keys, opening, record
from data.rights.redaction import region as regions
from data.rights.redaction.bystanders import LONGEST
from data.rights.redaction.region import Region, Shown
from data.rights.redaction.showing import Showing
from data.rights.states import WAITING, RequestKind, State
from data.rights.tables import RequestRow, ScreenMarkRow
from data.sealing.vault import Vault

UNCOVERED = "a blacked out part was uncovered"


@dataclass(frozen=True)
class Mark:
    """`region` of the picture `screen`, or of every picture taken in [start, end) (microseconds UTC) while `app` was in
    front (empty: whatever was), which shows `shown` of somebody else; `words` say more."""

    region: Region
    shown: Shown
    words: str = ""
    screen: str = ""
    app: str = ""
    start: int | None = None
    end: int | None = None

    def reaches(self, one: Showing) -> bool:
        """Whether a picture is one of those that it names."""
        if self.screen:
            return one.screen == self.screen
        inside = (self.start or 0) <= one.at < (instants.LATEST if self.end is None else self.end)
        return inside and (not self.app or any(app.casefold() == self.app.casefold() for app, _ in one.windows))

    def as_json(self) -> dict[str, Any]:
        """A JSON object that `of` reads back."""
        where = {"screen": self.screen} if self.screen else {"app": self.app, "start": self.start, "end": self.end}
        return {"region": self.region.as_json(), "shown": self.shown.value, "words": self.words, **where}

    @staticmethod
    def of(value: dict[str, Any]) -> Mark:
        """What `as_json` wrote."""
        found: dict[str, Any] = value | {"region": Region.of(value["region"]), "shown": Shown(value["shown"])}
        return Mark(**found)


@dataclass(frozen=True)
class Made:
    """A mark that holds: its number, the request for which it was made, when, and its entry in the access log."""

    id: int
    request_id: int
    at: int
    position: int
    mark: Mark


def make(session: Session, viewer: Viewer, vault: Vault, request_id: int, wanted: Mark) -> Made:
    """Black out what `wanted` names in the copy of a request that is not made yet, and in every later one.

    Raises NotAllowed as for a decision, NotFound for a request or a picture that is not there, BadInput, and Conflict
    once the copy is made: nothing is changed in it.
    """
    row = deciding(session, viewer, request_id)
    mark = _checked(session, row.person_id, wanted)
    taken = select(func.max(ScreenMarkRow.id)).where(ScreenMarkRow.person_id == row.person_id)
    number, at = (session.scalar(taken) or 0) + 1, instants.now()
    record.note(session, row, viewer, record.BLACKED_OUT, said(mark))
    where = mark.as_json()
    del where["words"]  # they may say who it is
    position = opening.write_down(session, vault, viewer, row, Action.BLACKED_OUT, {"mark": number, **where})
    plain = json.dumps(mark.as_json()).encode()
    sealed = keys.seal(session, vault, label(row.person_id, number), plain)
    session.add(
        ScreenMarkRow(person_id=row.person_id, id=number, request_id=row.id, made_at=at, position=position, mark=sealed)
    )
    session.flush()
    return Made(number, row.id, at, position, mark)


def uncover(session: Session, viewer: Viewer, vault: Vault, request_id: int, number: int) -> None:
    """End a mark: copies from now on have that part. Raises as `make`."""
    row = deciding(session, viewer, request_id)
    mark = session.get(ScreenMarkRow, (row.person_id, number))
    if mark is None or mark.ended_at is not None:
        raise NotFound(f"Nothing is blacked out under number {number}; look at what is again.")
    _end(session, viewer, vault, row, mark)


def uncover_all(session: Session, viewer: Viewer, vault: Vault, row: RequestRow) -> None:
    """End every mark of the person of a request, as an appeal against blacking out was right."""
    for mark in _rows(session, row.person_id):
        _end(session, viewer, vault, row, mark)


def holding(session: Session, vault: Vault, person_id: int) -> tuple[Made, ...]:
    """What is blacked out in a person's copies now, by number."""
    return tuple(_made(session, vault, row) for row in _rows(session, person_id))


def shown(session: Session, viewer: Viewer, vault: Vault, request_id: int) -> tuple[Made, ...]:
    """The same for whoever may see the request. Raises NotFound."""
    return holding(session, vault, record.find(session, viewer, request_id).person_id)


def erase(session: Session, vault: Vault, person_id: int, scopes: Sequence[Scope]) -> None:
    """Remove what says of pictures that are deleted: of everything all, of a part what is about nothing else."""
    held = set(session.scalars(select(ScreenRow.digest).where(ScreenRow.person_id == person_id)))
    for row in session.scalars(select(ScreenMarkRow).where(ScreenMarkRow.person_id == person_id)).all():
        mark = _made(session, vault, row).mark
        span = Scope(apps=frozenset({mark.app} if mark.app else ()), start=mark.start, end=mark.end)
        if mark.screen not in held if mark.screen else any(map(span.within, scopes)):
            session.delete(row)
    session.flush()


def deciding(session: Session, viewer: Viewer, request_id: int) -> RequestRow:
    """The row of a copy that is asked for and not made yet, for an officer who may say what of others is left out of
    it. Raises NotAllowed, NotFound, Conflict."""
    require(viewer, Permission.BLACK_OUT)
    row = record.find(session, viewer, request_id, for_change=True)
    # Without a sign-in of just now: looking takes long, and it is approving the copy that gives anything out.
    if barred := impartiality.bar_for(session, viewer, row.id):
        raise NotAllowed(barred)
    require(viewer, Permission.BLACK_OUT, row.person_id)
    if RequestKind(row.kind) is not RequestKind.EXPORT:
        raise Conflict(f"Request {row.id} asks for no copy, so there is nothing to black out.")
    if State(row.state) not in WAITING:
        raise Conflict(
            f"Request {row.id} is {State(row.state).plain}, and a copy that is made is not changed; what you black out"
            " for the next one holds from then."
        )
    return row


def said(mark: Mark) -> str:
    """A mark's ground in words, as its person reads it."""
    return mark.shown.plain + (f": {mark.words}" if mark.words else "")


def label(person_id: int, number: int) -> str:
    """What binds a sealed mark to its row."""
    return f"screen mark {number} of person {person_id}"


def opened(session: Session, vault: Vault, row: ScreenMarkRow) -> Mark:
    """The mark in a row."""
    return Mark.of(json.loads(keys.unseal(session, vault, label(row.person_id, row.id), row.mark)))


def _rows(session: Session, person_id: int) -> list[ScreenMarkRow]:
    rule = ScreenMarkRow.person_id == person_id, ScreenMarkRow.ended_at.is_(None)
    return list(session.scalars(select(ScreenMarkRow).where(*rule).order_by(ScreenMarkRow.id)))


def _made(session: Session, vault: Vault, row: ScreenMarkRow) -> Made:
    return Made(row.id, row.request_id, row.made_at, row.position, opened(session, vault, row))


def _end(session: Session, viewer: Viewer, vault: Vault, row: RequestRow, mark: ScreenMarkRow) -> None:
    mark.ended_at = instants.now()
    record.note(session, row, viewer, UNCOVERED, said(opened(session, vault, mark)))
    opening.write_down(session, vault, viewer, row, Action.UNCOVERED, {"mark": mark.id, "entry": mark.position})


def _checked(session: Session, person_id: int, wanted: Mark) -> Mark:
    regions.checked(wanted.region)
    words = wanted.words.strip()
    if len(words) > LONGEST or not words.isprintable():
        raise BadInput(f"Say it in at most {LONGEST} plain characters.")
    if wanted.shown is Shown.OTHER and not words:
        raise BadInput("Say in words what is blacked out; the person reads it.")
    if wanted.screen:
        if session.get(ScreenRow, (person_id, wanted.screen)) is None:
            raise NotFound(f"There is no screen {wanted.screen[:12]} of this person.")
        return Mark(wanted.region, wanted.shown, words, wanted.screen)
    if wanted.start is None or wanted.end is None:
        raise BadInput("Name one picture, or a span with its start and its end.")
    instants.check_span(wanted.start, wanted.end, "The span")
    return replace(wanted, words=words, app=wanted.app.strip())

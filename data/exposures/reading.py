"""Reading exposures back from the log, for data/exposures alone: record.py and card.py ask who may read what. Only
`overlapping` and `open_since` are for others, which show none of it to anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import events, opening
from data.accesses.details import Details
from data.accesses.entry import Action
from data.accesses.events import Logged
from data.accesses.tables import AboutRow, DetailsRow, EntryRow
from data.errors import NotFound, Unreadable
from data.exposures.exposure import Accounts, Change, Exposure, Line, Number
from data.people import crowd
from data.people.viewer import Viewer
from data.sealing.vault import Vault


class Held(NamedTuple):
    """An exposure with what only the program needs: a digest of what the last look found, for each look that
    found something new the entries that list who could and who may, and those that say whom it concerns."""

    exposure: Exposure
    state: str
    lists: tuple[tuple[int, int], ...]
    about: tuple[int, ...]


def every(session: Session, vault: Vault, reader: int | None) -> tuple[list[Held], int]:
    """Every exposure in the order of their numbers, and how many entries about one no longer open."""
    logged, altered = events.of(session, vault, Action.EXPOSURE)
    said: dict[int, list[Logged]] = {}
    for each in logged:
        said.setdefault(int(each.scope["exposure"]), []).append(each)
    # One whose beginning no longer opens says nothing that could be relied on; it is counted among the altered.
    whole = {number: lines for number, lines in said.items() if lines[0].scope["event"] == Change.OPENED}
    mine = _mine(session, [line.row for lines in whole.values() for line in lines], reader)
    return [_built(number, lines, mine) for number, lines in sorted(whole.items())], altered


def read(session: Session, viewer: Viewer, vault: Vault) -> tuple[list[Held], int]:
    """The same for somebody to read: with how many people each concerns as far as they may know."""
    held, altered = every(session, vault, viewer.person_id)
    whole = crowd.company(session)
    return [
        each._replace(exposure=replace(each.exposure, concerned=crowd.shown(viewer, each.exposure.concerned, whole)))
        for each in held
    ], altered


def next_number(session: Session, vault: Vault) -> int:
    """A number that no exposure had, not one whose beginning no longer opens either."""
    logged, altered = events.of(session, vault, Action.EXPOSURE)
    return 1 + altered + max((int(each.scope["exposure"]) for each in logged), default=0)


def one(session: Session, vault: Vault, number: int) -> Held:
    """One exposure. Raises NotFound."""
    found = next((each for each in every(session, vault, None)[0] if each.exposure.number == number), None)
    if found is None:
        raise NotFound(f"There is no exposure {number}; check its number.")
    return found


def concerned(session: Session, held: Held) -> list[int]:
    """Whom it concerns, by id."""
    about = AboutRow.position.in_(held.about)
    return sorted(set(session.scalars(select(AboutRow.person_id).where(about))))


def overlapping(session: Session, vault: Vault, start: int, end: int) -> frozenset[int]:
    """Whom exposures concern that were, or may have been, open at any time of [start, end), by id; to be counted."""
    found = set[int]()
    for held in every(session, vault, None)[0]:
        one = held.exposure
        began = one.seen if one.start is None else one.start
        if began < end and (one.end is None or one.end > start):
            found.update(concerned(session, held))
    return frozenset(found)


def open_since(session: Session, vault: Vault) -> int | None:
    """Since when anything has been, or may have been, open that is open now; None where nothing is. Raises Unreadable
    when nobody can tell."""
    held, altered = every(session, vault, None)
    if altered:
        raise Unreadable(f"{altered:,} entries about exposures no longer open; tell the auditor.")
    return min((one.exposure.start or 0 for one in held if one.exposure.is_open), default=None)


def lists(session: Session, vault: Vault, held: Held) -> Accounts:
    """Who could at any time of it, and who may as the last look knew it. Raises Unreadable when a list was altered."""
    audience: dict[str, int | None] = {}
    for scope in _listed(session, vault, [added for added, _ in held.lists]):
        audience.update(dict(scope["added"]))
    return Accounts(audience, _allowed(session, vault, held)[-1])


def always_allowed(session: Session, vault: Vault, held: Held) -> frozenset[str]:
    """The accounts that might at every look: whoever was let in while it was open, was not when it opened. Raises
    Unreadable when a list was altered."""
    return frozenset.intersection(*_allowed(session, vault, held))


def _allowed(session: Session, vault: Vault, held: Held) -> list[frozenset[str]]:
    """The accounts that may, as each look knew it."""
    return [frozenset(scope["allowed"]) for scope in _listed(session, vault, [may for _, may in held.lists])]


def _listed(session: Session, vault: Vault, positions: Sequence[int]) -> list[Any]:
    keys = opening.log_keys(session, vault)
    rows = session.execute(
        select(EntryRow.position, EntryRow.commitment, DetailsRow.details)
        .outerjoin(DetailsRow, DetailsRow.position == EntryRow.position)
        .where(EntryRow.position.in_(positions), EntryRow.action == Action.AUDIENCE.value)
        .order_by(EntryRow.position)
    ).all()
    found = [opening.details(keys, row, row.details) for row in rows]
    told = [each.read["scope"] for each in found if isinstance(each, Details)]
    if len(told) < len(positions):
        raise Unreadable("The list of accounts of this exposure was altered or taken away; tell the auditor.")
    return told


def _mine(session: Session, rows: Sequence[EntryRow], reader: int | None) -> frozenset[int]:
    """Which of the entries are about the reader."""
    if reader is None or not rows:
        return frozenset()
    query = select(AboutRow.position).where(
        AboutRow.person_id == reader,
        AboutRow.position.in_([row.position for row in rows]),
    )
    return frozenset(session.scalars(query))


def _built(number: int, lines: Sequence[Logged], mine: frozenset[int]) -> Held:
    first, looked = lines[0].scope, [one for one in lines if "state" in one.scope]
    last = looked[-1].scope
    start, end = first["start"], None
    incident: int | None = None
    unwatched: int | None = None
    for row, scope in lines:
        if scope["event"] == Change.UNWATCHED:
            unwatched = row.at
        elif scope["event"] in (Change.CHANGED, Change.CLOSED):
            unwatched = None
        if scope["event"] == Change.CLOSED:
            end = row.at
        elif scope["event"] == Change.CORRECTED:
            start, end = scope["start"], scope["end"]
        elif scope["event"] == Change.LINKED:
            incident = scope["incident"]
    exposure = Exposure(
        number=number,
        store=first["store"],
        place=first["place"],
        source=first["source"],
        tables=tuple(sorted({table for one in looked for table in one.scope["tables"]})),
        kinds=_kinds(looked),
        start=start,
        seen=lines[0].row.at,
        end=end,
        audience=Number(*last["audience"]),
        present=Number(*last["present"]),
        concerned=last["concerned"],
        narrowed=last["narrowed"],
        former=first["former"],
        incident=incident,
        lines=tuple(_line(one) for one in lines),
        is_mine=any(one.row.position in mine for one in lines),
        unwatched=unwatched,
    )
    about = tuple(one.row.position for one in looked)
    return Held(
        exposure, last["state"], tuple((one.scope["listed"][0], one.scope["listed"][1]) for one in looked), about
    )


def _kinds(looked: Sequence[Logged]) -> tuple[str, ...]:
    """Which kinds were open at any time of it; none named means all."""
    each = [frozenset(one.scope["kinds"]) for one in looked]
    return tuple(sorted(frozenset[str]().union(*each))) if all(each) else ()


def _line(one: Logged) -> Line:
    row, scope = one
    was: Any = scope.get("was")
    return Line(
        position=row.position,
        change=Change(scope["event"]),
        at=row.at,
        number=Number(*scope["present"]) if "present" in scope else None,
        tables=tuple(scope.get("tables", ())),
        words=str(scope.get("words", "")),
        was=None if was is None else (was[0], was[1]),
    )

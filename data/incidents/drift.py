"""Findings of drift, what was captured without having been promised, as the access log holds them: found about whom,
ended by whom and why, or because a later version of the notice promises it. How much it is stands beside, counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from data import instants
from data.accesses import events, log
from data.accesses.entry import Action
from data.accesses.events import Logged
from data.database import Database, lock
from data.errors import Conflict, NotFound
from data.incidents.incident import text_of
from data.people import crowd
from data.people.crowd import People
from data.people.permissions import Permission, require, require_fresh
from data.people.viewer import Viewer
from data.programme import unpromised, versions
from data.programme.privacy_notice import Matter
from data.programme.tables import FindingRow, FoundRow
from data.programme.unpromised import Tally
from data.sealing.vault import Vault

EVERY = 5.0  # seconds between two looks at what imports found
_BATCH = 5_000  # people an entry of the log


@dataclass(frozen=True)
class Ending:
    """How a finding ended, and when: an officer closed it for a reason, or a version of the notice promises it."""

    at: int
    position: int
    words: str = ""
    version: int | None = None


@dataclass(frozen=True)
class Finding:
    """Something that was captured without having been promised by version `version` of the notice. `tally` counts the
    captures of `people` people, or those of the one who asks."""

    number: int
    matter: Matter
    version: int
    found_at: int
    position: int
    tally: Tally
    people: int
    ending: Ending | None = None

    @property
    def days(self) -> int:
        """For how many days it was captured, begun ones as whole ones."""
        return (self.tally.last_at - self.tally.first_at) // instants.DAY + 1


@dataclass(frozen=True)
class Figures:
    """For the whole company: findings that go on and that have ended, and of those that go on how many captures and
    people (as far as the reader may know); `altered` entries about them no longer open."""

    open: int
    ended: int
    people: People
    captures: int
    altered: int


def mine(session: Session, viewer: Viewer, vault: Vault) -> tuple[Finding, ...]:
    """What was captured of the viewer without having been promised, newest first. Permission READ_PROGRAMME."""
    require(viewer, Permission.READ_PROGRAMME)
    own = FoundRow.person_id == viewer.person_id
    return tuple(reversed(_built(session, vault, own)[0])) if viewer.person_id is not None else ()


def listed(session: Session, viewer: Viewer, vault: Vault) -> tuple[Finding, ...]:
    """Every finding, newest first, with how many people it concerns; names nobody. Permission HANDLE_DRIFT."""
    require(viewer, Permission.HANDLE_DRIFT)
    return tuple(reversed(_built(session, vault)[0]))


def figures(session: Session, viewer: Viewer, vault: Vault) -> Figures:
    """How much there is, for the whole company. Permission SEE_CONDUCT."""
    require(viewer, Permission.SEE_CONDUCT)
    found, altered = _built(session, vault)
    going = [one for one in found if one.ending is None]
    numbers = [one.number for one in going]
    people = select(func.count(FoundRow.person_id.distinct())).where(FoundRow.finding_id.in_(numbers))
    captures = sum(one.tally.count for one in going)
    concerned = crowd.shown(viewer, session.scalar(people) or 0, crowd.company(session))
    return Figures(len(going), len(found) - len(going), concerned, captures, altered)


def going_on(session: Session, vault: Vault) -> tuple[int, int]:
    """How many findings go on, and how many entries about one no longer open, so that another may; shows none of them
    to anybody."""
    found, altered = _built(session, vault)
    return sum(one.ending is None for one in found), altered


def close(session: Session, viewer: Viewer, vault: Vault, number: int, words: str) -> None:
    """End a finding for a reason that everybody whom it concerns reads. What is captured after that without having been
    promised is found anew. Permission HANDLE_DRIFT. Raises NotFound, BadInput, Conflict when it has ended."""
    require(viewer, Permission.HANDLE_DRIFT)
    require_fresh(viewer)
    said = text_of(words)
    lock(session, unpromised.LOCK)
    found = next((one for one in _built(session, vault)[0] if one.number == number), None)
    if found is None:
        raise NotFound(f"There is no finding {number}; see `programme drift list` for those there are.")
    if found.ending is not None:
        raise Conflict(f"Finding {number} has ended already; nothing was changed.")
    _end(session, vault, number, instants.now(), viewer, {"step": "closed", "words": said})


def keep_up(database: Database, vault: Vault) -> int:
    """Say in the log, and to whom it concerns, what imports found since the last call, and end what a version in force
    promises now; returns how many entries that took. Killed at any point, it goes on with the next call."""
    done = 0
    with database.reading() as session:
        pending = list(session.scalars(select(FoundRow.finding_id).where(FoundRow.position.is_(None)).distinct()))
    for number in sorted(pending):
        while _say(database, vault, number):
            done += 1
    with database.reading() as session:
        over = _promised(session, vault)
    for number in over:
        with database.writing() as session:
            lock(session, unpromised.LOCK)
            if since := _promised(session, vault).get(number):
                _end(session, vault, number, since[1], None, {"step": "promised", "version": since[0]})
                done += 1
    return done


def _say(database: Database, vault: Vault, number: int) -> bool:
    """One entry of the log about the people whom a finding concerns since the last one; whether there were any."""
    with database.writing() as session:
        lock(session, unpromised.LOCK)
        unsaid = FoundRow.finding_id == number, FoundRow.position.is_(None)
        rows = session.scalars(select(FoundRow).where(*unsaid).order_by(FoundRow.person_id).limit(_BATCH)).all()
        if not rows:
            return False
        matter = unpromised.matter_of(vault, session.get_one(FindingRow, number))
        first, last = min(row.first_at for row in rows), max(row.last_at for row in rows)
        version = versions.register(session, vault).at(first)
        scope = {"step": "found", "version": version.number if version else 0, "matter": unpromised.as_json(matter)}
        scope |= {"first_at": min(first, instants.LAST_BOUND), "last_at": min(last, instants.LAST_BOUND)}
        people, count = [row.person_id for row in rows], sum(row.count for row in rows)
        position = _append(session, vault, number, people, count, None, scope)
        chosen = update(FoundRow).where(FoundRow.finding_id == number, FoundRow.person_id.in_(people))
        session.execute(chosen.values(position=position))
        return True


def _promised(session: Session, vault: Vault) -> dict[int, tuple[int, int]]:
    """The findings that go on and that the notice in force promises: number -> (version, since when)."""
    now = versions.register(session, vault).at(instants.now())
    going = session.scalars(select(FindingRow).where(FindingRow.ended_at.is_(None))) if now else ()
    return {
        row.id: (now.number, now.since)
        for row in going
        if now and unpromised.matter_of(vault, row).is_promised(now.notice)
    }


def _end(
    session: Session, vault: Vault, number: int, at: int, viewer: Viewer | None, scope: Mapping[str, object]
) -> None:
    people = list(session.scalars(select(FoundRow.person_id).where(FoundRow.finding_id == number)))
    session.get_one(FindingRow, number).ended_at = at
    _append(session, vault, number, people, 0, viewer, {**scope, "ended_at": at})


def _append(
    session: Session,
    vault: Vault,
    number: int,
    people: Sequence[int],
    count: int,
    viewer: Viewer | None,
    scope: Mapping[str, object],
) -> int:
    """Log it; everybody whom it concerns is told of that (data/notices)."""
    whole = {"finding": number, **scope}
    return log.append(
        session, vault, action=Action.DRIFT, people=people, accessor=viewer, reason=None, scope=whole, count=count
    )


def _built(session: Session, vault: Vault, *which: Any) -> tuple[list[Finding], int]:
    """The findings of the log by number, with what is counted of them in the rows of `which`; none where nothing is."""
    logged, altered = events.of(session, vault, Action.DRIFT)
    said: dict[int, list[Logged]] = {}
    for one in logged:
        said.setdefault(int(one.scope["finding"]), []).append(one)
    sums = func.sum(FoundRow.count), func.min(FoundRow.first_at), func.max(FoundRow.last_at), func.count()
    query = select(FoundRow.finding_id, *sums).where(*which).group_by(FoundRow.finding_id)
    counts = {row[0]: (Tally(int(row[1]), row[2], row[3]), row[4]) for row in session.execute(query)}
    chosen = [(number, lines) for number, lines in sorted(said.items()) if number in counts or not which]
    return [_finding(number, lines, *counts.get(number, (None, 0))) for number, lines in chosen], altered


def _finding(number: int, lines: Sequence[Logged], tally: Tally | None, people: int) -> Finding:
    first = next((one for one in lines if one.scope["step"] == "found"), lines[0])
    last = lines[-1]
    ends = [one for one in lines if one.scope["step"] != "found"]
    scope, ending = first.scope, None
    if ends:
        end = ends[-1]
        words, version = str(end.scope.get("words", "")), end.scope.get("version")
        ending = Ending(int(end.scope["ended_at"]), end.row.position, words, version)
    span = Tally(0, int(scope.get("first_at", first.row.at)), int(last.scope.get("last_at", last.row.at)))
    matter = Matter(**scope.get("matter", {}))
    where = int(scope.get("version", 0)), first.row.at, first.row.position
    return Finding(number, matter, *where, tally or span, people, ending)

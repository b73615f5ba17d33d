"""Who opened a person's data: the accesses about one person, newest first, and in figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import FromClause, Select, literal, select, tuple_
from sqlalchemy.orm import Session

from data import driver
from data.accesses import entry, log, opening, teams, tree
from data.accesses.accessors import known_as
from data.accesses.details import Details, Gist, accessor_of
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.opening import Lost
from data.accesses.purposes import Register
from data.accesses.tables import NEWER, DetailsRow, EntryRow, ListedRow, is_access
from data.errors import BadInput
from data.looks import explanations, look
from data.looks.explanations import NOTHING, Told
from data.looks.look import Look, LookFigures
from data.looks.verdicts import Verdict
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault

_LATEST = 3
_AT = 4  # where the time stands in a row of _accesses; its position stands first
_CURSOR = re.compile(r"(-?\d{1,18})\.(\d{1,18})")


def about(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    *,
    start: int | None = None,
    end: int | None = None,
    limit: int = 200,
    before: str | None = None,
    reason: Reason | None = None,
    zone: tzinfo = UTC,
) -> tuple[Look, ...]:
    """The accesses to a person's data with `at` in [start, end), newest first, at most `limit`.

    `before` is the `cursor` of the last look of the page before. `zone` is where the person's working
    hours are. Permission SEE_ACCESSES; for somebody else's history the look is itself logged, so the
    session must be a writing one. One that was altered is among them, and says so. Raises BadInput on a malformed
    cursor.
    """
    require(viewer, Permission.SEE_ACCESSES, person_id)
    place = None if before is None else _cursor(before)

    def wanted(source: FromClause) -> Select[*tuple[Any, ...]]:
        query, at = _accesses(source, person_id), source.c.at
        if start is not None:
            query = query.where(at >= start)
        if end is not None:
            query = query.where(at < end)
        if place is not None:
            query = query.where(tuple_(at, source.c.position) < tuple_(*map(literal, place)))
        return query.limit(limit)

    register = teams.register(session, vault)
    found = _read(session, vault, _rows(session, wanted)[:limit])
    looks = tuple(one.look(person_id, zone, register) for one in found)
    log_look(session, viewer, vault, person_id, reason, len(looks))
    return looks


def figures(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    since: int,
    *,
    reason: Reason | None = None,
    zone: tzinfo = UTC,
) -> LookFigures:
    """Who opened a person's data since an instant, in figures. Permission and logging as for `about`."""
    require(viewer, Permission.SEE_ACCESSES, person_id)
    rows = _rows(session, lambda source: _accesses(source, person_id).where(source.c.at >= since))
    kinds = _kinds(session, vault, rows)
    counted = _Counted(person_id)
    # Thousands of looks are alike but for their time: each kind of them is counted once.
    for kind, count in Counter(kinds).items():
        counted.add(kind, count)
    log_look(session, viewer, vault, person_id, reason, counted.total)
    register = teams.register(session, vault)
    shown = (row for row, kind in zip(rows, kinds, strict=True) if counted.is_shown(kind))
    latest = _read(session, vault, tuple(islice(shown, _LATEST)))
    return LookFigures(
        people=len(counted.who[False]),
        automated=len(counted.who[True]),
        total=counted.total,
        unsaid=counted.unsaid,
        unexplained=counted.unexplained,
        lost=counted.lost,
        destroyed=counted.destroyed,
        by_purpose=counted.by_purpose,
        latest=tuple(one.look(person_id, zone, register) for one in latest),
        shared=counted.shared,
    )


@dataclass(frozen=True)
class _Entry:
    """A row of `_accesses` whose columns have names again."""

    position: int
    source: str
    commitment: str
    details: bytes | None
    at: int
    recorded_at: int
    action: str
    count: int


class _Read(NamedTuple):
    """An entry about the person (the columns of `_accesses`), with what it committed to and what the log says of it."""

    row: Sequence[Any]
    details: Details | Lost
    told: Told

    def look(self, person_id: int, zone: tzinfo, register: Register) -> Look:
        return look.opened(_Entry(*self.row), self.details, person_id, zone, self.told, register)


# What figures tell accesses apart by: the source, what the details say (None: lost), what explains it.
_Kind = tuple[str, Gist | None, Verdict | None]
_NOBODY = b""  # the identity where who it was was destroyed


def _kinds(session: Session, vault: Vault, rows: Sequence[Any]) -> list[_Kind]:
    """What figures tell each access apart by: no more of its details is kept than that."""
    log_keys = opening.log_keys(session, vault)
    # By place: by name, a row takes longer to ask than its details to look up.
    found = [opening.gist(log_keys, row[0], row[2], row[3]) for row in rows]
    gists = [_left(one) if isinstance(one, Lost) else one for one in found]
    observed = [row[0] for row, gist in zip(rows, gists, strict=True) if gist is not None and gist.observed]
    told = explanations.of(session, log_keys, observed)
    verdicts = {position: one.explanation.verdict for position, one in told.items() if one.explanation is not None}
    return [(row[1], gist, verdicts.get(row[0])) for row, gist in zip(rows, gists, strict=True)]


def _left(lost: Lost) -> Gist | None:
    gone = lost.destroyed
    return None if gone is None else Gist(gone.purpose, False, False, gone.observed, _NOBODY)


class _Counted:
    """Figures over accesses. They rest on what each committed to, never on the columns beside it."""

    def __init__(self, person_id: int) -> None:
        self.person_id = person_id
        self.by_purpose: Counter[Purpose] = Counter()
        self.who: dict[bool, set[str]] = {False: set(), True: set()}
        self.total = self.unsaid = self.unexplained = self.lost = self.destroyed = 0
        self.shared = False

    def is_shown(self, kind: _Kind) -> bool:
        """What an audit saw of a look that was declared is the same look, and one's own is no news."""
        _, gist, verdict = kind
        if gist is None:
            return True
        if gist.purpose == Purpose.FIGURES:
            return False  # this program counted, and nobody opened anything
        if gist.identity == _NOBODY:
            return gist.purpose != Purpose.OWN and verdict is not Verdict.DECLARED
        is_own = accessor_of(gist.identity).get("person") == self.person_id and not gist.observed
        return not is_own and verdict is not Verdict.DECLARED

    def add(self, kind: _Kind, count: int) -> None:
        """Count so many accesses of one kind."""
        source, gist, verdict = kind
        if not self.is_shown(kind):
            return
        self.total += count
        if gist is None:
            self.lost += count
            return
        purpose = Purpose(gist.purpose)
        if gist.identity == _NOBODY:
            self.destroyed += count
            self.by_purpose[purpose] += count
            return
        self.who[gist.automated].add(known_as(source, accessor_of(gist.identity)))
        self.shared = self.shared or (gist.shared and not gist.automated)
        self.by_purpose[purpose] += count
        if gist.observed and verdict is not Verdict.EXPLAINED:
            self.unexplained += count
        elif purpose is Purpose.NONE and not gist.observed:
            self.unsaid += count


def _rows(session: Session, wanted: Callable[[FromClause], Select[*tuple[Any, ...]]]) -> Sequence[Any]:
    """What is `wanted` of the list of the tree's entries and of those that it has not taken in yet, newest first. Asked
    one after the other: of both at once, SQLite would read everything about the person to find the newest."""
    # By the driver: a person may have thousands, and names would cost more than the database.
    rows = driver.rows(session, wanted(ListedRow.__table__))
    if tree.end(session) <= tree.size(session):
        return rows
    newer = driver.rows(session, wanted(NEWER))
    return sorted((*rows, *newer), key=itemgetter(_AT, 0), reverse=True) if newer else rows


def _accesses(source: FromClause, person_id: int) -> Select[*tuple[Any, ...]]:
    return (
        # Columns, not rows that the mapper follows: a person may have thousands.
        select(
            EntryRow.position,
            EntryRow.source,
            EntryRow.commitment,
            DetailsRow.details,
            EntryRow.at,
            EntryRow.recorded_at,
            EntryRow.action,
            EntryRow.count,
        )
        .select_from(source)
        .join(EntryRow, EntryRow.position == source.c.position)
        .outerjoin(DetailsRow, DetailsRow.position == source.c.position)
        .where(source.c.person_id == person_id, is_access())
        .order_by(source.c.at.desc(), source.c.position.desc())
    )


def _read(session: Session, vault: Vault, rows: Sequence[Any]) -> list[_Read]:
    log_keys = opening.log_keys(session, vault)
    opened = [(row, opening.at(log_keys, row[0], row[2], row[3])) for row in rows]
    told = explanations.of(session, log_keys, [row[0] for row, one in opened if _is_observed(one)])
    return [_Read(row, one, told.get(row[0], NOTHING)) for row, one in opened]


def _is_observed(one: Details | Lost) -> bool:
    if isinstance(one, Details):
        return bool(one.read["observed"])
    return one.destroyed is not None and one.destroyed.observed


def _cursor(text: str) -> tuple[int, int]:
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise BadInput(f"{text[:40]!r} is no place in an access history; start again from the newest.")
    return int(found[1]), int(found[2])


def log_look(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    reason: Reason | None,
    count: int,
    *,
    access: int | None = None,
) -> None:
    """Whoever reads somebody else's access history is in it from then on; `access`: only that one was read."""
    if viewer.is_person(person_id):
        return
    log.append(
        session,
        vault,
        action=Action.READ,
        people=[person_id],
        accessor=viewer,
        reason=reason,
        scope={"what": entry.HISTORY} if access is None else {"what": entry.HISTORY, "access": access},
        count=count,
    )

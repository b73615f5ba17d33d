"""Who opened a person's data: the accesses about one person, newest first, and in figures."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, tzinfo
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Select, literal, select, tuple_
from sqlalchemy.orm import Session

from data.accesses import entry, log, opening, teams
from data.accesses.accessors import known_as
from data.accesses.details import Details, Gist, accessor_of
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.opening import Lost
from data.accesses.purposes import Register
from data.accesses.tables import HISTORY, DetailsRow, EntryRow, is_access
from data.errors import BadInput
from data.looks import explanations, look
from data.looks.explanations import NOTHING, Told
from data.looks.look import Look, LookFigures
from data.looks.verdicts import Verdict
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault

_LATEST = 3
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
    wanted = _accesses(person_id)
    if start is not None:
        wanted = wanted.where(HISTORY.c.at >= start)
    if end is not None:
        wanted = wanted.where(HISTORY.c.at < end)
    if before is not None:
        wanted = wanted.where(tuple_(HISTORY.c.at, HISTORY.c.position) < tuple_(*map(literal, _cursor(before))))
    wanted = wanted.order_by(HISTORY.c.at.desc(), HISTORY.c.position.desc()).limit(limit)
    register = teams.register(session, vault)
    looks = tuple(one.look(person_id, zone, register) for one in _read(session, vault, wanted))
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
    wanted = _accesses(person_id).where(HISTORY.c.at >= since).order_by(HISTORY.c.at.desc(), HISTORY.c.position.desc())
    rows = _read(session, vault, wanted)
    counted = _Counted(person_id)
    # Thousands of looks are alike but for their time: each kind of them is counted once.
    for kind, count in Counter(map(_kind, rows)).items():
        counted.add(kind, count)
    log_look(session, viewer, vault, person_id, reason, counted.total)
    register = teams.register(session, vault)
    shown = (one for one in rows if counted.is_shown(_kind(one)))
    return LookFigures(
        people=len(counted.who[False]),
        automated=len(counted.who[True]),
        total=counted.total,
        unsaid=counted.unsaid,
        unexplained=counted.unexplained,
        lost=counted.lost,
        by_purpose=counted.by_purpose,
        latest=tuple(one.look(person_id, zone, register) for one in islice(shown, _LATEST)),
    )


class _Read(NamedTuple):
    """An entry about the person (the columns of `_accesses`), with what it committed to and what the log says of it."""

    row: Any
    source: str
    details: Details | Lost
    told: Told

    def look(self, person_id: int, zone: tzinfo, register: Register) -> Look:
        return look.opened(self.row, self.details, person_id, zone, self.told, register)


# What figures tell accesses apart by: the source, what the details say (None: lost), what explains it.
_Kind = tuple[str, Gist | None, Verdict | None]


def _kind(one: _Read) -> _Kind:
    _, source, details, told = one
    gist = None if isinstance(details, Lost) else details.gist
    return source, gist, None if told.explanation is None else told.explanation.verdict


class _Counted:
    """Figures over accesses. They rest on what each committed to, never on the columns beside it."""

    def __init__(self, person_id: int) -> None:
        self.person_id = person_id
        self.by_purpose: Counter[Purpose] = Counter()
        self.who: dict[bool, set[str]] = {False: set(), True: set()}
        self.total = self.unsaid = self.unexplained = self.lost = 0

    def is_shown(self, kind: _Kind) -> bool:
        """What an audit saw of a look that was declared is the same look, and one's own is no news."""
        _, gist, verdict = kind
        if gist is None:
            return True
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
        self.who[gist.automated].add(known_as(source, accessor_of(gist.identity)))
        self.by_purpose[purpose] += count
        if gist.observed and verdict is not Verdict.EXPLAINED:
            self.unexplained += count
        elif purpose is Purpose.NONE and not gist.observed:
            self.unsaid += count


def _accesses(person_id: int) -> Select[*tuple[Any, ...]]:
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
        .select_from(HISTORY)
        .join(EntryRow, EntryRow.position == HISTORY.c.position)
        .outerjoin(DetailsRow, DetailsRow.position == HISTORY.c.position)
        .where(HISTORY.c.person_id == person_id, is_access())
    )


def _read(session: Session, vault: Vault, wanted: Select[*tuple[Any, ...]]) -> list[_Read]:
    log_keys = opening.log_keys(session, vault)
    # Past the mapper and by place: by name, a row takes longer to ask than its details to look up.
    opened = [
        (row, row[0], row[1], opening.at(log_keys, row[0], row[2], row[3]))
        for row in session.connection().execute(wanted).all()
    ]
    observed = [position for _, position, _, one in opened if isinstance(one, Details) and one.gist.observed]
    told = explanations.of(session, log_keys, observed)
    return [_Read(row, source, one, told.get(position, NOTHING)) for row, position, source, one in opened]


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

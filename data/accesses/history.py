"""Who opened a person's data: the accesses about one person, newest first, and in figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import Any

from sqlalchemy import Select, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from data.accesses import entry, explanations, keys, log, look
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.explanations import Verdict
from data.accesses.look import Look, LookFigures
from data.accesses.tables import AboutRow, DetailsRow, EntryRow, ExplanationRow, is_access
from data.errors import BadInput
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault

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
    session must be a writing one. Raises BadInput on a malformed cursor, Unreadable on altered details.
    """
    require(viewer, Permission.SEE_ACCESSES, person_id)
    wanted = _accesses(person_id)
    if start is not None:
        wanted = wanted.where(AboutRow.at >= start)
    if end is not None:
        wanted = wanted.where(AboutRow.at < end)
    if before is not None:
        wanted = wanted.where(tuple_(AboutRow.at, AboutRow.position) < tuple_(*map(literal, _cursor(before))))
    wanted = wanted.order_by(AboutRow.at.desc(), AboutRow.position.desc()).limit(limit)
    looks = _opened(session, vault, person_id, wanted, zone)
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
    others = or_(DetailsRow.accessor_id.is_(None), DetailsRow.accessor_id != person_id, DetailsRow.observed)
    # What an audit saw of a look that was declared is the same look.
    once = or_(ExplanationRow.verdict.is_(None), ExplanationRow.verdict != Verdict.DECLARED)
    wanted = (
        _accesses(person_id)
        .outerjoin(ExplanationRow, ExplanationRow.position == AboutRow.position)
        .where(AboutRow.at >= since, others, once)
    )
    columns = (DetailsRow.automated, DetailsRow.who, DetailsRow.purpose, DetailsRow.observed, ExplanationRow.verdict)
    # One pass over the person's accesses; they fall into few kinds, which are counted here.
    kinds: Sequence[Any] = session.execute(wanted.with_only_columns(*columns, func.count()).group_by(*columns)).all()
    by_purpose: Counter[Purpose] = Counter()
    who: dict[bool, set[str]] = {False: set(), True: set()}
    unsaid = unexplained = 0
    for automated, accessor, purpose, observed, verdict, count in kinds:
        if accessor is not None:  # None: retention destroyed the details
            who[automated].add(accessor)
            by_purpose[Purpose(purpose)] += count
        if observed and verdict != Verdict.EXPLAINED:
            unexplained += count
        elif purpose == Purpose.NONE and not observed:
            unsaid += count
    newest = wanted.order_by(AboutRow.at.desc(), AboutRow.position.desc()).limit(3)
    latest = _opened(session, vault, person_id, newest, zone)
    total = sum(count for *_, count in kinds)
    log_look(session, viewer, vault, person_id, reason, total)
    return LookFigures(
        people=len(who[False]),
        automated=len(who[True]),
        total=total,
        unsaid=unsaid,
        unexplained=unexplained,
        by_purpose=by_purpose,
        latest=latest,
    )


def _accesses(person_id: int) -> Select[Any, Any]:
    return (
        select(EntryRow, DetailsRow)
        .select_from(AboutRow)
        .join(EntryRow, EntryRow.position == AboutRow.position)
        .outerjoin(DetailsRow, DetailsRow.position == AboutRow.position)
        .where(AboutRow.person_id == person_id, is_access())
    )


def _opened(
    session: Session,
    vault: Vault,
    person_id: int,
    wanted: Select[Any, Any],
    zone: tzinfo,
) -> tuple[Look, ...]:
    log_keys = keys.find(session, vault)
    if log_keys is None:
        return ()
    rows = session.execute(wanted).all()
    explained = explanations.of(session, log_keys, (row.position for row, beside in rows if beside and beside.observed))
    return tuple(
        look.opened(
            row,
            None if beside is None else keys.opened(log_keys, row, beside.details),
            person_id,
            zone,
            explained.get(row.position),
        )
        for row, beside in rows
    )


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

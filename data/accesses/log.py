"""The access log: append only, gapless, one entry for each time somebody touched somebody's data.

An entry's leaf says nothing about who it concerns or who looked; that is in the details beside
it, which are sealed and which retention can destroy.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Select, distinct, func, insert, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from data import instants
from data.accesses import accessors, entry, keys, look
from data.accesses.accessors import Outside
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.keys import LogKeys
from data.accesses.look import Logged, Look, LookFigures
from data.accesses.tables import AboutRow, DetailsRow, EntryRow
from data.database import lock
from data.errors import BadInput, Unreadable
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault

LOCK = "access log"
_CURSOR = re.compile(r"(-?\d{1,18})\.(\d{1,18})")


def append(
    session: Session,
    vault: Vault,
    *,
    action: Action,
    people: Sequence[int],
    accessor: Viewer | Outside | None,
    reason: Reason | None,
    scope: Mapping[str, object],
    count: int,
    at: int | None = None,
    source: str = entry.DAYLIGHT,
) -> int:
    """Add an entry in the caller's transaction and return its position (0, 1, 2 ... without gaps).

    `people` are the ids it is about (none for an event about nobody), `scope` is a JSON object that
    says what was touched, `count` how much of it, `at` when (now if left out). Other writers of the
    log wait until this transaction ends, so append late in a long one. Raises Unreadable when the
    log's key cannot be opened.
    """
    about = sorted(set(people))
    details = accessors.details(session, action, about, accessor, reason, scope)
    plain = entry.canonical(details)
    salt, nonce = secrets.token_bytes(entry.SALT_BYTES), secrets.token_bytes(entry.NONCE_BYTES)

    lock(session, LOCK)
    log_keys = keys.make(session, vault)
    tags = keys.tag_keys(session, log_keys, about)
    newest = session.scalar(select(func.max(EntryRow.position)))
    position = 0 if newest is None else newest + 1
    recorded_at = instants.now()
    moment = recorded_at if at is None else at
    fields = {
        "position": position,
        "at": moment,
        "recorded_at": recorded_at,
        "action": action.value,
        "source": source,
        "count": count,
        "commitment": entry.commitment(salt, plain).hex(),
        "people": entry.people_root(entry.tag(tags[person], nonce) for person in about).hex(),
    }
    beside = {
        "position": position,
        "salt": salt,
        "nonce": nonce,
        "details": log_keys.seal_details(position, plain),
        "accessor_id": details["accessor"],
        "who": log_keys.digest(accessors.identity(source, accessor)),
        "automated": details["automated"],
        "purpose": details["purpose"],
        "role": details["role"],
        "people_count": len(about),
    }
    session.execute(insert(EntryRow).values(fields))
    session.execute(insert(DetailsRow).values(beside))
    if about:
        session.execute(
            insert(AboutRow), [{"person_id": person, "at": moment, "position": position} for person in about]
        )
    return position


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
    _log_look(session, viewer, vault, person_id, reason, len(looks))
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
    others = or_(DetailsRow.accessor_id.is_(None), DetailsRow.accessor_id != person_id)
    wanted = _accesses(person_id).where(AboutRow.at >= since, others)
    rows = wanted.with_only_columns(DetailsRow.automated, DetailsRow.purpose, DetailsRow.who).subquery()
    counts = session.execute(select(rows.c.purpose, func.count()).group_by(rows.c.purpose)).all()
    by_purpose = {Purpose(purpose): count for purpose, count in counts if purpose is not None}
    who = dict(
        session.execute(select(rows.c.automated, func.count(distinct(rows.c.who))).group_by(rows.c.automated)).all()
    )
    newest = wanted.order_by(AboutRow.at.desc(), AboutRow.position.desc()).limit(3)
    latest = _opened(session, vault, person_id, newest, zone)
    total = sum(count for _, count in counts)
    _log_look(session, viewer, vault, person_id, reason, total)
    return LookFigures(
        people=who.get(False, 0),
        automated=who.get(True, 0),
        total=total,
        unexplained=by_purpose.get(Purpose.NONE, 0),
        by_purpose=by_purpose,
        latest=latest,
    )


def entries(
    session: Session,
    viewer: Viewer,
    *,
    action: str | None = None,
    source: str | None = None,
    start: int | None = None,
    end: int | None = None,
    before: int | None = None,
    limit: int = 200,
) -> tuple[Logged, ...]:
    """The log's entries without content and without persons, newest position first. `before` is the position
    of the last entry of the page before. Permission SEE_LOG."""
    require(viewer, Permission.SEE_LOG)
    rules: list[ColumnElement[bool]] = []
    if action is not None:
        rules.append(EntryRow.action == action)
    if source is not None:
        rules.append(EntryRow.source == source)
    if start is not None:
        rules.append(EntryRow.at >= start)
    if end is not None:
        rules.append(EntryRow.at < end)
    if before is not None:
        rules.append(EntryRow.position < before)
    rows = session.execute(
        select(EntryRow, DetailsRow.role, DetailsRow.purpose, DetailsRow.people_count)
        .outerjoin(DetailsRow, DetailsRow.position == EntryRow.position)
        .where(*rules)
        .order_by(EntryRow.position.desc())
        .limit(limit)
    )
    return tuple(
        Logged(
            position=row.position,
            at=row.at,
            recorded_at=row.recorded_at,
            action=row.action,
            source=row.source,
            role=role or "",
            purpose=purpose or "",
            count=row.count,
            people_count=people_count,
            commitment=row.commitment,
            people=row.people,
        )
        for row, role, purpose, people_count in rows
    )


def leaf(session: Session, position: int) -> bytes | None:
    """The bytes that the tree takes for `position`, or None beyond the end."""
    row = session.get(EntryRow, position)
    if row is None:
        return None
    return entry.leaf(
        at=row.at,
        action=row.action,
        source=row.source,
        count=row.count,
        commitment=row.commitment,
        people=row.people,
    )


def _accesses(person_id: int) -> Select[Any, Any]:
    return (
        select(EntryRow, DetailsRow)
        .select_from(AboutRow)
        .join(EntryRow, EntryRow.position == AboutRow.position)
        .outerjoin(DetailsRow, DetailsRow.position == AboutRow.position)
        .where(AboutRow.person_id == person_id, EntryRow.action.in_(sorted(entry.ACCESSES)))
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
    return tuple(
        look.opened(row, None if beside is None else _details(log_keys, row, beside), person_id, zone)
        for row, beside in session.execute(wanted)
    )


def _details(log_keys: LogKeys, row: EntryRow, beside: DetailsRow) -> dict[str, Any]:
    plain = log_keys.open_details(row.position, beside.details)
    if not hmac.compare_digest(entry.commitment(beside.salt, plain).hex(), row.commitment):
        raise Unreadable(f"Entry {row.position} of the access log is not what was committed to; tell the auditor.")
    return {**json.loads(plain), "people_count": beside.people_count}


def _cursor(text: str) -> tuple[int, int]:
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise BadInput(f"{text[:40]!r} is no place in an access history; start again from the newest.")
    return int(found[1]), int(found[2])


def _log_look(
    session: Session, viewer: Viewer, vault: Vault, person_id: int, reason: Reason | None, count: int
) -> None:
    """Whoever reads somebody else's access history is in it from then on."""
    if viewer.is_person(person_id):
        return
    append(
        session,
        vault,
        action=Action.READ,
        people=[person_id],
        accessor=viewer,
        reason=reason,
        scope={"what": "access history"},
        count=count,
    )

"""What is unexplained: accesses that an audit outside observed and nothing explains, for the officer to explain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import keys, log, opening
from data.accesses.keys import LogKeys
from data.accesses.opening import Lost
from data.accesses.tables import AboutRow, DetailsRow, EntryRow, ExplanationRow
from data.database import lock
from data.errors import BadInput, Conflict, NotAllowed, NotFound, Unreadable
from data.looks import explanations, reconciliation, verdicts
from data.looks.budget import Why
from data.looks.explanations import Nearly, Told
from data.looks.verdicts import Verdict
from data.people.permissions import Permission, require
from data.people.person import normal_email
from data.people.viewer import Viewer
from data.sealing.vault import Vault

SHORTEST, LONGEST = 10, 4000  # characters of a reason
_CHUNK = 500
_MANY = 50_000  # people of a group, each counted at every look, up to which a page has them told apart


@dataclass(frozen=True)
class Close:
    """How many accesses of a group a declaration nearly explains for one reason, and the newest such declaration."""

    count: int
    example: Nearly


@dataclass(frozen=True)
class Group:
    """The unexplained accesses of one accessor in one source on one day (UTC). `position` is the first of them, and
    names the group. `account` is what the source calls the accessor, `scope` what the first one touched, `people` how
    many people's data in all of them together, or `at_least` so many. `is_own`: the viewer's, who cannot explain
    them. `lost`: the first of them was altered or its details are gone, so that nobody can say whose it was.
    `nearly`: what was declared and does not explain them, by reason."""

    position: int
    source: str
    account: str
    role: str
    team: str
    automated: bool
    shared: bool
    first: int
    last: int
    count: int
    people: int
    scope: Mapping[str, Any]
    is_own: bool
    at_least: bool = False
    lost: Lost | None = None
    nearly: tuple[Close, ...] = ()


# What makes a group of accesses: the source, who (a digest; None where that was taken away), the day.
_Key = tuple[str, str | None, int]
_GROUPED = EntryRow.source, DetailsRow.who, EntryRow.at // instants.DAY


def groups(
    session: Session, viewer: Viewer, vault: Vault, *, skip: int = 0, limit: int | None = None
) -> tuple[Group, ...]:
    """What waits for an explanation, newest first, without the first `skip`. Permission EXPLAIN_ACCESSES."""
    require(viewer, Permission.EXPLAIN_ACCESSES)
    log_keys = opening.log_keys(session, vault)
    is_open = explanations.is_open(session, log_keys)
    name, newest = func.min(EntryRow.position), func.max(EntryRow.at)
    columns = EntryRow.source, DetailsRow.who, name, func.min(EntryRow.at), newest, func.count()
    people = func.coalesce(func.max(DetailsRow.people_count), 0), func.coalesce(func.sum(DetailsRow.people_count), 0)
    rows: Any = session.execute(
        _open(select(*columns, *people), is_open)
        .group_by(*_GROUPED)
        .order_by(newest.desc(), name.desc())
        .offset(skip)
        .limit(limit)
    ).all()
    keyed: list[tuple[_Key, Any]] = [((row[0], row[1], row[3] // instants.DAY), row[2:]) for row in rows]
    counted = _counted(session, is_open, {key for key, (*_, most, total) in keyed if most < total <= _MANY})
    nearly = _nearly(session, log_keys, is_open)
    found: list[Group] = []
    for key, (position, first, last, count, most, total) in keyed:
        row, beside = session.get_one(EntryRow, position), session.get(DetailsRow, position)
        details = opening.details(log_keys, row, None if beside is None else beside.details)
        lost = details if isinstance(details, Lost) else None
        told, accessor = ({}, {}) if isinstance(details, Lost) else (details.read, details.accessor)
        found.append(
            Group(
                position=position,
                source=row.source,
                account=str(accessor.get("account") or accessor.get("name") or ""),
                role=told.get("role", ""),
                team=told.get("team", ""),
                automated=bool(told.get("automated")),
                shared=bool(told.get("shared")),
                first=first,
                last=last,
                count=count,
                people=counted.get(key, int(most)),
                scope=told.get("scope", {}),
                is_own=is_of(accessor, viewer),
                at_least=most < total and key not in counted,
                lost=lost,
                nearly=nearly.get(key, ()),
            )
        )
    return tuple(found)


def _counted(session: Session, is_open: ColumnElement[bool], wanted: set[_Key]) -> dict[_Key, int]:
    """How many people the unexplained accesses of each of these groups are about, nobody twice."""
    if not wanted:
        return {}
    positions: dict[_Key, list[int]] = {key: [] for key in wanted}
    columns = EntryRow.position, EntryRow.source, DetailsRow.who, EntryRow.at
    rows: Any = session.execute(_open(select(*columns), is_open).where(*_near(wanted)))
    for position, source, who, at in rows:
        if (key := (source, who, at // instants.DAY)) in positions:
            positions[key].append(position)
    return {key: len(_concerned(session, some)) for key, some in positions.items()}


def _near(wanted: set[_Key]) -> Iterator[ColumnElement[bool]]:
    """Rules that choose the accesses of these groups and few others, as the log may hold very many more."""
    days, whos = {day for _, _, day in wanted}, {who for _, who, _ in wanted}
    yield EntryRow.at >= min(days) * instants.DAY
    yield EntryRow.at < (max(days) + 1) * instants.DAY
    yield EntryRow.source.in_({source for source, _, _ in wanted})
    if len(whos) <= _CHUNK:
        yield or_(DetailsRow.who.in_(whos), DetailsRow.who.is_(None))


def _nearly(session: Session, log_keys: LogKeys | None, is_open: ColumnElement[bool]) -> dict[_Key, tuple[Close, ...]]:
    """What nearly explains unexplained accesses, by their group."""
    query = select(EntryRow.position, EntryRow.source, DetailsRow.who, EntryRow.at // instants.DAY)
    there = select(ExplanationRow.position).where(ExplanationRow.position == EntryRow.position)
    rows: Any = session.execute(_open(query, is_open).where(there.exists())).all()
    said = explanations.said_of(session, log_keys, [row[0] for row in rows])
    # (declaration, access) of each, so that the newest declaration is the example.
    found: dict[_Key, dict[Why, list[tuple[int, int]]]] = {}
    for position, source, who, day in rows:
        for one in (place.said for place in said.get(position, ())):
            if one.why is not None and one.declared is not None:
                by_why = found.setdefault((source, who, day), {})
                by_why.setdefault(one.why, []).append((one.declared, position))
    examples = {max(some)[1] for by_why in found.values() for some in by_why.values()}
    told = explanations.of(session, log_keys, examples)
    return {key: tuple(_close(by_why, told)) for key, by_why in found.items()}


def _close(by_why: Mapping[Why, list[tuple[int, int]]], told: Mapping[int, Told]) -> Iterator[Close]:
    for why, some in by_why.items():
        declared, position = max(some)
        example = next((one for one in told[position].nearly if (one.why, one.declared) == (why, declared)), None)
        # One that was altered since can no longer be told.
        if example is not None:
            yield Close(len(some), example)


def waiting(session: Session, vault: Vault) -> int:
    """How many accesses are unexplained; names nobody."""
    is_open = explanations.is_open(session, opening.log_keys(session, vault))
    return session.scalar(_open(select(func.count()), is_open)) or 0


def waits(session: Session, vault: Vault) -> tuple[int, int]:
    """How many accesses are unexplained and how many groups they make, from one look at the log; names nobody."""
    is_open = explanations.is_open(session, opening.log_keys(session, vault))
    each = _open(select(func.count().label("looks")), is_open).group_by(*_GROUPED).subquery()
    count, cases = session.execute(select(func.coalesce(func.sum(each.c.looks), 0), func.count())).one()
    return int(count), cases


@dataclass(frozen=True)
class Case:
    """The accesses of a group as they are now, and everybody they were about."""

    positions: tuple[int, ...]
    people: tuple[int, ...]


def explain(
    session: Session, viewer: Viewer, vault: Vault, position: int, reason: str, *, expected: int, justified: bool = True
) -> Case:
    """Say what a group was, or that no good reason was found. Everybody it was about reads it, and the log keeps that
    it was said. `expected` is how many the officer saw. Returns what that settles.

    Raises NotAllowed for one's own accesses, BadInput without a reason, Conflict when nothing of it is unexplained.
    """
    text = " ".join(reason.split())
    if not SHORTEST <= len(text) <= LONGEST:
        raise BadInput(f"Say why in {SHORTEST} to {LONGEST} characters: everybody whose data it was reads it.")
    found = case(session, viewer, vault, position, expected=expected)
    settle(session, viewer, vault, found, Verdict.EXPLAINED if justified else Verdict.UNJUSTIFIED, text)
    return found


def case(session: Session, viewer: Viewer, vault: Vault, position: int, *, expected: int) -> Case:
    """The group that `position` is one of, for the viewer to settle in this transaction: nothing else does meanwhile.
    An access that was altered is left out: nobody can say whose it was, so it stays unexplained.

    Raises NotAllowed for one's own accesses, also under an account that is called as the viewer's e-mail, NotFound,
    Conflict when nothing of it is unexplained or can be read, or it has grown.
    """
    require(viewer, Permission.EXPLAIN_ACCESSES)
    lock(session, log.LOCK)
    # What was declared before is held against it first, so that who is quicker decides nothing.
    reconciliation.run(session, vault)
    one, beside = session.get(EntryRow, position), session.get(DetailsRow, position)
    if one is None or viewer.person_id is None:
        raise NotFound(f"There is no access {position}; reload to see what waits.")
    positions = _members(session, vault, one, None if beside is None else beside.who)
    if not positions:
        raise Conflict("These accesses are explained meanwhile; reload to see what waits.")
    if len(positions) != expected:
        raise Conflict(f"There are {len(positions)} such accesses now, not {expected}; reload to see what you explain.")
    accessors = _accessors(session, vault, positions)
    if _is_any_of(accessors, viewer):
        raise NotAllowed("Some of these are your own accesses; another officer must explain them.")
    if not accessors:
        raise Conflict(f"Access {position} was altered or taken away, so nobody can say what it was; tell the auditor.")
    readable = [one for one in positions if one in accessors]
    return Case(tuple(readable), tuple(_concerned(session, readable)))


def settle(session: Session, viewer: Viewer, vault: Vault, found: Case, verdict: Verdict, words: str) -> None:
    """Give a case its verdict, in words that everybody it was about reads. Raises Unreadable without the log's key."""
    require(viewer, Permission.EXPLAIN_ACCESSES)
    log_keys = keys.find(session, vault)
    if log_keys is None:
        raise Unreadable("The key of the access log is gone; restore the database as a whole.")
    said = verdicts.say(session, vault, viewer, found.positions, found.people, verdict, words)
    explanations.keep(session, said, verdicts.of(session, log_keys, [said])[said])


def _members(session: Session, vault: Vault, one: EntryRow, who: str | None) -> list[int]:
    day = one.at // instants.DAY * instants.DAY
    is_open = explanations.is_open(session, opening.log_keys(session, vault))
    query = _open(select(EntryRow.position), is_open).where(
        EntryRow.source == one.source,
        DetailsRow.who.is_not_distinct_from(who),
        EntryRow.at >= day,
        EntryRow.at < day + instants.DAY,
    )
    return list(session.scalars(query.order_by(EntryRow.position)))


def is_own(session: Session, viewer: Viewer, vault: Vault, positions: Sequence[int]) -> bool:
    """Whether one of these accesses, as far as they can be read, is the viewer's."""
    return _is_any_of(_accessors(session, vault, positions), viewer)


def _is_any_of(accessors: Mapping[int, Mapping[str, Any]], viewer: Viewer) -> bool:
    return any(is_of(accessor, viewer) for accessor in accessors.values())


def is_of(accessor: Mapping[str, Any], viewer: Viewer) -> bool:
    """Whether an accessor's identity is the viewer, or an account that is called as the viewer's e-mail."""
    person, account = accessor.get("person"), normal_email(str(accessor.get("account") or ""))
    is_mine = person is not None and person == viewer.person_id
    return is_mine or (account != "" and account == normal_email(viewer.email))


def _accessors(session: Session, vault: Vault, positions: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """Who was behind each access, as it committed to; one that was altered is left out."""
    log_keys = opening.log_keys(session, vault)
    found: dict[int, Mapping[str, Any]] = {}
    for first in range(0, len(positions), _CHUNK):
        wanted = EntryRow.position.in_(positions[first : first + _CHUNK])
        columns = select(EntryRow.position, EntryRow.commitment, DetailsRow.details)
        for row in session.execute(columns.join(DetailsRow, DetailsRow.position == EntryRow.position).where(wanted)):
            details = opening.details(log_keys, row, row.details)
            if not isinstance(details, Lost):
                found[row.position] = details.accessor
    return found


def _concerned(session: Session, positions: list[int]) -> list[int]:
    people = set[int]()
    for first in range(0, len(positions), _CHUNK):
        wanted = AboutRow.position.in_(positions[first : first + _CHUNK])
        people.update(session.scalars(select(AboutRow.person_id).where(wanted).distinct()))
    return sorted(people)


def _open(query: Any, is_open: ColumnElement[bool]) -> Any:
    # Outer: an access whose details were taken away waits all the same.
    outer = query.select_from(EntryRow).outerjoin(DetailsRow, DetailsRow.position == EntryRow.position)
    return outer.where(is_open)

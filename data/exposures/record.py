"""Exposures as the access log holds them: they open and close by what looks found, and nowhere else could say
otherwise. What names accounts stands in entries about nobody, so that no person's copy of the log names others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.database import lock
from data.errors import BadInput, Conflict
from data.exposures import exposure as rules
from data.exposures import handling, reading
from data.exposures.exposure import Accounts, Change, Exposure, Figures, Number, Open
from data.exposures.reading import Held
from data.incidents import record as incidents
from data.incidents.incident import Incident
from data.people.permissions import Permission, may, require
from data.people.tables import PersonRow
from data.people.viewer import Viewer
from data.sealing.vault import Vault


class Record(NamedTuple):
    """The exposures that somebody may read, newest first, and how many entries about exposures no longer open."""

    exposures: tuple[Exposure, ...]
    altered: int = 0


def observe(
    session: Session,
    vault: Vault,
    store: str,
    found: Sequence[Open],
    *,
    last_good: int | None,
    now: int,
    source: str = "",
    looked: Collection[str] | None = None,
    tables: Collection[str] | None = None,
) -> tuple[int, ...]:
    """Take in what a look at a store found open; the numbers of the exposures that are open now.

    What is in `found` opens an exposure from `last_good` on, or goes on; what was open and is not in it was found
    right, and closes at `now` (only places that `looked` names, when it does). Where the look went to `tables` and one
    that was open is not among them, nobody looks at that any more. A look that found nothing out (unknown) is not to be
    told at all. `source` names the audit that would have seen a read (the store's own name when left
    out). Raises BadInput when two findings are about one place. The same look twice adds nothing.
    """
    names = [one.place for one in found]
    if len(set(names)) < len(names):
        raise BadInput(f"{store}: one look tells of a place once; put what it found there together.")
    lock(session, log.LOCK)
    held = {(one.exposure.store, one.exposure.place): one for one in reading.every(session, vault, None)[0]}
    numbers: list[int] = []
    for one in found:
        before = held.get((store, one.place))
        people = _people(session, one)
        if before is None or not before.exposure.is_open:
            more = {"store": store, "source": source or store, "start": last_good}
            numbers.append(_open(session, vault, one, people, before, more, now))
        else:
            numbers.append(before.exposure.number)
            if before.state != rules.state_of(one, people) or before.exposure.unwatched is not None:
                _change(session, vault, before, one, people, now)
    for (place_of, place), before in held.items():
        is_right = place_of == store and place not in names and (looked is None or place in looked)
        if not is_right or not before.exposure.is_open:
            continue
        if tables is None or set(before.exposure.tables) <= set(tables):
            _end(session, vault, before, Change.CLOSED, now)
        elif before.exposure.unwatched is None:
            _end(session, vault, before, Change.UNWATCHED, now)
    return tuple(numbers)


def leave(session: Session, vault: Vault, store: str, now: int) -> None:
    """Nobody looks at a store any more: of what was open there it is not known from then on whether it is closed. A
    later look goes on with it, or finds it right."""
    lock(session, log.LOCK)
    for held in reading.every(session, vault, None)[0]:
        one = held.exposure
        if one.store == store and one.is_open and one.unwatched is None:
            _end(session, vault, held, Change.UNWATCHED, now)


def close(session: Session, viewer: Viewer, vault: Vault, number: int, reason: str) -> None:
    """Close what nobody looks at any more, for a reason that everybody concerned reads. Permission HANDLE_INCIDENTS.
    Raises as `handling.handled`, BadInput, and Conflict for what a look closes by itself, or has."""
    require(viewer, Permission.HANDLE_INCIDENTS)
    words = rules.words_of(reason)
    held = handling.handled(session, viewer, vault, number)
    if not held.exposure.is_open or held.exposure.unwatched is None:
        raise Conflict(f"Exposure {number} is looked at, or was found right; only a look closes it.")
    people = reading.concerned(session, held)
    _append(session, vault, viewer, number, Change.CLOSED, people, None, {"words": words})


def read(session: Session, viewer: Viewer, vault: Vault) -> Record:
    """The exposures that the viewer may read: all for whoever watches the programme, their own for others. Exact
    numbers of few people are the officers'."""
    require(viewer, Permission.READ_INCIDENTS)
    every, altered = reading.read(session, viewer, vault)
    found = [one.exposure for one in every]
    if not may(viewer, Permission.SEE_INCIDENTS):
        found, altered = [one for one in found if one.is_mine], 0
    return Record(tuple(reversed(found)), altered)


def figures(session: Session, viewer: Viewer, vault: Vault) -> Figures:
    """How many there were, for the whole company. Permission SEE_CONDUCT."""
    require(viewer, Permission.SEE_CONDUCT)
    found = [one.exposure for one in reading.every(session, vault, None)[0]]
    return Figures(
        total=len(found),
        open=sum(one.is_open and one.unwatched is None for one in found),
        unwatched=sum(one.unwatched is not None for one in found),
        again=sum(one.former is not None for one in found),
        unlinked=sum(one.incident is None for one in found),
    )


def still_open(session: Session, viewer: Viewer, vault: Vault, among: Iterable[Incident]) -> Mapping[int, int]:
    """Of those `among` incidents that the viewer was given to which a place belongs that is open now: the incident's
    number, and when a look found that place open. Permission READ_INCIDENTS."""
    belonging = _belonging(session, viewer, vault, among)
    return {number: one.seen for number, one in belonging if one.is_open and one.unwatched is None}


def unclosed(
    session: Session, viewer: Viewer, vault: Vault, among: Iterable[Incident]
) -> Mapping[int, tuple[int, ...]]:
    """Of those `among` incidents that the viewer was given to which exposures belong that are not closed, also those of
    which nobody knows whether they are: the incident's number, and theirs. Permission READ_INCIDENTS."""
    found: dict[int, tuple[int, ...]] = {}
    for number, one in _belonging(session, viewer, vault, among):
        if one.is_open:
            found[number] = (*found.get(number, ()), one.number)
    return found


def _belonging(session: Session, viewer: Viewer, vault: Vault, among: Iterable[Incident]) -> list[tuple[int, Exposure]]:
    """The exposures of each incident's places, also one that came back and that nobody linked yet."""
    require(viewer, Permission.READ_INCIDENTS)
    numbers = {one.number for one in among}
    found = [one.exposure for one in reading.every(session, vault, None)[0]]
    belongs = {(one.store, one.place): one.incident for one in found if one.incident in numbers}
    places = ((belongs.get((one.store, one.place)), one) for one in found)
    return [(number, one) for number, one in places if number is not None]


def correct(
    session: Session, viewer: Viewer, vault: Vault, number: int, *, start: int | None, end: int | None, reason: str
) -> None:
    """Give an exposure another span than the looks did (None: as it is), for a reason that everybody concerned reads,
    beside what stood there. Permission HANDLE_INCIDENTS. Raises as `handling.handled`, BadInput, Conflict."""
    require(viewer, Permission.HANDLE_INCIDENTS)
    words = rules.words_of(reason)
    held = handling.handled(session, viewer, vault, number)
    one, now = held.exposure, instants.now()
    wanted = one.start if start is None else start, one.end if end is None else end
    rules.check_correction(one, *wanted, now)
    more = {"words": words, "start": wanted[0], "end": wanted[1], "was": [one.start, one.end]}
    _append(session, vault, viewer, number, Change.CORRECTED, reading.concerned(session, held), None, more)


def link(session: Session, viewer: Viewer, vault: Vault, number: int, incident: int, reason: str) -> None:
    """Say which incident an exposure belongs to, and why. Whom the exposure concerns, the incident concerns too.
    Permission HANDLE_INCIDENTS. Raises as `handling.handled`, also where `incident` is about the viewer's looks,
    BadInput, and Conflict when it is closed and they are new."""
    require(viewer, Permission.HANDLE_INCIDENTS)
    words = rules.words_of(reason)
    held = handling.handled(session, viewer, vault, number)
    if held.exposure.incident == incident:
        raise Conflict(f"Exposure {number} belongs to incident {incident} already; nothing was changed.")
    found = incidents.handled(session, viewer, vault, incident)
    known = set(incidents.concerned(session, found))
    people = reading.concerned(session, held)
    if new := [one for one in people if one not in known]:
        said = f"Exposure {number} belongs to it: {words}"[: rules.LONGEST]
        incidents.widen(session, viewer, vault, found, incidents.Opening("", said, people=new))
    _append(session, vault, viewer, number, Change.LINKED, people, None, {"words": words, "incident": incident})


def accounts(session: Session, viewer: Viewer, vault: Vault, number: int) -> Accounts:
    """Who could and who may, by account. Permission HANDLE_INCIDENTS. Raises NotFound."""
    require(viewer, Permission.HANDLE_INCIDENTS)
    found = reading.lists(session, vault, reading.one(session, vault, number))
    owners = {one for one in found.audience.values() if one is not None}
    emails = session.execute(select(PersonRow.id, PersonRow.email)).all()
    return replace(found, owners={person: email for person, email in emails if person in owners})


def _open(
    session: Session,
    vault: Vault,
    one: Open,
    people: Sequence[int],
    before: Held | None,
    more: Mapping[str, object],
    now: int,
) -> int:
    number = reading.next_number(session, vault)
    former = None if before is None else before.exposure.number
    told = _told(session, vault, number, one, people, Accounts())
    scope = {"place": one.place, "former": former, **more, **told}
    _append(session, vault, None, number, Change.OPENED, people, now, scope)
    return number


def _change(session: Session, vault: Vault, before: Held, one: Open, people: Sequence[int], now: int) -> None:
    known = set(reading.concerned(session, before))
    new = [each for each in people if each not in known]
    number = before.exposure.number
    told = _told(session, vault, number, one, people, reading.lists(session, vault, before))
    told["concerned"] = len(known) + len(new)
    _append(session, vault, None, number, Change.CHANGED, new, now, told)


def _end(session: Session, vault: Vault, before: Held, change: Change, now: int) -> None:
    people = reading.concerned(session, before)
    _append(session, vault, None, before.exposure.number, change, people, now, {})


def _told(
    session: Session, vault: Vault, number: int, one: Open, people: Sequence[int], before: Accounts
) -> dict[str, Any]:
    """What an entry says of a look. The accounts go into one of their own, as far as they are new."""
    over = one.over
    union = {**before.audience, **over}
    # Apart from who may, which a person's card asks for: the list of who could can be of everybody.
    added = sorted([name, person] for name, person in over.items() if before.audience.get(name, "") != person)
    listed = [
        log.append(
            session,
            vault,
            action=Action.AUDIENCE,
            people=(),
            accessor=None,
            reason=None,
            scope={"exposure": number, **named},
            count=len(named),
        )
        for named in ({"added": added}, {"allowed": sorted(one.allowed)})
    ]
    now, ever = Number.of(over), Number.of(union)
    return {
        "tables": sorted(one.tables),
        "kinds": sorted(one.kinds),
        "present": [now.people, now.accounts],
        "audience": [ever.people, ever.accounts],
        "concerned": len(people),
        "narrowed": one.narrowed,
        "state": rules.state_of(one, people),
        "listed": listed,
    }


def _append(
    session: Session,
    vault: Vault,
    viewer: Viewer | None,
    number: int,
    change: Change,
    people: Sequence[int],
    at: int | None,
    more: Mapping[str, object],
) -> int:
    return log.append(
        session,
        vault,
        action=Action.EXPOSURE,
        people=people,
        accessor=viewer,
        reason=None,
        scope={"exposure": number, "event": change.value, **more},
        count=1,
        at=at,
    )


def _people(session: Session, one: Open) -> list[int]:
    if one.people is not None:
        return sorted(set(one.people))
    return list(session.scalars(select(PersonRow.id).order_by(PersonRow.id)))

"""Devices that may report: each gets a token of its own, shown once, and loses it when it is revoked.

Both are entries of the access log about the device's person. A token is 256 random bits, so its SHA-256 is as good as
any slower digest: nobody can try them all.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.accesses.log import Entry
from data.database import lock
from data.errors import BadInput, Conflict, NotFound
from data.people.permissions import Permission, require
from data.people.tables import PersonRow
from data.people.viewer import Viewer
from data.programme.device_tables import EnrolmentRow
from data.sealing.vault import Vault

LONGEST = 100  # characters of a name
# What a token begins with, so that whoever finds one in a file knows what it opens.
_MARK = "daylight-device-"
_LOCK = "device enrolments"
_CHUNK = 5_000


@dataclass(frozen=True)
class Token:
    """A device that was enrolled, with the token that only whoever enrolled it ever sees."""

    person_id: int
    number: int
    name: str
    token: str


@dataclass(frozen=True)
class Enrolment:
    """A device that may report, or could until `revoked_at`. Instants in microseconds UTC."""

    person_id: int
    email: str
    number: int
    name: str
    enrolled_at: int
    revoked_at: int | None


def enrol(session: Session, viewer: Viewer, vault: Vault, wanted: Sequence[tuple[int, str]]) -> tuple[Token, ...]:
    """Let devices report, each given as its person and the name that its captures carry. Permission ENROL_DEVICES.

    All or none: raises BadInput for a name that is none or is given twice, Conflict for a device that is enrolled.
    """
    require(viewer, Permission.ENROL_DEVICES)
    asked = [(person_id, name_of(name)) for person_id, name in wanted]
    if len(set(asked)) < len(asked):
        raise BadInput("A device is named twice; leave one out.")
    lock(session, _LOCK)
    numbers, live = _held(session, [person_id for person_id, _ in asked])
    now, found = instants.now(), list[Token]()
    for person_id, name in asked:
        if (person_id, name) in live:
            raise Conflict(f"{name!r} is enrolled already; revoke it first, and its token with it.")
        numbers[person_id] = number = numbers.get(person_id, 0) + 1
        found.append(Token(person_id, number, name, _MARK + secrets.token_urlsafe(32)))
    session.add_all(
        EnrolmentRow(
            person_id=one.person_id, number=one.number, name=one.name, digest=digest_of(one.token), enrolled_at=now
        )
        for one in found
    )
    log.extend(
        session, vault, [_entry(Action.DEVICE_ENROLLED, viewer, one.person_id, one.number, one.name) for one in found]
    )
    return tuple(found)


def revoke(session: Session, viewer: Viewer, vault: Vault, person_id: int, name: str) -> None:
    """End what a device's token is good for, at once, in every process. Permission ENROL_DEVICES; raises NotFound."""
    require(viewer, Permission.ENROL_DEVICES)
    lock(session, _LOCK)
    ended = session.execute(
        update(EnrolmentRow)
        .where(
            EnrolmentRow.person_id == person_id, EnrolmentRow.name == name.strip(), EnrolmentRow.revoked_at.is_(None)
        )
        .values(revoked_at=instants.now())
        .returning(EnrolmentRow.number, EnrolmentRow.name)
    ).all()
    if not ended:
        raise NotFound(f"No device {name.strip()[:LONGEST]!r} of this person is enrolled; list them to see its name.")
    log.extend(
        session, vault, [_entry(Action.DEVICE_REVOKED, viewer, person_id, number, name) for number, name in ended]
    )


def listed(session: Session, viewer: Viewer) -> tuple[Enrolment, ...]:
    """Every enrolment by person and number, the revoked too, and nothing of what devices say. Permission
    ENROL_DEVICES."""
    require(viewer, Permission.ENROL_DEVICES)
    query = (
        select(
            EnrolmentRow.person_id,
            PersonRow.email,
            EnrolmentRow.number,
            EnrolmentRow.name,
            EnrolmentRow.enrolled_at,
            EnrolmentRow.revoked_at,
        )
        .join(PersonRow, PersonRow.id == EnrolmentRow.person_id)
        .order_by(EnrolmentRow.person_id, EnrolmentRow.number)
    )
    return tuple(Enrolment(*row) for row in session.execute(query))


def digest_of(token: str) -> str:
    """What is kept of a token: its SHA-256 in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def name_of(text: str) -> str:
    """A device's name as it is kept. Raises BadInput for one that is empty, too long, or does not show as it is."""
    name = text.strip()
    if not 0 < len(name) <= LONGEST or not name.isprintable():
        raise BadInput(
            f"A device has a name of 1 to {LONGEST} plain characters, the one its captures carry; correct it."
        )
    return name


def _held(session: Session, people: Sequence[int]) -> tuple[dict[int, int], set[tuple[int, str]]]:
    """The largest number of each person, and the devices that are enrolled now."""
    numbers, live, everybody = dict[int, int](), set[tuple[int, str]](), sorted(set(people))
    for start in range(0, len(everybody), _CHUNK):
        mine = EnrolmentRow.person_id.in_(everybody[start : start + _CHUNK])
        most = select(EnrolmentRow.person_id, func.max(EnrolmentRow.number)).where(mine)
        for person_id, number in session.execute(most.group_by(EnrolmentRow.person_id)):
            numbers[person_id] = number
        named = select(EnrolmentRow.person_id, EnrolmentRow.name).where(mine, EnrolmentRow.revoked_at.is_(None))
        live |= {(person_id, name) for person_id, name in session.execute(named)}
    return numbers, live


def _entry(action: Action, viewer: Viewer, person_id: int, number: int, name: str) -> Entry:
    return Entry(action, (person_id,), viewer, None, {"device": name, "number": number}, 1)

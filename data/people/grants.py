"""Grants: who was given which role, and when it was taken back. Each is in the access log."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import not_, select, update
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.database import lock
from data.errors import BadInput, Conflict
from data.people import holding, person
from data.people.permissions import Permission, require
from data.people.tables import GrantRow, PersonRow
from data.people.viewer import GRANTABLE, Role, Viewer
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Grant:
    """One role of one person. `granted_at` in microseconds UTC."""

    person_id: int
    role: Role
    granted_at: int


def grant(session: Session, viewer: Viewer, vault: Vault, email: str, role: str) -> Grant:
    """Give a role. Permission MANAGE_PEOPLE. Raises NotFound, BadInput (no such role), Conflict (has it already)."""
    require(viewer, Permission.MANAGE_PEOPLE)
    wanted = _role(role)
    found = person.by_email(session, email)
    lock(session, f"grants {found.id}")
    if wanted in _granted(session, found.id):
        raise Conflict(f"{found.email} is {_article(wanted)} already; nothing was changed.")
    if found.left_at is not None and found.left_at <= instants.now():
        raise Conflict(f"{found.email} has left, as the roster says; nothing was changed.")
    at = _next(session, found.id, wanted)
    session.add(GrantRow(person_id=found.id, role=wanted.value, granted_at=at, revoked_at=None))
    session.flush()
    _record(session, vault, Action.GRANT, viewer, found.id, wanted)
    return Grant(found.id, wanted, at)


def revoke(session: Session, viewer: Viewer, vault: Vault, email: str, role: str) -> None:
    """Take a role back. It ends at once: roles are read again at each look.

    Permission MANAGE_PEOPLE. Raises NotFound, BadInput (no such role), Conflict (does not have it).
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    wanted = _role(role)
    found = person.by_email(session, email)
    lock(session, f"grants {found.id}")
    if wanted not in _granted(session, found.id):
        raise Conflict(f"{found.email} is not {_article(wanted)}; nothing was changed.")
    session.execute(
        update(GrantRow)
        .where(GrantRow.person_id == found.id, GrantRow.role == wanted.value, GrantRow.revoked_at.is_(None))
        .values(revoked_at=instants.now())
    )
    _record(session, vault, Action.REVOKE, viewer, found.id, wanted)


def of_who_left(session: Session) -> list[tuple[str, Role]]:
    """The roles that nobody took back from people who have left, with their e-mails."""
    rows = select(PersonRow.email, GrantRow.role).join(PersonRow, PersonRow.id == GrantRow.person_id)
    rows = rows.where(GrantRow.revoked_at.is_(None), not_(holding.standing())).order_by(PersonRow.email, GrantRow.role)
    return [(email, Role(name)) for email, name in session.execute(rows)]


def _granted(session: Session, person_id: int) -> frozenset[Role]:
    """The roles that nobody took back, whether the person is here or has left."""
    names = session.scalars(select(GrantRow.role).where(GrantRow.person_id == person_id, GrantRow.revoked_at.is_(None)))
    return frozenset(Role(name) for name in names)


def by_person(session: Session) -> dict[int, frozenset[Role]]:
    """Everybody's roles now, besides being an employee."""
    found: dict[int, frozenset[Role]] = {}
    for person_id, role in session.execute(select(GrantRow.person_id, GrantRow.role).where(holding.standing())):
        found[person_id] = found.get(person_id, frozenset()) | {Role(role)}
    return found


def _role(text: str) -> Role:
    for role in GRANTABLE:
        if role.value == text.strip().casefold():
            return role
    choices = ", ".join(role.value for role in GRANTABLE)
    raise BadInput(f"There is no role {text!r} to grant; choose one of {choices}.")


def _article(role: Role) -> str:
    return f"an {role.value}"


def _next(session: Session, person_id: int, role: Role) -> int:
    """Now, or just after the last grant of this role, should the clock have gone back since."""
    last = session.scalar(
        select(GrantRow.granted_at)
        .where(GrantRow.person_id == person_id, GrantRow.role == role.value)
        .order_by(GrantRow.granted_at.desc())
        .limit(1)
    )
    return instants.now() if last is None else max(instants.now(), last + 1)


def _record(session: Session, vault: Vault, action: Action, viewer: Viewer, person_id: int, role: Role) -> None:
    log.append(
        session,
        vault,
        action=action,
        people=[person_id],
        accessor=viewer,
        reason=None,
        scope={"role": role.value},
        count=1,
    )

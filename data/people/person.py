"""A person: somebody on the roster."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from data.database import lock
from data.errors import Conflict, NotFound
from data.people import holding
from data.people.permissions import Permission, require
from data.people.tables import DepartmentRow, GrantRow, PersonRow
from data.people.viewer import GRANTABLE, Role, Viewer


@dataclass(frozen=True)
class Person:
    """One employee. `jurisdiction` is a code of people/jurisdictions.py; `joined_at` microseconds UTC, and so is
    `left_at`: when the day began, or begins, on which they left; None where no roster names one."""

    id: int
    email: str
    name: str
    department: str
    manager_id: int | None
    jurisdiction: str
    joined_at: int
    left_at: int | None = None


def normal_email(email: str) -> str:
    """E-mails are compared without case and surrounding space."""
    return email.strip().casefold()


def by_email(session: Session, email: str) -> Person:
    """The person with this e-mail. Raises NotFound."""
    row = session.execute(_select().where(PersonRow.email == normal_email(email))).one_or_none()
    if row is None:
        raise NotFound(
            f"Nobody on the roster has the e-mail {email.strip()!r}; check the spelling or import the roster."
        )
    return Person(*row)


def by_id(session: Session, person_id: int) -> Person:
    """The person with this id. Raises NotFound."""
    row = session.execute(_select().where(PersonRow.id == person_id)).one_or_none()
    if row is None:
        raise NotFound(f"Nobody on the roster has the number {person_id}.")
    return Person(*row)


def listed(session: Session, viewer: Viewer) -> tuple[Person, ...]:
    """Everybody on the roster by e-mail. Permission MANAGE_PEOPLE."""
    require(viewer, Permission.MANAGE_PEOPLE)
    return tuple(Person(*row) for row in session.execute(_select().order_by(PersonRow.email)))


def viewer(session: Session, person: Person) -> Viewer:
    """The person as somebody who looks: an employee, with the roles they hold right now."""
    granted = session.scalars(select(GrantRow.role).where(GrantRow.person_id == person.id, holding.standing()))
    known = {role.value: role for role in GRANTABLE}
    roles = {known[name] for name in granted if name in known}
    return Viewer(person.id, frozenset({Role.EMPLOYEE, *roles}), person.name, person.email)


def bind_subject(session: Session, email: str, subject: str) -> Person:
    """The person who signed in as `subject` of the identity provider.

    The first sign-in is found by e-mail and binds the subject; later ones are found by the subject
    alone, so that an e-mail given to somebody else does not open this person's data. Raises NotFound
    when nobody on the roster fits, Conflict when the e-mail's person is bound to another subject.
    """
    lock(session, "bind subject")
    row = session.execute(_select().where(PersonRow.subject == subject)).one_or_none()
    if row is not None:
        return Person(*row)
    found = by_email(session, email)
    if session.scalar(select(PersonRow.subject).where(PersonRow.id == found.id)) is not None:
        raise Conflict(
            f"{found.email} already signs in with another account of the identity provider; ask an administrator."
        )
    session.execute(update(PersonRow).where(PersonRow.id == found.id).values(subject=subject))
    return found


def _select() -> Select[int, str, str, str, int | None, str, int, int | None]:
    return select(
        PersonRow.id,
        PersonRow.email,
        PersonRow.name,
        DepartmentRow.name,
        PersonRow.manager_id,
        PersonRow.jurisdiction,
        PersonRow.joined_at,
        PersonRow.left_at,
    ).join(DepartmentRow, DepartmentRow.id == PersonRow.department_id)

"""One single access: as the person it concerns reads it, and who was behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from data.accesses import entry, opening, teams
from data.accesses.details import Details
from data.accesses.entry import Reason
from data.accesses.opening import Lost
from data.accesses.purposes import Register
from data.accesses.tables import AboutRow, DetailsRow, EntryRow
from data.errors import NotFound
from data.looks import explanations, history, look
from data.looks.explanations import NOTHING
from data.looks.look import Look
from data.people.permissions import Permission, require
from data.people.person import normal_email
from data.people.tables import PersonRow
from data.people.viewer import Viewer
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Identity:
    """Who was behind an access, as far as the log knows: a person by `name` and `email`, or the `account` that the
    source named. `person_id` is set where it is known whose account that is; `guessed` when only because it is
    exactly somebody's e-mail address."""

    person_id: int | None
    name: str
    email: str
    account: str
    source: str
    automated: bool
    shared: bool
    guessed: bool = False

    @property
    def plain(self) -> str:
        """In words, with nothing that the log does not know."""
        named = f"{self.name} ({self.email})" if self.email else self.name
        if not self.account:
            return named or "nobody the log could name: the source recorded no login"
        what = "automated account" if self.automated else "login"
        login = f"the {'shared ' if self.shared else ''}{what} {self.account} ({self.source})"
        if named and self.guessed:
            return f"{login}, which is the e-mail address of {named}"
        if named:
            return f"{login}, which belongs to {named}"
        if self.automated:
            return f"{login}; the log holds no person behind it"
        return f"{login}; the log does not hold which person {'of several ' if self.shared else ''}used it"


def opened(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    position: int,
    *,
    reason: Reason | None = None,
    zone: tzinfo = UTC,
    register: Register | None = None,
) -> Look:
    """The access at `position` if it is one to this person's data. Permission SEE_ACCESSES; for somebody else's the
    look is itself logged, so the session must be a writing one. `register`: what teams were named, where the caller
    has read it in this transaction. Raises NotFound."""
    require(viewer, Permission.SEE_ACCESSES, person_id)
    found = _found(session, vault, position, person_id)
    if found is None or found[0].action not in entry.ACCESSES:
        raise NotFound(f"There is no access {position} to this person's data; check its number.")
    history.log_look(session, viewer, vault, person_id, reason, 1, access=position)
    told = explanations.of(session, opening.log_keys(session, vault), [position]).get(position, NOTHING)
    named = teams.register(session, vault) if register is None else register
    return look.opened(found[0], found[1], person_id, zone, told, named)


def identity(session: Session, vault: Vault, position: int) -> Identity | None:
    """Who was behind the access at `position`; None when that was altered or taken away.

    Nothing is asked or logged here: the caller decides who may know. Raises NotFound.
    """
    found = _found(session, vault, position, None)
    if found is None:
        raise NotFound(f"There is no access {position}; check its number.")
    row, details = found
    if isinstance(details, Lost):
        return None
    held = details.accessor
    number, account = held.get("person"), str(held.get("account", ""))
    person = session.get(PersonRow, number) if number is not None else None
    guessed = person is None and bool(account)
    if guessed:
        person = session.scalars(select(PersonRow).where(PersonRow.email == normal_email(account))).one_or_none()
    return Identity(
        person_id=number if person is None else person.id,
        # As they were called then; an account has only the name that the roster gives its person today.
        name=str(held.get("name", "")) or (person.name if person else ""),
        email=str(held.get("email", "")) or (person.email if person else ""),
        account=account,
        source=row.source,
        automated=bool(details.read["automated"]),
        shared=bool(details.read["shared"]),
        guessed=guessed and person is not None,
    )


def _found(
    session: Session, vault: Vault, position: int, person_id: int | None
) -> tuple[EntryRow, Details | Lost] | None:
    """The entry with its opened details, if it is about the person."""
    query: Select[Any, Any] = (
        select(EntryRow, DetailsRow)
        .outerjoin(DetailsRow, DetailsRow.position == EntryRow.position)
        .where(EntryRow.position == position)
    )
    if person_id is not None:
        query = query.join(AboutRow, AboutRow.position == EntryRow.position).where(AboutRow.person_id == person_id)
    rows = session.execute(query).one_or_none()
    if rows is None:
        return None
    row, beside = rows
    return row, opening.details(opening.log_keys(session, vault), row, beside and beside.details)

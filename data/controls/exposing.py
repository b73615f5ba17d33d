"""What follows from a look at who could read: an exposure opens, goes on or closes, without anybody's doing."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.controls.control import Name, Result, State
from data.controls.lifecycle import Standing
from data.controls.postgres.model import PUBLIC
from data.controls.probes import readers
from data.controls.surroundings import Surroundings, matched
from data.controls.watched import STORE, Watched
from data.exposures import record
from data.exposures.exposure import Open
from data.people.person import normal_email
from data.people.tables import DepartmentRow, PersonRow
from data.sealing.vault import Vault


def follow(
    session: Session,
    around: Surroundings,
    vault: Vault,
    name: Name,
    what: object,
    result: Result,
    at: int,
    before: Standing | None,
) -> None:
    """Take a look at `what`, which began at `at`, into the exposures; `before` is how its control stood until then.

    Only of who could read a database outside: in Daylight's own, captures lie sealed. A look that could not see says
    nothing, and leaves an exposure as it is. A table that is not looked at any more, as the file or the database does
    not have it by that name, was not found right.
    """
    if name.probe != readers.PROBE.key or not isinstance(what, Watched) or what.name == STORE:
        return
    if result.state is State.UNKNOWN or (before is not None and at <= before.at):
        return
    found = () if result.state is State.HOLDS else (_open(session, around, what, result),)
    last_good = before.good_at if before is not None and before.good_at else None
    looked = matched(around.reach(what), what)
    record.observe(session, vault, what.name, found, last_good=last_good, now=at, tables=looked)


def forget(session: Session, vault: Vault, name: Name, at: int) -> None:
    """What follows from a database that is not among what is looked at any more."""
    if name.probe == readers.PROBE.key:
        record.leave(session, vault, name.target, at)


def _open(session: Session, around: Surroundings, what: Watched, result: Result) -> Open:
    emails = dict(session.execute(select(PersonRow.email, PersonRow.id)).all())
    owners = {login: emails.get(normal_email(email)) for login, email in what.owners.items()}
    # Everybody who can connect is told by their logins; where there is none but those that may, by that.
    logins = result.audience - {PUBLIC} or result.audience
    reach = around.reach(what)
    may = readers.allowed(what, reach.catalog)
    return Open(
        what.name,
        tuple(sorted(result.tables)),
        {login: owners.get(login) for login in logins},
        may,
        what.kinds,
        _people(session, what, emails),
        reach.readers(result.tables, but=may).narrowed,
    )


def _people(session: Session, what: Watched, emails: dict[str, int]) -> frozenset[int] | None:
    """Whose captures lie there; everybody's where the file names somebody whom the roster does not: rather one told too
    many than one too few."""
    if what.department:
        query = select(PersonRow.id).join(DepartmentRow, DepartmentRow.id == PersonRow.department_id)
        return frozenset(session.scalars(query.where(DepartmentRow.name == what.department))) or None
    ids = {emails.get(normal_email(one)) for one in what.people}
    return frozenset(one for one in ids if one is not None) if ids and None not in ids else None

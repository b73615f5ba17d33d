"""A log to test with: entries by the hundred, and the people they are about."""

from __future__ import annotations

from sqlalchemy.orm import Session

from data.accesses import keys, log
from data.accesses.accessors import Outside, known_as
from data.accesses.details import Details, accessor_of
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.log import Entry
from data.accesses.tables import DetailsRow
from data.canonical import canonical
from data.database import Database
from data.people.viewer import Role, Viewer
from data.sealing.vault import Vault

ANA, BEN = 1, 2
OFFICER = Viewer(3, frozenset({Role.EMPLOYEE, Role.OFFICER}), "Olga", "olga@x.org")
AUDITOR = Viewer(4, frozenset({Role.EMPLOYEE, Role.AUDITOR}), "Abe", "abe@x.org")
JOB = Outside("svc-train", "service account", "AI", automated=True)
AT = 1_793_000_000_000_000


def own(person_id: int) -> Viewer:
    return Viewer(person_id, frozenset({Role.EMPLOYEE}), "Ana", "ana@x.org")


def looks(count: int, *, first: int = 0, now: bool = False) -> list[Entry]:
    """Looks at Ana and Ben in turn; every tenth is about both. `now`: made at the moment they are logged."""
    return [
        Entry(
            action=Action.READ,
            people=(ANA, BEN) if number % 10 == 9 else (1 + number % 2,),
            accessor=OFFICER if number % 3 else JOB,
            reason=Reason(Purpose.SUPPORT, f"T-{number}"),
            scope={"kinds": ["key"]},
            count=number,
            at=None if now else AT + number,
        )
        for number in range(first, first + count)
    ]


def fill(database: Database, vault: Vault, count: int, *, first: int = 0, now: bool = False) -> None:
    """Log that many looks in one transaction."""
    with database.writing() as session:
        log.extend(session, vault, looks(count, first=first, now=now))


def blame(session: Session, vault: Vault, position: int, person: Viewer) -> None:
    """What whoever has keyring and database does: the same details, sealed anew as those of somebody else's look."""
    log_keys, row = keys.make(session, vault), session.get_one(DetailsRow, position)
    held = Details.unpacked(log_keys.open_details(position, row.details))
    named = {"person": person.person_id, "name": person.name, "email": person.email}
    identity = canonical({**held.accessor, **named})
    row.details = log_keys.seal_details(position, held._replace(identity=identity).packed())
    row.accessor_id = person.person_id
    row.who = log_keys.digest(known_as(held.read["source"], accessor_of(identity)))

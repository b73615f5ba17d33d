"""Who looked, as the log keeps it: a person by role and team, or an account outside Daylight by what it may be called.

The name is kept apart from the rest (see details.py), so that it can be told by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from data import driver
from data.accesses import details
from data.accesses.keys import LogKeys
from data.canonical import canonical
from data.people.viewer import Role, Viewer

_TEAM = (
    "SELECT departments.name FROM departments JOIN people ON people.department_id = departments.id WHERE people.id = ?"
)
# Which of several roles an accessor is named by: the one that let them in.
_RANK = (Role.OFFICER, Role.OPERATOR, Role.AUDITOR, Role.ORGANIZER, Role.EMPLOYEE)


@dataclass(frozen=True)
class Outside:
    """An accessor that Daylight did not sign in: an account of a database, a cloud or a job. `person_id` where it is
    known whose account it is; `shared` when several people use it."""

    label: str
    role: str = ""
    team: str = ""
    automated: bool = False
    person_id: int | None = None
    shared: bool = False


@dataclass(frozen=True)
class Accessor:
    """What an entry keeps of one accessor. `identity` is canonical JSON; `who` equals for the same accessor and says
    nothing without the log's key; `told` is what the details say of it (see details.made)."""

    person_id: int | None
    role: str
    team: str
    account: str
    automated: bool
    shared: bool
    identity: bytes
    who: str
    told: Mapping[str, str]


@dataclass(frozen=True)
class Accessors:
    """The accessors of one batch of entries; each is looked up once."""

    session: Session
    keys: LogKeys
    _known: dict[tuple[str, Viewer | Outside | None], Accessor] = field(
        default_factory=dict[tuple[str, Viewer | Outside | None], Accessor]
    )

    def of(self, source: str, accessor: Viewer | Outside | None) -> Accessor:
        """What to keep of `accessor` in an entry of `source`."""
        found = self._known.get((source, accessor))
        if found is None:
            found = self._known[source, accessor] = self._made(source, accessor)
        return found

    def _made(self, source: str, accessor: Viewer | Outside | None) -> Accessor:
        if isinstance(accessor, Outside):
            account = accessor.label if accessor.automated else ""
            identity = {"person": accessor.person_id, "name": "", "email": "", "account": accessor.label}
            role, team, automated, shared = accessor.role, accessor.team, accessor.automated, accessor.shared
            person_id = accessor.person_id
        elif accessor is not None:
            identity = {
                "person": accessor.person_id,
                "name": accessor.name,
                "email": accessor.email,
                "account": "",
            }
            account = ""
            role, team, automated, shared = _role(accessor), self._team(accessor), False, False
            person_id = accessor.person_id
        else:
            identity, person_id = {}, None
            role = team = account = ""
            automated = shared = False
        known = known_as(source, identity)
        who = self.keys.digest(known) if known else ""
        said = {"role": role, "team": team, "account": account, "automated": automated, "shared": shared}
        told = {name: details.told(value) for name, value in said.items()}
        return Accessor(person_id, role, team, account, automated, shared, canonical(identity), who, told)

    def _team(self, accessor: Viewer) -> str:
        if accessor.person_id is None:
            return ""
        found = driver.run(self.session, _TEAM, (accessor.person_id,)).fetchone()
        return found[0] if found else ""


def known_as(source: str, identity: Mapping[str, Any]) -> str:
    """What is equal for the same accessor, from an entry's source and identity: a person is one in every system where
    it is known whose the account is, and an account is known in its own system. Empty where there is nobody."""
    if identity.get("person") is None and identity.get("account"):
        return f"{source}: {identity['account']}"
    return f"person {identity['person']}" if identity else ""


def _role(accessor: Viewer) -> str:
    return next((role.value for role in _RANK if role in accessor.roles), Role.EMPLOYEE.value)

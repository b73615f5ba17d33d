"""Who looked, as the log keeps it: a person by role and team, or an account outside Daylight by what it may be called.

The name is kept apart from the rest (see details.py), so that it can be told by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from data import driver
from data.accesses import details
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


class Accessor(NamedTuple):
    """What an entry keeps of one accessor. `identity` is canonical JSON; `known` is what is equal for the same accessor
    (see known_as); `told` is what the details say of it (see details.made)."""

    person_id: int | None
    role: str
    automated: bool
    identity: bytes
    known: str
    told: details.Told


@dataclass(frozen=True)
class Accessors:
    """The accessors of one batch of entries; each is looked up once."""

    session: Session
    _known: dict[tuple[str, Viewer | Outside | None], Accessor] = field(
        default_factory=dict[tuple[str, Viewer | Outside | None], Accessor]
    )

    def of(self, source: str, accessor: Viewer | Outside | None) -> Accessor:
        """What to keep of `accessor` in an entry of `source`."""
        found = self._known.get((source, accessor))
        if found is None:
            found = self._known[source, accessor] = _kept(source, accessor, self._team(accessor))
        return found

    def _team(self, accessor: Viewer | Outside | None) -> str:
        if not isinstance(accessor, Viewer):
            return "" if accessor is None else accessor.team
        if accessor.person_id is None:
            return ""
        found = driver.run(self.session, _TEAM, (accessor.person_id,)).fetchone()
        return found[0] if found else ""


@lru_cache(1024)
def _kept(source: str, accessor: Viewer | Outside | None, team: str) -> Accessor:
    """The same few people and jobs look again and again, from a team that is asked for each time."""
    if isinstance(accessor, Outside):
        account = accessor.label if accessor.automated else ""
        identity = {"person": accessor.person_id, "name": "", "email": "", "account": accessor.label}
        role, automated, shared = accessor.role, accessor.automated, accessor.shared
    elif accessor is not None:
        account = ""
        identity = {"person": accessor.person_id, "name": accessor.name, "email": accessor.email, "account": ""}
        role, automated, shared = _role(accessor), False, False
    else:
        identity, role, account, automated, shared = dict[str, Any](), "", "", False, False
    told = details.Told(*map(details.told, (role, team, account, automated, shared)))
    person_id = None if accessor is None else accessor.person_id
    return Accessor(person_id, role, automated, canonical(identity), known_as(source, identity), told)


def known_as(source: str, identity: Mapping[str, Any]) -> str:
    """What is equal for the same accessor, from an entry's source and identity: a person is one in every system where
    it is known whose the account is, and an account is known in its own system. Empty where there is nobody."""
    if identity.get("person") is None and identity.get("account"):
        return f"{source}: {identity['account']}"
    return f"person {identity['person']}" if identity else ""


def _role(accessor: Viewer) -> str:
    return next((role.value for role in _RANK if role in accessor.roles), Role.EMPLOYEE.value)

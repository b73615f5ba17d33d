"""Who is looking now."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What somebody may be here. Everybody on the roster is an employee; the rest come from grants.

    OPERATOR is whoever may run `python -m data` on the machine; nobody can be granted it or sign in as it.
    """

    EMPLOYEE = "employee"
    ORGANIZER = "organizer"
    OFFICER = "officer"
    AUDITOR = "auditor"
    OPERATOR = "operator"


GRANTABLE = (Role.OFFICER, Role.ORGANIZER, Role.AUDITOR)


@dataclass(frozen=True)
class Viewer:
    """A person with roles; `person_id` is None only for the operator at the command line. `proved_at` (microseconds
    UTC) is when they last proved to be it; None at the command line, where nobody signs in."""

    person_id: int | None
    roles: frozenset[Role]
    name: str = ""
    email: str = ""
    proved_at: int | None = field(default=None, compare=False)

    def is_person(self, person_id: int) -> bool:
        """Whether the viewer looks at themselves."""
        return self.person_id == person_id


OPERATOR = Viewer(person_id=None, roles=frozenset({Role.OPERATOR}), name="the operator of this server")

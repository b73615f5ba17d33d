"""The invented company of the stories: a few of the demo's people, so that its sign-in knows them. None of them
exists."""

from __future__ import annotations

from typing import NamedTuple

NAME = "Tidewater Instruments"
_DOMAIN = "tidewater.example"


class Employee(NamedTuple):
    """One invented person. `key` is their first name in small plain letters; `device` is what they work on."""

    key: str
    name: str
    address: str
    department: str
    jurisdiction: str
    role: str = ""
    device: str = ""

    @property
    def email(self) -> str:
        """The address that the roster has and the demo's sign-in knows."""
        return f"{self.address}@{_DOMAIN}"


PEOPLE = (
    Employee("amara", "Amara Okafor", "amara.okafor", "Engineering", "UK", device="AMARA-LAPTOP"),
    Employee("bjorn", "Björn Dahlgren", "bjorn.dahlgren", "Engineering", "DE", device="BJORN-LAPTOP"),
    Employee("farah", "Farah Haddad", "farah.haddad", "Engineering", "US-CA", device="FARAH-OLD-LAPTOP"),
    Employee("lukas", "Lukas Brandt", "lukas.brandt", "Sales", "DE", device="LUKAS-LAPTOP"),
    Employee("maya", "Maya Castellanos", "maya.castellanos", "Customer Support", "US-CA", device="MAYA-LAPTOP"),
    Employee("tomasz", "Tomasz Wiśniewski", "tomasz.wisniewski", "Customer Support", "DE", "organizer"),
    Employee("helena", "Helena Vasconcelos", "helena.vasconcelos", "People and Finance", "PT"),
    Employee("ingrid", "Ingrid Solheim", "ingrid.solheim", "People and Finance", "DE", "officer"),
    Employee("priya", "Priya Raman", "priya.raman", "People and Finance", "UK", "officer"),
    Employee("zoe", "Zoë Marchand", "zoe.marchand", "People and Finance", "DE", "auditor"),
)
_HEADS = {"Engineering": "amara", "Sales": "lukas", "Customer Support": "maya", "People and Finance": "helena"}


def named(key: str) -> Employee:
    """The one of this key."""
    return next(one for one in PEOPLE if one.key == key)


def roster() -> str:
    """The roster's file, as `people import` reads it."""
    lines = ["email,name,department,manager,jurisdiction"]
    for one in PEOPLE:
        head = named(_HEADS[one.department])
        above = head if head is not one else named("helena")
        manager = "" if above is one else above.email
        lines.append(f"{one.email},{one.name},{one.department},{manager},{one.jurisdiction}")
    return "".join(f"{line}\n" for line in lines)

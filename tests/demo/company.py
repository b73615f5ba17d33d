"""The invented company: the sixty people whom the demo tells of, in four departments, on sites under three laws; nobody
here exists. workforce.py has everybody else who works there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

NAME = "Tidewater Instruments"
DOMAIN = "tidewater.example"


@dataclass(frozen=True)
class Site:
    """Where people work; `jurisdiction` is as the roster writes it."""

    city: str
    zone: ZoneInfo
    jurisdiction: str


@dataclass(frozen=True)
class Employee:
    """One invented person. `pace` scales how much is captured; `since` and `until` are days before the last one;
    `boss` is the manager's address, where company.manager does not say."""

    number: int
    name: str
    department: str
    head: bool
    site: Site
    roles: tuple[str, ...] = ()
    pace: float = 0.3
    since: int = 60
    until: int = 0
    boss: str = ""

    @property
    def email(self) -> str:
        """First and last name in plain letters, e.g. lukasz.zielinski@tidewater.example."""
        return f"{plain(self.name).lower().replace(' ', '.')}@{DOMAIN}"

    @property
    def subject(self) -> str:
        """What the identity provider calls the person: on purpose not the e-mail address."""
        return f"tidewater-{self.number:03d}"


_LONDON = Site("London", ZoneInfo("Europe/London"), "UK")
_BERLIN = Site("Berlin", ZoneInfo("Europe/Berlin"), "DE")
_LISBON = Site("Lisbon", ZoneInfo("Europe/Lisbon"), "PT")
_OAKLAND = Site("Oakland", ZoneInfo("America/Los_Angeles"), "US-CA")
SITES = (_LONDON, _BERLIN, _OAKLAND, _LISBON)

_PEOPLE = {
    "Engineering": """Amara Okafor, Björn Dahlgren, Chen Yuting, Daniela Ferreira, Efe Yıldız, Farah Haddad, Gonçalo
        Teixeira, Hana Kobayashi, Imran Qureshi, Jelena Petrović, Kwame Mensah, Léa Fontaine, Mateo
        Villanueva, Nadia Rahimi, Oskar Lindqvist, Pilar Santamaría, Ravi Subramanian, Siobhán Gallagher,
        Tuan Nguyen, Ximena Robles""",
    "Sales": """Lukas Brandt, Aisha Bello, Carlos Mendonça, Dorota Kamińska, Emeka Nwosu, Freja Mikkelsen, Giulia
        Marchetti, Henrik Aalto, Isabel Novak, Jamal Edwards, Keiko Matsuda, Liam O'Connell, Marisol Reyes,
        Noor Al-Sayed""",
    "Customer Support": """Maya Castellanos, Tomasz Wiśniewski, Beatriz Lopes, Chidi Eze, Dilan Kaya, Elif Şahin,
        Fatou Diallo,
        Georgi Ivanov, Hye-jin Park, Ilse van der Berg, João Pacheco, Katarzyna Zając, Leilani Kahale, Minh
        Tran, Olivia Hartmann, Paolo Conti""",
    "People and Finance": """Helena Vasconcelos, Ingrid Solheim, Priya Raman, Zoë Marchand, Yusuf Demir,
        Agnieszka Nowicka, Bruno Carvalho, Clara Weiß, Deepa Iyer, Søren Østergaard""",
}
_ROLES = {
    "Ingrid Solheim": ("officer",),
    "Priya Raman": ("officer",),
    "Tomasz Wiśniewski": ("organizer",),
    "Zoë Marchand": ("auditor",),
}
_SITES = {
    "Amara Okafor": _LONDON,
    "Lukas Brandt": _BERLIN,
    "Maya Castellanos": _OAKLAND,
    "Ingrid Solheim": _BERLIN,
    "Priya Raman": _LONDON,
}
# The people the demo tells about have whole days; a few others show what a page says about little or nothing.
_PACE = {"Amara Okafor": 1.0, "Lukas Brandt": 0.9, "Maya Castellanos": 0.8, "Tomasz Wiśniewski": 0.5}
_SINCE = {"Deepa Iyer": -1, "Minh Tran": 12, "Ximena Robles": 25}  # -1: nothing was captured yet
_UNTIL = {"Kwame Mensah": 11, "Marisol Reyes": 30}  # the laptop has been silent since

# A second employer's address: the provider knows it, the roster does not.
STRANGER = ("tidewater-900", f"guest@{DOMAIN}", "Guest without a place on the roster")

# Who is worth signing in as first, and why.
GUIDE = (
    ("Amara Okafor", "an engineer in London, with a full picture"),
    ("Maya Castellanos", "support in Oakland, under California's law"),
    ("Lukas Brandt", "sales in Berlin, under the GDPR"),
    ("Deepa Iyer", "new: nothing was captured yet"),
    ("Ingrid Solheim", "privacy officer"),
    ("Priya Raman", "the other privacy officer (nobody decides their own request)"),
    ("Tomasz Wiśniewski", "organizer, a worker representative"),
    ("Zoë Marchand", "auditor"),
)


@cache
def people() -> tuple[Employee, ...]:
    """The sixty, in a fixed order; the first of each department heads it."""
    return tuple(_numbered())


def named(name: str) -> Employee:
    """The employee called so."""
    return next(one for one in people() if one.name == name)


def manager(one: Employee) -> str:
    """The manager's e-mail address: the department's head, and for heads that of People and Finance, who has none."""
    heads = {other.department: other for other in people() if other.head}
    if one.boss:
        return one.boss
    if not one.head:
        return heads[one.department].email
    return "" if one.department == "People and Finance" else heads["People and Finance"].email


def plain(text: str) -> str:
    """Latin letters without marks, e.g. Wiśniewski -> Wisniewski."""
    text = text.translate(str.maketrans({"ø": "o", "Ø": "O", "ı": "i", "ł": "l", "ß": "ss", "'": ""}))
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _numbered() -> Iterator[Employee]:
    number = 0
    for department, names in _PEOPLE.items():
        for place, name in enumerate(" ".join(part.split()) for part in names.split(",")):
            number += 1
            yield Employee(
                number=number,
                name=name,
                department=department,
                head=place == 0,
                site=_SITES.get(name, SITES[number % len(SITES)]),
                roles=_ROLES.get(name, ()),
                pace=_PACE.get(name, 0.1 + 0.03 * (number % 5)),
                since=_SINCE.get(name, 60),
                until=_UNTIL.get(name, 0),
            )

"""The invented access history: what other systems' audits say about who opened people's data, ordinary and odd."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from data import instants
from tests.demo.company import Employee, named
from tests.demo.workday import SPAN

WAREHOUSE = "warehouse audit"
LAKE = "object store audit"


@dataclass(frozen=True)
class Account:
    """Who opened something, as the other system knows them."""

    name: str
    role: str
    team: str


@dataclass(frozen=True)
class Opened:
    """One access as another system recorded it; `people` are e-mail addresses."""

    at: int
    source: str
    action: str
    who: Account
    purpose: str
    ticket: str
    people: tuple[str, ...]
    count: int
    scope: dict[str, object]
    observed: bool = False  # an audit saw it; whoever looked said nothing


_IT = Account("t.bianchi", "engineer", "IT Support")
_PLATFORM = Account("r.okonkwo", "engineer", "Data Platform")
_SECURITY = Account("s.lindgren", "engineer", "Security")
_ADS = Account("k.baumann", "analyst", "Advertising")
_NIGHT = Account("d.farrow", "engineer", "Data Platform")


@dataclass(frozen=True)
class Recorded:
    """`source` was recording from `start` to `end` (microseconds UTC; None: it still is); `why` says why it stopped."""

    source: str
    start: int
    end: int | None
    why: str = ""


def coverage(until: int) -> tuple[Recorded, ...]:
    """The warehouse's audit with an hour of maintenance and a day lost; the object store's began half-way."""
    day = instants.day_of(until)
    return (
        Recorded(WAREHOUSE, _clock(day, SPAN, 0), _clock(day, 23, 20), "the audit was switched off for a migration"),
        Recorded(WAREHOUSE, _clock(day, 22, 17.5), _clock(day, 9, 4), "maintenance"),
        Recorded(WAREHOUSE, _clock(day, 9, 5), None),
        Recorded(LAKE, _clock(day, 28, 9), None),
    )


def accesses(people: Sequence[Employee], until: int, seed: int) -> tuple[Opened, ...]:
    """Everything before `until`, ascending; only while its source was recording, and about people there was data of."""
    draw = random.Random(f"{seed}/accesses")
    day = instants.day_of(until)
    spans = coverage(until)
    found = [
        *_training(people, day, draw),
        *_checks(people, day, draw),
        *_support(people, day, draw),
        *_odd(people, day),
    ]
    known = {one.email for one in people}
    found = [replace(one, people=tuple(email for email in one.people if email in known)) for one in found]
    seen = (one for one in found if one.people and one.at < until and _covered(one, spans))
    return tuple(sorted(seen, key=lambda one: (one.at, one.who.name, one.people)))


def _training(people: Sequence[Employee], day: date, draw: random.Random) -> Iterator[Opened]:
    """The job the programme exists for: every Tuesday night it reads most people's clicks and keys."""
    who = Account("svc-trainer", "service", "Machine Learning")
    for back in range(SPAN - 1, -1, -1):
        if (day - timedelta(days=back)).weekday() == 1:
            read = tuple(one.email for one in people if one.since > back and draw.random() < 0.8)
            at, count = _clock(day, back, 1.5), draw.randint(20_000, 90_000)
            scope: dict[str, object] = {"kinds": ["click", "key", "screen"]}
            yield Opened(at, WAREHOUSE, "train", who, "training", f"RUN-{4200 - back}", read, count, scope)


def _checks(people: Sequence[Employee], day: date, draw: random.Random) -> Iterator[Opened]:
    """A quality check of a sample, most weeks."""
    who = Account("quality-sampler", "service", "Data Platform")
    for back in range(SPAN - 3, 0, -6):
        sample = tuple(one.email for one in draw.sample(list(people), min(9, len(people))) if one.since > back)
        at, count = _clock(day, back, 10 + draw.random() * 5), draw.randint(400, 2_000)
        yield Opened(at, WAREHOUSE, "query", who, "quality", "", sample, count, {"kinds": ["window"]})


def _support(people: Sequence[Employee], day: date, draw: random.Random) -> Iterator[Opened]:
    """Single looks by named colleagues, with a ticket."""
    for back in range(SPAN - 2, 0, -2):
        one = draw.choice(list(people))
        who, purpose = draw.choice(((_IT, "support"), (_PLATFORM, "support"), (_SECURITY, "security")))
        source, ticket = draw.choice((WAREHOUSE, WAREHOUSE, LAKE)), f"HELP-{draw.randint(1000, 9999)}"
        at, count = _clock(day, back, 9 + draw.random() * 7), draw.randint(5, 300)
        scope: dict[str, object] = {"kinds": [draw.choice(("window", "screen", "idle"))]}
        if one.since > back:
            yield Opened(at, source, "read", who, purpose, ticket, (one.email,), count, scope)


def _odd(people: Sequence[Employee], day: date) -> Iterator[Opened]:
    """What somebody will want to ask about: a Sunday night, a manager without a reason, one copy of everybody."""
    amara, lukas, maya = (named(name).email for name in ("Amara Okafor", "Lukas Brandt", "Maya Castellanos"))
    helena, tomasz = named("Helena Vasconcelos").email, named("Tomasz Wiśniewski").email
    sunday = 5 + (day - timedelta(days=5)).isoweekday() % 7  # days back to the last Sunday five or more days ago
    typed: dict[str, object] = {"kinds": ["key"], "apps": ["Element"]}
    yield Opened(_clock(day, sunday, 2.8), WAREHOUSE, "read", _NIGHT, "none", "", (amara,), 1_873, typed, True)
    boss = Account(helena, "manager", "People and Finance")
    days: dict[str, object] = {"kinds": ["window", "idle"]}
    yield Opened(_clock(day, 4, 16.2), WAREHOUSE, "query", boss, "none", "", (amara, tomasz), 96, days)
    everybody = tuple(one.email for one in people if one.since > 17)
    extract = Account("svc-extract-tmp", "service", "")
    yield Opened(_clock(day, 17, 23.4), WAREHOUSE, "copy", extract, "none", "", everybody, 1_204_311, {}, True)
    seen: dict[str, object] = {"kinds": ["screen", "window"]}
    yield Opened(_clock(day, 12, 11.1), LAKE, "copy", _SECURITY, "security", "SEC-311", (lukas,), 4_410, seen)
    # A reason that is others' to have: the story names whose it is.
    windows: dict[str, object] = {"kinds": ["window"]}
    yield Opened(_clock(day, 6, 13.3), WAREHOUSE, "query", _ADS, "quality", "", (amara, lukas), 220, windows)
    pictures: dict[str, object] = {"kinds": ["screen"]}
    yield Opened(_clock(day, 3, 15.6), LAKE, "read", _IT, "support", "HELP-8812", (maya, amara), 41, pictures)


def _covered(one: Opened, spans: Sequence[Recorded]) -> bool:
    return any(span.source == one.source and span.start <= one.at < (span.end or one.at + 1) for span in spans)


def _clock(day: date, back: int, hours: float) -> int:
    """`hours` after the UTC midnight that lies `back` days before `day`."""
    return instants.parse(datetime.combine(day - timedelta(days=back), time()).isoformat()) + int(hours * instants.HOUR)

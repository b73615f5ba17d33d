"""What the invented company's people have on their screens and type: apps, titles and sentences, by department."""

from __future__ import annotations

import random
from dataclasses import dataclass

PLACES = ("Rotterdam", "Gdańsk", "Porto", "Aarhus", "Oakland", "Bilbao", "Trieste", "Malmö")
CLIENTS = (
    "Halvorsen Shipping",
    "Porto do Norte",
    "Baltic Pilots",
    "Greyfriars Dredging",
    "Ōsaka Harbour",
    "Meridian Cables",
)
PARTS = ("tide gauge", "buoy firmware", "sonar driver", "chart export", "alarm service", "login page", "sync queue")


@dataclass(frozen=True)
class App:
    """A program: its windows' titles and what is typed there, with places for words; how often, and for how long."""

    name: str
    titles: tuple[str, ...]
    lines: tuple[str, ...]
    typing: float
    clicking: float
    scrolling: float
    minutes: float


CODE = App(
    "Code",
    ("{part}.py — tidewater", "test_{word}.py — tidewater", "README.md — tidewater", "{word}.yaml — deploy"),
    (
        "def read_{word}(path):",
        "    return [row for row in rows if row.level > limit]",
        "# the {part} drops a reading when the clock goes back",
        "assert gauge.level == 4.2",
        "for sample in samples:",
        "raise ValueError('no reading from {place}')",
    ),
    2.2,
    0.8,
    1.4,
    9,
)
TERMINAL = App(
    "Terminal",
    ("~/src/tidewater — zsh", "ssh gauge-{number} — zsh", "make test"),
    (
        "git commit -m 'Fix the {part}'",
        "git pull --rebase",
        "make test",
        "ssh gauge-{number}",
        "tail -f {word}.log",
        "ls -la",
    ),
    1.6,
    0.2,
    0.5,
    4,
)
BROWSER = App(
    "Firefox",
    (
        "{part} · Issue #{number} — Mozilla Firefox",
        "{client} — search — Mozilla Firefox",
        "Tide tables {place} — Mozilla Firefox",
        "Pull request #{number} — Mozilla Firefox",
        "Company handbook: time off — Mozilla Firefox",
    ),
    (
        "{client} opening hours",
        "how to rotate {part} logs",
        "train {place} tomorrow 7:40",
        "{word} example",
        "weather {place}",
    ),
    0.6,
    1.6,
    2.6,
    5,
)
PRIVATE = App(
    "Firefox",
    (
        "Online banking — Mozilla Firefox",
        "Dr. {surname} — book an appointment — Mozilla Firefox",
        "Flats to rent in {place} — Mozilla Firefox",
        "Your union: frequently asked questions — Mozilla Firefox",
    ),
    (
        "appointment with dr {surname} on tuesday",
        "sick leave how many days",
        "am i allowed to join a union",
        "flat {place} 2 rooms",
    ),
    0.8,
    1.4,
    2.0,
    3,
)
MAIL = App(
    "Thunderbird",
    (
        "Inbox — Thunderbird",
        "Re: {client} offer — Thunderbird",
        "Re: {part} — Thunderbird",
        "Write: minutes of {weekday} — Thunderbird",
    ),
    (
        "Dear team at {client}, thank you for your patience.",
        "The {part} is on its way to {place} and arrives on {weekday}.",
        "Could you send me the figures before {weekday}, please?",
        "Best wishes, and say hello to {first}.",
        "I attach the corrected offer, number {number}.",
    ),
    1.8,
    1.1,
    1.2,
    6,
)
CHAT = App(
    "Element",
    ("Element | #{department}", "Element | {first}", "Element | #lunch"),
    (
        "on it, five minutes",
        "{first}, have you seen the {part}?",
        "lunch at half past twelve?",
        "my back hurts, I will work from home on {weekday}",
        "he asked me again why I was away from my desk",
        "thanks! 🙏",
        "can we move the meeting to {weekday}",
    ),
    1.5,
    0.9,
    0.9,
    3,
)
SHEET = App(
    "LibreOffice Calc",
    (
        "budget {number}.ods — LibreOffice Calc",
        "forecast {place}.ods — LibreOffice Calc",
        "salaries draft.ods — LibreOffice Calc",
    ),
    ("=SUM(C2:C{number})", "{client}", "{number},50", "paid on {weekday}"),
    1.2,
    1.8,
    1.5,
    8,
)
WRITER = App(
    "LibreOffice Writer",
    ("offer {client}.odt — LibreOffice Writer", "minutes {weekday}.odt — LibreOffice Writer"),
    (
        "{client} wishes to replace the {part} in {place} by the end of the quarter.",
        "We agreed to look at it again on {weekday}.",
        "The price includes delivery to {place} and two days on site.",
    ),
    1.9,
    0.8,
    1.0,
    8,
)
DESK = App(
    "Helpdesk",
    ("Ticket {number}: {part} — Helpdesk", "My queue — Helpdesk", "Ticket {number}: {client} — Helpdesk"),
    (
        "Hello {first}, I am sorry for the trouble with the {part}.",
        "Please switch the gauge off, wait ten seconds and switch it on again.",
        "I have passed ticket {number} on to the engineers in {place}.",
        "Is it working again?",
    ),
    2.0,
    1.5,
    1.3,
    6,
)
CRM = App(
    "Ledger CRM",
    ("{client} — Ledger CRM", "Pipeline — Ledger CRM", "Call notes {client} — Ledger CRM"),
    ("called {first} at {client}, interested in {part}", "follow up on {weekday}", "discount {number} refused"),
    1.4,
    1.7,
    1.6,
    6,
)
MEETING = App(
    "Jitsi Meet",
    ("Stand-up — Jitsi Meet", "{client} call — Jitsi Meet", "1:1 with {first} — Jitsi Meet"),
    ("ok", "brb"),
    0.04,
    0.1,
    0.0,
    30,
)

# How often each app comes up, by department.
DAYS: dict[str, tuple[tuple[App, float], ...]] = {
    "Engineering": ((CODE, 5), (TERMINAL, 4), (BROWSER, 3), (CHAT, 3), (MAIL, 1), (PRIVATE, 0.3)),
    "Sales": ((CRM, 5), (MAIL, 4), (CHAT, 2), (WRITER, 2), (BROWSER, 2), (SHEET, 1), (PRIVATE, 0.3)),
    "Customer Support": ((DESK, 7), (CHAT, 3), (BROWSER, 2), (MAIL, 2), (PRIVATE, 0.3)),
    "People and Finance": ((SHEET, 5), (MAIL, 4), (WRITER, 2), (CHAT, 2), (BROWSER, 2), (PRIVATE, 0.3)),
}

_FIRST = (
    "Ana",
    "Farid",
    "Greta",
    "Henk",
    "Inês",
    "Jun",
    "Kofi",
    "Mirjam",
    "Noah",
    "Olga",
    "Pär",
    "Rosa",
    "Sami",
    "Tess",
)
_SURNAMES = ("Almeida", "Becker", "Cohen", "Duarte", "Engel")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_WORDS = ("levels", "harbour", "beacon", "chart", "drift", "anchor", "current", "tidal")


def phrase(pattern: str, draw: random.Random, department: str) -> str:
    """The pattern with its places filled, e.g. "Re: {client} offer" -> "Re: Baltic Pilots offer"."""
    return pattern.format(
        place=draw.choice(PLACES),
        client=draw.choice(CLIENTS),
        part=draw.choice(PARTS),
        first=draw.choice(_FIRST),
        surname=draw.choice(_SURNAMES),
        weekday=draw.choice(_WEEKDAYS),
        word=draw.choice(_WORDS),
        number=draw.randint(11, 999),
        department=department.lower().replace(" ", "-"),
    )

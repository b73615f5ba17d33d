"""Five quarters of the programme before the sixty's own two months: who joined, what was captured of a few others, what
they asked for, who looked where they should not, and two tables that stood open.

All of it comes in as it would: by the command line, under the clock of its day. Only the exposures are told to the
product as its probe would tell them, as no probe can look at a database that does not exist.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import select

from data import instants
from data.captures.schema import SCHEMA, Kind
from data.exposures import record
from data.exposures.exposure import Open
from data.people.tables import PersonRow
from data.scenarios import clock
from data.settings import Settings
from data.statistics.people import method
from data.store import open_store
from tests.demo import generate, history, opting
from tests.demo.company import Employee
from tests.demo.story import Ask

BEGAN = 470  # days before the last one
JOINED = (380, 290, 200, 110)  # days before the last one; the roster was imported again, with a few people more
CAPTURED = (300, 70)  # from when to when a few others were captured, in days before the last one; retention spares it
_FEWEST = 3  # requests a quarter, where few people are loaded
_OFFICER = "ingrid.solheim@tidewater.example"
_STORE, _PLACE = "capture warehouse", "captures table"
_APPS = ("Firefox", "Thunderbird", "Ledger CRM", "Helpdesk")
# Days before the last one, how long, in which departments, and who could look meanwhile besides whoever may.
_OPEN = ((331, 3, ("Engineering",), 14), (213, 6, ("Sales", "Customer Support"), 41))


@dataclass(frozen=True)
class Past:
    """The past of a store that is being made, for those of `others` beside the `cast`, up to `until` (microseconds
    UTC)."""

    ask: Ask
    store: Path
    clear: Path
    cast: Sequence[Employee]
    others: Sequence[Employee]
    until: int

    @property
    def began(self) -> int:
        """When the programme, and the store, began."""
        return self.until - BEGAN * instants.DAY

    def joined(self, at: int) -> list[Employee]:
        """Those of the others who work there at `at`: most from the beginning, some since one of JOINED."""
        return [one for one in self.others if self.until - _since(one) * instants.DAY <= at]

    def tell(self) -> None:
        """Everything after the beginning, in its order."""
        if not self.others:
            return
        happenings = [*self._rosters(), *self._requests(), *self._exposures()]
        if len(self.others) >= method.SMALLEST:
            happenings += opting.waves(self.store, self.others)
        for back, happen in sorted(happenings, key=lambda one: -one[0]):
            with clock.set_to(self.until - round(back * instants.DAY)):
                happen()
        for path, one in self._captured():
            self.ask("import", "captures", str(path), "--person", one.email)
        self.ask("import", "accesses", str(self._looks()))
        if len(self.others) >= method.SMALLEST:
            opting.draw(self.ask, self.store, self.began, self.until)

    def _rosters(self) -> Iterator[tuple[float, Callable[[], object]]]:
        for back in JOINED:
            staff = [*self.cast, *self.joined(self.until - back * instants.DAY)]

            def join(staff: Sequence[Employee] = staff) -> None:
                self.ask("people", "import", str(generate.write_roster(self.clear, staff)))

            yield back, join

    def _requests(self) -> Iterator[tuple[float, Callable[[], object]]]:
        """More in each quarter than in the one before; each answered within days, and one in five refused."""
        draw, asked = random.Random(f"{generate.SEED}/requests"), set[str]()
        for quarter, first in enumerate((440, 350, 260, 170, 80)):
            staff = [one for one in self.others if _since(one) > first and one.email not in asked]
            people = draw.sample(staff, max(_FEWEST, (6 + 3 * quarter) * len(self.others) // 580))
            asked |= {one.email for one in people}
            for number, one in enumerate(people):
                kind = "objection" if number % 2 else "erasure"
                back = first - draw.random() * 25
                yield from self._request(kind, one, back, is_refused=number % 5 == 2)

    def _request(
        self, kind: str, one: Employee, back: float, *, is_refused: bool
    ) -> Iterator[tuple[float, Callable[[], object]]]:
        told: dict[str, str] = {}

        def ask() -> None:
            what = ("--app", "Firefox", "--text", "What I read is mine.") if kind == "objection" else ("--kind", "key")
            told["id"] = str(self.ask("request", kind, "--person", one.email, "--as", one.email, *what)["id"])

        def decide() -> None:
            refuse = ("refuse", "--ground", "legal_claims", "--reason", "A dispute is pending in which we need this.")
            approve = ("approve", "--reason", "You asked, and nothing speaks against it.")
            self.ask("request", "decide", told["id"], *(refuse if is_refused else approve), "--as", _OFFICER)

        yield back, ask
        yield back - 4, decide
        if kind == "erasure" and not is_refused:
            yield back - 6, lambda: self.ask("request", "run", told["id"])

    def _exposures(self) -> Iterator[tuple[float, Callable[[], object]]]:
        for back, length, departments, many in _OPEN:
            emails = [one.email for one in self.others if one.department in departments and _since(one) >= back]
            yield back, lambda emails=emails, many=many: self._look(emails, many)
            yield back - length, lambda: self._look([], 0)

    def _look(self, emails: Sequence[str], many: int) -> None:
        """What a probe found: `many` accounts, of people and of nobody known, that could read captures of `emails`."""
        store, now = open_store(Settings.from_environment(store=str(self.store))), instants.now()
        with store.database.writing() as session:
            people = list(
                session.scalars(select(PersonRow.id).where(PersonRow.email.in_(emails)).order_by(PersonRow.id))
            )
            audience = {f"account_{number}": None if number % 3 else number + 1 for number in range(many)}
            found = [Open(_PLACE, ("public.captures",), audience, people=people)] if emails else []
            last_good = now - 15 * instants.MINUTE
            record.observe(session, store.vault, _STORE, found, last_good=last_good, now=now, source=history.WAREHOUSE)

    def _captured(self) -> Iterator[tuple[Path, Employee]]:
        """A file for each of the others of whom anything was captured: a few windows and clicks of one hour."""
        for one in self.others:
            draw = random.Random(f"{generate.SEED}/few/{one.number}")
            if draw.random() < _SHARE[one.department]:
                path = self.clear / f"few-{one.number}.parquet"
                first = max(min(CAPTURED[0], _since(one) - 5), CAPTURED[1])
                rows = list(_hour(self.until - draw.randint(CAPTURED[1], first) * instants.DAY, draw))
                pq.write_table(pa.Table.from_pylist(rows, SCHEMA), path)
                yield path, one

    def _looks(self) -> Path:
        """What the warehouse's audit recorded then: a training job, and a few who had no business there."""
        draw = random.Random(f"{generate.SEED}/earlier")
        end = self.until - (history.SPAN + 1) * instants.DAY
        lines: list[dict[str, object]] = [
            {"coverage": history.WAREHOUSE, "start": instants.iso(self.began), "end": instants.iso(end), "why": _MOVED}
        ]
        for number, back in enumerate(range(BEGAN - 20, history.SPAN + 10, -22)):
            staff = self.joined(self.until - back * instants.DAY)
            who = _WHO[number % len(_WHO)]
            some = draw.sample(staff, 4 + 9 * (number % len(_WHO)))
            lines.append(
                {
                    "at": instants.iso(self.until - back * instants.DAY),
                    "source": history.WAREHOUSE,
                    "action": "query",
                    **who,
                    "people": [one.email for one in some],
                    "count": draw.randint(20, 900),
                    "scope": {},
                }
            )
        path = self.clear / "earlier.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return path


# Of most of them nothing: each that is imported takes as long as any other import.
_SHARE = {"Engineering": 0.36, "Sales": 0.26, "Customer Support": 0.3, "People and Finance": 0.16, "Operations": 0.12}
_MOVED = "the audit moved to another server"
_WHO: tuple[dict[str, object], ...] = (
    {"who": "svc-trainer", "role": "service", "team": "Machine Learning", "purpose": "training", "ticket": "RUN-12"},
    {"who": "k.baumann", "role": "analyst", "team": "Advertising", "purpose": "quality", "ticket": ""},
    {"who": "d.farrow", "role": "engineer", "team": "Data Platform", "purpose": "none", "ticket": ""},
)


def _since(one: Employee) -> int:
    """For how many days they have worked there, as far as the programme knows."""
    return BEGAN if one.number % 6 else JOINED[one.number // 6 % len(JOINED)]


def _hour(at: int, draw: random.Random) -> Iterator[dict[str, object]]:
    """A few captures within an hour, one window after another."""
    for minute in range(0, 60, 20):
        began, app = at + minute * instants.MINUTE + draw.randrange(instants.MINUTE), draw.choice(_APPS)
        yield {"at": began, "kind": Kind.WINDOW.value, "app": app, "title": app, "duration": instants.MINUTE}
        yield {"at": began + instants.SECOND, "kind": Kind.CLICK.value, "app": app, "x": 100.0 + minute, "y": 80.0}

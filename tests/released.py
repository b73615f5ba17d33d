"""A company of about 640 people with four quarters of releases, drawn by the real function in the past of its store."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.captures.rollup_tables import DayRow
from data.captures.scope import Scope
from data.notices import notice
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import OPERATOR, Role, Viewer
from data.programme.tables import RuleRow
from data.rights import request
from data.rights.states import RequestKind
from data.scenarios import clock
from data.statistics.people import drawing, figure, plan
from data.statistics.people.release import Release
from data.statistics.quarter import Quarter
from data.store import Store
from pages.shell.words import Calendar

# Their names, divisions and people; the last two are too small to be shown by themselves.
DEPARTMENTS = (
    ("Engineering", "Product", 180),
    ("Design", "Product", 46),
    ("Customer Support", "Customers", 122),
    ("Sales", "Customers", 148),
    ("People and Finance", "Office", 104),
    ("Facilities", "Office", 38),
)
OPTED_OUT = {"Engineering": 0.22, "Design": 0.3, "Customer Support": 0.58, "Sales": 0.2, "People and Finance": 0.27}
ASKED = {"Customer Support": 0.14, "Engineering": 0.04}
_DRAWN = plan.WAIT + instants.DAY  # after a quarter's end
# The last four of which the app, whose clock is the machine's, expects a release already.
_LAST = Quarter.of(instants.now() - plan.WAIT).before
QUARTERS = (_LAST.before.before.before, _LAST.before.before, _LAST.before, _LAST)
# Counted in each of them, and in the one that comes, is what the calendar has for a quarter of this number: what a
# page says of them is the same at any time of the year.
_COUNTED_AS = dict(zip((*QUARTERS, _LAST.after), (4, 1, 2, 3, 4), strict=True))
_ORGANIZER = Viewer(1, frozenset({Role.EMPLOYEE, Role.ORGANIZER}), "Ingrid", "ingrid@example.com")


def employ(store: Store, departments: Sequence[tuple[str, str, int]] = DEPARTMENTS) -> dict[str, list[int]]:
    """Put people on the roster beside those who are there; their ids by department."""
    found: dict[str, list[int]] = {}
    with store.database.writing() as session:
        session.execute(update(DepartmentRow).where(DepartmentRow.division.is_(None)).values(division="Office"))
        number = max(session.scalars(select(PersonRow.id)), default=0)
        rows = list[dict[str, object]]()
        for name, division, size in departments:
            row = DepartmentRow(name=name, division=division)
            session.add(row)
            session.flush()
            found[name] = [*range(number + 1, number + size + 1)]
            number += size
            rows += [
                {
                    "id": one,
                    "email": f"p{one}@example.com",
                    "name": f"Person {one}",
                    "department_id": row.id,
                    "manager_id": None,
                    "jurisdiction": "gdpr",
                    "subject": None,
                    "joined_at": 0,
                }
                for one in found[name]
            ]
        session.execute(insert(PersonRow), rows)
    return found


def begin(store: Store, at: int) -> None:
    """The first entry of the log: the programme's record begins."""
    with store.database.writing() as session:
        log.append(
            session,
            store.vault,
            action=Action.STORE_MADE,
            people=(),
            accessor=OPERATOR,
            reason=None,
            scope={},
            count=0,
            at=at,
        )


def answer(store: Store, people: dict[str, list[int]], seed: int = 1) -> None:
    """Who is captured in each quarter, and who opted out in the second."""
    draw = random.Random(seed)
    with store.database.writing() as session:
        for name, ids in people.items():
            out = _some(draw, ids, OPTED_OUT.get(name, 0.2))
            session.execute(insert(RuleRow), [_rule(one, QUARTERS[1].start) for one in out])
            for quarter in QUARTERS:
                seen = [one for one in ids if one not in set(out) or draw.random() < 0.2]
                session.execute(insert(DayRow), [_day(one, quarter.start) for one in seen])


def ask(store: Store, people: dict[str, list[int]], seed: int = 1) -> None:
    """Requests for erasure in the last quarter, taken back the same day."""
    draw = random.Random(seed)
    for name, share in ASKED.items():
        for one in _some(draw, people[name], share):
            viewer = Viewer(one, frozenset({Role.EMPLOYEE}), f"Person {one}", f"p{one}@example.com")
            with clock.set_to(QUARTERS[3].start + instants.DAY), store.database.writing() as session:
                made = request.open_request(session, viewer, store.vault, one, RequestKind.ERASURE, Scope())
                request.withdraw(session, viewer, store.vault, made.id)


def release(store: Store, quarters: Iterable[Quarter] = QUARTERS) -> tuple[Release, ...]:
    """Draw the releases of these quarters, each two weeks after its end."""
    found = list[Release]()
    for quarter in quarters:
        with clock.set_to(quarter.end + _DRAWN):
            _choose(store, quarter)
            notice.keep_up(store.database, store.vault, by_mail=False)  # as the worker does: some figures wait for it
            found.append(drawing.draw(store.database, store.vault, store.anchor, OPERATOR, quarter))
    return tuple(found)


def fill(store: Store) -> tuple[Release, ...]:
    """All of the above."""
    begin(store, QUARTERS[0].start)
    people = employ(store)
    answer(store, people)
    ask(store, people)
    _choose(store, _LAST.after)
    return release(store)


def _choose(store: Store, quarter: Quarter) -> None:
    wanted = figure.default(Quarter(quarter.year, _COUNTED_AS[quarter]))
    if wanted != figure.default(quarter):
        with store.database.writing() as session:
            plan.choose(session, _ORGANIZER, store.vault, quarter, wanted)


def coming(zone: str) -> str:
    """The day on which the next release comes, as a page in this zone says it."""
    return Calendar(ZoneInfo(zone), instants.now()).day(QUARTERS[-1].after.end + plan.WAIT)


def _some(draw: random.Random, ids: Sequence[int], share: float) -> list[int]:
    return sorted(draw.sample(list(ids), round(share * len(ids))))


def _rule(person: int, since: int) -> dict[str, object]:
    return {
        "person_id": person,
        "request_id": person,
        "kind": "objection",
        "epoch": 1,
        "wrapped": b"",
        "since": since,
        "granted_at": None,
        "ends_at": None,
    }


def _day(person: int, at: int) -> dict[str, object]:
    day = {"day": at // instants.DAY, "kind": "key", "count": 3, "downs": 3, "first_at": at, "last_at": at}
    return {"person_id": person, **day, "quarters": b""}

"""Two waves of opt-outs in the invented company, and the figures about people that were drawn of each quarter since."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import select

from data import instants
from data.looks.reconciliation import Reconciler
from data.people import person
from data.people.tables import PersonRow
from data.people.viewer import Role, Viewer
from data.programme.reach import Reach
from data.rights import objection, request
from data.scenarios import clock
from data.settings import Settings
from data.statistics.people import plan
from data.statistics.quarter import Quarter
from data.store import open_store
from data.upkeep import notice_all
from tests.demo import generate
from tests.demo.company import Employee
from tests.demo.story import Ask

# Days before the last one, and what share of each department opted out by then: after the tables stood open, most did
# so where customers are spoken to.
WAVES = (
    (300, {"Engineering": 0.14, "Sales": 0.1, "Customer Support": 0.28, "People and Finance": 0.1, "Operations": 0.06}),
    (125, {"Engineering": 0.2, "Sales": 0.24, "Customer Support": 0.5, "People and Finance": 0.1, "Operations": 0.08}),
)
_OFFICER = "ingrid.solheim@tidewater.example"
_WORDS = "I do not want to be recorded while I work."
_REASON = "It is your right, and nothing outweighs it."


def waves(store: Path, others: Sequence[Employee]) -> Iterator[tuple[float, Callable[[], object]]]:
    """Everybody of a wave asks, and is granted it two days later; how many days before the last one, and how. By the
    functions behind the command line, which would take ten times as long for so many."""
    order = random.Random(f"{generate.SEED}/opting out").sample(list(others), len(others))
    asked = dict[str, int]()
    for back, shares in WAVES:
        staff = {one: [who.email for who in order if who.department == one] for one in shares}
        wanted = [email for one, share in shares.items() for email in staff[one][: round(share * len(staff[one]))]]

        def ask(wanted: Sequence[str] = wanted) -> None:
            there = open_store(Settings.from_environment(store=str(store)))
            with there.database.writing() as session:
                wave = PersonRow.email.in_(set(wanted) - set(asked))
                for row in session.scalars(select(PersonRow).where(wave).order_by(PersonRow.id)).all():
                    viewer = Viewer(row.id, frozenset({Role.EMPLOYEE}), row.name, row.email)
                    made = objection.ask(session, viewer, there.vault, row.id, Reach(), _WORDS)
                    asked[row.email] = made.id

        def grant() -> None:
            there = open_store(Settings.from_environment(store=str(store)))
            with there.database.writing() as session:
                officer = person.viewer(session, person.by_email(session, _OFFICER))
                for number in sorted(asked.values()):
                    if request.show(session, officer, there.vault, number).waiting:
                        request.decide(session, officer, there.vault, number, True, reason=_REASON)

        yield back, ask
        yield back - 2, grant


def draw(ask: Ask, store: Path, began: int, until: int) -> None:
    """The release of every quarter since the programme began, on the day on which it was due."""
    # As the app does every few seconds: by then it is known who was told of a look outside its purpose.
    notice_all(open_store(Settings.from_environment(store=str(store))), Reconciler())
    quarter = Quarter.of(began)
    while quarter.end + plan.WAIT < until:
        with clock.set_to(quarter.end + plan.WAIT + instants.HOUR):
            ask("statistics", "release", str(quarter))
        quarter = quarter.after

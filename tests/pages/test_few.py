"""How many people something concerns is no way around the groups of a hundred: an incident about one department, an
exposure of its table or drift in its app would otherwise tell its exact number."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from sqlalchemy import update

from data import instants
from data.database import Database
from data.exposures import record as exposures
from data.exposures import report
from data.incidents import drift, record
from data.incidents.incident import Happening, Said
from data.incidents.record import Opening
from data.notices.tables import NoticeRow
from data.people import crowd
from data.people.crowd import Few
from data.people.viewer import OPERATOR, Role, Viewer
from data.sealing.vault import Vault
from pages.wording import drift as drifted
from pages.wording import exposures as exposed
from pages.wording import incidents as wording
from pages.wording import report as printed
from tests.data.captures.events import presses
from tests.data.exposures.opening import found, look
from tests.data.incidents.test_drift import NOTICE, publish, take
from tests.data.statistics.people.company import EMPLOYEE, OFFICER, ORGANIZER, employ
from tests.pages.test_phrases import CALENDAR

WORDS = "The table of one department was open to everyone."
AUDITOR = Viewer(4, frozenset({Role.EMPLOYEE, Role.AUDITOR}), "Abe", "p4@example.org")
WHOLE, READ = 430, 3


def concern(database: Database, vault: Vault, people: Sequence[int]) -> None:
    """An incident, a notice to whom it concerns, which three read, one to all staff, an exposure that belongs to it."""
    look(database, vault, found({"svc": None}, people=tuple(people)))
    with database.writing() as session:
        record.open_new(session, OFFICER, vault, Opening("Open table", WORDS, people=people))
        exposures.link(session, OFFICER, vault, 1, 1, WORDS)
        for happening in (Happening.AFFECTED, Happening.STAFF):
            record.note(session, OFFICER, vault, 1, Said(happening, WORDS), by_mail=False, exposed=lambda _: ())
        session.execute(update(NoticeRow).where(NoticeRow.person_id <= READ).values(seen_at=instants.now()))


def shown(database: Database, vault: Vault, viewer: Viewer) -> dict[str, str]:
    """All that a viewer reads of it, by where, without markup and entries' numbers."""
    with database.reading() as session:
        one = record.one(session, viewer, vault, 1)
        (exposure,) = exposures.read(session, viewer, vault).exposures
        pages = {
            "heading": wording.heading(one, CALENDAR),
            "clocks": wording.clocks(one, CALENDAR),
            "history": wording.history(one, CALENDAR),
            "report": printed.as_html(report.report(session, viewer, vault, 1)).decode().partition("<h2>Everything")[0],
            "command": f"{one.people} {one.events}",
            "exposure": exposed.officers(exposure, CALENDAR),
        }
    return {where: re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)) for where, html in pages.items()}


@pytest.mark.parametrize("viewer", [ORGANIZER, EMPLOYEE, AUDITOR, OPERATOR], ids=lambda one: one.name)
def test_only_officers_read_that_it_concerns_six_people_and_how_many_of_them_read_it(
    database: Database, vault: Vault, viewer: Viewer
) -> None:
    employ(database, vault)
    concern(database, vault, range(1, 7))
    told = shown(database, vault, viewer)
    assert "It concerns fewer than 100 people" in told["heading"]
    assert "it went to fewer than 100 people" in told["clocks"]
    assert "It went to fewer than 100 people." in told["history"]
    assert "It concerns fewer than 100 people." in told["report"]
    assert "It concerned fewer than 100 people." in told["report"]
    assert "fewer than 100 fewer than 100" in told["report"], "the columns of how many it went to, and who read it"
    for where, text in told.items():
        assert not re.search(r"\b6 people|\b6 of|of 6\b|told=6|seen=3, seen|concerns 6|\b3 of 6\b", text), where
        assert f"{READ} of {WHOLE} people have read it here" in text or where not in ("clocks", "history"), (
            "a notice to all staff is about the whole company"
        )


def test_officers_read_exact_numbers(database: Database, vault: Vault) -> None:
    employ(database, vault)
    concern(database, vault, range(1, 7))
    told = shown(database, vault, OFFICER)
    assert "It concerns 6 people" in told["heading"]
    assert "3 of 6 people have read it here" in told["clocks"]
    assert "It concerned 6 people." in told["report"]
    assert "It concerns 6 people." in told["exposure"]


@pytest.mark.parametrize(
    ("people", "concerned", "read"),
    [
        (150, "150 people", "fewer than 100 of 150 people have read it here"),
        (WHOLE - 6, "all but fewer than 100 people of the company", "went to all but fewer than 100 people"),
        (WHOLE, "430 people", "fewer than 100 of 430 people have read it here"),
    ],
)
def test_of_many_people_nothing_is_told_that_is_about_few_when_it_is_taken_away(
    database: Database, vault: Vault, people: int, concerned: str, read: str
) -> None:
    """Neither whom it does not concern, nor who has not read it, by subtracting from a number that is known."""
    employ(database, vault)
    concern(database, vault, range(1, people + 1))
    told = shown(database, vault, ORGANIZER)
    assert f"It concerns {concerned}" in told["heading"]
    assert read in told["clocks"]
    with database.writing() as session:
        session.execute(update(NoticeRow).values(seen_at=instants.now()))
    told = shown(database, vault, ORGANIZER)
    assert people == WHOLE - 6 or f"all but fewer than 100 of {people} people have read it here" in told["clocks"]


def test_organizers_are_told_of_drift_without_the_number_of_few_people(database: Database, vault: Vault) -> None:
    employ(database, vault)
    at = publish(database, vault, OFFICER, NOTICE)
    for person in range(1, 7):
        take(database, vault, presses(2, at, app="Mail"), person=person)
    with database.reading() as session:
        organizers = drifted.figures(drift.figures(session, ORGANIZER, vault))
        officers = drifted.figures(drift.figures(session, OFFICER, vault))
    assert "of fewer than 100 people:" in organizers
    assert "of 6 people:" in officers


@pytest.mark.parametrize(
    ("count", "total", "said"),
    [(0, 150, Few.UNDER), (99, 500, Few.UNDER), (100, 500, 100), (400, 500, 400), (401, 500, Few.MOST)],
)
def test_how_many_of_a_total_is_exact_where_a_hundred_did_and_a_hundred_did_not(
    count: int, total: int, said: crowd.People
) -> None:
    assert crowd.among(ORGANIZER, count, total) == said
    assert crowd.among(OFFICER, count, total) == count
    assert crowd.among(ORGANIZER, count, Few.UNDER) is Few.UNDER
    assert crowd.shown(ORGANIZER, count, count) == count, "the whole company, or nobody"

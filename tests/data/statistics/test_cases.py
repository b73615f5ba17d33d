"""Every figure about requests is made from what became of each: its outcome, its days, its clock, its appeal."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from data import instants
from data.captures.scope import Scope
from data.database import Database
from data.errors import NotAllowed
from data.people.tables import PersonRow
from data.people.viewer import OPERATOR, Viewer
from data.rights import appeals, request, timing
from data.rights.states import RequestKind, State
from data.rights.tables import RequestRow
from data.sealing.vault import Vault
from data.statistics import cases
from data.statistics.cases import Case, Fate, Line, Outcome
from tests.data.rights.conftest import Roster, roster
from tests.data.rights.test_appeals import officers

__all__ = ["officers", "roster"]

DAY = date(2026, 3, 2)
DUE = DAY + timedelta(days=31)


def days(number: int) -> date:
    return DAY + timedelta(days=number)


def became(
    kind: RequestKind, state: State, *after: tuple[str, int, int | None], today: int = 100, **row: object
) -> Case:
    """What became of a request that was received on DAY and due after 31 days; each line of what came after it is what
    happened, after how many days, and after how many the answer was due from then."""
    lines = [Line("opened", DAY, DUE)]
    lines += [Line(what, days(at), None if due is None else days(due)) for what, at, due in after]
    due_on = next(line.due_on for line in reversed(lines) if line.due_on)
    made = RequestRow(kind=kind.value, state=state.value, jurisdiction="gdpr", due_on=due_on, **row)
    return cases.case(made, lines, days(today))


E, X, Q, C = RequestKind.EXPORT, RequestKind.ERASURE, RequestKind.QUESTION, RequestKind.CORRECTION


@pytest.mark.parametrize(
    ("found", "outcome", "took", "late"),
    [
        # A copy is answered when it is made, not when it was approved; that its file expired later changes nothing.
        (became(E, State.DONE, ("approved", 2, None), ("made", 9, None)), Outcome.GRANTED, 9, False),
        (became(E, State.EXPIRED, ("made", 3, None), ("expired", 17, None)), Outcome.GRANTED, 3, False),
        (became(E, State.APPROVED, ("approved", 2, None), today=31), Outcome.WAITING, None, False),
        (became(E, State.RUNNING, ("approved", 2, None), today=32), Outcome.WAITING, None, True),
        # What no hold keeps is gone, and its person read why the rest stays: that is an answer, in part.
        (became(X, State.HELD, ("approved", 2, None), ("held back", 5, None)), Outcome.PART, 5, False),
        (became(X, State.DONE, ("held back", 5, None), ("done", 90, None)), Outcome.GRANTED, 5, False),
        (became(X, State.WITHDRAWN, ("held back", 5, None), ("withdrawn", 60, None)), Outcome.PART, 5, False),
        (became(X, State.DONE, ("approved in part", 1, None), ("done", 4, None), granted=b"s"), Outcome.PART, 4, False),
        (became(C, State.DONE, ("approved in part", 1, None)), Outcome.GRANTED, 1, False),
        (became(Q, State.DONE, ("answered", 31, None)), Outcome.GRANTED, 31, False),
        (became(Q, State.DONE, ("answered", 32, None)), Outcome.GRANTED, 32, True),
        # An extension moves the day that counts, but not one that was in force before it.
        (became(C, State.REFUSED, ("extended", 20, 92), ("refused", 80, None)), Outcome.REFUSED, 80, False),
        (became(C, State.REFUSED, ("extended", 20, 92), ("refused", 93, None)), Outcome.REFUSED, 93, True),
        # Taking it back ends the wait and not its lateness; nobody answered, so there are no days.
        (became(X, State.WITHDRAWN, ("withdrawn", 31, None)), Outcome.WITHDRAWN, None, False),
        (became(X, State.WITHDRAWN, ("withdrawn", 40, None)), Outcome.WITHDRAWN, None, True),
        (became(X, State.OPEN, today=31), Outcome.WAITING, None, False),
        (became(X, State.OPEN, today=32), Outcome.WAITING, None, True),
        # While the clock stands, today is the day on which it was stopped.
        (became(X, State.STOPPED, ("clock stopped", 10, 31), today=10), Outcome.WAITING, None, False),
        (became(X, State.APPEALED, ("refused", 32, None), ("appealed", 40, 70)), Outcome.REFUSED, 32, True),
        # The appeal's own clock makes no first answer late, however long it takes.
        (became(X, State.APPEALED, ("refused", 30, None), ("appealed", 40, 70)), Outcome.REFUSED, 30, False),
        (became(X, State.CONTESTED, ("done", 30, None), ("appealed", 40, 70)), Outcome.PART, 30, False),
    ],
)
def test_outcome_days_and_lateness_follow_from_the_history(
    found: Case, outcome: Outcome, took: int | None, late: bool
) -> None:
    """A later line must never improve an earlier answer, nor worsen it."""
    assert (found.outcome, found.days, found.late) == (outcome, took, late)


@pytest.mark.parametrize(
    ("after", "state", "today", "expected"),
    [
        ((), State.REFUSED, 50, (None, False)),
        ((("appealed", 40, 70),), State.APPEALED, 70, (Fate.WAITING, False)),
        ((("appealed", 40, 70),), State.APPEALED, 71, (Fate.WAITING, True)),
        ((("appealed", 40, 70), ("the refusal was upheld", 70, None)), State.REFUSED, 99, (Fate.UPHELD, False)),
        ((("appealed", 40, 70), ("the refusal was overturned", 71, None)), State.APPROVED, 99, (Fate.OVERTURNED, True)),
    ],
)
def test_what_became_of_an_appeal(
    after: tuple[tuple[str, int, int | None], ...], state: State, today: int, expected: tuple[Fate | None, bool]
) -> None:
    found = became(X, state, ("refused", 30, None), *after, today=today)
    assert (found.appeal, found.appeal_late) == expected


def at(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    now = instants.parse(text)
    monkeypatch.setattr(instants, "now", lambda: now)


def of_year(database: Database, vault: Vault, viewer: Viewer, year: int) -> tuple[Case, ...]:
    with database.reading() as session:
        return cases.of_year(session, viewer, vault, year)


def test_real_requests_are_read_as_their_history_has_them(
    database: Database, vault: Vault, roster: Roster, officers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words of the history that this reading knows are the words that the program writes."""
    at(monkeypatch, "2026-03-02T12:00:00Z")
    with database.writing() as session:
        number = request.open_request(session, roster.ana, vault, 1, X).id
        session.get_one(PersonRow, 1).jurisdiction = "uk"
        other = request.open_request(session, roster.ana, vault, 1, X, Scope(apps=frozenset({"Mail"}))).id
        timing.ask_back(session, roster.olga, vault, other, "identity", "Was it you?")
    at(monkeypatch, "2026-03-04T12:00:00Z")
    with database.writing() as session:
        timing.extend(session, roster.olga, vault, number, "It is much.")
        request.decide(session, roster.olga, vault, number, False, "legal_hold", "A court wants it.")
        timing.reply(session, roster.ana, vault, other, "Yes.")
    at(monkeypatch, "2026-03-09T12:00:00Z")
    with database.writing() as session:
        appeals.ask(session, roster.ana, vault, number, "It does not.")
        appeals.decide(session, roster.omar, vault, number, True, "It does not.")
        request.withdraw(session, roster.ana, vault, other)
        third = request.open_request(session, roster.ana, vault, 1, X, Scope(apps=frozenset({"Code"}))).id
        timing.ask_back(session, roster.olga, vault, third, "clarification", "Which?")
    at(monkeypatch, "2026-09-09T12:00:00Z")
    first, second, standing = of_year(database, vault, roster.olga, 2026)
    assert (standing.outcome, standing.late) == (Outcome.WAITING, False), "its clock stands"
    assert (first.kind, first.days, first.late, first.extended) == (X, 2, False, True)
    # The deletion that the appeal won is still to be carried out.
    assert (first.outcome, first.appeal) == (Outcome.WAITING, Fate.OVERTURNED)
    assert (second.outcome, second.days, second.stopped, second.jurisdiction) == (Outcome.WITHDRAWN, None, True, "uk")


def test_what_an_appeal_won_is_not_another_request(
    database: Database, vault: Vault, roster: Roster, officers: None
) -> None:
    """The rest goes on under a number of its own, which nobody asked for: counting it would flatter the year."""
    with database.writing() as session:
        number = request.open_request(session, roster.ana, vault, 1, X).id
        part = Scope(apps=frozenset({"Mail"}))
        request.decide(session, roster.olga, vault, number, True, "legal_hold", "Only that.", granted=part)
        row = session.get_one(RequestRow, (1, number))
        row.state, row.closed_at = State.DONE.value, instants.now()
    with database.writing() as session:
        appeals.ask(session, roster.ana, vault, number, "All of it.")
        goes_on = appeals.decide(session, roster.omar, vault, number, True, "You are right.").appeal
        assert goes_on is not None
        assert goes_on.goes_on is not None
    year = instants.day_of(instants.now()).year
    assert [one.appeal for one in of_year(database, vault, roster.olga, year)] == [Fate.OVERTURNED]


@pytest.mark.parametrize(
    ("person", "moment", "year"),
    [
        # Ana is under the GDPR, whose earliest day is Lisbon's; Cal is in California, eight hours behind.
        (1, "2026-01-01T00:30:00Z", 2026),
        (2, "2026-01-01T07:59:00Z", 2025),
        (2, "2026-01-01T08:00:00Z", 2026),
    ],
)
def test_a_request_belongs_to_the_year_of_its_day_where_its_person_works(
    database: Database,
    vault: Vault,
    roster: Roster,
    monkeypatch: pytest.MonkeyPatch,
    person: int,
    moment: str,
    year: int,
) -> None:
    """At new year the same instant is another year in another place; nothing is counted twice, or in neither."""
    at(monkeypatch, moment)
    with database.writing() as session:
        request.open_request(session, roster.olga, vault, person, X)
    counts = {one: len(of_year(database, vault, roster.olga, one)) for one in (2025, 2026)}
    assert counts == {2025: int(year == 2025), 2026: int(year == 2026)}


def test_the_years_go_back_to_the_first_request(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = instants.of(datetime(2026, 6, 1, tzinfo=UTC))
    with database.reading() as session:
        assert cases.years(session, roster.olga, now) == (2026,)
    at(monkeypatch, "2024-05-05")
    with database.writing() as session:
        request.open_request(session, roster.ana, vault, 1, X)
    with database.reading() as session:
        assert cases.years(session, roster.olga, now) == (2026, 2025, 2024)


def test_only_officers_see_a_years_figures(database: Database, vault: Vault, roster: Roster) -> None:
    for viewer in (roster.ana, OPERATOR):
        with pytest.raises(NotAllowed):
            of_year(database, vault, viewer, 2026)
        with pytest.raises(NotAllowed), database.reading() as session:
            cases.years(session, viewer)

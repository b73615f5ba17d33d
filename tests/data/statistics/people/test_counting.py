"""Who is counted: for each figure the people it says, of that quarter, each once, as the product itself keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from data import instants
from data.accesses import keys, log
from data.accesses.accessors import Outside
from data.accesses.entry import Action, Purpose, Reason
from data.captures.scope import Scope
from data.database import Database
from data.looks import explanations, history
from data.notices import notice
from data.notices.tables import NoticeRow
from data.people.tables import GrantRow
from data.people.viewer import Role, Viewer
from data.programme.reach import Reach
from data.rights import appeals, objection, request
from data.rights.states import Ground, RequestKind, State
from data.rights.tables import RequestRow
from data.sealing.vault import Vault
from data.statistics.people import counting
from data.statistics.people.figure import Figure
from data.statistics.quarter import Quarter
from tests.data.exposures.opening import T0, found, look
from tests.data.rights.conftest import Roster, roster
from tests.data.statistics.people.company import EMPLOYEE, drawn, employ

__all__ = ["roster"]

NOW = Quarter.of(instants.now())
ENGINEER = Outside("d.farrow", "engineer", "Data Platform")


def counted(database: Database, vault: Vault, figure: Figure, quarter: Quarter = NOW) -> set[int]:
    with database.reading() as session:
        return set(counting.counted(session, vault, figure, quarter))


def test_an_objection_counts_from_the_moment_it_is_raised_and_a_refused_one_as_refused_too(
    database: Database, vault: Vault, roster: Roster
) -> None:
    with database.writing() as session:
        first = objection.ask(session, roster.ana, vault, 1, Reach(apps=frozenset({"Mail"})), "It is private.")
        objection.ask(session, roster.cal, vault, 2, Reach(), "It is private.")
    with database.writing() as session:
        request.decide(
            session,
            roster.olga,
            vault,
            first.id,
            approve=False,
            ground=Ground.COMPELLING,
            reason="It is needed for safety.",
        )
    assert counted(database, vault, Figure.OPTED_OUT) == {1, 2}
    assert counted(database, vault, Figure.REFUSED) == {1}
    for figure in (Figure.OPTED_OUT, Figure.REFUSED):
        assert counted(database, vault, figure, NOW.before) == set()
    assert counted(database, vault, Figure.REFUSED, NOW.after) == set()
    assert 2 in counted(database, vault, Figure.OPTED_OUT, NOW.after), "it stands on"
    assert counted(database, vault, Figure.ERASURE) == set()


def test_whoever_asked_for_a_deletion_counts_in_the_quarter_in_which_it_arrived(
    database: Database, vault: Vault, roster: Roster
) -> None:
    with database.writing() as session:
        request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE)
        request.open_request(session, roster.cal, vault, 2, RequestKind.EXPORT)
    assert counted(database, vault, Figure.ERASURE) == {1}
    assert counted(database, vault, Figure.ERASURE, NOW.before) == set()


@pytest.mark.parametrize("asked_anew", [False, True])
def test_what_an_appeal_won_is_not_asked_for_again_unless_its_person_did(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch, asked_anew: bool
) -> None:
    """Ana asked in one quarter and her appeal is decided in the next: then the rest goes on under another number, which
    is opened then. It is hers where she asked for just that again meanwhile."""
    monkeypatch.setattr(instants, "now", lambda: NOW.start - instants.DAY)
    with database.writing() as session:
        for viewer in (roster.olga, roster.omar):
            session.add(GrantRow(person_id=viewer.person_id, role=Role.OFFICER.value, granted_at=0))
        session.flush()
        number = request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE).id
        part = Scope(apps=frozenset({"Mail"}))
        request.decide(session, roster.olga, vault, number, True, "legal_hold", "Only that.", granted=part)
        row = session.get_one(RequestRow, (1, number))
        row.state, row.closed_at = State.DONE.value, instants.now()
    monkeypatch.setattr(instants, "now", lambda: NOW.start + instants.DAY)
    with database.writing() as session:
        if asked_anew:
            request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE)
        appeals.ask(session, roster.ana, vault, number, "All of it.")
    monkeypatch.setattr(instants, "now", lambda: NOW.start + 2 * instants.DAY)
    with database.writing() as session:
        decided = appeals.decide(session, roster.omar, vault, number, True, "You are right.").appeal
    assert decided is not None and decided.goes_on == number + 1
    assert counted(database, vault, Figure.ERASURE, NOW.before) == {1}
    assert counted(database, vault, Figure.ERASURE) == ({1} if asked_anew else set())


def test_everybody_whom_an_exposure_concerns_counts_in_each_quarter_that_it_overlaps(
    database: Database, vault: Vault, roster: Roster
) -> None:
    look(database, vault, found())
    began = Quarter.of(T0)
    assert len(counted(database, vault, Figure.EXPOSED, began)) == 2
    assert counted(database, vault, Figure.EXPOSED, began.before) == set()
    assert len(counted(database, vault, Figure.EXPOSED, began.after)) == 2, "it is open still"


@pytest.mark.parametrize(
    ("purpose", "by", "counts"),
    [
        (Purpose.NONE, ENGINEER, True),
        (Purpose.REQUEST, ENGINEER, True),
        (Purpose.SUPPORT, ENGINEER, False),
        (Purpose.LEGAL, "officer", False),
    ],
)
def test_a_look_counts_as_outside_the_purpose_where_its_person_is_told_so(
    database: Database, vault: Vault, roster: Roster, purpose: Purpose, by: Outside | str, counts: bool
) -> None:
    """What decides it is what people are told, and nothing of our own beside it."""
    who: Outside | Viewer = by if isinstance(by, Outside) else roster.olga
    for _ in range(2):
        with database.writing() as session:
            log.append(
                session, vault, action=Action.READ, people=(1, 2), accessor=who, reason=Reason(purpose), scope={},
                count=1,
            )  # fmt: skip
    notice.keep_up(database, vault, by_mail=False)
    assert counted(database, vault, Figure.OUTSIDE) == ({1, 2} if counts else set())
    assert counted(database, vault, Figure.OUTSIDE, NOW.before) == set()


def test_whoever_was_counted_reads_so_without_alarm_and_is_not_mailed(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    """A count of everybody must neither be hidden from them nor look as if somebody had opened their data."""
    employ(database, vault)
    drawn(database, vault, tmp_path)
    notice.keep_up(database, vault, by_mail=True)
    with database.writing() as session:
        assert session.scalar(select(func.count()).select_from(NoticeRow)) == 0
        (one,) = history.about(session, EMPLOYEE, vault, EMPLOYEE.person_id or 0)
        figures = history.figures(session, EMPLOYEE, vault, EMPLOYEE.person_id or 0, 0)
        (side,) = explanations.sides(session, keys.make(session, vault), None)
    assert side.is_beside, "it must not explain what an audit saw of somebody else"
    assert (one.action, one.purpose, one.marks, one.automated) == (Action.COUNT, Purpose.FIGURES, (), True)
    assert (figures.total, figures.automated, figures.latest) == (0, 0, ())

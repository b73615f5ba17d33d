"""An exemption: an opt-out on published criteria, in force at once, decided by name, and counted without anybody's."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from data.accesses import events
from data.accesses.entry import Action
from data.captures.schema import Kind
from data.database import Database
from data.errors import BadInput, NotAllowed
from data.people import crowd
from data.people.viewer import Role, Viewer
from data.programme.reach import Reach
from data.rights import exemption, objection, request
from data.rights.exemption import Criterion, Figure
from data.rights.record import Request
from data.rights.states import Ground, State
from data.rights.tables import RequestRow
from data.sealing.vault import Vault
from pages.wording import desk, exempting, standing
from tests.data.captures.rows import row
from tests.data.rights.conftest import Roster
from tests.data.rights.test_objection import CANARY, MAIL, take

INGRID = Viewer(2, frozenset({Role.EMPLOYEE, Role.ORGANIZER}), "Ingrid")


def ask(database: Database, vault: Vault, viewer: Viewer, criterion: str | None, reach: Reach = MAIL) -> Request:
    with database.writing() as session:
        return objection.ask(session, viewer, vault, viewer.person_id or 0, reach, "I am on it.", criterion)


def test_an_exemption_keeps_out_from_the_moment_it_is_asked_for_and_is_decided_by_its_criterion(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """The officer sees on which published criterion it rests, and the person reads it with the decision."""
    asked = ask(database, vault, roster.ana, "works-council-duty")
    assert take(database, vault, [row(1, app=CANARY)]).objected == 1
    with database.reading() as session:
        seen = request.show(session, roster.olga, vault, asked.id)
    assert exemption.of(seen.asked) is Criterion.WORKS_COUNCIL
    with database.writing() as session:
        decided = request.decide(session, roster.olga, vault, asked.id, False, Ground.COMPELLING, "A safety case.")
    assert decided.state is State.REFUSED
    for said in (
        desk.letter(seen, approve=True, ground=None, reason=""),
        desk.letter(seen, approve=False, ground=Ground.COMPELLING, reason="A safety case."),
        standing.said(decided),
    ):
        assert Criterion.WORKS_COUNCIL.plain in said


def test_on_which_criterion_it_rests_is_in_no_entry_of_the_log_and_no_column(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """That somebody reports a wrong must not be found by whoever reads the log or the database."""
    asked = ask(database, vault, roster.ana, Criterion.DISCLOSURE)
    with database.reading() as session:
        found, _ = events.of(session, vault, Action.REQUEST_OPENED)
        assert [one.scope["asks"] for one in found] == ["objection"]
        assert Criterion.DISCLOSURE not in str([one.scope for one in found])
        held = session.scalars(select(RequestRow).where(RequestRow.id == asked.id)).one()
        assert not [one for one in vars(held).values() if Criterion.DISCLOSURE in str(one)]


@pytest.mark.parametrize("code", ["", "because", "compelling grounds"])
def test_an_exemption_names_one_of_the_published_criteria(
    database: Database, vault: Vault, roster: Roster, code: str
) -> None:
    with pytest.raises(BadInput, match="works_council_duty"):
        ask(database, vault, roster.ana, code)


def test_organizers_count_exemptions_by_criterion_and_no_small_number_is_given(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether criteria are used and granted is the employees' to know; who used them is not, nor when the first did."""
    with database.reading() as session:
        none = exemption.figures(session, INGRID, vault)
    first = ask(database, vault, roster.ana, Criterion.MEDICAL)
    ask(database, vault, roster.cal, Criterion.MEDICAL)
    ask(database, vault, roster.cal, None, Reach(kinds=frozenset({Kind.KEY.value})))
    with database.writing() as session:
        request.decide(session, roster.olga, vault, first.id, True)
    with database.reading() as session:
        assert exemption.figures(session, INGRID, vault) == none == tuple(Figure(one, *[None] * 3) for one in Criterion)
        with pytest.raises(NotAllowed):
            exemption.figures(session, roster.ana, vault)
        with monkeypatch.context() as other:
            other.setattr(crowd, "FEWEST", 2)
            assert Figure(Criterion.MEDICAL, 2, None, None) in exemption.figures(session, INGRID, vault)
    assert exempting.figures(none).count("fewer than 5 asked for<") == len(Criterion)
    said = exempting.figures([Figure(Criterion.MEDICAL, 7, 6, None)])
    assert "7 asked for; 6 granted and fewer than 5 refused" in said

"""Whoever was refused is heard once more, by somebody else, in time, and reads what came of it."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from data import instants
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.people.tables import GrantRow, PersonRow
from data.people.viewer import OPERATOR, Role
from data.programme import rules
from data.programme.reach import Reach
from data.rights import appeals, clocks, objection, request, steps, timing, worker
from data.rights.export import offer
from data.rights.redaction import bystanders
from data.rights.states import Ground, RequestKind, State
from data.rights.tables import RequestRow
from data.sealing.vault import Vault
from data.settings import Settings
from pages.shell.words import Calendar
from pages.wording import standing
from tests.data.crashing import place_of
from tests.data.rights.conftest import Roster
from tests.data.rights.holding import START, keep, kept, rows
from tests.data.rights.redaction.drawn import two
from tests.data.rights.redaction.test_copies import CHATS

WHY, AGAINST, ANSWER = "It is evidence.", "The dispute is over.", "It is over indeed."
KEYS = Scope(frozenset({Kind.KEY}))


@pytest.fixture(autouse=True)
def officers(database: Database, roster: Roster) -> None:
    with database.writing() as session:
        for viewer in (roster.olga, roster.omar):
            session.add(GrantRow(person_id=viewer.person_id, role=Role.OFFICER.value, granted_at=0))


def refused(database: Database, vault: Vault, roster: Roster, kind: RequestKind = RequestKind.ERASURE) -> int:
    with database.writing() as session:
        number = (
            request.open_request(session, roster.ana, vault, 1, kind).id
            if kind is not RequestKind.OBJECTION
            else (objection.ask(session, roster.ana, vault, 1, Reach(), "It is too much.").id)
        )
    with database.writing() as session:
        request.decide(session, roster.olga, vault, number, False, Ground.LEGAL_CLAIMS, WHY)
    return number


def ask(database: Database, vault: Vault, roster: Roster, number: int) -> request.Request:
    with database.writing() as session:
        return appeals.ask(session, roster.ana, vault, number, AGAINST)


def decide(database: Database, vault: Vault, viewer: object, number: int, overturn: bool) -> request.Request:
    with database.writing() as session:
        return appeals.decide(session, viewer, vault, number, overturn, ANSWER)  # pyright: ignore[reportArgumentType]


def test_an_appeal_runs_under_a_clock_of_its_own_and_goes_to_another_officer(
    database: Database, vault: Vault, roster: Roster
) -> None:
    number = refused(database, vault, roster)
    found = ask(database, vault, roster, number)
    assert (found.state, found.closed_at, found.appeal and found.appeal.words) == (State.APPEALED, None, AGAINST)
    today = clocks.received_on("gdpr", instants.now())
    assert found.due_on == clocks.due_on("gdpr", today)
    assert found.events[-1].due_on == found.due_on
    with pytest.raises(NotAllowed, match="You decided request"):
        decide(database, vault, roster.olga, number, True)
    for viewer in (roster.ana, OPERATOR):
        with pytest.raises(NotAllowed):
            decide(database, vault, viewer, number, True)
    with pytest.raises(NotFound), database.writing() as session:
        appeals.ask(session, roster.cal, vault, number, AGAINST)
    upheld = decide(database, vault, roster.omar, number, False)
    assert upheld.state is State.REFUSED and upheld.appeal is not None
    assert (upheld.appeal.overturned, upheld.appeal.by, upheld.appeal.reason) == (False, "Omar", ANSWER)
    assert (upheld.reason, upheld.ground) == (WHY, Ground.LEGAL_CLAIMS)
    with pytest.raises(Conflict, match="possible once"):
        ask(database, vault, roster, number)
    with pytest.raises(Conflict, match="is refused"):
        decide(database, vault, roster.omar, number, True)


def test_what_is_overturned_is_carried_out(database: Database, vault: Vault, roster: Roster, tmp_path: Path) -> None:
    keep(database, vault, 1, rows(30))
    number = refused(database, vault, roster)
    ask(database, vault, roster, number)
    found = decide(database, vault, roster.omar, number, True)
    assert (found.state, found.decider, found.ground, found.closed_at) == (State.APPROVED, "Omar", None, None)
    settings = place_of(database, tmp_path).settings
    assert steps.run(database, vault, settings, OPERATOR, number).state is State.DONE
    assert kept(database, vault, 1) == []


def test_of_what_was_granted_in_part_the_rest_goes_on_as_a_request_of_its_own(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    keep(database, vault, 1, rows(30))
    with database.writing() as session:
        number = request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE).id
    with database.writing() as session:
        request.decide(session, roster.olga, vault, number, True, Ground.LEGAL_CLAIMS, WHY, granted=KEYS)
    with pytest.raises(Conflict, match="approved and not yet started"):
        ask(database, vault, roster, number)
    settings = place_of(database, tmp_path).settings
    steps.run(database, vault, settings, OPERATOR, number)
    assert ask(database, vault, roster, number).state is State.CONTESTED
    found = decide(database, vault, roster.omar, number, True)
    assert found.state is State.DONE and found.appeal is not None and found.appeal.goes_on == number + 1
    rest = steps.run(database, vault, settings, OPERATOR, number + 1)
    assert (rest.state, rest.scope, rest.opened_by) == (State.DONE, Scope(), 1)
    assert kept(database, vault, 1) == []


def test_what_was_granted_in_full_has_nothing_to_appeal(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    with database.writing() as session:
        number = request.open_request(session, roster.ana, vault, 1, RequestKind.EXPORT, KEYS).id
    steps.run(database, vault, place_of(database, tmp_path).settings, OPERATOR, number)
    with pytest.raises(Conflict, match="nothing to appeal"):
        ask(database, vault, roster, number)


def test_where_no_other_officer_is_left_it_says_so_and_what_to_do(
    database: Database, vault: Vault, roster: Roster
) -> None:
    number = refused(database, vault, roster)
    with database.writing() as session:
        session.get_one(GrantRow, (4, Role.OFFICER.value, 0)).revoked_at = 1
    with database.reading() as session:
        assert not appeals.has_judge(session, roster.ana, number)
    with pytest.raises(Conflict, match="complain to the data protection authority"):
        ask(database, vault, roster, number)
    with database.reading() as session:
        assert session.get_one(RequestRow, (1, number)).state == "refused"


def test_words_are_needed_on_both_sides_and_nothing_is_changed_without(
    database: Database, vault: Vault, roster: Roster
) -> None:
    number = refused(database, vault, roster)
    with database.writing() as session, pytest.raises(BadInput, match="what is wrong with the decision"):
        appeals.ask(session, roster.ana, vault, number, "  ")
    ask(database, vault, roster, number)
    with database.writing() as session, pytest.raises(BadInput, match="needs a reason"):
        appeals.decide(session, roster.omar, vault, number, True, "")
    with database.reading() as session:
        assert session.get_one(RequestRow, (1, number)).state == "appealed"


def test_an_objection_stands_while_its_appeal_waits_and_ends_with_notice_if_that_fails(
    database: Database, vault: Vault, roster: Roster
) -> None:
    number = refused(database, vault, roster, RequestKind.OBJECTION)
    ask(database, vault, roster, number)
    later = instants.now() + 100 * instants.DAY

    def stands(at: int) -> bool:
        with database.reading() as session:
            return bool(rules.sealing(session, vault, 1, at))

    assert stands(later)
    decide(database, vault, roster.omar, number, False)
    assert stands(instants.now() + 6 * instants.DAY) and not stands(later)
    second = refused(database, vault, roster, RequestKind.OBJECTION)
    ask(database, vault, roster, second)
    assert decide(database, vault, roster.omar, second, True).state is State.DONE
    assert stands(later)


@pytest.mark.parametrize("decided", [None, True, False], ids=["waits", "approved", "refused"])
def test_an_appeal_that_is_overturned_goes_on_as_what_its_person_asked_for_anew(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, decided: bool | None
) -> None:
    """Whoever asked for the rest once more blocks nobody, and waits for nothing twice."""
    settings = place_of(database, tmp_path).settings
    keep(database, vault, 1, rows(30))
    with database.writing() as session:
        first = request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE).id
    with database.writing() as session:
        request.decide(session, roster.olga, vault, first, True, Ground.LEGAL_CLAIMS, WHY, granted=KEYS, delay=0)
    steps.run(database, vault, settings, OPERATOR, first)
    with database.writing() as session:
        second = request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE).id
    if decided is not None:
        with database.writing() as session:
            why = () if decided else (Ground.LEGAL_CLAIMS, WHY)
            request.decide(session, roster.olga, vault, second, decided, *why, delay=0)
    ask(database, vault, roster, first)
    found = decide(database, vault, roster.omar, first, True)
    goes_on = second if decided is not False else 3
    assert found.appeal is not None and found.appeal.goes_on == goes_on
    assert steps.run(database, vault, settings, OPERATOR, goes_on).state is State.DONE
    assert kept(database, vault, 1) == []


def test_an_appeal_that_is_overturned_ends_what_was_asked_back_about_the_same(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    """Nobody has to answer any more what an officer wanted to know before granting it; the clock goes on."""
    keep(database, vault, 2, rows(30))
    with database.writing() as session:
        session.get_one(PersonRow, 2).jurisdiction = "uk"
        first = request.open_request(session, roster.cal, vault, 2, RequestKind.ERASURE).id
    with database.writing() as session:
        request.decide(session, roster.olga, vault, first, True, Ground.LEGAL_CLAIMS, WHY, granted=KEYS, delay=0)
    steps.run(database, vault, place_of(database, tmp_path).settings, OPERATOR, first)
    with database.writing() as session:
        second = request.open_request(session, roster.cal, vault, 2, RequestKind.ERASURE).id
    with database.writing() as session:
        timing.ask_back(session, roster.olga, vault, second, "clarification", "All of it?")
    with database.writing() as session:
        appeals.ask(session, roster.cal, vault, first, AGAINST)
    assert decide(database, vault, roster.omar, first, True).appeal.goes_on == second  # pyright: ignore[reportOptionalMemberAccess]
    with database.reading() as session:
        found = request.show(session, roster.cal, vault, second)
    assert (found.state, found.stopped_at) == (State.APPROVED, None)


def appealed_copy(database: Database, vault: Vault, roster: Roster, settings: Settings) -> int:
    """A copy whose person has appealed what is blacked out in it."""
    two(database, vault, START)
    with database.writing() as session:
        bystanders.add(session, roster.olga, vault, CHATS)
        number = request.open_request(session, roster.ana, vault, 1, RequestKind.EXPORT).id
    assert steps.run(database, vault, settings, OPERATOR, number).state is State.DONE
    assert ask(database, vault, roster, number).state is State.CONTESTED
    return number


def takes(database: Database, vault: Vault, roster: Roster, number: int) -> bytes:
    with database.writing() as session:
        return b"".join(offer.open_export(session, roster.ana, vault, number)[2])


def test_an_appeal_of_what_a_copy_leaves_out_takes_nothing_of_it_away(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    number = appealed_copy(database, vault, roster, place_of(database, tmp_path).settings)
    assert takes(database, vault, roster, number)
    assert worker.tidy(database, vault) == 0
    with pytest.raises(Conflict, match="done in part, and the rest appealed"), database.writing() as session:
        request.open_request(session, roster.ana, vault, 1, RequestKind.EXPORT)
    assert decide(database, vault, roster.omar, number, False).state is State.DONE
    assert takes(database, vault, roster, number)


@pytest.mark.parametrize("gone_with", ["deletion", "time"])
def test_a_copy_that_goes_while_it_is_appealed_is_gone_and_can_be_asked_for_anew(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, gone_with: str
) -> None:
    settings = place_of(database, tmp_path).settings
    number = appealed_copy(database, vault, roster, settings)
    why = "Its time was over."
    if gone_with == "deletion":
        with database.writing() as session:
            deletion = request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE).id
        with database.writing() as session:
            request.decide(session, roster.olga, vault, deletion, True, delay=0)
        steps.run(database, vault, settings, OPERATOR, deletion)
        why = offer.GONE_WITH.format(deletion)
    assert worker.tidy(database, vault, 1 << 62) == (1 if gone_with == "time" else 0)
    assert worker.tidy(database, vault, 1 << 62) == 0, "its end is logged once"
    assert vault.objects.list("exports") == ()
    with pytest.raises(Conflict, match="its file is gone, so there is no file to take; ask for a new copy"):
        takes(database, vault, roster, number)
    with database.writing() as session:
        new = request.open_request(session, roster.ana, vault, 1, RequestKind.EXPORT).id
        found = request.show(session, roster.ana, vault, number)
    assert (found.state, found.events[-1].note) == (State.CONTESTED, why)
    assert standing.next_step(found, Calendar(ZoneInfo("UTC"), instants.now())).endswith(
        f"The file has been removed. {why} You can ask for a new copy at any time."
    )
    assert decide(database, vault, roster.omar, number, False).state is State.EXPIRED
    assert worker.tidy(database, vault, 1 << 62) == 0
    assert steps.run(database, vault, settings, OPERATOR, new).state is State.DONE
    assert takes(database, vault, roster, new)

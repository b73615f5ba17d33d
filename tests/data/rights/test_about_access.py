"""What is asked about one access: a question that must be answered, and a name that an officer weighs and decides."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from data import instants
from data.accesses import keys, log
from data.accesses.accessors import Outside
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.tables import DetailsRow, EntryRow
from data.database import Database
from data.errors import BadInput, Conflict, Error, NotAllowed, NotFound
from data.looks import history, single
from data.people.viewer import OPERATOR, Viewer
from data.rights import clocks, inquiry, question, request, reveal, steps
from data.rights.states import NATURES, Ground, Move, RequestKind, State, after
from data.rights.tables import RequestEventRow, RequestRow
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.accesses.logging import blame
from tests.data.rights.conftest import Roster

WORDS = "I was on leave that day, who quillaja looked?"
LOGIN = Outside("d.farrow", "engineer", "Data Platform")


@pytest.fixture
def settings(tmp_path: Path, database: Database) -> Settings:
    return Settings(tmp_path, str(database.url), str(tmp_path / "segments"), tmp_path / "keyring")


def looked(
    database: Database,
    vault: Vault,
    accessor: Viewer | Outside | None,
    person_id: int = 1,
    *,
    action: Action = Action.READ,
    source: str = "daylight",
    purpose: Purpose = Purpose.SUPPORT,
) -> int:
    with database.writing() as session:
        return log.append(
            session,
            vault,
            action=action,
            people=[person_id],
            accessor=accessor,
            reason=Reason(purpose, "T-1"),
            scope={},
            count=3,
            source=source,
        )


def ask(database: Database, vault: Vault, viewer: Viewer, position: int, text: str = WORDS) -> request.Request:
    assert viewer.person_id is not None
    with database.writing() as session:
        return question.ask(session, viewer, vault, viewer.person_id, position, text)


def ask_name(database: Database, vault: Vault, viewer: Viewer, position: int, text: str = WORDS) -> request.Request:
    assert viewer.person_id is not None
    with database.writing() as session:
        return reveal.ask(session, viewer, vault, viewer.person_id, position, text)


def decide(
    database: Database, vault: Vault, viewer: Viewer, number: int, approve: bool, reason: str = "It weighs more."
) -> request.Request:
    with database.writing() as session:
        ground = None if approve else Ground.OTHER
        return request.decide(session, viewer, vault, number, approve, ground, reason)


def actions(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(EntryRow.action).order_by(EntryRow.position)))


def test_a_question_is_asked_answered_and_read(database: Database, vault: Vault, roster: Roster) -> None:
    position = looked(database, vault, LOGIN, source="warehouse audit")
    asked = ask(database, vault, roster.ana, position)
    assert (asked.kind, asked.state, asked.access, asked.words) == (
        RequestKind.QUESTION,
        State.OPEN,
        position,
        WORDS,
    )
    assert asked.due_on == clocks.due_on("gdpr", clocks.received_on("gdpr", instants.now()))
    with database.writing() as session:
        done = question.answer(session, roster.olga, vault, asked.id, "  It was the backup test of Tuesday. ")
    assert (done.state, done.decider, done.told) == (State.DONE, "Olga", "It was the backup test of Tuesday.")
    with database.reading() as session:
        (mine,) = request.mine(session, roster.ana, vault, 1)
    assert (mine.told, mine.stands) == ("It was the backup test of Tuesday.", "answered")
    assert [event.what for event in mine.events] == ["opened", "answered"]
    assert actions(database) == ["read", "request opened", "request answered"]


def test_the_words_of_both_sides_stand_nowhere_in_plain_text(database: Database, vault: Vault, roster: Roster) -> None:
    asked = ask(database, vault, roster.ana, looked(database, vault, LOGIN))
    with database.writing() as session:
        question.answer(session, roster.olga, vault, asked.id, "Because quillaja was ill.")
    with database.reading() as session:
        rows = [*session.scalars(select(RequestRow)), *session.scalars(select(RequestEventRow))]
        rows += [*session.scalars(select(DetailsRow))]
        for row in rows:
            for column in row.__table__.columns:
                value = getattr(row, column.name)
                assert b"quillaja" not in (value if isinstance(value, bytes) else str(value).encode())
        log_keys = keys.make(session, vault)
        logged = [log_keys.open_details(row.position, row.details) for row in session.scalars(select(DetailsRow))]
    assert len(logged) == 3
    assert not any(b"quillaja" in one for one in logged), "the words stay with the request, the log outlives it"


@pytest.mark.parametrize("kind", [RequestKind.QUESTION, RequestKind.REVEAL])
def test_one_asks_only_about_an_access_to_ones_own_data(
    database: Database, vault: Vault, roster: Roster, kind: RequestKind
) -> None:
    make = {RequestKind.QUESTION: ask, RequestKind.REVEAL: ask_name}[kind]
    theirs = looked(database, vault, LOGIN, person_id=2)
    event = looked(database, vault, None, action=Action.IMPORT)
    own = looked(database, vault, roster.ana)
    for position in (theirs, event, 999, -1):
        with pytest.raises(NotFound, match="no access"):
            make(database, vault, roster.ana, position)
    with pytest.raises(BadInput, match="themselves looking"):
        make(database, vault, roster.ana, own)
    with pytest.raises(BadInput, match="own words"):
        make(database, vault, roster.ana, looked(database, vault, LOGIN), "  ")
    with database.reading() as session:
        assert request.mine(session, roster.ana, vault, 1) == ()


def test_the_same_access_is_asked_about_once_at_a_time(database: Database, vault: Vault, roster: Roster) -> None:
    position = looked(database, vault, LOGIN)
    first = ask(database, vault, roster.ana, position)
    with pytest.raises(Conflict, match=f"request {first.id} is waiting for an answer"):
        ask(database, vault, roster.ana, position, "Other words.")
    ask_name(database, vault, roster.ana, position)
    ask(database, vault, roster.ana, looked(database, vault, LOGIN))
    with database.writing() as session:
        question.answer(session, roster.olga, vault, first.id, "It was a test.")
    assert ask(database, vault, roster.ana, position, "That was no answer.").id > first.id


def test_a_promised_shorter_time_wins_over_the_laws_and_a_longer_one_does_not(
    database: Database, vault: Vault, roster: Roster
) -> None:
    today = clocks.received_on("gdpr", instants.now())
    for days, earlier in ((5, True), (400, False)):
        position = looked(database, vault, LOGIN)
        with database.writing() as session:
            made = question.ask(session, roster.ana, vault, 1, position, WORDS, within_days=days)
        assert ((made.due_on - today).days == 5) is earlier
        assert (made.due_on < clocks.due_on("gdpr", today)) is earlier
        assert ("promised" in made.law) is earlier
        assert "same clock as a request for a copy" in made.law


def test_an_answer_needs_words_an_officer_and_an_open_question(
    database: Database, vault: Vault, roster: Roster
) -> None:
    asked = ask(database, vault, roster.ana, looked(database, vault, LOGIN))
    wrong: list[tuple[Viewer, str, type[Error]]] = [
        (roster.olga, " ", BadInput),
        (roster.olga, "x" * 4001, BadInput),
        (roster.ana, "It was fine.", NotAllowed),
        (roster.cal, "It was fine.", NotAllowed),
        (OPERATOR, "It was fine.", NotAllowed),
    ]
    for viewer, text, error in wrong:
        with pytest.raises(error), database.writing() as session:
            question.answer(session, viewer, vault, asked.id, text)
    with database.writing() as session:
        question.answer(session, roster.olga, vault, asked.id, "It was fine.")
    with pytest.raises(Conflict, match="is answered"), database.writing() as session:
        question.answer(session, roster.omar, vault, asked.id, "It was something else.")


def test_nobody_answers_their_own_question_or_one_about_an_access_of_theirs(
    database: Database, vault: Vault, roster: Roster
) -> None:
    own = ask(database, vault, roster.olga, looked(database, vault, roster.omar, person_id=2 + 1))
    with pytest.raises(NotAllowed, match="their own request"), database.writing() as session:
        question.answer(session, roster.olga, vault, own.id, "I answer myself.")
    with pytest.raises(NotAllowed, match="an access of yours"), database.writing() as session:
        question.answer(session, roster.omar, vault, own.id, "It was I, and it was fine.")


def test_a_question_is_neither_approved_nor_refused_nor_run(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    asked = ask(database, vault, roster.ana, looked(database, vault, LOGIN))
    for approve in (True, False):
        with pytest.raises(Conflict, match="you can answer it"):
            decide(database, vault, roster.olga, asked.id, approve)
    with pytest.raises(Conflict, match="you can answer it"):
        steps.run(database, vault, settings, OPERATOR, asked.id)
    with database.reading() as session:
        assert request.show(session, roster.ana, vault, asked.id).state is State.OPEN


def test_what_is_about_captures_is_not_answered(database: Database, vault: Vault, roster: Roster) -> None:
    with database.writing() as session:
        asked = request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE)
    with pytest.raises(Conflict, match="you can approve or refuse it"), database.writing() as session:
        question.answer(session, roster.olga, vault, asked.id, "No.")
    with pytest.raises(BadInput, match="not about one access"), database.writing() as session:
        inquiry.look_into(session, roster.olga, vault, asked.id)
    with pytest.raises(BadInput, match="needs the access"), database.writing() as session:
        request.open_request(session, roster.ana, vault, 1, RequestKind.REVEAL)


@pytest.mark.parametrize("kind", RequestKind)
def test_only_the_moves_of_a_kind_lead_anywhere(kind: RequestKind) -> None:
    for state in State:
        for move in Move:
            legal = NATURES[kind].moves.get(move, {}).get(state)
            if legal is None:
                with pytest.raises(Conflict):
                    after(kind, state, move, 1)
            else:
                assert after(kind, state, move, 1) is legal
    # Nothing that was decided is ever open again.
    back = {state for to in NATURES[kind].moves.values() for state, then in to.items() if then is State.OPEN}
    assert back <= {State.OPEN, State.STOPPED}


def test_an_approved_name_is_told_to_its_person_with_the_reasons(
    database: Database, vault: Vault, roster: Roster
) -> None:
    asked = ask_name(database, vault, roster.ana, looked(database, vault, roster.omar))
    with pytest.raises(BadInput, match="needs a reason"):
        decide(database, vault, roster.olga, asked.id, True, " ")
    done = decide(database, vault, roster.olga, asked.id, True)
    assert (done.state, done.closed_at, done.next_step) == (State.DONE, done.decided_at, None)
    with database.reading() as session:
        (mine,) = request.mine(session, roster.ana, vault, 1)
    assert (mine.told, mine.reason, mine.stands) == (
        "Omar (omar@example.org)",
        "It weighs more.",
        "approved, and the name was told",
    )
    assert actions(database)[-1] == "request decided"


def test_a_name_is_told_to_nobody_but_the_person(database: Database, vault: Vault, roster: Roster) -> None:
    asked = ask_name(database, vault, roster.ana, looked(database, vault, roster.omar))
    assert decide(database, vault, roster.olga, asked.id, True).told == ""
    with database.reading() as session:
        assert request.show(session, roster.olga, vault, asked.id).told == ""
        assert request.mine(session, roster.olga, vault, 1)[0].told == ""
        assert request.show(session, roster.ana, vault, asked.id).told == "Omar (omar@example.org)"
        assert b"Omar" not in (session.scalars(select(RequestRow.outcome)).one() or b"")


def test_a_refused_name_stays_sealed_and_the_person_reads_ground_and_reason(
    database: Database, vault: Vault, roster: Roster
) -> None:
    asked = ask_name(database, vault, roster.ana, looked(database, vault, roster.omar))
    with pytest.raises(BadInput, match="needs a ground"), database.writing() as session:
        request.decide(session, roster.olga, vault, asked.id, False, None, "Because.")
    decide(database, vault, roster.olga, asked.id, False, "The look is explained in full without a name.")
    with database.reading() as session:
        (mine,) = request.mine(session, roster.ana, vault, 1)
        assert session.scalars(select(RequestRow.outcome)).one() is None
    assert (mine.state, mine.ground, mine.told) == (State.REFUSED, Ground.OTHER, "")
    assert mine.reason == "The look is explained in full without a name."


def test_nobody_decides_about_a_name_that_is_theirs_or_that_they_asked_for(
    database: Database, vault: Vault, roster: Roster
) -> None:
    by_omar = ask_name(database, vault, roster.ana, looked(database, vault, roster.omar))
    for approve in (True, False):
        with pytest.raises(NotAllowed, match="an access of yours"):
            decide(database, vault, roster.omar, by_omar.id, approve)
    # The same person behind a login of another system that is exactly their e-mail.
    login = Outside("Omar@Example.org", "engineer")
    by_login = ask_name(database, vault, roster.ana, looked(database, vault, login, source="warehouse audit"))
    with pytest.raises(NotAllowed, match="an access of yours"):
        decide(database, vault, roster.omar, by_login.id, True)
    own = ask_name(database, vault, roster.olga, looked(database, vault, roster.omar, person_id=3))
    with pytest.raises(NotAllowed, match="their own request"):
        decide(database, vault, roster.olga, own.id, True)


@pytest.mark.parametrize(
    ("accessor", "said"),
    [
        (LOGIN, "the login d.farrow (warehouse audit); the log does not hold which person used it"),
        (
            Outside("dba", shared=True),
            "the shared login dba (warehouse audit); the log does not hold which person of s",
        ),
        (Outside("o.mar", person_id=4), "the login o.mar (warehouse audit), which belongs to Omar (omar@example.org)"),
        (Outside("svc-extract", automated=True), "the automated account svc-extract (warehouse audit); the log holds"),
        (Outside("omar@example.org"), "the login omar@example.org (warehouse audit), which is the e-mail address of O"),
        (None, "nobody the log could name"),
    ],
    ids=["login", "shared login", "known login", "job", "login that is an e-mail", "nothing"],
)
def test_a_name_says_what_the_log_knows_and_no_more(
    database: Database, vault: Vault, roster: Roster, accessor: Outside | None, said: str
) -> None:
    asked = ask_name(database, vault, roster.ana, looked(database, vault, accessor, source="warehouse audit"))
    decide(database, vault, roster.olga, asked.id, True)
    with database.reading() as session:
        assert request.mine(session, roster.ana, vault, 1)[0].told.startswith(said)


def test_a_name_that_can_no_longer_be_read_cannot_be_told(database: Database, vault: Vault, roster: Roster) -> None:
    position = looked(database, vault, roster.omar)
    asked = ask_name(database, vault, roster.ana, position)
    with database.writing() as session:
        session.delete(session.get_one(DetailsRow, position))
    with pytest.raises(Conflict, match="no longer be read"):
        decide(database, vault, roster.olga, asked.id, True)
    assert decide(database, vault, roster.olga, asked.id, False).state is State.REFUSED


def test_an_officer_who_opens_the_access_is_seen_by_the_person(
    database: Database, vault: Vault, roster: Roster
) -> None:
    position = looked(database, vault, roster.omar)
    asked = ask(database, vault, roster.ana, position)
    with database.writing() as session:
        found = inquiry.look_into(session, roster.olga, vault, asked.id)
    assert found.identity is not None
    assert (found.look.position, found.identity.name) == (position, "Omar")
    with database.reading() as session:
        newest = history.about(session, roster.ana, vault, 1)[0]
    assert (newest.role, newest.purpose, newest.ticket) == ("officer", Purpose.QUESTION, f"request {asked.id}")
    assert newest.scope == {"what": "access history", "access": position}


def test_an_access_that_cannot_be_logged_is_not_opened(database: Database, vault: Vault, roster: Roster) -> None:
    asked = ask(database, vault, roster.ana, looked(database, vault, roster.omar))
    with pytest.raises(Exception, match=r"(?i)read.?only"), database.reading() as session:
        inquiry.look_into(session, roster.olga, vault, asked.id)


def test_whoever_was_behind_an_access_and_whoever_is_no_officer_opens_nothing(
    database: Database, vault: Vault, roster: Roster
) -> None:
    asked = ask_name(database, vault, roster.ana, looked(database, vault, roster.omar))
    before = actions(database)
    tries: list[tuple[Viewer, type[Error]]] = [
        (roster.omar, NotAllowed),
        (roster.ana, NotAllowed),
        (roster.cal, NotFound),
    ]
    for viewer, error in tries:
        with pytest.raises(error), database.writing() as session:
            inquiry.look_into(session, viewer, vault, asked.id)
    assert actions(database) == before


def test_a_name_that_was_exchanged_in_the_log_is_not_told(database: Database, vault: Vault, roster: Roster) -> None:
    position = looked(database, vault, roster.omar)
    asked = ask_name(database, vault, roster.ana, position)
    with database.writing() as session:
        blame(session, vault, position, roster.olga)
    with pytest.raises(Conflict, match="can no longer be read"):
        decide(database, vault, roster.olga, asked.id, True)


def test_a_single_look_is_read_by_its_person_and_by_nobody_beside(
    database: Database, vault: Vault, roster: Roster
) -> None:
    position = looked(database, vault, roster.omar)
    with database.reading() as session:
        found = single.opened(session, roster.ana, vault, 1, position)
        assert found == history.about(session, roster.ana, vault, 1)[0]
        with pytest.raises(NotAllowed):
            single.opened(session, roster.cal, vault, 1, position)
        with pytest.raises(NotFound):
            single.opened(session, roster.cal, vault, 2, position)


def test_a_question_taken_back_needs_no_answer_any_more(database: Database, vault: Vault, roster: Roster) -> None:
    for make in (ask, ask_name):
        made = make(database, vault, roster.ana, looked(database, vault, LOGIN))
        with database.writing() as session:
            assert request.withdraw(session, roster.ana, vault, made.id).state is State.WITHDRAWN
        with pytest.raises(Conflict):
            decide(database, vault, roster.olga, made.id, True)

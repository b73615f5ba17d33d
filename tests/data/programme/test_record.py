"""The programme's pauses stand in the log alone, begin when they say, need two officers to end, and hide nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.accesses.log import Entry
from data.accesses.tables import AboutRow, DetailsRow, EntryRow, TileRow
from data.database import Database
from data.errors import BadInput, Conflict, Error, NotAllowed, Unreadable
from data.people.viewer import OPERATOR, Role, Viewer
from data.programme import gate, own_pause, record
from data.programme.state import Line, Programme, Span, State, Step
from data.proofs import publishing
from data.proofs.anchor import Anchor
from data.sealing.vault import Vault

ANA = Viewer(7, frozenset({Role.EMPLOYEE}), "Ana")
OLGA = Viewer(8, frozenset({Role.EMPLOYEE, Role.OFFICER}), "Olga")
INES = Viewer(10, frozenset({Role.EMPLOYEE, Role.ORGANIZER}), "Ines")
OMAR = Viewer(9, frozenset({Role.EMPLOYEE, Role.OFFICER}), "Omar")
WHY = "The collector wrote to a table that everybody could read."
HOUR = instants.HOUR


def do(database: Database, vault: Vault, act: Callable[..., Programme], viewer: Viewer, *given: object) -> Programme:
    with database.writing() as session:
        return act(session, viewer, vault, *given)


def read(database: Database, vault: Vault, viewer: Viewer = ANA) -> Programme:
    with database.reading() as session:
        return record.read(session, viewer, vault)


def test_everybody_reads_that_it_is_paused_since_when_by_whom_and_why(database: Database, vault: Vault) -> None:
    """The state is public: an employee reads what the officer put on record, and only officers put it there."""
    before = instants.now()
    assert read(database, vault).state(before) is State.RUNNING
    with pytest.raises(NotAllowed):
        do(database, vault, record.pause, ANA, None, WHY)
    with pytest.raises(BadInput, match="everybody in the company reads it"):
        do(database, vault, record.pause, OLGA, None, "  ")
    do(database, vault, record.pause, OLGA, None, WHY)
    found = read(database, vault)
    assert found.pause and before <= found.pause.start <= instants.now()
    assert found.state(instants.now()) is State.PAUSED
    assert found.decided and (found.decided.name, found.decided.words) == ("Olga", WHY)
    with pytest.raises(Conflict, match=r"paused already.*by Olga"):
        do(database, vault, record.pause, OMAR, None, WHY)


def test_a_pause_in_the_past_is_refused_in_a_sentence_and_one_ahead_is_announced(
    database: Database, vault: Vault
) -> None:
    """Nobody can say afterwards that it had been paused; an announced one is brought forward or called off openly."""
    now = instants.now()
    for at in (now - 1, now - 3 * HOUR):
        with pytest.raises(BadInput, match="is past"):
            do(database, vault, record.pause, OLGA, at, WHY)
    with pytest.raises(BadInput, match="more than a year ahead"):
        do(database, vault, record.pause, OLGA, now + 400 * instants.DAY, WHY)
    do(database, vault, record.pause, OLGA, now + 2 * HOUR, WHY)
    assert read(database, vault).state(now) is State.PAUSING
    assert read(database, vault).state(now + 2 * HOUR) is State.PAUSED
    with pytest.raises(BadInput, match="bring it forward to a time before"):
        do(database, vault, record.bring_forward, OMAR, now + 3 * HOUR, "Later.")
    with pytest.raises(Conflict, match="not paused"):
        do(database, vault, record.propose_resume, OMAR, "It never was.")
    do(database, vault, record.bring_forward, OMAR, now + HOUR, "It is worse than we thought.")
    assert read(database, vault).pause == Span(now + HOUR)
    do(database, vault, record.call_off, OMAR, "It was another company.")
    found = read(database, vault)
    assert (found.spans, found.state(now + 3 * HOUR)) == ((), State.RUNNING)
    assert [one.step for one in found.lines] == [Step.PAUSED, Step.BROUGHT_FORWARD, Step.CALLED_OFF]
    with pytest.raises(Conflict, match="No pause is announced"):
        do(database, vault, record.call_off, OMAR, "Again.")


def test_resuming_takes_a_second_officer(database: Database, vault: Vault) -> None:
    """One officer alone never has capturing go on; what one proposed can be declined, and stays on record."""
    do(database, vault, record.pause, OLGA, None, WHY)
    with pytest.raises(Conflict, match="Nobody has proposed"):
        do(database, vault, record.resume, OMAR, ())
    found = do(database, vault, record.propose_resume, OLGA, "The table is closed.")
    now = instants.now()
    assert gate.firm(found, OLGA, now) == ("Another officer than whoever proposed it has to confirm it.",)
    assert gate.firm(found, OMAR, now) == ()
    do(database, vault, record.agree, INES, "It held.")
    for viewer in (OLGA, ANA, OPERATOR):
        with pytest.raises(NotAllowed):
            do(database, vault, record.resume, viewer, (), "All the same.")
    with pytest.raises(Conflict, match="Olga has proposed"):
        do(database, vault, record.propose_resume, OMAR, "Me too.")
    do(database, vault, record.decline_resume, OMAR, "It opened again.")
    do(database, vault, record.propose_resume, OMAR, "Closed and held for a week.")
    assert read(database, vault).agreed is None, "what was agreed to is not what is proposed now"
    do(database, vault, record.agree, INES, "It held.")
    assert read(database, vault).state(instants.now()) is State.PAUSED
    done = do(database, vault, record.resume, OLGA, ())
    assert (done.lines[-1].words, done.lines[-1].missing) == ("Closed and held for a week.", ())
    assert done.state(instants.now()) is State.RESUMED
    (span,) = done.spans
    assert span.end is not None and not span.holds(span.end)
    assert span.holds(span.end - 1)
    again = do(database, vault, record.pause, OLGA, None, "Once more.")
    assert [one.end is None for one in again.spans] == [False, True]


def test_what_is_missing_is_gone_past_only_with_a_reason_that_stands_beside_it(
    database: Database, vault: Vault
) -> None:
    """Nobody overrides in silence: everybody reads the reason, and what was missing when it was given."""
    others = ("No impact assessment is on file.", "1 exposure goes on.")
    do(database, vault, record.pause, OLGA, None, WHY)
    do(database, vault, record.propose_resume, OLGA, "The table is closed.")
    with pytest.raises(NotAllowed, match=r"An organizer has to agree to it\. 2 more are missing\."):
        do(database, vault, record.resume, OMAR, others)
    do(database, vault, record.agree, INES, "Their reasons are ours.")
    with pytest.raises(NotAllowed, match=r"No impact assessment is on file\. 1 more"):
        do(database, vault, record.resume, OMAR, others, "   ")
    assert read(database, vault).state(instants.now()) is State.PAUSED
    line = do(database, vault, record.resume, OMAR, others, "A safety case needs it.").lines[-1]
    assert (line.words, line.missing) == ("A safety case needs it.", others)
    assert read(database, vault).lines[-1] == line


def test_only_an_organizer_agrees_once_and_not_to_their_own_proposal(database: Database, vault: Vault) -> None:
    both = Viewer(11, frozenset({Role.EMPLOYEE, Role.OFFICER, Role.ORGANIZER}), "Bo")
    do(database, vault, record.pause, OLGA, None, WHY)
    with pytest.raises(Conflict, match="Nobody has proposed"):
        do(database, vault, record.agree, INES, "Yes.")
    do(database, vault, record.propose_resume, both, "The table is closed.")
    for viewer, error in ((OMAR, NotAllowed), (ANA, NotAllowed), (both, NotAllowed)):
        with pytest.raises(error):
            do(database, vault, record.agree, viewer, "Yes.")
    do(database, vault, record.decline_resume, OLGA, "Somebody else proposes it.")
    do(database, vault, record.propose_resume, OLGA, "The table is closed.")
    do(database, vault, record.agree, both, "Yes.")
    with pytest.raises(Conflict, match="Bo has agreed"):
        do(database, vault, record.agree, INES, "Yes.")
    with pytest.raises(NotAllowed, match="for the employees does not confirm it"):
        do(database, vault, record.resume, both, ())


@pytest.mark.parametrize("ahead", [None, HOUR])
def test_of_two_officers_who_pause_at_once_the_second_is_told(
    database: Database, vault: Vault, ahead: int | None
) -> None:
    """One pause, one reason, one officer who is answerable for it: two at once must not both count."""
    at, start, said = None if ahead is None else instants.now() + ahead, Barrier(2), list[str]()

    def pause(viewer: Viewer) -> None:
        start.wait()
        try:
            do(database, vault, record.pause, viewer, at, WHY)
            said.append("done")
        except Error as error:
            said.append(type(error).__name__)

    threads = [Thread(target=pause, args=(viewer,)) for viewer in (OLGA, OMAR)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["Conflict", "done"]
    assert len(read(database, vault).lines) == 1


def test_a_pause_that_was_taken_out_of_the_log_lets_nothing_be_taken_in(database: Database, vault: Vault) -> None:
    """Whoever can write the database does not switch capturing on again by removing the pause."""
    do(database, vault, record.pause, OLGA, None, WHY)
    do(database, vault, record.propose_resume, OLGA, "The table is closed.")
    with database.writing() as session:
        first = select(EntryRow.position).where(EntryRow.action == Action.PROGRAMME.value).limit(1)
        position = session.scalars(first).one()
        session.execute(delete(DetailsRow).where(DetailsRow.position == position))
    with database.writing() as session, pytest.raises(Unreadable, match="nothing is taken in"):
        record.spans(session, vault)
    with database.writing() as session:
        session.execute(delete(EntryRow).where(EntryRow.position == position))
    assert read(database, vault).lost == 1


@pytest.mark.parametrize("what", ["followed", "in the tree", "signed"])
def test_the_only_pause_that_was_taken_out_of_the_log_lets_nothing_be_taken_in(
    database: Database, vault: Vault, tmp_path: Path, what: str
) -> None:
    """No other entry about a pause tells that it is gone: an entry after it does, or the tree, or what was signed."""
    with database.writing() as session:
        log.extend(session, vault, [Entry(Action.ROSTER, [], OPERATOR, None, {}, 1)])
    do(database, vault, record.pause, OLGA, None, WHY)
    if what == "followed":
        with database.writing() as session:
            log.extend(session, vault, [Entry(Action.ROSTER, [], OPERATOR, None, {}, 1)])
    else:
        publishing.run(database, vault, Anchor(tmp_path / "checkpoint"))
    with database.reading() as session:
        record.require_whole(session)
    with database.writing() as session:
        for table in (EntryRow, DetailsRow):
            session.execute(delete(table).where(table.position == 1))
        if what == "signed":
            session.execute(delete(TileRow))
    assert read(database, vault).pause is None, "which is what the pages say until the log is checked"
    with database.reading() as session, pytest.raises(Unreadable, match="1 entry of the access log is missing"):
        record.require_whole(session)


def line(step: Step, at: int, effective: int | None = None) -> Line:
    return Line(0, 0, step, at, 8, "Olga", WHY, effective)


@pytest.mark.parametrize(
    ("zone", "text", "utc"),
    [
        # The clocks of Berlin are set back at 03:00 (fold) and forward at 02:00; each names its own offset.
        ("Europe/Berlin", "2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00Z"),
        ("Europe/Berlin", "2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00Z"),
        ("Europe/Berlin", "2026-03-29T03:00:00+02:00", "2026-03-29T01:00:00Z"),
        ("Asia/Kathmandu", "2026-03-01T00:00:00+05:45", "2026-02-28T18:15:00Z"),
        ("America/St_Johns", "2026-11-01T09:00:00-03:30", "2026-11-01T12:30:00Z"),
    ],
)
def test_a_pause_begins_at_one_instant_whatever_the_clocks_do(zone: str, text: str, utc: str) -> None:
    """An hour that comes twice, or never, moves no pause: it is kept and compared in UTC, to the microsecond."""
    at = instants.parse(text)
    assert at == instants.parse(utc)
    found = Programme((line(Step.PAUSED, at - HOUR, at),))
    (span,) = found.spans
    assert not span.holds(at - 1) and span.holds(at)
    assert instants.of(instants.moment(at).astimezone(ZoneInfo(zone))) == at


def test_ones_own_pause_lasts_half_an_hour_ends_early_and_is_nobodys_business(database: Database, vault: Vault) -> None:
    """Nobody approves it, nobody else may begin, end or read it, and it is an entry of the log about its person."""
    before = instants.now()
    with database.writing() as session:
        span = own_pause.begin(session, ANA, vault)
    assert span.start >= before and span.end == span.start + 30 * instants.MINUTE
    with database.writing() as session, pytest.raises(Conflict, match="paused already"):
        own_pause.begin(session, ANA, vault)
    with database.writing() as session, pytest.raises(NotAllowed):
        own_pause.begin(session, OPERATOR, vault)
    with database.reading() as session, pytest.raises(NotAllowed):
        own_pause.of(session, OLGA, vault, 7)
    with database.writing() as session:
        ended = own_pause.end(session, ANA, vault)
    assert ended.start == span.start and ended.end and ended.end < span.start + 30 * instants.MINUTE
    with database.writing() as session, pytest.raises(Conflict, match="nothing to end"):
        own_pause.end(session, ANA, vault)
    with database.reading() as session:
        assert own_pause.of(session, ANA, vault, 7) == (ended,)
        assert own_pause.of(session, OLGA, vault, 8) == ()
        assert len(session.scalars(select(AboutRow).where(AboutRow.person_id == 7)).all()) == 2


def test_an_altered_record_of_ones_own_pause_still_pauses(database: Database, vault: Vault) -> None:
    """Half an hour from when it was written stays paused also where its details no longer open."""
    with database.writing() as session:
        span = own_pause.begin(session, ANA, vault)
        session.execute(delete(DetailsRow))
    with database.reading() as session:
        assert own_pause.spans(session, vault, 7) == (span,)

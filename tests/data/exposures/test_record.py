"""An exposure opens and closes by what looks found; whom it concerns reads it, and nobody shortens it unseen."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import delete, func, select, update

from data import instants
from data.accesses.entry import Action
from data.accesses.tables import AboutRow, DetailsRow, EntryRow
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed, NotFound, Unreadable
from data.exposures import record
from data.exposures.exposure import Change, Exposure, Number
from data.incidents import record as incidents
from data.incidents.incident import Happening
from data.incidents.record import Opening
from data.people.crowd import Few
from data.people.viewer import OPERATOR, Role, Viewer
from data.sealing.vault import Vault
from tests.data.exposures.opening import EVERYONE, HOUR, PLACE, STORE, T0, found, look
from tests.data.rights.conftest import Roster, roster

__all__ = ["roster"]

WHY = "The log of the database shows that the grant was made at nine."


def read(database: Database, vault: Vault, viewer: Viewer) -> tuple[Exposure, ...]:
    with database.reading() as session:
        return record.read(session, viewer, vault).exposures


def size(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(EntryRow)) or 0


def test_a_look_that_finds_a_table_open_opens_an_exposure_from_the_last_good_look_on(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """Nobody has to notice and type it in; the time nobody looked counts as open, and who may is nobody's exposure."""
    assert look(database, vault, found()) == (1,)
    (one,) = read(database, vault, roster.olga)
    assert (one.start, one.seen, one.end, one.is_open) == (T0, T0 + HOUR, None, True)
    # Cal's two accounts are one person's, and the account that may is left out.
    assert (one.audience, one.present, one.concerned) == (Number(2, 1), Number(2, 1), 2)
    assert (one.place, one.tables, one.kinds) == (PLACE, ("public.captures",), ("key",))


def test_the_same_look_again_adds_nothing_to_the_log(database: Database, vault: Vault, roster: Roster) -> None:
    """A probe runs every few minutes; what did not change is no news."""
    look(database, vault, found())
    before = size(database)
    assert look(database, vault, found(), at=T0 + 2 * HOUR) == (1,)
    assert size(database) == before


def test_a_change_of_the_audience_keeps_everybody_who_ever_could(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """Taking an account out of a group afterwards does not make it as if it never could."""
    look(database, vault, found())
    fewer = {"cal_db": 2, "new_db": 4}
    look(database, vault, found(fewer, tables=("public.captures", "public.copy")), at=T0 + 2 * HOUR)
    (one,) = read(database, vault, roster.ana)
    assert (one.audience, one.present) == (Number(3, 1), Number(2, 0))
    assert one.tables == ("public.captures", "public.copy")
    assert [line.change for line in one.lines] == [Change.OPENED, Change.CHANGED]
    with database.reading() as session:
        listed = record.accounts(session, roster.olga, vault, 1)
    over = {name: person for name, person in EVERYONE.items() if name != "capture_app"}
    assert listed.audience == {**over, "new_db": 4}


def test_a_good_look_closes_it_and_being_open_again_is_another_that_names_the_former(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """A fix that did not hold is seen as that, not as one long exposure nor as a first one."""
    look(database, vault, found())
    assert look(database, vault, at=T0 + 3 * HOUR) == ()
    assert look(database, vault, at=T0 + 4 * HOUR) == ()
    assert look(database, vault, found(), at=T0 + 6 * HOUR, last_good=T0 + 4 * HOUR) == (2,)
    second, first = read(database, vault, roster.ana)
    assert (first.end, first.former, second.start, second.former) == (T0 + 3 * HOUR, None, T0 + 4 * HOUR, 1)
    with database.reading() as session:
        figures = record.figures(session, roster_organizer(roster), vault)
    assert (figures.total, figures.open, figures.again, figures.unlinked) == (2, 1, 1, 2)


def roster_organizer(roster: Roster) -> Viewer:
    return Viewer(roster.cal.person_id, frozenset({Role.EMPLOYEE, Role.ORGANIZER}), "Cal")


def test_a_look_closes_only_what_it_looked_at(database: Database, vault: Vault, roster: Roster) -> None:
    """A probe of one table says nothing about another, and one of another store nothing at all."""
    look(database, vault, found())
    look(database, vault, at=T0 + 3 * HOUR, looked=["another table"])
    with database.writing() as session:
        record.observe(session, vault, "another store", (), last_good=None, now=T0 + 3 * HOUR)
    assert read(database, vault, roster.ana)[0].is_open


def test_a_look_that_left_a_table_out_does_not_close_what_was_open_there(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """Taking one table off the list is no fix of it; whether it is closed is known once it is looked at again."""
    both = "public.captures", "public.raw"
    look(database, vault, found(tables=both))
    look(database, vault, found(tables=both[:1]), at=T0 + 2 * HOUR, tables=both[:1])
    for hour in (3, 4):
        look(database, vault, at=T0 + hour * HOUR, tables=both[:1])
        (one,) = read(database, vault, roster.ana)
        assert (one.is_open, one.unwatched) == (True, T0 + 3 * HOUR)
    look(database, vault, at=T0 + 5 * HOUR, tables=both)
    (one,) = read(database, vault, roster.ana)
    assert (one.end, one.unwatched, len(one.lines)) == (T0 + 5 * HOUR, None, 4)


def test_each_reads_their_own_and_whoever_watches_reads_all(database: Database, vault: Vault, roster: Roster) -> None:
    """An exposure concerns those whose captures lay there; another employee learns nothing of it."""
    look(database, vault, found(people=(1,)))
    assert len(read(database, vault, roster.ana)) == 1
    assert read(database, vault, roster.cal) == ()
    for viewer in (roster.olga, roster_organizer(roster), OPERATOR):
        assert len(read(database, vault, viewer)) == 1
    look(database, vault, found(people=None), at=T0 + 2 * HOUR)
    (one,) = read(database, vault, roster.cal)
    assert (one.is_mine, one.concerned) == (True, 4)


def test_no_entry_about_a_person_names_an_account(database: Database, vault: Vault, roster: Roster) -> None:
    """A person's copy holds each entry about them whole; whose accounts could is for officers."""
    look(database, vault, found())
    look(database, vault, at=T0 + 2 * HOUR)
    with database.reading() as session:
        keys = record.reading.opening.log_keys(session, vault)
        assert keys is not None
        rows = session.execute(
            select(EntryRow.position, EntryRow.commitment, DetailsRow.details)
            .join(DetailsRow, DetailsRow.position == EntryRow.position)
            .join(AboutRow, (AboutRow.position == EntryRow.position) & (AboutRow.person_id == 1))
        ).all()
        told = json.dumps([dict(keys.read(*row).read) for row in rows])
    assert len(rows) == 2
    assert not [name for name in EVERYONE if name in told]


def test_an_officer_corrects_with_a_reason_and_what_stood_there_stays(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """Nobody makes an exposure shorter silently: the reason and the former span stand beside it."""
    look(database, vault, found())
    look(database, vault, at=T0 + 5 * HOUR)
    with database.writing() as session:
        record.correct(session, roster.olga, vault, 1, start=T0 + HOUR // 2, end=None, reason=WHY)
    (one,) = read(database, vault, roster.ana)
    assert (one.start, one.end) == (T0 + HOUR // 2, T0 + 5 * HOUR)
    (line,) = one.corrections
    assert (line.words, line.was) == (WHY, (T0, T0 + 5 * HOUR))
    with database.reading() as session:
        about = session.scalars(select(AboutRow.person_id).where(AboutRow.position == line.position)).all()
    assert sorted(about) == [1, 2]


def test_a_correction_cannot_leave_out_a_look_that_found_it_open(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """What a probe saw was so; an officer's word does not undo it, and only a good look closes what is open."""
    look(database, vault, found())

    def correct(start: int | None, end: int | None, reason: str = WHY, viewer: Viewer = roster.olga) -> None:
        with database.writing() as session:
            record.correct(session, viewer, vault, 1, start=start, end=end, reason=reason)

    with pytest.raises(BadInput, match="cannot have begun later"):
        correct(T0 + 2 * HOUR, None)
    with pytest.raises(BadInput, match="leave its end out"):
        correct(None, T0 + 2 * HOUR)
    look(database, vault, found({"cal_db": 2}), at=T0 + 3 * HOUR)
    look(database, vault, at=T0 + 5 * HOUR)
    with pytest.raises(BadInput, match="still seen open"):
        correct(None, T0 + 2 * HOUR)
    with pytest.raises(BadInput, match="still seen open"):
        correct(None, instants.now() + HOUR)
    with pytest.raises(BadInput, match="reason"):
        correct(T0 + 1, None, reason="so")
    with pytest.raises(Conflict, match="already"):
        correct(None, None)
    with pytest.raises(NotAllowed):
        correct(T0 + 1, None, viewer=roster.ana)
    with pytest.raises(NotFound), database.writing() as session:
        record.correct(session, roster.olga, vault, 9, start=T0, end=None, reason=WHY)
    assert read(database, vault, roster.ana)[0].corrections == ()


def test_an_exposure_that_belongs_to_an_incident_makes_it_concern_the_same_people(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """Whoever was exposed reads the incident, and it is not closed before they were told."""
    look(database, vault, found())
    with database.writing() as session:
        number = incidents.open_new(session, roster.olga, vault, Opening("Open tables", WHY, people=(1,)))
        record.link(session, roster.olga, vault, 1, number, WHY)
    with database.reading() as session:
        incident = incidents.one(session, roster.cal, vault, number)
    assert (incident.people, incident.is_mine, incident.events[-1].happening) == (Few.UNDER, True, Happening.WIDENED)
    assert read(database, vault, roster.cal)[0].incident == number
    with pytest.raises(Conflict, match="already"), database.writing() as session:
        record.link(session, roster.olga, vault, 1, number, WHY)
    with pytest.raises(NotFound), database.writing() as session:
        record.link(session, roster.olga, vault, 1, 99, WHY)
    with pytest.raises(NotAllowed), database.writing() as session:
        record.link(session, roster.ana, vault, 1, number, WHY)


def test_the_lists_of_accounts_are_for_officers(database: Database, vault: Vault, roster: Roster) -> None:
    """Who could is a list of colleagues; organizers and the people concerned read its number."""
    look(database, vault, found())
    for viewer in (roster.ana, roster_organizer(roster), OPERATOR):
        with pytest.raises(NotAllowed), database.reading() as session:
            record.accounts(session, viewer, vault, 1)


def test_an_entry_that_was_altered_is_counted_and_its_number_is_not_given_again(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """Whoever writes the database cannot take an exposure away without its being said, nor put another in its place."""
    look(database, vault, found())
    with database.writing() as session:
        first = session.scalar(select(func.min(EntryRow.position)).where(EntryRow.action == Action.EXPOSURE.value))
        session.execute(update(DetailsRow).where(DetailsRow.position == first).values(details=b"x"))
    with database.reading() as session:
        assert record.read(session, roster.olga, vault) == ((), 1)
    look(database, vault, found(), at=T0 + 2 * HOUR)
    assert [one.number for one in read(database, vault, roster.olga)] == [2]


def test_a_list_that_was_taken_away_is_said_to_be(database: Database, vault: Vault, roster: Roster) -> None:
    """A list with accounts missing must not pass for the whole."""
    look(database, vault, found())
    with database.writing() as session:
        listed = select(EntryRow.position).where(EntryRow.action == Action.AUDIENCE.value)
        session.execute(delete(DetailsRow).where(DetailsRow.position.in_(listed)))
    with pytest.raises(Unreadable, match="tell the auditor"), database.reading() as session:
        record.accounts(session, roster.olga, vault, 1)


def test_one_look_tells_of_a_place_once(database: Database, vault: Vault, roster: Roster) -> None:
    """Two findings of one place would make each other look like a change."""
    with pytest.raises(BadInput, match=STORE):
        look(database, vault, found(), found())

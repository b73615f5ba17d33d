"""What was kept for as long as was promised goes, nothing else does, and the check of the log tells the two apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from data import instants
from data.accesses import keeping, keys, log
from data.accesses.accessors import Outside
from data.accesses.destroyed import MARK, Destroyed
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.log import Entry
from data.accesses.tables import DetailsRow, EntryRow
from data.captures.scope import Scope
from data.database import Database
from data.errors import BadInput, NotAllowed, Unreadable
from data.incidents import record as incidents
from data.incidents.record import Opening
from data.looks import history, single
from data.people.viewer import OPERATOR
from data.proofs import check, publishing, receipt, verify
from data.proofs.anchor import Anchor
from data.proofs.findings import Finding, What
from data.rights import holds, question
from data.rights.retention import forgetting
from data.scenarios import clock
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.accesses.logging import JOB
from tests.data.crashing import do_and_die, place_of
from tests.data.exposures.opening import found as exposed
from tests.data.exposures.opening import look
from tests.data.rights.conftest import Roster

DAY, YEAR = instants.DAY, 365 * instants.DAY
LONG_AGO = instants.now() - 7 * YEAR


@pytest.fixture
def settings(tmp_path: Path, database: Database, vault: Vault, roster: Roster) -> Settings:
    """Of a store with four looks at Ana's data of seven years ago (1 to 4; 3 is her own), and one of today (6)."""
    why = Reason(Purpose.SUPPORT, "T-1")
    looks = [(JOB, why), (roster.olga, None), (roster.ana, None), (JOB, why)]
    with clock.set_to(LONG_AGO), database.writing() as session:
        log.extend(session, vault, [Entry(Action.STORE_MADE, [], OPERATOR, None, {}, 0)])
        log.extend(session, vault, [Entry(Action.READ, [1], who, why, {"kinds": ["key"]}, 5) for who, why in looks])
        log.extend(session, vault, [Entry(Action.ROSTER, [], OPERATOR, None, {}, 0)])
    look_again(database, vault)
    found = place_of(database, tmp_path).settings
    publishing.run(database, vault, Anchor(found.anchor))
    return found


def look_again(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        log.extend(session, vault, [Entry(Action.READ, [1], JOB, Reason(Purpose.SUPPORT), {}, 5)])


def go_on(database: Database, vault: Vault) -> None:
    """Something else happens, from which it follows when what stands before it in the log was logged."""
    with database.writing() as session:
        log.extend(session, vault, [Entry(Action.ROSTER, [], OPERATOR, None, {}, 0)])


def forget(database: Database, vault: Vault, settings: Settings) -> int:
    return forgetting.run(database, vault, settings, OPERATOR)


def gone(database: Database) -> list[int]:
    with database.reading() as session:
        rows = session.execute(select(DetailsRow.position, DetailsRow.details).order_by(DetailsRow.position))
        return [position for position, details in rows if details[: len(MARK)] == MARK]


def findings(database: Database, vault: Vault) -> list[Finding]:
    with database.reading() as session:
        return list(check.check(session, vault).findings)


def test_what_was_kept_for_long_enough_is_destroyed_and_the_log_holds(
    database: Database, vault: Vault, settings: Settings
) -> None:
    with database.reading() as session:
        before = session.scalars(select(DetailsRow.details).where(DetailsRow.position == 1)).one()
    assert forget(database, vault, settings) == 4
    assert gone(database) == [1, 2, 3, 4]
    assert findings(database, vault) == []
    with database.reading() as session:
        row = session.get_one(DetailsRow, 1)
        assert (row.accessor_id, row.who, row.role, row.purpose) == (None, "", "no longer kept", "support")
        assert before not in row.details
    assert forget(database, vault, settings) == 0, "and once is enough"
    assert findings(database, vault) == []


def test_nothing_goes_where_it_is_promised_for_ever(database: Database, vault: Vault, settings: Settings) -> None:
    assert forget(database, vault, replace(settings, access_days=None)) == 0
    assert forget(database, vault, settings) == 0, "a promise is not taken back"
    assert gone(database) == []


def test_a_shorter_promise_takes_nothing_that_was_logged_under_a_longer_one(
    database: Database, vault: Vault, settings: Settings
) -> None:
    assert forget(database, vault, replace(settings, access_days=10 * 365)) == 0
    assert forget(database, vault, replace(settings, access_days=400)) == 0
    with clock.set_to(instants.now() + 2 * YEAR):
        look_again(database, vault)
        go_on(database, vault)
        publishing.run(database, vault, Anchor(settings.anchor))
        assert forget(database, vault, replace(settings, access_days=400)) == 0
    with clock.set_to(instants.now() + 4 * YEAR):
        publishing.run(database, vault, Anchor(settings.anchor))
        assert forget(database, vault, replace(settings, access_days=400)) == 5
        assert gone(database) == [1, 2, 3, 4, 9], "the one of today was logged under the longer promise"
        assert findings(database, vault) == []


def test_no_promise_is_shorter_than_a_year() -> None:
    with pytest.raises(BadInput, match="DAYLIGHT_ACCESS_DAYS is '1'"):
        Settings.from_environment({"DAYLIGHT_ACCESS_DAYS": "1"})
    assert Settings.from_environment({"DAYLIGHT_ACCESS_DAYS": "never"}).access_days is None


def test_a_date_within_the_promise_is_refused(database: Database, vault: Vault, settings: Settings) -> None:
    with pytest.raises(BadInput, match="are kept for 1,827 days"):
        forgetting.run(database, vault, settings, OPERATOR, before=instants.now() - YEAR, words="we want to")
    assert forgetting.run(database, vault, settings, OPERATOR, before=LONG_AGO - DAY, words="older ones") == 0
    assert gone(database) == []


def test_nobody_else_destroys_anything(database: Database, vault: Vault, settings: Settings, roster: Roster) -> None:
    with pytest.raises(NotAllowed):
        forgetting.run(database, vault, settings, roster.ana)


def destroy_by_hand(
    database: Database, vault: Vault, position: int, before: int, *, days: int | None = 1, at: int | None = None
) -> int:
    """What whoever has this program and its keys does to get rid of an access: promise less, and say that it is old."""
    with clock.set_to(instants.now() if at is None else at), database.writing() as session:
        log_keys = keys.make(session, vault)
        if days is not None:
            log.append(
                session, vault, action=Action.KEEPING, people=(), accessor=OPERATOR, reason=None,
                scope={"days": days}, count=0,
            )  # fmt: skip
        row = session.get_one(DetailsRow, position)
        said = keeping.say(session, vault, OPERATOR, before, [position], "")
        left = Destroyed(instants.now(), said, row.purpose, observed=False)
        row.details = log_keys.seal_destroyed(position, left)
        row.accessor_id, row.who, row.automated, row.role = None, "", False, "no longer kept"
    return said


def test_nobody_destroys_what_was_logged_yesterday_by_calling_it_old(
    database: Database, vault: Vault, settings: Settings
) -> None:
    """Whatever the entry says of its age, and whatever was promised just before."""
    cases: list[tuple[Callable[[], int], str]] = [
        (lambda: destroy_by_hand(database, vault, 6, instants.now() - 5 * YEAR), "speaks of older ones"),
        (lambda: destroy_by_hand(database, vault, 6, instants.now() + DAY), "for 366 days"),
        (lambda: destroy_by_hand(database, vault, 6, instants.now() + DAY, at=instants.now() + 9 * YEAR), "ahead"),
    ]
    for number, (act, why) in enumerate(cases):
        act()
        (found,) = [one for one in findings(database, vault) if one.what is What.DESTROYED_EARLY]
        assert (found.first, why in found.which) == (6, True), number


def test_what_is_dated_ahead_is_found_also_once_its_date_has_come(
    database: Database, vault: Vault, settings: Settings
) -> None:
    go_on(database, vault)
    destroy_by_hand(database, vault, 6, instants.now() + DAY, at=instants.now() + 9 * YEAR)
    go_on(database, vault)
    with clock.set_to(instants.now() + 10 * YEAR):
        (found,) = findings(database, vault)
    assert (found.what, found.first) == (What.DESTROYED_EARLY, 6)
    assert "ahead of the clock" in found.which


def test_an_old_look_that_was_brought_in_yesterday_is_not_old(
    database: Database, vault: Vault, settings: Settings
) -> None:
    """Its own time is in the tree; when it was logged is not, so that column may say anything."""
    with database.writing() as session:
        log.extend(session, vault, [Entry(Action.READ, [1], JOB, Reason(Purpose.SUPPORT), {}, 5, LONG_AGO, "x audit")])
    publishing.run(database, vault, Anchor(settings.anchor))
    with database.writing() as session:
        session.execute(update(EntryRow).where(EntryRow.position == 7).values(recorded_at=LONG_AGO))
    assert forget(database, vault, settings) == 4
    destroy_by_hand(database, vault, 7, instants.now() - 6 * YEAR, days=None)
    found = findings(database, vault)
    assert [(one.what, one.first) for one in found] == [(What.DESTROYED_EARLY, 7)]


def test_a_look_of_yesterday_is_not_old_whenever_it_was_logged(
    database: Database, vault: Vault, settings: Settings
) -> None:
    """The time in the tree counts, where a source's clock was ahead."""
    late = Entry(Action.READ, [1], JOB, Reason(Purpose.SUPPORT), {}, 5, instants.now() - DAY, "x audit")
    with clock.set_to(LONG_AGO):
        with database.writing() as session:
            log.extend(session, vault, [late])
        go_on(database, vault)
    publishing.run(database, vault, Anchor(settings.anchor))
    assert forget(database, vault, settings) == 4
    destroy_by_hand(database, vault, 7, instants.now() - 6 * YEAR, days=None)
    assert [(one.what, one.first) for one in findings(database, vault)] == [(What.DESTROYED_EARLY, 7)]


def test_a_clock_that_is_set_back_makes_nothing_older(database: Database, vault: Vault, settings: Settings) -> None:
    with database.writing() as session:
        log.extend(session, vault, [Entry(Action.READ, [1], JOB, Reason(Purpose.SUPPORT), {}, 5, LONG_AGO, "x audit")])
    go_on(database, vault)
    with clock.set_to(LONG_AGO):
        go_on(database, vault)
    publishing.run(database, vault, Anchor(settings.anchor))
    with database.writing() as session:
        session.execute(update(EntryRow).where(EntryRow.position == 7).values(recorded_at=LONG_AGO))
    forget(database, vault, settings)
    assert gone(database) == [1, 2, 3, 4]
    destroy_by_hand(database, vault, 7, instants.now() - 6 * YEAR, days=None)
    assert [(one.what, one.first) for one in findings(database, vault)] == [(What.DESTROYED_EARLY, 7)]


def test_what_no_entry_says_was_destroyed_stays_an_alarm(database: Database, vault: Vault, settings: Settings) -> None:
    """By other means, more than an entry says, or what an entry says and did not happen."""
    forget(database, vault, settings)
    with database.writing() as session:
        log_keys = keys.make(session, vault)
        session.execute(text("DELETE FROM access_details WHERE position IN (1, 6)"))
        row = session.get_one(DetailsRow, 2)
        row.details = log_keys.seal_destroyed(2, Destroyed(0, 5, "none", observed=False))
        session.get_one(DetailsRow, 3).purpose = "support"
    places = {(one.what, one.first) for one in findings(database, vault)}
    said = 8  # the promise is 7
    assert places == {
        (What.DETAILS_MISSING, 1),
        (What.DETAILS_MISSING, 6),
        (What.DESTROYED_UNSAID, 2),
        (What.COLUMNS_CHANGED, 3),
        (What.DESTROYED_NOT, said),
    }


def test_an_event_is_never_destroyed(database: Database, vault: Vault, settings: Settings) -> None:
    forget(database, vault, settings)
    destroy_by_hand(database, vault, 0, instants.now() - 6 * YEAR, days=None)
    assert [(one.what, one.first) for one in findings(database, vault)] == [(What.DESTROYED_EARLY, 0)]


@pytest.mark.parametrize("change", ["access_details SET details = 'x'", "access_entries SET source = 'elsewhere'"])
def test_what_was_altered_is_left_for_the_auditor(
    database: Database, vault: Vault, settings: Settings, change: str
) -> None:
    with database.writing() as session:
        session.execute(text(f"UPDATE {change} WHERE position = 2"))
    before = findings(database, vault)
    assert forget(database, vault, settings) == 3
    assert gone(database) == [1, 3, 4]
    assert findings(database, vault) == before != []


def test_what_was_read_since_something_was_open_that_is_open_now_stays(
    database: Database, vault: Vault, settings: Settings
) -> None:
    look(database, vault, exposed(), last_good=LONG_AGO - YEAR)
    assert forget(database, vault, settings) == 0


def asked(session: Session, vault: Vault, roster: Roster) -> None:
    question.ask(session, roster.ana, vault, 1, 2, "Who was this, and why?")


def held(session: Session, vault: Vault, roster: Roster) -> None:
    made = holds.propose(
        session, roster.olga, vault, 1, Scope(), "A court wants it.", instants.day_of(instants.now() + 30 * DAY)
    )
    holds.confirm(session, roster.omar, vault, made.number)


def looked_into(session: Session, vault: Vault, roster: Roster) -> None:
    opening = Opening("Looks", "Somebody looked who should not.", people=(1,), looks=(2, 4))
    incidents.open_new(session, roster.olga, vault, opening)


@pytest.mark.parametrize(
    ("need", "left"), [(asked, [1, 3, 4]), (held, list[int]()), (looked_into, [1, 3])], ids=lambda one: str(one)[:14]
)
def test_what_is_still_needed_stays(
    database: Database,
    vault: Vault,
    settings: Settings,
    roster: Roster,
    need: Callable[[Session, Vault, Roster], None],
    left: list[int],
) -> None:
    with database.writing() as session:
        need(session, vault, fresh(roster))
    forget(database, vault, settings)
    assert gone(database) == left
    assert findings(database, vault) == []


def fresh(roster: Roster) -> Roster:
    now = instants.now()
    return Roster(*(replace(one, proved_at=now) for one in (roster.ana, roster.cal, roster.olga, roster.omar)))


def test_what_an_audit_saw_and_nothing_explains_stays(database: Database, vault: Vault, settings: Settings) -> None:
    """And whoever destroys it all the same is found."""
    with clock.set_to(LONG_AGO), database.writing() as session:
        log.extend(
            session, vault, [Entry(Action.QUERY, [1], Outside("eve"), None, {}, 5, None, "x audit", observed=True)]
        )
        log.extend(session, vault, [Entry(Action.ROSTER, [], OPERATOR, None, {}, 0)])
    publishing.run(database, vault, Anchor(settings.anchor))
    forget(database, vault, settings)
    assert 7 not in gone(database)
    with database.writing() as session:
        log_keys = keys.make(session, vault)
        said = keeping.say(session, vault, OPERATOR, instants.now() - 6 * YEAR, [7], "")
        row = session.get_one(DetailsRow, 7)
        row.details = log_keys.seal_destroyed(7, Destroyed(0, said, "none", observed=True))
        row.who, row.role = "", "no longer kept"
    (found,) = findings(database, vault)
    assert (found.what, found.first) == (What.DESTROYED_EARLY, 7)
    assert "nothing explains it" in found.which


def test_nothing_goes_while_nobody_can_tell_what_was_promised(
    database: Database, vault: Vault, settings: Settings
) -> None:
    forget(database, vault, replace(settings, access_days=10 * 365))
    with database.writing() as session:
        session.execute(text("DELETE FROM access_details WHERE position = 7"))
    with pytest.raises(Unreadable, match="how long accesses are kept"):
        forget(database, vault, settings)
    assert gone(database) == []


def test_killed_before_or_after_it_is_said_nothing_is_half_gone(
    database: Database, vault: Vault, settings: Settings, tmp_path: Path
) -> None:
    """The first commit is the promise, the second the entry with the details that it names."""
    place = place_of(database, tmp_path)
    assert do_and_die(place, forget_there, None, "before commit", 2) != 0
    assert (gone(database), findings(database, vault)) == ([], [])
    assert do_and_die(place, forget_there, None, "after commit", 2) != 0
    assert findings(database, vault) == []
    forget(database, vault, settings)
    assert (gone(database), findings(database, vault)) == ([1, 2, 3, 4], [])


def forget_there(database: Database, vault: Vault, place: object, _: object) -> None:
    forgetting.keep_up(database, vault, getattr(place, "settings"))  # noqa: B009


def test_a_person_reads_what_became_of_it_and_their_receipt_holds(
    database: Database, vault: Vault, settings: Settings, roster: Roster
) -> None:
    """It counts as a look, and never as one without a reason or an explanation."""
    earlier = taken(database, vault, settings, roster, 2)
    forget(database, vault, settings)
    with database.reading() as session:
        looks = {one.position: one for one in history.about(session, roster.ana, vault, 1)}
        figures = history.figures(session, roster.ana, vault, 1, 0)
        assert single.identity(session, vault, 2) is None
    one = looks[2]
    assert one.lost is not None
    assert one.lost.destroyed is not None
    assert (one.marks, one.role, one.ticket, dict(one.scope), one.purpose) == ((), "", "", {}, Purpose.NONE)
    assert one.as_json()["lost"] is False
    assert looks[3].is_own
    assert (figures.total, figures.destroyed, figures.lost, figures.unsaid, figures.unexplained) == (4, 3, 0, 0, 0)
    held = verify.verify(earlier)
    assert held.details is not None
    assert held.details["role"] == "officer"
    assert verify.verify(taken(database, vault, settings, roster, 2)).details is None


def taken(database: Database, vault: Vault, settings: Settings, roster: Roster, position: int) -> str:
    with database.writing() as session:
        found = receipt.receipt(session, roster.ana, vault, Anchor(settings.anchor), 1, position)
    return found.as_json().decode()

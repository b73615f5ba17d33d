"""A person's card: how many could, who did, and of which time nobody can tell."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest

from data import instants
from data.accesses import coverage, log
from data.accesses.accessors import Outside
from data.accesses.coverage import Span
from data.accesses.entry import Action, Purpose, Reason
from data.database import Database
from data.errors import NotAllowed
from data.exposures import card, reading, record
from data.exposures.card import Did, Mine
from data.incidents import record as incidents
from data.incidents.record import Opening
from data.looks.reconciliation import Reconciler
from data.people.viewer import OPERATOR, Viewer
from data.sealing.vault import Vault
from pages.shell.words import Calendar
from pages.wording import exposures as wording
from tests.data.exposures.opening import AUDIT, HOUR, T0, found, look
from tests.data.rights.conftest import Roster, roster

__all__ = ["roster"]

CAL = Outside("cal_db", "engineer", "Data platform", person_id=2)
REPORT = Outside("svc-report", "service account", "Sales", automated=True)
APP = Outside("capture_app", "service account", "AI", automated=True)
NOW = T0 + 10 * HOUR


def read(
    database: Database,
    vault: Vault,
    accessor: Outside,
    *,
    at: int = T0 + 2 * HOUR,
    people: Sequence[int] = (1,),
    kinds: Sequence[str] = ("key",),
    source: str = AUDIT,
    what: str = "the warehouse",
) -> int:
    """An audit saw it, or (another source) somebody declared it."""
    observed = source == AUDIT
    with database.writing() as session:
        return log.append(
            session,
            vault,
            action=Action.QUERY,
            people=people,
            accessor=accessor,
            reason=None if observed else Reason(Purpose.SUPPORT, "T-1"),
            scope={"what": what, "kinds": list(kinds)},
            count=3,
            at=at,
            source=source,
            observed=observed,
        )


def recording(database: Database, vault: Vault, start: int, end: int | None) -> None:
    """The audit was recording."""
    with database.writing() as session:
        coverage.record(session, vault, OPERATOR, [Span(AUDIT, start, end, "")])


def mine(database: Database, vault: Vault, viewer: Viewer) -> Mine:
    with database.reading() as session:
        (one,) = card.card(session, viewer, vault, NOW).mine
    return one


def test_without_a_record_of_reads_nobody_is_never_said(database: Database, vault: Vault, roster: Roster) -> None:
    """Where no audit was ever connected, all of the time is unknown: that nothing is on record shows nothing."""
    look(database, vault, found())
    one = mine(database, vault, roster.ana)
    assert (one.did, one.is_known) == (Did(), False)
    assert [(gap.start, gap.end) for gap in one.unknown] == [(T0, NOW)]


def test_the_hours_in_which_the_audit_was_silent_are_unknown(database: Database, vault: Vault, roster: Roster) -> None:
    """Five hours without a record are told as five hours, and no other source's record stands in for them."""
    look(database, vault, found())
    look(database, vault, at=T0 + 8 * HOUR)
    recording(database, vault, T0 - HOUR, T0 + HOUR)
    recording(database, vault, T0 + 6 * HOUR, None)
    one = mine(database, vault, roster.ana)
    assert [(gap.start, gap.end) for gap in one.unknown] == [(T0 + HOUR, T0 + 6 * HOUR)]
    with database.writing() as session:
        coverage.record(session, vault, OPERATOR, [Span("another audit", T0 - HOUR, None, "")])
    assert mine(database, vault, roster.ana).unknown == one.unknown


def test_with_a_record_of_all_of_it_nothing_is_unknown(database: Database, vault: Vault, roster: Roster) -> None:
    """Only then may a page say that nobody did."""
    look(database, vault, found())
    recording(database, vault, T0 - HOUR, None)
    assert mine(database, vault, roster.ana).is_known


def test_an_exposure_without_a_good_look_before_is_unknown_since_before_anybody_looked(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """When it began is not known then, so that "nobody" is not said though the record has no gap; reads from before
    count as well."""
    recording(database, vault, T0, None)
    look(database, vault, found(), last_good=None)
    one = mine(database, vault, roster.ana)
    assert (one.exposure.start, one.unknown, one.recorded) == (None, (), T0)
    assert not one.is_known and not one.is_dark
    said = wording.did(one, Calendar(ZoneInfo("UTC"), NOW))
    assert said == "In the time we can see, nobody did. Of the time before today, 08:00 (UTC) we cannot tell."
    read(database, vault, CAL, at=T0 - 50 * HOUR)
    assert mine(database, vault, roster.ana).did.people == 1


def test_what_one_record_lacks_before_another_began_is_part_of_the_time_without_a_beginning(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """That another source recorded earlier tells nothing of this place; the gap in the middle stays one of its own."""
    look(database, vault, found(), last_good=None)
    assert mine(database, vault, roster.ana).is_dark
    with database.writing() as session:
        coverage.record(session, vault, OPERATOR, [Span("another audit", T0 - 9 * HOUR, None, "")])
    recording(database, vault, T0 - HOUR, T0 + 3 * HOUR)
    recording(database, vault, T0 + 4 * HOUR, None)
    one = mine(database, vault, roster.ana)
    assert (one.recorded, [(gap.start, gap.end) for gap in one.unknown]) == (
        T0 - HOUR,
        [(T0 + 3 * HOUR, T0 + 4 * HOUR)],
    )
    said = wording.did(one, Calendar(ZoneInfo("UTC"), NOW))
    assert "before today, 07:00 (UTC) we cannot tell. For 1 h 00 min, from today, 11:00 (UTC), we cannot" in said


def test_a_record_that_began_after_an_exposure_of_unknown_beginning_was_over_tells_nothing_of_it(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """No moment of it was seen, so there is no time of which "nobody" could be said."""
    look(database, vault, found(), last_good=None)
    look(database, vault, at=T0 + 2 * HOUR)
    recording(database, vault, T0 + 3 * HOUR, None)
    one = mine(database, vault, roster.ana)
    assert one.is_dark and "nobody" not in wording.did(one, Calendar(ZoneInfo("UTC"), NOW))


def test_who_did_is_counted_once_each_and_whoever_may_is_left_out(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """Three reads of one engineer are one person; the app that may read is no exposure; a job is no person."""
    look(database, vault, found())
    look(database, vault, at=T0 + 8 * HOUR)
    first = [read(database, vault, CAL, at=T0 + hour * HOUR) for hour in (1, 2, 3)]
    job = read(database, vault, REPORT, at=T0 + 4 * HOUR)
    read(database, vault, APP)
    assert mine(database, vault, roster.ana).did == Did(1, 1, 4, 0, 4, 0, (job, *reversed(first)))


def test_who_is_allowed_while_it_is_open_counts_as_before(database: Database, vault: Vault, roster: Roster) -> None:
    """Whoever adds a reader to the list of those that may does not take back that they did; nor does taking the app off
    the list afterwards, and putting it back."""
    look(database, vault, found())
    read(database, vault, CAL)
    read(database, vault, APP)
    look(database, vault, found(allowed=frozenset({"capture_app", "cal_db"})), at=T0 + 3 * HOUR)
    assert mine(database, vault, roster.ana).did.people == 1
    with database.reading() as session:
        assert card.everybody(session, vault, reading.every(session, vault, None)[0], NOW)[0].did.people == 1
        assert record.accounts(session, roster.olga, vault, 1).allowed == {"capture_app", "cal_db"}, "as it is now"
    look(database, vault, found(allowed=frozenset({"cal_db"})), at=T0 + 4 * HOUR)
    look(database, vault, found(allowed=frozenset({"capture_app"})), at=T0 + 5 * HOUR)
    assert mine(database, vault, roster.ana).did.looks == 2


def test_only_reads_of_ones_own_captures_in_the_span_count(database: Database, vault: Vault, roster: Roster) -> None:
    """Another's keystrokes, other kinds, before and after, and looks through this app are not it."""
    look(database, vault, found())
    look(database, vault, at=T0 + 8 * HOUR)
    read(database, vault, CAL, people=(2,))
    read(database, vault, CAL, kinds=("click",))
    read(database, vault, CAL, at=T0 - HOUR)
    read(database, vault, CAL, at=T0 + 9 * HOUR)
    read(database, vault, CAL, source="daylight", what="captures table")
    assert mine(database, vault, roster.ana).did == Did()


def test_a_read_that_was_declared_too_is_one_read(database: Database, vault: Vault, roster: Roster) -> None:
    """The ticket and the audit tell of the same read; one that no audit saw counts by itself."""
    look(database, vault, found())
    read(database, vault, CAL, source="ticket system", what="captures table")
    seen = read(database, vault, CAL)
    Reconciler().run(database, vault)
    did = mine(database, vault, roster.ana).did
    assert (did.people, did.looks, did.unexplained, did.positions) == (1, 1, 0, (seen,))
    read(database, vault, CAL, source="ticket system", what="captures table", at=T0 + 7 * HOUR)
    assert mine(database, vault, roster.ana).did.looks == 2


def test_ones_own_account_is_told_apart_from_others(database: Database, vault: Vault, roster: Roster) -> None:
    """A person who tried it themselves is not told that somebody did; whether it was they, they know best."""
    look(database, vault, found())
    read(database, vault, Outside("ana_db", "engineer", "Support", person_id=1))
    did = mine(database, vault, roster.ana).did
    assert (did.people, did.looks, did.own, did.unexplained) == (0, 1, 1, 1)


def test_a_card_says_what_was_done_and_shows_nobody_elses(database: Database, vault: Vault, roster: Roster) -> None:
    """The incident stands on it; whom nothing concerned has none, and whoever runs the server has no card."""
    look(database, vault, found(people=(1,)))
    words = "A table was open to everyone for a while."
    with database.writing() as session:
        number = incidents.open_new(session, roster.olga, vault, Opening("Open table", words))
        record.link(session, roster.olga, vault, 1, number, words)
    one = mine(database, vault, roster.ana)
    assert one.incident is not None
    assert one.incident.number == number
    with database.reading() as session:
        assert card.card(session, roster.cal, vault).mine == ()
        with pytest.raises(NotAllowed):
            card.card(session, OPERATOR, vault)


def test_times_are_those_of_the_looks_not_of_the_entries(database: Database, vault: Vault, roster: Roster) -> None:
    """A probe that tells late of what it saw does not move the exposure to when it told."""
    look(database, vault, found())
    assert mine(database, vault, roster.ana).exposure.seen == T0 + HOUR < instants.now()

"""What is known of devices: that one paused when it said so after the pause, and never because it is silent."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from data import instants
from data.accesses.entry import DEVICES
from data.accesses.tables import AboutRow
from data.database import Database
from data.errors import NotAllowed, Unreadable
from data.looks import history
from data.people.tables import DeviceRow
from data.people.viewer import Role, Viewer
from data.programme import obeying, wanted
from data.programme.beat import SILENT, State
from data.programme.obeying import Counts, Device, Stance
from data.programme.wanted import Wanted
from data.sealing.vault import Vault
from pages.wording import phrases
from tests.data.programme.reporting import enrolled, revoked, said, sent
from tests.data.rights.conftest import Roster, roster

__all__ = ["roster"]

ANA, CAL = 1, 2
INGRID = Viewer(9, frozenset({Role.EMPLOYEE, Role.ORGANIZER}), "Ingrid", "ingrid@example.org")
NOW = instants.parse("2026-11-27T12:00:00Z")
PAUSE = NOW - instants.HOUR
RUNNING, PAUSED = Wanted(), Wanted(PAUSE)


def counted(database: Database, wanted: Wanted, now: int = NOW) -> Counts:
    with database.reading() as session:
        return obeying.counts(session, INGRID, wanted, now)


def anas(database: Database, roster: Roster, wanted: Wanted, now: int = NOW) -> list[Device]:
    with database.reading() as session:
        return list(obeying.of_person(session, roster.ana, ANA, wanted, now))


def test_silence_is_unknown_and_never_obedience(database: Database, vault: Vault, roster: Roster) -> None:
    """The promise that a pause is not called kept because a device was switched off, or its network was."""
    token = enrolled(database, vault, ANA)
    assert counted(database, PAUSED) == Counts(1, 0, 0, 1, 0)
    said(database, sent(token, 1, State.PAUSED, at=NOW))
    assert counted(database, PAUSED, NOW + SILENT - 1) == Counts(1, 1, 0, 0, 0)
    assert counted(database, PAUSED, NOW + SILENT) == Counts(1, 0, 0, 1, 0)
    (one,) = anas(database, roster, PAUSED, NOW + SILENT)
    assert (one.stance, one.state, one.heard_at) == (Stance.UNKNOWN, State.PAUSED, NOW)
    assert [(span.state, span.start) for span in one.spans] == [(State.SILENT, NOW), (State.PAUSED, NOW)]


def test_a_device_obeys_only_with_what_it_said_since_the_pause(
    database: Database, vault: Vault, roster: Roster
) -> None:
    token = enrolled(database, vault, ANA)
    said(database, sent(token, 1, State.PAUSED, at=NOW - 2))
    just_now = Wanted(NOW - 1)
    assert counted(database, just_now) == Counts(1, 0, 0, 1, 0)
    said(database, sent(token, 2, State.PAUSED, at=NOW))
    assert counted(database, just_now) == Counts(1, 1, 0, 0, 0)
    # A pause that lies ahead asks nothing of anybody yet.
    assert counted(database, Wanted(NOW + instants.HOUR)) == Counts(1, 1, 0, 0, 0)


def test_what_devices_say_is_shown_also_where_nobody_can_tell_what_is_wanted(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged record of the pauses must not take a person's own page away."""

    def damaged(*_: object) -> Wanted:
        raise Unreadable("An entry about a pause is missing.")

    monkeypatch.setattr(wanted, "wanted", damaged)
    with database.reading() as session:
        assert wanted.shown(session, vault) == Wanted()


def test_a_persons_own_pause_is_asked_of_their_devices_alone(database: Database, vault: Vault, roster: Roster) -> None:
    mine = Wanted(own={ANA: PAUSE})
    assert (mine.since(ANA), mine.since(CAL), mine.pause(PAUSE - 1, ANA), mine.pause(NOW)) == (PAUSE, None, None, None)
    assert Wanted(NOW, {ANA: PAUSE}).since(ANA) == PAUSE
    token = enrolled(database, vault, ANA)
    said(database, sent(token, 1, State.PAUSED, at=NOW, captured_at=PAUSE + instants.HOUR // 2))
    assert [one.stance for one in anas(database, roster, mine)] == [Stance.CAPTURING]
    assert [one.stance for one in anas(database, roster, Wanted(own={CAL: PAUSE}))] == [Stance.PAUSED]


def test_a_device_that_captures_on_is_counted_and_one_that_contradicts_itself_too(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """A device whose own clock is wrong is not accused by it: what it captured is set right first."""
    tokens = [enrolled(database, vault, ANA, name) for name in ("A", "B", "C")]
    hour = instants.HOUR
    said(
        database,
        sent(tokens[0], 1, State.CAPTURING, at=NOW),
        sent(tokens[1], 1, State.PAUSED, at=NOW, captured_at=PAUSE + hour // 2),
        sent(tokens[2], 1, State.PAUSED, at=NOW, ahead=3 * hour, captured_at=PAUSE + 3 * hour),
    )
    assert counted(database, PAUSED) == Counts(3, 1, 2, 0, 0)
    assert counted(database, RUNNING) == Counts(3, 2, 1, 0, 0)
    first, second, third = anas(database, roster, PAUSED)
    assert [one.contradicts(PAUSE) for one in (first, second, third)] == [False, True, False]
    assert (third.clock_offset, third.is_clock_wrong, third.captured_at) == (3 * hour, True, PAUSE)


def test_it_can_be_said_later_when_a_pause_was_acknowledged_and_when_nothing_was_known(
    database: Database, vault: Vault, roster: Roster
) -> None:
    token, minute = enrolled(database, vault, ANA), instants.MINUTE
    at = [PAUSE - minute, PAUSE + minute, PAUSE + 2 * minute, PAUSE + 40 * minute, PAUSE + 41 * minute]
    states = [State.CAPTURING, State.PAUSED, State.PAUSED, State.PAUSED, State.CAPTURING]
    for number, (when, state) in enumerate(zip(at, states, strict=True), 1):
        said(database, sent(token, number, state, at=when))
    (one,) = anas(database, roster, PAUSED, at[-1])
    assert [(span.state.value, span.start, span.end) for span in reversed(one.spans)] == [
        ("capturing", at[0], at[1]),
        ("paused", at[1], at[2]),
        ("silent", at[2], at[3]),
        ("paused", at[3], at[4]),
        ("capturing", at[4], None),
    ]
    assert (one.stance, one.since) == (Stance.CAPTURING, at[4])


def test_a_device_that_sends_captures_and_does_not_report_is_not_forgotten(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """A collector that nobody enrolled, or whose token was revoked, may capture all the same: it is counted as such."""
    with database.writing() as session:
        for name in ("ThinkPad", "Old"):
            session.add(DeviceRow(person_id=ANA, name=name, first_at=1, last_at=2, received_at=3))
    enrolled(database, vault, ANA)
    assert counted(database, PAUSED) == Counts(1, 0, 0, 1, 1)
    old, new = anas(database, roster, PAUSED)
    assert (old.name, old.number, old.stance) == ("Old", None, Stance.UNKNOWN)
    assert (new.name, new.number) == ("ThinkPad", 1)
    revoked(database, vault, ANA)
    assert counted(database, PAUSED) == Counts(0, 0, 0, 0, 2)


def test_an_officer_who_has_devices_named_is_read_about_by_each_person(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """When somebody's laptop is silent is when they are away: nobody learns it without a trace."""
    capturing, silent = enrolled(database, vault, ANA), enrolled(database, vault, CAL)
    said(database, sent(capturing, 1, at=NOW), sent(silent, 1, at=PAUSE))
    with database.writing() as session:
        (found,) = obeying.named(session, roster.olga, vault, PAUSED, NOW, Stance.CAPTURING)
    assert (found.person, found.name) == ("Ana", "ThinkPad")
    with database.reading() as session:
        (look,) = history.about(session, roster.ana, vault, ANA)
        assert session.scalars(select(AboutRow.person_id).order_by(AboutRow.position)).all() == [ANA, CAL, ANA]
    assert look.scope["what"] == DEVICES
    assert "devices" in phrases.what(look)


def test_those_that_are_named_first_have_been_so_for_the_longest(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is cut off is never the longest silent: for how long a device spoke before it fell silent does not count."""
    minute = instants.MINUTE
    spoke = {
        "long": (ANA, State.PAUSED, [50]),
        "short": (ANA, State.PAUSED, range(64, 3, -2)),
        "new": (CAL, State.CAPTURING, [1]),
        "old": (CAL, State.CAPTURING, [2, 0]),
    }
    for name, (person, state, ago) in spoke.items():
        token = enrolled(database, vault, person, name)
        said(database, *(sent(token, n, state, at=NOW - one * minute) for n, one in enumerate(ago, 1)))
    with database.writing() as session:
        for stance, names in ((Stance.UNKNOWN, ["long", "short"]), (Stance.CAPTURING, ["old", "new"])):
            found = obeying.named(session, roster.olga, vault, RUNNING, NOW, stance)
            assert [one.name for one in found] == names
        monkeypatch.setattr(obeying, "MOST", 1)
        (only,) = obeying.named(session, roster.olga, vault, RUNNING, NOW, Stance.UNKNOWN)
    assert only.name == "long"


def test_nobody_but_the_person_reads_what_their_devices_said(database: Database, vault: Vault, roster: Roster) -> None:
    with database.writing() as session:
        for viewer in (roster.cal, roster.olga):
            with pytest.raises(NotAllowed):
                obeying.of_person(session, viewer, ANA, RUNNING, NOW)
        with pytest.raises(NotAllowed):
            obeying.named(session, INGRID, vault, RUNNING, NOW, Stance.UNKNOWN)
        with pytest.raises(NotAllowed):
            obeying.counts(session, roster.ana, RUNNING, NOW)

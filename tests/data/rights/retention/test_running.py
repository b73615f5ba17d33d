"""The run of retention deletes what is overdue and nothing else, says what it did, and stands being killed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from data import instants
from data.accesses import log
from data.accesses.entry import Action, Purpose
from data.accesses.log import Entry
from data.accesses.tables import EntryRow
from data.captures import erase, quarantine, segments, sweeping
from data.captures.ingest import Imported, ingest
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.captures.tables import RefusalRow
from data.database import Database
from data.errors import NotAllowed, Unreadable
from data.people.viewer import OPERATOR, Role, Viewer
from data.programme import record as programme
from data.programme import versions
from data.programme.privacy_notice import PrivacyNotice, Promise
from data.rights import holds
from data.rights.retention import record, running
from data.rights.retention.record import Run, Standing
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.captures.events import presses
from tests.data.captures.taking import recording
from tests.data.crashing import Place, do_and_die, place_of
from tests.data.rights.backing_up import backup, open_once
from tests.data.rights.conftest import Roster
from tests.data.rights.holding import kept
from tests.data.rights.test_holds import put

DAY = instants.DAY
ORGANIZER = Viewer(4, frozenset({Role.ORGANIZER}))
NOTICE = PrivacyNotice(
    "t",
    "t",
    "l",
    (Purpose.TRAINING,),
    None,
    (Promise("key", frozenset({"text"}), 30), Promise("click", frozenset(), 90)),
)


@pytest.fixture
def settings(tmp_path: Path, database: Database, vault: Vault) -> Settings:
    """Of a store whose log has begun, as every store's."""
    with database.writing() as session:
        log.extend(session, vault, [Entry(Action.STORE_MADE, [], OPERATOR, None, {}, 0)])
    return place_of(database, tmp_path).settings


def promise(database: Database, vault: Vault, roster: Roster) -> None:
    with database.writing() as session:
        versions.publish(session, roster.olga, vault, NOTICE)


def take(database: Database, vault: Vault, days: float, count: int = 5, person: int = 1, **same: Any) -> Imported:
    """Captures from so many days ago."""
    rows = presses(count, instants.now() - int(days * DAY), **same)
    return ingest(database, vault, OPERATOR, person, recording(rows))


def run(database: Database, vault: Vault, settings: Settings) -> Run:
    found = running.run(database, vault, settings, OPERATOR)
    assert found is not None
    return found


def standing(database: Database, vault: Vault, viewer: Viewer) -> Standing:
    with database.reading() as session:
        return record.mine(session, viewer, vault)


def test_what_is_overdue_goes_and_the_rest_stays(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    """By kind, to the instant, of everybody; and the log says how much of whom."""
    promise(database, vault, roster)
    take(database, vault, 31)
    take(database, vault, 29)
    take(database, vault, 31, 4, kind="click")
    take(database, vault, 91, 3, person=2, kind="click")
    take(database, vault, 500, 2, person=3, kind="scroll")  # of which nobody said how long it is kept
    found = run(database, vault, settings)
    assert (dict(found.kinds), found.people, found.held, found.failed, found.left) == (
        {"click": 3, "key": 5}, 2, 0, 0, 0,
    )  # fmt: skip
    assert sorted(row["kind"] for row in kept(database, vault, 1)) == ["click"] * 4 + ["key"] * 5
    assert (kept(database, vault, 2), len(kept(database, vault, 3))) == ([], 2)
    assert (standing(database, vault, roster.ana).taken, standing(database, vault, roster.olga).taken) == (5, 0)
    with database.reading() as session:
        assert record.figures(session, ORGANIZER, vault).run == record.last_run(session, vault) == found
        assert not vault.objects.list("2")
        with pytest.raises(NotAllowed):
            record.figures(session, roster.ana, vault)
    assert vault.keyring.epochs() == (2,), "a backup from before opens no more"
    with pytest.raises(NotAllowed):
        running.run(database, vault, settings, roster.ana)


def test_what_was_taken_is_refused_and_each_day_adds_no_refusal(
    database: Database, vault: Vault, roster: Roster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collector that sends it again is refused, as after a deletion; a year of runs leaves one refusal, not 365."""
    promise(database, vault, roster)
    take(database, vault, 31)
    take(database, vault, 29)
    run(database, vault, settings)
    again = take(database, vault, 31)
    assert (again.added, again.refused) == (0, 5)
    later = instants.now() + 2 * DAY
    monkeypatch.setattr(instants, "now", lambda: later)
    assert run(database, vault, settings).captures == 5
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RefusalRow)) == 2  # keys, and clicks
    assert take(database, vault, 31).refused == 5


def pause(database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """Promised and paused so many days ago."""
    real = instants.now()
    with monkeypatch.context() as patch:
        patch.setattr(instants, "now", lambda: real - days * DAY)
        promise(database, vault, roster)
        with database.writing() as session:
            programme.pause(session, roster.olga, vault, None, "The tables were open.")


def test_what_is_in_quarantine_is_kept_no_longer_than_what_was_taken_in(
    database: Database, vault: Vault, roster: Roster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of somebody of whom nothing else is overdue, to the instant: what nobody opens is still somebody's keystrokes."""
    pause(database, vault, roster, monkeypatch, 60)
    take(database, vault, 31, step=int(DAY))  # two of its five are overdue, in one sealed file
    take(database, vault, 50, 4, person=2)
    assert (standing(database, vault, roster.ana).older, standing(database, vault, roster.cal).older) == (
        {"key": 2}, {"key": 4},
    )  # fmt: skip
    found = run(database, vault, settings)
    assert (dict(found.kinds), found.quarantined, found.captures) == ({}, 6, 6)
    assert (found.people, found.failed, found.left) == (2, 0, 0)
    with database.reading() as session:
        files = [quarantine.listed(session, vault, person) for person in (1, 2)]
        assert [[quarantine.opened(vault, one).num_rows for one in each] for each in files] == [[3], []]
    assert (len(vault.objects.list("1")), vault.objects.list("2")) == (1, ())
    assert standing(database, vault, roster.ana) == replace(standing(database, vault, roster.ana), taken=2, older={})
    assert vault.keyring.epochs() == (2,), "a backup from before opens no more"


def test_a_hold_keeps_what_it_names_in_quarantine_too(
    database: Database, vault: Vault, roster: Roster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause(database, vault, roster, monkeypatch, 60)
    take(database, vault, 50, 6, step=int(DAY))
    noon = instants.now() - DAY // 2
    put(database, vault, roster, Scope(frozenset({Kind.KEY}), start=noon - 49 * DAY, end=noon - 46 * DAY))
    found = run(database, vault, settings)
    assert (found.quarantined, found.held, found.left) == (3, 3, 0)


def test_nothing_is_deleted_while_nobody_promised_anything(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    """Without a notice there is no span; the page says so rather than that all is well."""
    take(database, vault, 4000)
    assert running.run(database, vault, settings, OPERATOR) is None
    assert running.keep_up(database, vault, settings) is None
    assert standing(database, vault, roster.ana) == Standing(False, None, 0, {}, "")
    assert len(kept(database, vault, 1)) == 5


def test_a_mistake_in_a_notice_can_be_corrected_before_it_deletes_anything(
    database: Database, vault: Vault, roster: Roster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """3 days where 30 were meant would take everybody's captures within minutes; a version counts a day later."""
    slow = replace(settings, erasure_seconds=24 * 3600)
    promise(database, vault, roster)
    take(database, vault, 31)
    assert running.run(database, vault, slow, OPERATOR) is None
    with database.reading() as session:
        found = record.mine(session, roster.ana, vault, DAY)
    assert (found.promised, found.run, found.older) == (True, None, {})
    assert found.counts_at is not None
    later = found.counts_at
    monkeypatch.setattr(instants, "now", lambda: later)
    assert run(database, vault, slow).captures == 5


def test_a_legal_hold_spares_what_it_keeps_and_the_run_says_so(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    """What a dispute needs outlives the promise, visibly; once the hold is lifted the next run takes it."""
    promise(database, vault, roster)
    take(database, vault, 31)
    take(database, vault, 91, 3, kind="click")
    hold = put(database, vault, roster, Scope(frozenset({Kind.KEY})))
    found = run(database, vault, settings)
    assert (dict(found.kinds), found.held, found.left) == ({"click": 3}, 5, 0)
    assert standing(database, vault, roster.ana).older == {"key": 5}
    with database.writing() as session:
        holds.lift(session, roster.olga, vault, hold.number, "It is over.")
    assert run(database, vault, settings).kinds == {"key": 5}
    assert standing(database, vault, roster.ana).older == {}


def test_a_hold_that_comes_while_a_run_works_keeps_what_it_names(
    database: Database, vault: Vault, roster: Roster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between planning and deleting minutes can pass; what two officers confirmed meanwhile is not gone."""
    promise(database, vault, roster)
    take(database, vault, 31)
    rewrite = erase.rewrite_without

    def late(*args: Any, **named: Any) -> Any:
        put(database, vault, roster, Scope(frozenset({Kind.KEY})))
        return rewrite(*args, **named)

    monkeypatch.setattr(erase, "rewrite_without", late)
    found = run(database, vault, settings)
    assert (found.captures, found.held, found.failed, len(kept(database, vault, 1))) == (0, 5, 1, 5)


def test_one_persons_failure_does_not_stop_the_others(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    """A damaged segment of one is no reason to keep everybody's; it is counted as failed and as left."""
    promise(database, vault, roster)
    take(database, vault, 31)
    take(database, vault, 31, 4, person=2)
    with database.reading() as session:
        (broken,) = segments.listed(session, 1)
    vault.objects.delete(segments.name_of(broken))
    found = run(database, vault, settings)
    assert (dict(found.kinds), found.failed, found.left) == ({"key": 4}, 1, 5)
    assert standing(database, vault, roster.ana).failure
    assert standing(database, vault, roster.ana).older == {"key": 5}


def test_what_a_run_could_not_clear_away_is_taken_up_by_the_next(
    database: Database, vault: Vault, roster: Roster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a disk refuses, the captures are gone and their sealed files are not: that is a failure until they are."""
    promise(database, vault, roster)
    take(database, vault, 31)
    take(database, vault, 1)
    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "sweep", lambda *_, **__: 1 / 0)
        found = run(database, vault, settings)
    assert (found.captures, found.failed) == (5, 1)
    assert standing(database, vault, roster.ana).failure == "It stopped: ZeroDivisionError."
    again = run(database, vault, settings)
    assert (again.captures, again.failed, again.left) == (0, 0, 0)
    assert standing(database, vault, roster.ana).failure == ""
    assert len(kept(database, vault, 1)) == 5


def test_what_is_older_is_looked_up_and_not_assumed(
    database: Database, vault: Vault, roster: Roster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came in after the run, or while no run took place for days, shows."""
    promise(database, vault, roster)
    take(database, vault, 29)
    take(database, vault, 1, 2)
    run(database, vault, settings)
    assert standing(database, vault, roster.ana).older == {}
    take(database, vault, 40, 3, person=2)
    assert standing(database, vault, roster.cal).older == {"key": 3}
    assert running.keep_up(database, vault, settings) is None  # one was just now
    later = instants.now() + 3 * DAY
    monkeypatch.setattr(instants, "now", lambda: later)
    assert standing(database, vault, roster.ana).older == {"key": 5}
    done = running.keep_up(database, vault, settings)
    assert done is not None
    assert done.captures == 8


def test_nothing_goes_while_nobody_can_tell_what_is_kept(
    database: Database, vault: Vault, roster: Roster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an entry about a hold altered, the run does not begin, and the log says why."""
    promise(database, vault, roster)
    take(database, vault, 31)

    def lost(*_: object) -> None:
        raise Unreadable("1 entries about legal holds are altered.")

    monkeypatch.setattr(holds, "keeping", lost)
    with pytest.raises(Unreadable):
        run(database, vault, settings)
    assert len(kept(database, vault, 1)) == 5
    found = standing(database, vault, roster.ana).run
    assert found is not None
    assert "altered" in found.failure


def _run(database: Database, vault: Vault, place: Place, _argument: object) -> None:
    running.run(database, vault, place.settings, OPERATOR)


def test_killed_between_any_two_steps_the_next_run_goes_on(
    database: Database, vault: Vault, roster: Roster, settings: Settings, tmp_path: Path
) -> None:
    """Killed before each of its commits in turn, it is one run in the log, with everything counted once."""
    promise(database, vault, roster)
    for person in (1, 2):
        take(database, vault, 31, 5, person)
        take(database, vault, 1, 2, person)
    killed = 0
    for number in range(2, 40, 3):
        if do_and_die(place_of(database, tmp_path), _run, None, "before commit", number) == 0:
            break
        killed += 1
    assert killed >= 2
    found = run(database, vault, settings) if killed == 13 else None
    with database.reading() as session:
        found = found or record.last_run(session, vault)
        assert found is not None
        assert (dict(found.kinds), found.people, found.left, found.failed) == ({"key": 10}, 2, 0, 0)
        begun = select(func.count()).select_from(EntryRow).where(EntryRow.action == Action.RETENTION.value)
        assert session.scalar(begun) == 2
        for person in (1, 2):
            assert len(vault.objects.list(str(person))) == len(segments.listed(session, person)) == 1
    assert [len(kept(database, vault, person)) for person in (1, 2)] == [2, 2]


def test_a_backup_from_before_a_run_has_it_carried_out_again(
    database: Database, vault: Vault, roster: Roster, settings: Settings, tmp_path: Path
) -> None:
    """Putting back yesterday's store brings nothing back that was overdue: it goes again before anybody is served."""
    promise(database, vault, roster)
    for person in (1, 2):
        take(database, vault, 31, 5, person)
        take(database, vault, 1, 2, person)
    put(database, vault, roster, Scope(frozenset({Kind.KEY})), person=2)
    with backup(database, tmp_path) as copy:
        run(database, vault, settings)
        copy.put_back("keyring")
        assert open_once(settings)
        assert [len(kept(database, vault, person)) for person in (1, 2)] == [2, 7]
        with database.reading() as session:
            replayed = select(EntryRow.count).where(EntryRow.action == Action.ERASURE_REPLAYED.value)
            assert session.scalars(replayed).all() == [5]

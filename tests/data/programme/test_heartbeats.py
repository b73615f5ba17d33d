"""Heartbeats as the database keeps them: who may send one, in which order, and what stays of many."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data import instants
from data.accesses.entry import Action
from data.accesses.tables import AboutRow, EntryRow
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.people.viewer import OPERATOR
from data.programme import devices, heartbeats
from data.programme.beat import State
from data.programme.device_tables import DeviceStepRow, EnrolmentRow, HeartbeatRow
from data.programme.heartbeats import Outcome
from data.sealing.vault import Vault
from tests.data.crashing import Place, do_and_die, place_of
from tests.data.programme.reporting import enrolled, revoked, said, sent
from tests.data.rights.conftest import Roster, roster

__all__ = ["roster"]

ANA, CAL = 1, 2


def kept(database: Database) -> dict[tuple[int, int], tuple[int, str, str]]:
    """Of each device (person, number) the sequence, state and version that are kept."""
    with database.reading() as session:
        rows = session.scalars(select(HeartbeatRow))
        return {(row.person_id, row.number): (row.sequence, row.state, row.version) for row in rows}


def test_a_token_speaks_for_its_own_device_and_no_other(database: Database, vault: Vault, roster: Roster) -> None:
    """A forged heartbeat for somebody else's device is impossible by construction: nothing in it names a device."""
    ana, cal = enrolled(database, vault, ANA), enrolled(database, vault, CAL)
    assert said(database, sent(ana, 1)) == [Outcome.KEPT]
    assert set(kept(database)) == {(ANA, 1)}
    outcomes = said(database, sent(cal, 9, State.PAUSED), sent("daylight-device-forged", 10), sent(cal + "x", 11))
    assert outcomes == [Outcome.KEPT, Outcome.UNKNOWN, Outcome.UNKNOWN]
    assert kept(database) == {(ANA, 1): (1, "capturing", "1.1"), (CAL, 1): (9, "paused", "1.9")}


def test_a_token_is_kept_nowhere(database: Database, vault: Vault, roster: Roster, tmp_path: Path) -> None:
    token = enrolled(database, vault, ANA)
    with database.reading() as session:
        row = session.scalars(select(EnrolmentRow)).one()
    assert len(token) >= 43 and token not in repr(vars(row)) and row.digest == devices.digest_of(token)
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or token.encode() not in file.read_bytes()


def test_a_replayed_heartbeat_changes_nothing(database: Database, vault: Vault, roster: Roster) -> None:
    token, now = enrolled(database, vault, ANA), instants.now()
    first, second = sent(token, 5, at=now), sent(token, 6, State.PAUSED, at=now + 1)
    assert said(database, first, second, first) == [Outcome.KEPT, Outcome.KEPT, Outcome.REPLAYED]
    before = whole(database)
    for replay in (first, second, sent(token, 6, State.CAPTURING, at=now + 9), sent(token, 1, at=now + 9)):
        assert said(database, replay) == [Outcome.REPLAYED]
    assert whole(database) == before


def whole(database: Database) -> list[object]:
    """Every row about devices."""
    with database.reading() as session:
        return [
            tuple(row)
            for table in (HeartbeatRow, DeviceStepRow)
            for row in session.execute(select(*table.__table__.columns).order_by(*table.__table__.primary_key))
        ]


def test_a_revoked_token_is_good_for_nothing_at_once(database: Database, vault: Vault, roster: Roster) -> None:
    token = enrolled(database, vault, ANA)
    said(database, sent(token, 1))
    revoked(database, vault, ANA)
    assert said(database, sent(token, 2)) == [Outcome.UNKNOWN]
    assert kept(database)[ANA, 1][0] == 1
    again = enrolled(database, vault, ANA)
    assert said(database, sent(again, 1), sent(token, 3)) == [Outcome.KEPT, Outcome.UNKNOWN]
    assert kept(database)[ANA, 2][0] == 1


def test_a_token_that_is_revoked_while_its_heartbeat_waits_for_the_lock_is_refused(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read before the write lock counts for nothing once it is held."""
    token, decide, calls = enrolled(database, vault, ANA), heartbeats._decide, list[int]()  # pyright: ignore[reportPrivateUsage]

    def interrupted(*args: object) -> object:
        found = decide(*args)  # type: ignore[arg-type]
        if not calls:
            calls.append(1)
            revoked(database, vault, ANA)
        return found

    monkeypatch.setattr(heartbeats, "_decide", interrupted)
    assert said(database, sent(token, 1)) == [Outcome.UNKNOWN]
    assert kept(database) == {}


def test_several_processes_keep_each_sequence_once(database: Database, vault: Vault, roster: Roster) -> None:
    """Two processes of the app have a connection of their own each; the same heartbeats sent to both are kept once."""
    tokens = [enrolled(database, vault, ANA, f"Laptop {number}") for number in range(20)]
    places = [Database(database.url.render_as_string(hide_password=False)) for _ in range(3)]
    ready, answers, now = threading.Barrier(3), list[list[Outcome]](), instants.now()

    def process(own: Database) -> None:
        ready.wait()
        for sequence in range(1, 6):
            answers.append(said(own, *[sent(token, sequence, at=now + sequence) for token in tokens]))

    threads = [threading.Thread(target=process, args=(place,)) for place in places]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    for place in places:
        place.close()
    assert len(answers) == 15
    taken = sum(batch.count(Outcome.KEPT) for batch in answers)
    # One that overtook another process's earlier one is kept, the earlier then refused: never more than once each.
    assert 20 <= taken <= 20 * 5
    assert {one[0] for one in kept(database).values()} == {5}
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DeviceStepRow)) == 20


def test_what_is_kept_of_a_device_does_not_grow(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not with heartbeats, of which only changes are kept, nor with changes, of which the newest are."""
    token, now = enrolled(database, vault, ANA), instants.now()
    said(database, *[sent(token, n, at=now + n) for n in range(1, 200)])
    assert len(whole(database)) == 2
    monkeypatch.setattr(heartbeats, "STEPS", 5)
    said(database, *[sent(token, n, [State.CAPTURING, State.PAUSED][n % 2], at=now + n) for n in range(200, 250)])
    assert len(whole(database)) == 1 + 5
    with database.reading() as session:
        assert session.scalar(select(func.max(DeviceStepRow.at))) == now + 249


def pause(database: Database, vault: Vault, _: Place, token: str) -> None:
    """What the process does that is killed."""
    heartbeats.take(database, [sent(token, 2, State.PAUSED)])


@pytest.mark.parametrize("moment", ["before commit", "after commit"])
def test_a_change_is_kept_whole_or_not_at_all_when_the_process_is_killed(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, moment: str
) -> None:
    token = enrolled(database, vault, ANA)
    said(database, sent(token, 1))
    before = whole(database)
    # The first commit ends the transaction that only reads, which is not counted.
    assert do_and_die(place_of(database, tmp_path), pause, token, moment, 1) == -9
    after = whole(database)
    assert (after == before) is (moment == "before commit")
    assert len(after) == (2 if moment == "before commit" else 3)
    assert said(database, sent(token, 2, State.PAUSED)) == [
        Outcome.KEPT if moment == "before commit" else Outcome.REPLAYED
    ]


def test_enrolling_and_revoking_are_entries_of_the_log_about_the_person(
    database: Database, vault: Vault, roster: Roster
) -> None:
    enrolled(database, vault, ANA)
    revoked(database, vault, ANA)
    with database.reading() as session:
        query = select(EntryRow.action, AboutRow.person_id).join(AboutRow, AboutRow.position == EntryRow.position)
        found = session.execute(query.order_by(EntryRow.position)).all()
    assert [tuple(one) for one in found] == [(Action.DEVICE_ENROLLED, ANA), (Action.DEVICE_REVOKED, ANA)]


def test_only_the_operator_enrols_and_only_what_can_be_meant(database: Database, vault: Vault, roster: Roster) -> None:
    for viewer in (roster.ana, roster.olga):
        with pytest.raises(NotAllowed), database.writing() as session:
            devices.enrol(session, viewer, vault, [(ANA, "ThinkPad")])
        with pytest.raises(NotAllowed), database.writing() as session:
            devices.revoke(session, viewer, vault, ANA, "ThinkPad")
    enrolled(database, vault, ANA)
    for name in ("", " ", "a\nb", "x\u202ey", "x" * 101):
        with pytest.raises(BadInput), database.writing() as session:
            devices.enrol(session, OPERATOR, vault, [(ANA, name)])
    for wanted in ([(ANA, "New"), (ANA, " ThinkPad ")], [(CAL, "One"), (CAL, "One")]):
        with pytest.raises((Conflict, BadInput)), database.writing() as session:
            devices.enrol(session, OPERATOR, vault, wanted)
    with pytest.raises(NotFound), database.writing() as session:
        devices.revoke(session, OPERATOR, vault, CAL, "ThinkPad")
    with database.reading() as session:
        assert [(one.email, one.name) for one in devices.listed(session, OPERATOR)] == [("ana@example.org", "ThinkPad")]

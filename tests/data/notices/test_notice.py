"""A look worth telling is told once to each whom it concerns, whatever is killed in between."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from data import upkeep
from data.accesses import log, teams
from data.accesses.accessors import Outside
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.tables import DetailsRow
from data.database import Database
from data.errors import NotAllowed, Unreadable
from data.notices import notice
from data.notices.notice import Why
from data.notices.tables import NoticeCursorRow, NoticeRow
from data.people.viewer import OPERATOR, Viewer
from data.sealing.vault import Vault
from data.settings import Settings
from data.store import Store
from tests.data.rights.conftest import Roster, roster

__all__ = ["roster"]

ROOT = Path(__file__).resolve().parents[3]
ENGINEER = Outside("d.farrow", "engineer", "Data Platform")


def look(
    database: Database,
    vault: Vault,
    accessor: Viewer | Outside,
    purpose: Purpose = Purpose.NONE,
    people: tuple[int, ...] = (1,),
    *,
    action: Action = Action.READ,
    observed: bool = False,
) -> int:
    with database.writing() as session:
        return log.append(
            session,
            vault,
            action=action,
            people=people,
            accessor=accessor,
            reason=None if purpose is Purpose.NONE else Reason(purpose),
            scope={},
            count=2,
            observed=observed,
        )


def told(database: Database) -> list[tuple[int, int, str]]:
    with database.reading() as session:
        rows = session.scalars(select(NoticeRow).order_by(NoticeRow.position, NoticeRow.person_id))
        return [(row.person_id, row.position, row.why) for row in rows]


@pytest.mark.parametrize(
    ("purpose", "role", "expected"),
    [
        (Purpose.NONE, "engineer", Why.UNEXPLAINED),
        (Purpose.REQUEST, "engineer", Why.PURPOSE),
        (Purpose.REQUEST, "officer", Why.OFFICER),
        (Purpose.SUPPORT, "engineer", None),
    ],
)
def test_what_is_told_by_itself_is_unexplained_out_of_purpose_or_an_officers(
    purpose: Purpose, role: str, expected: Why | None
) -> None:
    assert notice.why("read", purpose.value, role) is expected
    assert notice.why("role granted", purpose.value, role) is None


def test_each_is_told_once_and_nobody_of_their_own_look(database: Database, vault: Vault, roster: Roster) -> None:
    bulk = look(database, vault, ENGINEER, people=(1, 2, 3))
    look(database, vault, ENGINEER, Purpose.SUPPORT)
    look(database, vault, roster.ana)
    look(database, vault, roster.olga, Purpose.OWN, people=(3,), action=Action.EXPORT_MADE)
    several = look(database, vault, roster.olga, Purpose.LEGAL, people=(2, 3))
    for _ in range(2):
        notice.keep_up(database, vault, by_mail=False)
    assert told(database) == [
        (1, bulk, Why.UNEXPLAINED),
        (2, bulk, Why.UNEXPLAINED),
        (3, bulk, Why.UNEXPLAINED),
        (2, several, Why.OFFICER),
    ]
    with database.reading() as session:
        assert session.scalars(select(NoticeRow.mail).distinct()).all() == ["none"]


def test_a_cursor_beyond_the_end_of_the_log_keeps_nobody_from_being_told(
    database: Database, vault: Vault, roster: Roster, caplog: pytest.LogCaptureFixture
) -> None:
    """One row put there would silence every notice for as long as the log takes to get there."""
    first = look(database, vault, ENGINEER)
    notice.keep_up(database, vault, by_mail=False)
    look(database, vault, ENGINEER, Purpose.SUPPORT)
    second = look(database, vault, ENGINEER, people=(2,))
    with database.writing() as session:
        session.get_one(NoticeCursorRow, 1).position = 100_000
        # An officer's words about an incident tell nothing of how far the log was read.
        session.add(NoticeRow(person_id=1, position=second, why=Why.INCIDENT.value, mail="none", made_at=0))
    assert notice.keep_up(database, vault, by_mail=False) == 2
    assert (2, second, Why.UNEXPLAINED) in told(database)
    assert [one for one in told(database) if one[1] == first] == [(1, first, Why.UNEXPLAINED)]
    assert "The notices stood at entry 100000 of 3" in caplog.text
    with database.reading() as session:
        assert session.get_one(NoticeCursorRow, 1).position == 3
    assert notice.keep_up(database, vault, by_mail=False, until=0) == 0
    assert caplog.text.count("The notices stood") == 1


def test_what_an_audit_saw_under_ones_own_login_is_told(database: Database, vault: Vault, roster: Roster) -> None:
    position = look(database, vault, Outside("ana", person_id=1), observed=True)
    look(database, vault, Outside("ana", person_id=1), observed=False)
    notice.keep_up(database, vault, by_mail=False)
    assert told(database) == [(1, position, Why.UNEXPLAINED)]


def test_what_an_audit_saw_of_a_declared_look_is_not_told_as_unexplained(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    declared = look(database, vault, ENGINEER, Purpose.SUPPORT)
    seen = look(database, vault, ENGINEER, observed=True)
    other = look(database, vault, Outside("somebody.else"), observed=True)
    store = Store(Settings(tmp_path, "", "", tmp_path / "keyring"), database, vault)
    (chore,) = (one for one in upkeep.chores_of(store) if one.name == "notices")
    chore.run(store)
    assert told(database) == [(1, other, Why.UNEXPLAINED)]
    assert notice.why("read", "none", "", observed=True, verdict="declared") is None
    assert notice.why("read", "support", "engineer", observed=True) is Why.UNEXPLAINED
    assert declared < seen < other


def test_reconciliation_that_fails_silences_nobody(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    position = look(database, vault, ENGINEER, observed=True)
    store = Store(Settings(tmp_path, "", "", tmp_path / "keyring"), database, vault)
    (chore,) = (one for one in upkeep.chores_of(store) if one.name == "notices")

    def fail(*_: object) -> None:
        raise Unreadable("altered")

    monkeypatch.setattr(upkeep.Reconciler, "run", fail)
    with pytest.raises(Unreadable):
        chore.run(store)
    assert told(database) == [(1, position, Why.UNEXPLAINED)]


def test_what_was_written_down_about_a_look_cannot_be_altered_to_keep_it_from_being_told(
    database: Database, vault: Vault, roster: Roster
) -> None:
    gone, altered, relabelled, after = (look(database, vault, ENGINEER) for _ in range(4))
    with database.writing() as session:
        session.delete(session.get_one(DetailsRow, gone))
        session.execute(update(DetailsRow).where(DetailsRow.position == altered).values(details=b"forged"))
        beside = {"purpose": Purpose.TRAINING.value, "accessor_id": 1}
        session.execute(update(DetailsRow).where(DetailsRow.position == relabelled).values(beside))
    assert notice.keep_up(database, vault, by_mail=False) == after + 1
    assert told(database) == [
        (1, gone, Why.ALTERED),
        (1, altered, Why.ALTERED),
        (1, relabelled, Why.UNEXPLAINED),
        (1, after, Why.UNEXPLAINED),
    ]


def test_a_look_by_a_team_that_the_purpose_is_not_for_is_told(database: Database, vault: Vault, roster: Roster) -> None:
    with database.writing() as session:
        teams.name(session, roster.olga, vault, Purpose.QUALITY, ["Machine Learning"])
    position = look(database, vault, ENGINEER, Purpose.QUALITY)
    look(database, vault, Outside("m.l", "engineer", "Machine Learning"), Purpose.QUALITY)
    look(database, vault, ENGINEER, Purpose.SUPPORT)
    notice.keep_up(database, vault, by_mail=False)
    assert told(database) == [(1, position, Why.TEAM)]


def test_more_entries_than_a_batch_are_all_gone_through(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice, "_BATCH", 3)
    positions = [look(database, vault, ENGINEER) for _ in range(8)]
    assert notice.keep_up(database, vault, by_mail=True) == 8
    assert [position for _, position, _ in told(database)] == positions
    assert notice.keep_up(database, vault, by_mail=True) == 0


def test_a_look_is_new_until_it_was_seen(database: Database, vault: Vault, roster: Roster) -> None:
    positions = [look(database, vault, ENGINEER) for _ in range(5)]
    notice.keep_up(database, vault, by_mail=False)
    with database.writing() as session:
        news = notice.unseen(session, roster.ana, vault, 1, limit=3)
        assert (news.total, [one.position for one in news.looks]) == (5, positions[:1:-1])
        assert notice.is_unseen(session, roster.ana, 1, positions[4])
        notice.see(session, roster.ana, 1, positions[4])
        assert not notice.is_unseen(session, roster.ana, 1, positions[4])
        assert notice.unseen(session, roster.ana, vault, 1).total == 4
        notice.see_until(session, roster.ana, 1, positions[3])
        assert notice.unseen(session, roster.ana, vault, 1) == notice.News(0, ())


def test_a_look_that_came_after_the_page_was_drawn_stays_new(database: Database, vault: Vault, roster: Roster) -> None:
    """Whoever presses "I have seen these" has seen those that the page showed, and none that came since."""
    look(database, vault, ENGINEER)
    look(database, vault, ENGINEER)
    notice.keep_up(database, vault, by_mail=False)
    with database.reading() as session:
        drawn = notice.unseen(session, roster.ana, vault, 1)
    third = look(database, vault, ENGINEER)
    notice.keep_up(database, vault, by_mail=False)
    assert drawn.until is not None
    with database.writing() as session:
        notice.see_until(session, roster.ana, 1, drawn.until)
        left = notice.unseen(session, roster.ana, vault, 1)
    assert [one.position for one in left.looks] == [third]
    assert (left.total, left.until) == (1, third)


def test_notices_are_nobody_elses(database: Database, vault: Vault, roster: Roster) -> None:
    position = look(database, vault, ENGINEER)
    notice.keep_up(database, vault, by_mail=False)
    with database.writing() as session:
        for viewer in (roster.cal, roster.olga, OPERATOR):
            for ask in (
                lambda viewer=viewer: notice.unseen(session, viewer, vault, 1),
                lambda viewer=viewer: notice.is_unseen(session, viewer, 1, position),
                lambda viewer=viewer: notice.see(session, viewer, 1, position),
                lambda viewer=viewer: notice.see_until(session, viewer, 1, position),
            ):
                with pytest.raises(NotAllowed):
                    ask()


def test_a_failure_half_way_leaves_no_notice_and_the_next_run_makes_it(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(database, vault, ENGINEER)
    second = look(database, vault, ENGINEER)
    made = notice.why

    def fail(action: str, purpose: str, role: str, **more: Any) -> Why | None:
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(NoticeRow)) == 0
        calls.append(action)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return made(action, purpose, role, **more)

    calls: list[str] = []
    monkeypatch.setattr("data.notices.told.why", fail)
    with pytest.raises(RuntimeError):
        notice.keep_up(database, vault, by_mail=False)
    assert told(database) == []
    monkeypatch.setattr("data.notices.told.why", made)
    notice.keep_up(database, vault, by_mail=False)
    assert [position for _, position, _ in told(database)] == [0, second]


_RUN = """
import sys
from data.database import Database
from pathlib import Path
from data.notices import notice
from data.sealing.vault import Vault
notice._BATCH = 3
database = Database(sys.argv[1])
vault = Vault.open(Path(sys.argv[2]), sys.argv[3])
print("ready", flush=True)
while True:
    notice.keep_up(database, vault, by_mail=True)
"""


def test_killed_at_any_moment_it_leaves_nobody_out_and_tells_nobody_twice(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    url, draw, positions = database.url.render_as_string(hide_password=False), random.Random(4), list[int]()
    for _ in range(8):
        command = [sys.executable, "-c", _RUN, url, str(tmp_path / "keyring"), str(tmp_path / "segments")]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            end = time.monotonic() + draw.uniform(0.02, 0.3)
            while time.monotonic() < end:
                positions.append(look(database, vault, ENGINEER, people=(1, 2)))
            os.kill(process.pid, signal.SIGKILL)
    notice.keep_up(database, vault, by_mail=True)
    assert [(person, position) for person, position, _ in told(database)] == [
        (person, position) for position in positions for person in (1, 2)
    ]
    with database.reading() as session:
        assert session.scalars(select(NoticeCursorRow.position)).one() == positions[-1] + 1

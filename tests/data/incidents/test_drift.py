"""Drift: what is captured without having been promised is found as it comes in, said to whom it concerns, and stays."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest
from sqlalchemy import select, update

from data import instants
from data.accesses.entry import Action, Purpose
from data.accesses.tables import AboutRow, DetailsRow, EntryRow
from data.captures.ingest import ingest
from data.captures.schema import SCHEMA
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.incidents import drift
from data.incidents.drift import Finding
from data.notices import notice
from data.notices.notice import Why
from data.people.crowd import Few
from data.people.viewer import OPERATOR, Role, Viewer
from data.programme import versions
from data.programme.privacy_notice import Matter, PrivacyNotice, Promise
from data.rights import epochs
from data.sealing.vault import Vault
from tests.data.captures.events import presses
from tests.data.captures.rows import table
from tests.data.captures.taking import recording
from tests.data.rights.conftest import Roster, roster

__all__ = ["roster"]

KEYS = Promise("key", frozenset({"app", "press", "text"}), 30)
NOTICE = PrivacyNotice("Keys", "We keep keys.", "Art. 6(1)(f)", (Purpose.TRAINING,), frozenset({"Code"}), (KEYS,))
WIDER = replace(NOTICE, apps=None, promises=(replace(KEYS, fields=KEYS.fields | {"title"}),))
ORGANIZER = Viewer(4, frozenset({Role.ORGANIZER}))
SCREEN = table([dict.fromkeys(SCHEMA.names) | {"kind": "screen", "at": 0, "screen": "ab" * 32}])


def publish(database: Database, vault: Vault, viewer: Viewer, what: PrivacyNotice, since: int | None = None) -> int:
    with database.writing() as session:
        return versions.publish(session, viewer, vault, what, since).since


def take(database: Database, vault: Vault, *items: pa.Table, person: int = 1, source: str = "captures") -> None:
    ingest(database, vault, OPERATOR, person, recording(*items, source=source))
    drift.keep_up(database, vault)


def found(database: Database, vault: Vault, viewer: Viewer) -> list[Finding]:
    with database.reading() as session:
        return list(drift.listed(session, viewer, vault))


def matters(database: Database, vault: Vault, viewer: Viewer) -> set[tuple[Matter, int]]:
    return {(one.matter, one.tally.count) for one in found(database, vault, viewer)}


def told(database: Database, vault: Vault, viewer: Viewer) -> int:
    notice.keep_up(database, vault, by_mail=False)
    with database.reading() as session:
        return len(notice.beside(session, viewer, Why.DRIFT))


def close(database: Database, vault: Vault, viewer: Viewer, number: int, words: str = "A mistake; it is off.") -> None:
    with database.writing() as session:
        drift.close(session, viewer, vault, number, words)


def test_a_kind_a_field_and_an_app_that_nobody_promised_are_found_with_their_count(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """The three ways in which a programme takes more than it said, and no finding where it keeps to it."""
    at = publish(database, vault, roster.olga, NOTICE)
    take(database, vault, presses(5, at, app="Code"), presses(2, at + 10_000_000))
    assert found(database, vault, roster.olga) == []
    titled = presses(3, at + 1_000_000, app="code", title="Letter")
    screen = SCREEN.set_column(0, SCHEMA.field("at"), pa.array([at + 5], pa.int64()))
    take(database, vault, titled, presses(4, at + 2_000_000, app="Mail"), screen)
    assert matters(database, vault, roster.olga) == {
        (Matter(kind="screen"), 1),
        (Matter("key", "title"), 3),
        (Matter(app="Mail"), 4),
    }
    with database.reading() as session:
        mine = {one.matter: one for one in drift.mine(session, roster.ana, vault)}
        assert drift.mine(session, roster.cal, vault) == ()
    assert mine[Matter("key", "title")].tally == drift.Tally(3, at + 1_000_000, at + 1_002_000)
    assert (mine[Matter(app="Mail")].version, told(database, vault, roster.ana), told(database, vault, roster.cal)) == (
        1,
        3,
        0,
    )


def test_captures_are_held_against_the_notice_of_their_own_time(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """A late import cannot be excused by a newer notice, nor blamed for an older one, to the microsecond; what was
    captured before any notice is held against none."""
    first = publish(database, vault, roster.olga, NOTICE)
    second = publish(database, vault, roster.olga, WIDER, first + instants.HOUR)
    titled = [presses(1, at, app="Mail", title="T") for at in (first - 1, first, second - 1, second)]
    take(database, vault, *titled)
    assert matters(database, vault, roster.olga) == {(Matter("key", "title"), 2), (Matter(app="Mail"), 2)}


def test_a_finding_ends_when_a_version_in_force_promises_it_and_its_history_stays(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promising it later does not undo that it was captured for days without: that stays, about whom it concerned."""
    at = publish(database, vault, roster.olga, replace(NOTICE, apps=None))
    take(database, vault, presses(1, at, title="T"), presses(1, at + 11 * instants.DAY, title="T"))
    second = publish(database, vault, roster.olga, WIDER, instants.now() + 12 * instants.DAY)
    assert drift.keep_up(database, vault) == 0  # it is not in force yet
    monkeypatch.setattr(instants, "now", lambda: second)
    assert (drift.keep_up(database, vault), drift.keep_up(database, vault)) == (1, 0)
    take(database, vault, presses(1, second, title="T"), presses(1, second - 1, title="T"))
    (one,) = found(database, vault, roster.olga)
    assert one.ending == drift.Ending(second, one.ending.position if one.ending else 0, "", 2)
    assert (one.tally.count, one.days, one.version) == (3, 13, 1)
    assert told(database, vault, roster.ana) == 2
    with database.reading() as session:
        about = session.scalars(
            select(AboutRow.person_id).join(EntryRow, EntryRow.position == AboutRow.position)
            .where(EntryRow.action == Action.DRIFT.value)
        ).all()  # fmt: skip
        assert set(about) == {1}


def test_what_goes_on_after_an_officer_closed_it_is_found_anew(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """Closing is for what has stopped. It takes an officer and words, and does not silence what comes after."""
    at = publish(database, vault, roster.olga, NOTICE)
    take(database, vault, presses(1, at, app="Mail"))
    with pytest.raises(NotAllowed):
        close(database, vault, roster.ana, 1)
    with pytest.raises(BadInput):
        close(database, vault, roster.olga, 1, " ")
    with pytest.raises(NotFound):
        close(database, vault, roster.olga, 2)
    close(database, vault, roster.olga, 1)
    with pytest.raises(Conflict):
        close(database, vault, roster.olga, 1)
    take(database, vault, presses(1, at + 1, app="Mail"))
    assert [one.number for one in found(database, vault, roster.olga)] == [1]  # captured before it was closed
    take(database, vault, presses(1, instants.now(), app="Mail"), presses(1, at + 2, app="Mail"))
    second, first = found(database, vault, roster.olga)
    assert (first.ending is not None, first.tally.count, second.ending, second.tally.count) == (True, 2, None, 2)
    with database.reading() as session:
        assert drift.figures(session, ORGANIZER, vault) == drift.Figures(1, 1, Few.UNDER, 2, 0)


def test_organizers_read_counts_and_only_officers_read_what_it_is(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """An app's name can tell of one person; a count of the whole company cannot."""
    at = publish(database, vault, roster.olga, NOTICE)
    take(database, vault, presses(2, at, app="Mail"))
    take(database, vault, presses(3, at, app="Mail"), person=2)
    with database.reading() as session:
        assert drift.figures(session, ORGANIZER, vault) == drift.Figures(1, 0, Few.UNDER, 5, 0)
        (mine,) = drift.mine(session, roster.cal, vault)
        assert (mine.tally.count, mine.people) == (3, 1)
        for viewer in (roster.ana, ORGANIZER):
            with pytest.raises(NotAllowed):
                drift.listed(session, viewer, vault)
        with pytest.raises(NotAllowed):
            drift.figures(session, roster.ana, vault)
    assert (
        told(database, vault, roster.ana),
        told(database, vault, roster.cal),
        told(database, vault, roster.olga),
    ) == (1, 1, 0)


def test_the_same_captures_twice_are_counted_once(database: Database, vault: Vault, roster: Roster) -> None:
    """Duplicates, and an event that its source lengthened, are no second capture."""
    at = publish(database, vault, roster.olga, NOTICE)
    row = dict.fromkeys(SCHEMA.names) | {"kind": "window", "at": at, "app": "Mail", "title": "T"}
    for duration in (1_000_000, 1_000_000, 2_000_000):
        take(database, vault, table([row | {"duration": duration}]), source="activitywatch")
    assert matters(database, vault, roster.olga) == {(Matter(kind="window"), 1)}


def test_an_entry_about_a_finding_that_was_altered_is_counted(database: Database, vault: Vault, roster: Roster) -> None:
    """Taking a finding's words away does not take away that there was one; turning the keys takes nothing away."""
    at = publish(database, vault, roster.olga, NOTICE)
    take(database, vault, presses(2, at, app="Mail"))
    epochs.turn(database, vault, OPERATOR)
    assert vault.keyring.epochs() == (2,), "what a finding is about holds no older key alive"
    take(database, vault, presses(3, at + 1_000_000, app="Mail"))
    assert matters(database, vault, roster.olga) == {(Matter(app="Mail"), 5)}
    with database.writing() as session:
        position = session.scalar(select(EntryRow.position).where(EntryRow.action == Action.DRIFT.value))
        session.execute(update(DetailsRow).where(DetailsRow.position == position).values(details=b"x"))
        assert drift.figures(session, ORGANIZER, vault).altered == 1

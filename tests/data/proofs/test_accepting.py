"""After a log that lost its end was accepted, nothing on a screen rests on the time that is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, text

from data import instants
from data.accesses import coverage
from data.accesses.coverage import LOST, UNSURE, Gap, Span
from data.accesses.entry import DAYLIGHT, Action
from data.accesses.log import Entry, extend
from data.accesses.tables import AboutRow, CheckpointRow, DetailsRow, EntryRow, ListedRow, TagsRow, TileRow
from data.database import Database
from data.looks.look import LookFigures
from data.people.viewer import OPERATOR, Role, Viewer
from data.proofs import accepting, checks, publishing, sight
from data.proofs.anchor import Anchor
from data.proofs.sight import Sight
from data.sealing.vault import Vault
from data.statistics import evidence
from data.statistics.evidence import Covered
from pages.wording import phrases
from tests.data.accesses.logging import fill
from tests.data.rights.backing_up import backup

DAY = instants.DAY
MADE = instants.parse("2026-11-02T08:00:00Z")
AUDIT, CLOUD = "database audit", "cloud audit"
ORGANIZER = Viewer(2, frozenset({Role.EMPLOYEE, Role.ORGANIZER}), "Cal", "cal@example.org")
REASON = "The disk broke."

Clock = Callable[[float], None]


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the clock to a number of days after the store was made."""
    return lambda days: monkeypatch.setattr(instants, "now", lambda: MADE + int(days * DAY))


@pytest.fixture
def anchor(database: Database, vault: Vault, tmp_path: Path, on: Clock) -> Anchor:
    """A store was made, a database audit records since, a cloud's did for three days; on the fourth day somebody
    looked, and the head was signed."""
    on(0)
    with database.writing() as session:
        extend(session, vault, [Entry(Action.STORE_MADE, [], OPERATOR, None, {}, 0)])
        spans = [Span(AUDIT, MADE, None, ""), Span(CLOUD, MADE, MADE + 3 * DAY, "it was switched off")]
        coverage.record(session, vault, OPERATOR, spans)
    on(4)
    fill(database, vault, 1, now=True)
    found = Anchor(tmp_path / "checkpoint")
    publishing.run(database, vault, found)
    return found


def lose(database: Database, vault: Vault, anchor: Anchor, tmp_path: Path, on: Clock) -> None:
    """Of a look on the sixth day nothing is left: on the ninth, the database of the fourth is put back."""
    with backup(database, tmp_path) as copy:
        on(6)
        fill(database, vault, 1, now=True)
        publishing.run(database, vault, anchor)
        copy.put_back()
    on(9)


def seen(database: Database, vault: Vault) -> Sight:
    """Sight of the ten days since the store was made."""
    with database.reading() as session:
        return sight.of(session, vault, MADE, MADE + 10 * DAY)


def gaps(database: Database, vault: Vault, source: str = DAYLIGHT) -> list[tuple[float, float, str]]:
    """The gaps of a source, in days after the store was made."""
    found = [one for one in seen(database, vault).gaps if one.source == source]
    return [((one.start - MADE) / DAY, (one.end - MADE) / DAY, one.why) for one in found]


def test_of_the_time_whose_record_is_lost_nobody_is_never_said(
    database: Database, vault: Vault, anchor: Anchor, tmp_path: Path, on: Clock
) -> None:
    on(5)
    whole = "nobody opened your data in the time we can see."
    with database.writing() as session:
        coverage.record(session, vault, OPERATOR, [Span(CLOUD, MADE + 3 * DAY, None, "")])
    fill(database, vault, 1, now=True)
    publishing.run(database, vault, anchor)
    assert "nobody opened your data." in phrases.looked(LookFigures(), seen(database, vault), 30).headline
    lose(database, vault, anchor, tmp_path, on)
    accepting.accept(database, vault, anchor, REASON)
    on(10)
    found = seen(database, vault)
    lost = MADE + 5 * DAY, MADE + 9 * DAY
    assert found.gaps == (
        Gap(CLOUD, lost[0], MADE + 10 * DAY, LOST),
        Gap(AUDIT, lost[0], MADE + 10 * DAY, LOST),
        Gap(DAYLIGHT, *lost, LOST),
    )
    assert found.since == MADE, "what was recorded before is still there"
    assert phrases.looked(LookFigures(), found, 30).headline.endswith(whole)
    with database.reading() as session:
        of = evidence.of(session, ORGANIZER, vault, MADE, MADE + 10 * DAY, days=14)
    assert of.sources == (
        Covered(CLOUD, 5 * DAY, 10 * DAY, 1),
        Covered(AUDIT, 5 * DAY, 10 * DAY, 1),
        Covered(DAYLIGHT, 6 * DAY, 10 * DAY, 1),
    )
    publishing.run(database, vault, anchor)
    assert checks.run(database, vault, anchor).holds


def test_a_span_that_was_over_before_is_left_as_it_is_and_the_next_import_tells_whether_a_source_went_on(
    database: Database, vault: Vault, anchor: Anchor, tmp_path: Path, on: Clock
) -> None:
    lose(database, vault, anchor, tmp_path, on)
    accepting.accept(database, vault, anchor, REASON)
    assert gaps(database, vault, CLOUD) == [(3, 10, "it was switched off")]
    assert gaps(database, vault, AUDIT) == [(4, 10, LOST)]
    with database.writing() as session:
        coverage.record(session, vault, OPERATOR, [Span(AUDIT, MADE, None, "")])
    assert gaps(database, vault, AUDIT) == gaps(database, vault) == [(4, 9, LOST)]


def test_what_was_logged_while_the_older_database_was_there_does_not_shorten_the_loss(
    database: Database, vault: Vault, anchor: Anchor, tmp_path: Path, on: Clock
) -> None:
    """An app that runs on logs for some seconds until it is told, and signs none of it."""
    lose(database, vault, anchor, tmp_path, on)
    on(8)
    fill(database, vault, 1, now=True)
    on(9)
    accepting.accept(database, vault, anchor, REASON)
    assert gaps(database, vault) == [(4, 9, LOST)]


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE access_details SET details = (SELECT details FROM access_details AS o WHERE o.position = 0)",
        "DELETE FROM access_details WHERE position = 3",
        "UPDATE access_entries SET recorded_at = recorded_at + 400000000000 WHERE position = 3",
    ],
)
def test_the_time_of_the_newest_entry_is_its_own_word_or_that_of_one_before(
    database: Database, vault: Vault, anchor: Anchor, tmp_path: Path, on: Clock, tamper: str
) -> None:
    lose(database, vault, anchor, tmp_path, on)
    with database.writing() as session:
        session.execute(text(tamper))
    accepting.accept(database, vault, anchor, REASON)
    began = 4 if "recorded_at" in tamper else 0
    assert gaps(database, vault) == [(began, 9, LOST)]


def test_an_entry_from_a_clock_that_was_ahead_does_not_hide_the_loss(
    database: Database, vault: Vault, anchor: Anchor, tmp_path: Path, on: Clock
) -> None:
    on(30)
    fill(database, vault, 1, now=True)
    publishing.run(database, vault, anchor)
    lose(database, vault, anchor, tmp_path, on)
    accepting.accept(database, vault, anchor, REASON)
    assert gaps(database, vault) == [(4, 9, LOST)]


def test_where_only_the_file_is_gone_nobody_knows_whether_anything_is_lost(
    database: Database, vault: Vault, anchor: Anchor, on: Clock
) -> None:
    on(9)
    anchor.path.unlink()
    accepting.accept(database, vault, anchor, "And again.")
    assert gaps(database, vault) == [(4, 9, UNSURE)]
    on(9.5)
    anchor.path.unlink()
    accepting.accept(database, vault, anchor, "And again.")
    assert gaps(database, vault) == [(4, 9, UNSURE), (9, 9.5, UNSURE)]


def test_of_a_log_with_nothing_left_nothing_is_known(
    database: Database, vault: Vault, anchor: Anchor, on: Clock
) -> None:
    with database.writing() as session:
        for table in (EntryRow, DetailsRow, AboutRow, ListedRow, TagsRow, CheckpointRow, TileRow):
            session.execute(delete(table))
    on(9)
    accepting.accept(database, vault, anchor, REASON)
    assert gaps(database, vault) == [(0, 9, LOST)]
    assert phrases.looked(LookFigures(), seen(database, vault), 30).headline.endswith("in the time we can see.")

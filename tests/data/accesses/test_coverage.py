"""Where nobody was recording, the answer is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from data.accesses import coverage, log, tree
from data.accesses.coverage import ALTERED, LOST, NOT_YET, STOPPED, UNSURE, Gap, Span
from data.accesses.entry import DAYLIGHT, Action
from data.accesses.log import Entry
from data.accesses.tables import EntryRow
from data.database import Database
from data.people.viewer import OPERATOR
from data.proofs import check, publishing
from data.proofs.anchor import Anchor
from data.sealing.vault import Vault
from tests.data.accesses.logging import OFFICER

instant = st.integers(0, 60)


AUDIT = "database audit"


def say(database: Database, vault: Vault, *spans: tuple[str, int, int | None, str]) -> int:
    with database.writing() as session:
        return coverage.record(session, vault, OFFICER, [Span(*one) for one in spans])


def test_a_gap_says_why_the_span_before_it_ended(database: Database, vault: Vault) -> None:
    off = "the audit was switched off for an upgrade"
    assert say(database, vault, (AUDIT, 10, 20, off), (AUDIT, 30, None, ""), ("cloud audit", 0, 25, "")) == 3
    with database.reading() as session:
        assert coverage.read(session, vault).gaps(0, 40) == (
            Gap("cloud audit", 25, 40, STOPPED),
            Gap(AUDIT, 0, 10, NOT_YET),
            Gap(AUDIT, 20, 30, off),
        )
        assert coverage.read(session, vault).gaps(31, 40) == (Gap("cloud audit", 31, 40, STOPPED),)
        assert [span.start for span in coverage.read(session, vault).spans(20, 40)] == [0, 30]


def test_before_the_store_was_made_nobody_could_look_through_this_app(database: Database, vault: Vault) -> None:
    say(database, vault, (DAYLIGHT, 10, 20, "the app was down"), (DAYLIGHT, 30, None, ""))
    with database.reading() as session:
        assert coverage.read(session, vault).gaps(0, 40) == (Gap(DAYLIGHT, 20, 30, "the app was down"),)


def test_this_app_records_since_the_entry_that_made_the_store(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        log.extend(session, vault, [Entry(Action.STORE_MADE, [], OPERATOR, None, {}, 0)])
        made = session.scalars(select(EntryRow.recorded_at)).one()
    with database.reading() as session:
        assert coverage.since(session, vault, DAYLIGHT) == made
        assert coverage.read(session, vault).gaps(made - 10, made + 10) == ()


def test_recording_a_span_again_replaces_it_and_says_whether_that_changed_anything(
    database: Database, vault: Vault
) -> None:
    assert say(database, vault, (AUDIT, 10, None, ""))
    assert not say(database, vault, (AUDIT, 10, None, ""))
    assert say(database, vault, (AUDIT, 10, 15, "stopped for good"))
    with database.reading() as session:
        assert coverage.read(session, vault).spans(0, 100) == (Span(AUDIT, 10, 15, "stopped for good"),)
        assert tree.end(session) == 2


def test_what_is_told_anew_of_a_source_brings_no_lost_time_back_unless_it_is_about_that_time(
    database: Database, vault: Vault
) -> None:
    """A file that only goes on says again since when its source records; what was imported meanwhile is still gone."""
    say(database, vault, (AUDIT, 10, None, ""), ("cloud audit", 10, 20, "off"), ("tap", 70, None, ""))
    with database.writing() as session:
        coverage.lose(session, vault, OPERATOR, 30, 50, LOST)

    def gaps() -> set[tuple[str, int, int, str]]:
        with database.reading() as session:
            found = coverage.read(session, vault).gaps(10, 90)
        return {(one.source, one.start, one.end, one.why) for one in found}

    others = {(DAYLIGHT, 30, 50, LOST), ("cloud audit", 20, 90, "off"), ("tap", 10, 70, NOT_YET), ("tap", 70, 90, LOST)}
    assert gaps() == {(AUDIT, 30, 90, LOST), *others}
    for changed in (1, 0):
        assert say(database, vault, (AUDIT, 10, None, "")) == changed
        assert gaps() == {(AUDIT, 30, 50, LOST), *others}
    assert say(database, vault, (AUDIT, 35, 65, "")) == 1
    assert gaps() == {(AUDIT, 30, 35, LOST), *others}
    with database.writing() as session:
        coverage.lose(session, vault, OPERATOR, 60, 80, UNSURE)
    assert {one for one in gaps() if one[0] == DAYLIGHT} == {(DAYLIGHT, 30, 50, LOST), (DAYLIGHT, 60, 80, UNSURE)}
    assert say(database, vault, (AUDIT, 10, 85, "off")) == 1
    assert {one for one in gaps() if one[0] == AUDIT} == {
        (AUDIT, 30, 35, LOST), (AUDIT, 60, 80, UNSURE), (AUDIT, 85, 90, "off")
    }  # fmt: skip


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE access_details SET details = (SELECT details FROM access_details AS o WHERE o.position = 0)",
        "UPDATE access_entries SET commitment = people WHERE position = 1",
        "DELETE FROM access_details WHERE position = 1",
        "UPDATE access_entries SET source = 'cloud audit' WHERE position = 1",
    ],
)
def test_whoever_alters_what_the_log_says_of_coverage_covers_nothing(
    database: Database, vault: Vault, tmp_path: Path, tamper: str
) -> None:
    """No table says when a source was recording. An entry that says it no longer opens, so nothing is known."""
    say(database, vault, ("cloud audit", 0, None, ""))
    say(database, vault, (AUDIT, 10, 20, "off"))
    anchor = Anchor(tmp_path / "anchor")
    publishing.run(database, vault, anchor)
    with database.writing() as session:
        session.execute(text(tamper))
    with database.reading() as session:
        source = session.scalars(select(EntryRow.source).where(EntryRow.position == 1)).one()
        assert Gap(source, 12, 18, ALTERED) in coverage.read(session, vault).gaps(12, 18)
        assert check.check(session, vault, anchor).findings


@given(st.lists(st.tuples(instant, st.none() | instant), min_size=1, max_size=6), instant, instant)
def test_an_instant_is_in_a_gap_exactly_when_no_span_holds_it(
    found: list[tuple[int, int | None]], start: int, end: int
) -> None:
    spans = [Span("a", first, last, "") for first, last in sorted(found, key=lambda span: span[0])]
    gaps = coverage.between(spans, start, end)
    for at in range(start, end):
        covered = any(span.start <= at and (span.end is None or at < span.end) for span in spans)
        assert covered != any(gap.start <= at < gap.end for gap in gaps)
    assert all(start <= gap.start < gap.end <= end for gap in gaps)

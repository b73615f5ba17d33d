"""Where nobody was recording, the answer is unknown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from data.accesses import coverage
from data.accesses.coverage import NOT_YET, STOPPED, Gap, Span
from data.accesses.entry import DAYLIGHT
from data.database import Database

instant = st.integers(0, 60)


def test_a_gap_says_why_the_span_before_it_ended(database: Database) -> None:
    with database.writing() as session:
        coverage.record(session, "database audit", 10, 20, "the audit was switched off for an upgrade")
        coverage.record(session, "database audit", 30)
        coverage.record(session, "cloud audit", 0, 25)
    with database.reading() as session:
        assert coverage.gaps(session, 0, 40) == (
            Gap("cloud audit", 25, 40, STOPPED),
            Gap("database audit", 0, 10, NOT_YET),
            Gap("database audit", 20, 30, "the audit was switched off for an upgrade"),
        )
        assert coverage.gaps(session, 31, 40) == (Gap("cloud audit", 31, 40, STOPPED),)
        assert [span.start for span in coverage.spans(session, 20, 40)] == [0, 30]


def test_before_the_store_was_made_nobody_could_look_through_this_app(database: Database) -> None:
    with database.writing() as session:
        coverage.record(session, DAYLIGHT, 10, 20, "the app was down")
        coverage.record(session, DAYLIGHT, 30)
    with database.reading() as session:
        assert coverage.gaps(session, 0, 40) == (Gap(DAYLIGHT, 20, 30, "the app was down"),)


def test_recording_a_span_again_replaces_it_and_says_whether_that_changed_anything(database: Database) -> None:
    with database.writing() as session:
        assert coverage.record(session, "database audit", 10)
        assert not coverage.record(session, "database audit", 10)
        assert coverage.record(session, "database audit", 10, 15, "stopped for good")
    with database.reading() as session:
        assert coverage.spans(session, 0, 100) == (Span("database audit", 10, 15, "stopped for good"),)


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

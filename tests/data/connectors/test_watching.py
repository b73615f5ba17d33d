"""Coverage claims no instant that a source did not prove."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from data import instants
from data.accesses.coverage import Span
from data.connectors import evidence_coverage, watching
from data.connectors.watching import LOG_ENDS, OFF_IN_SESSION, SWITCHED_OFF, Begins, Stretch, Watch

MINUTE = instants.MINUTE
BEAT = 15 * MINUTE


def claimed(watch: Watch) -> list[tuple[int, int, str]]:
    return [(one.start // MINUTE, one.end // MINUTE, one.why) for one in watch.stretches()]


def watch(*minutes: int) -> Watch:
    found = Watch(BEAT)
    for one in minutes:
        found.seen(one * MINUTE)
    return found


def test_a_silence_longer_than_the_heartbeat_is_a_gap() -> None:
    silence = "nothing showed for longer than 15 minutes that it records reads"
    assert claimed(watch(0, 10, 25, 60, 70)) == [(0, 25, silence), (60, 70, LOG_ENDS)]


def test_several_places_that_record_by_settings_of_their_own_are_claimed_where_all_of_them_prove_it() -> None:
    silence = "nothing showed for longer than 15 minutes that it records reads"
    found = Watch(BEAT)
    found.of(["s3://a/", "s3://b/"])
    for minute in range(0, 100, 5):
        found.seen(minute * MINUTE, "s3://a/")
        found.seen(minute * MINUTE, "s3://elsewhere/")
    assert found.stretches() == []
    for minute in (10, 20, 30, 50, 60, 110):
        found.seen(minute * MINUTE, "s3://b/")
    assert claimed(found) == [(10, 30, silence), (50, 60, LOG_ENDS)]
    found.of([])
    assert found.stretches() == []


def test_without_a_declared_heartbeat_nothing_is_claimed() -> None:
    found = Watch(None)
    found.seen(0)
    found.seen(MINUTE)
    assert found.stretches() == []
    assert not found.claims


def test_time_in_which_it_was_switched_off_is_a_gap_until_everything_is_on_again() -> None:
    found = watch(*range(0, 60, 5))
    found.off("system", 12 * MINUTE)
    found.off("session 1", 20 * MINUTE, OFF_IN_SESSION)
    found.on("system", 30 * MINUTE)
    found.on("session 1", 40 * MINUTE)
    assert claimed(found) == [(0, 12, SWITCHED_OFF), (40, 55, LOG_ENDS)]


def test_what_is_never_switched_on_again_is_a_gap_to_the_end() -> None:
    found = watch(*range(0, 60, 5))
    found.off("role bob", 12 * MINUTE)
    found.started(30 * MINUTE)
    assert claimed(found) == [(0, 12, SWITCHED_OFF)]


def test_a_start_of_the_server_ends_a_stop_and_what_was_off_in_sessions() -> None:
    found = watch(*range(0, 60, 5))
    found.off("session 1 pgaudit.log", 12 * MINUTE, OFF_IN_SESSION)
    found.stopped(20 * MINUTE)
    found.started(22 * MINUTE)
    assert [(one.start // MINUTE, one.end // MINUTE, one.begins) for one in found.stretches()] == [
        (0, 12, Begins.LOG),
        (22, 55, Begins.START),
    ]


@given(st.lists(st.integers(0, 300), max_size=30), st.randoms())
def test_the_order_of_the_lines_changes_nothing(minutes: list[int], random: Random) -> None:
    shuffled = list(minutes)
    random.shuffle(shuffled)
    expected = claimed(watch(*sorted(minutes)))
    assert claimed(watch(*shuffled)) == expected
    for start, end, _ in expected:
        proofs = sorted(one for one in set(minutes) if start <= one <= end)
        assert proofs[0] == start
        assert proofs[-1] == end
        assert all(later - earlier <= 15 for earlier, later in pairwise(proofs))


def joined(held: list[Span], one: Stretch) -> Span | None:
    return evidence_coverage.joined(held, one, "audit", 10)


def test_a_log_that_begins_where_the_other_ends_goes_on_with_its_span() -> None:
    held = [Span("audit", 0, 100, LOG_ENDS)]
    assert joined(held, Stretch(105, 200, "why", Begins.LOG)) == Span("audit", 0, 200, "why")
    assert joined(held, Stretch(111, 200, "why", Begins.LOG)) == Span("audit", 111, 200, "why")
    assert joined(held, Stretch(20, 80, "why", Begins.LOG)) is None
    # An earlier log that is imported later joins the span after it.
    assert joined([Span("audit", 105, 200, "x")], Stretch(0, 100, LOG_ENDS, Begins.LOG)) == Span("audit", 0, 200, "x")
    assert joined([Span("audit", 105, 200, "x")], Stretch(0, 100, SWITCHED_OFF, Begins.LOG)) == Span(
        "audit", 0, 100, SWITCHED_OFF
    )


def test_nothing_is_claimed_after_a_log_that_ended_switched_off() -> None:
    off = [Span("audit", 0, 100, SWITCHED_OFF)]
    session = [Span("audit", 0, 100, OFF_IN_SESSION)]
    assert joined(off, Stretch(100, 200, "", Begins.LOG)) is None
    assert joined(off, Stretch(100, 200, "", Begins.START)) is None
    assert joined(off, Stretch(100, 200, "", Begins.SWITCH)) == Span("audit", 0, 200, "")
    assert joined(session, Stretch(150, 200, "", Begins.LOG)) is None
    assert joined(session, Stretch(150, 200, "", Begins.START)) == Span("audit", 150, 200, "")
    assert watching.SWITCHED_OFF in OFF_IN_SESSION

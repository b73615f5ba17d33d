"""What a heartbeat has to be, and what follows from one: decided without a database."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import instants
from data.errors import BadInput
from data.programme import beat
from data.programme.beat import SILENT, Beat, Held, Span, State, Step

GOOD = {"at": "2026-11-03T14:05:09Z", "state": "capturing", "version": "1.4.2", "sequence": 7}
NOW = instants.parse("2026-11-03T14:05:10Z")


def body(**changed: object) -> bytes:
    return json.dumps({name: value for name, value in (GOOD | changed).items() if value != "left out"}).encode()


def test_a_heartbeat_is_read_to_the_letter() -> None:
    found = beat.parse(body(captured_until="2026-11-03T15:05:08+01:00"))
    assert found == Beat(NOW - instants.SECOND, State.CAPTURING, "1.4.2", 7, NOW - 2 * instants.SECOND)


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"at": NaN}',
        b"[" * 4000,
        body(at="left out"),
        body(more=1),
        body(state="silent"),
        body(state=["capturing"]),
        body(version=""),
        body(version="1\n2"),
        body(version="9" * 65),
        body(sequence=0),
        body(sequence=True),
        body(sequence=1.0),
        body(sequence="7"),
        body(sequence=2**53),
        body(sequence=2**70),
        body(at=1762178709),
        body(at="yesterday"),
        body(at="0001-01-01T00:00:00Z"),
        body(captured_until="9999-12-31T23:59:59Z"),
        body(version="x" * 5000),
    ],
)
def test_what_is_no_heartbeat_is_refused_in_one_sentence(bad: bytes) -> None:
    """A device, or whoever forges one, that sends something else leaves nothing behind, not even in the answer."""
    with pytest.raises(BadInput) as refusal:
        beat.parse(bad)
    said = str(refusal.value)
    assert said.endswith(".") and "\n" not in said and len(said) < 200


@given(st.binary(max_size=200))
def test_any_bytes_are_a_heartbeat_or_a_sentence(anything: bytes) -> None:
    try:
        beat.parse(anything)
    except BadInput:
        return
    raise AssertionError("random bytes are no heartbeat")


BEATS = st.lists(
    st.tuples(
        st.integers(1, 50),
        st.sampled_from([State.CAPTURING, State.PAUSED]),
        st.integers(1, 2 * SILENT),
    ),
    max_size=40,
)


@given(BEATS)
def test_spans_tell_at_each_moment_what_a_device_said_last_or_that_it_was_silent(
    sent: list[tuple[int, State, int]],
) -> None:
    """The property that the pages rest on: spans have no gap and no overlap, a replay changes nothing, and from the
    last word on a device counts as silent where it stayed so for too long."""
    held: Held | None = None
    steps: list[Step] = []
    heard: list[tuple[int, State]] = []
    now = NOW
    for sequence, state, passed in sent:
        now += passed
        found = beat.advance(held, Beat(now, state, "1", sequence), now)
        if held is not None and sequence <= held.sequence:
            assert found is None
            continue
        assert found is not None
        held, more = found
        steps.extend(more)
        heard.append((now, state))
    if held is None:
        return
    assert [one.number for one in steps] == list(range(1, held.steps + 1))
    spans = beat.spans(steps, held.at, now)[::-1]
    assert all(one.end == after.start for one, after in pairwise(spans))
    assert (spans[0].start, spans[-1].end) == (heard[0][0], None)
    assert all(one.state is not after.state for one, after in pairwise(spans))
    for (at, state), (after, _) in zip(heard, [*heard[1:], (now + 1, State.SILENT)], strict=True):
        is_silent = after - at >= SILENT
        inside = [one for one in spans if one.start <= at + 1 and (one.end is None or at + 1 < one.end)]
        assert inside[-1].state is (State.SILENT if is_silent else state)


def test_a_clock_that_is_wrong_is_told_and_counts_for_nothing() -> None:
    ahead = Beat(NOW + 3 * instants.HOUR, State.CAPTURING, "1", 1)
    found = beat.advance(None, ahead, NOW)
    assert found is not None
    assert (found[0].at, found[0].since, found[0].clock_offset) == (NOW, NOW, 3 * instants.HOUR)


def test_silence_since_the_last_word_is_a_span_of_its_own() -> None:
    steps = [Step(1, NOW, State.PAUSED)]
    assert beat.spans(steps, NOW, NOW + SILENT) == (
        Span(State.SILENT, NOW, None),
        Span(State.PAUSED, NOW, NOW),
    )
    assert beat.spans(steps, NOW, NOW + SILENT - 1) == (Span(State.PAUSED, NOW, None),)

"""How a fix stands, whatever happens in which order."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import instants
from data.controls.control import State
from data.controls.lifecycle import LATE, Claimed, Looked, Stage, check_claim, spans, standing
from data.errors import Conflict

DAYS = 1
# Mostly looks that find it kept, nearly as far apart as may be: else no fix would be watched for a day.
STEP = st.tuples(
    st.sampled_from([*State, "claim", *[State.HOLDS] * 12]), st.sampled_from([1, *[LATE // instants.MINUTE] * 8, 200])
)


def told(steps: list[tuple[State | str, int]]) -> list[Looked | Claimed]:
    """The events of steps, each so many minutes after the one before."""
    at, looked, found = instants.parse("2027-01-01"), 0, list[Looked | Claimed]()
    for what, minutes in steps:
        at += minutes * instants.MINUTE
        if isinstance(what, State):
            found.append(Looked(at, what, looked))
            looked = at
        else:
            found.append(Claimed(at, "Ingrid", "revoked"))
    return found


@given(st.lists(STEP, max_size=60))
def test_whatever_happens_a_claim_alone_is_never_a_fix(steps: list[tuple[State | str, int]]) -> None:
    """Protects: only looks make a fix hold, only as long as somebody looked, and each break after one is counted."""
    events = told(steps)
    found = standing(events, DAYS)
    looks = [one for one in events if isinstance(one, Looked)]
    known = [one for one in looks if one.state is not State.UNKNOWN]
    assert found.state is (looks[-1].state if looks else State.UNKNOWN)
    if not any(one.state is State.BROKEN for one in looks):
        assert found.stage is Stage.NEVER
        return
    newest = known[-1].state
    pending = any(isinstance(one, Claimed) and one.at > known[-1].at for one in events)
    if newest is State.BROKEN:
        assert found.stage is Stage.CLAIMED if pending else found.stage in (Stage.BROKEN, Stage.REOPENED)
    else:
        assert found.stage in (Stage.PROVING, Stage.HELD)
    # Broken again: each look that found it broken, with a claim or a look that found it kept since it was before.
    again, since = 0, False
    first = next(number for number, one in enumerate(events) if isinstance(one, Looked) and one.state is State.BROKEN)
    for one in events[first + 1 :]:
        if isinstance(one, Looked) and one.state is State.BROKEN:
            again, since = again + since, False
        elif isinstance(one, Claimed) or one.state is State.HOLDS:
            since = True
    assert found.reopened == again
    # It was seen to hold no longer than it can have been seen: between looks side by side that found it kept.
    seen = 0
    for one, other in itertools.pairwise(looks):
        if State.BROKEN in (one.state, other.state):
            seen = 0
        elif one.state is other.state is State.HOLDS and other.at - one.at <= LATE:
            seen += other.at - one.at
    assert found.proven == (seen if newest is State.HOLDS else 0)
    assert (found.stage is Stage.HELD) == (newest is State.HOLDS and seen >= DAYS * instants.DAY)


def test_a_fix_is_claimed_looked_at_again_held_and_reopened() -> None:
    """Protects: the whole way, in words that pages say."""
    way = told([(State.HOLDS, 1), (State.BROKEN, 15), ("claim", 5)])
    assert standing(way, DAYS).stage is Stage.CLAIMED
    assert standing(way, DAYS).good_at == way[0].at
    way += told([(State.HOLDS, 22)])
    assert standing(way, DAYS).stage is Stage.PROVING
    held = way[-1].at + DAYS * instants.DAY
    assert standing(way, DAYS, held - 1).stage is Stage.PROVING
    assert standing(way, DAYS, held).stage is Stage.HELD
    broken = [*way, Looked(held + 1, State.BROKEN, held)]
    found = standing(broken, DAYS)
    assert (found.stage, found.reopened, found.claim, found.good_at) == (Stage.REOPENED, 1, None, held)


def test_a_look_that_began_before_the_claim_says_nothing_of_it() -> None:
    """Protects: a slow look is not taken for the one that shows whether the fix works."""
    broken, claim = Looked(1_000, State.BROKEN), Claimed(3_000, "Ingrid", "revoked")
    late = Looked(2_000, State.BROKEN, 1_000)
    assert standing([broken, claim, late], DAYS).stage is Stage.CLAIMED
    assert standing([broken, claim, late, Looked(4_000, State.BROKEN, 2_000)], DAYS).stage is Stage.REOPENED


def test_what_nobody_looked_at_lately_is_not_known() -> None:
    """Protects: an old look is not shown as if it were true now, and a break is not forgotten by waiting."""
    good, bad = standing([Looked(1, State.HOLDS)], DAYS), standing([Looked(1, State.BROKEN)], DAYS)
    assert good.shown(LATE) is State.HOLDS and good.shown(LATE + 1) is State.UNKNOWN
    assert bad.shown(10 * LATE) is State.BROKEN


@pytest.mark.parametrize("steps", [[], [(State.HOLDS, 1)], [(State.UNKNOWN, 1)], [(State.BROKEN, 1), ("claim", 1)]])
def test_there_is_nothing_to_claim_where_nothing_is_broken(steps: list[tuple[State | str, int]]) -> None:
    """Protects: a claim always answers a break."""
    with pytest.raises(Conflict):
        check_claim(standing(told(steps), DAYS))


@given(st.lists(STEP, max_size=40))
def test_what_is_drawn_is_only_what_was_seen(steps: list[tuple[State | str, int]]) -> None:
    """Protects: a chart has no time in which nobody looked, and each span says what both of its ends found."""
    looks = [one for one in told(steps) if isinstance(one, Looked)]
    last = looks[-1].at if looks else 0
    drawn = spans(looks, last)
    assert all(one.start <= one.end for one in drawn)
    for span, other in itertools.pairwise(drawn):
        assert span.end <= other.start
    for one, other in itertools.pairwise(looks):
        between = (one.at + other.at) // 2
        found = [span.state for span in drawn if span.start < between < span.end]
        if other.at - one.at > LATE:
            assert found == [State.UNKNOWN]
        else:
            assert found == ([one.state] if one.state is other.state else [])

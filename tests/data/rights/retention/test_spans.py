"""Which captures are overdue: nobody's are kept longer than they were told, whatever is promised later."""

from __future__ import annotations

from data import instants
from data.accesses.entry import Purpose
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.programme.privacy_notice import PrivacyNotice, Promise
from data.programme.versions import Register, Version
from data.rights.retention.spans import overdue

DAY, NOW = instants.DAY, 1_000 * instants.DAY


def register(*versions: tuple[int, dict[str, int]]) -> Register:
    """Versions by (days before now, kind -> days)."""
    found = [
        Version(
            number,
            PrivacyNotice(
                "t", "t", "l", (Purpose.TRAINING,), None, tuple(Promise(k, frozenset(), d) for k, d in kinds.items())
            ),
            NOW - ago * DAY,
            0,
            0,
        )
        for number, (ago, kinds) in enumerate(versions, 1)
    ]
    return Register(tuple(found))


def keys(start: int | None, end: int) -> Scope:
    return Scope(frozenset({Kind.KEY}), start=start, end=end)


def test_one_version_takes_all_that_is_older_by_kind() -> None:
    assert set(overdue(register((5, {"key": 30, "window": 90, "click": 30})), NOW)) == {
        Scope(frozenset({Kind.KEY, Kind.CLICK}), end=NOW - 30 * DAY),
        Scope(frozenset({Kind.WINDOW}), end=NOW - 90 * DAY),
    }


def test_a_longer_promise_made_later_keeps_nothing_longer() -> None:
    """Under the first version 30 days were promised; what came under it goes then, what came later is kept for 90."""
    found = overdue(register((100, {"key": 30}), (50, {"key": 90})), NOW)
    assert found == (keys(None, NOW - 50 * DAY),)
    found = overdue(register((300, {"key": 30}), (200, {"key": 90})), NOW)
    assert found == (keys(None, NOW - 90 * DAY),)


def test_a_shorter_promise_made_later_is_kept_for_what_was_there() -> None:
    assert overdue(register((100, {"key": 90}), (20, {"key": 10})), NOW) == (keys(None, NOW - 10 * DAY),)


def test_what_no_longer_is_captured_goes_when_it_was_promised_to() -> None:
    found = overdue(register((100, {"key": 30}), (10, {"window": 60})), NOW)
    assert keys(None, NOW - 30 * DAY) in found


def test_nothing_is_overdue_while_no_notice_is_in_force_or_of_a_kind_that_none_names() -> None:
    assert overdue(Register(), NOW) == ()
    assert overdue(register((-1, {"key": 1})), NOW) == ()
    assert all(Kind.SCREEN not in one.kinds for one in overdue(register((5, {"key": 1})), NOW))

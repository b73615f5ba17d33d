"""What was captured without having been promised, in words: nothing that concerns the reader is left out."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from data import instants
from data.incidents.drift import Finding
from data.programme.privacy_notice import Matter
from data.programme.unpromised import Tally
from pages.shell.words import Calendar
from pages.wording import drift

AT = 1_793_100_000_000_000
CALENDAR = Calendar(ZoneInfo("UTC"), AT + instants.HOUR)


def found(count: int) -> list[Finding]:
    return [Finding(one, Matter(app=f"App {one}"), 2, AT, one, Tally(1, AT, AT), 1) for one in range(count)]


@pytest.mark.parametrize(
    ("count", "more"),
    [(drift.MOST, ""), (drift.MOST + 1, "And 1 thing more"), (drift.MOST + 2, "And 2 things more")],
)
def test_a_person_can_unfold_what_a_long_list_does_not_show(count: int, more: str) -> None:
    said = drift.mine(found(count), CALENDAR)
    assert all(f"Captures in App {one}<" in said for one in range(count))
    shown, _, folded = said.partition("<details")
    assert (shown.count("<li>"), folded.count("<li>")) == (drift.MOST, count - drift.MOST)
    assert f"{count} things are captured of you" in shown
    assert more in folded
    assert bool(folded) == bool(more)

"""Single captures are listed as they read, and a screen among them leads to its picture."""

from __future__ import annotations

from data import instants
from data.captures.browse import Capture
from data.captures.schema import COLUMNS, Kind
from pages.wording import rows
from tests.nasty import WORST
from tests.pages.test_phrases import CALENDAR, NOW


def capture(kind: Kind, **more: str) -> Capture:
    told = dict.fromkeys(COLUMNS) | {"at": NOW - instants.HOUR, "kind": kind, "cursor": "1.1.1"} | more
    return Capture(**told)  # type: ignore[arg-type]  # the columns, as given


def test_a_screen_opens_large_in_a_tab_of_its_own_and_nothing_else_is_a_link() -> None:
    shown = rows.events([capture(Kind.SCREEN, screen="ab12", app="Outlook"), capture(Kind.KEY)], CALENDAR, 7)
    assert shown.count("<a ") == 1
    assert '<a href="/download/screen/7/ab12" target="_blank" rel="noopener" title="Your screen, today, 15:00' in shown
    assert "Outlook" in shown and "typed" in shown
    assert "<a " not in rows.events([capture(Kind.SCREEN)], CALENDAR, 7)


def test_a_title_cannot_break_out_of_the_link_to_its_screen() -> None:
    one = capture(Kind.SCREEN, screen=WORST, app=WORST, title=WORST)
    shown = rows.events([one], CALENDAR, 7) + rows.film([one], CALENDAR, 7)
    assert "<script" not in shown and "\u202e" not in shown
    assert shown.count("<img") == 1, "the film's own"

"""What the list of captures says about what was searched. Pure."""

from __future__ import annotations

from data.captures.browse import Page
from pages.shell import words
from pages.shell.words import Calendar

SCREENS = "They are shown to you as they were captured. In a copy, what shows others can be blacked out, and is listed."


def matching(amount: int, is_narrow: bool, has_text: bool) -> str:
    """How many captures the filters let through."""
    if not is_narrow:
        return "This is everything. Narrow it to find a moment."
    matches = "matches" if amount == 1 else "match"
    said = f"**{words.count(amount, 'capture')[0].upper()}{words.count(amount, 'capture')[1:]}** {matches} your choice."
    if not has_text:
        return said
    return said + " The text narrows only the list: the charts and this count are kept without any content."


FURTHER = "Search further"


def nothing_found(page: Page, calendar: Calendar, before: str | None) -> str:
    """An empty list, and how far back it was searched. `before`: it begins there, and what is newer is not in it."""
    nothing = "No capture matches" if before is None else "Nothing older matches"
    if page.next is None:
        return f"{nothing}. Clear a filter to see more."
    back = f" back to {calendar.when(page.searched_to)}" if page.searched_to is not None else ""
    return f"{nothing}{back}. {FURTHER} looks at what is older."


def searched(page: Page, calendar: Calendar) -> str:
    """Below a list that is shorter than a page because the search was cut short; '' where it was not."""
    if page.next is None or page.searched_to is None:
        return ""
    return f"Searched back to {calendar.when(page.searched_to)}. {FURTHER} looks at what is older."


def older(page: Page) -> str:
    """What the button says that leads to what is older."""
    return FURTHER if page.searched_to is not None and page.next is not None else "Older"

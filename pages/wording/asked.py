"""A round of looks that an officer asked for, in words: how it stands, and what it found. Pure."""

from __future__ import annotations

from data import instants
from data.controls.asking import SLOW, Asked
from data.controls.control import State
from pages.shell import markup, words
from pages.shell.words import Calendar

_SAID = {State.HOLDS: "kept", State.BROKEN: "broken", State.UNKNOWN: "not known"}
_NONE = "A program looks by itself every quarter of an hour; this has it look at everything at once."


def ended(found: Asked | None, calendar: Calendar) -> str:
    """What became of the last one, or what the button does. Plain text."""
    if found is None or found.ended_at is None:
        return _NONE
    when = f"{found.name} asked for it, and it was done {calendar.when(found.ended_at, place=False)}"
    if found.failure:
        return f"{when}, but not all was looked at: {found.failure}"
    counts = [f"{count} {_SAID[state]}" for state, count in found.found if count]
    return f"{when}: {words.listed(counts)}."


def going_on(found: Asked, calendar: Calendar) -> str:
    """That it goes on, since when, and what happens next, as HTML."""
    icon, by = markup.symbol("hourglass_top"), markup.html(found.name)
    said = f"Everything is being looked at: {by} asked for it {markup.when(calendar, found.at)}."
    below = (
        "It is taking long: the worker that looks may not be running, which is for whoever runs the server to see to."
        if instants.over(found.at, SLOW, calendar.now)
        else "What does not answer within half a minute is called not known. You may leave this page."
    )
    return f'<div class="dl" role="status">{icon} <strong>{said}</strong><p class="soft">{below}</p></div>'

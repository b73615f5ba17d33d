"""Words for drift: what was captured without having been promised, for whom it concerns, officers, organizers. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from data.incidents.drift import Figures, Finding
from pages.shell import markup, words
from pages.shell.words import Calendar

HOW = (
    "Each capture is held against the notice of its own time when it is taken in, by the program and by nobody who"
    " looks; what was captured before there was a notice is held against none. Each finding is an entry of the log."
)
MOST = 40  # findings a list shows unfolded
NEWS = "What is captured of you differs from what you were told is captured."


def mine(found: Sequence[Finding], calendar: Calendar) -> str:
    """What was captured of the reader that no notice promised, as HTML; empty where nothing was."""
    going = [one for one in found if one.ending is None]
    if not found:
        return ""
    head = ""
    if going:
        count = words.plural(len(going), "One thing", f"{len(going)} things")
        are = words.plural(len(going), "is", "are")
        head = (
            f'<p>{markup.symbol("warning")} <span class="dl-mark">not promised</span>'
            f" <strong>{count} {are} captured of you that no notice promised.</strong>"
            " It ends when a privacy officer says why, or a new version of the notice promises it; you are told.</p>"
        )
    rows = [_row(one, calendar, own=True) for one in found]
    shown, more = "".join(rows[:MOST]), rows[MOST:]
    rest = (
        f'<details class="dl"><summary>And {words.count(len(more), "thing")} more</summary>'
        f'<ol class="dl dl-rows">{"".join(more)}</ol></details>'
        if more
        else ""
    )
    return f'<div class="dl">{head}</div><ol class="dl dl-rows">{shown}</ol>{rest}'


def listed(found: Sequence[Finding], calendar: Calendar) -> str:
    """Every finding, for officers, as HTML."""
    if not found:
        return '<p class="dl">Nothing was found to be captured that the notice in force did not promise.</p>'
    rows = "".join(_row(one, calendar, own=False) for one in found[:MOST])
    more = len(found) - MOST
    rest = (
        f'<p class="dl soft">And {words.count(more, "finding")} more: `programme drift list`.</p>' if more > 0 else ""
    )
    return f'<ol class="dl dl-rows">{rows}</ol>{rest}'


def figures(found: Figures) -> str:
    """How much there is, for organizers, as HTML."""
    altered = (
        f" {words.count(found.altered, 'entry', 'entries')} about it can no longer be read: what was said was altered."
        if found.altered
        else ""
    )
    ended = (
        f" {words.count(found.ended, 'finding')} of this kind ended before; the history stays." if found.ended else ""
    )
    if not found.open:
        nothing = "Nothing was found to be captured that the notice in force did not promise."
        return f'<p class="dl">{nothing}{ended}{altered}</p>'
    things = words.count(found.open, "thing")
    said = (
        f'{markup.symbol("warning")} <span class="dl-mark">not promised</span> <strong>{things}'
        f" {words.plural(found.open, 'is', 'are')} captured that no notice promised,</strong>"
        f" of {words.people(found.people)}: {markup.figure(found.captures)}"
        f" {words.plural(found.captures, 'capture')}."
    )
    return f'<p class="dl">{said}{ended}{altered}</p>'


def choice(one: Finding) -> str:
    """A finding in a list to choose from. Plain text."""
    return f"{one.number}: {one.matter.plain}"


def _row(one: Finding, calendar: Calendar, *, own: bool) -> str:
    plain = one.matter.plain
    whose = "of yours" if own else f"of {words.count(one.people, 'person', 'people')}"
    for_days = f"for {words.count(one.days, 'day')} without having been promised"
    captured = (
        f"{markup.figure(one.tally.count)} {words.plural(one.tally.count, 'capture')} {whose}, {for_days}:"
        f" first {markup.when(calendar, one.tally.first_at, place=True)},"
        f" last {markup.when(calendar, one.tally.last_at, place=True)}."
    )
    return (
        f"<li><strong>{markup.html(plain[0].upper() + plain[1:])}</strong><div>{captured} {_ended(one, calendar)}"
        f'<br><span class="soft">Finding {one.number}, against version {one.version} of the notice;'
        f" entry {one.position} of the access log</span></div></li>"
    )


def _ended(one: Finding, calendar: Calendar) -> str:
    ending = one.ending
    if ending is None:
        return '<span class="dl-mark">it goes on</span>'
    when = markup.when(calendar, ending.at, place=True)
    if ending.version is not None:
        return f"Version {ending.version} promises it since {when}."
    return f"Closed by a privacy officer {when}: “{markup.html(ending.words)}”"

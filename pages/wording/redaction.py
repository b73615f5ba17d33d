"""What is blacked out in copies, in words: rules, marks, and what a person reads of theirs. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from data.rights.redaction.bystanders import Register
from data.rights.redaction.looking import Picture
from data.rights.redaction.marks import Made, Mark, said
from data.rights.request import Request
from pages.shell import markup, words
from pages.shell.words import Calendar

WAITS = "Copies with pictures wait until a privacy officer has looked for others in them."
WAITS_NOT = "Copies with pictures are made at once, without anybody looking at them first."
LOOKS = (
    "What they show is closed. Listing them is a look, and so is each picture that you open: {} sees when, by whom and"
    " for this request."
)


def rules(found: Register, calendar: Calendar) -> str:
    """The bystander rules as everybody reads them, as HTML."""
    held = found.now
    items = "".join(
        f"<li><strong>Rule {number}</strong><div>{markup.html(one.plain)}</div></li>"
        for number, one in enumerate(held.rules, 1)
    )
    none = '<p class="dl">Nothing is blacked out by rule: pictures are given as captured.</p>'
    listed = f'<ol class="dl dl-rows">{items}</ol>' if items else none
    since = ""
    if held.version:
        at = markup.when(calendar, held.since, place=True)
        since = f" Version {held.version}, since {at} (entry {held.position} of the access log)."
    altered = ""
    if found.altered:
        entries = words.count(found.altered, "earlier entry", "earlier entries")
        opens = words.plural(found.altered, "opens: its", "open: their")
        altered = f" {entries} about it no longer {opens} words were altered."
    return (
        '<p class="dl">A copy of your pictures must not harm others who stand in them (GDPR, Article 15(4)). A'
        " rule knows only the windows that were captured. What is black in a copy is listed in it and can be appealed;"
        " the picture itself stays sealed, and What was collected shows you yours as it was.</p>"
        f'{listed}<p class="dl">{WAITS if held.waits else WAITS_NOT}<br><span class="soft">Each change counts for'
        f" copies from then on.{since}{altered}</span></p>"
    )


def card(request: Request) -> str:
    """What of a copy is blacked out, as its person reads it, as HTML; empty where nothing is."""
    black = request.counts.get("blacked_out", 0)
    if not black:
        return ""
    many = f"{words.count(black, 'screen')} {'has' if black == 1 else 'have'} parts blacked out to protect others"
    return (
        f'<div class="dl"><p><strong>{many}.</strong> The copy lists each: which part, on what ground, and by a rule or'
        " by an officer. All else in them is as it was captured, and What was collected shows them to you whole.</p>"
        '<p class="soft">Where you think that it goes too far, you can complain to the data protection authority of'
        " where you live or work, which costs nothing, or go to court; and before that, appeal once below.</p></div>"
    )


def label(number: int, one: Picture, calendar: Calendar) -> str:
    """A picture in a list to choose from; its number in it tells it from others of the same second. Plain text."""
    window = " — ".join(part for part in (one.app, one.title) if part)
    return f"{number}. {calendar.time(one.at, seconds=True)}  {window or 'no window known'}"[:120]


def mark(one: Made, calendar: Calendar) -> str:
    """What an officer blacked out, as HTML."""
    return (
        f'<div class="dl"><p><strong>{markup.html(_part(one.mark))}</strong> of {_where(one.mark, calendar)}<br>'
        f'<span class="soft">It shows {markup.html(said(one.mark))}. Number {one.id}, {markup.when(calendar, one.at)},'
        f" for request {one.request_id}.</span></p></div>"
    )


def altogether(found: Sequence[Made]) -> str:
    """How much is blacked out so far. Plain text."""
    if not found:
        return "Nothing is blacked out by an officer in this person's copies."
    return f"{words.count(len(found), 'part')} {'is' if len(found) == 1 else 'are'} blacked out, in later copies too:"


def _part(one: Mark) -> str:
    it = one.region
    if it.is_whole:
        return "All"
    return f"{it.left} to {it.right} across, {it.top} to {it.bottom} down"


def _where(one: Mark, calendar: Calendar) -> str:
    if one.screen:
        return f"picture <code>{one.screen[:12]}</code>"
    app = f" while {markup.html(one.app)} was in front" if one.app else ""
    start, end = (markup.when(calendar, at or 0) for at in (one.start, one.end))
    return f"each picture from {start} to {end}{app}"

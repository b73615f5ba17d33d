"""Lists as the person reads them, as HTML: looks, unknown spans, single captures, screens. Pure; everything escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from data.accesses.coverage import Gap
from data.accesses.entry import Purpose
from data.captures.browse import Capture
from data.captures.schema import Kind
from data.looks.look import NO_REASON, Look
from pages.shell import markup, readable, words
from pages.shell.words import Calendar
from pages.wording import phrases


def address(position: int) -> str:
    """Where a single look stands in full."""
    return f"/accesses?look={position}"


def looks(found: Sequence[Look], gaps: Sequence[Gap], calendar: Calendar, to: Callable[[int], str] = address) -> str:
    """Looks, newest first, and below them the spans about which nothing is known. Each leads to the address that
    `to` gives for its position."""
    rows = [_look(one, calendar, to(one.position), phrases.known(one)) for one in found]
    rows += [f'<li class="dl-gap"><span>Not known</span><span>{_gap(gap, calendar)}</span></li>' for gap in gaps]
    return f'<ol class="dl dl-rows">{"".join(rows)}</ol>' if rows else ""


def latest(found: Sequence[Look], gaps: Sequence[Gap], calendar: Calendar) -> str:
    """The newest looks, and in one row below them that there are spans about which nothing is known."""
    rows = [_look(one, calendar, address(one.position)) for one in found]
    if gaps:
        said = markup.html(phrases.unknowns(gaps))
        rows.append(f'<li class="dl-gap"><span>Not known</span><span>{said}</span></li>')
    return f'<ol class="dl dl-rows">{"".join(rows)}</ol>' if rows else ""


def _look(one: Look, calendar: Calendar, to: str, known: str = "") -> str:
    marks = "".join(f'<span class="dl-mark">{markup.html(mark)}</span>' for mark in one.marks)
    unsaid = one.purpose is Purpose.NONE and NO_REASON in one.marks
    below = markup.html(". ".join(part for part in ("" if unsaid else phrases.why(one), known) if part))
    why = f'<br><span class="soft">{below}</span>' if below else ""
    who = f'<a href="{markup.html(to)}" target="_self">{markup.html(phrases.who(one))}</a>'
    what = markup.html(phrases.what(one))
    when = markup.when(calendar, one.at, starts=True)
    return f"<li><span>{when}</span><span><strong>{who}</strong> {what}{marks}{why}</span></li>"


def _gap(gap: Gap, calendar: Calendar) -> str:
    return markup.html(phrases.unknown(gap, calendar))


def events(captures: Iterable[Capture], calendar: Calendar, person_id: int) -> str:
    """Single captures, newest first, under the day they were made on; a screen opens large in a tab of its own."""
    days = groupby(captures, key=lambda one: calendar.local(one.at).date())
    parts = [
        f"<h3>{words.start(calendar.date(day))}</h3>"
        f"<ol>{''.join(_event(one, calendar, person_id) for one in found)}</ol>"
        for day, found in days
    ]
    return f'<div class="dl dl-events">{"".join(parts)}</div>'


def _event(one: Capture, calendar: Calendar, person_id: int) -> str:
    did, where = markup.html(readable.did(one)), readable.where(one)
    if one.screen:
        title = markup.html(_pictured(one, calendar))
        did = f'<a href="{_picture(one, person_id)}" target="_blank" rel="noopener" title="{title}">{did}</a>'
    joined = (
        f"{':' if one.kind == Kind.WINDOW else ' in'} <span class='soft'>{markup.html(where)}</span>" if where else ""
    )
    shown = markup.time(one.at, calendar.time(one.at, seconds=True))
    return f"<li>{shown}{markup.symbol(readable.icon(one.kind))}<span>{did}{joined}</span></li>"


def film(screens: Sequence[Capture], calendar: Calendar, person_id: int) -> str:
    """Screens as a strip; each opens large in a tab of its own."""
    return f'<ul class="dl dl-film">{"".join(_screen(one, calendar, person_id) for one in screens)}</ul>'


def _screen(one: Capture, calendar: Calendar, person_id: int) -> str:
    where, when, address = _window(one), calendar.when(one.at, place=False), _picture(one, person_id)
    return (
        f'<li><a href="{address}" target="_blank" rel="noopener">'
        f'<img loading="lazy" src="{address}" alt="{markup.html(_pictured(one, calendar))}"></a>'
        f'<p title="{markup.html(where)}">{markup.time(one.at, when)}<br>'
        f'<span class="soft">{markup.html(where)}</span></p></li>'
    )


def _picture(one: Capture, person_id: int) -> str:
    """Where the picture is, for an attribute."""
    return f"/download/screen/{person_id}/{markup.html(one.screen or '')}"


def _pictured(one: Capture, calendar: Calendar) -> str:
    return f"Your screen, {calendar.when(one.at, place=False)}, {_window(one)}"


def _window(one: Capture) -> str:
    return readable.where(one) or "unknown window"

"""What is held, by kind: a figure, the day it began and thirty small bars each, as HTML. Pure.

Streamlit's own metrics would do, but their bars say nothing to a screen reader and load a chart library first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from data.captures.summary import Held, Summary
from pages.shell import markup, readable, words
from pages.shell.words import Calendar
from pages.wording import phrases


def tiles(summary: Summary, calendar: Calendar) -> str:
    """A tile for each of the kinds that say most; each leads to the captures behind it."""
    shown = phrases.tiles(summary)
    return f'<ul class="dl dl-tiles">{"".join(_tile(one, calendar) for one in shown)}</ul>'


def _tile(one: Held, calendar: Calendar) -> str:
    name = readable.noun(one.kind).capitalize()
    return (
        f'<li><a href="/captures?kind={quote(name)}" target="_self">{markup.symbol(readable.icon(one.kind))} '
        f"{markup.html(name)}</a><strong>{markup.figure(one.count)}</strong>"
        f'<span class="soft">since {markup.time(one.first, calendar.day(one.first))}</span>{_bars(one)}</li>'
    )


def _bars(one: Held) -> str:
    """The last thirty days, today on the right."""
    most = max(one.trend, default=0)
    said = (
        f"The last {len(one.trend)} days: {words.count(sum(one.trend), 'capture')}, at most {words.exact(most)} a day"
    )
    return _drawn(one.trend, said)


@dataclass(frozen=True)
class Figure:
    """A figure of a tile that leads nowhere; `value` is HTML, `trend` its course, `below` what that is told by."""

    icon: str
    name: str
    value: str
    below: str
    trend: tuple[int, ...] = ()


def figures(shown: Sequence[Figure]) -> str:
    """A tile for each."""
    return f'<ul class="dl dl-tiles">{"".join(map(_figure, shown))}</ul>'


def _figure(one: Figure) -> str:
    most = words.exact(max(one.trend, default=0))
    bars = _drawn(one.trend, f"{one.name} over {len(one.trend)} weeks, at most {most} a week") if one.trend else ""
    return (
        f"<li><span>{markup.symbol(one.icon)} {markup.html(one.name)}</span><strong>{one.value}</strong>"
        f'<span class="soft">{markup.html(one.below)}</span>{bars}</li>'
    )


def _drawn(trend: Sequence[int], said: str) -> str:
    most = max(trend, default=0)
    bars = (
        "".join(f'<i style="height:{max(100 * count / most, 3 if count else 0):.0f}%"></i>' for count in trend)
        if most
        else ""
    )
    return f'<span class="bars" role="img" aria-label="{said}" title="{said}">{bars}</span>'

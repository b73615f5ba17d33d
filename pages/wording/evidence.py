"""How far the evidence reaches, and how the promises stand, in words. Pure."""

from __future__ import annotations

from data.accesses.entry import DAYLIGHT
from data.controls.control import State
from data.statistics.evidence import Covered, Evidence
from pages.shell import markup, words

METHOD = (
    "Of the weeks above, up to now. Where a source was not recording, nobody can say who looked there: it is no "
    "statement that nobody did. What is outside all sources is in no figure of this page."
)
_KEPT = {State.HOLDS: "kept", State.BROKEN: "broken", State.UNKNOWN: "not known"}


def covered(found: Evidence) -> str:
    """A row for each source of evidence, as HTML."""
    if not found.sources:
        return '<p class="dl">No source of evidence has recorded anything in this time.</p>'
    rows = "".join(_source(one) for one in found.sources)
    return f'<ol class="dl dl-rows">{rows}</ol>'


def controls(found: Evidence) -> str:
    """How many promises are kept now. Plain text."""
    total = sum(found.controls.values())
    if not total:
        return "Nobody has looked yet whether the promises are kept."
    parts = [f"{words.exact(count)} {_KEPT[state]}" for state, count in found.controls.items() if count]
    return f"Of {words.count(total, 'promise')} that a program can check, now: {words.listed(parts)}."


def share(one: Covered) -> str:
    """How much of the time a source recorded. Plain text."""
    if one.doubt:
        return f"not known: {one.doubt}"
    if one.recorded == one.of:
        return "recorded all of the time"
    if not one.recorded:
        return "recorded none of the time"
    part = f"{one.percent} %" if one.percent else "less than 1 %"
    missing = words.span(one.of - one.recorded)
    return f"recorded {part} of the time; {missing} in {words.count(one.gaps, 'gap')} are unknown"


def percent(one: Covered) -> str:
    """The same in a word or two. Plain text."""
    return "not known" if one.doubt else f"{one.percent} %"


def name(one: Covered) -> str:
    """What the source is called. Plain text, which may come from a file."""
    return "This app" if one.source == DAYLIGHT else one.source


def _source(one: Covered) -> str:
    mark = "" if one.recorded == one.of else '<strong class="dl-mark">Incomplete</strong>'
    return f"<li><span>{markup.html(name(one))}</span><span>{markup.html(share(one))}. {mark}</span></li>"

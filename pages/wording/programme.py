"""Words for what the programme is for: each purpose, and which teams look for it. Pure."""

from __future__ import annotations

from data.accesses import purposes
from data.accesses.entry import Purpose
from data.accesses.purposes import NAMEABLE, Register
from pages.shell import markup, words
from pages.shell.words import Calendar

_BY_ROLE = (Purpose.REQUEST, Purpose.QUESTION)


def headline(found: Register, now: int) -> str:
    """How far it is on record who looks for what, as HTML."""
    known = sum(found.at(purpose, now) is not None for purpose in NAMEABLE)
    below = (
        "A look by another team than those named here is marked for everybody it concerned, and they are told."
        " Each change is an entry of the access log and counts only from then on."
    )
    altered = ""
    if found.altered:
        entries = words.count(found.altered, "earlier entry", "earlier entries")
        opens = words.plural(found.altered, "opens: its", "open: their")
        altered = f" {entries} no longer {opens} words were altered."
    if not known:
        said = "Nobody has put on record which teams open your data for what."
        return markup.answer(said, markup.html(f"{below}{altered}"), tone="attention", icon="help")
    said = f"For {known} of {len(NAMEABLE)} purposes it is on record which teams open your data."
    tone = "alarm" if altered else "attention" if known < len(NAMEABLE) else "plain"
    return markup.answer(said, markup.html(f"{below}{altered}"), tone=tone, icon="groups")


def purposes_list(found: Register, calendar: Calendar) -> str:
    """Every purpose for which somebody else may look, in plain words, with whose it is, as HTML."""
    rows = "".join(_row(purpose, found, calendar) for purpose in (*NAMEABLE, *_BY_ROLE))
    return f'<ol class="dl dl-rows">{rows}</ol>'


def purpose(one: Purpose) -> str:
    """What a purpose is called, beginning a line. Plain text."""
    return f"{one.plain[0].upper()}{one.plain[1:]}"


def _row(one: Purpose, found: Register, calendar: Calendar) -> str:
    return (
        f"<li><strong>{purpose(one)}</strong><div>{markup.html(purposes.MEANING[one])}"
        f'<br><span class="soft">{_whose(one, found, calendar)}</span></div></li>'
    )


def _whose(one: Purpose, found: Register, calendar: Calendar) -> str:
    if one in _BY_ROLE:
        return "Only privacy officers; anybody else who names this reason is marked."
    named = found.at(one, calendar.now)
    if named is None:
        return "Which teams do so is not on record, so no look for this reason is marked because of its team."
    since = markup.when(calendar, named.since, place=True)
    return f"{markup.html(words.listed(list(named.teams)))}, since {since} (entry {named.position} of the access log)."

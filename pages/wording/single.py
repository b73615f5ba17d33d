"""One look in full: who, when, why, what, how it is known, why it is marked. Pure; plain text unless it says HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data import instants
from data.accesses import entry, purposes
from data.accesses.destroyed import Destroyed
from data.accesses.entry import DAYLIGHT, HISTORY, Purpose
from data.accesses.opening import Lost
from data.accesses.told import RECORD
from data.looks import look as rules
from data.looks.look import Look
from data.looks.matching import AMOUNT
from data.notices.notice import News
from data.rights.request import Request
from pages.shell import markup, readable, words
from pages.shell.words import Calendar
from pages.wording import beside, clock, explained, phrases

_SEEN = {
    "captures": "single captures, in a list",
    "screen": "one picture of a screen",
    "summary": "counts by kind, not the captures themselves",
    "preview": "counts of what a request takes, not the captures themselves",
    entry.AFFECTED: "a list of names, e-mails and teams, not the captures themselves",
}
_LATE = instants.MINUTE  # what is recorded sooner is told by when it happened


def headline(one: Look, calendar: Calendar) -> str:
    """The sentence that answers what this was."""
    return f"{phrases.who(one)} {phrases.what(one)}, {calendar.when(one.at)}."


def facts(one: Look, calendar: Calendar, *, mine: bool = True) -> str:
    """Everything the log tells about the look, as HTML; `mine`: to the person it concerns."""
    happened = f"{calendar.plain_date(calendar.local(one.at).date())}, {calendar.time(one.at, seconds=True)}"
    rows = [
        ("When", f"{happened} ({calendar.place})", words.utc(one.at)),
        ("Who", phrases.who(one), _named(one) if mine and not one.is_own else ""),
        ("Why", phrases.why(one), "" if one.lost else purposes.MEANING[one.purpose]),
        ("What", phrases.what(one), "; ".join(what(one.scope, calendar))),
        ("Whose data", _whose(one) if mine or one.lost else words.count(one.people_count, "person", "people"), ""),
        ("How we know", phrases.known(one), _recorded(one, calendar)),
        *(("Declared", explained.nearly(it, calendar), "") for it in one.nearly if one.explanation is not None),
        *([("Explained", *explained.explained(one.explanation, calendar))] if one.explanation is not None else []),
        *([("No longer kept", *_destroyed(one.lost.destroyed, calendar))] if one.lost and one.lost.destroyed else []),
        ("Number", f"Access {one.position} in the log", ""),
    ]
    items = "".join(
        f"<li><span>{name}</span><span>{markup.html(said)}"
        f"{f'<br><span class=soft>{markup.html(more)}</span>' if more else ''}</span></li>"
        for name, said, more in rows
    )
    return f'<ol class="dl dl-rows">{items}</ol>'


def receipt(person_id: int, position: int) -> str:
    """Where the proof is, as markdown."""
    return (
        f"[Take the receipt with you](/download/receipt/{person_id}/{position}): it proves this look to others."
        " [The verifier](/log/verify.py) checks it on your own computer, without this app."
    )


def marked(one: Look, calendar: Calendar) -> str:
    """What stands out and why, as HTML; empty when nothing does."""
    items = "".join(
        f'<li><span class="dl-mark">{markup.html(mark)}</span>'
        f"<span>{markup.html(because(mark, one, calendar))}</span></li>"
        for mark in one.marks
    )
    return f'<ul class="dl dl-marks">{items}</ul>' if items else ""


def because(mark: str, one: Look, calendar: Calendar) -> str:
    """Why a look carries a mark."""
    match mark:
        case rules.NO_REASON:
            return "No reason is on record: whoever looked gave none, or the source does not keep one."
        case rules.UNEXPLAINED:
            return explained.unexplained(one, calendar)
        case rules.LATE:
            return explained.late(one, calendar)
        case rules.UNJUSTIFIED:
            return "A privacy officer looked into it and found no good reason for it."
        case rules.INCIDENT:
            return "A privacy officer opened an incident about it: what is known and done stands under “Incidents”."
        case rules.OUTSIDE_HOURS:
            first, last = rules.WORKDAY.start, rules.WORKDAY.stop
            local = calendar.local(one.at)
            return (
                f"It was {local:%A} at {local:%H:%M}. Working hours are taken to be Monday to Friday,"
                f" {first:02}:00 to {last:02}:00 ({calendar.place}, your zone)."
            )
        case rules.OUTSIDE_PURPOSE if one.purpose is Purpose.OWN:
            return "The reason on record says that you looked yourself, but it was somebody else."
        case rules.OUTSIDE_PURPOSE:
            role = one.role or "no role"
            return f"The reason on record is “{one.purpose.plain}”, which is for privacy officers; the log says {role}."
        case rules.OUTSIDE_TEAM:
            named = words.listed(list(one.teams))
            return f"“{one.purpose.plain}” was on record as the business of {named}; the log says {one.team}."
        case rules.MANY_PEOPLE:
            return (
                f"It took the data of {words.exact(one.people_count)} people in one go; from {rules.MANY} people on"
                " that is pointed out."
            )
        case Lost.ALTERED.value | Lost.MISSING.value:
            return (
                "Who looked and why can no longer be read: somebody changed the database. The log proves that an entry"
                " was here, and whoever kept its receipt has what it said. Tell the auditor."
            )
        case _:
            return ""


def what(scope: Mapping[str, Any], calendar: Calendar) -> list[str]:
    """What was touched, part by part."""
    if scope.get("view") == entry.COUNTED:
        return beside.counted(scope)
    left = dict(scope)
    parts: list[str] = []
    if view := left.pop("view", ""):
        parts.append(_SEEN.get(str(view), "a chart of counts, not the captures themselves"))
    if kinds := _names(left.pop("kinds", None)):
        parts.append(words.listed([readable.noun(kind) for kind in kinds]))
    if apps := _names(left.pop("apps", None)):
        parts.append(f"in {words.listed(apps)}")
    for name, word in (("start", "from"), ("end", "before")):
        at = left.pop(name, None)
        if isinstance(at, int):
            parts.append(f"{word} {calendar.when(at)}")
    if text := left.pop("text", ""):
        parts.append(f"with the text “{text}”")
    if left.get("what") == HISTORY:
        left.pop("what")
        parts.append(
            f"access {left.pop('access')} in your access history" if "access" in left else "your access history"
        )
    if isinstance(place := left.get("what"), str):
        left.pop("what")
        parts.insert(0, place)
    if much := explained.amounts(left.pop(AMOUNT, None)):
        parts.append(much)
    left.pop("screen", None)
    left.pop(RECORD, None)  # digests, for whoever holds the source's own log against this one
    return parts + [f"{name}: {_plain(value).rstrip('; ')}" for name, value in sorted(left.items())]


def news(found: News) -> str:
    """'3 looks at your data are new to you; the newest:'"""
    said = f"{words.count(found.total, 'look')} at your data {'is' if found.total == 1 else 'are'} new to you"
    return f"{said}. The newest {len(found.looks)}:" if found.total > len(found.looks) else f"{said}."


def asked(found: list[Request], calendar: Calendar) -> str:
    """What was asked about this look already and where that stands, as HTML."""
    items = "".join(
        f'<li><a href="/requests" target="_self">{markup.html(one.kind.plain.capitalize())}</a>,'
        f" asked {markup.when(calendar, one.opened_at)}: {markup.html(one.stands)}"
        f"{markup.html(f', {runs}') if one.waiting and (runs := clock.runs(one, calendar)) else ''}.</li>"
        for one in found
    )
    return f'<ul class="dl dl-asked">{items}</ul>' if items else ""


def _destroyed(found: Destroyed, calendar: Calendar) -> tuple[str, str]:
    return (
        f"Who it was, on which ticket and what they opened was destroyed {calendar.when(found.at)}, as promised.",
        f"Entry {found.said} of the log says so. For how long it is kept stands below the list of all looks.",
    )


def _named(one: Look) -> str:
    if one.lost:
        return ""
    if one.automated:
        return "An automated account; the log may hold no person behind it."
    if one.shared:
        return "Several people use this login; the log does not hold which of them it was. You can ask for the login."
    if one.source != DAYLIGHT:
        return "As the other system knows them. The name is sealed in the log; you can ask for it."
    return "The name is sealed in the log; you can ask for it."


def _whose(one: Look) -> str:
    if one.lost:
        return "Of how many people is no longer known"
    if one.people_count <= 1:
        return "Yours alone"
    return f"Yours and that of {words.count(one.people_count - 1, 'other person', 'other people')}, in one go"


def _recorded(one: Look, calendar: Calendar) -> str:
    if one.source == DAYLIGHT:
        return "This app wrote it down before it showed anything."
    late = f" It came into the log {calendar.when(one.recorded_at)}." if one.recorded_at - one.at > _LATE else ""
    return f"Another system's record, brought into this log.{late}"


def _names(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

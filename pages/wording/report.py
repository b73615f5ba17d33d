"""The report after an incident in words: each number out of the record, with the entry that says it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from data import instants
from data.exposures.card import Mine
from data.exposures.report import MILESTONES, Report
from data.incidents.incident import NOTICES, Event, Happening
from data.people import crowd
from data.rights import rendering
from pages.shell import words
from pages.shell.words import Calendar
from pages.wording import exposures

_LATER = instants.MINUTE  # what is recorded sooner is told by when it happened


@dataclass(frozen=True)
class Said:
    """The parts of the report, plain text; rows are mappings that the template reads."""

    summary: str
    timeline: tuple[Mapping[str, Any], ...]
    missing: str
    regulator: str
    late: tuple[str, ...]
    notices: tuple[Mapping[str, Any], ...]
    staff_first: str
    exposures: tuple[Mapping[str, Any], ...]
    lines: tuple[Mapping[str, Any], ...]
    positions: str


def as_html(found: Report) -> bytes:
    """A page that can be read and printed by whoever may read the incident; it fetches nothing."""
    return rendering.rendered("incident.html", it=found, said=said(found))


def said(found: Report) -> Said:
    """The report's sentences and rows."""
    # Read years later: no "today", and each date with its year.
    one, calendar = found.incident, Calendar(ZoneInfo("UTC"), found.made + 400 * instants.DAY)
    ordered = sorted(one.events, key=lambda each: (each.at, each.position))
    return Said(
        summary=_summary(found),
        timeline=tuple(
            {"what": _what(found, each), "at": each.at, "after": _after(found, each), "position": each.position}
            for each in ordered
            if each.happening in MILESTONES
        ),
        missing=words.listed([each.plain.lower() for each in found.missing]),
        regulator=_regulator(found),
        late=tuple(each.late for each in ordered if each.late),
        notices=tuple(_notice(found, each) for each in ordered if each.happening in NOTICES),
        staff_first=_staff_first(found),
        exposures=tuple(_exposure(each, calendar) for each in found.exposures),
        lines=tuple(
            {"what": _what(found, each), "later": each.recorded_at - each.at > _LATER, **vars(each)} for each in ordered
        ),
        positions=words.listed([str(each) for each in found.positions]),
    )


def _summary(found: Report) -> str:
    one = found.incident
    whom = f"It concerns {words.people(one.people)}." if one.people else "Whom it concerns is not known."
    claimed = len(found.happened(Happening.FIX_CLAIMED))
    if not claimed:
        return f"{whom} No fix was claimed."
    verb, failed = words.plural(claimed, "was", "were"), words.exact(one.failures)
    return (
        f"{whom} {words.exact(claimed)} {words.plural(claimed, 'fix', 'fixes')} {verb} claimed; {failed} did not hold."
    )


def _what(found: Report, event: Event) -> str:
    """What happened, and which version of it: of a notice, or of a report to the regulator in phases."""
    same = found.happened(event.happening)
    if len(same) == 1 or event.happening not in NOTICES | {Happening.REGULATOR}:
        return event.happening.plain
    word = "report" if event.happening is Happening.REGULATOR else "version"
    return f"{event.happening.plain} ({word} {same.index(event) + 1} of {len(same)})"


def _notice(found: Report, event: Event) -> Mapping[str, Any]:
    read = {"told": crowd.plain(event.told), "seen": crowd.plain(event.seen)}
    return {"what": _what(found, event), "at": event.at, "position": event.position, **read}


def _after(found: Report, event: Event) -> str:
    passed = event.at - found.incident.aware_at
    return words.span(passed) if passed >= 0 else f"{words.span(-passed)} before"


def _regulator(found: Report) -> str:
    one, told = found.incident, found.happened(Happening.REGULATOR)
    verb = "ended" if found.made > one.regulator_due else "end"
    due = f"The 72 hours (GDPR, Article 33) {verb} at {rendering.readable(one.regulator_due)}."
    if told:
        first = told[0]
        late = f"{words.span(first.at - one.regulator_due)} late" if first.at > one.regulator_due else "in time"
        more = len(told) - 1
        phases = f" {words.count(more, 'further report')} followed (Article 33(4))." if more else ""
        return f"{due} It was told {late}, at {rendering.readable(first.at)} (entry {first.position}).{phases}"
    if why := found.happened(Happening.NO_REGULATOR):
        return f"{due} It was not told; the reason stands below (entry {why[0].position})."
    late = "It was not told" if found.made > one.regulator_due else "It is not told yet"
    return f"{due} {late}, and no reason is on record."


def _staff_first(found: Report) -> str:
    press, staff = found.incident.first(Happening.PRESS), found.incident.first(Happening.STAFF)
    if press is None:
        return "No public statement is on record."
    if staff is None:
        return f"There was a public statement at {rendering.readable(press.at)}, and all staff were not told."
    gap = words.span(abs(press.at - staff.at))
    order = "before" if found.incident.press_first else "after"
    return f"The public was told {gap} {order} all staff."


def _exposure(one: Mine, calendar: Calendar) -> Mapping[str, Any]:
    found = one.exposure
    concerned = f"It concerned {words.people(found.concerned)}."
    again = f" It had been open before, as exposure {found.former}." if found.former else ""
    changed = (
        f" An officer corrected the time {words.count(len(found.corrections), 'time')}." if found.corrections else ""
    )
    return {
        "title": f"Exposure {found.number}: {found.place}, in {found.store}",
        "could": exposures.could(found, calendar, whose="people’s"),
        "did": exposures.did(one, calendar, whose="people’s"),
        "more": concerned + again + changed,
        "entries": words.listed([str(line.position) for line in found.lines]),
    }

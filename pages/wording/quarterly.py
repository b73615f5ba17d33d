"""The report of a quarter in words and tables, to be printed on one page: it names nobody and fetches nothing. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.accesses.entry import Purpose
from data.alarms.alarm import Kind
from data.controls.control import State
from data.rights import rendering
from data.statistics.quarter import Quarter
from data.statistics.report import Report
from pages.shell import words
from pages.wording import alarms, evidence
from pages.wording import conduct as conducts

_MOST = 4  # witnesses, sources and roles by name: it is one page


@dataclass(frozen=True)
class Section:
    """A table of the report; plain text. The first cell of a row is its name, `head` may be left out."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    head: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Course:
    """How a figure went from week to week: `bars` in percent of the highest."""

    title: str
    below: str
    bars: tuple[float, ...]
    alt: str


@dataclass(frozen=True)
class Said:
    """The whole report, plain text; `tables` stand in two columns, and below them `wide` ones over both."""

    title: str
    made: str
    summary: str
    courses: tuple[Course, ...]
    tables: tuple[Section, ...]
    wide: tuple[Section, ...]
    check: str
    note: str
    key: str
    witnesses: str
    method: str


def as_html(found: Report, sections: Sequence[Section] = ()) -> bytes:
    """One page, A4 or US letter; `sections` stand after those about the programme's conduct."""
    return rendering.rendered("quarter.html", said=said(found, sections))


def title(one: Quarter) -> str:
    """What a quarter is called."""
    return f"{('First', 'Second', 'Third', 'Fourth')[one.number - 1]} quarter of {one.year}"


def said(found: Report, sections: Sequence[Section] = ()) -> Said:
    """The report's sentences and tables."""
    published = found.behind.published
    return Said(
        title=f"The monitoring programme: {title(found.quarter)[0].lower()}{title(found.quarter)[1:]}",
        made=_made(found),
        summary=_summary(found),
        courses=_courses(found),
        tables=(_looks(found), _requests(found), _record(found), _alarms(found), _evidence(found)),
        wide=tuple(sections),
        check=""
        if published is None
        else f"When this was made the access log held {words.exact(published.size)} signed entries. Keep this page: "
        "the lines below are the log’s own signed head. Paste them on the page “Watch the programme”, or use verify.py "
        "with --against, and you see whether the log still begins with what it was then.",
        note="" if published is None else published.note,
        key=found.key,
        witnesses=_witnesses(found),
        method="Counted one by one for the whole company, about no team and no person, but for people in groups. Looks "
        "are those that a source of evidence recorded; where none was recording, nobody can say who looked.",
    )


def _made(found: Report) -> str:
    first, last = found.conduct.mondays[0], found.conduct.mondays[-1]
    span = f"Weeks from Monday {first:%-d %B %Y} to the one of Monday {last:%-d %B %Y} (UTC)"
    running = "" if found.is_over else "; the quarter is not over, so this is what is known so far"
    return f"{span}{running}. Made at {rendering.readable(found.made)} UTC."


def _summary(found: Report) -> str:
    taken, refused = (int(found.conduct.captures[one].sum()) for one in ("taken", "refused"))
    looks, total = int(found.conduct.looks["count"].sum()), sum(found.alarms.values())
    return (
        f"The programme took {words.count(taken, 'capture')} and refused {words.exact(refused)}. People’s data was "
        f"opened {words.count(looks, 'time')}, {words.exact(found.conduct.unexplained)} of them without a reason. "
        f"{words.start(words.count(total, 'alarm'))} {words.plural(total, 'was', 'were')} raised."
    )


def _courses(found: Report) -> tuple[Course, ...]:
    looked = found.conduct.looks.groupby("week")["count"].sum()
    raised = found.conduct.alarms.groupby("week")["count"].sum()
    return (
        _course("Captures taken a week", found.conduct.captures["taken"].tolist()),
        _course("Looks a week", [int(one) for one in looked.tolist()]),
        _course("Alarms a week", [int(one) for one in raised.tolist()]),
    )


def _course(name: str, counts: list[int]) -> Course:
    most = max(counts, default=0)
    below = f"at most {words.exact(most)}"
    bars = tuple(round(100 * one / most, 1) if most else 0.0 for one in counts)
    return Course(name, below, bars, f"{name} over {len(counts)} weeks: {', '.join(map(words.exact, counts))}.")


def _looks(found: Report) -> Section:
    rows = [
        (words.start(conducts.purpose(Purpose(row["purpose"]))), words.exact(int(row["total"])))
        for row in found.conduct.crossed.to_dict("records")
    ]
    roles = found.conduct.roles.groupby("role", sort=False)["count"].sum()
    named = [f"{words.exact(int(count))} {role}" for role, count in roles.items() if count]
    rest = [f"and {words.count(len(named) - _MOST, 'more role')}"] if len(named) > _MOST else []
    note = f"By role of whoever looked: {', '.join([*named[:_MOST], *rest])}." if named else ""
    waits = f" {words.exact(found.conduct.to_explain)} seen by an audit wait for an explanation, of all time."
    return Section("Looks at people’s data", tuple(rows) or (("None that was recorded", "0"),), (), note + waits)


def _requests(found: Report) -> Section:
    one = found.conduct
    rows = [("Received", words.exact(int(one.asked["received"].sum())))]
    rows += [(f"… {outcome.value}", words.exact(count)) for outcome, count in found.outcomes.items()]
    rows += [("Answered late, or late now", words.exact(found.late))]
    note = f"Now: {words.exact(one.waiting)} wait, {words.exact(one.overdue)} of them overdue. "
    note += f"Copies outside overdue: {words.exact(one.copies_overdue)} of {words.exact(one.copies_told)}."
    return Section("Requests of people", tuple(rows), (), note)


def _record(found: Report) -> Section:
    kept = found.evidence.controls
    rows = (
        ("Promises kept now", f"{words.exact(kept[State.HOLDS])} of {words.exact(sum(kept.values()))}"),
        ("Promises broken now", words.exact(kept[State.BROKEN])),
        ("Not known", words.exact(kept[State.UNKNOWN])),
        ("Incidents opened", words.exact(found.incidents.opened)),
        ("Incidents not closed now", words.exact(found.incidents.open)),
        ("Public told before the staff, of all time", words.exact(found.incidents.press_first)),
    )
    return Section("Promises and incidents", rows)


def _alarms(found: Report) -> Section:
    return Section("Alarms", tuple((alarms.PLAIN[kind], words.exact(found.alarms[kind])) for kind in Kind))


def _evidence(found: Report) -> Section:
    rows = [(evidence.name(one), evidence.percent(one)) for one in found.evidence.sources[:_MOST]]
    more = len(found.evidence.sources) - _MOST
    rows += [(f"and {words.count(more, 'more source')}", "")] if more > 0 else []
    return Section("How much of the time was recorded", tuple(rows) or (("No source recorded anything", ""),))


def _witnesses(found: Report) -> str:
    if not found.behind.witnesses:
        return "No witness outside checks this log."
    parts = [
        f"{one.name} {'has cosigned nothing' if one.last_size is None else f'cosigned {words.exact(one.last_size)}'}"
        for one in found.behind.witnesses[:_MOST]
    ]
    refused = len(found.behind.alarms) + found.behind.older
    return f"Witnesses: {words.listed(parts)}." + (f" REFUSED {words.count(refused, 'time')}." if refused else "")

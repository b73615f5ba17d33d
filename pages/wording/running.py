"""Whether capturing is on: what captures prove, what officers put on record, which devices do not obey. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from data import instants
from data.captures.disobeying import Erasure, Sent
from data.captures.evidence import Evidence
from data.captures.objecting import KeptOut
from data.captures.summary import Summary
from data.programme import own_pause
from data.programme.state import Line, Programme, Span, State, Step
from pages.shell import markup, words
from pages.shell.words import Calendar
from pages.wording import objected, pauses, resuming
from pages.wording.phrases import Said

# Captures this new say that it is on; after a working day without one even "was on" would be a guess.
FRESH = instants.HOUR
QUIET = instants.DAY
SATURDAY = 5

TOLD = "While capturing was paused a device of yours went on and sent captures. They were refused."
_SAYS = "What it sends is refused. A device reports once a minute; “The programme” says which."
_REPORTED = "“The programme” says what your devices report."


@dataclass(frozen=True)
class Standing:
    """How capturing stands for one person. `sent`: what their devices sent from the programme's pause that goes on,
    `stored`: whether any capture of it is held. `own` is their newest own pause, None once it is a day old; `own_sent`
    what was sent from it, `own_stored` whether any capture of it is held, `heard` when the newest data of theirs
    arrived. `objected` captures of what they object to were sent since `objects_since` (None: they object to nothing).
    `told`: the place in the log of the newest notice about a pause that is new, None where none is. `kept_out`: how
    what they object to is kept. `reporting`: devices that say now that they capture."""

    programme: Programme
    sent: tuple[Sent, ...] = ()
    stored: bool = False
    own: Span | None = None
    own_sent: tuple[Sent, ...] = ()
    own_stored: bool = False
    heard: int | None = None
    objected: int = 0
    objects_since: int | None = None
    kept_out: tuple[KeptOut, ...] = ()
    told: int | None = None
    reporting: int = 0


def state(found: Standing, summary: Summary | None, calendar: Calendar) -> Said:
    """The sentence that says whether capturing is on. `summary` None: what is held is being deleted."""
    pause, now = found.programme.pause, calendar.now
    if found.programme.lost:
        lost = words.count(found.programme.lost, "entry", "entries")
        below = f"{lost} of its record are missing or altered. Nothing is taken in before that is settled."
        return Said("Whether the programme is paused cannot be told.", below, tone="alarm", icon="report")
    if found.programme.state(now) is State.PAUSED and pause:
        said = f"Paused for everyone since {calendar.when(pause.start, place=False)}"
        if found.stored:
            return _held(said, f" {decided(found.programme)}")
        if found.sent:
            count = sum(one.count for one in found.sent)
            were = words.plural(count, "capture was", "captures were")
            below = f"{markup.figure(count)} {were} refused and sealed; nobody opens them. {decided(found.programme)}"
            return Said(
                f"{said}, but {_but(found.sent, calendar)}. We refused it and reported it.", below, "alarm", "report"
            )
        if found.reporting:
            return Said(
                f"{said}, but {_says(found.reporting)}", f"{_SAYS} {decided(found.programme)}", "alarm", "report"
            )
        below = f"{decided(found.programme)} {pauses.nothing(found.heard, pause.start, calendar)}"
        return Said(f"{said}.", below, icon=pauses.ICON)
    own = found.own if found.own and found.own.holds(now) else None
    if own and own.end:
        said = f"You paused capturing until {calendar.time(own.end)}"
        if found.own_stored:
            return _held(said)
        if found.own_sent:
            below = "Of what it sent nothing was kept."
            return Said(
                f"{said}, but {_but(found.own_sent, calendar)}. We refused it and reported it.",
                below,
                "alarm",
                "report",
            )
        if found.reporting:
            return Said(f"{said}, but {_says(found.reporting)}", _SAYS, "alarm", "report")
        below = f"What is captured of you until then is refused. {pauses.nothing(found.heard, own.start, calendar)}"
        return Said(f"{said}.", below, icon=pauses.ICON)
    on = capturing(summary, calendar, found.reporting) if summary else Said("")
    if pause:
        below = f"{decided(found.programme)} {markup.html(on.headline)}"
        when = calendar.when(pause.start, place=False)
        return Said(f"Capturing is to pause for everyone {when}.", below, icon="schedule")
    return on


def is_paused(found: Standing, now: int) -> bool:
    """Whether it is paused for everybody, or nobody can tell."""
    return found.programme.state(now) is State.PAUSED or found.programme.lost > 0


def alarms(found: Standing, calendar: Calendar) -> str:
    """What stands below it: what came of one's own pause, and what one objects to and was sent, as HTML."""
    lines: list[str] = []
    if found.own and found.own.end and not found.own.holds(calendar.now):
        lines.append(pauses.own(Evidence(found.own, found.own_sent, found.own_stored), found.heard, calendar))
    lines += objected.lines(found.objected, found.kept_out, found.heard, found.objects_since, calendar)
    return f'<ul class="dl dl-asked">{"".join(f"<li>{line}</li>" for line in lines)}</ul>' if lines else ""


def _held(said: str, below: str = "") -> Said:
    return Said(f"{said}, but captures from it are held.", f"{pauses.HELD}{below}", "alarm", "report")


def _but(sent: Sequence[Sent], calendar: Calendar) -> str:
    newest = max(one.sent_at for one in sent)
    return f"{pauses.devices(sent)} sent data {calendar.ago(newest)}"


def _says(reporting: int) -> str:
    whose = words.plural(reporting, "says that it captures", "say that they capture")
    return f"{words.count(reporting, 'device')} of yours {whose}."


def decided(found: Programme) -> str:
    """Who decided that it stands as it does, and why, as HTML."""
    line = found.decided
    if line is None:
        return ""
    return f"{markup.html(line.name)} decided so: “{markup.html(line.words)}”"


def headline(found: Programme, calendar: Calendar, below: str = "") -> str:
    """Whether the programme runs, since when, who decided and why, as HTML. `below` comes after it, HTML."""
    pause, line = found.pause, found.decided
    standing, tone = found.state(calendar.now), "plain"
    if found.lost:
        said = state(Standing(found), None, calendar)
        return markup.answer(said.headline, said.detail, tone=said.tone, icon=said.icon)
    if pause and standing is State.PAUSED:
        said = f"The programme is paused for everyone since {calendar.when(pause.start, place=True)}."
        icon = pauses.ICON
    elif pause:
        said, icon = (
            f"The programme runs, and pauses for everyone {calendar.when(pause.start, place=True)}.",
            "schedule",
        )
    elif standing is State.RESUMED and line:
        said, icon = f"The programme runs again since {calendar.when(line.at, place=True)}.", "sensors"
        below, tone = f"{resuming.although(line)} {below}", "attention" if line.missing else "plain"
    else:
        said, icon = "The programme runs.", "sensors"
        if line is None:
            below = f"Nobody has ever put a pause of it on record. {below}"
    return markup.answer(said, f"{decided(found)} {below}".strip(), tone=tone, icon=icon)


def became(sent: Sequence[Sent], erased: Sequence[Erasure], calendar: Calendar) -> str:
    """What one's own devices sent from pauses of the programme, and what became of it, as HTML."""
    lines = [
        f"{markup.html(one.device or 'A device that did not say its name')} sent {markup.figure(one.count)}"
        f" {words.plural(one.count, 'capture')} from a pause, the newest {markup.when(calendar, one.sent_at)}."
        " They were refused and sealed."
        for one in sent
    ]
    lines += [
        f"{markup.when(calendar, one.at, starts=True)}: {markup.html(one.name)} reviewed how many there were, and had"
        f" them erased. “{markup.html(one.words)}”"
        for one in erased
    ]
    return f'<ul class="dl dl-asked">{"".join(f"<li>{line}</li>" for line in lines)}</ul>' if lines else ""


def history(found: Programme, calendar: Calendar) -> str:
    """Every entry of its history, newest first, as HTML."""
    items = "".join(f"<li>{_line(one, calendar)}</li>" for one in reversed(found.lines))
    return f'<ol class="dl dl-history">{items}</ol>'


def _line(one: Line, calendar: Calendar) -> str:
    counts = ""
    if one.effective_at is not None and one.step in (Step.PAUSED, Step.BROUGHT_FORWARD):
        counts = f", from {markup.when(calendar, one.effective_at, place=True)} on"
    what = f"{one.step.value[0].upper()}{one.step.value[1:]}"
    return (
        f"{markup.when(calendar, one.at, starts=True)}: {what}{counts}, by {markup.html(one.name)}"
        f' (entry {one.position} of the access log)<br><span class="soft">{markup.html(one.words)}'
        f" {resuming.although(one)}</span>"
    )


def button() -> str:
    """What the button of one's own pause says."""
    return f"Pause for me for {own_pause.LENGTH // instants.MINUTE} minutes"


def capturing(summary: Summary, calendar: Calendar, reporting: int = 0) -> Said:
    """Is capturing on? What the captures prove, when the newest was made and by what; and what devices say, where
    nothing came lately or is held."""
    whose = words.plural(reporting, "its", "their")
    by_word = f"Capturing is on for you on {words.count(reporting, 'device')}, by {whose} own word."
    if not summary.total or summary.first is None or summary.last is None:
        held = "Daylight holds nothing that was captured about you."
        if reporting:
            return Said(by_word, f"{held} {_REPORTED}", icon="sensors")
        below = (
            "If the programme captures your work, what it sends appears here: how much, of what kind and since when."
        )
        return Said(held, below, icon="inbox")
    since = calendar.day(summary.first)
    newest = max(summary.devices, key=lambda device: device.last_at, default=None)
    source = f" on {markup.html(newest.name)}" if newest and newest.name else ""
    shown = f"{markup.when(calendar, summary.last, place=True)}{source}"
    if calendar.now - summary.last < FRESH:
        active = [device for device in summary.devices if calendar.now - device.last_at < QUIET]
        on = f" on {words.count(len(active), 'device')}" if active else ""
        return Said(
            f"Capturing is on for you{on}, since {since}.", f"The newest capture was made {shown}.", icon="sensors"
        )
    if reporting:
        return Said(by_word, f"The newest capture that arrived was made {shown}.", icon="sensors")
    if quiet(summary.last, calendar) < QUIET:
        below = f"The newest capture was made {shown}, the first {since}. A night or a weekend without one is usual."
        said = f"Capturing was on for you {calendar.day(summary.last)} at {calendar.time(summary.last)}"
        return Said(f"{said}, and nothing newer has arrived.", below, icon="sensors")
    below = f"The newest is from {shown}. Nothing newer has arrived. {_REPORTED}"
    return Said(
        f"You were captured {calendar.days(summary.first, summary.last)}. Whether it is on now is not known.",
        below,
        tone="attention",
        icon="sensors_off",
    )


def quiet(last: int, calendar: Calendar) -> int:
    """Microseconds since `last`, the weekend days in between left out."""
    if calendar.now - last > 7 * instants.DAY:
        return calendar.now - last
    passed, day = 0, calendar.local(last).date()
    while day <= calendar.today:
        start, end = calendar.midnight(day), calendar.midnight(day + timedelta(days=1))
        passed += max(min(end, calendar.now) - max(start, last), 0) if day.weekday() < SATURDAY else 0
        day += timedelta(days=1)
    return passed

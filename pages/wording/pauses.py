"""What came of pauses, the programme's and one's own, as far as it is known; for organizers in counts. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from data.captures import evidence
from data.captures.disobeying import Figures, Sent
from data.captures.evidence import Evidence
from data.captures.ignoring import Sums
from data.people import crowd
from data.programme.state import Programme, Span
from pages.shell import markup, words
from pages.shell.words import Calendar
from pages.wording import objected

ICON = "pause_circle"
HELD = "That must not be; ask a privacy officer why."


def own(found: Evidence, heard: int | None, calendar: Calendar) -> str:
    """What came of an own pause that is over, as HTML. `heard`: when the newest data of theirs arrived."""
    if found.sent and not found.is_held:
        count = sum(one.count for one in found.sent)
        who = markup.html(devices(found.sent))
        return objected.alarm(
            f"{who[0].upper()}{who[1:]} sent at least {markup.figure(count)} {words.plural(count, 'capture')} from your"
            f" pause, {_span(found.span, calendar)}. We refused them and kept none."
        )
    return _came_of("Your pause", found, heard, calendar)


def listed(last: Evidence | None, mine: Sequence[Evidence], heard: int | None, calendar: Calendar) -> str:
    """A line for the programme's last pause, and one for each own pause of the last weeks, as HTML."""
    lines = [_came_of("The programme’s last pause", last, heard, calendar)] if last and not last.sent else []
    lines += [own(one, heard, calendar) for one in mine]
    if len(mine) == evidence.MOST:
        lines.append(f"Of your own pauses the newest {evidence.MOST} are shown.")
    return f'<ul class="dl dl-asked">{"".join(f"<li>{line}</li>" for line in lines)}</ul>' if lines else ""


def nothing(heard: int | None, since: int, calendar: Calendar) -> str:
    """That nothing was captured is only known as far as something was sent. HTML."""
    if heard is None or heard < since:
        return "Nothing of yours has arrived since, so whether your devices obeyed is not known yet."
    arrived = markup.when(calendar, heard)
    return f"Nothing of yours was captured in it as far as we have been sent: the newest data arrived {arrived}."


def devices(sent: Sequence[Sent]) -> str:
    """'your ThinkPad', 'your ThinkPad and Tower'. Plain text."""
    named = [one.device for one in sent if one.device]
    if not named:
        return "a device of yours"
    others = len(named) - 3
    shown = [*named[:3], f"{others} more"] if others > 0 else named
    return f"your {words.listed(shown)}"


def figures(found: Programme, sent: Figures, calendar: Calendar) -> str:
    """For the whole company: how many devices sent data from the pause that goes on, or from the last one, as HTML;
    never whose. Nothing where there never was one."""
    pause = found.begun(calendar.now)
    if pause is None:
        return ""
    span = _span(pause, calendar, place=True)
    when = f"Paused {span}" if pause.end is None else f"The last pause was {span}"
    if sent.newest is None:
        return (
            f'<p class="dl">{when}. No capture from the pause has arrived so far; what devices have not sent yet is'
            " not known.</p>"
        )
    return (
        f'<p class="dl">{objected.alarm(_went_on(sent))} {when}; the newest arrived'
        f" {markup.time(sent.newest, calendar.ago(sent.newest))}. {markup.figure(sent.captures)}"
        f" {words.plural(sent.captures, 'capture')} were refused.</p>"
    )


def sums(found: Sums, weeks: int) -> str:
    """For the whole company: what came of own pauses, and of what people object to, as HTML."""
    own = f"at least {_of(found.own, found.own_people)}" if found.own else "nothing"
    other = _of(found.objected, found.objected_people) if found.objected else "nothing"
    said = (
        f"In the last {words.count(weeks, 'week')} {own} arrived from people’s own pauses, and {other} of what people"
        " object to."
    )
    kept = " All of it was refused, and none was kept." if found.own or found.objected else ""
    return f'<p class="dl">{said}{kept} What devices have not sent yet is not known.</p>'


def _of(count: int, people: int | None) -> str:
    whose = f"fewer than {crowd.FEWEST} people" if people is None else words.count(people, "person", "people")
    return f"{markup.figure(count)} {words.plural(count, 'capture')} of {whose}"


def _came_of(what: str, found: Evidence, heard: int | None, calendar: Calendar) -> str:
    span = _span(found.span, calendar)
    if found.is_held:
        return objected.alarm(f"Captures from {what[0].lower()}{what[1:]}, {span}, are held. {HELD}")
    since = found.span.start if found.span.end is None else found.span.end
    return f"{markup.symbol(ICON)} {what}, {span}: {nothing(heard, since, calendar)}"


def _span(span: Span, calendar: Calendar, *, place: bool = False) -> str:
    """'since today, 09:00', 'today, 09:00 to 09:30', as HTML."""
    start = markup.when(calendar, span.start, place=place)
    if span.end is None:
        return f"since {start}"
    is_one_day = calendar.local(span.start).date() == calendar.local(span.end).date()
    end = markup.time(span.end, calendar.time(span.end)) if is_one_day else markup.when(calendar, span.end, place=place)
    return f"{start} to {end}"


def _went_on(sent: Figures) -> str:
    devices, people = words.count(sent.devices, "device"), words.count(sent.people, "person", "people")
    return f"{devices} of {people} went on capturing."

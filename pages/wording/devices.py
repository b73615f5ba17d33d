"""What is known of devices, in words: what each said, since when, and that silence says nothing. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from data.programme.beat import Span, State
from data.programme.obeying import Counts, Device, Stance
from pages.shell import markup, words
from pages.shell.words import Calendar
from pages.wording.tiles import Figure, figures

# What is known of a device, by its stance and whether it is to be paused: tone, icon and word.
_MARKS = {
    (Stance.PAUSED, False): ("plain", "pause_circle", "Paused"),
    (Stance.PAUSED, True): ("plain", "check_circle", "Does as asked"),
    (Stance.CAPTURING, False): ("plain", "sensors", "Captures"),
    (Stance.CAPTURING, True): ("alarm", "error", "Still captures"),
    (Stance.UNKNOWN, False): ("attention", "help", "Not known"),
    (Stance.UNKNOWN, True): ("attention", "help", "Not known"),
}
_SAYS = {State.CAPTURING: "it captures", State.PAUSED: "it is paused"}
METHOD = (
    "A device reports once a minute whether it captures. What it says is its own word. After three minutes without one"
    " nothing is known of it: it may be off, or capture unseen, so it never counts as paused."
)


def mine(found: Sequence[Device], pause: int | None, calendar: Calendar) -> str:
    """A person's devices, with a sentence first, as HTML. `pause`: since when they are to be paused, if they are."""
    if not found:
        return (
            '<p class="dl">No device of yours reports whether it captures, and none has sent captures. If one is'
            " captured all the same, it shows under “What was collected”.</p>"
        )
    rows = "".join(_row(one, pause, calendar) for one in found)
    said = f'<p class="dl"><strong>{markup.html(sentence(found, pause))}</strong></p>'
    return f'{said}<ul class="dl dl-rows">{rows}</ul><div class="dl"><p class="soft">{METHOD}</p></div>'


def sentence(found: Sequence[Device], pause: int | None) -> str:
    """'Of your 2 devices, 1 still captures during the pause, and nothing is known of 1.' Plain text."""
    by = {stance: sum(one.stance is stance for one in found) for stance in Stance}
    capture = "still captures during the pause" if pause is not None else "says that it captures"
    paused = "says that it is paused"
    if len(found) == 1:
        if by[Stance.UNKNOWN]:
            return "Nothing is known of your device now."
        return f"Your device {capture if by[Stance.CAPTURING] else paused}."
    many = {capture: capture, paused: "say that they are paused"}
    many[capture] = "still capture during the pause" if pause is not None else "say that they capture"
    parts = [
        f"{by[stance]} {what if by[stance] == 1 else many[what]}"
        for stance, what in ((Stance.CAPTURING, capture), (Stance.PAUSED, paused))
        if by[stance]
    ]
    if unknown := by[Stance.UNKNOWN]:
        parts.append(f"nothing is known of {unknown if parts else 'any'} now")
    return f"Of your {words.count(len(found), 'device')}, {words.listed(parts)}."


def named(found: Sequence[Device], pause: int | None, calendar: Calendar) -> str:
    """Devices with whose they are, for an officer, as HTML."""
    rows = "".join(_row(one, pause, calendar, whose=True) for one in found)
    return f'<ul class="dl dl-rows">{rows}</ul>'


def _row(one: Device, pause: int | None, calendar: Calendar, *, whose: bool = False) -> str:
    tone, icon, mark = _MARKS[one.stance, pause is not None]
    head = f'<span class="dl-{tone}">{markup.symbol(icon)} <strong>{mark}</strong></span>'
    name = f"<strong>{markup.html(one.name)}</strong>"
    if whose:
        name += f'<br><span class="soft">of {markup.html(one.person)}</span>'
    return (
        f"<li><span>{name}</span><div>{head}: {_says(one, pause, calendar)}"
        f"{_beside(one, calendar)}{_spans(one.spans, calendar)}</div></li>"
    )


def _says(one: Device, pause: int | None, calendar: Calendar) -> str:
    """As HTML."""
    if one.number is None:
        return "it sent captures and does not report, so whether it captures now is not known."
    if one.state is None or one.heard_at is None or one.since is None:
        return "it may report, and has never said anything."
    since, heard = markup.when(calendar, one.since), markup.when(calendar, one.heard_at)
    if one.contradicts(pause) and one.captured_at is not None:
        made = markup.when(calendar, one.captured_at)
        return f"it says that it is paused, and that it made a capture {made}, during the pause."
    if one.stance is not Stance.UNKNOWN:
        return f"it says that {_SAYS[one.state]}, since {since}."
    if pause is not None and one.heard_at < pause:
        return f"it has said nothing since the pause began; before, {heard}, it said that {_SAYS[one.state]}."
    return f"it has said nothing since {heard}; then it said that {_SAYS[one.state]}."


def _beside(one: Device, calendar: Calendar) -> str:
    """When it was heard, its version, and its clock where that is wrong, as HTML."""
    if one.heard_at is None:
        return ""
    parts = [f"Heard {markup.time(one.heard_at, calendar.ago(one.heard_at))}", f"version {markup.html(one.version)}"]
    said = f"{', '.join(parts)}."
    if one.is_clock_wrong:
        which = "ahead" if one.clock_offset > 0 else "behind"
        said += f" Its clock is {words.span(abs(one.clock_offset))} {which}; the times here are by ours."
    return f'<br><span class="soft">{said}</span>'


def _spans(found: Sequence[Span], calendar: Calendar) -> str:
    """What it said before, newest first, as HTML; empty where there is no before."""
    if len(found) < 2:
        return ""
    items = "".join(f"<li>{_span(one, calendar)}</li>" for one in found)
    return f'<details class="soft"><summary>What it said before</summary><ol class="dl-history">{items}</ol></details>'


def _span(one: Span, calendar: Calendar) -> str:
    said = "nothing was heard of it" if one.state is State.SILENT else f"it said that {_SAYS[one.state]}"
    start = markup.when(calendar, one.start, starts=True)
    if one.end is None:
        return f"{start}, until now: {said}"
    # A device that was heard once says nothing about a span.
    is_moment = calendar.when(one.start) == calendar.when(one.end)
    return f"{start}: {said}" if is_moment else f"{start}, until {markup.when(calendar, one.end)}: {said}"


def enrolled(found: Counts) -> str:
    """'70,000 devices are enrolled to report.' Plain text."""
    if not found.known and not found.unreporting:
        return "No device reports yet, so whether any captures is known only from what arrives."
    said = f"{words.count(found.known, 'device')} {words.plural(found.known, 'is', 'are')} enrolled to report."
    return f"{said[0].upper()}{said[1:]}"


def counted(found: Counts, pause: int | None) -> str:
    """How many devices do what, as HTML; empty where there is none."""
    if not found.known and not found.unreporting:
        return ""
    obey, capture = ("Obey the pause", "Still capture") if pause is not None else ("Paused", "Capturing")
    wrong = "error" if pause is not None and found.capturing else "sensors"
    shown = [
        Figure("check_circle", obey, markup.figure(found.paused), "as they said within three minutes"),
        Figure(wrong, capture, markup.figure(found.capturing), "by their own word"),
        Figure("help", "Silent", markup.figure(found.unknown), "off or capturing unseen: not known"),
        Figure("help", "Not reporting", markup.figure(found.unreporting), "they sent captures, and are not enrolled"),
    ]
    return figures(shown)

"""Standing rules in words: what an objection or a sealing reaches, what stands, and who tried to open it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from data.accesses.attempts import Attempt
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.programme.reach import Hours, Reach
from data.rights.record import Request
from data.rights.states import RequestKind, State
from pages.shell import markup, words
from pages.shell.words import Calendar

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def narrowed(reach: Reach) -> Scope:
    """What a reach shares with a filter: kinds, apps and span."""
    return Scope(frozenset(Kind(kind) for kind in reach.kinds), reach.apps, reach.start, reach.end)


def more(reach: Reach) -> str:
    """What it has beyond that: ' on THINKPAD-7, from 18:00 to 08:00 (Europe/Berlin) on Sat and Sun'. Plain text."""
    said = f" on {words.listed(sorted(reach.devices))}" if reach.devices else ""
    return said + (f", {hours(reach.hours)}" if reach.hours else "")


def hours(it: Hours) -> str:
    """'each day from 18:00 to 08:00 (Europe/Berlin)'. Plain text."""
    days = f"on {words.listed([_DAYS[day] for day in sorted(it.days)])}" if it.days else "each day"
    return f"{days} from {_clock(it.start)} to {_clock(it.end)} ({it.zone})"


def is_standing(request: Request, now: int) -> bool:
    """Whether something stands because of this request: granted, or its end still lies ahead."""
    if not request.kind.nature.standing:
        return False
    return request.state is State.DONE or (request.expires_at is not None and request.expires_at > now)


def outcome(request: Request, calendar: Calendar) -> str:
    """What stands now because of it, and until when. Plain text."""
    ends = request.expires_at
    if request.state is State.LIFTED:
        if ends is not None and ends > calendar.now:
            return f"Its end was announced: it stands until {calendar.when(ends)}. You can complain or ask anew."
        return f"It ended {calendar.when(ends) if ends is not None else ''}."
    if request.kind is RequestKind.OBJECTION:
        return (
            "It stands: nothing of it is taken in, and Daylight opens what is held of it only for you. You can end it."
        )
    if request.kind is RequestKind.ATTRIBUTION:
        return "It is marked as not yours: it is kept with your statement, and nobody else sees it as yours."
    return "It is sealed: Daylight opens it only for you. You will be told before that ends, and can end it yourself."


def meanwhile(request: Request) -> str:
    """What holds while it waits. Plain text; empty where nothing does."""
    if request.kind is not RequestKind.OBJECTION:
        return ""
    return " Until then nothing of it is taken in, and Daylight opens what is held of it only for you."


def refused(request: Request, calendar: Calendar) -> str:
    """What follows when an objection is refused: it stands a little longer. Plain text; empty for other kinds."""
    if request.kind is not RequestKind.OBJECTION or request.expires_at is None:
        return ""
    if request.expires_at > calendar.now:
        return f" What you objected to stays out and sealed until {calendar.when(request.expires_at)}."
    return f" What you objected to is captured again since {calendar.when(request.expires_at)}."


def disowned(found: Sequence[tuple[Request, str]]) -> str:
    """What the person said is not theirs, with their statement, as HTML. Each comes with what it is about."""
    items = "".join(
        f"<li><span><strong>Not you</strong></span><span>{markup.html(about[:1].upper() + about[1:])}: still held and"
        f" counted here, as evidence. Nobody else sees it as yours, and no extract takes it (request {one.id})."
        f"<blockquote>{markup.html(one.words)}</blockquote></span></li>"
        for one, about in found
    )
    return f'<ol class="dl dl-rows">{items}</ol>'


def attempts(found: Sequence[Attempt], calendar: Calendar) -> str:
    """Who tried to open what is sealed, as HTML; empty when nobody did."""
    if not found:
        return ""
    items = "".join(
        f"<li>{markup.when(calendar, one.at, starts=True)}: {markup.html(_who(one))}, "
        f"<span class=soft>{markup.html(one.purpose.plain)}</span></li>"
        for one in found
    )
    tried = words.count(len(found), "attempt")
    return f'<div class="dl"><p>{tried} to open what you had sealed; nothing was shown.</p><ol>{items}</ol></div>'


def _who(one: Attempt) -> str:
    return words.start(one.role) if one.role else "Somebody whose role was not recorded"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"

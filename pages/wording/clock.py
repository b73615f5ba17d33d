"""The words of a request's clock: that it stands and for whom, what was asked back, when a due date moved. Pure."""

from __future__ import annotations

from data.rights import clocks
from data.rights.clocks import Tick
from data.rights.queue import Listed
from data.rights.record import Event
from data.rights.request import Request
from data.rights.states import Ground, Move, RequestKind, State, grounds
from pages.shell import markup, words
from pages.shell.words import Calendar


def runs(one: Request | Listed, calendar: Calendar) -> str:
    """How the clock stands: by when the answer is due, since when it stands, or when the request ended; empty where a
    hold keeps what is left, as that was answered. Plain text."""
    if not one.waiting:
        return f"ended {calendar.day(one.closed_at if one.closed_at is not None else one.opened_at)}"
    if one.state is State.HELD:
        return ""
    if one.stopped_at is not None:
        return stands(one.stopped_at, one.days_left, calendar)
    return calendar.due(one.due_on, one.days_left)


def mark(one: Request | Listed, calendar: Calendar) -> str:
    """The same as HTML, to stand after what a request waits for; marked where it is overdue."""
    said = markup.html(runs(one, calendar))
    return f'<span class="dl-mark">{said}</span>' if one.overdue else f" · {said}" if said else ""


def stopped(request: Request, calendar: Calendar) -> str:
    """What happens next while the clock stands. Plain text."""
    clock = words.start(stands(request.stopped_at, request.days_left, calendar))
    return f"It waits for an answer to what was asked back. {clock}. {_until(request, calendar)}"


def stands(since: int | None, left: int, calendar: Calendar) -> str:
    """'its clock stands since Sun 1 Nov, with 4 days left', '... 2 days after it was due'. Plain text."""
    said = f"its clock stands since {calendar.day(since)}" if since is not None else "its clock stands"
    if left < 0:
        return f"{said}, {words.count(-left, 'day')} after it was due"
    return f"{said}, with {words.count(left, 'day') if left else 'its last day'} left"


def _until(request: Request, calendar: Calendar) -> str:
    """What happens without an answer, and when. Plain text."""
    if request.reply_by is None:
        return ""
    day, ends = calendar.plain_date(request.reply_by), "; it can be taken back, and asked anew at any time."
    over = clocks.received_on(request.jurisdiction, calendar.now) > request.reply_by
    if closable(request.kind):
        may = "an officer may close it now" if over else "an officer may close it"
        return f"Without one by {day} {may}, or go on without it{ends}"
    return f"Without one an officer may go on{ends}"


def closable(kind: RequestKind) -> bool:
    """Whether silence can end a request of this kind."""
    return Move.REFUSE in kind.nature.moves and Ground.NO_REPLY in grounds(kind, State.STOPPED)


def moved(event: Event, calendar: Calendar) -> str:
    """What a line of the history did to the due date; empty for one that left it. Plain text."""
    if event.due_on is None:
        return ""
    if event.what == Tick.STOPPED:
        return "; it waits for an answer"
    return f"; the answer is due by {calendar.plain_date(event.due_on)}"


def asked_back(request: Request) -> str:
    """What was asked back, with the answers, as HTML; empty when nothing was."""
    parts: list[str] = []
    for one in request.asked_back:
        parts.append(f'<p class="soft">Asked back {markup.html(one.need.plain)}:</p>{_quoted(one.words)}')
        if one.answer:
            parts.append(f'<p class="soft">The answer:</p>{_quoted(one.answer)}')
    return f'<div class="dl dl-said">{"".join(parts)}</div>' if parts else ""


def to_confirm(request: Request, calendar: Calendar) -> str:
    """By when an officer has to confirm that it arrived. Plain text."""
    if request.confirm_by is None:
        return ""
    return f"Its receipt must be confirmed by {calendar.plain_date(request.confirm_by)}."


def _quoted(text: str) -> str:
    return f"<blockquote>{markup.html(text)}</blockquote>"

"""Where a request stands, in words and as steps; what happens next, by when and by whom. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from data import instants
from data.captures.scope import Scope
from data.rights import exemption
from data.rights.erasure.certificate import Certificate
from data.rights.export import offer
from data.rights.export.volumes import Volume
from data.rights.request import Request
from data.rights.states import APPEALS, Move, RequestKind, State
from pages.shell import markup, readable, words
from pages.shell.words import Calendar
from pages.wording import clock, exempting, rules
from pages.wording.phrases import Said

DELETING = Said(
    "What was captured about you is being deleted right now.",
    "It takes a moment. When it is done, this page shows what is left, and a certificate says what was removed.",
    icon="delete_sweep",
)
_APPEALED = (("done", "check", "Asked"), ("done", "check", "Decided"), ("now", "pending", "Appeal"))
_LAST = {State.REFUSED: "Refused", State.WITHDRAWN: "Taken back", State.LIFTED: "Ended"}
_FOLLOW_SECONDS = 3
_COUNT_SECONDS = 20  # while all that runs is the time to take something back
NEWS = 7 * instants.DAY  # how long something that ended stays on the first screen


def is_news(request: Request, now: int) -> bool:
    """Whether the first screen shows it: it waits, stands, or ended within a week."""
    if rules.is_standing(request, now):
        return True
    return request.waiting or (request.closed_at is not None and now - request.closed_at < NEWS)


def pace(found: Sequence[Request], now: int) -> int | None:
    """After how many seconds the cards are drawn anew; None when nothing moves by itself."""
    moving = [one for one in found if one.state in (State.APPROVED, State.RUNNING)]
    if not moving:
        return None
    soon = now + 2 * _COUNT_SECONDS * instants.SECOND
    return _FOLLOW_SECONDS if any((one.starts_at or 0) < soon for one in moving) else _COUNT_SECONDS


def what(scope: Scope, calendar: Calendar) -> str:
    """'everything', 'keystrokes in Outlook from 3 Nov to 5 Nov'. Plain text."""
    kinds = words.listed(sorted(readable.noun(kind.value) for kind in scope.kinds)) or "everything"
    apps = f" in {words.listed(sorted(scope.apps))}" if scope.apps else ""
    start = f" from {calendar.plain_date(calendar.local(scope.start).date())}" if scope.start is not None else ""
    # `end` is exclusive: the last day that is meant is the one the last microsecond falls on.
    end = f" to {calendar.plain_date(calendar.local(scope.end - 1).date())}" if scope.end is not None else ""
    return f"{kinds}{apps}{start}{end}"


def about(request: Request, calendar: Calendar) -> str:
    """What it is about: 'keystrokes in Outlook', 'the look of Tue 3 Nov, 14:05'. Plain text."""
    if request.access_at is not None:
        return f"the look of {calendar.when(request.access_at, place=False)}"
    if "field" in request.asked:
        return f"the {request.asked['field']} on the roster"
    if request.reach is not None:
        return what(rules.narrowed(request.reach), calendar) + rules.more(request.reach)
    return what(request.scope, calendar)


def name(request: Request, calendar: Calendar) -> str:
    """'Copy of everything', 'Question about the look of Tue 3 Nov, 14:05'. Plain text."""
    return request.kind.nature.title.format(about(request, calendar))


def lines(found: Sequence[Request], calendar: Calendar) -> str:
    """Requests as short rows, as HTML."""
    if not found:
        return '<p class="dl soft">You have no open requests.</p>'
    items = [
        f"<li><span><strong>{markup.html(name(one, calendar))}</strong><br>"
        f'<span class="soft">{markup.html(next_step(one, calendar))}</span></span></li>'
        for one in found
    ]
    return f'<ul class="dl dl-asked">{"".join(items)}</ul>'


def next_step(request: Request, calendar: Calendar) -> str:
    """What happens next, by when, and who must act. Plain text."""
    due = calendar.due(request.due_on, request.days_left)
    match request.state:
        case State.OPEN:
            acts = "answers" if _is_question(request) else "decides"
            first = " first looks whether others stand in its pictures, and" if _is_a_copy(request) else ""
            return f"A privacy officer{first} {acts}; {due}.{rules.meanwhile(request)}"
        case State.STOPPED:
            return clock.stopped(request, calendar)
        case State.APPROVED:
            if (start := request.starts_at) is not None and start > calendar.now:
                left, at = words.span(start - calendar.now), calendar.when(start)
                return f"Approved. It starts by itself in {left}, {at}; until then it can be taken back."
            if request.waits_for is not None:
                return f"It waits until deletion {request.waits_for} is done, and starts by itself then; {due}."
            return f"It starts by itself in a moment; {due}. You may leave this page."
        case State.APPEALED | State.CONTESTED:
            judge = (
                f"A second privacy officer, not {request.decider or 'whoever decided'}, looks at your appeal; {due}."
            )
            return judge + _meanwhile(request, calendar)
        case State.HELD:
            gone = request.counts.get("captures", 0)
            what = (
                f"{words.count(gone, 'capture was', 'captures were')} deleted, and the rest is"
                if gone
                else "All of it is"
            )
            return f"{what} kept for now by a legal duty. It goes on by itself once that ends; nothing is left to do."
        case State.RUNNING:
            if request.failure:
                return failed(request)
            done = f"{words.number(request.done)} of {words.number(request.total)}" if request.total else "just begun"
            return f"In progress: {done}. You may leave this page."
        case State.DONE:
            return _done(request, calendar)
        case State.REFUSED:
            by = f" by {request.decider}" if request.decider else ""
            return f"It was refused{by}.{rules.refused(request, calendar)}"
        case State.WITHDRAWN:
            gone = request.counts.get("captures", 0)
            return f"It was taken back. {'What was deleted before stays deleted' if gone else 'Nothing was changed'}."
        case State.LIFTED:
            return rules.outcome(request, calendar)
        case State.EXPIRED:
            return _removed(request)


def failed(request: Request) -> str:
    """That a step failed, why, and what happens about it. Plain text."""
    return f"A step failed: {request.failure} It is tried again every minute, and privacy officers are told."


def _is_a_copy(request: Request) -> bool:
    """Whether it is a copy that a person asked for themselves, which waits for nothing else."""
    return request.kind is RequestKind.EXPORT and request.opened_by == request.person_id


def _is_question(request: Request) -> bool:
    return Move.ANSWER in request.kind.nature.moves


def _done(request: Request, calendar: Calendar) -> str:
    if request.kind.nature.standing:
        return rules.outcome(request, calendar)
    if request.kind is RequestKind.CORRECTION:
        return "It was corrected, and stays so when the roster is imported anew."
    if request.kind.nature.about_access:
        by = f" by {request.decider}" if request.decider else ""
        return f"It was answered{by}." if _is_question(request) else f"The name was told; decided{by}."
    if request.kind is RequestKind.ERASURE:
        at = f" {calendar.when(request.closed_at)}" if request.closed_at is not None else ""
        return f"Gone since{at or ' now'}. The certificate says what was removed."
    until = f" until {calendar.day(request.expires_at)}" if request.expires_at is not None else ""
    return f"Ready to download{until}."


def _meanwhile(request: Request, calendar: Calendar) -> str:
    """What can be had of a copy of which the rest is appealed."""
    if request.kind is not RequestKind.EXPORT or request.state is not State.CONTESTED or request.expires_at is None:
        return ""
    if request.expires_at <= calendar.now:
        return f" {_removed(request)}"
    return f" What was granted is ready to download until {calendar.day(request.expires_at)}."


def _removed(request: Request) -> str:
    """That the file of a copy is gone, and why as far as its history is known here."""
    why = next((f" {event.note}" for event in reversed(request.events) if event.what == offer.EXPIRED), "")
    return f"The file has been removed.{why} You can ask for a new copy at any time."


def steps(request: Request) -> str:
    """The line of steps, as HTML."""
    names = request.kind.nature.steps
    reached = _reached(request)
    if request.state in APPEALS:
        return _line([*_APPEALED, ("", "circle", "Answer")])
    if request.state in _LAST:
        last = _LAST[request.state]
        return _line([("done", "check", "Asked"), ("now", "block", last)])
    return _line(
        [
            ("done", "check_circle", one)
            if at < reached
            else ("now", "pending", one)
            if at == reached
            else ("", "circle", one)
            for at, one in enumerate(names)
        ]
    )


def _reached(request: Request) -> int:
    """How many of its steps are behind it."""
    steps = len(request.kind.nature.steps)
    if request.state in (State.DONE, State.EXPIRED):
        return steps
    if request.state in (State.APPROVED, State.RUNNING, State.HELD):
        return steps - 2
    # What needs nobody's decision has no step that would stand for one.
    return 0 if request.kind.nature.self_granted else 1


def _line(parts: list[tuple[str, str, str]]) -> str:
    items: list[str] = []
    for state, icon, text in parts:
        current = " aria-current=step" if state == "now" else ""
        items.append(f'<li class="{state}"{current}>{markup.symbol(icon)}{markup.html(text)}</li>')
    return f'<ol class="dl dl-steps">{"".join(items)}</ol>'


def history(request: Request, calendar: Calendar) -> str:
    """Everything that happened, oldest first, as HTML."""
    items = "".join(
        f"<li>{markup.when(calendar, event.at, starts=True)}: {markup.html(event.what)}"
        f"{f', by {markup.html(event.name or event.actor)}' if event.name or event.actor else ''}"
        f"{markup.html(clock.moved(event, calendar))}"
        f"{f'<br><span class=soft>{markup.html(event.note)}</span>' if event.note else ''}</li>"
        for event in request.events
    )
    return f'<ol class="dl dl-history">{items}</ol>'


def said(request: Request) -> str:
    """What its person wrote and what they were told, as HTML; empty when neither is there."""
    parts = [exempting.said(request)] if exemption.of(request.asked) else []
    parts += [f'<p class="soft">You wrote:</p>{_quoted(request.words)}'] if request.words else []
    if request.told and _is_question(request):
        parts.append(f'<p class="soft">The answer:</p>{_quoted(request.told)}')
    elif request.told:
        parts.append(f"<p>It was <strong>{markup.html(request.told)}</strong>.</p>")
        parts.append(f'<p class="soft">Why you are told:</p>{_quoted(request.reason)}' if request.reason else "")
    if request.access is not None:
        parts.append(f'<p><a href="/accesses?look={request.access}" target="_self">See the look in full</a></p>')
    return f'<div class="dl dl-said">{"".join(parts)}</div>' if parts else ""


def _quoted(text: str) -> str:
    return f"<blockquote>{markup.html(text)}</blockquote>"


def refusal(request: Request) -> str:
    """Why it was refused, as HTML: the ground, the officer's own words, and how to complain."""
    ground = markup.html(request.ground.plain) if request.ground else ""
    return (
        f'<div class="dl"><p><strong>{ground[:1].upper()}{ground[1:]}</strong></p>'
        f"<blockquote>{markup.html(request.reason)}</blockquote>"
        '<p class="soft">You can complain to the data protection authority of where you live or work, or go to court. '
        "It costs nothing to complain.</p></div>"
    )


def granted(request: Request, part: str) -> str:
    """What was granted and what was not, as HTML; `part` is what was, in words."""
    return (
        f'<div class="dl"><p>Granted: <strong>{markup.html(part)}</strong>.'
        f" All else that you asked for was refused:</p></div>{refusal(request)}"
    )


def archives(found: Sequence[Volume]) -> str:
    """How large each archive of a copy is and by which sum it can be told, as HTML; empty without any."""
    if not found:
        return ""
    names = [f"Part {number}" if len(found) > 1 else "The file" for number in range(1, len(found) + 1)]
    rows = "".join(
        f"<li>{name}: {words.number(one.size)} bytes, SHA-256 <code>{one.sha256}</code></li>"
        for name, one in zip(names, found, strict=True)
    )
    more = "<p>Each part opens by itself; unpack all of them into one folder.</p>" if len(found) > 1 else ""
    head = "What you get, so that you can prove it later"
    return f'<details class="dl soft"><summary>{head}</summary>{more}<ul>{rows}</ul></details>'


def revised(found: Certificate | None) -> str:
    """What the newest certificate says that those before did not, and where they are, as HTML; empty for the first."""
    if found is None or found.revision < 2:
        return ""
    said = "".join(f"<li>{markup.html(one)}</li>" for one in found.changed)
    address = f"/download/certificate/{found.request}?form=signed&amp;revision="
    links = ", ".join(f'<a href="{address}{one}" target="_self">{one}</a>' for one in range(1, found.revision))
    head = f"The certificate was signed anew, as revision {found.revision}. What changed:"
    return f'<div class="dl"><p>{head}</p><ul>{said}</ul><p class="soft">Earlier ones stay valid: {links}.</p></div>'


def law(request: Request, calendar: Calendar) -> str:
    """When it was asked, when it is due, and by which law. Plain text."""
    asked = calendar.day(request.opened_at)
    due = f"The answer is due by {calendar.plain_date(request.due_on)}"
    if request.state is State.STOPPED:
        due = words.start(clock.stands(request.stopped_at, request.days_left, calendar))
    return f"Request {request.id}, asked {asked}. {due}. {request.law}"

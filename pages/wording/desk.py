"""The officer's words: what one request is about, what its person will read. Pure."""

from __future__ import annotations

from dataclasses import replace

from data.captures.preview import Preview
from data.notices.post import Trouble
from data.rights import exemption
from data.rights.inquiry import Inquired
from data.rights.request import Request
from data.rights.restriction import Cause
from data.rights.states import Ground, RequestKind, State
from pages.shell import markup, readable, words
from pages.shell.words import Calendar
from pages.wording import clock, exempting, phrases, standing

_NAME = "(the name, as the log holds it)"  # the officer reads that it was told, not which


def heading(one: Request, calendar: Calendar) -> str:
    """Who asked for what, where it stands and by when it is due, at the head of the request's page, as HTML."""
    tone, icon = ("alarm", "alarm") if one.overdue or one.failure else ("plain", "inbox" if one.waiting else "task_alt")
    said = f"{one.person} {_asks(one, calendar)}."
    return markup.answer(said, _stands(one, calendar), tone=tone, icon=icon)


def facts(one: Request, calendar: Calendar) -> str:
    """What was asked, when, and the clock it runs under, as HTML."""
    parts = [
        ("Asked", calendar.when(one.opened_at, place=True)),
        ("About" if one.access is not None else "For", standing.about(one, calendar)),
    ]
    runs = clock.runs(one, calendar) if one.waiting else f"the answer was due by {calendar.plain_date(one.due_on)}"
    parts += [("Clock", runs)] if runs else []
    parts += [("Law", one.law)]
    parts += [("Stuck", standing.failed(one))] if one.failure else []
    parts += [("In their words", one.words)] if one.words else []
    parts += [("Is to be", one.asked["value"] or "nobody")] if "field" in one.asked else []
    cause = one.asked.get("cause")
    parts += [("Ground", Cause.of(cause).plain)] if cause else []
    exempt = exemption.of(one.asked)
    parts += [("Exemption", f"{exempt.plain}. {exempt.counts}")] if exempt else []
    rows = "".join(f"<li><span>{name}</span><span>{markup.html(value)}</span></li>" for name, value in parts)
    return f'<ol class="dl dl-rows">{rows}</ol>'


def scope(found: Preview, *, by_app: bool = False) -> str:
    """What the request takes and leaves; `by_app`: it names apps. As markdown."""
    apart = f" {phrases.quarantined(found, by_app=by_app)}" if found.quarantined else ""
    if not found.total:
        where = " outside of quarantine" if apart else ""
        stays = f"{words.exact(found.kept_total)} {words.plural(found.kept_total, 'capture stays', 'captures stay')}"
        return f"Nothing of what is held{where} goes. {stays}.{apart}"
    kinds = words.listed([f"{words.exact(n)} {readable.noun(kind, n)}" for kind, n in found.kinds.items()])
    left = _exact(found.kept_total, "capture") if found.kept_total else "no captures"
    pictures = f" and {_exact(found.screens, 'picture')} of screens" if found.screens else ""
    return f"It takes {_exact(found.total, 'capture')}{pictures}: {kinds}. It leaves {left}.{apart}"


def _exact(amount: int, noun: str) -> str:
    return f"{words.exact(amount)} {words.plural(amount, noun)}"


def letter(one: Request, *, approve: bool, ground: Ground | None, reason: str, part: str = "") -> str:
    """What the person will read, as HTML: the very words of their own page."""
    if not approve:
        refused = standing.refusal(replace(one, ground=ground, reason=reason.strip() or "(your reason stands here)"))
        return f'<div class="dl">{exempting.said(one)}</div>{refused}' if exemption.of(one.asked) else refused
    if part:
        return standing.granted(replace(one, ground=ground, reason=reason.strip() or "(your reason stands here)"), part)
    word = f"<blockquote>{markup.html(reason.strip())}</blockquote>" if reason.strip() else ""
    if one.kind.nature.standing:
        said = f"Your request {one.id} was granted, and stands from now on."
        return f'<div class="dl"><p>{said}</p>{exempting.said(one)}{word}</div>'
    if one.kind is RequestKind.CORRECTION:
        return f'<div class="dl"><p>Your request {one.id} was granted, and the roster is corrected.</p>{word}</div>'
    if one.kind is RequestKind.REVEAL:
        said = reason.strip() or "(your reasons stand here)"
        return standing.said(replace(one, words="", access=None, told=_NAME, reason=said))
    begins = "is carried out once the time is over in which it can be taken back" if one.kind.nature.delayed else ""
    return (
        f'<div class="dl"><p>Your request {one.id} was approved and {begins or "is being carried out"}.</p>{word}</div>'
    )


def answer(text: str) -> str:
    """What the person will read of an answer, as HTML."""
    said = markup.html(text.strip() or "(your answer stands here)")
    return f'<div class="dl dl-said"><blockquote>{said}</blockquote></div>'


def told(one: Request) -> str:
    """What the person was told, as HTML; empty when nothing was."""
    if one.state is State.REFUSED:
        return standing.refusal(one)
    is_told = one.kind is RequestKind.REVEAL and one.state is State.DONE
    return standing.said(replace(one, words="", access=None, told=_NAME if is_told else one.told))


def inquired(found: Inquired) -> str:
    """Who was behind the look, as HTML."""
    who = (
        "Who it was can no longer be read from the log."
        if found.identity is None
        else f"It was {found.identity.plain}."
    )
    return f'<div class="dl"><p><strong>{markup.html(who)}</strong></p></div>'


def post(found: Trouble) -> str:
    """How the e-mails fare that do not arrive, as markdown."""
    parts: list[str] = []
    if found.waiting:
        parts.append(f"{words.count(found.waiting, 'person', 'people')} still to be told, and it is tried again")
    if found.given_up:
        parts.append(f"for {words.count(found.given_up, 'person', 'people')} it was given up")
    said = markup.literal(f"E-mails about looks do not arrive: {words.listed(parts)}. {found.failure}")
    return f"{said} In the app everybody is told."


def _asks(one: Request, calendar: Calendar) -> str:
    verb = "asks" if one.waiting else "asked"
    return f"{verb} {one.kind.nature.asks.format(standing.about(one, calendar))}"


def _stands(one: Request, calendar: Calendar) -> str:
    failed = '<span class="dl-mark">a step failed</span>' if one.failure else ""
    return f"Request {one.id} · {markup.html(one.stands)}{clock.mark(one, calendar)}{failed}"

"""Legal holds in words: what is kept, why, and when somebody looks at it again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from data import instants
from data.captures.scope import Scope
from data.rights.erasure.sparing import Kept
from data.rights.hold import Hold, Step
from data.rights.holds import Figures
from pages.shell import markup, words
from pages.shell.words import Calendar
from pages.wording import standing

_NEWS = 30 * instants.DAY  # how long a hold that was lifted still stands above one's requests
# The same words whether or not one is left out.
OWN = "A hold about yourself is listed here only where you are told of it, so there may be one more than you see."
NONE = "There is no hold that you may see. What a court or a law wants kept is named here, by two officers together."
_COMPLAIN = "If you think that it is wrong, you can complain to the data protection authority; it costs nothing."


def mine(found: Sequence[Hold], calendar: Calendar) -> str:
    """The holds that a person is told of, as HTML; empty where none is news."""
    shown = [one for one in found if one.is_in_force or one.lines[-1].at > calendar.now - _NEWS]
    return "".join(f'<div class="dl">{_one(one, calendar)}</div>' for one in shown)


def _one(one: Hold, calendar: Calendar) -> str:
    what = markup.html(standing.what(one.scope, calendar))
    if one.is_in_force:
        review = markup.html(calendar.plain_date(one.review_on))
        late = " That day has passed, and the officers were told." if one.is_overdue(calendar.today) else ""
        return (
            f"<p>{markup.symbol('gavel')} <strong>A legal duty keeps {what} of yours (hold {one.number}).</strong>"
            f" Until it is lifted nothing of that is deleted, also when you ask for it. Somebody looks at it again by"
            f" {review}.{late}</p><blockquote>{markup.html(one.reason)}</blockquote>"
            f'<p class="soft">{_COMPLAIN}</p>'
        )
    untold = f" You were not told of it before: {markup.html(one.untold)}" if one.untold else ""
    return (
        f"<p>{markup.symbol('lock_open')} <strong>Hold {one.number} on {what} of yours was lifted"
        f" {markup.html(calendar.day(one.lines[-1].at))}.</strong> It had been kept because: {markup.html(one.reason)}"
        f"{untold}</p><blockquote>{markup.html(one.lines[-1].words)}</blockquote>"
    )


def kept(found: Sequence[Kept], calendar: Calendar) -> str:
    """What keeps a deletion, on its card, as HTML; empty where nothing does."""
    return "".join(f'<div class="dl"><p>{_kept(one, calendar)}</p>{_quote(one)}</div>' for one in found)


def stays(found: Sequence[Kept], count: int, calendar: Calendar) -> str:
    """What of a deletion stays because of holds, in its preview, as HTML; empty where nothing does."""
    if not found:
        return ""
    stay = words.plural(count, "stays", "stay")
    said = f"{words.exact(count)} {words.plural(count, 'capture')} {stay} for now, because a legal duty wants it."
    return (
        f'<div class="dl"><p>{markup.symbol("gavel")} <strong>{said}</strong>'
        f" They are deleted by themselves once it ends.</p></div>{kept(found, calendar)}"
    )


def _kept(one: Kept, calendar: Calendar) -> str:
    review = markup.html(calendar.plain_date(date.fromisoformat(one.review)))
    again = f"Somebody looks at it again by {review}."
    if one.number is None:
        return (
            f"{markup.symbol('gavel')} <strong>A legal duty keeps it, and why may not be told yet.</strong> {again}"
            " How many such holds there are is public. You can complain to the data protection authority."
        )
    what = markup.html(standing.what(Scope.from_json(one.captures), calendar))
    return f"{markup.symbol('gavel')} <strong>Legal hold {one.number} keeps {what}.</strong> {again}"


def _quote(one: Kept) -> str:
    return f"<blockquote>{markup.html(one.reason)}</blockquote>" if one.reason else ""


def figures(found: Figures) -> str:
    """How many holds there are in the whole company, as HTML."""
    if not found.standing:
        return '<p class="dl">No legal hold keeps anybody\'s captures.</p>'
    said = f"{words.count(found.standing, 'hold')} {words.plural(found.standing, 'keeps', 'keep')} captures for now."
    if found.untold:
        whom = "the person it concerns is" if found.untold == 1 else "the people they concern are"
        said += f" Of {found.untold} of them {whom} not told."
    else:
        said += " Everybody whom they concern is told."
    late = f" {found.overdue} should have been looked at again by now." if found.overdue else ""
    return f'<p class="dl">{said}{late}</p>'


def headline(found: Sequence[Hold], calendar: Calendar) -> str:
    """The sentence at the head of the officers' page, as HTML: of those that its reader may see, also where that is
    all."""
    late = [one for one in found if one.is_overdue(calendar.today)]
    waiting = [one for one in found if one.waits]
    standing_ = sum(one.is_in_force for one in found)
    below = f"{words.count(standing_, 'hold')} that you may see {words.plural(standing_, 'is', 'are')} in force."
    below = below if standing_ else "No hold that you may see is in force."
    if late:
        said = f"{words.count(len(late), 'hold')} must be looked at again: the day for it has passed."
        return markup.answer(said, below, tone="alarm", icon="alarm")
    if waiting:
        said = (
            f"{words.count(len(waiting), 'hold')} {words.plural(len(waiting), 'waits', 'wait')} for a second officer."
        )
        return markup.answer(said, below, tone="attention", icon="gavel")
    return markup.answer(below, "Nothing waits for you here.", icon="gavel")


def row(one: Hold, calendar: Calendar) -> str:
    """One hold for the officers, as HTML."""
    what = markup.html(standing.what(one.scope, calendar))
    review = markup.html(calendar.plain_date(one.review_on))
    late = one.is_overdue(calendar.today)
    by = f" · look again by {review}" if one.waits or one.is_in_force else ""
    by = f'<span class="dl-mark">look again since {review}</span>' if late else by
    untold = f'<br><span class="soft">Not told, because: {markup.html(one.untold)}</span>' if one.untold else ""
    stands = {Step.SET: "waits for a second officer", Step.CONFIRMED: "in force"}.get(one.step, one.step.plain)
    return (
        f'<div class="dl"><strong>{markup.html(one.person)}</strong>: {what}<br>'
        f'<span class="soft">Hold {one.number} · {markup.html(stands)}{by}</span>'
        f"<blockquote>{markup.html(one.reason)}</blockquote>{untold}</div>"
    )


def history(one: Hold, calendar: Calendar) -> str:
    """Everything that happened to it, as HTML."""
    items = "".join(
        f"<li>{markup.when(calendar, line.at, starts=True)}: {markup.html(line.step.plain)},"
        f" by {markup.html(line.name)}"
        f'<br><span class="soft">{markup.html(line.words)}</span></li>'
        for line in one.lines
    )
    return f'<ol class="dl dl-history">{items}</ol>'

"""The officer's words for looks that nothing explains. Pure."""

from __future__ import annotations

from data.incidents.incident import TITLE, Incident
from data.looks.unexplained import Case, Group
from pages.shell import markup, words
from pages.shell.words import Calendar
from pages.wording import explained, phrases
from pages.wording import single as wording


def headline(count: int, cases: int) -> str:
    """How many there are, as HTML."""
    if not count:
        return markup.answer(
            "Nothing is unexplained.", "Every look that an audit saw was declared, or explained.", icon="task_alt"
        )
    said = f"{words.count(count, 'look')} {'waits' if count == 1 else 'wait'} for an explanation."
    below = f"By account and day these are {words.count(cases, 'case')}. The people concerned see them as unexplained."
    return markup.answer(said, below, tone="alarm", icon="report")


def group(one: Group, calendar: Calendar) -> str:
    """Whose looks, when, how many and at what, as HTML."""
    if one.lost is not None:
        return (
            f'<div class="dl"><strong>Access {one.position}</strong>, {markup.html(calendar.when(one.first))}:'
            f' <span class="dl-mark">{markup.html(one.lost.value)}</span><br>'
            f'<span class="soft">{markup.html(phrases.PROVED)}</span></div>'
        )
    shared = " a shared login," if one.shared else ""
    who = ", ".join(part for part in (one.role, one.team) if part) or "whose it is nobody has mapped"
    when = calendar.when(one.first)
    until = f" to {calendar.when(one.last)}" if one.last - one.first > 60_000_000 else ""
    what = "; ".join(wording.what(one.scope, calendar))
    people = ("at least " if one.at_least else "") + words.count(one.people, "person", "people")
    nearly = "".join(f"<br>{markup.html(explained.close(it, calendar))}" for it in one.nearly)
    return (
        f'<div class="dl"><strong>{markup.html(one.account or "An account without a name")}</strong>'
        f" ({markup.html(f'{shared} {who}'.strip())}) looked {words.count(one.count, 'time')} at the data of "
        f"{markup.html(people)}"
        f'<br><span class="soft">{markup.html(f"{when}{until}, {phrases.source(one.source)}")}</span>'
        f'<br><span class="soft">{markup.html(what)}</span>{nearly}</div>'
    )


def said(case: Case) -> str:
    """What was done. Plain text."""
    readers = words.count(len(case.people), "person", "people")
    return f"{words.count(len(case.positions), 'look')} answered; {readers} can read what you wrote."


def title(one: Group) -> str:
    """What an incident about these looks is called. Plain text."""
    # Without the account: whose it is may be somebody's name, which is told only after a decision.
    return f"Looks that nothing explains, seen by {phrases.source(one.source)}"[:TITLE]


def incident(one: Incident | None) -> str:
    """The incident that a case can be made part of. Plain text."""
    return "A new one" if one is None else f"Incident {one.number}: {one.title}"

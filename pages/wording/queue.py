"""The words of the officers' queue: how it stands, a line each, what came of what was done to many. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.people.jurisdictions import Jurisdiction
from data.rights.bulk import Deed, Outcome
from data.rights.queue import Due, Figures, Listed, Step, Whose
from data.rights.states import UNDECIDED
from pages.shell import markup, words
from pages.shell.words import Calendar
from pages.wording import clock

DUE = {
    Due.OVERDUE: "Overdue",
    Due.TODAY: "Today",
    Due.SOON: "Within 7 days",
    Due.LATER: "Later",
    Due.STANDS: "Clock stands",
}
STEPS = {
    Step.DECIDE: "To be decided or answered",
    Step.APPEAL: "An appeal to be decided",
    Step.CONFIRM: "Receipt to be confirmed",
    Step.REPLY: "Its person answers first",
    Step.ITSELF: "Goes on by itself",
    Step.HOLD: "Kept by a legal hold",
}
WHOSE = {Whose.MINE: "Mine", Whose.NOBODYS: "Nobody's", Whose.OTHERS: "Other officers'"}
LAWS = {
    Jurisdiction.GDPR: "European Union (GDPR)",
    Jurisdiction.UK: "United Kingdom",
    Jurisdiction.CALIFORNIA: "California",
}
DEEDS = {
    Deed.TAKE: "Take on",
    Deed.GIVE_BACK: "Give back",
    Deed.CONFIRM: "Confirm receipt",
    Deed.EXTEND: "Put off",
    Deed.APPROVE: "Approve",
}
ABOUT: Mapping[Deed, str] = {
    Deed.TAKE: "Other officers then see that you have them. It keeps nobody from deciding them.",
    Deed.GIVE_BACK: "They are then every officer's again.",
    Deed.CONFIRM: "California wants it confirmed within ten business days that a request arrived.",
    Deed.EXTEND: "Once, and as far as each person's law allows. Each of them reads your reason at once.",
    Deed.APPROVE: (
        "Copies, deletions and objections alone, as granting these needs nobody's interests weighed; a deletion that a"
        " legal hold is about is left out. Nothing is refused here: whoever is refused reads reasons about their own"
        " case, so each refusal is decided by itself."
    ),
}
_DONE: Mapping[Deed, str] = {
    Deed.TAKE: "You have request {} now.",
    Deed.GIVE_BACK: "Request {} was given back.",
    Deed.CONFIRM: "The receipt of request {} was confirmed.",
    Deed.EXTEND: "The answer to request {} was put off, and its person reads why.",
    Deed.APPROVE: "Request {} was approved.",
}


def headline(found: Figures) -> str:
    """The sentence that answers what must be done now, as HTML."""
    wait = "waits" if found.undecided == 1 else "wait"
    below = f"{found.undecided or 'None'} of {words.count(found.waiting, 'request')} still {wait} for an officer."
    if found.overdue:
        said = f"{words.count(found.overdue, 'request')} {'is' if found.overdue == 1 else 'are'} overdue."
        return markup.answer(said, below, tone="alarm", icon="alarm")
    if found.today:
        said = f"{words.count(found.today, 'request')} must be answered today."
        return markup.answer(said, below, tone="attention", icon="today")
    if found.undecided:
        said = f"{words.count(found.undecided, 'request')} {wait} for an officer."
        return markup.answer(said, "None is overdue.", icon="inbox")
    return markup.answer("Nothing waits for you.", icon="task_alt")


def row(one: Listed, calendar: Calendar, viewer_id: int | None) -> str:
    """Who asked for what, where it stands, by when it is due and who has it, as HTML."""
    failed = '<span class="dl-mark">a step failed</span>' if one.failure else ""
    said = [f"Request {one.id}", markup.html(one.stands) + clock.mark(one, calendar) + failed]
    if one.confirm_by is not None and one.waiting:
        said.append(f"receipt to be confirmed by {calendar.plain_date(one.confirm_by)}")
    if one.state in UNDECIDED or one.handler_id is not None:
        said.append(markup.html(has_it(one.handler_id, one.handler, viewer_id)))
    return (
        f'<div class="dl"><strong>{markup.html(one.person)}</strong>: {markup.html(one.kind.plain)}'
        f'<br><span class="soft">{" · ".join(said)}</span></div>'
    )


def has_it(handler_id: int | None, name: str, viewer_id: int | None) -> str:
    """Who has it: 'you have it', 'Omar has it', 'nobody has it yet'. Plain text."""
    if handler_id is None:
        return "nobody has it yet"
    return "you have it" if handler_id == viewer_id else f"{name} has it"


def matching(number: int, narrow: bool, ended: bool) -> str:
    """How many there are, or match. Plain text."""
    if not number:
        return "No request matches." if narrow else "None has ended yet." if ended else "None waits."
    what = words.count(number, "request")
    verb = words.plural(number, "matches", "match") if narrow else words.plural(number, "waits", "wait")
    return f"{what} {'ended' if ended and not narrow else verb}."


def chosen(number: int) -> str:
    """How many requests are chosen, as HTML."""
    return f'<div class="dl"><strong>{number or "No"} {words.plural(number, "request")} chosen</strong></div>'


def press(deed: Deed, number: int) -> str:
    """What stands on the button that does it."""
    return f"{DEEDS[deed]}: {words.count(number, 'request')}"


def outcome(deed: Deed, found: Sequence[Outcome]) -> str:
    """What came of it, a sentence for each request, as HTML."""
    done = sum(one.done for one in found)
    begin = f"{DEEDS[deed]}: done for {done} of {words.count(len(found), 'request')}."
    kept = len(found) - done
    left = f" {kept} stayed as {'it was' if kept == 1 else 'they were'}." if kept else ""
    items = "".join(f"<li>{markup.html(_said(deed, one))}</li>" for one in found)
    return f'<div class="dl"><p><strong>{begin}</strong>{left}</p></div><ul class="dl dl-outcomes">{items}</ul>'


def _said(deed: Deed, one: Outcome) -> str:
    if one.done:
        return _DONE[deed].format(one.request_id)
    number = f"Request {one.request_id}"
    return one.said if f"equest {one.request_id}" in one.said else f"{number}: {one.said}"

"""Words for incidents: how one stands, its clocks, its history. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from data import instants
from data.incidents.incident import LONGEST, SHORTEST, Event, Happening, Incident
from data.incidents.record import Record
from data.people import crowd
from data.people.crowd import Few
from pages.shell import markup, words
from pages.shell.words import Calendar

_FIX = {
    Happening.FIX_CLAIMED: "said to be fixed; whether that holds is not known yet",
    Happening.FIX_HELD: "the fix held",
    Happening.FIX_FAILED: "the fix did not hold",
}

HELP = {
    Happening.CONTAINED: "What was done so that it goes no further.",
    Happening.FIX_CLAIMED: "Who says that it is fixed, and how that was checked.",
    Happening.FIX_HELD: "How you know that the fix held, and since when.",
    Happening.FIX_FAILED: "What is open again, and how that was noticed.",
    Happening.REGULATOR: "Which authority was told, and of what (GDPR, Article 33).",
    Happening.NO_REGULATOR: "Why a risk to the people concerned is unlikely (GDPR, Article 33(1)).",
    Happening.AFFECTED: "What happened to their data, what may follow, what is done, whom to ask (GDPR, Article 34).",
    Happening.ORGANIZERS: "What the organizers are to know.",
    Happening.STAFF: "What all staff are to know. It goes to everybody at once.",
    Happening.PRESS: "What was said in public, and where.",
    Happening.CLOSED: "What was learnt, and what stays changed.",
    Happening.REOPENED: "What is new.",
}


def headline(found: Record, *, watches: bool, now: int) -> str:
    """The sentence that answers the page's question, as HTML. `watches`: the reader sees every incident."""
    mine = sum(one.is_mine for one in found.incidents)
    altered = f" {_altered(found.altered)}" if found.altered else ""
    if watches:
        going = [one for one in found.incidents if not one.is_closed]
        if not going:
            said = "No incident is open." if found.incidents else "No incident was recorded."
            below = "What an officer opens, here or out of an unexplained look, stands in the access log for good."
            return markup.answer(
                said, markup.html(below + altered), tone="alarm" if altered else "plain", icon="task_alt"
            )
        verb = "is" if len(going) == 1 else "are"
        late = [one for one in going if _regulator_waits(one) and now > one.regulator_due]
        below = f"For {words.count(len(late), 'of them', 'of them')} the regulator is not told in time." if late else ""
        return markup.answer(
            f"{words.count(len(going), 'incident')} {verb} open.",
            markup.html(below + altered),
            tone="alarm",
            icon="emergency_home",
        )
    return _own(found, mine)


def _own(found: Record, mine: int) -> str:
    """The same for whoever sees only what concerns them, and what others were told of. Where an entry no longer opens
    nobody can say whom it concerned."""
    others = len(found.incidents) - mine
    rest = f"{words.count(others, 'other')} concerned somebody else, and {_told_of(found)}." if others else ""
    if found.altered:
        rest = f"{_altered(found.altered)} An incident that concerns you may be missing here. {rest}".rstrip()
    elif not found.incidents:
        rest = "Should one be, you read it here and on your first page. This says only what was recorded."
    if mine:
        verb = "concerns" if mine == 1 else "concern"
        return markup.answer(f"{words.count(mine, 'incident')} {verb} you.", rest, tone="alarm", icon="emergency_home")
    if found.altered:
        said = "Whether an incident concerns you is not known."
        return markup.answer(said, rest, tone="alarm", icon="gpp_bad")
    return markup.answer("No incident was recorded that concerns you.", rest, icon="task_alt")


def lost(count: int) -> str:
    """Of notices that somebody has not read, and that cannot be shown to them. Plain text."""
    if count == 1:
        said, why = "1 notice that is new to you", "what it said was altered or taken out, or it is"
    else:
        said = f"{words.exact(count)} notices that are new to you"
        why = "what they said was altered or taken out, or they are"
    return f"{said} cannot be shown: {why} no longer yours to read."


def _told_of(found: Record) -> str:
    """Why somebody reads of incidents that do not concern them: whom they were told to, and whom they were not."""
    others = [one for one in found.incidents if not one.is_mine]
    untold = sum(one.first(Happening.STAFF) is None for one in others)
    if not untold:
        return "all staff were told"
    only = "" if untold == len(others) else f" of {words.exact(untold)} of them"
    return f"the public was told{only}, all staff were not"


def heading(one: Incident, calendar: Calendar, open_at: int | None = None) -> str:
    """Number, title, whom it concerns and how it stands, as HTML. `open_at` as in `clocks`."""
    whom = f"It concerns {words.people(one.people)}" if one.people else "Whom it concerns is not known"
    mine = "; you are one of them" if one.is_mine else ""
    known = f"The company has known since {calendar.when(one.aware_at)}."
    closed = '<span class="dl-mark" style="color:inherit">closed</span>' if one.is_closed else ""
    again = '<span class="dl-mark">a look found it open again</span>' if one.is_closed and open_at is not None else ""
    press = '<span class="dl-mark">the public was told before all staff</span>' if one.press_first else ""
    return (
        f'<div class="dl"><h2 style="margin:0;padding:0;font-size:1.25rem">Incident {one.number}: '
        f"{markup.html(one.title)} {closed}{again}{press}</h2>"
        f"<p>{markup.html(f'{whom}{mine}. {known}')}</p></div>"
    )


def clocks(one: Incident, calendar: Calendar, open_at: int | None = None) -> str:
    """What must happen and whether it did, as HTML. `open_at`: when a look found open what belongs to it, where that is
    not closed."""
    rows = [
        ("Contained", _contained(one, calendar, open_at)),
        ("Fix", _fix(one, calendar, open_at)),
        ("Regulator", _regulator(one, calendar)),
        ("People concerned", _told(one, Happening.AFFECTED, calendar)),
        ("Organizers", _told(one, Happening.ORGANIZERS, calendar)),
        ("All staff", _told(one, Happening.STAFF, calendar)),
        ("The public", _first(one, Happening.PRESS, calendar) or "not told, as far as was recorded"),
    ]
    items = "".join(f'<li><span class="soft">{name}</span><span>{markup.html(said)}</span></li>' for name, said in rows)
    return f'<ol class="dl dl-rows">{items}</ol>'


def history(one: Incident, calendar: Calendar) -> str:
    """Everything that happened, in the order in which it happened, as HTML."""
    lines = "".join(_line(event, calendar) for event in sorted(one.events, key=lambda each: (each.at, each.position)))
    return f'<ol class="dl dl-rows dl-said">{lines}</ol>'


def missing(found: Sequence[str]) -> str:
    """What must still happen before an incident can be closed. Plain text; empty when nothing must."""
    return f"It cannot be closed yet: {'; '.join(found)}." if found else ""


def proof(one: Incident) -> str:
    """Where its history stands. Plain text."""
    entries = words.listed([str(event.position) for event in one.events])
    return f"Each line is an entry of the access log ({entries}), which nobody can rewrite without its being seen."


def report(one: Incident) -> str:
    """Where the report stands that is made of the record, as HTML."""
    to = f"/download/incident/{one.number}"
    name = "The report on this incident" if one.is_closed else "The report as it stands now"
    return f'<p class="dl"><a href="{to}" target="_blank">{name}, made of the log, to read and print</a></p>'


def length() -> str:
    """How much is to be said."""
    return f"{SHORTEST} to {LONGEST:,} characters"


def _line(event: Event, calendar: Calendar) -> str:
    later = event.recorded_at - event.at > 60_000_000
    recorded = f" Recorded {calendar.when(event.recorded_at, place=False)}." if later else ""
    read = f" {words.start(_read(event))}." if event.told else ""
    late = f" Why so late: {event.late}" if event.late else ""
    return (
        f"<li><span>{markup.when(calendar, event.at, starts=True)}</span><div><strong>{event.happening.plain}</strong>"
        f"<blockquote>{markup.html(event.words)}</blockquote>"
        f'<span class="soft">{markup.html(f"{read}{late}{recorded}".strip())}</span></div></li>'
    )


def _regulator_waits(one: Incident) -> bool:
    return one.first(Happening.REGULATOR) is None and one.first(Happening.NO_REGULATOR) is None


def _regulator(one: Incident, calendar: Calendar) -> str:
    told, due = one.first(Happening.REGULATOR), one.regulator_due
    if told is not None:
        late = f", {words.span(told.at - due)} late" if told.at > due else ", within 72 hours"
        more = sum(event.happening is Happening.REGULATOR for event in one.events) - 1
        phases = f"; {words.count(more, 'further report')} followed" if more else ""
        return f"told {calendar.when(told.at)}{late}{phases}"
    if (why := one.first(Happening.NO_REGULATOR)) is not None:
        return f"not told, for the reason given {calendar.when(why.at)}"
    if calendar.now > due:
        return f"must be told; the 72 hours ended {words.span(calendar.now - due)} ago"
    return f"must be told by {calendar.when(due)}: {words.span(due - calendar.now)} left"


def _told(one: Incident, happening: Happening, calendar: Calendar) -> str:
    found = [event for event in one.events if event.happening is happening]
    if not found:
        known = calendar.now - one.aware_at
        waited = f" yet; the company has known for {words.span(known)}" if known > instants.HOUR else " yet"
        return f"not told through this app{'' if one.is_closed else waited}"
    version = f", version {len(found)}" if len(found) > 1 else ""
    return f"told {calendar.when(found[-1].at)}{version}; {_read(found[-1])}"


def _read(event: Event) -> str:
    if isinstance(event.told, Few):
        return f"it went to {words.people(event.told)}"
    return f"{crowd.plain(event.seen)} of {words.count(event.told, 'person has', 'people have')} read it here"


def _first(one: Incident, happening: Happening, calendar: Calendar) -> str:
    found = one.first(happening)
    return "" if found is None else calendar.when(found.at)


def _contained(one: Incident, calendar: Calendar, open_at: int | None) -> str:
    """Since when it is: from the first time after whatever undid it before, and not from what did not last."""
    undone = max(
        (event.position for event in one.events if event.happening in (Happening.FIX_FAILED, Happening.REOPENED)),
        default=-1,
    )
    every = [event for event in one.events if event.happening is Happening.CONTAINED]
    lasting = [event for event in every if event.position > undone]
    before = len(every) - len(lasting)
    lost = f"what was done {calendar.when(every[0].at, place=False)} did not last" if before else ""
    if not lasting:
        return f"not now: {lost}" if lost else "not yet"
    if open_at is not None:
        since = calendar.when(open_at, place=False)
        return f"said {calendar.when(lasting[0].at)}, but a look found it open {since}, and it is not closed"
    return calendar.when(lasting[0].at) + (f"; {lost}" if lost else "")


def _fix(one: Incident, calendar: Calendar, open_at: int | None) -> str:
    claimed = max((event.at for event in one.events if event.happening is Happening.FIX_CLAIMED), default=0)
    said = _FIX[one.fix] if one.fix is not None else "no fix was claimed"
    # A claim is newer than the look that found it open, and whether it holds is seen by the next.
    if open_at is not None and (
        one.fix is Happening.FIX_HELD or (one.fix is Happening.FIX_CLAIMED and open_at > claimed)
    ):
        word = "have held" if one.fix is Happening.FIX_HELD else "be fixed"
        said = f"said to {word}, but a look found it open {calendar.when(open_at, place=False)}, and it is not closed"
    return said + (f"; fixes that did not hold: {one.failures}" if one.failures else "")


def _altered(count: int) -> str:
    opens, their = (
        ("entry about incidents no longer opens", "its")
        if count == 1
        else ("entries about incidents no longer open", "their")
    )
    return f"{words.exact(count)} {opens}: {their} words were altered or taken out."

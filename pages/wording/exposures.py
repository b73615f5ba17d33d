"""Words for exposures: who could open what, who did, and of which time nobody can tell. Pure."""

from __future__ import annotations

from data import instants
from data.accesses.coverage import Gap
from data.exposures.card import NO_SOURCE, Card, Did, Mine
from data.exposures.exposure import Change, Exposure, Line, Number
from pages.shell import markup, readable, words
from pages.shell.words import Calendar
from pages.wording import rows
from pages.wording.phrases import source

RECENT = 90 * instants.DAY  # how long one that is over still stands on the first page
_LINKED = 5  # looks that a card leads to one by one


def line(card: Card, calendar: Calendar) -> str:
    """The first page's sentence with its sign, as HTML; empty when nothing is or was open lately."""
    news = [one for one in card.mine if one.exposure.end is None or calendar.now - one.exposure.end < RECENT]
    if not news:
        return ""
    first = min(news, key=lambda one: one.weight)
    rest = len(news) - 1
    stands = f"of your data {words.plural(rest, 'stands', 'stand')} beside it."
    more = f" {words.count(rest, 'other exposure')} {stands}" if rest else ""
    said = f"{could(first.exposure, calendar)} {did(first, calendar)}{more}"
    return f"{_lock(first.exposure)}<div><strong>{markup.html(said)}</strong>{_state(first.exposure)}</div>"


def cards(found: Card, calendar: Calendar) -> str:
    """Everything that a person's data was exposed to, as HTML; empty when nothing is on record."""
    lost = f'<div class="dl"><p><span class="dl-mark">altered</span> {altered(found.altered)}</p></div>'
    more = f'<p class="dl soft">{words.count(found.more, "older one")} not shown here.</p>' if found.more else ""
    return (lost if found.altered else "") + "".join(_card(one, calendar) for one in found.mine) + more


def altered(count: int) -> str:
    """That entries about exposures were altered. Plain text."""
    entries = words.count(count, "entry", "entries")
    return (
        f"{entries} of the log about exposures no longer {words.plural(count, 'opens', 'open')}: what stood there was"
        " altered, and an exposure may be missing here."
    )


def could(one: Exposure, calendar: Calendar, *, whose: str = "your") -> str:
    """'Between Sat 14 Nov, 08:00 and Wed 18 Nov, 11:20 71,234 people could open your keystrokes.' Plain text."""
    open_to = f"{number(one.audience)} could open {what(one, whose)}"
    if one.start is None:
        before = f"From a time that nobody knows, before {calendar.when(one.seen, place=False)},"
        until = f", {_still(one, calendar)}." if one.end is None else f", until {calendar.when(one.end)}."
        return f"{before} {open_to}{until}"
    start = calendar.when(one.start, place=one.end is None)
    if one.end is None:
        return f"Since {start}, {open_to}, {_still(one, calendar)}."
    same = calendar.local(one.start).date() == calendar.local(one.end).date()
    end = f"{calendar.time(one.end)} ({calendar.place})" if same else calendar.when(one.end)
    return f"Between {start} and {end}, {open_to}."


def _still(one: Exposure, calendar: Calendar) -> str:
    if one.unwatched is None:
        return "and still can" if one.start is None else "and it is not closed"
    since = calendar.when(one.unwatched, place=False)
    return f"and whether it is closed is not known: it is no longer looked at since {since}"


def number(found: Number) -> str:
    """'71,234 people and 12 accounts of which nobody knows whose they are'. Plain text."""
    people = words.exact(found.people) + words.plural(found.people, " person", " people")
    unknown = f"{words.exact(found.accounts)} {words.plural(found.accounts, 'account')} whose owner is not on record"
    parts = ([people] if found.people else []) + ([unknown] if found.accounts else [])
    return words.listed(parts) or "nobody more than allowed"


def what(one: Exposure, whose: str = "your") -> str:
    """'your keystrokes and clicks'. Plain text."""
    if not one.kinds:
        return f"everything in it that was captured of {'you' if whose == 'your' else 'people'}"
    return f"{whose} {words.listed([readable.noun(kind) for kind in one.kinds])}"


def did(one: Mine, calendar: Calendar, *, whose: str = "your") -> str:
    """Who did, and of which time that is not known. Plain text; 'nobody' only of time that a record covers."""
    return " ".join(part for part in (_did(one, whose), _unknown(one, calendar)) if part)


def _did(one: Mine, whose: str) -> str:
    found, who = one.did, _who(one.did)
    parts = [f"{who} did."] if who else []
    parts += ["Your own account did; if that was not you, ask about it."] if found.own else []
    if found.lost:
        parts.append(f"{words.count(found.lost, 'look')} in that time can no longer be read: they were altered.")
    if found.destroyed:
        parts.append(
            f"Of {words.count(found.destroyed, 'look')} in that time who it was is no longer kept, as promised."
        )
    if parts:
        return " ".join(parts)
    if one.is_known:
        return f"{_name(one.exposure)} recorded reads all that time, and none of {whose} data there is among them."
    return "" if one.is_dark else "In the time we can see, nobody did."


def _who(found: Did) -> str:
    parts = [words.count(found.people, "person", "people")] if found.people else []
    parts += [words.count(found.jobs, "automated job")] if found.jobs else []
    said = words.listed(parts)
    return f"{said[0].upper()}{said[1:]}" if said else ""


def _unknown(one: Mine, calendar: Calendar) -> str:
    if one.is_known:
        return ""
    other = "anybody else" if _who(one.did) else "anybody"
    if one.is_dark:
        why = "no record of reads there was ever brought in"
        if NO_SOURCE not in {gap.why for gap in one.unknown}:
            why = f"{_name(one.exposure)} recorded nothing in that time that can be relied on"
        return f"Whether {other} did we cannot tell: {why}."
    parts = [] if one.recorded is None else [f"Of the time before {calendar.when(one.recorded)} we cannot tell."]
    if one.unknown:
        total = words.span(sum(gap.end - gap.start for gap in one.unknown))
        spans = len(one.unknown)
        where = f"in {words.exact(spans)} spans" if spans > 1 else f"from {calendar.when(one.unknown[0].start)}"
        parts.append(f"For {total}, {where}, we cannot tell.")
    return " ".join(parts)


def _name(one: Exposure) -> str:
    name = source(one.source)
    return name[0].upper() + name[1:]


def _card(one: Mine, calendar: Calendar) -> str:
    exposure = one.exposure
    tone = "alarm" if exposure.is_open or one.did.looks or one.did.lost else "attention"
    seen = " ".join(part for part in (markup.html(_did(one, "your")), _links(one.did)) if part)
    untold = markup.html(_unknown(one, calendar))
    gaps = [] if one.recorded is None else [_before(one.recorded, exposure, calendar)]
    gaps += [_gap(gap, calendar) for gap in one.unknown]
    unknown = "".join(
        f'<li class="dl-gap"><span>Not known</span><span>{markup.html(said)}</span></li>' for said in gaps
    )
    history = "".join(_line(each, exposure, calendar) for each in exposure.lines)
    return (
        f'<div class="dl dl-answer dl-{tone}">{_lock(exposure)}<div>'
        f'<h2 style="margin:0;padding:0;font-size:1.3rem">{markup.html(could(exposure, calendar))}'
        f"{_state(exposure)}</h2>"
        f"<p>{seen} {untold}</p>"
        f'<p class="soft">{markup.html(_where(exposure))}</p></div></div>'
        f'<details class="dl" style="margin-bottom:1.25rem"><summary>What was found and done</summary>'
        f'<ol class="dl dl-rows dl-said">{history}{unknown}{_incident(one, calendar)}</ol></details>'
    )


def _lock(one: Exposure) -> str:
    return markup.symbol("lock_open_right" if one.is_open else "lock")


def _state(one: Exposure) -> str:
    if one.unwatched is not None:
        return '<span class="dl-mark">not known</span>'
    return (
        '<span class="dl-mark">open</span>'
        if one.is_open
        else '<span class="dl-mark" style="color:inherit">closed</span>'
    )


def _links(found: Did) -> str:
    if not found.positions:
        return ""
    links = ", ".join(
        f'<a href="{markup.html(rows.address(at))}" target="_self">look {at}</a>' for at in found.positions[:_LINKED]
    )
    more = len(found.positions) - _LINKED
    return f"See {links}{f' and {words.exact(more)} more under “Who opened it”' if more > 0 else ''}."


def _where(one: Exposure) -> str:
    hidden = (
        f" Of {words.count(one.narrowed, 'account')} row-level security may have hidden some of it; that is not worked"
        " out."
        if one.narrowed
        else ""
    )
    again = f" It had been open before (exposure {one.former}) and the fix did not hold." if one.former else ""
    now = (
        "" if one.present == one.audience or not one.is_open or one.unwatched else f" Now it is {number(one.present)}."
    )
    inside = "" if one.place == one.store else f", in {one.store}"
    return f"Exposure {one.number}: {one.place}, {words.listed(list(one.tables))}{inside}.{now}{again}{hidden}"


def _gap(gap: Gap, calendar: Calendar) -> str:
    start = calendar.when(gap.start, place=False)
    when = f"{start[0].upper()}{start[1:]} to {calendar.when(gap.end)}"
    return f"{when}: whether anybody opened it. {source(gap.source)}: {gap.why}."


def _before(recorded: int, one: Exposure, calendar: Calendar) -> str:
    return f"Before {calendar.when(recorded)}: whether anybody opened it. {_name(one)} tells of no earlier time."


def _line(one: Line, exposure: Exposure, calendar: Calendar) -> str:
    words_of = f"<blockquote>{markup.html(one.words)}</blockquote>" if one.words else ""
    return (
        f"<li><span>{markup.when(calendar, one.at, starts=True)}</span><div><strong>{markup.html(_said(one, exposure))}"
        f'</strong>{words_of or "<br>"}<span class="soft">{markup.html(_below(one, calendar))}</span></div></li>'
    )


def _said(one: Line, exposure: Exposure) -> str:
    match one.change:
        case Change.OPENED:
            return f"A look at the permissions found it open to {number(one.number or Number())}"
        case Change.CHANGED:
            return f"A look found it changed: open to {number(one.number or Number())}"
        case Change.CLOSED:
            return "A privacy officer closed it, which nobody looks at" if one.words else "A look found it right again"
        case Change.UNWATCHED:
            return "It is no longer looked at, so nobody knows whether it is closed"
        case Change.CORRECTED:
            return "A privacy officer corrected when it was open"
        case Change.LINKED:
            return f"It belongs to incident {exposure.incident}"


def _below(one: Line, calendar: Calendar) -> str:
    entry = f"Entry {one.position} of the access log."
    if one.was is None:
        return entry
    was = ["an unknown time" if one.was[0] is None else calendar.when(one.was[0], place=False)]
    was.append("now" if one.was[1] is None else calendar.when(one.was[1], place=False))
    return f"Before, it said: from {was[0]} to {was[1]}. {entry}"


def _incident(one: Mine, calendar: Calendar) -> str:
    found = one.incident
    if found is None:
        return (
            "<li><span>Incident</span><span>None was opened about it yet. A privacy officer does that, and you are told"
            " here.</span></li>"
        )
    told = [event for event in found.events if event.told]
    notices = f"The last notice went out {calendar.when(told[-1].at)}." if told else "No notice has gone out yet."
    link = f'<a href="/incidents" target="_self">Incident {found.number}: {markup.html(found.title)}</a>'
    return f"<li><span>Incident</span><span>{link}. {markup.html(notices)}</span></li>"


def officers(one: Exposure, calendar: Calendar) -> str:
    """One exposure as an officer works on it, as HTML."""
    history = "".join(_line(each, one, calendar) for each in one.lines)
    concerned = f"It concerns {words.people(one.concerned)}. {_where(one)}"
    return (
        f'<div class="dl"><h3 style="margin:0;padding:0;font-size:1.1rem">'
        f"{markup.html(could(one, calendar, whose='people’s'))} {_state(one)}</h3>"
        f"<p>{markup.html(concerned)}</p></div>"
        f'<ol class="dl dl-rows dl-said">{history}</ol>'
    )

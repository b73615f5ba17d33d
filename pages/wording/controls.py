"""Words for promises and whether they are kept: how each stands, what was found, what happened. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from data import instants
from data.controls.control import State
from data.controls.lifecycle import Stage, Standing
from data.controls.probes import ORDER, promise
from data.controls.record import Line, Record, Seen
from pages.shell import markup, words
from pages.shell.words import Calendar

# A word, a shape and a tone for each, so that no colour has to be told.
_MARKS = {
    State.HOLDS: ("Kept", "check_circle", "plain"),
    State.BROKEN: ("Broken", "error", "alarm"),
    State.UNKNOWN: ("Not known", "help", "attention"),
}
_SHOWN = 40  # lines of a history
_WORST = (State.BROKEN, State.UNKNOWN, State.HOLDS)
WITHHELD = (
    "Names of servers, logins and files are left out here, because they would help whoever wants in. Your organizers, "
    "the privacy officers and the auditors read them, with all that was found."
)
NOT_YET = "Nobody has looked yet whether the promises are kept."
CLAIM = (
    "It counts once a look has found it so, within minutes, and has held once looks have found it so for {days} days "
    "in a row. Until a look has, everybody reads “said to be fixed”."
)


def headline(found: Record, now: int) -> str:
    """How many promises are kept, as HTML."""
    if not found.controls:
        below = markup.html("The app looks by itself every quarter of an hour, and here is what it found.")
        return markup.answer(NOT_YET, below, tone="attention", icon="help")
    counts = _counts(found, now)
    below = (
        "A program looks at each every quarter of an hour. What it could not see is called not known, never kept, and "
        "a fix counts only once it was seen to hold."
    )
    if found.altered:
        entries = words.count(found.altered, "entry", "entries")
        opens = words.plural(found.altered, "opens: it was", "open: they were")
        below += f" {entries} about them no longer {opens} altered."
    tone = "alarm" if counts[State.BROKEN] or found.altered else "attention" if counts[State.UNKNOWN] else "plain"
    icon = {"alarm": "error", "attention": "help", "plain": "check_circle"}[tone]
    return markup.answer(summary(found, now), markup.html(below), tone=tone, icon=icon)


def summary(found: Record, now: int) -> str:
    """How many promises are kept, broken and not known, in one sentence. Plain text."""
    if not found.controls:
        return NOT_YET
    counts = _counts(found, now)
    total = len(found.controls)
    if total == 1:
        state = found.controls[0].standing.shown(now)
        return f"The one promise that a program can check {_said(state, 1)}."
    if counts[State.HOLDS] == total:
        return f"All {words.count(total, 'promise')} that a program can check were kept when it last looked."
    parts = [f"{counts[state]} {_said(state, counts[state])}" for state in _WORST if counts[state]]
    return f"Of {words.count(total, 'promise')} that a program can check, {words.listed(parts)}."


def promises(found: Record, calendar: Calendar) -> str:
    """Every promise as everybody reads it, the worst first, with the day of the last look, as HTML."""
    rows = "".join(_row(one, calendar) for one in ordered(found, calendar.now))
    return f'<ol class="dl dl-rows">{rows}</ol><p class="dl soft">{WITHHELD}</p>' if rows else ""


def ordered(found: Record, now: int) -> list[Seen]:
    """The controls with those first that are broken or not known, then in the order of the probes."""

    def place(one: Seen) -> tuple[int, int, str]:
        return _WORST.index(one.standing.shown(now)), ORDER.get(one.name.probe, len(ORDER)), one.name.target

    return sorted(found.controls, key=place)


def heading(one: Seen, calendar: Calendar) -> str:
    """A control's promise and how it stands, as HTML."""
    word, icon, tone = _MARKS[one.standing.shown(calendar.now)]
    again = one.standing.reopened
    mark = f'<span class="dl-mark">broken again {words.count(again, "time")}</span>' if again else ""
    return (
        f'<div class="dl dl-{tone}"><h2 style="margin:0;padding:0;font-size:1.15rem">{markup.symbol(icon)} {word}:'
        f" {markup.html(called(one))}{mark}</h2><p>{markup.html(one.last.said)} {_fix(one, calendar)}</p>"
        f'<p class="soft">{_looked(one.standing, calendar)}</p></div>'
    )


def called(one: Seen) -> str:
    """The promise, and where there are several things that it is made of, which. Plain text."""
    said = promise(one.name)
    return f"{said.removesuffix('.')} ({one.name.target})." if one.name.target else said


def evidence(one: Seen, calendar: Calendar) -> str:
    """What the look found that said this first, and what it could not see, as HTML."""
    at = next((line.at for line in reversed(one.lines) if line.state is not None), one.standing.at)
    facts = "".join(
        f"<li><strong>{markup.html(fact.name[:1].upper() + fact.name[1:])}</strong>"
        f"<div>{markup.html(fact.value)}</div></li>"
        for fact in one.last.facts
    )
    unseen = "".join(f"<li>{markup.symbol('visibility_off')} {markup.html(each)}</li>" for each in one.last.unseen)
    blind = f'<p>What this look cannot see:</p><ul class="dl-unknown">{unseen}</ul>' if unseen else ""
    return (
        f'<p class="dl">Found {markup.when(calendar, at)}, and the same at each look since.</p>'
        f'<ol class="dl dl-rows" style="overflow-wrap:anywhere">{facts}</ol><div class="dl">{blind}</div>'
    )


def history(one: Seen, calendar: Calendar) -> str:
    """What happened to a control, newest first, as HTML; of a long history how much more there is."""
    items = "".join(_line(line, calendar) for line in reversed(one.lines[-_SHOWN:]))
    more = len(one.lines) - _SHOWN
    rest = f'<li class="soft">{words.count(more, "earlier entry", "earlier entries")} in the access log.</li>'
    return f'<ol class="dl dl-history">{items}{rest if more > 0 else ""}</ol>'


def proof(one: Seen) -> str:
    """Where it stands in the access log. Plain text."""
    entries = [f"{line.position:,}" for line in one.lines[-5:]]
    return f"Newest {words.plural(len(entries), 'entry', 'entries')} of the access log: {words.listed(entries)}."


def _row(one: Seen, calendar: Calendar) -> str:
    word, icon, tone = _MARKS[one.standing.shown(calendar.now)]
    again = one.standing.reopened
    mark = f'<span class="dl-mark">broken again {words.count(again, "time")}</span>' if again else ""
    return (
        f'<li class="dl-{tone}"><strong>{markup.symbol(icon)} {word}</strong>'
        f"<div><strong>{markup.html(called(one))}</strong>{mark}<br>{markup.html(one.last.said)} {_fix(one, calendar)}"
        f'<br><span class="soft">{_looked(one.standing, calendar)}</span></div></li>'
    )


def _whole_days(span: int) -> int:
    """Rounded up where it is told in days: what must still be seen is never said to be less."""
    return span if span < 2 * instants.DAY else -(-span // instants.DAY) * instants.DAY


def _fix(one: Seen, calendar: Calendar) -> str:
    """How a fix stands, as HTML; empty where nothing was ever broken."""
    standing = one.standing
    if standing.stage is Stage.CLAIMED:
        return "It is said to be fixed, and no look has found it so yet."
    if standing.stage is Stage.PROVING:
        left = words.span(_whole_days(max(instants.MINUTE, one.days * instants.DAY - standing.proven)))
        who = "A look found it fixed." if standing.claim or not one.lines else "A look found it fixed, unannounced."
        return f"{who} It has held once that is seen for {left} more."
    if standing.stage is Stage.HELD:
        return f"It was broken {markup.html(calendar.day(standing.broken_at))}; the fix has held for {one.days} days."
    if standing.stage is Stage.NEVER:
        return ""
    since = f"Broken since {markup.when(calendar, standing.broken_at)}"
    good = f"; seen kept last {markup.when(calendar, standing.good_at)}" if standing.good_at else ""
    return f"{since}{good}."


def _looked(standing: Standing, calendar: Calendar) -> str:
    late = " That is too long ago to know." if standing.is_late(calendar.now) else ""
    return f"Last looked at {markup.when(calendar, standing.at)}.{late}"


def _line(line: Line, calendar: Calendar) -> str:
    when = markup.when(calendar, line.at, starts=True)
    entry = f'<span class="soft">entry {line.position:,}</span>'
    if line.state is None:
        return f"<li>{when}: {markup.html(line.by)} said that it is fixed: {markup.html(line.said)} {entry}</li>"
    word, icon, _ = _MARKS[line.state]
    return f"<li>{when}: {markup.symbol(icon)} {word}. {markup.html(line.said)} {entry}</li>"


def _counts(found: Record, now: int) -> dict[State, int]:
    shown: Sequence[State] = [one.standing.shown(now) for one in found.controls]
    return {state: shown.count(state) for state in State}


def _said(state: State, amount: int) -> str:
    return {
        State.HOLDS: words.plural(amount, "is kept", "are kept"),
        State.BROKEN: words.plural(amount, "is broken", "are broken"),
        State.UNKNOWN: words.plural(amount, "is not known", "are not known"),
    }[state]

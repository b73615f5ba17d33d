"""Words for retention: what is deleted because its time was over, what the last run took, what is left. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from data import instants
from data.programme.privacy_notice import KINDS, PrivacyNotice
from data.rights.retention.record import Figures, Run, Standing
from pages.shell import markup, words
from pages.shell.words import Calendar

_NOBODY = "Nobody promised how long anything is kept, so nothing is deleted by itself."
_LATE = 2 * instants.DAY


def mine(found: Standing, notice: PrivacyNotice | None, calendar: Calendar) -> str:
    """How it stands for the reader, as HTML."""
    if not found.promised or notice is None:
        return _line("help", _NOBODY, "You can have it deleted at any time.")
    said = _spans(notice)
    if found.run is None and found.counts_at is not None:
        begins = (
            f"It begins {markup.when(calendar, found.counts_at, place=True)}: until then a mistake can be corrected."
        )
        return _line("auto_delete", said, begins)
    if found.run is None or found.run.failure:
        return _not_yet(found.run, said, calendar)
    counts = "" if found.counts_at is None else markup.when(calendar, found.counts_at, place=True)
    until = f" Until {counts} the version before counts, so that a mistake can be corrected." if counts else ""
    left = sum(found.older.values())
    took = f"the last run, {markup.when(calendar, found.run.at, place=True)}, took"
    took = f"Once a day: {took} {_captures(found.taken)} of yours.{_late(found.run, calendar)}{until}"
    if not left:
        return _line("auto_delete", said, f"{took} Nothing older is left: that was looked up just now.")
    why = (
        f"The last run could not take them: {markup.html(found.failure)}"
        if found.failure
        else "A legal duty wants them kept, or they came in after the run; the next one looks again."
    )
    are = words.plural(left, "is", "are")
    mark = '<span class="dl-mark">still there</span>'
    told = f"{mark} {_captures(left)} older than that ({_kinds(found.older)}) {are} left."
    return _line("warning", said, f"{took} {told} {why}")


def figures(found: Figures, calendar: Calendar) -> str:
    """How it stands in the whole company, for organizers, as HTML."""
    if not found.promised:
        return f'<p class="dl">{_NOBODY}</p>'
    run = found.run
    if run is None or run.failure:
        return _not_yet(run, "What is older than promised is deleted once a day.", calendar)
    when = markup.when(calendar, run.at, place=True)
    parts = [_kinds(run.kinds)] if run.kinds else []
    parts += [f"in quarantine: {words.exact(run.quarantined)}"] if run.quarantined else []
    kinds = f" ({', '.join(parts)})" if parts else ""
    of = words.count(run.people, "person", "people")
    took = f"deleted {_captures(run.captures)}{kinds} of {of} because their time was over"
    said = f"The last run, {when}, {took if run.captures else 'found nothing to delete'}.{_late(run, calendar)}"
    held = f" {_captures(run.held)} stay because legal holds keep them." if run.held else ""
    if not run.left and not run.failed:
        nothing = f"Nothing{' else' if held else ''} older is left: that was counted afterwards."
        return f'<p class="dl">{said}{held} {nothing}</p>'
    failed = f" Of {words.count(run.failed, 'person', 'people')} it could not delete all." if run.failed else ""
    left = f'<span class="dl-mark">still there</span> {_captures(run.left)} older than promised.{failed}'
    return f'<p class="dl">{said}{held} {left}</p>'


def _spans(notice: PrivacyNotice) -> str:
    """'Keys and screens older than 90 days are deleted, and windows older than 180 days.' Plain text."""
    by_days: dict[int, list[str]] = {}
    for one in sorted(notice.promises, key=lambda one: one.days):
        by_days.setdefault(one.days, []).append(one.plain)
    first, *more = [f"{words.listed(kinds)} older than {words.count(days, 'day')}" for days, kinds in by_days.items()]
    rest = f", and {words.listed(more)}" if more else ""
    return f"{first[0].upper()}{first[1:]} are deleted{rest}."


def _not_yet(run: Run | None, said: str, calendar: Calendar) -> str:
    if run is None:
        return _line("auto_delete", said, "The first run has not taken place yet; it does within ten minutes.")
    when = markup.when(calendar, run.at, place=True)
    mark = '<span class="dl-mark">not done</span>'
    return _line("warning", said, f"{mark} The last run, {when}, deleted nothing: {markup.html(run.failure)}")


def _late(run: Run, calendar: Calendar) -> str:
    return ' <span class="dl-mark">late</span> One is due each day.' if calendar.now - run.at > _LATE else ""


def _captures(number: int) -> str:
    return f"{markup.figure(number)} {words.plural(number, 'capture')}" if number else "no captures"


def _kinds(found: Mapping[str, int]) -> str:
    return words.listed([f"{KINDS.get(kind, kind)}: {words.exact(count)}" for kind, count in found.items()])


def _line(icon: str, said: str, below: str) -> str:
    return f'<div class="dl"><p>{markup.symbol(icon)} <strong>{markup.html(said)}</strong> {below}</p></div>'

"""What stands behind the log, in words: what was signed, and whether all of it is still what it was. Pure."""

from __future__ import annotations

from data.accesses.check import Checked
from data.accesses.publishing import Published
from pages.shell import markup, words
from pages.shell.words import Calendar

_MOST = 5


def lines(published: Published | None, checked: Checked | None, calendar: Calendar) -> str:
    """The newest checkpoint and the last full check as rows, as HTML; an alarm where something does not hold."""
    rows = [_signed(published, calendar), _checked(checked, calendar)]
    return f'<ol class="dl dl-rows">{"".join(rows)}</ol>'


def _signed(published: Published | None, calendar: Calendar) -> str:
    if published is None:
        return _row("Not signed yet", "The first checkpoint is signed a few seconds after the first entry.")
    count = words.count(published.size, "entry", "entries")
    root = f'<code title="Root of the tree (SHA-256)">{markup.html(published.root.hex()[:16])}…</code>'
    link = '<a href="/log/checkpoint" target="_blank" rel="noopener">Take the checkpoint with you</a>'
    when = markup.when(calendar, published.signed_at)
    return _row("Signed", f"{markup.html(count)}, {when}. {root} {link}; whoever keeps it can tell if they change.")


def _checked(checked: Checked | None, calendar: Calendar) -> str:
    if checked is None:
        return _row("Not checked yet", "All of the log is read again once a day.")
    when = markup.when(calendar, checked.at)
    if checked.holds:
        return _row("Checked", f"All of it was read again {when}: nothing was changed, moved or taken out.")
    found = "".join(f"<li>{markup.html(one.sentence)}</li>" for one in checked.findings[:_MOST])
    more = len(checked.findings) - _MOST
    rest = f"<li>and {words.count(more, 'more place', 'more places')}</li>" if more > 0 else ""
    alarm = f'<strong class="dl-mark">The log is damaged</strong> Read again {when}:<ul>{found}{rest}</ul>'
    return _row("Alarm", alarm)


def _row(name: str, said: str) -> str:
    return f"<li><span>{name}</span><span>{said}</span></li>"

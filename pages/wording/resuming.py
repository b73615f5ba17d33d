"""What was missing when the programme resumed all the same, and which impact assessment is on file. Pure."""

from __future__ import annotations

from data.programme.assessment import Assessment
from data.programme.state import Line
from pages.shell import markup, words
from pages.shell.words import Calendar


def although(line: Line) -> str:
    """What was missing when it was resumed all the same, as HTML; empty where nothing was."""
    if not line.missing:
        return ""
    items = "".join(f"<br>{markup.symbol('block')} {markup.html(one)}" for one in line.missing)
    were = words.plural(len(line.missing), "was", "were")
    return f"<br>It was resumed although {words.count(len(line.missing), 'thing')} {were} missing:{items}"


def assessed(found: Assessment | None, calendar: Calendar) -> str:
    """Which impact assessment is on file, as HTML."""
    if found is None:
        return f'<p class="dl">{markup.symbol("help")} No impact assessment of the programme is on file.</p>'
    until = f"to be reviewed by {found.until.isoformat()}"
    if not found.is_current(calendar.now):
        until = f"<strong>it was {until}</strong>"
    return (
        f'<p class="dl">{markup.symbol("task")} Impact assessment on file: {markup.html(found.title)}, {until}.'
        f" Filed by {markup.html(found.by)}, {markup.when(calendar, found.filed_at)} (entry {found.position} of the"
        f' access log). <span class="soft">SHA-256 of the document: <code>{found.digest[:16]}…</code></span></p>'
    )

"""Copies of a person's data in words: where, since when, for what, and what became of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.copies.deleted import Deleted
from data.copies.snapshot import Copy
from data.copies.tasks import Outcome, Task, What
from pages.shell import markup, words
from pages.shell.words import Calendar

NONE = "No copy of your data is registered. Whoever extracts captures through Daylight is registered by that alone."


def headline(found: Sequence[Copy], deleted: Mapping[int, Deleted]) -> str:
    """'2 copies hold captures of you.', and how many are said to hold none any more. Plain text."""
    if not found:
        return NONE
    gone = sum(one.id in deleted and deleted[one.id].is_all is True for one in found)
    still, said = len(found) - gone, list[str]()
    if still:
        holds = words.plural(still, "holds", "hold")
        said.append(f"{words.count(still, 'copy', 'copies')} outside this store {holds} captures of you.")
    if gone:
        which = words.count(gone, "other") if still else f"{words.count(gone, 'copy', 'copies')} outside this store"
        said.append(f"{which} held captures of you, and {words.plural(gone, 'is', 'are')} said to hold none now.")
    return " ".join(said)


def held(found: Sequence[Copy], deleted: Mapping[int, Deleted], calendar: Calendar) -> str:
    """One row a copy: where, since when, for what, how much, and what is said to be deleted; as HTML."""
    rows = "".join(
        f"<li><span>{markup.when(calendar, one.made_at, starts=True)}</span>"
        f"<span><strong>{markup.html(_holder(one.holder))}</strong>, {markup.figure(one.captures)} "
        f"{words.plural(one.captures, 'capture')} of you<br>"
        f'<span class="soft">{markup.html(one.purpose.plain[:1].upper() + one.purpose.plain[1:])} '
        f"({markup.html(one.ticket)}){_doubt(one)} · "
        f'<a href="/accesses?look={one.position}" target="_self">who made it</a></span>'
        f"{_deleted(deleted.get(one.id), calendar)}</span></li>"
        for one in found
    )
    return f'<ol class="dl dl-rows">{rows}</ol>' if found else ""


def outcomes(found: Sequence[Task], calendar: Calendar) -> str:
    """What became of each copy because of a request, as HTML; empty where there was none."""
    if not found:
        return ""
    rows = "".join(
        f"<li><span>{markup.html(_holder(one.holder))}<br>"
        f'<span class="soft">{markup.html(one.purpose.plain)}, {markup.html(one.ticket)}, copy {one.copy_id}</span>'
        f"</span><span>{outcome(one, calendar)}</span></li>"
        for one in found
    )
    return f'<div class="dl"><p>Copies outside this store:</p></div><ol class="dl dl-rows">{rows}</ol>'


def choice(one: Task) -> str:
    """A copy in a list to choose from, by its number too: two can be for one ticket. Plain text."""
    return markup.seen(f"{_holder(one.holder)}, {one.ticket}, copy {one.copy_id}")


def outcome(one: Task, calendar: Calendar) -> str:
    """Where one copy stands, as HTML."""
    verb = "deleted" if one.what is What.ERASE else "corrected"
    due = calendar.when(one.due_at, place=False)
    if one.outcome is Outcome.DONE and one.closed_at is not None:
        if not one.digest:
            verb = f"said to be {verb}, without a digest,"
        by = "its holder says so, signed" if one.closed_by != "an officer" else "an officer says so"
        more = f' <span class="soft">What is left: {markup.html(one.digest[:16])}…</span>' if one.digest else ""
        why = f"<blockquote>{markup.html(one.reason)}</blockquote>" if one.reason else ""
        return f"{verb.capitalize()} {calendar.when(one.closed_at, place=False)}: {by}.{more}{why}"
    if one.outcome is Outcome.IMPOSSIBLE:
        return f"<strong>Not possible</strong>:<blockquote>{markup.html(one.reason)}</blockquote>"
    if one.is_overdue(calendar.now):
        return f'<span class="dl-mark">Overdue since {due}</span>: nobody has said what became of it.'
    if one.told_at is not None:
        return f"Told {calendar.when(one.told_at, place=False)}; to be {verb} by {due}."
    if one.trouble:
        return f"Not reached yet, and tried again; to be {verb} by {due}. {markup.html(one.trouble)}"
    return f"To be {verb} by {due}; its holder is to be told."


def _holder(name: str) -> str:
    return f"Extract made by {name}" if name in ("an officer", "the operator") else name


def _deleted(one: Deleted | None, calendar: Calendar) -> str:
    if one is None:
        return ""
    was = "That was about a part" if one.is_all is False else "How much that was about can no longer be read"
    part = "" if one.is_all else f" {was}; how many captures of you it still holds is not known."
    return f"<br>{outcome(one.task, calendar)}{part}"


def _doubt(one: Copy) -> str:
    return "" if one.is_released else " · it was logged, and whether its file exists is not known"

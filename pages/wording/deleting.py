"""What a deletion never takes, and how long it can be taken back, as its person reads it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from data import instants
from data.rights.erasure import kept
from pages.shell import markup, words
from pages.shell.words import Calendar


def stays() -> str:
    """What stays, each with its reason, as HTML."""
    items = (f"<li><strong>{markup.html(one.what)}.</strong> {markup.html(one.why)}</li>" for one in kept.KEPT)
    return f'<ul class="dl dl-history">{"".join(items)}</ul>'


def again(at: Sequence[int], calendar: Calendar) -> str:
    """That deletions were carried out again after a backup was put back, as HTML; empty where none was."""
    if not at:
        return ""
    said = (
        f"This store was put back from a backup ({calendar.when(at[0])}) that still held captures of you which had been"
        " deleted. They were deleted again before anybody could open them. What was decided since may be missing here;"
        " your certificates and receipts stay valid."
    )
    return f'<div class="dl"><p>{markup.symbol("settings_backup_restore")}{markup.html(said)}</p></div>'


def delayed(seconds: int) -> str:
    """That an approved deletion can still be taken back. Plain text."""
    if seconds == 0:
        return "Once a privacy officer has approved it, it is carried out at once."
    return (
        f"Once a privacy officer has approved it, you have {words.span(seconds * instants.SECOND)} in which you can"
        " still take it back. Then your key is destroyed, and after that nobody can bring anything of it back."
    )

"""What a deletion never takes, and how long it can be taken back, as its person reads it. Pure."""

from __future__ import annotations

from data import instants
from data.rights.erasure import kept
from pages.shell import markup, words


def stays() -> str:
    """What stays, each with its reason, as HTML."""
    items = (f"<li><strong>{markup.html(one.what)}.</strong> {markup.html(one.why)}</li>" for one in kept.KEPT)
    return f'<ul class="dl dl-history">{"".join(items)}</ul>'


def delayed(seconds: int) -> str:
    """That an approved deletion can still be taken back. Plain text."""
    if seconds == 0:
        return "Once a privacy officer has approved it, it is carried out at once."
    return (
        f"Once a privacy officer has approved it, you have {words.span(seconds * instants.SECOND)} in which you can"
        " still take it back. Then your key is destroyed, and after that nobody can bring anything of it back."
    )

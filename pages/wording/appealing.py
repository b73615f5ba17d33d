"""Appeals in words: what was said against a decision, and what a second officer made of it. Pure."""

from __future__ import annotations

from data.rights.request import Request
from pages.shell import markup

OFFER = "A second privacy officer, who did not decide it, looks at it again. You can appeal once."


def said(request: Request) -> str:
    """The appeal and its answer, as its person reads them, as HTML; empty where nobody appealed."""
    it = request.appeal
    if it is None:
        return ""
    parts = [f'<p class="soft">Said against the decision:</p><blockquote>{markup.html(it.words)}</blockquote>']
    if it.decided_at is not None:
        outcome = "overturned, so what was asked for goes on" if it.overturned else "upheld"
        more = f" It is request {it.goes_on}." if it.goes_on is not None else ""
        parts.append(
            f"<p><strong>After the appeal {markup.html(it.by)} decided: the refusal is {outcome}.</strong>{more}</p>"
            f"<blockquote>{markup.html(it.reason)}</blockquote>"
        )
        if not it.overturned:
            parts.append(
                '<p class="soft">Nobody here decides about it again. You can complain to the data protection authority'
                " of where you live or work, which costs nothing, or go to court.</p>"
            )
    return f'<div class="dl dl-said">{"".join(parts)}</div>'

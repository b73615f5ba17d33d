"""Exemptions in words: on which criterion one is asked for, and how often, for the whole company. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from data.people import crowd
from data.rights import exemption
from data.rights.exemption import Criterion, Figure
from data.rights.request import Request
from pages.shell import markup, words

CHOICE = "Is it one of these? Then it is an exemption, and the officer decides by what is said here."
NOTE = (
    f"Opt-outs that name one of the published criteria, of the whole company and all years. Of fewer than"
    f" {crowd.FEWEST}, or none, no number is given, because it could be read as somebody."
)


def label(one: Criterion | None) -> str:
    """What a criterion is called where it is chosen. Plain text."""
    return "None of these: something about my own situation" if one is None else one.plain


def caption(one: Criterion | None) -> str:
    """What has to be true for it. Plain text."""
    return "You say in your own words what it is." if one is None else one.counts


def said(request: Request) -> str:
    """On which criterion it was asked for, as HTML; empty where it names none."""
    found = exemption.of(request.asked)
    if found is None:
        return ""
    return f"<p>Exemption: <strong>{markup.html(found.plain)}</strong>. {markup.html(found.counts)}</p>"


def figures(found: Sequence[Figure]) -> str:
    """How often each was asked for, as HTML."""
    rows = "".join(
        f"<li><span>{markup.html(one.criterion.plain)}</span>"
        f"<span>{_said(one.asked)} asked for{_became(one)}</span></li>"
        for one in found
    )
    return f'<ol class="dl dl-rows">{rows}</ol>'


def _became(one: Figure) -> str:
    return "" if one.asked is None else f"; {_said(one.granted)} granted and {_said(one.refused)} refused"


def _said(number: int | None) -> str:
    return f"fewer than {crowd.FEWEST}" if number is None else words.exact(number)

"""The officer's words about pausing and resuming, and about what is in quarantine. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from data.rights.reviewing import Erased, Review
from pages.shell import markup, readable, words
from pages.shell.words import Calendar

SEALED = (
    "Nobody opens what is in quarantine: not you, not the people it is of. You see how much of what came, and when."
)


def gate(missing: Sequence[str]) -> str:
    """What is missing before it may be resumed, as a list in HTML."""
    if not missing:
        return f'<p class="dl">{markup.symbol("check_circle")} Nothing is missing for you to confirm it.</p>'
    items = "".join(f"<li>{markup.symbol('block')} {markup.html(one)}</li>" for one in missing)
    return f'<ul class="dl dl-asked">{items}</ul>'


def waiting(files: int) -> str:
    """How much waits for a review, naming nobody. Plain text."""
    if not files:
        return "Nothing is in quarantine."
    verb = words.plural(files, "waits", "wait")
    return f"{words.count(files, 'sealed file')} in quarantine {verb} for a review."


def reviewed(found: Review) -> str:
    """What was found, in a sentence. Markdown without anything from outside."""
    return (
        f"**{words.count(found.captures, 'capture')}** of {words.count(found.people, 'person', 'people')}, from"
        f" {words.count(found.devices, 'device')}."
    )


def table(found: Review, calendar: Calendar) -> Any:
    """What is in quarantine, one device, kind and pause a row."""
    rows = [
        (
            one.person,
            one.part.device or "did not say",
            readable.noun(one.part.kind, one.part.count),
            one.part.count,
            calendar.when(one.part.first_at, place=False),
            calendar.when(one.part.last_at, place=False),
            calendar.when(one.received_at, place=False),
            calendar.when(one.part.since, place=False),
        )
        for one in found.lines
    ]
    names = ["Person", "Device", "Kind", "Captures", "First captured", "Last captured", "Arrived", "Paused since"]
    return markup.cells(pd.DataFrame(rows, columns=names))


def erased(found: Erased) -> str:
    """What was erased, and what stays. Plain text."""
    kept = ""
    if found.kept:
        stay = words.count(found.kept, "capture stays", "captures stay")
        wants = words.plural(found.kept, "its person wants it", "their person wants them")
        kept = f" {stay}, because a hold or {wants} kept."
    of = words.count(found.people, "person", "people")
    return f"{words.count(found.captures, 'capture')} of {of} were erased, and their keys destroyed.{kept}"

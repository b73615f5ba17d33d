"""The auditor's words: how long the log is, what an entry says without content, where the evidence is blind. Pure."""

from __future__ import annotations

import pandas as pd

from data.accesses.coverage import Gap
from data.accesses.entry import ACCESSES, Action
from data.looks.look import Logged
from pages.shell import markup, words
from pages.shell.words import Calendar
from pages.wording import phrases


def headline(newest: tuple[Logged, ...], calendar: Calendar) -> str:
    """How long the log is and how fresh, as HTML."""
    if not newest:
        return markup.answer(
            "The access log is empty.", "Each look at a person's data adds an entry.", icon="lock_clock"
        )
    size = newest[0].position + 1
    detail = f"The newest was recorded {calendar.when(newest[0].recorded_at)}. Entries name nobody and hold no content."
    return markup.answer(
        f"The access log has {words.count(size, 'entry', 'entries')}.", markup.html(detail), icon="lock_clock"
    )


def blind(gaps: tuple[Gap, ...], calendar: Calendar) -> str:
    """The spans in which a source was not recording, as HTML."""
    items = "".join(
        f"<li><span>{markup.html(phrases.source(gap.source))}</span><span>{markup.when(calendar, gap.start)} to "
        f"{markup.when(calendar, gap.end)}, {markup.html(gap.why)}</span></li>"
        for gap in gaps
    )
    return f'<ol class="dl dl-rows dl-unknown">{items}</ol>'


def table(found: tuple[Logged, ...], calendar: Calendar) -> pd.DataFrame:
    """Entries under readable columns, times on the reader's clock."""
    return pd.DataFrame(
        [
            (
                one.position,
                f"{calendar.local(one.at):%Y-%m-%d %H:%M:%S}",
                f"{calendar.local(one.recorded_at):%Y-%m-%d %H:%M:%S}",
                one.action,
                markup.cell(one.source),
                markup.cell(one.role),
                one.lost.value if one.lost else one.purpose,
                one.count,
                one.people_count,
                one.commitment,
                one.people,
            )
            for one in found
        ],
        columns=[
            "Entry",
            f"When ({calendar.place})",
            "Recorded",
            "What",
            "Source",
            "Role",
            "Purpose",
            "How much",
            "People",
            "Commitment (SHA-256)",
            "People's root (SHA-256)",
        ],
    )


def action(action: Action) -> str:
    """What happened, as the filter names it. Plain text."""
    return f"{action.value} (a look)" if action in ACCESSES else action.value

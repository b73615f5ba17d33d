"""The auditor's first page: the access log's entries without content, and where the evidence is blind."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import streamlit as st

from data import instants
from data.accesses import coverage, log
from data.accesses.coverage import Gap
from data.accesses.entry import ACCESSES, Action
from data.accesses.look import Logged
from pages.shell import look, markup, words
from pages.shell.here import Here
from pages.shell.words import Calendar

PAGE = 200
DAYS = 30


def entries(here: Here) -> None:
    """Draw the page."""
    viewer = here.viewer()
    calendar = Calendar(here.zone, instants.now())
    look.apply()
    top = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        action = st.selectbox("What happened", [None, *Action], format_func=_action, key="log-action", width=260)
        source = st.text_input("Source is", key="log-source", placeholder="any", width=200) or None
        first = st.date_input("From", value=None, key="log-from", max_value=calendar.today, width=160)
        last = st.date_input("To", value=None, key="log-to", max_value=calendar.today, width=160)
    # Both days are meant; the range's end is exclusive.
    start = calendar.midnight(first) if first else None
    end = calendar.midnight(last + timedelta(days=1)) if last else None
    before = st.session_state.get("log-before")
    with here.store.database.reading() as session:
        newest = log.entries(session, viewer, limit=1)
        gaps = coverage.gaps(session, calendar.now - DAYS * instants.DAY, calendar.now)
        found = log.entries(
            session, viewer, action=action, source=source, start=start, end=end, before=before, limit=PAGE
        )
    top.html(headline(newest, calendar))
    if gaps:
        with top.expander(f"Where the evidence is blind: {words.count(len(gaps), 'span')} in {DAYS} days"):
            st.html(blind(gaps, calendar))
    _list(found, before is not None, calendar)


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
        f"<li>{markup.html(gap.source)}: {markup.when(calendar, gap.start)} to {markup.when(calendar, gap.end)}, "
        f"{markup.html(gap.why)}</li>"
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
                one.source,
                one.role,
                one.purpose,
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


def _list(found: tuple[Logged, ...], is_later: bool, calendar: Calendar) -> None:
    if not found:
        st.caption("No entry matches these filters.")
    else:
        st.dataframe(
            table(found, calendar), hide_index=True, height="content", alt="Entries of the access log", key="log"
        )
    with st.container(horizontal=True):
        if is_later and st.button("Newest", icon=":material/first_page:"):
            del st.session_state["log-before"]
            st.rerun()
        if len(found) == PAGE and st.button("Older", icon=":material/chevron_right:"):
            st.session_state["log-before"] = found[-1].position
            st.rerun()


def _action(action: Action | None) -> str:
    if action is None:
        return "anything"
    return f"{action.value} (a look)" if action in ACCESSES else action.value

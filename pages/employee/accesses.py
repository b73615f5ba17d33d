"""Who opened it: every look at the person's data, why, and the spans about which nothing is known."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from data import instants
from data.looks import history
from data.looks.look import Look, LookFigures
from data.proofs import backing, sight
from data.proofs.backing import Backing
from data.proofs.sight import Sight
from pages.charts.looks import looks as timeline
from pages.employee import access, elsewhere, proving
from pages.shell import look, markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import frames, phrases, proof, rows

LIMIT = 100
SPANS = {30: "30 days", 90: "90 days", 365: "A year"}
BEFORE = "before"


@dataclass(frozen=True)
class Seen:
    """The looks of a span, newest first, their figures and what is not known about it; what stands behind the log."""

    behind: Backing
    figures: LookFigures
    looks: tuple[Look, ...]
    sight: Sight


def accesses(here: Here) -> None:
    """Draw the page of whoever looks."""
    viewer = here.viewer()
    if viewer.person_id is None:
        return
    look.apply()
    calendar = Calendar(here.zone, instants.now())
    if chosen := st.query_params.get(access.LOOK, ""):
        access.access(here, viewer, chosen, calendar)
        return
    top = st.container()
    days = _span()
    own = st.toggle("Show my own looks too", key="own", bind="query-params")
    before = st.query_params.get(BEFORE)
    start = calendar.days_ago(days)
    with here.store.database.reading() as session:
        person_id = viewer.person_id
        seen = Seen(
            backing.of(session, here.store.vault, here.store.settings.witnesses),
            history.figures(session, viewer, here.store.vault, person_id, start, zone=here.zone),
            history.about(
                session, viewer, here.store.vault, person_id, start=start, limit=LIMIT, before=before, zone=here.zone
            ),
            sight.of(session, here.store.vault, start, calendar.now),
        )
    said = phrases.looked(seen.figures, seen.sight, days)
    with top:
        answer = markup.answer(said.headline, said.detail, tone=said.tone, icon=said.icon)
        st.html(proof.alarm(seen.behind, calendar) + answer)
    draw(seen, calendar, own, before)
    elsewhere.copies(here, viewer.person_id, calendar)
    proving.prove(here, viewer, calendar, seen.behind)


def draw(seen: Seen, calendar: Calendar, own: bool, before: str | None) -> None:
    """By purpose and over time, then one row a look."""
    shown = [one for one in seen.looks if own or not one.is_own]
    if not shown and not seen.sight.gaps:
        st.markdown(phrases.NO_LOOKS)
        return
    chart = timeline(frames.looks(shown, calendar), frames.gaps(seen.sight.gaps, calendar))
    if shown:
        look.draw(chart, "When and why", "looks", note="A diamond stands out. Hatched: a source kept no record.")
    st.header("Every look", anchor=False)
    st.caption(phrases.looks_note(seen.sight.since, calendar))
    st.html(rows.looks(shown, seen.sight.gaps if before is None else (), calendar, _address) or "<span></span>")
    older = seen.looks[-1].cursor if len(seen.looks) == LIMIT else None
    with st.container(horizontal=True):
        st.button("Newest", on_click=_go, args=(None,), disabled=before is None, icon=":material/first_page:")
        st.button("Older", on_click=_go, args=(older,), disabled=older is None, icon=":material/arrow_forward:")


def _span() -> int:
    chosen = st.segmented_control(
        "How far back",
        list(SPANS),
        default=30,
        required=True,
        key="span",
        bind="query-params",
        format_func=lambda days: SPANS[days],
        on_change=_go,
        args=(None,),
    )
    return chosen or 30


def _address(position: int) -> str:
    """A look's own address, from which the way back leads to the list as it is now."""
    return f"/accesses?{urlencode({**st.query_params.to_dict(), access.LOOK: position})}"


def _go(cursor: str | None) -> None:
    if cursor is None:
        st.query_params.pop(BEFORE, None)
    else:
        st.query_params[BEFORE] = cursor

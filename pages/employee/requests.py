"""My requests: where each stands, what happens next and by when; and a new one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data import instants
from data.accesses import attempts
from data.copies import tasks
from data.copies.tasks import Task
from data.rights import holds
from data.rights import request as domain
from data.rights.erasure import replay, sparing
from data.rights.erasure.sparing import Kept
from data.rights.request import Request
from data.rights.states import State
from pages.employee import appealing, asking, deleting, offers, replying
from pages.shell import look, markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import copies, holding, phrases, redaction, rules, standing
from pages.wording import deleting as wording

_LOOK_SECONDS = 5


def requests(here: Here) -> None:
    """Draw the page of whoever looks."""
    viewer = here.viewer()
    if viewer.person_id is None:
        return
    look.apply()
    calendar = Calendar(here.zone, instants.now())
    with here.store.database.reading() as session:
        found = domain.mine(session, viewer, here.store.vault, viewer.person_id)
        tried = attempts.about(session, viewer, viewer.person_id)
        again = replay.about(session, viewer, viewer.person_id)
        held = holds.about(session, viewer, here.store.vault, viewer.person_id)
    summary = deleting.held(here)
    said = phrases.requested(found, calendar)
    st.html(markup.answer(said.headline, said.detail, tone=said.tone, icon=said.icon))
    if summary is not None:
        asking.form(here, summary, calendar)
    # One element, also where there is nothing to say: each empty one would leave a gap.
    news = wording.again(again, calendar), rules.attempts(tried, calendar), holding.mine(held, calendar)
    st.html("".join(news) or "<span></span>")
    pace = standing.pace(found, calendar.now)
    st.fragment(_cards, run_every=pace)(here, pace)
    if pace is None and any(one.waiting for one in found):
        _look_again(here, _stands(found))


@st.fragment(run_every=_LOOK_SECONDS)
def _look_again(here: Here, drawn: frozenset[tuple[int, State]]) -> None:
    """Draw the page anew once somebody has decided. Until then nothing on it is touched, so nothing flickers."""
    viewer = here.viewer(active=False)
    if viewer.person_id is None:
        return
    with here.store.database.reading() as session:
        found = domain.mine(session, viewer, here.store.vault, viewer.person_id)
    if _stands(found) != drawn:
        st.rerun(scope="app")


def _stands(found: Sequence[Request]) -> frozenset[tuple[int, State]]:
    return frozenset((one.id, one.state) for one in found)


def _cards(here: Here, pace: int | None) -> None:
    """The cards; while something is being carried out they follow it by themselves."""
    viewer = here.viewer(active=pace is None)
    if viewer.person_id is None:
        return
    calendar = Calendar(here.zone, instants.now())
    with here.store.database.reading() as session:
        found = domain.mine(session, viewer, here.store.vault, viewer.person_id)
        told = tasks.about(session, viewer, viewer.person_id)
        kept = {one.id: sparing.of_request(session, viewer, here.store.vault, one) for one in found}
    if standing.pace(found, calendar.now) != pace:
        st.rerun(scope="app")
    for one in found:
        _card(here, one, [task for task in told if task.request_id == one.id], kept[one.id], calendar)


def _card(here: Here, one: Request, told: Sequence[Task], kept: Sequence[Kept], calendar: Calendar) -> None:
    with st.container(border=True, gap="xsmall", key=f"request-{one.id}"):
        st.header(markup.literal(standing.name(one, calendar)), anchor=False)
        st.html(standing.steps(one))
        said = markup.literal(standing.next_step(one, calendar))
        if one.failure:
            st.warning(said, icon=":material/warning:")
        else:
            st.markdown(said)
        if one.state is State.RUNNING and one.total:
            st.progress(min(one.done / one.total, 1.0))
        st.html(standing.said(one) or "<span></span>")
        if one.state in (State.REFUSED, State.APPEALED):
            st.html(standing.refusal(one))
        elif one.granted is not None:
            st.html(standing.granted(one, standing.what(one.granted, calendar)))
        st.html(redaction.card(one) or "<span></span>")
        st.html(holding.kept(kept, calendar) or "<span></span>")
        st.html(copies.outcomes(told, calendar) or "<span></span>")
        appealing.draw(here, one)
        replying.draw(here, one)
        offers.draw(here, one)
        st.caption(markup.literal(standing.law(one, calendar)))
        with st.expander("What happened so far", type="compact"):
            st.html(standing.history(one, calendar))

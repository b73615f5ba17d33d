"""The officer's queue: what must be decided, by when."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.notices import post
from data.people.viewer import Viewer
from data.rights import request as requests
from data.rights.request import Filter
from data.rights.states import ENDED, WAITING, RequestKind
from pages.officer import decision
from pages.shell import look, markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import desk

PAGE = 25

_SHOWN = {"Waiting": WAITING, "Ended": ENDED}
_KINDS = {kind.nature.many: kind for kind in RequestKind}


def queue(here: Here) -> None:
    """Draw the queue, or the one request that the address names."""
    viewer = here.viewer()
    calendar = Calendar(here.zone, instants.now())
    look.apply()
    chosen = st.query_params.get("request", "")
    if chosen:
        decision.one(here, viewer, chosen, calendar)
    else:
        _list(here, viewer, calendar)


def _list(here: Here, viewer: Viewer, calendar: Calendar) -> None:
    top = st.container()
    with st.container(horizontal=True):
        shown = st.segmented_control(
            "Show", list(_SHOWN), default="Waiting", required=True, key="shown", bind="query-params"
        )
        kinds = st.pills("Only", list(_KINDS), selection_mode="multi", key="asked", bind="query-params")
    wanted = Filter(_SHOWN[shown or "Waiting"], frozenset(_KINDS[one] for one in kinds))
    with here.store.database.reading() as session:
        waiting = requests.queue(session, viewer, here.store.vault)
        found = requests.queue(session, viewer, here.store.vault, wanted)
        trouble = post.trouble(session, viewer)
    top.html(desk.headline(waiting))
    if trouble is not None:
        top.warning(desk.post(trouble), icon=":material/mail_off:")
    if not found:
        st.caption("No request matches. Whatever an employee asks for appears here at once.")
    pages = -(-len(found) // PAGE)
    page = st.pagination(pages, key="queue-page") if pages > 1 else 1
    for one in found[(page - 1) * PAGE : page * PAGE]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.html(desk.row(one, calendar))
            if st.button("Open", key=f"open-{one.id}", help=f"Open request {one.id} of {markup.literal(one.person)}"):
                st.query_params["request"] = str(one.id)
                st.rerun()

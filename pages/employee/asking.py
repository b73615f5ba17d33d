"""Asking for a copy or a deletion: choose what, see exactly what it takes, then confirm."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from data.captures.preview import Preview
from data.captures.scope import Scope
from data.captures.summary import Summary
from data.errors import Error
from data.rights import request as requests
from data.rights.erasure import sparing
from data.rights.redaction import bystanders
from data.rights.states import RequestKind, State
from pages.employee import correcting, narrowing, objecting
from pages.employee.objecting import DONE, FAILED
from pages.shell import gateway
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import deleting, holding, phrases

# The words on the two buttons, which also stand in the address: /requests?ask=Deletion.
COPY, DELETION = "Copy", "Deletion"
_KINDS = {COPY: RequestKind.EXPORT, DELETION: RequestKind.ERASURE}


def form(here: Here, summary: Summary, calendar: Calendar) -> None:
    """The form for a new request; what was just asked for is said above it."""
    said = st.session_state.pop(DONE, None)
    if said:
        st.success(said, icon=":material/check_circle:")
    failed = st.session_state.pop(FAILED, None)
    if failed:
        st.warning(failed, icon=":material/info:")
    with st.container(border=True):
        st.header("Ask for something", anchor=False)
        offered = [*_KINDS, *objecting.OFFERED, correcting.CORRECTION]
        chosen = st.segmented_control("What would you like?", offered, key="ask", bind="query-params")
        if chosen is None:
            st.caption(
                "A copy is made at once, nobody has to agree, unless The programme says that an officer first looks "
                "for others in its pictures. A deletion is decided by a privacy officer, "
                "who must tell you the reason if it is refused; so are opting out, "
                "which holds from the moment you ask, and having it sealed."
            )
            return
        if chosen == correcting.CORRECTION:
            correcting.form(here)
            return
        if chosen not in _KINDS:
            objecting.form(here, chosen, summary, calendar)
            return
        _confirm(here, _KINDS[chosen], summary, calendar)


def _confirm(here: Here, kind: RequestKind, summary: Summary, calendar: Calendar) -> None:
    scope = narrowing.scope(summary, calendar)
    viewer = here.viewer()
    if viewer.person_id is None:
        return
    with here.store.database.reading() as session:
        waits = kind is RequestKind.EXPORT and bystanders.waits(session, here.store.vault, viewer.person_id)
        found = sparing.preview(session, viewer, here.store.vault, viewer.person_id, kind, scope)
    by_app = bool(scope.apps)
    st.markdown(phrases.takes(kind, found.goes, calendar, found.stays, waits=waits, by_app=by_app))
    if not found.matching.all:
        return
    agreed = True
    if kind is RequestKind.ERASURE:
        st.html(holding.stays(found.kept, found.stays, calendar) or "<span></span>")
        with st.expander("What stays, and why", type="compact"):
            st.html(deleting.stays())
        st.caption(deleting.delayed(here.store.settings.erasure_seconds))
        # The choice stands in the address, so it is there again after the sign-in.
        if not here.is_fresh():
            gateway.ask_anew("requests", "ask for a deletion")
            return
        agreed = st.checkbox("I understand that what is deleted cannot be brought back, by anybody.", key="agreed")
    label = "Make my copy" if kind is RequestKind.EXPORT else "Ask for this deletion"
    st.button(
        label,
        type="primary",
        disabled=not agreed,
        key="confirm",
        on_click=_open,
        args=(here, kind, scope, found.matching, partial(narrowing.chosen, summary, calendar)),
    )


def _open(here: Here, kind: RequestKind, scope: Scope, taken: Preview, chosen: Callable[[], Scope]) -> None:
    """A callback. `scope` is what was drawn with what it takes, `chosen` gives what the fields hold now: days that were
    typed last may arrive with the press itself."""
    viewer = here.look()
    if viewer is None or viewer.person_id is None or (kind is RequestKind.ERASURE and not here.is_fresh()):
        return  # the page is drawn anew after this, and asks for the sign-in
    if chosen() != scope:
        st.session_state[FAILED] = phrases.OTHERWISE
        return
    try:
        with here.store.database.writing() as session:
            made = requests.open_request(session, viewer, here.store.vault, viewer.person_id, kind, scope)
    except Error as failure:
        st.session_state[FAILED] = str(failure)
        return
    st.session_state[DONE] = phrases.asked(
        made.id, kind, taken, waits=made.state is State.OPEN, by_app=bool(scope.apps)
    )
    # The form closes: pressing once more would ask for the same again.
    st.session_state.update(ask=None, part=False, agreed=False)
    if not scope.everything:
        st.session_state.update(only_kind=[], only_app=[])

"""The officer's side of incidents: open one, and record what happens in it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime, time
from functools import partial

import streamlit as st

from data import instants
from data.exposures import noting
from data.incidents import incident as rules
from data.incidents import looks, record
from data.incidents.incident import Happening, Incident, Said
from data.incidents.record import Opening
from data.looks.unexplained import Group
from pages.officer import changing
from pages.shell.here import Here
from pages.wording import incidents as wording

DONE = "incident-recorded"
_LATE = {Happening.REGULATOR: "Why later than 72 hours, if it was"}
_ANYWAY = "It went out before all staff were told. Everybody will read that."


def said() -> None:
    """Say what was recorded just now, once."""
    done = st.session_state.pop(DONE, None)
    if done:
        st.success(done, icon=":material/check_circle:")


@st.fragment
def opening(here: Here) -> None:
    """Open an incident of which no look is known."""
    here.viewer()
    with st.expander("Open an incident", icon=":material/add_alert:"), st.form("open-incident", border=False):
        title = st.text_input("What it is, in a few words", max_chars=rules.TITLE)
        words = st.text_area("What is known", max_chars=rules.LONGEST, help=f"In {wording.length()}.")
        st.caption("Since when has the company known? The regulator's 72 hours run from then.")
        aware_at = instant(here, "aware")
        sent = st.form_submit_button("Open the incident", type="primary")
    if sent:
        _change(here, partial(record.open_new, opening=Opening(title, words, aware_at)), "open an incident")


def about_looks(here: Here, one: Group, title: str, words: str, number: int | None) -> None:
    """Open an incident about a case of unexplained looks, or take it into incident `number`, in the words typed for
    it."""
    change = partial(
        looks.open_about, position=one.position, opening=Opening(title, words), expected=one.count, number=number
    )
    _change(here, change, "open an incident")


@st.fragment
def recording(here: Here, one: Incident, exposed: Collection[int]) -> None:
    """Record what happened in an incident; what cannot come next says so. `exposed`: its exposures that are not
    closed."""
    here.viewer()
    if one.is_closed:
        choices = [Happening.REOPENED]
    else:
        choices = [each for each in rules.RECORDED if each is not Happening.REOPENED]
    with st.expander("Record what happened", icon=":material/edit_note:"):
        chosen = st.selectbox("What", choices, format_func=lambda each: each.plain, key=f"what-{one.number}")
        if chosen is Happening.CLOSED and (missing := wording.missing(one.missing(exposed))):
            st.warning(missing, icon=":material/block:")
            return
        words = st.text_area(
            wording.HELP[chosen], key=f"words-{one.number}", max_chars=rules.LONGEST, help=f"In {wording.length()}."
        )
        at = None if chosen in rules.NOTICES else instant(here, f"at-{one.number}")
        late = st.text_area(_LATE[chosen], key=f"late-{one.number}") if chosen in _LATE else ""
        anyway = chosen is Happening.PRESS and st.checkbox(_ANYWAY, key=f"anyway-{one.number}")
        label = "Send it now" if chosen in rules.NOTICES else "Record it"
        if st.button(label, type="primary", key=f"record-{one.number}"):
            happened = Said(chosen, words, at, late, anyway)
            by_mail = here.store.settings.smtp is not None
            change = partial(noting.note, number=one.number, said=happened, by_mail=by_mail)
            _change(here, change, "record what happened in an incident")


def instant(here: Here, key: str, label: str = "Day (empty: now)") -> int | None:
    """When it happened, on the officer's own clock; None where no day is named."""
    with st.container(horizontal=True):
        day: date | None = st.date_input(label, value=None, key=f"{key}-day", width=180)
        hour: time | None = st.time_input("Time", value=None, key=f"{key}-time", width=140, step=60)
    if day is None:
        return None
    return instants.of(datetime.combine(day, hour or time(), tzinfo=here.zone))


def _change(here: Here, change: Callable[..., object], what: str) -> None:
    changing.carry_out(here, change, path="incidents", what=what, then=note_done)


def note_done(_: object) -> None:
    """Say once, when the page is drawn anew, that it was recorded."""
    st.session_state[DONE] = "It is recorded, and the people concerned can read it."

"""The officer's side of incidents: open one, and record what happens in it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

import streamlit as st

from data.exposures import noting
from data.incidents import incident as rules
from data.incidents import looks, record
from data.incidents.incident import Happening, Incident, Said
from data.incidents.record import Opening
from data.looks.unexplained import Group
from pages.officer import changing, moments
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
        aware_at = moments.ask(here, "aware")
        sent = st.form_submit_button("Open the incident", type="primary")
    if sent:

        def change(*where: Any) -> object:
            return record.open_new(*where, opening=Opening(title, words, aware_at()))

        _change(here, change, "open an incident")


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
    # What the officer read: a second press, theirs or another officer's, sends nothing again. What they wrote stays in
    # its box until it is recorded.
    expected, recorded = len(one.events), f"recorded-{one.number}"
    turn = st.session_state.get(recorded, 0)
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
            wording.HELP[chosen],
            key=f"words-{one.number}-{turn}",
            max_chars=rules.LONGEST,
            help=f"In {wording.length()}.",
        )
        at = None if chosen in rules.NOTICES else moments.ask(here, f"at-{one.number}")
        late = st.text_area(_LATE[chosen], key=f"late-{one.number}") if chosen in _LATE else ""
        anyway = chosen is Happening.PRESS and st.checkbox(_ANYWAY, key=f"anyway-{one.number}")
        label = "Send it now" if chosen in rules.NOTICES else "Record it"
        if st.button(label, type="primary", key=f"record-{one.number}-{expected}"):
            by_mail = here.store.settings.smtp is not None

            def note(*where: Any) -> object:
                happened = Said(chosen, words, at() if at else None, late, anyway)
                return noting.note(*where, number=one.number, said=happened, by_mail=by_mail, expected=expected)

            def done(made: object) -> None:
                st.session_state[recorded] = turn + 1
                note_done(made)

            _change(here, note, "record what happened in an incident", done)


def note_done(_: object) -> None:
    """Say once, when the page is drawn anew, that it was recorded."""
    st.session_state[DONE] = "It is recorded, and the people concerned can read it."


def _change(here: Here, change: Callable[..., object], what: str, then: Callable[[object], None] = note_done) -> None:
    changing.carry_out(here, change, path="incidents", what=what, then=then)

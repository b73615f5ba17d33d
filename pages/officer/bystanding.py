"""Setting what is blacked out in every copy: the officer's part of the programme's page."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data.rights.redaction import bystanders
from data.rights.redaction.bystanders import LONGEST, Register, Rule
from data.rights.redaction.region import WHOLE, Region, Shown
from pages.officer import changing
from pages.shell.here import Here
from pages.wording import redaction as wording

_WHAT = "set what is blacked out in copies"


@st.fragment
def setting(here: Here, found: Register) -> None:
    """Add a rule, end one, say whether copies wait."""
    here.viewer()
    with st.expander("Set what is blacked out in copies", icon=":material/edit_note:"):
        _add(here)
        held = found.now
        if held.rules:
            plain = {number: f"{number}. {rule.plain}" for number, rule in enumerate(held.rules, 1)}
            ended = st.selectbox("A rule that holds", list(plain), format_func=plain.__getitem__, key="end-rule")
            # Of what the officer read: after a second press the number is the next rule's.
            if st.button("End this rule", key=f"drop-rule-{held.version}"):
                drop = partial(bystanders.drop, number=ended, version=held.version)
                changing.carry_out(here, drop, path="programme", what=_WHAT)
        st.caption(wording.WAITS if held.waits else wording.WAITS_NOT)
        if st.button("Let them wait for nobody" if held.waits else "Have them wait for an officer", key="copies-wait"):
            wait = partial(bystanders.wait, waits=not held.waits)
            changing.carry_out(here, wait, path="programme", what=_WHAT)


def _add(here: Here) -> None:
    apps = st.multiselect(
        "While one of these apps is in front",
        [],
        accept_new_options=True,
        key="rule-apps",
        placeholder="Zoom, Slack*",
        help="As the captures name them; * stands for any text. Press Enter after each.",
    )
    titles = st.multiselect(
        "With a window title like one of these", [], accept_new_options=True, key="rule-titles", placeholder="* | Meet"
    )
    shown = st.selectbox("It can show", list(Shown), format_func=lambda one: one.plain, key="rule-shows")
    words = st.text_input("More about it", key="rule-words", max_chars=LONGEST, help="Everybody reads it.")
    region = WHOLE
    if st.toggle("Only a part of the screen", key="rule-part"):
        sides = zip(("Left", "Top", "Right", "Bottom"), (0, 0, 100, 100), st.columns(4), strict=True)
        edges = [one.number_input(f"{side} (%)", 0, 100, edge, key=f"rule-{side}") for side, edge, one in sides]
        left, top, right, bottom = edges
        region = Region(left, top, right, bottom, 100, 100)
    st.caption("Everybody reads it. It holds for copies from now on; those that were made stay as they are.")
    if st.button("Put the rule on record", type="primary", key="add-rule"):
        rule = Rule(tuple(apps), tuple(titles), shown, region, words)
        changing.carry_out(here, partial(bystanders.add, rule=rule), path="programme", what=_WHAT)

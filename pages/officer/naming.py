"""Naming the teams that look for a purpose: the officer's part of the programme's page."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data import instants
from data.accesses import teams
from data.accesses.purposes import NAMEABLE, Register
from pages.officer import changing
from pages.shell import markup
from pages.shell.here import Here
from pages.wording import programme as wording


@st.fragment
def naming(here: Here, found: Register) -> None:
    """Say from now on which teams look for a purpose."""
    here.viewer()
    known = sorted({team for one in found.named for team in one.teams}, key=str.casefold)
    with st.expander("Name the teams of a purpose", icon=":material/edit_note:"):
        chosen = st.selectbox("Purpose", NAMEABLE, format_func=wording.purpose, key="named-purpose")
        now = found.at(chosen, instants.now())
        wanted = st.multiselect(
            "Teams",
            known,
            default=now.teams if now else (),
            accept_new_options=True,
            key=f"named-teams-{chosen}",
            format_func=markup.apart(known),
            help="As the roster and the audits write them. None takes the purpose off the record.",
        )
        st.caption("Everybody reads this. It holds from now on; looks before are judged by what was on record then.")
        if st.button("Put it on record", type="primary", key="name-teams"):
            name = partial(teams.name, purpose=chosen, teams=wanted)
            changing.carry_out(here, name, path="programme", what="name the teams of a purpose")

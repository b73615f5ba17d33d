"""Choosing what is counted next, with its price before it is chosen: a part of the page of figures about people."""

from __future__ import annotations

from functools import partial
from itertools import accumulate

import streamlit as st

from data.errors import Error
from data.people.permissions import Permission, may
from data.statistics.people import plan
from data.statistics.people.figure import MOST, Figure
from data.statistics.people.release import Plan
from data.statistics.quarter import Quarter
from pages.shell import changing, markup
from pages.shell.here import Here
from pages.wording import people as said

_AHEAD = 3  # quarters after the next, from which organizers choose


@st.fragment
def draw(here: Here) -> None:
    """What is planned, and for organizers the way to have other figures drawn."""
    viewer = here.viewer()
    st.header("What is counted next", anchor=False)
    try:
        with here.store.database.reading() as session:
            first = plan.upcoming(session, viewer, here.store.vault).plan.quarter
            quarters = list(accumulate(range(_AHEAD), lambda one, _: one.after, initial=first))
            plans = {one: plan.planned(session, viewer, here.store.vault, one) for one in quarters}
    except Error as failure:
        st.error(markup.literal(str(failure)))
        return
    st.markdown("\n".join(f"- {said.planned(one)}" for one in list(plans.values())[:2]))
    if may(viewer, Permission.CHOOSE_FIGURES):
        with st.container(border=True, key="planning"):
            _choose(here, plans)
    else:
        st.caption(said.ORGANIZERS)


def _choose(here: Here, plans: dict[Quarter, Plan]) -> None:
    labels = {said.short(one): one for one in plans}
    quarter = labels[st.selectbox("For which quarter", list(labels), key="plan-quarter", width=260)]
    names = {said.capital(one.plain): one for one in Figure}
    now = [name for name, one in names.items() if one in plans[quarter].figures]
    picked = st.pills(
        "People who …", list(names), selection_mode="multi", default=now, key=f"plan-{quarter}", help=said.MENU
    )
    wanted = tuple(names[one] for one in picked)
    if wanted:
        st.markdown(said.price(len(wanted), plan.price(len(wanted))))
    else:
        st.markdown("Choose at least one.")
    st.caption(said.PRICE.format(prices=said.prices({one: plan.price(one) for one in range(1, MOST + 1)})))
    same = set(wanted) == set(plans[quarter].figures)
    if st.button("Have these counted", type="primary", key="choose-figures", disabled=same or not wanted):
        changing.make(here, partial(plan.choose, quarter=quarter, figures=wanted))

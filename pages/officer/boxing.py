"""Naming a part of a picture, by drawing a box on it or by numbers, and blacking it out there or over a span."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import streamlit as st

from data import instants
from data.errors import Error
from data.rights.redaction import looking, marks
from data.rights.redaction.looking import Picture
from data.rights.redaction.marks import Mark
from data.rights.redaction.region import Region, Shown
from data.rights.request import Request
from pages.charts.picture import picture
from pages.shell import changing, markup
from pages.shell.here import Here
from pages.shell.words import Calendar

_HERE, _SPAN = "This picture", "Every picture of a span"
_SIDES = ("Left", "Top", "Right", "Bottom")
_CONFIG = {"displayModeBar": False, "displaylogo": False, "plotlyServerURL": ""}


def draw(here: Here, found: Request, chosen: Picture, apps: Sequence[str], calendar: Calendar) -> None:
    """The picture, and the form under it. The browser fetches it from the route that logs the look."""
    viewer, vault = here.viewer(), here.store.vault
    try:
        with here.store.database.reading() as session:
            width, height = looking.size(session, viewer, vault, found.id, chosen.screen)
            held = [one.mark for one in marks.shown(session, viewer, vault, found.id)]
    except Error as failure:
        st.warning(str(failure))
        return
    keys = [f"box-{side}-{found.id}-{chosen.screen[:12]}" for side in _SIDES]
    source = f"/download/picture/{found.id}/{chosen.screen}"
    black = [one.region.pixels(width, height) for one in held if one.screen == chosen.screen]
    whole = (0, 0, width, height)
    for key, edge in zip(keys, whole, strict=True):
        st.session_state.setdefault(key, edge)
    left, top, right, bottom = (int(st.session_state[key]) for key in keys)
    box = left, top, right, bottom
    st.plotly_chart(
        picture(source, width, height, black, None if box == whole else box),
        key=f"draw-{found.id}-{chosen.screen[:12]}",
        config=_CONFIG,
        alt="The picture of the screen; the numbers below name the same part.",
        on_select=partial(_drawn, f"draw-{found.id}-{chosen.screen[:12]}", keys),
        selection_mode="box",
    )
    st.caption(f"Draw a box over what shows somebody else, or name its edges in pixels; it is {width} x {height}.")
    for column, side, key, most in zip(st.columns(4), _SIDES, keys, (width, height, width, height), strict=True):
        column.number_input(side, 0, most, step=1, key=key)
    mark = _ask(found, chosen, apps, calendar, Region(left, top, right, bottom, width, height))
    what = "all of it" if box == whole else "this part"
    if st.button(f"Black out {what}", type="primary", key=f"black-out-{found.id}"):
        changing.make(here, partial(marks.make, request_id=found.id, wanted=mark), scope="fragment")


def _ask(found: Request, chosen: Picture, apps: Sequence[str], calendar: Calendar, region: Region) -> Mark:
    shown = st.selectbox("It shows", list(Shown), format_func=lambda one: one.plain, key=f"shows-{found.id}")
    words = st.text_input(
        "More about it, without naming anybody",
        key=f"shows-more-{found.id}",
        max_chars=200,
        help="The person reads it.",
    )
    where = st.radio("Where", [_HERE, _SPAN], horizontal=True, key=f"where-{found.id}")
    if where == _HERE:
        return Mark(region, shown, words, chosen.screen)
    at, hour = calendar.local(chosen.at).replace(tzinfo=None), timedelta(hours=1)
    left, middle, right = st.columns(3)
    app = left.selectbox(
        "While this is in front",
        apps,
        index=None,
        format_func=markup.apart(apps),
        key=f"app-{found.id}",
        placeholder="Any app",
    )
    first = middle.datetime_input("From", at - hour, key=f"first-{found.id}-{chosen.screen[:12]}")
    last = right.datetime_input("Before", at + hour, key=f"last-{found.id}-{chosen.screen[:12]}")
    start, end = (instants.of(one.replace(tzinfo=calendar.zone)) if one else None for one in (first, last))
    return Mark(region, shown, words, "", app or "", start, end)


def _drawn(chart: str, keys: Sequence[str]) -> None:
    """Put the box that was drawn into the numbers."""
    state: Any = st.session_state.get(chart)
    boxes = state["selection"]["box"] if state else []
    if boxes:
        across, down = sorted(boxes[-1]["x"]), sorted(boxes[-1]["y"])
        edges = int(across[0]), int(down[0]), -int(-across[1] // 1), -int(-down[1] // 1)
        for key, edge in zip(keys, edges, strict=True):
            st.session_state[key] = max(edge, 0)

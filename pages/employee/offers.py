"""What a person can do with a request of theirs: take the file, open the certificate, take it back, end it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from data.errors import Error
from data.rights import lifting
from data.rights import request as domain
from data.rights.erasure import issuing
from data.rights.erasure.certificate import Certificate
from data.rights.export import offer
from data.rights.export.volumes import Volume
from data.rights.request import Request
from data.rights.states import FINISHED, RequestKind, State
from pages.shell.here import Here
from pages.wording import standing


def draw(here: Here, one: Request) -> None:
    """The buttons that a request has as it stands now."""
    withdrawable = one.state in (State.OPEN, State.STOPPED, State.APPROVED, State.HELD)
    if one.state not in FINISHED and not withdrawable:
        return
    if one.state is State.DONE and one.kind.nature.standing:
        st.button("End it", key=f"lift-{one.id}", on_click=_lift, args=(here, one.id))
        return
    found = _archives(here, one)
    with st.container(horizontal=True):
        if found:
            _copies(found, one.id)
        if _is_certified(one):
            st.link_button("Open the certificate", f"/download/certificate/{one.id}", icon=":material/verified:")
            signed = f"/download/certificate/{one.id}?form=signed"
            st.link_button("Keep the signed file", signed, icon=":material/download:")
        if withdrawable:
            st.button("Take it back", key=f"withdraw-{one.id}", on_click=_withdraw, args=(here, one.id))
    st.html(standing.archives(found) + standing.revised(_certificate(here, one)) or "<span></span>")


def _archives(here: Here, one: Request) -> tuple[Volume, ...]:
    if one.state not in FINISHED or one.kind is not RequestKind.EXPORT:
        return ()
    viewer = here.viewer()
    with here.store.database.reading() as session:
        return offer.parts_of(session, viewer, here.store.vault, one.id)


def _copies(found: Sequence[Volume], request_id: int) -> None:
    address, icon = f"/download/export/{request_id}", ":material/download:"
    if len(found) < 2:
        st.link_button("Download my copy", address, type="primary", icon=icon)
    for number in range(1, len(found) + 1) if len(found) > 1 else ():
        text = f"Download part {number} of {len(found)}"
        st.link_button(text, f"{address}?part={number}", type="primary" if number == 1 else "secondary", icon=icon)
    st.link_button("Download it under a password", f"{address}/lock", icon=":material/lock:")


def _is_certified(one: Request) -> bool:
    """Whether it is done, or what no hold keeps is gone already, and a certificate says so."""
    begun = one.state is State.HELD and bool(one.counts)
    return one.kind is RequestKind.ERASURE and (one.state in FINISHED or begun)


def _certificate(here: Here, one: Request) -> Certificate | None:
    if not _is_certified(one):
        return None
    viewer = here.viewer()
    with here.store.database.reading() as session:
        return issuing.find(session, viewer, here.store.vault, one.id).certificate


def _withdraw(here: Here, request_id: int) -> None:
    _change(here, request_id, domain.withdraw)


def _lift(here: Here, request_id: int) -> None:
    _change(here, request_id, lifting.lift)


def _change(here: Here, request_id: int, change: Callable[..., Request]) -> None:
    viewer = here.viewer()
    try:
        with here.store.database.writing() as session:
            change(session, viewer, here.store.vault, request_id)
    except Error as failure:
        st.toast(str(failure), icon=":material/info:")

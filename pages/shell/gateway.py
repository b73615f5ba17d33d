"""What stands around every page: the sign-in page before it, the line that says who is signed in above it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import quote, urlencode

import streamlit as st

from auth.provider import check
from auth.sign_in import SIGN_IN, SIGN_OUT
from data.errors import Error
from data.people.permissions import Permission
from data.people.viewer import Role, Viewer
from data.settings import Identity
from data.store import Store
from pages.shell import markup
from pages.shell.here import Here

_BUTTON = (
    "display:inline-block;font:inherit;padding:.5rem 1.25rem;border-radius:.6rem;text-decoration:none;"
    "color:#fff;background:#0E5A78;border:0;cursor:pointer"
)
_QUIET = "font:inherit;padding:0;border:0;background:none;color:inherit;text-decoration:underline;cursor:pointer"

# A tab that nobody touches learns within this time that its session is over.
_WATCH_SECONDS = 60


def ask_to_sign_in(identity: Identity, path: str) -> None:
    """The sign-in page; afterwards the browser comes back to `path` with the query it has now."""
    st.title("Daylight")
    st.markdown("See what the monitoring programme holds about you, who opened it, and get it out or have it gone.")
    try:
        check(identity)
    except Error as failure:
        st.warning(markup.literal(str(failure)))
        return
    _link("Sign in", path)
    st.caption("You sign in with your company account. Nothing is shown before.")


def ask_anew(path: str, what: str, chosen: Mapping[str, str] | None = None, *, written: bool = False) -> None:
    """Before what cannot be undone: have the viewer prove again who they are, and come back to `path` as it is now.

    `chosen` are widgets bound to the address whose choice must come back with it. The address alone is not enough: one
    that the server sends while a rerun is on its way takes out of it what was pressed meanwhile. `written`: something
    may stand in boxes of the page, which nothing keeps.
    """
    if written:
        st.markdown("If you wrote something here, copy it first: after the sign-in the page has empty boxes.")
    st.markdown(f"To {what}, sign in once more: it proves that it is you who is sitting here.")
    _link("Sign in once more", path, "&fresh=1", chosen or {})


def _link(words: str, path: str, more: str = "", chosen: Mapping[str, str] | None = None) -> None:
    asked = {key: st.query_params.get_all(key) for key in st.query_params}
    query = urlencode({**asked, **(chosen or {})}, doseq=True, quote_via=quote)
    target = f"/{path}?{query}" if query else f"/{path}"
    link = f"{SIGN_IN}?to={quote(target, safe='')}{more}"
    st.html(f'<a href="{escape(link)}" style="{_BUTTON}">{escape(words)}</a>')


def not_yet(reason: str, _path: str) -> None:
    """The page while there is no store to show anything from."""
    st.title("Daylight")
    st.warning(reason)


def name_tag(viewer: Viewer) -> None:
    """Who is signed in, as what, and the way out (a form: leaving takes more than following a link)."""
    roles = sorted(role.value for role in viewer.roles - {Role.EMPLOYEE})
    as_what = f" ({', '.join(roles)})" if roles else ""
    st.html(
        f'<form method="post" action="{SIGN_OUT}" style="text-align:right;font-size:.875rem;margin:0">'
        f"{markup.html(viewer.name)}{escape(as_what)} · "
        f'<button type="submit" style="{_QUIET}">Sign out</button></form>'
    )


def scenario(store: Store) -> None:
    """That all of it is invented, above every page of a store that a scenario was replayed in."""
    if store.scenario:
        st.html(
            '<p role="note" style="margin:0;padding:.4rem .8rem;border:1px dashed currentColor;border-radius:.6rem;'
            f'font-size:.875rem"><b>Replay.</b> The scenario “{markup.html(store.scenario)}” was replayed here through '
            "the real program. The company, its people and all they typed are invented.</p>"
        )


def not_for(permission: Permission) -> None:
    """A page that exists, for others."""
    st.title("This page is not for you")
    st.markdown(f"It is for those who may {permission.value}. Your own pages miss nothing.")


@st.fragment(run_every=_WATCH_SECONDS)
def watch(here: Here) -> None:
    """Clear a tab that lies open when its session is over."""
    here.viewer(active=False)

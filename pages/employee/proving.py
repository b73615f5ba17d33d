"""Check it yourself: what was signed, who outside says so, and whether this page lists all there is."""

from __future__ import annotations

import streamlit as st

from data.errors import Error
from data.people.viewer import Viewer
from data.proofs import scan
from data.proofs.backing import Backing
from pages.shell import markup, pinning
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import proof


def prove(here: Here, viewer: Viewer, calendar: Calendar, behind: Backing) -> None:
    """Draw the part of the page that lets its reader check the rest."""
    pin = pinning.seen(here, viewer)
    st.header("Check it yourself", anchor=False)
    st.html(proof.lines(behind, pin, calendar))
    _scan(here)
    st.caption(
        f"Each look has a receipt on its own page. [The verifier](/log/verify.py) checks one on your own computer, and "
        f"[your key](/download/log-key/{viewer.person_id}) shows which entries are about you: keep it to yourself. "
        f"With [your key and what this page lists](/download/my-log/{viewer.person_id}), as secret, the verifier reads "
        "the whole log on your own computer (`--scan`), and tells whether anything was kept off this page."
    )


@st.fragment
def _scan(here: Here) -> None:
    viewer = here.viewer()
    taken = st.text_input(
        "Your key, if you took it with you earlier",
        key="scan-key",
        type="password",
        placeholder="what stands in the file daylight-my-log-key.json",
        help="Without it, the key of today is used. With it, what is found does not depend on who we say you are.",
    )
    if not st.button("Look for me in the whole log", icon=":material/search:", key="scan") or viewer.person_id is None:
        return
    try:
        with st.spinner("Reading every entry"), here.store.database.reading() as session:
            vault, anchor = here.store.vault, here.store.anchor
            key = scan.read_key(taken, vault) if taken else None
            found = scan.scan(session, viewer, vault, anchor, viewer.person_id, key=key)
    except Error as failure:
        st.info(markup.literal(str(failure)))
        return
    st.html(proof.scanned(found))

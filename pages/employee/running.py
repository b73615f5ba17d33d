"""Is capturing on: the sentence of the first screen with its alarms and one's own pause, and of "The programme"."""

from __future__ import annotations

from typing import Any

import streamlit as st

from data import instants
from data.captures import disobeying, evidence, objecting, preview
from data.captures.disobeying import Erasure, Sent
from data.captures.pausing import Why
from data.captures.scope import Scope
from data.captures.summary import Summary
from data.notices import notice
from data.people.viewer import Viewer
from data.programme import assessment, obeying, own_pause, record, rules
from data.programme.obeying import Stance
from data.programme.rules import RuleKind
from data.programme.state import Programme
from data.programme.wanted import Wanted
from data.sealing.vault import Vault
from pages.shell import changing, markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import pauses, resuming
from pages.wording import running as wording
from pages.wording.running import Standing


def fetch(session: Any, viewer: Viewer, vault: Vault, person_id: int, now: int) -> Standing:
    """How capturing stands for whoever looks, in the transaction of the screen."""
    programme = record.read(session, viewer, vault)
    pause = programme.pause
    newest = own_pause.of(session, viewer, vault, person_id)[-1:]
    own = next((one for one in newest if one.end is not None and now - one.end < instants.DAY), None)
    standing = rules.of(session, vault, person_id)
    since = min((one.since for one in standing if one.kind is RuleKind.OBJECTION and one.stands(now)), default=None)
    running = {person_id: own.start} if own and own.holds(now) else {}
    paused = pause if pause and pause.holds(now) else None
    told = notice.beside(session, viewer, notice.Why.PAUSE)
    wanted = Wanted(pause.start if pause else None, running)
    return Standing(
        programme=programme,
        sent=disobeying.mine(session, viewer, person_id, Why.PROGRAMME, pause.start) if pause else (),
        stored=paused is not None and preview.is_held(session, vault, person_id, Scope(start=paused.start)),
        own=own,
        own_sent=disobeying.mine(session, viewer, person_id, Why.OWN, own.start) if own else (),
        own_stored=bool(own) and preview.is_held(session, vault, person_id, Scope(start=own.start, end=own.end)),
        heard=disobeying.heard(session, viewer, person_id),
        objected=0 if since is None else disobeying.objected_since(session, viewer, person_id, since),
        objects_since=since,
        kept_out=objecting.kept_out(session, viewer, vault, person_id, standing, now),
        told=told[0].position if told else None,
        reporting=sum(
            one.stance is Stance.CAPTURING for one in obeying.of_person(session, viewer, person_id, wanted, now)
        ),
    )


def draw(here: Here, found: Standing, summary: Summary | None, calendar: Calendar) -> None:
    """The sentence, what stands below it, and the button of one's own pause. `summary` None: it is being deleted."""
    said = wording.state(found, summary, calendar)
    if said.headline:
        st.html(markup.answer(said.headline, said.detail, tone=said.tone, icon=said.icon))
    st.html(wording.alarms(found, calendar) or "<span></span>")
    if found.told is not None and said.tone != "alarm":
        with st.container(border=True, horizontal=True, vertical_alignment="center", key="news-pause"):
            st.html(f'<div class="dl dl-news">{markup.symbol("notifications")}<strong>{wording.TOLD}</strong></div>')
            st.button("Put this away", type="tertiary", key="seen-pause", on_click=_see, args=(here, found.told))
    if wording.is_paused(found, calendar.now):
        return
    if found.own and found.own.holds(calendar.now):
        if st.button("End my pause now", icon=":material/play_circle:", key="own-pause-end"):
            changing.make(here, own_pause.end)
    elif st.button(wording.button(), icon=":material/pause_circle:", key="own-pause"):
        changing.make(here, own_pause.begin)


def programme(here: Here, calendar: Calendar) -> None:
    """The state of the programme for everybody, with its history."""
    viewer = here.viewer()
    sent: tuple[Sent, ...] = ()
    erased: tuple[Erasure, ...] = ()
    came = ""
    with here.store.database.reading() as session:
        found = record.read(session, viewer, here.store.vault)
        assessed = assessment.newest(session, here.store.vault)
        if viewer.person_id is not None:
            came = _came(session, viewer, here.store.vault, viewer.person_id, found, calendar)
        if viewer.person_id is not None and found.lines:
            sent = disobeying.mine(session, viewer, viewer.person_id, Why.PROGRAMME, 0)
            erased = disobeying.erasures(session, viewer, here.store.vault, viewer.person_id)
    st.html(wording.headline(found, calendar))
    st.html(resuming.assessed(assessed, calendar))
    st.html((wording.became(sent, erased, calendar) + came) or "<span></span>")
    if found.lines:
        with st.expander("When it was paused and resumed, by whom and why", type="compact"):
            st.html(wording.history(found, calendar))


def _came(session: Any, viewer: Viewer, vault: Vault, person_id: int, found: Programme, calendar: Calendar) -> str:
    """What came of the programme's last pause, and of one's own of the last weeks."""
    last = found.begun(calendar.now)
    return pauses.listed(
        evidence.of(session, viewer, vault, person_id, Why.PROGRAMME, last) if last else None,
        evidence.own(session, viewer, vault, person_id, calendar.now),
        disobeying.heard(session, viewer, person_id),
        calendar,
    )


def _see(here: Here, until: int) -> None:
    viewer = here.look()
    if viewer is not None:
        with here.store.database.writing() as session:
            notice.see_beside(session, viewer, notice.Why.PAUSE, until)

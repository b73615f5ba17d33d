"""A device that goes on in a pause is on its person's first page within one rerun, by what it reports."""

from __future__ import annotations

from pathlib import Path

from data import instants
from data.programme import own_pause, record
from data.programme.beat import Beat, State
from data.programme.devices import digest_of
from data.programme.heartbeats import Sent, take
from tests.auth.running import Site, make_site, running
from tests.auth.tab import open_tab
from tests.data.programme.reporting import enrolled

SAYS = "1 device of yours says that it captures."


def test_a_report_of_capturing_in_a_pause_alarms_its_person_within_one_rerun(tmp_path: Path) -> None:
    """What a device says before anybody paused is none; what it says in a pause is, and paused is no alarm."""
    site = make_site(tmp_path)
    token = enrolled(site.database, site.vault, site.ids["ana"])
    with running(site), open_tab(site.url, {"daylight": site.cookie("ana")}) as tab:
        report(site, token, State.CAPTURING)
        assert SAYS not in tab.ask("").text
        with site.database.writing() as session:
            own_pause.begin(session, site.viewer("ana"), site.vault)
        assert SAYS not in tab.ask("").text, "it was said before"
        report(site, token, State.CAPTURING)
        assert SAYS in tab.ask("").text
        report(site, token, State.PAUSED)
        assert SAYS not in tab.ask("").text
        with site.database.writing() as session:
            record.pause(session, site.viewer("olu"), site.vault, None, "The tables were open.")
        report(site, token, State.CAPTURING)
        assert SAYS in tab.ask("").text


def report(site: Site, token: str, state: State) -> None:
    now = instants.now()
    take(site.database, [Sent(digest_of(token), Beat(now, state, "1.4.2", now), now)])

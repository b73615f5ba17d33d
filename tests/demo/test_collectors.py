"""The demo's laptops report as real ones would: most obey, and those that do not are found."""

from __future__ import annotations

from pathlib import Path

from data import instants
from data.people.viewer import Role, Viewer
from data.programme import obeying
from data.programme.wanted import Wanted
from tests.auth.running import Site, make_site, running
from tests.data.programme.reporting import enrolled
from tests.demo import collectors

INGRID = Viewer(9, frozenset({Role.ORGANIZER}))


def test_the_laptops_of_the_demo_report_and_some_are_off(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    rows = [f"ana@example.com,L{n},{enrolled(site.database, site.vault, 1, f'L{n}')}" for n in range(1, 19)]
    tokens = tmp_path / collectors.TOKENS
    tokens.write_text("\n".join(["person,device,token", *rows]))
    found = collectors.read(tokens)
    assert len(found) == 16
    with running(site):
        for one in (found[6], found[10]):
            one.report(site.url)
    assert counts(site) == (0, 2, 16)
    with site.database.reading() as session:
        (wrong,) = [
            one
            for one in obeying.of_person(session, site.viewer("ana"), 1, Wanted(), instants.now())
            if one.is_clock_wrong
        ]
    assert wrong.name == "L7"


def counts(site: Site) -> tuple[int, int, int]:
    with site.database.reading() as session:
        found = obeying.counts(session, INGRID, Wanted(), instants.now())
    return found.paused, found.capturing, found.unknown

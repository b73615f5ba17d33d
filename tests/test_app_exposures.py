"""What the running app gives of exposures and incidents as files, and to whom."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from sqlalchemy import func, select

from data import instants
from data.accesses.entry import Action
from data.accesses.tables import EntryRow
from data.exposures import record
from data.exposures.exposure import Open
from data.incidents import record as incidents
from data.incidents.record import Opening
from data.people.viewer import Role, Viewer
from tests.auth.running import Site, make_site, running
from tests.test_app_downloads import fetch

AFFECTED = "/download/affected/1"
WHY = "?purpose=legal&ticket=ART-34"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    made = make_site(tmp_path_factory.mktemp("exposures"))
    found = Open("table", ("public.t",), {"x": None}, kinds=("key",), people=(made.ids["ana"],))
    officer = Viewer(made.ids["olu"], frozenset({Role.OFFICER}), "Olu")
    with made.database.writing() as session:
        record.observe(session, made.vault, "warehouse", [found], last_good=None, now=instants.now())
        number = incidents.open_new(session, officer, made.vault, Opening("A table", "A table was open to all."))
        record.link(session, officer, made.vault, 1, number, "It is the table of the incident.")
    with running(made) as started:
        yield started


def copies(site: Site) -> int:
    with site.database.reading() as session:
        return session.scalar(select(func.count()).where(EntryRow.action == Action.COPY.value)) or 0


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        (None, AFFECTED + WHY, 303),
        ("ana", AFFECTED + WHY, 404),
        ("ingrid", AFFECTED + WHY, 404),
        ("olu", AFFECTED, 400),
        ("olu", AFFECTED + "?purpose=own", 400),
        ("olu", "/download/affected/9" + WHY, 404),
        (None, "/download/incident/1", 303),
        ("olu", "/download/incident/9", 404),
    ],
)
def test_who_may_not_have_a_list_or_a_report_gets_none_and_nothing_is_logged(
    site: Site, name: str | None, path: str, status: int
) -> None:
    """The address of a file is no way around the page that links to it."""
    before = copies(site)
    answer = fetch(site, path, name)
    assert answer.status == status, answer.body
    assert b"ana" not in answer.body.lower().replace(b"programme", b"")
    assert copies(site) == before


def test_the_officers_list_is_logged_once_and_is_a_file_to_save(site: Site) -> None:
    """One request, one entry, about everybody on it; HEAD takes nothing and logs nothing."""
    before = copies(site)
    assert fetch(site, AFFECTED + WHY, "olu", "HEAD").status == 405
    answer = fetch(site, AFFECTED + WHY, "olu")
    assert (answer.status, copies(site)) == (200, before + 1)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store, private"
    assert b"ana" in answer.body.lower()


def test_whom_the_incident_concerns_reads_the_report(site: Site) -> None:
    """It is theirs as much as the officer's, and names nobody."""
    answer = fetch(site, "/download/incident/1", "ana")
    assert answer.status == 200
    assert b"Exposure 1: table, in warehouse" in answer.body
    assert b"It concerned fewer than 100 people." in answer.body
    assert b"It concerned 1 person." in fetch(site, "/download/incident/1", "olu").body
    assert b"Olu" not in answer.body

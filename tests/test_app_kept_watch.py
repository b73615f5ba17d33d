"""What readers of the log are told about it by the running app: whether it leads on from what they saw last, and what
the last check of all of it found."""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from data.accesses.tables import CheckpointRow, EntryRow, TileRow
from data.proofs import checks, publishing
from tests.auth.running import Site, make_site, running
from tests.auth.tab import open_tab
from tests.data.accesses.logging import fill
from tests.test_app_damaged import told

READERS = (("ana", "accesses"), ("ingrid", "conduct"), ("wei", "log"))
NOT_YET = "From now on what you saw is remembered"
STILL_THERE = "are still there, and none was changed."
CHANGED = "The history was changed"


@pytest.fixture
def site(tmp_path: Path) -> Generator[Site]:
    """An app over a log of 40 looks that was signed and read again once, as the worker does it."""
    made = make_site(tmp_path)
    fill(made.database, made.vault, 40, now=True)
    publishing.run(made.database, made.vault, made.store.anchor)
    checks.run(made.database, made.vault, made.store.anchor)
    with running(made) as found:
        yield found


def page(site: Site, who: str, path: str) -> str:
    """The words of a page."""
    with open_tab(site.url, {"daylight": site.cookie(who)}) as tab:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", " ".join(told(tab.ask(path)))))


def sign_more(site: Site, first: int) -> int:
    """Ten more looks under a newer checkpoint; how many entries it holds. The worker may be signing just then."""
    fill(site.database, site.vault, 10, first=first, now=True)
    published = publishing.run(site.database, site.vault, site.store.anchor)
    assert published is not None
    return published.size


def rewrite(site: Site) -> None:
    """The same log with an entry that says something else, all of it hashed and signed anew by the log's own key."""
    with site.database.writing() as session:
        for table in (TileRow, CheckpointRow):
            session.execute(delete(table))
        session.execute(update(EntryRow).where(EntryRow.position == 3).values(count=99))
        publishing.publish(session, site.vault)


def test_each_reader_sees_that_a_newer_head_leads_on_from_what_they_saw_or_does_not(site: Site) -> None:
    assert all(NOT_YET in page(site, *reader) for reader in READERS)
    sign_more(site, 100)
    for reader in READERS:
        seen = page(site, *reader)
        assert STILL_THERE in seen, reader
        assert CHANGED not in seen, reader
    rewrite(site)
    for reader in READERS:
        for _ in range(2):  # it stays an alarm: what they saw is the evidence
            seen = page(site, *reader)
            assert CHANGED in seen, reader
            assert STILL_THERE not in seen, reader


def test_organizers_and_auditors_read_what_the_last_check_found(site: Site) -> None:
    readers = (("ingrid", "conduct"), ("ingrid", "watching"), ("wei", "log"))
    for reader in readers:
        assert "nothing was changed, moved or taken out." in page(site, *reader), reader
    with site.database.writing() as session:
        session.execute(update(EntryRow).where(EntryRow.position == 3).values(count=99))
    checks.run(site.database, site.vault, site.store.anchor)
    for reader in readers:
        seen = page(site, *reader)
        assert "Entry 3 is not the one that the log took in" in seen, reader
        assert "nothing was changed" not in seen, reader

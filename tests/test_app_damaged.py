"""Whoever's data it is reads first of all that the access log is damaged, and no unlimited "nobody" below it."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from sqlalchemy import delete

from data import instants
from data.accesses import coverage, tree
from data.accesses.coverage import Span
from data.accesses.tables import EntryRow
from data.proofs import checks, publishing
from data.proofs.anchor import Anchor
from data.proofs.sight import DAMAGED
from pages.wording import phrases
from tests.auth.running import Site, make_site, running
from tests.auth.tab import Seen, open_tab

ALARM = "The access log is damaged."
NOBODY = "In the last 30 days nobody opened your data"


@pytest.fixture
def site(tmp_path: Path) -> Generator[Site]:
    """An audit outside recorded until ten days ago."""
    made = make_site(tmp_path)
    now = instants.now()
    with made.database.writing() as session:
        coverage.record(session, made.vault, made.viewer("olu"), [Span("pg", now - 90 * instants.DAY, None, "")])
    with made.database.writing() as session:
        stopped = Span("pg", now - 90 * instants.DAY, now - 10 * instants.DAY, "switched off")
        coverage.record(session, made.vault, made.viewer("olu"), [stopped])
    publishing.run(made.database, made.vault, Anchor(made.settings.anchor))
    with running(made) as found:
        yield found


def told(seen: Seen) -> list[str]:
    """What stands on the page as HTML or markdown, from the top down; without the style and the way out."""
    found: list[tuple[list[int], str]] = []
    for message in seen.messages:
        element = message.delta.new_element
        body = element.html.body or element.markdown.body
        if body and body != "<span></span>" and "<style" not in body and "/sign-out" not in body:
            found.append((list(message.metadata.delta_path), body))
    return [body for _, body in sorted(found)]


@pytest.mark.parametrize("path", ["", "accesses"])
def test_a_person_reads_of_damage_before_anything_else(site: Site, path: str) -> None:
    """The entry that tells of a gap is deleted: what is left would say that all was recorded."""
    with open_tab(site.url, {"daylight": site.cookie("ana")}) as tab:
        before = told(tab.ask(path))
        assert not any(ALARM in one for one in before)
        assert any(f"{NOBODY} in the time we can see." in one for one in before)
        with site.database.writing() as session:
            session.execute(delete(EntryRow).where(EntryRow.position == tree.end(session) - 1))
        checks.run(site.database, site.vault, Anchor(site.settings.anchor))
        after = told(tab.ask(path))
    assert ALARM in after[0]
    assert any(f"{NOBODY} in the time we can see." in one for one in after)
    assert not any(phrases.PAST in one for one in after), "that an audit was connected is still known"
    assert not any("are recorded since" in one for one in after)


def test_organizers_read_that_nothing_is_known_of_any_source_once_damage_was_found(site: Site) -> None:
    with open_tab(site.url, {"daylight": site.cookie("olu")}) as tab:
        before = "".join(told(tab.ask("conduct")))
        assert "<span>pg</span><span>recorded " in before
        with site.database.writing() as session:
            session.execute(delete(EntryRow).where(EntryRow.position == tree.end(session) - 1))
        checks.run(site.database, site.vault, Anchor(site.settings.anchor))
        after = "".join(told(tab.ask("conduct")))
    assert "of the time" not in after
    for source in ("This app", "pg"):
        assert f"<span>{source}</span><span>not known: {DAMAGED}." in after

"""Asking about a look: what was written is not lost to the time that writing takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data import instants
from data.database import Database
from data.looks import single
from data.people.permissions import FRESH
from data.rights import request
from data.sealing.vault import Vault
from pages.employee import inquiring
from tests.data.rights.conftest import Roster, roster
from tests.data.rights.test_about_access import LOGIN, WORDS, looked
from tests.pages.seat import drawn, seated, text
from tests.pages.test_phrases import CALENDAR

__all__ = ["roster"]


def test_a_reason_written_for_longer_than_a_sign_in_is_fresh_stays_on_the_page(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = replace(roster.ana, proved_at=instants.now())
    position = looked(database, vault, LOGIN)
    with database.reading() as session:
        look = single.opened(session, ana, vault, 1, position)
    page = drawn(inquiring.ask, seated(database, vault, ana), look, [], CALENDAR)
    page.button(key="ask-name").click().run()
    later = instants.now() + FRESH + instants.MINUTE
    monkeypatch.setattr(instants, "now", lambda: later)
    page.text_area(key="words-name").set_value(WORDS)
    page.button[-1].click().run()
    assert page.text_area(key="words-name").value == WORDS
    assert "You signed in more than five minutes ago" in text(page)
    assert "copy it first" in text(page)
    with database.reading() as session:
        assert request.mine(session, ana, vault, 1) == ()


def test_nobody_starts_a_reason_that_cannot_be_sent(database: Database, vault: Vault, roster: Roster) -> None:
    """The sign-in comes first, while there is nothing to lose."""
    ana = replace(roster.ana, proved_at=instants.now() - FRESH - instants.MINUTE)
    position = looked(database, vault, LOGIN)
    with database.reading() as session:
        look = single.opened(session, ana, vault, 1, position)
    page = drawn(inquiring.ask, seated(database, vault, ana), look, [], CALENDAR)
    page.button(key="ask-name").click().run()
    assert "Sign in once more" in text(page)
    assert not page.text_area

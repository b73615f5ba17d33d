"""Deciding a request: what an officer wrote is not lost to the time that writing takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data import instants
from data.database import Database
from data.people.permissions import FRESH
from data.rights import request
from data.rights.states import RequestKind, State
from data.sealing.vault import Vault
from pages.officer import decision
from tests.data.rights.conftest import Roster, roster
from tests.pages.seat import drawn, seated, text
from tests.pages.test_phrases import CALENDAR

__all__ = ["roster"]

REASON = "A court ordered that these stay until its hearing in March."


def test_a_decision_written_for_longer_than_a_sign_in_is_fresh_stays_on_the_page(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        made = request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE)
    olga = replace(roster.olga, proved_at=instants.now())
    page = drawn(decision.one, seated(database, vault, olga), olga, str(made.id), CALENDAR)
    page.text_area(key=f"reason-{made.id}").set_value(REASON)
    later = instants.now() + FRESH + instants.MINUTE
    monkeypatch.setattr(instants, "now", lambda: later)
    page.run()
    page.button(key=f"decide-{made.id}").click().run()
    assert page.text_area(key=f"reason-{made.id}").value == REASON
    assert "copy it first" in text(page)
    assert "Sign in once more" in text(page)
    with database.reading() as session:
        assert request.show(session, olga, vault, made.id).state is State.OPEN


def test_nobody_starts_a_decision_that_cannot_be_made(database: Database, vault: Vault, roster: Roster) -> None:
    """The sign-in comes first, while there is nothing to lose."""
    with database.writing() as session:
        made = request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE)
    olga = replace(roster.olga, proved_at=instants.now() - FRESH - instants.MINUTE)
    page = drawn(decision.one, seated(database, vault, olga), olga, str(made.id), CALENDAR)
    assert "Sign in once more" in text(page)
    assert "copy it first" not in text(page)
    with pytest.raises(KeyError):
        page.button(key=f"decide-{made.id}")

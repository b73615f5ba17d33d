"""Fragments run again without the script above them, so nobody has asked who looks: they must ask themselves."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from sqlalchemy import update

from data import instants
from data.people.tables import GrantRow
from tests.auth.running import ROOT, Site, make_site, running
from tests.auth.tab import Seen, Tab, open_tab

SECRET = "the secret of the queue"
SIGN_IN = "You sign in with your company account"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    with running(make_site(tmp_path_factory.mktemp("fragment")), ROOT / "tests/auth/fragment/fragment_app.py") as found:
        yield found


def press(tab: Tab, seen: Seen) -> Seen:
    """Press the fragment's own button, which runs the fragment alone."""
    for message in seen.messages:
        button = message.delta.new_element.button
        if button.label == "again":
            return tab.ask(fragment=message.delta.fragment_id, press=button.id)
    raise AssertionError("the button is not there")


def test_the_fragment_shows_its_secret_to_an_officer_alone(site: Site) -> None:
    with open_tab(site.url, {"daylight": site.cookie("olu")}) as tab:
        seen = tab.ask()
        assert SECRET in seen.text
        again = press(tab, seen)
        assert SECRET in again.text
        assert not any(message.HasField("navigation") for message in again.messages), "the fragment ran alone"
    with open_tab(site.url, {"daylight": site.cookie("ana")}) as tab:
        assert SECRET not in tab.ask().text


def test_a_fragment_of_a_session_ended_elsewhere_turns_into_the_sign_in_page(site: Site) -> None:
    cookie = site.cookie("olu")
    with open_tab(site.url, {"daylight": cookie}) as tab:
        seen = tab.ask()
        site.sign_out(cookie)
        again = press(tab, seen)
    assert SECRET not in again.text
    assert SIGN_IN in again.text


def test_a_fragment_after_the_role_was_revoked_shows_nothing_more(site: Site) -> None:
    with open_tab(site.url, {"daylight": site.cookie("olu")}) as tab:
        seen = tab.ask()
        assert SECRET in seen.text
        with site.database.writing() as session:
            session.execute(
                update(GrantRow).where(GrantRow.person_id == site.ids["olu"]).values(revoked_at=instants.now())
            )
        assert SECRET not in press(tab, seen).text
        assert SECRET not in tab.ask().text

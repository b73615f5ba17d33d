"""What a person's pages say of one thing agrees, all that they list can be opened, and what is new stays so until it
was shown."""

from __future__ import annotations

import re
from collections.abc import Generator

import pytest

from data import instants
from data.accesses import log
from data.accesses.accessors import Outside
from data.accesses.entry import Action, Purpose, Reason
from data.alarms import choices
from data.alarms.alarm import Kind
from data.alarms.telling import Teller
from data.captures.ingest import ingest
from data.captures.recording import Recording, Screen
from data.notices import notice
from data.notices.notice import Why
from data.people.viewer import OPERATOR
from pages.employee.singles import FILM
from tests.auth.running import Site, make_site, running
from tests.auth.tab import Seen, Tab, open_tab
from tests.data.captures.rows import row, table
from tests.test_app_downloads import DIGEST, PICTURE

ENGINEER = Outside("d.farrow", "engineer", "Data Platform")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    with running(make_site(tmp_path_factory.mktemp("first"))) as found:
        yield found


def add(site: Site, action: Action, *, at: int | None = None, purpose: Purpose = Purpose.NONE) -> None:
    """An entry about Ana; whoever is to be told of it is."""
    with site.database.writing() as session:
        log.append(
            session,
            site.vault,
            action=action,
            people=[site.ids["ana"]],
            accessor=ENGINEER if action is Action.READ else None,
            reason=None if purpose is Purpose.NONE else Reason(purpose),
            scope={},
            count=3,
            at=at,
        )
    notice.keep_up(site.database, site.vault, by_mail=False)
    Teller().keep_up(site.database, site.vault, by_mail=False)


def press(tab: Tab, seen: Seen, path: str, key: str) -> Seen:
    """Press the button called `key` as it was drawn in `seen`."""
    buttons = [message.delta.new_element.button.id for message in seen.messages]
    (button,) = (one for one in buttons if one.endswith(f"-{key}"))
    return tab.ask(path, press=button)


@pytest.fixture
def ingrid(site: Site) -> None:
    """She chose to be told when a device goes on in a pause."""
    with site.database.writing() as session:
        choices.choose(session, site.viewer("ingrid"), {Kind.DISOBEYED})


def test_a_look_of_almost_thirty_days_ago_is_one_to_both_pages(site: Site) -> None:
    """The one counted hours and the other days: a click led from "1 person" to "nobody"."""
    ago = 30 * instants.DAY - 90 * instants.MINUTE
    add(site, Action.READ, at=instants.now() - ago, purpose=Purpose.SUPPORT)
    with open_tab(site.url, {"daylight": site.cookie("ana")}) as tab:
        for path in ("", "accesses"):
            text = tab.ask(path).text
            assert "1 person opened your data in the last 30 days." in text, path
            assert "nobody opened your data" not in text, path


def test_every_screen_that_is_listed_can_be_opened_and_not_the_newest_alone(site: Site) -> None:
    shots = [row(one, "screen", screen=DIGEST) for one in range(FILM + 3)]
    items = [Screen(DIGEST, "image/png", PICTURE), table(shots).to_batches()[0]]
    ingest(site.database, site.vault, OPERATOR, site.ids["ana"], Recording("captures", "0" * 64, iter(items)))
    with open_tab(site.url, {"daylight": site.cookie("ana")}) as tab:
        bodies = [message.delta.new_element.html.body for message in tab.ask("captures").messages]
    (listed,) = (one for one in bodies if '"dl dl-events"' in one)
    assert len(re.findall(f'<a href="/download/screen/{site.ids["ana"]}/{DIGEST}"', listed)) == len(shots)


@pytest.mark.parametrize(
    ("action", "why", "key"),
    [(Action.DISOBEYED, Why.PAUSE, "seen-pause"), (Action.IGNORED, Why.OBJECTED, "seen-objected")],
)
def test_what_is_put_away_is_what_the_page_showed(site: Site, action: Action, why: Why, key: str) -> None:
    add(site, action)
    with open_tab(site.url, {"daylight": site.cookie("ana")}) as tab:
        seen = tab.ask()
        add(site, action)
        seen = press(tab, seen, "", key)
        with site.database.reading() as session:
            assert len(notice.beside(session, site.viewer("ana"), why)) == 1, "it came after the page was drawn"
        press(tab, seen, "", key)
    with site.database.reading() as session:
        assert notice.beside(session, site.viewer("ana"), why) == ()


def test_a_look_that_came_after_the_page_was_drawn_stays_new(site: Site) -> None:
    """Whoever presses "I have seen these" has seen two; of the third nobody else would ever tell them."""
    add(site, Action.READ)
    add(site, Action.READ)
    with open_tab(site.url, {"daylight": site.cookie("ana")}) as tab:
        seen = tab.ask()
        assert "2 looks at your data are new to you." in seen.text
        add(site, Action.READ)
        seen = press(tab, seen, "", "seen")
        assert "1 look at your data is new to you." in seen.text
        assert "new to you" not in press(tab, seen, "", "seen").text


@pytest.mark.usefixtures("ingrid")
def test_an_alarm_that_came_after_the_page_was_drawn_stays_new(site: Site) -> None:
    add(site, Action.DISOBEYED)
    with open_tab(site.url, {"daylight": site.cookie("ingrid")}) as tab:
        seen = tab.ask("conduct")
        add(site, Action.DISOBEYED)
        seen = press(tab, seen, "conduct", "seen-alarms")
        assert "1 alarm is new to you." in seen.text
        assert "new to you" not in press(tab, seen, "conduct", "seen-alarms").text

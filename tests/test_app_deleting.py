"""While everything of a person is being deleted, no page and no route shows more of it than that it is."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from pathlib import Path

import pytest

from data.captures.ingest import ingest
from data.captures.recording import Recording, Screen
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.looks import history
from data.people.viewer import OPERATOR
from data.programme import record
from data.rights import request as requests
from data.rights import reviewing, steps, work
from data.rights.request import Request
from data.rights.states import RequestKind
from data.rights.work import Work
from pages.wording import standing
from tests.auth.running import Site, make_site, running
from tests.auth.tab import Seen, Tab, open_tab
from tests.data.captures.rows import row, table
from tests.test_app_downloads import PICTURE, fetch

DIGEST = hashlib.sha256(PICTURE).hexdigest()
CALM = "being deleted"
TECHNICAL = ("was destroyed", "of person", "Key 1", "failure", "Something failed")


def filled(folder: Path) -> Site:
    """A site that does not run yet, in which Ana has a few captures and a screen."""
    made = make_site(folder)
    rows = [row(1, "screen", screen=DIGEST), row(2, "key", text="a"), row(3, "click", x=1.0, y=2.0)]
    items = [Screen(DIGEST, "image/png", PICTURE), table(rows).to_batches()[0]]
    ingest(made.database, made.vault, OPERATOR, made.ids["ana"], Recording("captures", "0" * 64, iter(items)))
    return made


def ask(site: Site, kind: RequestKind) -> Request:
    """Ana asks; it waits for an officer."""
    with site.database.writing() as session:
        # An officer asks for the copy, so that it has to be decided.
        who = site.viewer("ana" if kind is RequestKind.ERASURE else "olu")
        return requests.open_request(session, who, site.vault, site.ids["ana"], kind)


def begin(site: Site) -> tuple[Work, str | None]:
    """Ana's deletion, approved and claimed by this process, so that the worker beside the app leaves it alone."""
    asked = ask(site, RequestKind.ERASURE)
    with site.database.writing() as session:
        requests.decide(session, site.viewer("olu"), site.vault, asked.id, True)
    return work.take(site.database, site.vault, site.settings, asked.id)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    yield filled(tmp_path_factory.mktemp("deleting"))


def press(tab: Tab, seen: Seen, label: str, path: str = "queue") -> Seen:
    """Press the button called `label`; if it is a fragment's, that runs alone."""
    for message in seen.messages:
        button = message.delta.new_element.button
        if button.label == label:
            return tab.ask(path, fragment=message.delta.fragment_id, press=button.id)
    raise AssertionError(f"there is no button {label}")


def check_calm(text: str, where: str) -> None:
    assert CALM in text, where
    assert not [one for one in TECHNICAL if one in text], where


def check_pages(site: Site, step: str) -> None:
    with open_tab(site.url, {"daylight": site.cookie("ana")}) as tab:
        for path in ("", "captures"):
            text = tab.ask(path).text
            check_calm(text, f"/{path} before {step}")
            assert standing.DELETING.headline in text
        for path in ("requests", "accesses"):
            text = tab.ask(path, query="ask=Deletion").text
            assert not [one for one in TECHNICAL if one in text], f"/{path} before {step}"
        assert "In progress" in tab.ask("requests").text


def check_officer(site: Site, other: int, step: str, *, is_gone: bool) -> None:
    with open_tab(site.url, {"daylight": site.cookie("olu")}) as tab:
        seen = tab.ask("queue", query=f"request={other}")
        assert not [one for one in TECHNICAL if one in seen.text]
        counted = press(tab, seen, "Count what it takes").text
        if is_gone:
            check_calm(counted, f"counting before {step}")
    for name in ("ana", "olu"):
        answer = fetch(site, f"/download/screen/{site.ids['ana']}/{DIGEST}", name)
        assert (answer.status == 410) == is_gone, f"the screen for {name} before {step}"
        if is_gone:
            check_calm(answer.body.decode(), f"the screen for {name} before {step}")


def test_every_page_and_route_says_that_it_is_being_deleted_and_then_that_it_is_gone(site: Site) -> None:
    copy = ask(site, RequestKind.EXPORT)
    claimed, first = begin(site)
    assert first == "start"
    with site.database.reading() as session:
        assert not requests.erasing(session, site.viewer("ana"), site.vault, site.ids["ana"]), "nothing of it is gone"
    step = steps.STEPS[RequestKind.ERASURE][first](claimed)
    with running(site), open_tab(site.url, {"daylight": site.cookie("ana")}) as tab:
        opened = tab.ask()
        while step is not None:
            check_pages(site, step)
            if step in ("keys", "rows"):
                check_officer(site, copy.id, step, is_gone=step == "rows")
            step = steps.STEPS[RequestKind.ERASURE][step](claimed)
        work.leave(claimed)
        redrawn = [tab.ask(fragment=one, auto=True) for one in opened.own_pace]
        assert any("holds nothing that was captured about you" in one.text for one in redrawn), "it follows by itself"


def test_a_deletion_of_a_part_hides_nothing_of_the_rest(tmp_path: Path) -> None:
    site = filled(tmp_path)
    with site.database.reading() as session:
        assert not requests.erasing(session, site.viewer("ana"), site.vault, site.ids["ana"])
    scope = Scope(kinds=frozenset({Kind.KEY}))
    with site.database.writing() as session:
        asked = requests.open_request(
            session, site.viewer("ana"), site.vault, site.ids["ana"], RequestKind.ERASURE, scope
        )
        requests.decide(session, site.viewer("olu"), site.vault, asked.id, True)
    work.take(site.database, site.vault, site.settings, asked.id)
    with site.database.reading() as session:
        assert not requests.erasing(session, site.viewer("ana"), site.vault, site.ids["ana"])


def quarantined(folder: Path) -> Site:
    """A site that does not run yet, in which a device of Ana's went on in a pause."""
    made = make_site(folder)
    with made.database.writing() as session:
        pause = record.pause(session, made.viewer("olu"), made.vault, None, "The tables were open.").pause
    assert pause
    sent = table([row(pause.start + one) for one in range(5)]).to_batches()
    ingest(made.database, made.vault, OPERATOR, made.ids["ana"], Recording("captures", "0" * 64, iter(sent)))
    return made


def test_an_officer_who_has_the_quarantine_shown_looks_once_whatever_they_type_beside_it(tmp_path: Path) -> None:
    """Else the history of everybody in it, and the organizers' count of looks, would tell how much was typed."""
    site = quarantined(tmp_path)
    with running(site), open_tab(site.url, {"daylight": site.cookie("olu")}) as tab:
        shown = press(tab, tab.ask("control"), "Show of whom, and from which devices", "control")
        for _ in range(2):
            refused = press(tab, shown, "Erase what is listed", "control")
            assert "Say in words what the review found" in refused.text
        tab.ask("control")
    with site.database.reading() as session:
        (look,) = history.about(session, site.viewer("ana"), site.vault, site.ids["ana"])
    assert look.scope["view"] == reviewing.VIEW


def test_whoever_has_captures_in_quarantine_alone_can_ask_for_their_deletion(tmp_path: Path) -> None:
    """They were told that a device of theirs went on in a pause; the page counts that, and has the button."""
    site = quarantined(tmp_path)
    with running(site), open_tab(site.url, {"daylight": site.cookie("ana")}) as tab:
        seen = tab.ask("requests", query="ask=Deletion")
    assert "From quarantine it takes **exactly 5 captures** of a pause." in seen.text
    assert "Nothing that is held matches" not in seen.text
    labels = [message.delta.new_element.button.label for message in seen.messages]
    assert "Ask for this deletion" in labels

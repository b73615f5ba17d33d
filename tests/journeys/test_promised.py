"""What was promised, in a real browser: a new version lacks an app in use, its person sees the drift and reads the
version, an officer ends it, and organizers see it in counts."""

from __future__ import annotations

import json
from pathlib import Path

from data import instants
from tests.browser import Visit, choose, click, expect, press, settle, write
from tests.demo import company, story
from tests.demo.loading import Desk
from tests.journeys.test_accessibility import findings
from tests.journeys.test_whole_way import go

WHO, OFFICER, ORGANIZER = "Maya Castellanos", "Ingrid Solheim", "Tomasz Wiśniewski"
WHY = "The helpdesk is excluded on her laptop since noon."


def test_a_version_that_lacks_an_app_in_use_is_read_and_its_drift_is_seen_and_ended(
    visit: Visit, tmp_path: Path
) -> None:
    desk, email = Desk(visit.site.store), company.named(WHO).email
    second = tmp_path / "second.toml"
    second.write_text(story.NOTICE.read_text().replace('"Helpdesk", ', "").replace("days = 180", "days = 90"))
    made = desk.ask("programme", "notice", "publish", str(second), "--as", company.named(OFFICER).email)
    assert made["changes"] == ["keeps keys for 90 days instead of 180", "drops the apps: Helpdesk"]
    typed = tmp_path / "typed.jsonl"
    row = {"at": instants.now(), "kind": "key", "down": True, "text": "q", "app": "Helpdesk"}
    typed.write_text(json.dumps(row) + "\n")
    desk.ask("import", "captures", str(typed), "--person", email)

    tall = {"width": 1280, "height": 1700}
    person = visit(WHO, "", bypass_csp=True, viewport=tall)
    differs = person.get_by_text("What is captured of you differs from what you were told")
    for _ in range(30):  # the worker tells it within seconds, and a page that lies open is not drawn anew by itself
        if differs.is_visible():
            break
        person.wait_for_timeout(2_000)
        person.reload()
        settle(person)
    expect(differs).to_be_visible()
    visit.shoot(person, "promised-overview", whole=True)
    click(person.locator(".st-key-news-drift").get_by_role("link", name="See them"))
    expect(person.get_by_text("1 capture of yours, for 1 day without having been promised")).to_be_visible()
    expect(person.get_by_text("Captures in Helpdesk")).to_be_visible()
    expect(person.get_by_text("keeps keys for 90 days instead of 180")).to_be_visible()
    expect(person.get_by_text("Keys and screens older than 90 days are deleted")).to_be_visible()
    visit.shoot(person, "promised-employee", whole=True)
    assert not findings(person)
    press(person.get_by_role("button", name="I have read version 2"))
    expect(person.get_by_text("You have said that you read version 2.")).to_be_visible()

    officer = visit(OFFICER, "programme", bypass_csp=True, viewport=tall)
    visit.shoot(officer, "promised-officer", whole=True)
    assert not findings(officer)
    choose(officer.get_by_role("combobox", name="End a finding"), "captures in Helpdesk")
    write(officer.get_by_role("textbox", name="Why it is over"), WHY)
    press(officer.get_by_role("button", name="End it"))
    expect(officer.get_by_text(WHY).first).to_be_visible()
    go(person, visit.site.url, "programme")
    expect(person.get_by_text("Closed by a privacy officer")).to_contain_text(WHY)

    organizer = visit(ORGANIZER, "conduct", bypass_csp=True, viewport=tall)
    expect(organizer.get_by_text("people have said that they read version 2")).to_contain_text("1 of ")
    expect(organizer.get_by_text("captured that no notice promised")).to_be_visible()
    organizer.get_by_text("captured that no notice promised").scroll_into_view_if_needed()
    visit.shoot(organizer, "promised-organizer")
    assert not findings(organizer)
    visit.shoot(person, "promised-read")
    for scheme, width in (("dark", 1280), ("light", 390), ("dark", 390)):
        one = visit(OFFICER, "programme", color_scheme=scheme, viewport={"width": width, "height": 1700})
        settle(one)
        visit.shoot(one, f"promised-{scheme}-{width}", whole=True)

"""A pause in a real browser: put on record, broken by a device, seen by whom it concerns, reviewed, ended by two."""

from __future__ import annotations

import json
import re
from pathlib import Path

from data import instants
from tests.browser import Visit, click, expect, press, settle, write
from tests.demo import company
from tests.demo.loading import Desk
from tests.journeys.test_whole_way import go, prove

LATELY = "(today|yesterday)"  # a journey may go on past midnight

WHO, OTHER_PERSON = "Chidi Eze", "Hana Kobayashi"
ONE, OTHER, ORGANIZER = "Ingrid Solheim", "Priya Raman", "Tomasz Wiśniewski"
WHY = "A table with everybody's keystrokes was open to the whole company."
DEVICE = "OLD-THINKPAD"


def test_a_pause_that_a_device_ignores_is_seen_by_all_it_concerns_and_ends_with_two_officers(
    visit: Visit, tmp_path: Path
) -> None:
    """Officer pauses, a late file comes, its person sees an alarm, organizers a count, an officer reviews, erases."""
    desk, email = Desk(visit.site.store), company.named(WHO).email
    person = visit(WHO, "")
    press(person.get_by_role("button", name="Pause for me for 30 minutes"))
    expect(person.get_by_text("You paused capturing until")).to_be_visible()
    visit.shoot(person, "own-pause", whole=True)
    press(person.get_by_role("button", name="End my pause now"))
    expect(person.get_by_text("not known yet")).to_be_visible()

    officer = visit(ONE, "control")
    expect(officer.get_by_text("Nobody has ever put a pause of it on record.")).to_be_visible()
    visit.shoot(officer, "control-running", whole=True)
    prove(officer, ONE, "Pause for everybody")
    write(officer.get_by_role("textbox", name="Why it is paused"), WHY)
    officer.locator("[data-testid=stTimeInput]").get_by_role("spinbutton").first.press_sequentially("1800")
    officer.keyboard.press("Tab")
    settle(officer)
    press(officer.get_by_role("button", name="Pause for everybody"))
    expect(officer.get_by_text("You chose 18:00 but no day")).to_be_visible()
    expect(officer.get_by_role("textbox", name="Why it is paused")).to_have_value(WHY)
    go(officer, visit.site.url, "control")
    expect(officer.get_by_text("Nobody has ever put a pause of it on record.")).to_be_visible()
    write(officer.get_by_role("textbox", name="Why it is paused"), WHY)
    press(officer.get_by_role("button", name="Pause for everybody"))
    expect(officer.get_by_text(re.compile(f"The programme is paused for everyone since {LATELY}"))).to_be_visible()

    at = instants.now()
    late = [{"at": instants.iso(at + one), "kind": "key", "device": DEVICE, "text": "q"} for one in range(7)]
    (tmp_path / "late.jsonl").write_text("".join(json.dumps(one) + "\n" for one in late))
    came = desk.ask("import", "captures", str(tmp_path / "late.jsonl"), "--person", email)
    assert (came["added"], came["quarantined"]) == (0, 7)

    go(person, visit.site.url, "")
    expect(person.get_by_role("heading", level=1)).to_contain_text(f"but your {DEVICE} sent data just now")
    visit.shoot(person, "pause-broken", whole=True)
    go(person, visit.site.url, "programme")
    expect(person.get_by_text(WHY).first).to_be_visible()
    visit.shoot(person, "programme-paused", whole=True)
    calm = visit(OTHER_PERSON, "")
    expect(calm.get_by_role("heading", level=1).first).to_contain_text(
        re.compile(f"Paused for everyone since {LATELY}")
    )
    expect(calm.get_by_text(DEVICE)).to_have_count(0)
    organizer = visit(ORGANIZER, "conduct")
    expect(organizer.get_by_text("1 device of 1 person went on capturing.")).to_be_visible()
    assert WHO not in organizer.content() and DEVICE not in organizer.content()
    visit.shoot(organizer, "conduct-paused", whole=True)

    go(officer, visit.site.url, "control")
    click(officer.get_by_text("Show of whom, and from which devices"))
    expect(officer.get_by_text("7 captures", exact=True)).to_be_visible()
    visit.shoot(officer, "control-review", whole=True)
    prove(officer, ONE, "Erase what is listed")
    if not officer.get_by_text("7 captures", exact=True).count():
        click(officer.get_by_text("Show of whom, and from which devices"))
    write(officer.get_by_role("textbox", name="What the review found"), "One old collector, now removed.")
    press(officer.get_by_role("button", name="Erase what is listed"))
    expect(officer.get_by_text("7 captures of 1 person were erased")).to_be_visible()
    assert desk.ask("quarantine", "list", "--as", company.named(ONE).email) == []

    prove(officer, ONE, "Propose to resume")
    write(officer.get_by_role("textbox", name="Why it may go on"), "The table is closed.")
    press(officer.get_by_role("button", name="Propose to resume"))
    expect(officer.get_by_text("Another officer than whoever proposed it has to confirm it.")).to_be_visible()
    expect(officer.get_by_text("An organizer has to agree to it.")).to_be_visible()
    expect(officer.get_by_text("No impact assessment is on file")).to_be_visible()
    expect(officer.get_by_role("button", name="Resume all the same")).to_have_count(0)
    visit.shoot(officer, "control-proposed", whole=True)
    go(organizer, visit.site.url, "conduct")
    prove(organizer, ORGANIZER, "Agree for the employees")
    expect(organizer.get_by_text("No impact assessment is on file")).to_be_visible()
    write(organizer.get_by_role("textbox", name="Why you agree"), "The table was seen closed.")
    press(organizer.get_by_role("button", name="Agree for the employees"))
    expect(organizer.get_by_text("The table was seen closed.")).to_be_visible()
    visit.shoot(organizer, "conduct-agreed", whole=True)
    second = visit(OTHER, "control")
    prove(second, OTHER, "Resume all the same")
    expect(second.get_by_text("An organizer has to agree to it.")).to_have_count(0)
    press(second.get_by_role("button", name="Resume all the same"))
    expect(second.get_by_text("takes a reason")).to_be_visible()
    write(second.get_by_role("textbox", name="Why it resumes although"), "The assessment follows by Friday.")
    press(second.get_by_role("button", name="Resume all the same"))
    expect(second.get_by_text(re.compile(f"The programme runs again since {LATELY}"))).to_be_visible()
    go(person, visit.site.url, "programme")
    expect(person.get_by_text("One old collector, now removed.")).to_be_visible()
    expect(person.get_by_text("The assessment follows by Friday.").first).to_be_visible()
    expect(person.get_by_text("It was resumed although").first).to_be_visible()
    expect(person.get_by_text("Your pause,").first).to_be_visible()
    visit.shoot(person, "programme-resumed", whole=True)
    go(person, visit.site.url, "")
    expect(person.get_by_text("While capturing was paused a device of yours went on")).to_be_visible()
    visit.shoot(person, "pause-over", whole=True)
    go(organizer, visit.site.url, "conduct")
    expect(organizer.get_by_text("The last pause was")).to_be_visible()
    expect(organizer.get_by_text("arrived from people’s own pauses")).to_be_visible()

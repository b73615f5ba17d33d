"""`python -m data programme` and `quarantine`, as scripts and officers at a terminal run them."""

from __future__ import annotations

import json
from pathlib import Path

from data import instants
from tests.data.test_command_line import ROSTER, Shell, office, refused, shell

__all__ = ["office", "shell"]

BEN, ANA, CAL = ("--as", "ben@x.org"), ("--as", "ana@x.org"), ("--as", "cal@x.org")


def test_a_pause_is_announced_kept_and_ended_by_two_officers_at_the_command_line(office: Shell, tmp_path: Path) -> None:
    """All that the pages do can be scripted, and says in one line what it refuses."""
    assert office.done("programme", "state", "--json").json["state"] == "running"
    refused(office("programme", "pause", "--reason", "Why."), 2)
    refused(office("programme", "pause", "--reason", "Why.", *ANA), 1)
    assert "is past" in refused(office("programme", "pause", "--at", "2026-01-01", "--reason", "Why.", *BEN), 1)
    ahead = instants.iso(instants.now() + instants.HOUR)
    office.done("programme", "pause", "--at", ahead, "--reason", "Why.", *BEN)
    office.done("programme", "call-off", "--reason", "A mistake.", *BEN)
    begun = office.done("programme", "pause", "--reason", "The tables are open.", *BEN, "--json").json
    assert (begun["state"], begun["reason"]) == ("paused", "The tables are open.")
    late = {"at": begun["since"], "kind": "key", "device": "ThinkPad", "text": "CanaryInTheMine"}
    (tmp_path / "late.jsonl").write_text(json.dumps(late) + "\n")
    came = office.done("import", "captures", str(tmp_path / "late.jsonl"), "--person", "ana@x.org")
    assert "1 refused (1 captured in a pause)" in came.out
    listed = office.done("quarantine", "list", *BEN)
    assert "ThinkPad" in listed.out and "Canary" not in listed.out
    refused(office("quarantine", "list", *ANA), 1)
    assert office.done("quarantine", "erase", "--reason", "One old collector.", *BEN, "--json").json == {
        "captures": 1,
        "people": 1,
        "kept": 0,
    }
    assert office.done("quarantine", "list", *BEN, "--json").json == []
    office.done("programme", "propose-resume", "--reason", "They are closed.", *BEN)
    assert "Another officer" in refused(office("programme", "resume", *BEN), 1)
    office.done("people", "grant", "ana@x.org", "officer")
    (tmp_path / "more.csv").write_text(f"{ROSTER}cal@x.org,Cal,Sales,,DE\n")
    office.done("people", "import", str(tmp_path / "more.csv"))
    office.done("people", "grant", "cal@x.org", "organizer")
    office.done("programme", "agree-resume", "--reason", "It held.", *CAL)
    (tmp_path / "assessment.txt").write_text("What it risks, and what is done about it.")
    filed = ("programme", "assessment", str(tmp_path / "assessment.txt"), "--title", "Assessment 3", *BEN)
    assert "is no day" in refused(office(*filed), 1)
    office.done(*filed, "--until", instants.iso(instants.now() + instants.DAY)[:10])
    assert "Assessment 3" in office.done("programme", "assessment").out
    missing = office.done("programme", "gate", "--json", *ANA).json
    assert missing == ["No program has looked yet whether the promises are kept."]
    assert "takes a reason" in refused(office("programme", "resume", *ANA), 1)
    done = office.done("programme", "resume", "--anyway", "A safety case.", *ANA, "--json").json
    assert (done["state"], done["missing"]) == ("resumed", missing)
    told = [one["what"] for one in office.done("programme", "history", "--json").json]
    assert told == ["pause", "pause called off", "pause", "resume proposed", "resume agreed to", "resumed"]
    last = office.done("programme", "history", "--json").json[-1]
    assert (last["reason"], last["missing"]) == ("A safety case.", missing)
    assert "Although: No program has looked" in office.done("programme", "history").out


def test_ones_own_pause_is_begun_and_ended_at_the_command_line(office: Shell) -> None:
    """It needs nobody else, and runs once at a time."""
    refused(office("programme", "pause-me"), 2)
    office.done("programme", "pause-me", *ANA)
    assert "paused already" in refused(office("programme", "pause-me", *ANA), 1)
    office.done("programme", "pause-me", "--end", *ANA)
    refused(office("programme", "pause-me", "--end", *ANA), 1)

"""`python -m data programme` and `quarantine`, as scripts and officers at a terminal run them."""

from __future__ import annotations

import json
from pathlib import Path

from data import instants
from tests.data.test_command_line import Shell, office, refused, shell

__all__ = ["office", "shell"]

BEN, ANA = ("--as", "ben@x.org"), ("--as", "ana@x.org")


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
    assert office.done("programme", "resume", *ANA, "--json").json["state"] == "resumed"
    told = [one["what"] for one in office.done("programme", "history", "--json").json]
    assert told == ["pause", "pause called off", "pause", "resume proposed", "resumed"]
    assert "They are closed." in office.done("programme", "history").out


def test_ones_own_pause_is_begun_and_ended_at_the_command_line(office: Shell) -> None:
    """It needs nobody else, and runs once at a time."""
    refused(office("programme", "pause-me"), 2)
    office.done("programme", "pause-me", *ANA)
    assert "paused already" in refused(office("programme", "pause-me", *ANA), 1)
    office.done("programme", "pause-me", "--end", *ANA)
    refused(office("programme", "pause-me", "--end", *ANA), 1)

"""The command line at its edges: who is on the roster, which zones there are, what a lost database leaves behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.__main__ import parser
from data.commands import COMMANDS, arguments
from tests.data.test_command_line import Shell, office, refused, shell

__all__ = ["office", "shell"]


@pytest.mark.parametrize(
    "command",
    [
        ("captures",),
        ("summary",),
        ("accesses",),
        ("request", "erasure"),
        ("request", "export"),
        ("request", "list"),
        ("import", "captures", "x.jsonl"),
    ],
    ids=" ".join,
)
def test_who_may_not_look_learns_nothing_of_who_is_on_the_roster(office: Shell, command: tuple[str, ...]) -> None:
    there, nowhere = (
        refused(office(*command, "--person", email, "--as", "ana@x.org"), 1) for email in ("ben@x.org", "no@x.org")
    )
    assert there == nowhere
    assert "may not" in there


def test_an_export_of_nobody_and_of_somebody_are_refused_alike(office: Shell, tmp_path: Path) -> None:
    out = str(tmp_path / "out.zip")
    refusals = {
        refused(office("export", "--person", email, "--as", "ana@x.org", out), 1) for email in ("ben@x.org", "no@x.org")
    }
    assert len(refusals) == 1


def test_an_officer_is_told_that_nobody_has_the_address(office: Shell) -> None:
    assert "check the spelling" in refused(office("captures", "--person", "no@x.org", "--as", "ben@x.org"), 1)


@pytest.mark.parametrize(
    "name", ["localtime", "EST", "EST5EDT", "posixrules", "Factory", "right/UTC", "Europe", "", "x"]
)
def test_a_zone_of_no_region_is_refused_in_a_sentence(office: Shell, tmp_path: Path, name: str) -> None:
    (tmp_path / "c.jsonl").write_text('{"at": "2026-07-01T12:00:00", "kind": "key"}\n')
    said = refused(office("import", "captures", str(tmp_path / "c.jsonl"), "--person", "ana@x.org", "--zone", name), 2)
    assert "no time zone of a region" in said


def test_a_list_of_accesses_says_of_what_it_knows_nothing(office: Shell, tmp_path: Path) -> None:
    """An empty list is no proof: a source may have stopped, and reads past this app may leave no trace at all."""
    asked = ("accesses", "--person", "ana@x.org", "--as", "ana@x.org")
    alone = office.done(*asked).out
    assert "Not known: reads past this app" in alone
    early = office.done(*asked, "--from", "2020-01-01", "--to", "2020-01-02").out
    assert "through this app is known in the time" in early
    spans = tmp_path / "spans.jsonl"
    spans.write_text(
        '{"coverage": "pg", "start": "2026-10-01T00:00Z", "end": "2026-10-02T00:00Z", "why": "switched off"}\n'
    )
    office.done("import", "accesses", str(spans))
    told = office.done(*asked).out
    assert "Not known: 2026-10-02T00:00:00 to " in told
    assert "pg: switched off." in told
    assert "past this app" not in told
    found = office.done(*asked, "--json").json["coverage"]
    assert [one["why"] for one in found["not_known"]] == ["switched off"]
    assert (found["from"], found["past_this_app"]) == ("2026-10-01T00:00:00.000000Z", True)
    late = office.done(*asked, "--from", "2026-10-03", "--to", "2026-10-04").out
    assert "No access to the data of ana@x.org is known in the time that can be seen." in late


@pytest.mark.parametrize("name", ["UTC", "Etc/UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Pacific/Chatham"])
def test_a_zone_of_a_region_is_taken(name: str) -> None:
    assert arguments.zone(name).key == name


def test_working_hours_are_those_of_the_zone_that_is_named(office: Shell, tmp_path: Path) -> None:
    """22:00 in UTC is the afternoon in Los Angeles."""
    look = {"at": "2026-11-18T22:00:00Z", "source": "audit", "action": "read", "who": "x", "purpose": "support"}
    (tmp_path / "looks.jsonl").write_text(json.dumps(look | {"people": ["ana@x.org"]}) + "\n")
    office.done("import", "accesses", str(tmp_path / "looks.jsonl"))
    own = ("accesses", "--person", "ana@x.org", "--as", "ana@x.org", "--json")
    (found,) = office.done(*own).json["accesses"]
    assert found["marks"] == ["outside working hours"]
    (found,) = office.done(*own, "--zone", "America/Los_Angeles").json["accesses"]
    assert found["marks"] == []


def test_a_lost_database_is_told_of_and_no_empty_one_is_put_in_its_place(shell: Shell) -> None:
    for left in shell.store.glob("daylight.db*"):
        left.unlink()
    assert "put it back" in refused(shell("people", "list"), 1)
    assert list(shell.store.glob("daylight.db*")) == []


@pytest.mark.parametrize("end", ["z", "Z"])
def test_a_zone_may_be_written_in_either_case(office: Shell, tmp_path: Path, end: str) -> None:
    """RFC 3339, 5.6: "T" and "Z" may alternatively be lower case."""
    (tmp_path / "c.jsonl").write_text(json.dumps({"at": f"2026-07-01t12:00:00{end}", "kind": "scroll"}) + "\n")
    office.done("import", "captures", str(tmp_path / "c.jsonl"), "--person", "ana@x.org")
    own = ("captures", "--person", "ana@x.org", "--as", "ana@x.org", "--kind", "scroll", "--json")
    (found,) = office.done(*own, "--from", f"2026-07-01t12:00:00{end}").json["captures"]
    assert found["at"] == "2026-07-01T12:00:00.000000Z"


@pytest.mark.parametrize(
    "line", ['{{"at": {digits}, "kind": "key"}}', '{{"at": 1, "kind": "key", "value": {{"n": {digits}}}}}']
)
def test_a_number_of_thousands_of_digits_is_refused_in_our_own_words(office: Shell, tmp_path: Path, line: str) -> None:
    (tmp_path / "c.jsonl").write_text(line.format(digits="1" * 5_000) + "\n")
    said = refused(office("import", "captures", str(tmp_path / "c.jsonl"), "--person", "ana@x.org"), 1)
    assert "line 1: a whole number has more digits" in said
    assert "sys." not in said
    (tmp_path / "aw.json").write_text('{"buckets": {"b": {"events": [{"x": ' + "1" * 5_000 + "}]}}}")
    said = refused(office("import", "activitywatch", str(tmp_path / "aw.json"), "--person", "ana@x.org"), 1)
    assert "more digits" in said
    assert "sys." not in said


@pytest.mark.parametrize(
    "command",
    [
        ("request", "erasure", "--as", "ana@x.org"),
        ("request", "export", "--as", "ana@x.org"),
        ("request", "preview", "--as", "ana@x.org"),
        ("request", "objection", "--as", "ana@x.org", "--text", "It is too much."),
        ("hold", "set", "--as", "ben@x.org", "--reason", "A claim.", "--review", "2027-01-01"),
        ("captures", "--as", "ben@x.org", "--purpose", "support", "--ticket", "T-1"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
@pytest.mark.parametrize(
    ("span", "said"),
    [
        (("--to", "9999-12-31"), "outside the years 1700 to 2249"),
        (("--from", "1650-01-01"), "outside the years 1700 to 2249"),
        (("--from", "2026-02-01", "--to", "2026-01-01"), "before it starts"),
    ],
    ids=["too late", "too early", "upside down"],
)
def test_a_span_that_cannot_be_is_one_sentence_whatever_it_is_for(
    office: Shell, command: tuple[str, ...], span: tuple[str, ...], said: str
) -> None:
    """A date that the log could not hold used to end as a failure of the program, with half of the work done."""
    assert said in refused(office(*command, "--person", "ana@x.org", *span), 1)


def test_whoever_makes_a_store_is_told_where_a_backup_would_undo_deletions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By default the list of deletions lies in the store's own folder, and goes back with it."""
    inside = Shell(tmp_path / "one", capsys)
    assert "DAYLIGHT_TOMBSTONES" in inside.done("init").out
    monkeypatch.setenv("DAYLIGHT_TOMBSTONES", str(tmp_path / "elsewhere"))
    assert "DAYLIGHT_TOMBSTONES" not in Shell(tmp_path / "two", capsys).done("init").out


def test_all_commands_have_names_of_their_own() -> None:
    """Two of one name in a group would stop every command beside them."""
    assert parser(list(COMMANDS)).parse_args(["request", "list"]).run

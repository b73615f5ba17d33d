"""The command line as scripts and operators meet it: exit status, one line on stderr, JSON, hostile input."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from data.__main__ import BROKEN_PIPE, INTERRUPTED, main
from data.commands import COMMANDS, arguments, init

ROOT = Path(__file__).parents[2]
ROSTER = "email,name,department,manager,jurisdiction\nana@x.org,Ana,Sales,,DE\nben@x.org,Ben,Privacy,ana@x.org,US-CA\n"
CAPTURES = [
    {"at": "2026-11-03T14:05:09.000120Z", "kind": "key", "down": True, "text": "q", "app": "Mail", "device": "pad"},
    {"at": "2026-11-03T14:05:09.100000Z", "kind": "key", "down": False, "text": "q", "app": "Mail", "device": "pad"},
    {"at": "2026-11-03T14:06:00Z", "kind": "click", "down": True, "x": 1, "y": 2, "button": "left", "device": "pad"},
    {"at": "2026-11-03T14:07:00Z", "kind": "window", "app": "=cmd()", "title": "\u202egnp.exe\nforged line"},
]


class Ran(NamedTuple):
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


def really(*arguments: str | bytes, **environment: str) -> Ran:
    """Run `python -m data` as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "data", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        timeout=120,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


class Shell:
    """The command line over one store, in this process."""

    def __init__(self, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.store = store
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Ran:
        code = main([*arguments, "--store", str(self.store)])
        out, err = self._capsys.readouterr()
        return Ran(code, out, err)

    def done(self, *arguments: str) -> Ran:
        """Run it and insist that it worked."""
        ran = self(*arguments)
        assert ran.code == 0, ran.err
        return ran


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """An empty store."""
    found = Shell(tmp_path / "store", capsys)
    found.done("init")
    return found


@pytest.fixture
def office(shell: Shell, tmp_path: Path) -> Shell:
    """Ana with four captures, and Ben who is an officer."""
    (tmp_path / "roster.csv").write_text(ROSTER)
    (tmp_path / "captures.jsonl").write_text("".join(json.dumps(one) + "\n" for one in CAPTURES))
    shell.done("people", "import", str(tmp_path / "roster.csv"))
    shell.done("people", "grant", "ben@x.org", "officer")
    shell.done("import", "captures", str(tmp_path / "captures.jsonl"), "--person", "ana@x.org")
    return shell


def refused(ran: Ran, code: int) -> str:
    assert ran.code == code, ran
    assert ran.out == ""
    assert ran.err.endswith("\n")
    assert ran.err.count("\n") == 1
    assert ran.err.rstrip("\n").isprintable()
    return ran.err


def test_a_store_is_made_once_and_only_its_owner_may_look_into_it(tmp_path: Path) -> None:
    store = tmp_path / "a store with spaces"
    assert really("init", "--store", str(store)).code == 0
    assert store.stat().st_mode & 0o777 == 0o700
    keyring = (store / "keyring").read_bytes()
    assert "already" in refused(really("--store", str(store), "init"), 1)
    assert (store / "keyring").read_bytes() == keyring
    listed = really("people", "list", "--json", DAYLIGHT_STORE=str(store))
    assert (listed.code, listed.json) == (0, [])


def test_an_interrupted_init_is_finished_by_the_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(tmp_path / "store", capsys)
    shell.done("init")
    (shell.store / "daylight.db").unlink()
    for left in shell.store.glob("daylight.db-*"):
        left.unlink()
    shell.done("init")
    assert shell.done("people", "list", "--json").json == []


def test_without_a_store_every_command_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(tmp_path / "nowhere", capsys)
    for command in (("people", "list"), ("summary", "--person", "a@x.org"), ("request", "run", "1")):
        assert "data init" in refused(shell(*command), 1)
    assert not shell.store.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["people"],
        ["people", "grant", "ana@x.org"],
        ["summary"],
        ["captures", "--person", "ana@x.org"],
        ["accesses", "--person", "ana@x.org"],
        ["export", "--person", "ana@x.org", "out.zip"],
        ["request", "erasure", "--person", "ana@x.org"],
        ["request", "decide", "1", "approve"],
        ["request", "list"],
        ["request", "show", "1"],
        ["request", "withdraw", "1"],
        ["request", "show", "one", "--as", "ana@x.org"],
        ["request", "decide", "1", "maybe", "--as", "ana@x.org"],
        ["captures", "--person", "ana@x.org", "--as", "ana@x.org", "--kind", "smell"],
        ["captures", "--person", "ana@x.org", "--as", "ana@x.org", "--limit", "0"],
        ["captures", "--person", "ana@x.org", "--as", "ana@x.org", "--limit", "²"],
        ["captures", "--person", "ana@x.org", "--as", "ana@x.org", "--from", "yesterday"],
        ["captures", "--person", "ana@x.org", "--as", "ana@x.org", "--purpose", "fun"],
        ["captures", "--pers", "ana@x.org", "--as", "ana@x.org"],
        ["import", "telepathy", "x", "--person", "ana@x.org"],
        ["import", "captures", "x"],
        ["import", "captures", "x", "--person", "ana@x.org", "--zone", "../../etc/passwd"],
        ["import", "accesses", "x", "--person", "ana@x.org"],
    ],
)
def test_a_wrong_command_line_is_one_sentence_and_status_2_before_anything_is_opened(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--store", str(tmp_path / "nowhere"), *arguments])
    out, err = capsys.readouterr()
    refused(Ran(code, out, err), 2)


def test_the_summary_counts_what_the_file_held_and_a_second_import_changes_nothing(
    office: Shell, tmp_path: Path
) -> None:
    found = office.done("summary", "--person", "ana@x.org", "--json").json
    assert found["person"] == "ana@x.org"
    assert found["total"] == 4
    assert found["kinds"] == {"key": 2, "click": 1, "window": 1}
    assert found["downs"] == {"click": 1, "key": 1}
    assert (found["first"], found["last"]) == ("2026-11-03T14:05:09.000120Z", "2026-11-03T14:07:00.000000Z")
    assert found["devices"] == ["pad"]
    assert found["apps"] == {"Mail": 2, "=cmd()": 1}
    assert found["sealed_bytes"] > 0
    assert (found["duplicates"], found["refused"]) == (0, 0)
    again = office.done("import", "captures", str(tmp_path / "captures.jsonl"), "--person", "ANA@x.org", "--json").json
    assert (again["added"], again["duplicates"], again["unchanged"]) == (0, 4, True)
    assert office.done("summary", "--person", "ana@x.org", "--json").json["total"] == 4


def test_single_captures_are_printed_newest_first_page_by_page(office: Shell) -> None:
    own = ("captures", "--person", "ana@x.org", "--as", "ana@x.org", "--json")
    page = office.done(*own, "--limit", "3").json
    assert [one["kind"] for one in page["captures"]] == ["window", "click", "key"]
    rest = office.done(*own, "--before", page["next"]).json
    assert [(one["kind"], one["down"], one["at"]) for one in rest["captures"]] == [
        ("key", True, "2026-11-03T14:05:09.000120Z")
    ]
    assert rest["next"] is None
    some = office.done(*own, "--kind", "key", "--app", "Mail", "--from", "2026-11-03", "--to", "2026-11-04").json
    assert len(some["captures"]) == 2
    assert office.done(*own, "--to", "2026-11-03T14:05:09.000120Z").json["captures"] == []
    refused(office(*own, "--before", "1'; DROP TABLE segments"), 1)


def test_what_captures_hold_cannot_forge_a_line_or_turn_the_text_around(office: Shell) -> None:
    shown = office.done("captures", "--person", "ana@x.org", "--as", "ana@x.org").out
    assert "\u202e" not in shown
    assert "\\u202egnp.exe\\nforged line" in shown
    printed = office.done("captures", "--person", "ana@x.org", "--as", "ana@x.org", "--json")
    assert printed.out.isascii()
    assert printed.json["captures"][0]["title"] == CAPTURES[3]["title"]


def test_a_look_by_somebody_else_is_told_to_the_person_with_its_reason(office: Shell) -> None:
    assert "may not" in refused(office("captures", "--person", "ben@x.org", "--as", "ana@x.org"), 1)
    look = ("captures", "--person", "ana@x.org", "--as", "ben@x.org")
    office.done(*look, "--kind", "key", "--purpose", "support", "--ticket", "T-1")
    office.done(*look)
    office.done("summary", "--person", "ana@x.org")
    looks = office.done("accesses", "--person", "ana@x.org", "--as", "ana@x.org", "--json").json["accesses"]
    assert [(one["role"], one["purpose"], one["ticket"], one["count"]) for one in looks] == [
        ("operator", "none", "", 4),
        ("officer", "none", "", 4),
        ("officer", "support", "T-1", 2),
    ]
    assert looks[2]["scope"]["kinds"] == ["key"]
    assert "no reason given" in looks[1]["marks"]
    office.done("captures", "--person", "ana@x.org", "--as", "ana@x.org")
    assert len(office.done("accesses", "--person", "ana@x.org", "--as", "ana@x.org", "--json").json["accesses"]) == 3


def test_an_unknown_person_is_named_in_one_line_whatever_the_name(office: Shell) -> None:
    for email in ("ghost@x.org", "a\nb@x.org", "\u202e@x.org", "", "x" * 10_000, "'; --", "\udcff@x.org"):
        refused(office("summary", "--person", email), 1)
        refused(office("captures", "--person", "ana@x.org", "--as", email), 1)


def test_a_role_taken_back_ends_at_the_next_command(office: Shell) -> None:
    look = ("captures", "--person", "ana@x.org", "--as", "ben@x.org")
    office.done(*look)
    office.done("people", "revoke", "ben@x.org", "officer")
    refused(office(*look), 1)
    refused(office("people", "revoke", "ben@x.org", "officer"), 1)
    refused(office("people", "grant", "ben@x.org", "king"), 1)
    refused(office("people", "grant", "ben@x.org", "officer", "--as", "ben@x.org"), 1)


def test_a_copy_is_asked_for_carried_out_and_written(office: Shell, tmp_path: Path) -> None:
    made = office.done("request", "export", "--person", "ana@x.org", "--as", "ana@x.org", "--json").json
    assert made["state"] == "approved"
    assert refused(office("request", "run", str(made["id"]), "--as", "ghost@x.org"), 1)
    assert office.done("request", "run", str(made["id"]), "--as", "ana@x.org", "--json").json["state"] == "done"
    path = tmp_path / "out.zip"
    assert office.done("export", "--person", "ana@x.org", "--as", "ana@x.org", str(path), "--json").json["bytes"] > 0
    assert path.read_bytes()[:2] == b"PK"
    refused(office("export", "--person", "ana@x.org", "--as", "ana@x.org", str(tmp_path)), 1)
    refused(office("export", "--person", "ana@x.org", "--as", "ana@x.org", str(tmp_path / "no" / "out.zip")), 1)


def test_a_deletion_is_decided_by_an_officer_who_is_somebody_else(office: Shell) -> None:
    asked = ("request", "erasure", "--person", "ana@x.org", "--as", "ana@x.org")
    made = office.done(*asked, "--kind", "key", "--json").json
    number = str(made["id"])
    assert (made["state"], made["scope"]) == ("open", {"kinds": ["key"]})
    refused(office(*asked, "--kind", "key"), 1)
    refused(office("request", "decide", number, "approve", "--as", "ana@x.org"), 1)
    refused(office("request", "decide", number, "refuse", "--as", "ben@x.org", "--reason", "no"), 1)
    refused(office("request", "decide", number, "refuse", "--as", "ben@x.org", "--ground", "legal_hold"), 1)
    assert [one["id"] for one in office.done("request", "list", "--as", "ben@x.org", "--json").json] == [made["id"]]
    refuse = ("request", "decide", number, "refuse", "--ground", "legal-hold", "--reason", "A court asked.")
    assert office.done(*refuse, "--as", "ben@x.org", "--json").json["ground"] == "legal_hold"
    refused(office("request", "run", number), 1)
    second = office.done(*asked, "--app", "Mail", "--json").json
    withdraw = ("request", "withdraw", str(second["id"]), "--as", "ana@x.org", "--json")
    assert office.done(*withdraw).json["state"] == "withdrawn"
    mine = office.done("request", "list", "--person", "ana@x.org", "--as", "ana@x.org", "--json").json
    assert [one["state"] for one in mine] == ["withdrawn", "refused"]


def test_the_queue_is_narrowed_and_a_request_taken_on_and_given_back(office: Shell) -> None:
    asked = ("request", "erasure", "--person", "ana@x.org", "--as", "ana@x.org")
    number = office.done(*asked, "--json").json["id"]
    queue = ("request", "list", "--as", "ben@x.org", "--json")
    office.done("request", "take", str(number), "--as", "ben@x.org")
    (mine,) = office.done(*queue, "--whose", "mine", "--asks", "erasure", "--text", "ANA").json
    assert (mine["id"], mine["person"], mine["who_has_it"]) == (number, "ana@x.org", "Ben")
    assert office.done(*queue, "--whose", "nobodys").json == office.done(*queue, "--ended").json == []
    assert "already" in refused(office("request", "take", str(number), "--as", "ben@x.org"), 1)
    office.done("request", "give-back", str(number), "--as", "ben@x.org")
    assert "Ben" not in office.done(*queue[:-1], "--step", "decide").out
    refused(office("request", "take", str(number), "--as", "ana@x.org"), 1)
    refused(office(*queue[:-1], "--person", "ana@x.org", "--whose", "mine"), 1)


def test_saved_texts_are_added_changed_and_removed(office: Shell) -> None:
    add = ("texts", "add", "refusal", "Dispute", "--words", "A court wants this kept.")
    number = str(office.done(*add, "--as", "ben@x.org", "--json").json["text"])
    refused(office(*add, "--as", "ben@x.org"), 1)
    refused(office(*add, "--as", "ana@x.org"), 1)
    change = ("texts", "change", number, "Dispute", "--words", "Shorter.", "--as", "ben@x.org", "--json")
    assert office.done(*change).json == {
        "text": 1,
        "use": "refusal",
        "title": "Dispute",
        "words": "Shorter.",
        "version": 2,
    }
    assert "Shorter." in office.done("texts", "list", "--use", "refusal", "--as", "ben@x.org").out
    office.done("texts", "remove", number, "--as", "ben@x.org")
    assert "No text is saved." in office.done("texts", "list", "--as", "ben@x.org").out


def test_a_deletion_is_previewed_with_what_stays_and_why_and_waits_until_it_can_be_taken_back_no_more(
    office: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = ("--person", "ana@x.org", "--as", "ana@x.org", "--kind", "key")
    seen = office.done("request", "preview", *only, "--json").json
    assert (seen["goes"]["captures"], seen["goes"]["left"]) == (2, 2)
    assert all(one["why"] for one in seen["stays"])
    assert "certificate" in office.done("request", "preview", *only).out
    assert not office.done("request", "list", "--person", "ana@x.org", "--as", "ana@x.org", "--json").json
    number = str(office.done("request", "erasure", *only, "--json").json["id"])
    monkeypatch.setenv("DAYLIGHT_ERASURE_DELAY", "24h")
    said = office.done("request", "decide", number, "approve", "--as", "ben@x.org").out
    assert "until then it can be withdrawn" in said
    monkeypatch.setenv("DAYLIGHT_ERASURE_DELAY", "0s")
    assert "can be taken back" in refused(office("request", "run", number), 1)
    assert office.done("request", "withdraw", number, "--as", "ana@x.org", "--json").json["state"] == "withdrawn"


def test_an_approved_deletion_is_carried_out_and_what_it_took_is_refused_when_it_comes_again(
    office: Shell, tmp_path: Path
) -> None:
    made = office.done(
        "request", "erasure", "--person", "ana@x.org", "--as", "ana@x.org", "--kind", "key", "--json"
    ).json
    number = str(made["id"])
    office.done("request", "decide", number, "approve", "--as", "ben@x.org", "--reason", "You asked.")
    ran = office.done("request", "run", number, "--as", "ben@x.org", "--json").json
    assert (ran["state"], ran["failure"]) == ("done", "")
    assert office.done("summary", "--person", "ana@x.org", "--json").json["kinds"] == {"click": 1, "window": 1}
    again = office.done("import", "captures", str(tmp_path / "captures.jsonl"), "--person", "ana@x.org", "--json").json
    assert (again["added"], again["refused"]) == (0, 2)
    refused(office("request", "run", number), 1)


def test_the_worker_carries_out_what_is_approved_and_ends_when_told_to(office: Shell) -> None:
    made = office.done("request", "export", "--person", "ana@x.org", "--as", "ana@x.org", "--json").json
    command = [sys.executable, "-m", "data", "work", "--store", str(office.store)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as worker:
        try:
            show = ("request", "show", str(made["id"]), "--as", "ana@x.org", "--json")
            deadline = time.monotonic() + 90
            while office.done(*show).json["state"] != "done" and time.monotonic() < deadline:
                time.sleep(0.2)
            worker.send_signal(signal.SIGTERM)
            out, err = worker.communicate(timeout=30)
        finally:
            worker.kill()
    assert office.done(*show).json["state"] == "done"
    assert (worker.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"{", b"PK\x03\x04", b"{}\n", b'{"at":"x","kind":"key"}\n'])
def test_a_file_that_is_none_of_ours_is_one_sentence(office: Shell, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(content)
    for source in ("captures", "activitywatch"):
        refused(office("import", source, str(path), "--person", "ana@x.org"), 1)
    for source in ("ducktrack", "openadapt"):
        refused(office("import", source, str(path), "--person", "ana@x.org", "--zone", "UTC"), 1)
    refused(office("import", "accesses", str(path)), 1)
    refused(office("people", "import", str(path)), 1)
    assert office.done("summary", "--person", "ana@x.org", "--json").json["total"] == 4


def test_a_reader_who_goes_away_is_not_complained_about(office: Shell) -> None:
    command = f"'{sys.executable}' -m data captures --person ana@x.org --as ana@x.org --store '{office.store}' | true"
    shell = ["bash", "-c", f'{command}; echo "${{PIPESTATUS[0]}}"']
    done = subprocess.run(shell, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.stdout.strip(), done.stderr) == (str(BROKEN_PIPE), "")


def test_an_interrupted_command_ends_quietly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(init, "run", interrupted)
    assert Shell(tmp_path, capsys)("init") == Ran(INTERRUPTED, "", "")


def test_what_should_not_happen_is_one_line_without_anything_of_the_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise ValueError("a secret keystroke")

    monkeypatch.setattr(init, "run", broken)
    assert "secret" not in refused(Shell(tmp_path, capsys)("init"), 1)


def test_a_terminal_of_another_encoding_gets_escapes_instead_of_an_error(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    (tmp_path / "roster.csv").write_text(ROSTER.replace("Ana", "Zoë 山"))
    ascii_only = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "DAYLIGHT_STORE": store}
    assert really("init", **ascii_only).code == 0
    assert really("people", "import", str(tmp_path / "roster.csv"), **ascii_only).code == 0
    listed = really("people", "list", **ascii_only)
    assert listed.code == 0
    assert "Zo\\xeb" in listed.out
    refused(really(b"summary", b"--person", b"\xff\xfe@x.org", **ascii_only), 1)


def test_what_a_command_does_not_need_is_not_loaded(shell: Shell) -> None:
    """Seconds of loading would be felt in every script."""
    program = (
        "import sys; from data.__main__ import main\n"
        f"code = main(['people', 'list', '--store', {str(shell.store)!r}])\n"
        "print(code, {'pyarrow', 'holidays', 'jinja2', 'alembic', 'cv2'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines()[-1] == "0 set()", done


def test_help_loads_neither_database_nor_arrow() -> None:
    """The list of commands is what everybody meets first."""
    program = (
        "import sys, contextlib; from data.__main__ import main\n"
        "with contextlib.suppress(SystemExit): main(['--help'])\n"
        "print({'sqlalchemy', 'pyarrow'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines()[-1] == "set()", done


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_list_is_there_and_helps(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert COMMANDS[name].help in " ".join(capsys.readouterr().out.split())


def test_captures_from_before_1970_are_paged_like_all_others(office: Shell, tmp_path: Path) -> None:
    """A cursor that begins with a minus would be taken for an option."""
    old = [{"at": f"1969-12-31T23:59:5{second}Z", "kind": "click"} for second in range(5)]
    (tmp_path / "old.jsonl").write_text("".join(json.dumps(one) + "\n" for one in old))
    office.done("import", "captures", str(tmp_path / "old.jsonl"), "--person", "ben@x.org")
    own = ("captures", "--person", "ben@x.org", "--as", "ben@x.org", "--limit", "2", "--json")
    seen: list[str] = []
    page = office.done(*own).json
    while True:
        seen += [one["at"][17:19] for one in page["captures"]]
        if page["next"] is None:
            break
        page = office.done(*own, "--before", page["next"]).json
    assert seen == ["54", "53", "52", "51", "50"]


def test_the_largest_page_that_a_command_takes_is_one_that_it_gives(office: Shell) -> None:
    own = ("captures", "--person", "ana@x.org", "--as", "ana@x.org", "--limit")
    office.done(*own, str(arguments.MOST))
    refused(office(*own, str(arguments.MOST + 1)), 2)


def test_an_init_that_ended_between_keyring_and_objects_is_finished_by_the_next(shell: Shell) -> None:
    """The sentence that says 'run init' must not be what init answers."""
    for left in [*shell.store.glob("daylight.db*"), *(shell.store / "segments").iterdir()]:
        left.unlink()
    assert "data init" in refused(shell("people", "list"), 1)
    keyring = (shell.store / "keyring").read_bytes()
    shell.done("init")
    assert (shell.store / "keyring").read_bytes() == keyring
    assert shell.done("people", "list", "--json").json == []


@pytest.mark.parametrize("without_database", [False, True])
def test_init_makes_no_second_keyring_for_a_store_that_lost_its_own(shell: Shell, without_database: bool) -> None:
    """It would stand where the operator must put the real one back, and claim the old objects as its own."""
    (shell.store / "keyring").unlink()
    if without_database:
        for left in shell.store.glob("daylight.db*"):
            left.unlink()
    marker = (shell.store / "segments" / "store").read_bytes()
    refused(shell("init"), 1)
    assert not (shell.store / "keyring").exists()
    assert (shell.store / "segments" / "store").read_bytes() == marker


def test_of_several_inits_at_once_one_makes_the_store(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    running = [
        subprocess.Popen([sys.executable, "-m", "data", "init", "--store", store], cwd=ROOT, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    said = [one.communicate(timeout=120)[1].decode() for one in running]
    assert sorted(one.returncode for one in running) == [0, 1, 1], said
    assert sum("already" in one for one in said) == 2, said
    assert really("people", "list", "--json", "--store", store).json == []


@pytest.mark.parametrize("address", ["nonsense", "mysql://secret@host/x", "postgresql://u:secret@host:port/x"])
def test_an_address_of_no_database_is_refused_without_repeating_its_password(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DAYLIGHT_DATABASE", address)
    said = refused(shell("people", "list"), 1)
    assert "DAYLIGHT_DATABASE" in said
    assert "secret" not in said

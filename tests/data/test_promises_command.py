"""`programme notice`, `programme drift` and `retention` say on the command line what pages say, and refuse alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from data import instants
from data.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
NOTICE = """
title = "Keys"
legal_basis = "Art. 6(1)(f)"
purposes = ["training"]
apps = ["Code"]
text = "We keep what you type."
[kinds.key]
fields = ["app", "press", "text"]
days = 30
"""


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command line over a store with two people, of whom Oda is an officer: (exit status, what it printed)."""
    monkeypatch.setenv("DAYLIGHT_STORE", str(tmp_path / "store"))

    def call(*words: str) -> tuple[int, str]:
        code = main(list(words))
        out, err = capsys.readouterr()
        return code, out + err

    call("init")
    call("people", "import", str(ROOT / "tests/samples/roster.csv"))
    call("people", "grant", "oda@example.org", "officer")
    return call


def test_the_way_of_a_notice_its_drift_and_its_retention(run: Any, tmp_path: Path) -> None:
    """From nothing promised to a finding that an officer ends, with the same figures that pages show."""
    oda, ana = ("--as", "oda@example.org"), ("--as", "ana@example.org")
    assert "nothing was promised" in run("programme", "notice", "list")[1]
    assert "Nothing is deleted: there is no privacy notice in force" in run("retention", "run")[1]
    assert "No run has taken place yet." in run("retention", "show")[1]
    notice = tmp_path / "notice.toml"
    notice.write_text("effective = 2020-01-01\n" + NOTICE)
    code, said = run("programme", "notice", "publish", str(notice), *oda)
    assert (code, "which has passed" in said, said.count("\n")) == (1, True, 1)
    notice.write_text(NOTICE)
    assert run("programme", "notice", "publish", str(notice), *ana)[0] == 1
    assert "Version 1 is published" in run("programme", "notice", "publish", str(notice), *oda)[1]
    assert "That is no consent." in run("programme", "notice", "read", "1", *ana)[1]
    now = instants.now()
    typed = tmp_path / "typed.jsonl"
    rows = [(now, "Mail"), (now - 31 * instants.DAY, "Code"), (now - 29 * instants.DAY, "Code")]
    lines = [json.dumps({"at": at, "kind": "key", "text": "q", "app": app}) for at, app in rows]
    typed.write_text("\n".join(lines))
    run("import", "captures", str(typed), "--person", "ana@example.org")
    (found,) = json.loads(run("programme", "drift", "list", *oda, "--json")[1])
    assert (found["what"], found["captures"], found["people"], found["stands"]) == ("captures in Mail", 1, 1, "goes on")
    assert json.loads(run("programme", "drift", "list", *ana, "--json")[1]) == [found]
    assert run("programme", "drift", "close", "1", "--reason", "Mail is excluded now.", *ana)[0] == 1
    assert run("programme", "drift", "close", "1", "--reason", "Mail is excluded now.", *oda)[0] == 0
    assert "closed" in run("programme", "drift", "list", *oda)[1]
    assert "deleted 1 captures of 1 people" in run("retention", "run")[1]
    shown = json.loads(run("retention", "show", "--json")[1])
    assert (shown["kinds"], shown["failed"], shown["left"], shown["held"]) == ({"key": 1}, 0, 0, 0)
    assert run("retention", "run", *ana)[0] == 1

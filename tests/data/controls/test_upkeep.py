"""The app looks by itself, and a drill and a claim are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data import upkeep
from data.__main__ import main
from data.controls import looking, record
from data.controls.control import State
from data.people.viewer import OPERATOR
from data.settings import Settings
from data.store import open_store


def ask(store: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main([*words, "--store", str(store)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_app_looks_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Protects: without anybody typing anything, what can be looked at has been looked at."""
    store = tmp_path / "store"
    assert ask(store, capsys, "init")[0] == 0
    opened = open_store(Settings.from_environment({}, store=str(store)))
    (chore,) = (one for one in upkeep.chores_of(opened) if one.name == "controls")
    assert chore.pause == looking.EVERY
    chore.run(opened)
    with opened.database.reading() as session:
        found = record.read(session, OPERATOR, opened.vault, days=14).controls
    assert {one.name.probe for one in found} == {
        "files",
        "sealing",
        "retention",
        "keyring",
        "log-check",
        "witness",
        "drill",
    }
    assert {one.name.probe: one.last.state for one in found}["keyring"] is State.HOLDS
    opened.database.close()


def test_the_commands_say_what_is_broken_by_their_exit_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Protects: a script that runs the probes notices a break, and each command tells the same."""
    store = tmp_path / "store"
    assert ask(store, capsys, "init")[0] == 0
    assert ask(store, capsys, "people", "import", "tests/samples/roster.csv")[0] == 0
    assert ask(store, capsys, "people", "grant", "oda@example.org", "officer")[0] == 0
    code, out, _ = ask(store, capsys, "controls", "run")
    assert code == 0 and "Not known" in out
    code, out, err = ask(store, capsys, "controls", "drill", __file__)
    assert code == 1 and "no usable database" in err
    code, out, err = ask(store, capsys, "controls", "run", "--json")
    assert code == 1 and "Broken: drill" in err
    assert {one["control"]: one["state"] for one in json.loads(out)}["drill"] == "broken"
    given = ("controls", "claim-fix", "drill", "--words", "A new backup was made.")
    assert ask(store, capsys, *given)[0] == 2, "it needs a name"
    code, out, _ = ask(store, capsys, *given, "--as", "oda@example.org")
    assert code == 0 and "said to be fixed" in out
    code, out, _ = ask(store, capsys, "controls", "history", "drill", "--json")
    assert [one["state"] for one in json.loads(out)["history"]] == ["unknown", "broken", "claimed"]
    code, out, _ = ask(
        store, capsys, "controls", "drill", str(store / "daylight.db"), "--segments", f"{store}/segments"
    )
    assert code == 0 and "entries of the log" in out
    assert ask(store, capsys, "controls", "run")[0] == 0
    code, out, _ = ask(store, capsys, "controls", "list")
    assert code == 0 and "Fixed, and watched whether it holds".lower() in out.lower()
    code, _, err = ask(store, capsys, "controls", "history", "nothing")
    assert code == 1 and "no control 'nothing'" in err

"""Many devices are enrolled out of one list, all or none, and their tokens end in one file that is nobody else's."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data.__main__ import main
from data.database import Database
from data.errors import BadInput, Conflict
from data.people.viewer import OPERATOR
from data.programme import rollout
from data.programme.device_tables import EnrolmentRow
from data.programme.heartbeats import Outcome
from data.sealing.vault import Vault
from tests.data.programme.reporting import enrolled, said, sent
from tests.data.rights.conftest import Roster, roster

__all__ = ["roster"]


def rolled_out(database: Database, vault: Vault, folder: Path, text: str) -> int:
    (folder / "devices.csv").write_text(text)
    with database.writing() as session:
        return rollout.roll_out(session, OPERATOR, vault, folder / "devices.csv", folder / "tokens.csv")


def test_each_device_of_a_list_gets_a_token_that_works(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    listed = 'person,device\nAna@example.org,ThinkPad\nana@example.org,"Mac, old"\ncal@example.org,ThinkPad\n'
    assert rolled_out(database, vault, tmp_path, listed) == 3
    out = tmp_path / "tokens.csv"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(one["person"], one["device"]) for one in rows] == [
        ("ana@example.org", "ThinkPad"),
        ("ana@example.org", "Mac, old"),
        ("cal@example.org", "ThinkPad"),
    ]
    assert said(database, *[sent(one["token"], 1) for one in rows]) == [Outcome.KEPT] * 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "begin with the line"),
        ("person,device\n", "begin with the line"),
        ("email,device\nana@example.org,A\n", "begin with the line"),
        ("person,device\nana@example.org\n", "line 2"),
        ("person,device\nana@example.org,A\nnobody@example.org,B\n", "line 3"),
        ('person,device\nana@example.org,"A\n', "not a CSV"),
    ],
)
def test_of_a_list_that_cannot_be_used_nothing_is_enrolled(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(BadInput, match=told):
        rolled_out(database, vault, tmp_path, text)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EnrolmentRow)) == 0
    assert not (tmp_path / "tokens.csv").exists()


def test_a_file_of_tokens_is_never_overwritten_and_a_device_never_enrolled_twice(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    enrolled(database, vault, 1)
    with pytest.raises(Conflict):
        rolled_out(database, vault, tmp_path, "person,device\nana@example.org,ThinkPad\n")
    (tmp_path / "tokens.csv").write_text("older")
    with pytest.raises(BadInput, match="there already"):
        rolled_out(database, vault, tmp_path, "person,device\nana@example.org,Mac\n")
    assert (tmp_path / "tokens.csv").read_text() == "older"
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EnrolmentRow)) == 1


def test_the_commands_say_what_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Through the command line, with what a mistake costs: one sentence, exit status 1."""
    store = ["--store", str(tmp_path / "store"), "--json"]
    roster_file = Path(__file__).resolve().parents[2] / "samples" / "roster.csv"
    listed, tokens = tmp_path / "devices.csv", tmp_path / "tokens.csv"
    listed.write_text("person,device\nana@example.org,ThinkPad\n")

    def ask(*words: str) -> object:
        code = main([*words, *store])
        out, err = capsys.readouterr()
        return json.loads(out) if code == 0 else (code, err.count("\n"))

    ask("init")
    ask("people", "import", str(roster_file))
    assert ask("device", "enrol-many", str(listed), str(tokens)) == {"enrolled": 1, "tokens": str(tokens)}
    assert ask("device", "enrol", "--person", "ana@example.org", "--name", "ThinkPad") == (1, 1)
    mine = ask("device", "list", "--as", "ana@example.org")
    assert isinstance(mine, list) and [(one["device"], one["known"]) for one in mine] == [("ThinkPad", "unknown")]
    assert ask("device", "revoke", "--person", "ana@example.org", "--name", "ThinkPad", "--as", "ana@example.org") == (
        1,
        1,
    )
    assert ask("device", "revoke", "--person", "ana@example.org", "--name", "ThinkPad") == {
        "person": "ana@example.org",
        "device": "ThinkPad",
        "revoked": True,
    }
    everybody = ask("device", "list")
    assert isinstance(everybody, list) and everybody[0]["revoked"] is not None

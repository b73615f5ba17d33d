"""`python -m data import pgaudit|cloudtrail|...`: what the operator types and reads."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from data.__main__ import main
from data.connectors import EVIDENCE
from tests.data.connectors.outside import SOURCE, TABLE
from tests.samples.pgaudit import generate

ROSTER = "email,name,department,manager,jurisdiction\n" + "".join(
    f"{email},{email[:3]},Sales,,DE\n" for email in generate.EMAILS
)


@pytest.fixture
def files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder with a store, a holdings file and a real log."""
    (tmp_path / "roster.csv").write_text(ROSTER)
    (tmp_path / "holdings.toml").write_text(SOURCE + TABLE)
    shutil.copy(Path(generate.__file__).parent / "first.csv", tmp_path)
    assert main(["init", "--store", str(tmp_path / "store")]) == 0
    assert main(["people", "import", str(tmp_path / "roster.csv"), "--store", str(tmp_path / "store")]) == 0
    capsys.readouterr()
    return tmp_path


def brought(files: Path, *more: str) -> int:
    line = ["import", "pgaudit", str(files / "first.csv"), "--store", str(files / "store"), *more]
    return main(line)


def test_a_log_is_imported_and_says_what_it_brought(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    holdings = ("--holdings", str(files / "holdings.toml"))
    assert brought(files, *holdings) == 0
    said = capsys.readouterr().out
    assert "accesses added from audit, 0 known already" in said
    assert "said again by another line" in said
    assert brought(files, *holdings, "--json") == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["added"], again["spans"]) == (0, 0)
    assert again["duplicates"] > 0
    person = ["--person", generate.EMAILS[0], "--as", generate.EMAILS[0]]
    assert main(["accesses", *person, "--json", "--store", str(files / "store")]) == 0
    looks = json.loads(capsys.readouterr().out)["accesses"]
    assert {look["source"] for look in looks} == {"audit"}
    assert not any(email in json.dumps(looks) for email in generate.EMAILS)


def test_without_a_heartbeat_it_says_that_nothing_is_claimed(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "holdings.toml").write_text(SOURCE.replace("heartbeat_minutes = 15\n", "") + TABLE)
    assert brought(files, "--holdings", str(files / "holdings.toml")) == 0
    assert "No time is claimed as covered" in capsys.readouterr().out


@pytest.mark.parametrize("more", [(), ("--person", "ana@example.org"), ("--zone", "Europe/Berlin")])
def test_a_line_without_holdings_or_with_what_is_not_taken_is_a_usage_error(
    files: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...]
) -> None:
    assert brought(files, *more) == 2
    assert "holdings" in capsys.readouterr().err


def test_holdings_belong_to_evidence_only(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["import", "accesses", str(files / "first.csv"), "--holdings", "x.toml", "--store", str(files / "store")]
    assert main(line) == 2
    assert "takes no --holdings" in capsys.readouterr().err


def test_an_empty_roster_is_refused_as_nobody_could_be_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(Path(generate.__file__).parent / "first.csv", tmp_path)
    (tmp_path / "holdings.toml").write_text(SOURCE + TABLE)
    assert main(["init", "--store", str(tmp_path / "store")]) == 0
    assert brought(tmp_path, "--holdings", str(tmp_path / "holdings.toml")) == 1
    assert "The roster is empty" in capsys.readouterr().err


def test_help_names_every_source(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["import", "--help"])
    said = capsys.readouterr().out
    assert all(name in said for name in EVIDENCE)
    assert set(EVIDENCE) == {"pgaudit", "cloudtrail", "gcp-audit", "snowflake-access-history", "ocsf"}

"""`python -m data statistics`, as organizers and operators run it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from data import instants
from tests.data.test_command_line import Shell, refused, shell

__all__ = ["shell"]

JUNE = instants.parse("2026-06-01T09:00:00Z")


@pytest.fixture
def company(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """130 people in two divisions since June, and an organizer among them."""
    rows = [*(f"s{n}@x.org,S{n},Sales,,DE,Outside\n" for n in range(120)), "p0@x.org,P,Plan,,DE,Inside\n"]
    (tmp_path / "roster.csv").write_text("email,name,department,manager,jurisdiction,division\n" + "".join(rows))
    monkeypatch.setattr(instants, "now", lambda: JUNE)
    shell.store = tmp_path / "since june"
    shell.done("init")
    shell.done("people", "import", str(tmp_path / "roster.csv"))
    shell.done("people", "grant", "s1@x.org", "organizer")
    monkeypatch.undo()
    return shell


def test_from_the_plan_to_a_file_that_can_be_verified(company: Shell, tmp_path: Path) -> None:
    coming = company.done("statistics", "plan", "--json").json
    assert (coming["quarter"], coming["figures"], coming["chosen"]) == ("2026-Q3", ["opted-out", "erasure"], False)
    ask = ("statistics", "plan", "2026-Q3", "exposed", "captured", "outside")
    chosen = company.done(*ask, "--as", "s1@x.org").out
    assert "Of 2026-Q3 are counted, as organizers chose:" in chosen and "at most about 11 people" in chosen
    assert "already" in refused(company(*ask, "--as", "s1@x.org"), 1)
    assert "released" in company.done("statistics", "list").out
    shown = company.done("statistics", "release", "2026-Q3").out
    assert "people who were captured at all, in 95 of 100 cases:" in shown
    assert " of about 120" in shown and "The whole company" in shown
    assert "drawn once and never again" in refused(company("statistics", "release", "2026-Q3"), 1)
    assert company.done("statistics", "show", "2026-Q3").out == shown
    for name in ("out.csv", "out.json"):
        company.done("statistics", "save", "2026-Q3", str(tmp_path / name))
        assert "as entry" in company.done("statistics", "verify", str(tmp_path / name)).out
        changed = (tmp_path / name).read_bytes().replace(b"120", b"130", 1)
        (tmp_path / f"changed {name}").write_bytes(changed)
        assert "no release" in refused(company("statistics", "verify", str(tmp_path / f"changed {name}")), 1)
        assert "new file" in refused(company("statistics", "save", "2026-Q3", str(tmp_path / name)), 1)
    found = json.loads((tmp_path / "out.json").read_bytes())["release"]
    assert [one["figure"] for one in found["figures"]] == ["captured", "exposed", "outside"]
    assert found["budget"]["spent"] <= 1_000_000 and {"method", "code", "shares", "groups"} <= set(found)
    table = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text())))
    assert table[0][0].startswith("# Release: ")
    assert {len(row) for row in table if len(row) > 1} == {11}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in table for cell in row)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "2026-Q5"), "is no quarter"),
        (("release", "tomorrow"), "is no quarter"),
        (("release", "2026-Q1"), "before the programme's record began"),
        (("release", "2040-Q1"), "is not over"),
        (("show", "2026-Q2"), "no release of 2026-Q2"),
        (("plan", "2026-Q3", "salaries", "--as", "s1@x.org"), "no figure 'salaries'"),
        (("plan", "2026-Q3", "captured", "captured", "--as", "s1@x.org"), "each once"),
        (("plan", "2040-Q1", "captured", "--as", "s1@x.org"), "more than a year ahead"),
        (("plan", "2026-Q3", "captured", "--as", "s2@x.org"), "may not choose"),
        (("list", "--as", "s2@x.org"), "may not see"),
        (("release", "2026-Q2", "--as", "s1@x.org"), "may not draw"),
        (("verify", "/nowhere"), "cannot be read"),
        (("login", "olu"), "has no logins"),
    ],
)
def test_each_mistake_is_one_sentence(company: Shell, words: tuple[str, ...], said: str) -> None:
    assert said in refused(company("statistics", *words), 1)


def test_figures_are_chosen_by_somebody(company: Shell) -> None:
    refused(company("statistics", "plan", "2026-Q3", "captured"), 2)

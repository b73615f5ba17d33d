"""`python -m data request figures`, as an officer's script runs it."""

from __future__ import annotations

from pathlib import Path

from data import instants
from tests.data.test_command_line import Shell, office, refused, shell

__all__ = ["office", "shell"]


def test_a_years_figures_are_printed_and_written_for_officers_alone(office: Shell, tmp_path: Path) -> None:
    this, path = str(instants.day_of(instants.now()).year), tmp_path / "metrics.csv"
    made = office.done("request", "erasure", "--person", "ana@x.org", "--as", "ana@x.org", "--json").json
    why = ("--ground", "other", "--reason", "No.", "--as", "ben@x.org")
    office.done("request", "decide", str(made["id"]), "refuse", *why)
    ask = ("request", "figures", "--year", this)
    found = office.done(*ask, "--as", "ben@x.org", "--csv", str(path), "--json").json
    deletions = next(one for one in found["kinds"] if one["what"] == "erasure")
    assert (deletions["received"], deletions["refused"]) == (1, 1)
    clock = next(one for one in found["clock"] if one["what"] == "erasure")
    assert (clock["median_days"], clock["slowest_days"], clock["in_time"]) == (None, 0, 1)
    # Ana works under the GDPR: nothing of hers is California's.
    assert f"\r\n{this},7102(a)(1)(A),to delete,0,".encode() in path.read_bytes()
    printed = office.done(*ask, "--as", "ben@x.org").out
    assert "No median and no 95th percentile of fewer than 5 answers." in printed
    assert "nan" not in printed
    refused(office(*ask, "--as", "ana@x.org"), 1)
    refused(office(*ask), 2)
    refused(office("request", "figures", "--year", "26", "--as", "ben@x.org"), 2)
    refused(office(*ask, "--as", "ben@x.org", "--csv", str(tmp_path)), 1)

"""Asking again and again: noise that was drawn anew each time would average out, so whatever is asked says the same."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.database import Database
from data.sealing.vault import Vault
from data.statistics.people import document, noise, reading
from data.statistics.people.release import Release, in_words
from pages.downloads import people as downloads
from pages.wording import counted
from tests.data.statistics.people.attacks import analyst, guessing
from tests.data.statistics.people.company import ORGANIZER, QUARTER, capture, drawn, employ

VIEWS, RUNS = 1_000, 200  # of which the suite does a part; `make bench` all
KINDS = 6


def views(database: Database, vault: Vault) -> Iterator[bytes]:
    """What pages, downloads and the printed report are made of, as bytes: the record, its words, the release as CSV and
    as JSON, a figure over the quarters, the report's table. The app itself is asked in test_app_people.py."""
    with database.reading() as session:
        record = reading.releases(session, ORGANIZER, vault)
    one = next(one for one in record.releases if one.quarter == QUARTER)
    yield repr(record).encode()
    yield _words(one)
    yield document.as_csv(one)
    yield document.as_json(one)
    yield downloads.over_quarters(record, one.figures[0], one).encode()
    yield repr(counted.section(record, QUARTER)).encode()


def repeated(database: Database, vault: Vault, runs: int, changed: Callable[[Database, int], None]) -> Counter[bytes]:
    """What so many repeats of all views say, and how often; four times the database is opened anew and something
    was `changed`."""
    said, again = Counter[bytes](), database
    for number in range(runs):
        if number % (runs // 4) == 0:
            again = Database(database.url.render_as_string(hide_password=False))
            changed(again, number * 4 // runs)
        said.update(views(again, vault))
        if number % (runs // 4) == runs // 4 - 1:
            again.close()
    return said


def ranges(text: str) -> tuple[str, ...]:
    """The ranges in the words of a page or a report, which has the present time in it too."""
    return tuple(sorted({*re.findall(r"between [\d,]+ and [\d,]+ of about [\d,]+|[\d,]+ to [\d,]+(?=</td>)", text)}))


def _words(found: Release) -> bytes:
    return "\n".join(in_words(one, found.group(one.group)) for one in found.estimates).encode()


def test_repeats_of_what_shows_a_release_say_the_same_bytes(database: Database, vault: Vault, tmp_path: Path) -> None:
    """Also when the database is opened anew, and while answers change meanwhile."""
    people = employ(database, vault)
    capture(database, people[:200])
    drawn(database, vault, tmp_path)
    said = repeated(database, vault, RUNS, lambda again, number: capture(again, [people[200 + number]]))
    assert [*said.values()] == [RUNS] * KINDS


def test_the_command_line_of_another_process_says_the_same_bytes(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    employ(database, vault)
    found = drawn(database, vault, tmp_path)
    settings = {
        "DAYLIGHT_STORE": str(tmp_path),
        "DAYLIGHT_DATABASE": database.url.render_as_string(hide_password=False),
    }
    for suffix, made in (("csv", document.as_csv), ("json", document.as_json)):
        file = tmp_path / f"saved.{suffix}"
        command = [sys.executable, "-m", "data", "statistics", "save", str(QUARTER), str(file)]
        done = subprocess.run(command, env=os.environ | settings, check=False, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert file.read_bytes() == made(found)


def test_noise_of_each_view_would_average_out() -> None:
    """The attack works where noise is drawn anew: a thousand views of it are the exact count."""
    exact = 73
    views_of_it = noise.drawn([exact] * VIEWS, noise.shares(2, frozenset(noise.Level))[noise.Level.CELL])
    assert round(sum(views_of_it) / VIEWS) == exact


@pytest.mark.parametrize("figures", [1, 2])
def test_one_view_is_rarely_the_exact_count(figures: int) -> None:
    """By chance it is: as often as the noise of a department is 0, and no more. Nothing says when."""
    found = guessing.count("Daylight", analyst.daylight(figures), 400)
    print(f"\n{analyst.HEADER}\n{found}")
    p = math.exp(-noise.shares(figures, frozenset(noise.Level))[noise.Level.CELL] / noise.BUDGET)
    assert found.rate <= analyst.most((1 - p) / (1 + p), found.runs)

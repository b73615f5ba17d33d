"""Whoever cuts lines out of a real PostgreSQL log, anywhere, leaves unknown time; a rotation leaves none."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from itertools import combinations_with_replacement
from pathlib import Path
from typing import NamedTuple

import pytest

from data import instants
from data.accesses import coverage
from data.accesses.coverage import Known, Span
from data.connectors import evidence_coverage, holdings_file, pgaudit
from data.connectors.observation import Tally
from data.connectors.pgaudit_lines import Clock
from data.connectors.pgaudit_seams import BEGINNING, ENDING, MISSING, NO_STOP, OUT_OF_ORDER
from data.connectors.watching import LOG_ENDS, OFF_IN_SESSION, STOPPED, SWITCHED_OFF, Loss, Watch
from data.database import Database
from data.sealing.vault import Vault
from tests.data.connectors.outside import ROSTER, SOURCE, TABLE, bring, hire
from tests.samples.pgaudit import generate

SAMPLES = Path(generate.__file__).parent
PARTS = (1, 2, 3)
ENGINEER, TRAINER = "engineer", "trainer"


class Line(NamedTuple):
    """A line of the sample, counted in the raw file."""

    part: int
    text: str
    session: str
    number: int
    user: str
    at: int
    message: str
    leader: int


def every_line(form: str = "json") -> list[Line]:
    found: list[Line] = []
    for part in PARTS:
        if form == "json":
            rows = (SAMPLES / f"rotated-{part}.json").read_text().splitlines(keepends=True)
            found += [line(part, row) for row in rows]
            continue
        with (SAMPLES / f"rotated-{part}.csv").open(newline="") as file:
            for row in csv.reader(file):
                text = ",".join('"' + field.replace('"', '""') + '"' for field in row) + "\n"
                leader = int(row[24] or 0)
                found.append(Line(part, text, row[5], int(row[6]), row[1], at(row[0]), row[13], leader))
    return found


def line(part: int, text: str) -> Line:
    row = json.loads(text)
    found = row["session_id"], row["line_num"], row.get("user", ""), at(row["timestamp"]), row["message"]
    return Line(part, text, *found, row.get("leader_pid", 0))


def at(time: str) -> int:
    return Clock(holdings_file.ZoneInfo("Europe/Berlin")).at(time)


def claimed(folder: Path, lines: Iterable[Line], order: Iterable[int] = PARTS, form: str = "json") -> Known:
    """What is claimed once the parts were read in an order."""
    every, known = list(lines), Known()
    (folder / "holdings.toml").write_text(SOURCE + TABLE)
    holdings = holdings_file.read(folder / "holdings.toml", ROSTER)
    for part in order:
        path = folder / f"{part}.{form}"
        path.write_text("".join(one.text for one in every if one.part == part))
        tally = Tally(Watch(holdings.heartbeat, ended=known.ended))
        list(pgaudit.read(path, holdings, tally))
        known = evidence_coverage.after(known, "audit", tally.watch)
    return known


def inside(known: Known, at: int) -> bool:
    return any(one.start < at < (one.end or instants.LATEST) for one in known.spans)


def of(lines: Iterable[Line], user: str, part: int) -> list[Line]:
    """The lines of the one session of a user in a part, from the first of the server about it on."""
    found = [one for one in lines if one.part == part]
    (session,) = {one.session for one in found if one.user == user}
    return [one for one in found if one.session == session]


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_log_that_was_rotated_while_sessions_went_on_has_no_gap_but_the_restart(tmp_path: Path, form: str) -> None:
    known = claimed(tmp_path, every_line(form), form=form)
    assert [one.why for one in known.spans] == [STOPPED, STOPPED]
    beats = [one.at for one in every_line(form) if "daylight heartbeat" in one.message]
    assert all(inside(known, beat) for beat in beats[1:-1])
    # Read again, and the second one while it was still written to, nothing changes.
    assert claimed(tmp_path, every_line(form), (1, 1, 2, 2, 3, 3), form) == known
    half = [one._replace(part=2 if one.part == 3 else 3) for one in every_line() if one.part != 1]
    grown = [one for one in every_line() if one.part == 1] + [
        *(one._replace(part=2) for one in half if one.part == 3),
        *(one._replace(part=3) for one in half),
    ]
    assert claimed(tmp_path, sorted(grown, key=lambda one: (one.part, one.at))).spans == known.spans


def test_lines_of_a_session_cut_anywhere_in_any_number_leave_their_time_unknown(tmp_path: Path) -> None:
    """Every run of lines of every session, at its head, in its middle, at its tail and across two files."""
    every = every_line()
    tried = 0
    for session in {one.session for one in every if one.user}:
        lines = [one for one in every if one.session == session]
        for first, last in combinations_with_replacement(range(len(lines)), 2):
            if first and last - first > 3 and last < len(lines) - 1:  # the middle of a session is the middle
                continue
            cut = lines[first : last + 1]
            left = [one for one in lines if one not in cut]
            audits = [one for one in cut if one.message.startswith("AUDIT") and "heartbeat" not in one.message]
            if not audits or all(one.message.startswith("connection received") for one in left):
                continue
            known = claimed(tmp_path, [one for one in every if one not in cut])
            for one in audits:
                assert not inside(known, one.at), (session, first, last)
            tried += 1
    assert tried > 100


@pytest.mark.parametrize(
    ("user", "part", "cut", "why"),
    [
        (TRAINER, 3, slice(0, 3), BEGINNING),
        (TRAINER, 1, slice(2, 3), MISSING),
        (TRAINER, 2, slice(-2, None), ENDING),
        (ENGINEER, 1, slice(-1, None), MISSING),
        (ENGINEER, 2, slice(0, 1), MISSING),
        (ENGINEER, 3, slice(0, None), ENDING),
    ],
)
def test_each_cut_says_in_plain_words_what_is_missing(
    tmp_path: Path, user: str, part: int, cut: slice, why: str
) -> None:
    lines = every_line()
    gone = of(lines, user, part)[cut]
    known = claimed(tmp_path, [one for one in lines if one not in gone])
    assert why in [one.why for one in known.spans]
    assert not inside(known, gone[0].at)


def test_a_session_cut_out_whole_shows_only_by_its_parallel_workers(tmp_path: Path) -> None:
    """What the README says cannot be known: with the workers' lines gone too, nothing tells of it."""
    lines = every_line()
    gone = of(lines, TRAINER, 2)
    pid = int(gone[0].session.partition(".")[2], 16)
    left = [one for one in lines if one.session != gone[0].session]
    assert not inside(claimed(tmp_path, left), gone[2].at)
    assert claimed(tmp_path, [one for one in left if one.leader != pid]).spans == claimed(tmp_path, lines).spans


def test_a_log_that_is_missing_between_two_leaves_its_time_unknown(tmp_path: Path) -> None:
    known = claimed(tmp_path, every_line(), (1, 3))
    assert not any(inside(known, one.at) for one in every_line() if one.part == 2)
    # Without a session that goes through, as long as the server wrote no line before it stopped.
    begun = {one.session for one in every_line() if one.part == 1 and one.user}
    begun &= {one.session for one in every_line() if one.part == 3}
    short = [one for one in every_line() if one.session not in begun and not one.leader]
    stop = next(number for number, one in enumerate(short) if one.part == 3 and "shutdown request" in one.message)
    start = next(number for number, one in enumerate(short) if one.part == 3 and "starting Post" in one.message)
    assert NO_STOP in [one.why for one in claimed(tmp_path, [*short[:stop], *short[start:]], (1, 3)).spans]


def test_logs_imported_in_another_order_claim_only_what_still_shows(tmp_path: Path) -> None:
    lines = every_line()
    known = claimed(tmp_path, lines, (2, 1, 3))
    assert OUT_OF_ORDER in [one.why for one in known.spans]
    assert not inside(known, of(lines, ENGINEER, 1)[-1].at + 1)
    assert not inside(claimed(tmp_path, lines, (1, 3, 2)), of(lines, ENGINEER, 2)[-1].at)


def test_a_cut_at_the_seam_of_two_imports_takes_back_what_the_first_had_claimed(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    hire(database)
    lines = every_line()
    gone = of(lines, ENGINEER, 1)[-1]
    said: list[tuple[Span, ...]] = []
    for part in PARTS:
        path = tmp_path / f"{part}.json"
        path.write_text("".join(one.text for one in lines if one.part == part and one != gone))
        bring(database, vault, pgaudit.read, path)
        with database.reading() as session:
            said.append(coverage.known(session, vault, "audit").spans)
    assert said[0][-1].why == LOG_ENDS
    assert inside(Known(said[0]), gone.at)
    assert not inside(Known(said[1]), gone.at)
    assert not inside(Known(said[2]), gone.at)
    assert MISSING in [one.why for one in said[2]]


def test_lines_that_are_missing_switch_nothing_on() -> None:
    """A log that ended switched off holds back what follows, whatever is cut out of either."""
    off = Span("audit", 0, 100, SWITCHED_OFF)
    assert evidence_coverage.without(off, Loss(50, 120, MISSING)) == [Span("audit", 0, 50, SWITCHED_OFF)]
    assert evidence_coverage.without(off, Loss(-10, 120, MISSING)) == [Span("audit", 0, 0, SWITCHED_OFF)]
    assert evidence_coverage.without(off, Loss(20, 30, MISSING)) == [
        Span("audit", 0, 20, MISSING),
        Span("audit", 30, 100, SWITCHED_OFF),
    ]
    watch = Watch(1_000)
    for at in range(100, 1_000, 100):
        watch.seen(at)
    watch.lost(Loss(300, 400, MISSING))
    assert evidence_coverage.after(Known((off,)), "audit", watch).spans == (off,)
    # What was read before ends where the lines are missing, and nothing goes on with it across that.
    again = evidence_coverage.after(Known((Span("audit", 0, 300, LOG_ENDS),)), "audit", watch)
    assert [(one.start, one.end) for one in again.spans] == [(0, 300), (400, 900)]
    watch.off("session 1", 500, OFF_IN_SESSION)
    watch.lost(Loss(450, 600, MISSING))
    assert [one.why for one in watch.stretches()] == [MISSING, OFF_IN_SESSION]

"""The budget of a quarter is spent once: killed between any steps, at once from anywhere, by any spelling or clock."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.accesses.tables import EntryRow
from data.database import Database
from data.errors import BadInput, Conflict
from data.proofs import publishing
from data.sealing.vault import Vault
from data.statistics.people import counting, document, noise, plan, reading
from data.statistics.people.figure import Figure
from data.statistics.quarter import Quarter
from data.statistics.tables import BUDGET, ReleaseRow
from tests.data.crashing import Place, do_and_die, place_of
from tests.data.statistics.people.company import (
    ORGANIZER,
    QUARTER,
    anchor,
    capture,
    drawn,
    employ,
)

_KILLED, _NEVER = -9, 99
# The steps of a drawing, in their order, each by where it is called.
STEPS = {
    "counted": (counting, "counted"),
    "noise drawn": (noise, "drawn"),
    "written": (document, "written"),
    "logged": (log, "append"),
    "published": (publishing, "run"),
}


def dying(database: Database, vault: Vault, place: Place, step: str) -> None:
    """Draw, and be killed before a step."""
    module, name = STEPS[step]
    setattr(module, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
    drawn(database, vault, place.folder)


def entries(database: Database) -> int:
    with database.reading() as session:
        query = select(func.count()).select_from(EntryRow).where(EntryRow.action == Action.COUNT.value)
        return session.scalar(query) or 0


def spent(database: Database, vault: Vault) -> int:
    with database.reading() as session:
        return reading.ledger(session, vault).spent(QUARTER)


def test_killed_between_any_two_steps_of_a_drawing_the_budget_is_spent_once(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    """kill -9 before each step, one after the other over the same store: of all those drawings one is kept, and what is
    published in the end is what was kept."""
    capture(database, employ(database, vault)[:200])
    kept = set[str]()
    for step in STEPS:
        assert not kept
        assert do_and_die(place_of(database, tmp_path), dying, step, "after put", _NEVER) == _KILLED
        with database.reading() as session:
            kept |= set(session.scalars(select(ReleaseRow.document)))
        assert len(kept) == entries(database) == (step == "published")
        assert spent(database, vault) == len(kept) * BUDGET
    with pytest.raises(Conflict, match="drawn once"):
        drawn(database, vault, tmp_path)
    publishing.run(database, vault, anchor(tmp_path))
    with database.reading() as session:
        assert reading.one(session, ORGANIZER, vault, QUARTER).document in kept


def test_of_eight_threads_that_draw_at_once_one_draws(database: Database, vault: Vault, tmp_path: Path) -> None:
    """Threads of the app share its database; processes are held against each other in test_drawing.py."""
    capture(database, employ(database, vault)[:200])
    start, refused, drew = threading.Barrier(8), list[str](), list[str]()

    def work() -> None:
        start.wait()
        try:
            drew.append(drawn(database, vault, tmp_path).document)
        except Conflict as error:
            refused.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(drew), len(refused), entries(database), spent(database, vault)) == (1, 7, 1, BUDGET)
    assert all("drawn once" in one for one in refused)


@pytest.mark.parametrize("text", ["2026-Q1", "2026-q1", "2026Q1", " 2026-Q1\n", "٢٠٢٦-Q1"])
def test_by_no_other_spelling_is_a_quarter_another(database: Database, vault: Vault, tmp_path: Path, text: str) -> None:
    employ(database, vault)
    drawn(database, vault, tmp_path)
    with pytest.raises(Conflict, match="drawn once"):
        drawn(database, vault, tmp_path, Quarter.parse(text))


@pytest.mark.parametrize("text", ["2026-Q01", "2026-Q5", "2026-Q0", "02026-Q1", "2026-Q1;2026-Q2", "26-Q1", "9999-Q4"])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is no quarter"):
        Quarter.parse(text)


def test_a_clock_that_is_wrong_draws_nothing_twice_and_nothing_early(
    database: Database, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set back before the drawing, before the quarter's end, or years ahead: what was drawn stays drawn."""
    capture(database, employ(database, vault)[:200])
    release = drawn(database, vault, tmp_path)
    for at in (QUARTER.end - 1, QUARTER.end, instants.parse("2031-01-01"), QUARTER.start):
        monkeypatch.setattr(instants, "now", lambda at=at: at)
        with pytest.raises(Conflict, match=r"drawn once|is not over"):
            drawn(database, vault, tmp_path)
        with database.reading() as session:
            assert reading.one(session, ORGANIZER, vault, QUARTER) == release
    assert spent(database, vault) == BUDGET


def test_choosing_after_having_seen_buys_nothing(database: Database, vault: Vault, tmp_path: Path) -> None:
    """An analyst who chooses what is drawn next by what they saw gets one release a quarter all the same, of the
    same budget however many figures they want, and none of a quarter that was drawn."""
    employ(database, vault)
    drawn(database, vault, tmp_path)
    later = Quarter(2026, 2)
    for chosen in ([Figure.CAPTURED], [Figure.CAPTURED, Figure.OPTED_OUT], [Figure.EXPOSED]):
        with database.writing() as session:
            plan.choose(session, ORGANIZER, vault, later, chosen)
        with database.writing() as session, pytest.raises(Conflict, match="drawn once"):
            plan.choose(session, ORGANIZER, vault, QUARTER, [*chosen, Figure.ERASURE])
    found = drawn(database, vault, tmp_path, later)
    assert (found.figures, found.epsilon) == ((Figure.EXPOSED,), 1)
    with pytest.raises(Conflict, match="drawn once"):
        drawn(database, vault, tmp_path, later)
    with database.reading() as session:
        assert reading.ledger(session, vault).spent(later) == BUDGET

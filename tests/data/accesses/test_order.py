"""The order of the log is that of its positions, whatever the clock says and however many write."""

from __future__ import annotations

import errno
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import func, select

from data import instants
from data.accesses import log
from data.accesses.tables import EntryRow
from data.database import Database
from data.errors import Unwritable
from data.looks import history
from data.proofs import check, publishing
from data.proofs.anchor import Anchor
from data.sealing.vault import Vault
from tests.data.accesses.logging import ANA, AT, fill, looks, own

SERVER = [pytest.param("postgres", marks=pytest.mark.postgres)]


def entries(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(EntryRow)) or 0


def test_a_clock_that_goes_back_changes_no_order_and_stops_no_checkpoint(
    database: Database, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each entry says the time that the clock told; positions, checkpoints and the pages of a history go on."""
    anchor = Anchor(tmp_path / "checkpoint")
    told = (AT, AT - instants.DAY, AT + 1, AT - 1)
    for number, now in enumerate(told):
        monkeypatch.setattr(instants, "now", lambda now=now: now)
        fill(database, vault, 5, first=5 * number, now=True)
        published = publishing.run(database, vault, anchor)
        assert published is not None
        assert (published.size, published.signed_at) == (5 * (number + 1), now)
    with database.reading() as session:
        rows = session.execute(select(EntryRow.recorded_at, EntryRow.at).order_by(EntryRow.position)).all()
        assert rows == [(now, now) for now in told for _ in range(5)], "each says what the clock said"
        assert check.check(session, vault, anchor).holds
        found, before = list[int](), None
        while page := history.about(session, own(ANA), vault, ANA, limit=3, before=before):
            found += [one.position for one in page]
            before = page[-1].cursor
        everything = history.about(session, own(ANA), vault, ANA)
    assert found == [one.position for one in everything]
    assert len(set(found)) == len(found) == 12
    assert [(one.at, one.position) for one in everything] == sorted(
        ((one.at, one.position) for one in everything), reverse=True
    )
    assert found != sorted(found, reverse=True), "by time, of which several share one, and then by position"


def test_two_who_write_at_once_take_turns(database: Database, vault: Vault, tmp_path: Path) -> None:
    """Also at the very first entry, where both would make the log's key and the same person's tag key."""

    def write(first: int) -> list[int]:
        positions: list[int] = []
        for number in range(first, first + 15):
            with database.writing() as session:
                positions += log.extend(session, vault, looks(2, first=number))
        return positions

    with ThreadPoolExecutor(4) as pool:
        positions = [one for done in pool.map(write, range(0, 400, 100)) for one in done]
    assert sorted(positions) == list(range(120))
    anchor = Anchor(tmp_path / "checkpoint")
    publishing.run(database, vault, anchor)
    with database.reading() as session:
        assert check.check(session, vault, anchor).holds


@pytest.mark.parametrize("database", SERVER, indirect=True)
def test_a_server_waits_once_for_all_who_logged_something_meanwhile(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever logs gives the log free before the disk has it, and is told after that. Here the first waits; seven
    others log meanwhile, and are told of nothing yet."""
    disk, is_waiting, waits = Event(), Event(), list[bool]()
    really = Database._flush  # pyright: ignore[reportPrivateUsage]

    def flush(self: Database) -> None:
        waits.append(True)
        is_waiting.set()
        assert disk.wait(30)
        really(self)

    monkeypatch.setattr(database._together, "_sync", lambda: flush(database))  # pyright: ignore[reportPrivateUsage]
    with ThreadPoolExecutor(8) as pool:
        told = [pool.submit(fill, database, vault, 1)]
        assert is_waiting.wait(30)
        told += [pool.submit(fill, database, vault, 1, first=number) for number in range(1, 8)]
        while entries(database) < 8:
            assert not any(one.done() for one in told)
        disk.set()
        for one in told:
            one.result(30)
    assert 2 <= len(waits) <= 3


@pytest.mark.parametrize("database", SERVER, indirect=True)
def test_a_server_that_does_not_say_that_it_kept_an_entry_shows_nothing(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OSError(errno.EIO, "the database server does not answer")

    monkeypatch.setattr(database._together, "_sync", away)  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(Unwritable, match="does not answer"):
        fill(database, vault, 1)
    monkeypatch.undo()
    fill(database, vault, 1, first=1)
    assert entries(database) == 2


def test_what_the_tree_has_not_taken_in_yet_stands_in_its_place_among_the_rest(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    """The two are kept apart, so that an entry costs one write; nobody reads one twice, or misses one."""
    fill(database, vault, 12)
    publishing.run(database, vault, Anchor(tmp_path / "checkpoint"))
    with database.writing() as session:
        log.extend(session, vault, [replace(one, at=(one.at or 0) + 1) for one in looks(12)])
    with database.reading() as session:
        everything = history.about(session, own(ANA), vault, ANA)
        found, before = list[int](), None
        while page := history.about(session, own(ANA), vault, ANA, limit=3, before=before):
            assert not page[3:]
            found += [one.position for one in page]
            before = page[-1].cursor
        assert history.figures(session, own(ANA), vault, ANA, 0).total == len(everything)
    keys = [(one.at, one.position) for one in everything]
    assert keys == sorted(set(keys), reverse=True)
    assert {position // 12 for _, position in keys} == {0, 1}
    assert found == [position for _, position in keys]

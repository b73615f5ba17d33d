"""An import that is killed at any moment stored all of its file or nothing, and the next one makes it whole."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from data.captures import screens, segments, sweeping
from data.captures.ingest import ingest
from data.captures.summary import Summary, summary
from data.connectors import SOURCES
from data.database import Database
from data.people.viewer import OPERATOR
from data.sealing.vault import Vault
from tests.data.captures.people import hire
from tests.data.crashing import Place, do_and_die, do_and_die_after, place_of

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
FILES = {"activitywatch": SAMPLES / "activitywatch" / "first.json", "openadapt": SAMPLES / "openadapt" / "images"}
ROUNDS, PEOPLE = 12, 3  # people whose file is imported in one round, one after the other


def take_in(database: Database, vault: Vault, _: Place, people: Sequence[int]) -> None:
    """Import both recordings for each of the people; what the process that is killed does."""
    for person in people:
        for source, path in FILES.items():
            ingest(database, vault, OPERATOR, person, SOURCES[source].read(path))


def held(database: Database, vault: Vault, person: int) -> Summary:
    """What is held of somebody, with all of it opened and counted beside the rollups."""
    with database.writing() as session:
        found = summary(session, OPERATOR, vault, person)
        opened = sum(table.num_rows for table in segments.read(session, vault, person))
        for digest in screens.listed(session, person):
            screens.read(session, vault, person, digest)
    assert opened == found.total
    return found


def assert_whole_or_nothing(database: Database, vault: Vault, person: int, steps: Sequence[Summary]) -> int:
    """What is there is what it was after one of the imports; returns after how many."""
    found = told(held(database, vault, person))
    assert found in [told(step) for step in steps]
    sweeping.sweep(database, vault, person, spared=0)
    with database.reading() as session:
        named = {segments.name_of(one) for one in segments.listed(session, person)} | set(
            screens.names(session, person)
        )
    assert set(vault.objects.list(str(person))) == named
    return [told(step) for step in steps].index(found)


def told(found: Summary) -> tuple[object, ...]:
    """All of a summary that does not differ from person to person."""
    kinds = [(kind.kind, kind.count, kind.first, kind.last) for kind in found.kinds]
    devices = [(device.name, device.count, device.first_at, device.last_at) for device in found.devices]
    return found.total, kinds, found.downs, devices, found.apps, found.duplicates, found.screens


def imported_one_by_one(database: Database, vault: Vault) -> list[Summary]:
    """What is held before any import and after each, when nobody kills it."""
    with database.writing() as session:
        person = hire(session, "calm")
    found = [held(database, vault, person)]
    for source, path in FILES.items():
        ingest(database, vault, OPERATOR, person, SOURCES[source].read(path))
        found.append(held(database, vault, person))
    assert found[0].total < found[1].total < found[2].total
    assert found[2].screens > 0
    return found


def test_an_import_killed_at_any_time_stored_its_file_or_nothing(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    """Imports in a loop, killed after a random time; then the store is opened again, and they are done again."""
    whole, place, chance = imported_one_by_one(database, vault), place_of(database, tmp_path), random.Random()
    longest = 1.0
    reached: list[int] = []
    for number in range(ROUNDS):
        with database.writing() as session:
            people = [hire(session, f"{number}-{turn}") for turn in range(PEOPLE)]
        # The first comes to its end, and says how long that takes.
        code, seconds = do_and_die_after(place, take_in, people, chance.random() * longest if number else 100)
        longest = seconds if code == 0 else longest
        assert code in (0, -9)
        again = Database(place.database_url)
        reached += [assert_whole_or_nothing(again, vault, person, whole) for person in people]
        for person in people:
            for source, path in FILES.items():
                ingest(again, vault, OPERATOR, person, SOURCES[source].read(path))
            assert held(again, vault, person).total == whole[-1].total
            assert told(held(again, vault, person))[:5] == told(whole[-1])[:5]
        again.close()
    assert {0, len(FILES)} <= set(reached)


@pytest.mark.parametrize("moment", ["before commit", "after put"])
def test_an_import_killed_at_each_commit_and_object_stored_its_file_or_nothing(
    database: Database, vault: Vault, tmp_path: Path, moment: str
) -> None:
    whole, place = imported_one_by_one(database, vault), place_of(database, tmp_path)
    killed = 0
    while True:
        with database.writing() as session:
            person = hire(session, f"person{killed}")
        code = do_and_die(place, take_in, [person], moment, killed + 1)
        assert_whole_or_nothing(database, vault, person, whole)
        take_in(database, vault, place, [person])
        assert told(held(database, vault, person))[:5] == told(whole[-1])[:5]
        if code == 0:
            break
        assert code == -9
        killed += 1
    assert killed > 2

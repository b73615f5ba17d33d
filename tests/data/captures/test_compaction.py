"""Compaction changes how captures are kept, and nothing else."""

from __future__ import annotations

import pytest

from data.captures import compaction, segments
from data.database import Database
from data.sealing.vault import Vault
from tests.data.captures.events import START, bag, presses
from tests.data.captures.taking import PERSON, add_people, counted, stored, take


def test_small_segments_become_one_and_hold_the_same(database: Database, vault: Vault) -> None:
    add_people(database)
    for day in range(6):
        take(database, vault, presses(20, start=START + day * 10_000))
    before = stored(database, vault)
    assert compaction.compact(database, vault, PERSON) == 5
    assert bag(stored(database, vault)) == bag(before)
    assert stored(database, vault)["at"].to_pylist() == before["at"].to_pylist()
    assert counted(database) == before.num_rows
    assert len(vault.objects.list("7")) == 1
    assert compaction.compact(database, vault, PERSON) == 0


def test_full_segments_are_left_alone(database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    add_people(database)
    monkeypatch.setattr(segments, "ROWS", 40)
    monkeypatch.setattr(compaction, "SMALL", 20)
    take(database, vault, presses(100))
    objects = vault.objects.list("7")
    assert compaction.compact(database, vault, PERSON) == 0
    assert vault.objects.list("7") == objects

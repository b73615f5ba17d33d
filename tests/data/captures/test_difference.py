"""Overlapping files add only what is new; true duplicates stay."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.captures import difference, merging, sorting
from data.captures.schema import COLUMNS
from data.captures.spill import Spill
from tests.data.captures.events import bag, extremes, presses
from tests.data.captures.rows import Row, row, table


def arriving(rows: list[Row]) -> pa.Table:
    ordered = table(sorted(rows, key=lambda one: one["at"]))
    return ordered.append_column("row", pa.array(np.arange(ordered.num_rows)))


def stored(rows: list[Row]) -> pa.Table:
    return merging.placed(table(sorted(rows, key=lambda one: one["at"])), 5)


@settings(max_examples=50)
@given(extremes, extremes, st.booleans())
def test_in_the_end_each_row_is_there_as_often_as_in_the_fuller_of_file_and_store(
    new: list[Row], old: list[Row], related: bool
) -> None:
    old = [*old, *new[::2], *new[::3]] if related else old
    found = difference.between(arriving(new), stored(old))
    file, store = Counter(bag(table(new))), Counter(bag(table(old)))
    assert Counter(bag(found.added)) + store == file | store
    assert found.added.num_rows + found.duplicates == len(new)
    assert found.added["at"].to_pylist() == sorted(found.added["at"].to_pylist())


@settings(max_examples=30)
@given(extremes)
def test_the_same_rows_again_add_nothing(rows: list[Row]) -> None:
    for growing in (False, True):
        found = difference.between(arriving(rows), stored(rows), growing=growing)
        assert (found.added.num_rows, found.duplicates, found.outgrown) == (0, len(rows), ())


def test_an_event_that_grew_replaces_its_shorter_self() -> None:
    old = [row(1, "window", duration=10, app="Mail"), row(2, "window", duration=5, app="Word")]
    new = [row(1, "window", duration=10, app="Mail"), row(2, "window", duration=9, app="Word")]
    found = difference.between(arriving(new), stored(old), growing=True)
    assert found.added.to_pylist() == [new[1]]
    assert (found.duplicates, found.outgrown) == (1, ((5, 1),))


def test_an_older_copy_of_an_event_that_grew_is_a_duplicate() -> None:
    old, new = [row(2, "window", duration=9, app="Word")], [row(2, "window", duration=5, app="Word")]
    found = difference.between(arriving(new), stored(old), growing=True)
    assert (found.added.num_rows, found.duplicates, found.outgrown) == (0, 1, ())


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in ("at", "duration", "kind")])
def test_events_that_differ_in_more_than_the_duration_are_two(column: str) -> None:
    value: dict[str, Any] = {"down": True, **dict.fromkeys(("x", "y", "dx", "dy"), 1.0)}
    old = [row(2, "window", duration=5)]
    new = [row(2, "window", duration=9, **{column: value.get(column, "other")})]
    assert difference.between(arriving(new), stored(old), growing=True).added.num_rows == 1


def test_other_sources_keep_events_of_other_lengths() -> None:
    old, new = [row(2, "window", duration=5)], [row(2, "window", duration=9)]
    found = difference.between(arriving(new), stored(old))
    assert (found.added.num_rows, found.outgrown) == (1, ())


@settings(max_examples=30)
@given(st.lists(extremes, max_size=6))
def test_sorting_gives_every_row_back_in_order_and_divides_no_instant(batches: list[list[Row]]) -> None:
    with pytest.MonkeyPatch.context() as patch, Spill() as spill:
        for name, size in (("RUN", 7), ("BLOCK", 3), ("WINDOW", 5)):
            patch.setattr(sorting, name, size)
        sorter = sorting.Sorter(spill)
        for batch in batches:
            sorter.add(table(batch))
        windows = list(sorter.windows())
        assert bag(pa.concat_tables(windows)) if windows else not sorter.count
    everything = [one for batch in batches for one in batch]
    wanted = sorted(range(len(everything)), key=lambda number: everything[number]["at"])
    assert [number for window in windows for number in window["row"].to_pylist()] == wanted
    rows = [one for window in windows for one in window.select(COLUMNS).to_pylist()]
    assert repr(rows) == repr(table([everything[number] for number in wanted]).to_pylist())
    instants = [set(window["at"].to_pylist()) for window in windows]
    assert sum(map(len, instants)) == len(set[int]().union(*instants))


def test_a_spill_holds_nothing_that_can_be_read() -> None:
    with Spill() as spill:
        place = spill.put(b"the canary sings" * 100)
        spill._file.seek(0)  # pyright: ignore[reportPrivateUsage]
        assert b"canary" not in spill._file.read()  # pyright: ignore[reportPrivateUsage]
        assert spill.get(place) == b"the canary sings" * 100


def test_sorting_many_rows_stays_in_order() -> None:
    rng = np.random.default_rng(3)
    with Spill() as spill:
        sorter = sorting.Sorter(spill)
        whole = presses(50_000, step=7)
        for _ in range(8):
            sorter.add(whole.take(pa.array(rng.permutation(50_000))))
        at = np.concatenate([window["at"].to_numpy() for window in sorter.windows()])
    assert len(at) == 400_000
    assert bool((at[1:] >= at[:-1]).all())

"""Segments keep every row as it came, in one order, and open for nobody without the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.captures import columns, merging, segments
from data.database import Database
from data.errors import BadInput, Unreadable
from data.sealing import keys
from data.sealing.vault import Vault
from tests.data.captures.events import extremes, presses
from tests.data.captures.rows import row, table

PERSON = 7


def everything(database: Database, vault: Vault, **options: Any) -> pa.Table:
    with database.reading() as session:
        found = list(segments.read(session, vault, PERSON, **options))
    return pa.concat_tables(found) if found else table([])


@settings(max_examples=40)
@given(extremes)
def test_packed_rows_come_back_exactly(drawn: list[dict[str, Any]]) -> None:
    assert repr(columns.unpack(columns.pack(table(drawn))).to_pylist()) == repr(table(drawn).to_pylist())


def test_a_packed_slice_holds_no_name_of_another_row() -> None:
    both = columns.joined([table([row(1, title="Salary talk"), row(2, title="Lunch")])])
    packed = columns.compact(both.slice(1))
    assert packed["title"].combine_chunks().dictionary.to_pylist() == ["Lunch"]
    assert packed["title"].to_pylist() == ["Lunch"]


def test_captures_come_back_in_order_of_time_and_place(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        segments.write(session, vault, PERSON, 1, table([row(30), row(10)]))
        segments.write(session, vault, PERSON, 2, table([row(20, "click"), row(30, "click")]))
    found = everything(database, vault, places=True)
    assert found["at"].to_pylist() == [10, 20, 30, 30]
    assert found["kind"].to_pylist() == ["key", "click", "key", "click"]
    places = list(zip(*(found[name].to_pylist() for name in ("at", "segment", "row")), strict=True))
    assert places == sorted(set(places))


def test_many_captures_are_split_and_still_whole(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "ROWS", 100)
    with database.writing() as session:
        written = segments.write(session, vault, PERSON, 1, presses(1001))
        assert segments.listed(session, PERSON) == written
    assert [segment.count for segment in written] == [100] * 10 + [1]
    assert everything(database, vault).to_pylist() == presses(1001).to_pylist()
    with database.reading() as session:
        newest = list(segments.read(session, vault, PERSON, newest_first=True))
    assert [found.num_rows for found in newest] == [1] + [100] * 10
    assert pa.concat_tables(reversed(newest)).to_pylist() == presses(1001).to_pylist()


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_span_opens_only_the_segments_it_touches(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch, newest_first: bool
) -> None:
    monkeypatch.setattr(segments, "ROWS", 10)
    with database.writing() as session:
        segments.write(session, vault, PERSON, 1, presses(100, start=0, step=1))
        for far in segments.listed(session, PERSON, 40):
            vault.objects.delete(segments.name_of(far))
    found = everything(database, vault, start=15, end=31, columns=["text", "at"], newest_first=newest_first)
    assert sorted(found["at"].to_pylist()) == list(range(15, 31))
    assert found.column_names == ["text", "at"]


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=8), max_size=8), st.booleans())
def test_overlapping_segments_merge_into_one_order(drawn: list[list[int]], newest_first: bool) -> None:
    spans = [segments.Segment(PERSON, n, min(at), max(at), len(at), 0, "", 1, b"", 1) for n, at in enumerate(drawn)]

    def load(span: segments.Segment) -> pa.Table:
        ordered = pa.table({"at": pa.array(sorted(drawn[span.id]), pa.int64())})
        return merging.placed(ordered, span.id)

    tables = list(merging.merged(spans, load, newest_first=newest_first))
    found = [tuple(row.values()) for part in (tables[::-1] if newest_first else tables) for row in part.to_pylist()]
    wanted = [(at, n, place) for n, times in enumerate(drawn) for place, at in enumerate(sorted(times))]
    assert found == sorted(wanted)


def test_an_altered_byte_is_noticed(database: Database, vault: Vault, tmp_path: Path) -> None:
    with database.writing() as session:
        (segment,) = segments.write(session, vault, PERSON, 1, presses(10))
    path = tmp_path / "segments" / segments.name_of(segment)
    whole = path.read_bytes()
    for place in np.linspace(0, len(whole) - 1, 40, dtype=int):
        broken = bytearray(whole)
        broken[place] ^= 1
        path.write_bytes(bytes(broken))
        with pytest.raises(Unreadable):
            everything(database, vault)
    path.write_bytes(whole)
    assert everything(database, vault).num_rows == 10


def test_a_segment_is_not_opened_in_place_of_another(database: Database, vault: Vault, tmp_path: Path) -> None:
    with database.writing() as session:
        (one,) = segments.write(session, vault, PERSON, 1, presses(10))
        (two,) = segments.write(session, vault, PERSON, 1, presses(10, start=5))
    folder = tmp_path / "segments"
    (folder / segments.name_of(one)).write_bytes((folder / segments.name_of(two)).read_bytes())
    with pytest.raises(Unreadable):
        everything(database, vault)


def test_without_the_key_nothing_opens(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        segments.write(session, vault, PERSON, 1, presses(10))
    with database.writing() as session:
        keys.destroy(session, PERSON)
    with pytest.raises(Unreadable):
        everything(database, vault)


def test_what_is_rolled_back_leaves_no_object(database: Database, vault: Vault) -> None:
    with pytest.raises(RuntimeError), database.writing() as session:
        segments.write(session, vault, PERSON, 1, presses(10))
        assert vault.objects.list("7")
        raise RuntimeError
    assert vault.objects.list("7") == ()


def test_objects_go_only_when_the_removal_is_committed(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        (segment,) = segments.write(session, vault, PERSON, 1, presses(10))
    with pytest.raises(RuntimeError), database.writing() as session:
        segments.remove(session, vault, PERSON, [segment.id])
        raise RuntimeError
    assert everything(database, vault).num_rows == 10
    with database.writing() as session:
        segments.remove(session, vault, PERSON, [segment.id])
    assert vault.objects.list("7") == ()
    assert everything(database, vault).num_rows == 0


def test_a_text_that_no_vocabulary_holds_opens_no_segment(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        segments.write(session, vault, PERSON, 1, presses(10, title="Quarterly Übersicht"))
        segments.write(session, vault, PERSON, 1, presses(10, start=0, title="Lunch"))
        known = segments.listed(session, PERSON)
        for text, count in (("LUNCH", 1), ("ÜBER", 1), ("salary", 0), ("", 2), ("n", 1)):
            assert len(segments.may_hold(session, vault, known, text)) == count, text


def test_too_many_words_are_not_kept_and_the_segment_is_always_opened(database: Database, vault: Vault) -> None:
    long = [row(n, "other", value=f"{n}" * 400) for n in range(1000)]
    with database.writing() as session:
        segments.write(session, vault, PERSON, 1, table(long))
        known = segments.listed(session, PERSON)
        assert segments.may_hold(session, vault, known, "never seen") == known


def test_rewrapped_segments_open_under_the_new_key_alone(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        segments.write(session, vault, PERSON, 1, presses(10))
        old = keys.current(session, vault, PERSON)
        new = keys.renew(session, vault, PERSON)
        known = segments.listed(session, PERSON)
        segments.keep_keys(session, [segments.rewrapped(vault, one, old, new) for one in known])
        keys.destroy(session, PERSON, [old.version])
    assert everything(database, vault).num_rows == 10


def test_a_table_of_another_form_is_refused(database: Database, vault: Vault) -> None:
    for other in (presses(3).drop_columns(["title"]), pa.table({"at": [1]})):
        with pytest.raises(BadInput), database.writing() as session:
            segments.write(session, vault, PERSON, 1, other)

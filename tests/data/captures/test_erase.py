"""What is erased is gone: no key opens it, no row names it, no byte of it is left, and it does not come back."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.captures import erase, labels, screens, segments
from data.captures.compaction import compact
from data.captures.rollup_tables import DayRow, LabelsRow
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.captures.tables import DisplayRow, ImportRow
from data.database import Database
from data.errors import Conflict, Unreadable
from data.people.tables import DeviceRow
from data.sealing import keys
from data.sealing.vault import Vault
from tests.data.captures.events import presses
from tests.data.captures.rows import row, table
from tests.data.captures.taking import PERSON, add_people, counted, picture, stored, take

MAIL = Scope(apps=frozenset({"Mail"}))
SHOT, OTHER = picture(b"a salary"), picture(b"a menu")
ROWS = [
    row(10, app="Mail", text="s", device="Old"),
    row(20, "screen", app="Mail", screen=SHOT.digest, device="Old"),
    row(30, "screen", app="Mail", screen=OTHER.digest, device="New"),
    row(40, "screen", app="Word", screen=OTHER.digest, device="New"),
    row(50, "click", app="Word", x=1.0, y=1.0, device="New"),
]


@pytest.fixture(autouse=True)
def roster(database: Database, vault: Vault) -> None:
    add_people(database)
    take(database, vault, SHOT, OTHER, table(ROWS))


def destroyed(session: Session, vault: Vault, at: int | None = None) -> int:
    """Both steps of an erasure of everything in one transaction; gives how many captures went."""
    erase.destroy_keys(session, vault, PERSON, at)
    return erase.remove_rows(session, vault, PERSON).captures


def test_everything_goes_and_absence_is_read_back(database: Database, vault: Vault) -> None:
    at = instants.now()
    with database.reading() as session:
        assert erase.remnants(session, vault, PERSON, Scope(), at)
        sealed = sum(segment.bytes for segment in segments.listed(session, PERSON))
    with database.writing() as session:
        assert erase.destroy_keys(session, vault, PERSON, at).keys == (1,)
        with pytest.raises(Unreadable):
            segments.read(session, vault, PERSON)
    with database.writing() as session:
        removed = erase.remove_rows(session, vault, PERSON)
    assert (removed.captures, removed.kinds) == (5, {"click": 1, "key": 1, "screen": 3})
    assert (len(removed.digests), removed.screens, removed.left) == (1, 2, 0)
    assert removed.bytes > sealed
    erase.settle(database, vault, PERSON)
    with database.reading() as session:
        assert erase.remnants(session, vault, PERSON, Scope(), at) == ()
        for kept in (DayRow, LabelsRow, DeviceRow, DisplayRow, ImportRow):
            assert session.scalars(select(kept)).all() == []
    assert vault.objects.list("7") == ()


def test_the_erasure_of_everything_can_be_repeated(database: Database, vault: Vault) -> None:
    at = instants.now()
    for captures in (5, 0):
        with database.writing() as session:
            assert destroyed(session, vault, at) == captures
    assert erase.settle(database, vault, PERSON) == 0


def test_imports_wait_for_the_end_of_an_erasure_and_then_begin_anew(database: Database, vault: Vault) -> None:
    at = instants.now()
    with database.writing() as session:
        erase.destroy_keys(session, vault, PERSON, at)
    with pytest.raises(Conflict):
        take(database, vault, presses(3, start=at, step=1))
    with database.writing() as session:
        assert erase.remove_rows(session, vault, PERSON).captures == 5
    assert take(database, vault, presses(3, start=at, step=1)).added == 3
    with database.writing() as session:
        assert erase.remove_rows(session, vault, PERSON).captures == 0
    erase.settle(database, vault, PERSON)
    assert stored(database, vault).num_rows == 3
    assert counted(database) == 3
    with database.reading() as session:
        assert erase.remnants(session, vault, PERSON, Scope(), at) == ()


def test_an_erased_person_s_old_export_does_not_bring_it_back(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        destroyed(session, vault)
    again = take(database, vault, SHOT, OTHER, table(ROWS))
    assert (again.added, again.refused, again.screens) == (0, 5, 0)
    with database.writing() as session:
        destroyed(session, vault)
    with database.reading() as session:
        assert session.execute(select(ImportRow.refused, ImportRow.digest)).all() == [(5, "")]


def test_a_part_goes_and_the_rest_stays_whole(database: Database, vault: Vault) -> None:
    at = instants.now()
    removed = erase.rewrite_without(database, vault, PERSON, [MAIL], at)
    assert (removed.captures, removed.kinds, removed.screens) == (3, {"key": 1, "screen": 2}, 1)
    assert (len(removed.digests), removed.keys, removed.left) == (1, (1,), 2)
    erase.settle(database, vault, PERSON)
    assert stored(database, vault).to_pylist() == ROWS[3:]
    assert counted(database) == 2
    with database.reading() as session:
        assert erase.remnants(session, vault, PERSON, MAIL, at) == ()
        assert screens.listed(session, PERSON) == (OTHER.digest,)
        assert screens.read(session, vault, PERSON, OTHER.digest) == OTHER
        assert set(labels.names(session, vault, PERSON).values()) == {"Word"}
        assert [(d.name, d.first_at, d.last_at) for d in session.scalars(select(DeviceRow))] == [("New", 40, 50)]
        assert keys.live(session, PERSON) == (2,)
    again = take(database, vault, SHOT, OTHER, table(ROWS))
    assert (again.added, again.duplicates, again.refused, again.screens) == (0, 2, 3, 0)


@pytest.mark.parametrize("compacted", [False, True])
def test_of_an_import_of_which_nothing_is_left_only_what_it_refused_stays(
    database: Database, vault: Vault, compacted: bool
) -> None:
    """Neither its digest nor how much it brought and when; what others brought stays known."""
    erase.rewrite_without(database, vault, PERSON, [Scope(start=1000, end=1001)], instants.now())
    take(database, vault, presses(4, start=2000, step=1))
    take(database, vault, presses(4, start=999, step=1))
    if compacted:
        assert compact(database, vault, PERSON) == 2
    with database.reading() as session:
        (first,) = session.scalars(select(ImportRow.digest).where(ImportRow.added == 5))
    erase.rewrite_without(database, vault, PERSON, [Scope(start=900)], instants.now())
    columns = ImportRow.digest, ImportRow.added, ImportRow.refused, ImportRow.first_at, ImportRow.last_at
    with database.reading() as session:
        found = session.execute(select(*columns).order_by(ImportRow.added)).all()
    assert found == [("", 0, 1, None, None), (first, 5, 0, 10, 50)]


def test_segments_without_a_capture_of_the_scope_keep_their_object(database: Database, vault: Vault) -> None:
    take(database, vault, presses(10, start=1000))
    before = set(vault.objects.list("7"))
    removed = erase.rewrite_without(database, vault, PERSON, [Scope(start=1000, end=1001)], instants.now())
    assert removed.captures == 1
    assert len(before & set(vault.objects.list("7"))) == len(before) - 1
    assert stored(database, vault).num_rows == 14


def test_a_partial_erasure_that_fails_changes_nothing(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, objects = stored(database, vault).to_pylist(), vault.objects.list("7")

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(erase.counts, "recount", fail)
    with pytest.raises(RuntimeError):
        erase.rewrite_without(database, vault, PERSON, [MAIL], instants.now())
    assert stored(database, vault).to_pylist() == before
    assert vault.objects.list("7") == objects


def test_a_copy_of_the_old_objects_does_not_open_after_a_partial_erasure(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    with database.reading() as session:
        (segment,) = segments.listed(session, PERSON)
    copy = vault.objects.get(segments.name_of(segment))
    erase.rewrite_without(database, vault, PERSON, [Scope(kinds=frozenset({Kind.KEY}))], instants.now())
    erase.settle(database, vault, PERSON)
    vault.objects.put(segments.name_of(segment), copy)
    with database.reading() as session:
        assert "sealed objects are there" in erase.remnants(session, vault, PERSON, MAIL, 0)[-1]
        with pytest.raises(Unreadable):
            segments.open_one(session, vault, segment)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert segment.wrapped_key not in everything


def test_another_person_s_captures_are_not_touched(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        segments.write(session, vault, 8, 1, presses(4))
    with database.writing() as session:
        destroyed(session, vault)
        assert sum(found.num_rows for found in segments.read(session, vault, 8)) == 4


def test_captures_from_after_the_erasure_are_not_in_its_scope(database: Database, vault: Vault) -> None:
    assert erase.rewrite_without(database, vault, PERSON, [MAIL], 20).captures == 1
    assert stored(database, vault)["at"].to_pylist() == [20, 30, 40, 50]


def test_captures_whose_kind_is_in_the_scope_go_wherever_they_are(database: Database, vault: Vault) -> None:
    scope = Scope(kinds=frozenset({Kind.SCREEN}))
    assert erase.rewrite_without(database, vault, PERSON, [scope], instants.now()).screens == 2
    assert stored(database, vault)["at"].to_pylist() == [10, 50]


def test_an_import_in_the_middle_of_a_partial_erasure_is_kept_and_loses_its_part_too(
    database: Database, vault: Vault
) -> None:
    """Nobody waits for the rewriting: what comes in meanwhile is there afterwards, and refused where it is erased."""
    late = [row(60, app="Word", text="late"), row(61, app="Mail", text="late")]
    came: list[int] = []

    def meanwhile() -> None:
        if not came:
            came.append(take(database, vault, table(late)).refused)

    removed = erase.rewrite_without(database, vault, PERSON, [MAIL], instants.now(), alive=meanwhile)
    assert came == [1]
    assert (removed.captures, removed.left) == (3, 3)
    assert stored(database, vault).to_pylist() == [*ROWS[3:], late[0]]
    assert counted(database) == 3
    erase.settle(database, vault, PERSON)
    with database.reading() as session:
        assert keys.live(session, PERSON) == (2,)


def test_the_database_can_be_written_while_a_part_is_erased(database: Database, vault: Vault) -> None:
    def write() -> None:
        with database.writing() as session:
            session.execute(select(ImportRow)).all()

    seen: list[None] = []
    erase.rewrite_without(
        database, vault, PERSON, [MAIL], instants.now(), alive=lambda: seen.append(write()), mark=lambda *_: None
    )
    assert seen

"""What comes in is stored once, whole or not at all, and never what was erased."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import func, select

from data.captures import ingest as ingesting
from data.captures import refusals, screens, segments, sorting, sweeping
from data.captures.ingest import ingest
from data.captures.recording import Display, Recording, Screen
from data.captures.rollup_tables import DayRow
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.captures.tables import DisplayRow, ImportRow
from data.database import Database
from data.errors import BadInput, NotAllowed, NotFound
from data.people.tables import DeviceRow
from data.people.viewer import OPERATOR, Role, Viewer
from data.sealing.vault import Vault
from tests.data.captures.events import bag, presses
from tests.data.captures.rows import row, table
from tests.data.captures.taking import PERSON, add_people, assert_nowhere, counted, picture, recording, stored, take


@pytest.fixture(autouse=True)
def roster(database: Database) -> None:
    add_people(database)


def test_the_same_file_twice_changes_nothing_and_says_so(database: Database, vault: Vault) -> None:
    first = take(database, vault, presses(100))
    assert (first.added, first.duplicates, first.unchanged) == (100, 0, False)
    objects = vault.objects.list("7")
    again = take(database, vault, presses(100))
    assert (again.added, again.duplicates, again.unchanged, again.import_id) == (0, 100, True, None)
    assert vault.objects.list("7") == objects
    assert counted(database) == 100
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ImportRow)) == 1


def test_a_later_overlapping_file_adds_only_what_is_new(database: Database, vault: Vault) -> None:
    twins = [row(5, text="a"), row(5, text="a"), row(6, text="b")]
    assert take(database, vault, table(twins)).added == 3
    later = take(database, vault, table([*twins, row(5, text="a"), row(7, text="c")]))
    assert (later.added, later.duplicates) == (2, 3)
    assert stored(database, vault)["at"].to_pylist() == [5, 5, 5, 6, 7]
    assert counted(database) == 5


def test_an_event_that_grew_is_stored_once_with_its_longer_duration(database: Database, vault: Vault) -> None:
    old = [row(1, "window", app="Mail", duration=10), row(20, "window", app="Word", duration=3)]
    new = [*old[:1], row(20, "window", app="Word", duration=30), row(60, "window", app="Mail", duration=1)]
    take(database, vault, table(old), source="activitywatch")
    grown = take(database, vault, table(new), source="activitywatch")
    assert (grown.added, grown.duplicates) == (2, 1)
    assert bag(stored(database, vault)) == bag(table(new))
    assert counted(database) == 3
    assert take(database, vault, table(old), source="activitywatch").added == 0
    assert bag(stored(database, vault)) == bag(table(new))


def test_much_more_than_fits_in_memory_at_once_is_stored_in_order(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name, size in (
        (sorting, "RUN", 50),
        (sorting, "BLOCK", 7),
        (sorting, "WINDOW", 60),
        (segments, "ROWS", 40),
    ):
        monkeypatch.setattr(module, name, size)
    whole = presses(1000, step=3)
    take(database, vault, *(whole.slice(start, 10) for start in range(990, -1, -10)))
    assert stored(database, vault).to_pylist() == whole.to_pylist()
    with database.reading() as session:
        found = segments.listed(session, PERSON)
    assert [segment.count for segment in found] == [40] * 25
    assert take(database, vault, *(whole.slice(start, 10) for start in range(0, 1000, 10))).added == 0


def test_a_file_that_breaks_off_stores_nothing(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorting, "RUN", 10)

    def broken() -> Iterator[pa.RecordBatch]:
        yield from presses(50).to_batches()
        raise BadInput("line 51 is not JSON")

    with pytest.raises(BadInput, match="line 51"):
        ingest(database, vault, OPERATOR, PERSON, Recording("captures", "d", broken()))
    assert vault.objects.list("7") == ()
    assert counted(database) == 0


def test_a_commit_that_fails_leaves_no_object_and_no_count(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the log is full")

    monkeypatch.setattr(ingesting.log, "append", fail)
    with pytest.raises(RuntimeError):
        take(database, vault, presses(50))
    assert vault.objects.list("7") == ()
    assert (counted(database), stored(database, vault).num_rows) == (0, 0)


def test_two_imports_of_one_person_at_once_add_up_without_loss_or_repetition(database: Database, vault: Vault) -> None:
    files = [presses(300, step=10), presses(300, step=10, start=1_780_000_000_001_500), presses(300, step=10)]
    failures: list[BaseException] = []

    def work(file: pa.Table) -> None:
        try:
            take(database, vault, file)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    distinct = {repr(one) for file in files for one in file.to_pylist()}
    assert bag(stored(database, vault)) == sorted(distinct)
    assert counted(database) == len(distinct)
    with database.reading() as session:
        assert len(vault.objects.list("7")) == len(segments.listed(session, PERSON))


def test_what_was_erased_is_refused_and_counted(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        refusals.add(session, vault, PERSON, Scope(kinds=frozenset({Kind.KEY}), start=10), at=30)
        refusals.add(session, vault, PERSON, Scope(kinds=frozenset({Kind.KEY}), start=10), at=30)
        assert len(refusals.erased_scopes(session, vault, PERSON)) == 1
    shot = picture(b"salary")
    rows = [row(5), row(10, screen=shot.digest), row(15, "click"), row(29), row(30)]
    found = take(database, vault, shot, table(rows))
    assert (found.added, found.refused, found.screens) == (3, 2, 0)
    assert stored(database, vault)["at"].to_pylist() == [5, 15, 30]
    with database.reading() as session:
        assert screens.listed(session, PERSON) == ()


def test_a_file_of_erased_captures_alone_leaves_no_byte(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        refusals.add(session, vault, PERSON, Scope())
    found = take(database, vault, Display("ThinkPad", 800, 600), presses(10, start=5, device="ThinkPad"))
    assert (found.added, found.refused, found.unchanged) == (0, 10, True)
    assert vault.objects.list("7") == ()
    with database.reading() as session:
        for kept in (DisplayRow, DeviceRow, DayRow):
            assert session.scalars(select(kept)).all() == []
        assert session.scalars(select(ImportRow.refused)).all() == [10]


def test_screens_are_kept_once_and_only_where_a_capture_refers_to_them(database: Database, vault: Vault) -> None:
    one, two = picture(b"one"), picture(b"two")
    shown = table([row(1, "screen", screen=one.digest)])
    assert take(database, vault, one, two, one, shown).screens == 1
    assert take(database, vault, one, shown).screens == 0
    with database.reading() as session:
        assert screens.listed(session, PERSON) == (one.digest,)
        assert screens.read(session, vault, PERSON, one.digest) == one
        with pytest.raises(NotFound):
            screens.read(session, vault, PERSON, two.digest)


def test_a_screen_that_came_late_is_added(database: Database, vault: Vault) -> None:
    one = picture(b"one")
    shown = table([row(1, "screen", screen=one.digest)])
    assert take(database, vault, shown).screens == 0
    late = take(database, vault, shown, one)
    assert (late.added, late.screens, late.unchanged) == (0, 1, False)


def test_a_screen_with_other_bytes_than_its_name_is_refused(database: Database, vault: Vault) -> None:
    with pytest.raises(BadInput):
        take(database, vault, Screen("ab" * 32, "image/png", b"x"), presses(1))


def test_of_a_device_of_which_all_was_erased_an_old_file_brings_no_display_back(
    database: Database, vault: Vault
) -> None:
    """Also where the file brings something of another device."""
    with database.writing() as session:
        refusals.add(session, vault, PERSON, Scope(), at=100)
    displays = Display("Old", 800, 600), Display("New", 1920, 1080)
    held = [row(10, device="Old"), row(200, device="New")]
    assert (take(database, vault, *displays, table(held)).added) == 1
    with database.reading() as session:
        assert [one.device for one in session.scalars(select(DisplayRow))] == ["New"]


def test_devices_and_displays_are_known_afterwards(database: Database, vault: Vault) -> None:
    take(database, vault, Display("ThinkPad", 1920, 1080), presses(3, start=100, step=1, device="ThinkPad"))
    take(database, vault, Display("ThinkPad", 1920, 1080), presses(3, start=50, step=1, device="ThinkPad"))
    with database.reading() as session:
        (device,) = session.scalars(select(DeviceRow)).all()
        assert (device.name, device.first_at, device.last_at) == ("ThinkPad", 50, 102)
        assert len(session.scalars(select(DisplayRow)).all()) == 1


@pytest.mark.parametrize("at", [2**62, -(2**62)])
def test_a_time_that_no_calendar_shows_is_refused(database: Database, vault: Vault, at: int) -> None:
    with pytest.raises(BadInput):
        take(database, vault, table([row(1), row(at)]))


def test_wrong_clocks_are_kept_as_they_are(database: Database, vault: Vault) -> None:
    far = [row(-11_644_473_600_000_000), row(0), row(4_102_444_800_000_000)]
    assert take(database, vault, table(far)).added == 3


def test_only_the_operator_imports_and_only_for_people_on_the_roster(database: Database, vault: Vault) -> None:
    with pytest.raises(NotAllowed):
        ingest(database, vault, Viewer(PERSON, frozenset({Role.EMPLOYEE})), PERSON, recording(presses(1)))
    with pytest.raises(NotFound):
        ingest(database, vault, OPERATOR, 99, recording(presses(1)))


def test_objects_left_by_a_crash_are_swept_but_not_those_of_an_import_at_work(database: Database, vault: Vault) -> None:
    take(database, vault, presses(10))
    held = vault.objects.list("7")
    old = segments.new_id() - (2 * sweeping.SPARED << 10)
    for name in (old, f".part-{old}-abc", segments.new_id(), f".part-{segments.new_id()}-abc"):
        vault.objects.put(f"7/{name}", b"left over")
    assert sweeping.sweep(database, vault, PERSON) == 2
    assert len(vault.objects.list("7")) == len(held) + 2
    assert sweeping.sweep(database, vault, PERSON, spared=0) == 2
    assert vault.objects.list("7") == held


def test_what_an_import_names_while_it_is_being_swept_stays(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sweep that spares nothing, as a deletion's does, has looked which objects are named; then an import commits."""
    sealed, swept = threading.Event(), threading.Event()
    build, made_at = ingesting.build, sweeping._made_at  # pyright: ignore[reportPrivateUsage] (the moment)

    def sealing(*given: Any, **more: Any) -> Any:
        made = build(*given, **more)
        sealed.set()
        assert swept.wait(30)
        return made

    importing = threading.Thread(target=take, args=(database, vault, presses(10)))

    def between(name: str) -> int:
        swept.set()
        importing.join(30)
        return made_at(name)

    monkeypatch.setattr(ingesting, "build", sealing)
    monkeypatch.setattr(sweeping, "_made_at", between)
    importing.start()
    assert sealed.wait(30)
    assert sweeping.sweep(database, vault, PERSON, spared=0) == 0
    assert stored(database, vault).num_rows == 10


def test_many_left_over_objects_are_swept_a_few_at_a_time(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes for the person waits for a few deletions in a store far away, not for all."""
    for number in range(40):
        vault.objects.put(f"7/{segments.new_id()}-{number}", b"left over")
    discard, together = segments.discard, list[int]()

    def counting(vault: Vault, names: list[str]) -> None:
        together.append(len(names))
        discard(vault, names)

    monkeypatch.setattr(segments, "discard", counting)
    assert sweeping.sweep(database, vault, PERSON, spared=0) == 40
    assert max(together) < 20
    assert vault.objects.list("7") == ()


def test_no_plaintext_of_content_is_anywhere_on_disk(
    database: Database, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sorting, "RUN", 10)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    canary = "canary-8d1f"
    shot = picture(f"{canary} in a picture".encode())
    same = {name: f"{name} {canary}" for name in ("app", "title", "text", "value", "button")}
    take(database, vault, shot, table([row(n, "click", x=1.0, y=2.0, screen=shot.digest, **same) for n in range(90)]))
    with database.writing() as session:
        refusals.add(session, vault, PERSON, Scope(apps=frozenset({f"app {canary}"})))
    assert_nowhere(database, tmp_path, canary)
    assert canary not in caplog.text

"""A store is there whole or not at all, holds what the generator wrote, and holds none of it in the clear."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data import instants
from data.accesses import coverage
from data.settings import Settings
from data.store import open_store
from tests.demo import company, generate, loading
from tests.demo.loading import Desk

UNTIL = instants.parse("2026-11-23T18:00:00")
NAMES = (
    *("Helena Vasconcelos", "Ingrid Solheim", "Priya Raman", "Chidi Eze", "Deepa Iyer"),
    *("Efe Yıldız", "Farah Haddad", "Hana Kobayashi"),
)
PEOPLE = [one for one in company.people() if one.name in NAMES]
DENSITY = 0.05


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with five people in it."""
    place = tmp_path_factory.mktemp("loading") / "store"
    loading.load(place, PEOPLE, until=UNTIL, density=DENSITY)
    return place


def test_everybody_has_as_many_captures_as_the_generator_wrote(store: Path, tmp_path: Path) -> None:
    desk = Desk(store)
    for name in ("Helena Vasconcelos", "Ingrid Solheim", "Deepa Iyer"):
        one = company.named(name)
        written = generate.write_captures(tmp_path, one, UNTIL, density=DENSITY)
        rows = 0 if written is None else pq.read_metadata(written).num_rows
        assert desk.ask("summary", "--person", one.email, "--as", one.email)["total"] == rows


def test_what_was_erased_is_refused_when_it_is_sent_again(store: Path) -> None:
    chidi = company.named("Chidi Eze").email
    found = Desk(store).ask("summary", "--person", chidi, "--as", chidi)
    assert found["refused"] > 0
    assert "Element" not in found["apps"]
    assert found["total"] > 0


def test_the_queue_holds_what_is_overdue_and_what_is_due_today(store: Path) -> None:
    waiting = Desk(store).ask("request", "list", "--as", company.named("Ingrid Solheim").email)
    due = {one["person"]: one["due_on"] for one in waiting}
    assert due[company.named("Farah Haddad").email] == "2026-11-23"
    assert due[company.named("Efe Yıldız").email] < "2026-11-20"


def test_daylight_keeps_record_since_before_the_first_capture(store: Path) -> None:
    found = open_store(Settings.from_environment({}, store=str(store)))
    with found.database.reading() as session:
        gaps = coverage.read(session, found.vault).gaps(UNTIL - 60 * instants.DAY, UNTIL)
    assert not [gap for gap in gaps if gap.source == "daylight"]


def test_people_read_who_looked_with_the_odd_looks_among_them(store: Path) -> None:
    ingrid = company.named("Ingrid Solheim").email
    looks = json.dumps(Desk(store).ask("accesses", "--person", ingrid, "--as", ingrid))
    assert "svc-extract-tmp" not in looks or "unexplained" in looks
    assert "training" in looks


def test_nothing_of_what_was_captured_stands_in_the_clear_on_disk(store: Path) -> None:
    assert sorted(file.name for file in store.parent.iterdir()) == ["store"]
    for file in store.rglob("*"):
        if file.is_file():
            held = file.read_bytes()
            for canary in (b"LibreOffice", b"Thunderbird", b"Helpdesk", b"salaries draft", b"PAR1", b"WEBP"):
                assert canary not in held, (file.name, canary)


def test_an_interrupted_load_leaves_no_store_and_the_next_one_starts_afresh(tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    place = tmp_path / "store"
    few = [one for one in PEOPLE if one.name in ("Helena Vasconcelos", "Deepa Iyer")]
    with pytest.raises(KeyboardInterrupt):
        loading.load(place, few, until=UNTIL, density=DENSITY, progress=interrupt)
    assert not place.exists()
    assert (tmp_path / "store.new").exists()
    loading.load(place, few, until=UNTIL, density=DENSITY)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["store"]
    helena = company.named("Helena Vasconcelos").email
    assert Desk(place).ask("summary", "--person", helena, "--as", helena)["total"] > 0

"""An unpacked export comes back through `import captures` as it was: every capture, every picture, every display."""

from __future__ import annotations

import hashlib
import math
import shutil
import tempfile
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.captures import arrivals, pictures, screens
from data.captures.ingest import ingest
from data.captures.recording import Display, Recording, Screen
from data.captures.schema import COLUMNS, SCHEMA, Kind
from data.connectors import SOURCES
from data.database import Database
from data.instants import EARLIEST, LATEST
from data.people.viewer import OPERATOR
from data.rights.export import archive
from data.sealing.vault import Vault
from tests.data.captures.rows import table
from tests.data.rights.conftest import Roster, people
from tests.data.rights.holding import kept

FIXTURES = Path(__file__).resolve().parents[3] / "samples"
OWN, AGAIN = 1, 2  # whose captures are exported, and who gets them back

TEXTS = (
    st.none() | st.sampled_from(["", "\x00\x1b[31m", "a\u2028b\r\n", 'say "hi"\\', "日本語 🦊"]) | st.text(max_size=8)
)
NUMBERS = st.none() | st.floats() | st.sampled_from([math.nan, math.inf, -math.inf, -0.0, 65535.0, 1e22, 5e-324])
PICTURES = [b"one", b"two", b"three"]
DIGESTS = [hashlib.sha256(data).hexdigest() for data in PICTURES]
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "at": st.integers(-5, 5) | st.integers(EARLIEST, LATEST),
            "kind": st.sampled_from([kind.value for kind in Kind]),
            "duration": st.none() | st.integers(-(2**63) + 1, 2**63 - 1),
            "down": st.none() | st.booleans(),
            **dict.fromkeys(("device", "app", "title", "button", "text"), TEXTS),
            **dict.fromkeys(("x", "y", "dx", "dy"), NUMBERS),
            "value": st.none() | st.sampled_from(['{"a":[1,null,"\\u001b"]}', "5", '"text"', "[]"]),
            "screen": st.none() | st.sampled_from(DIGESTS),
        }
    ),
    min_size=1,
    max_size=12,
)


@dataclass(frozen=True)
class Store:
    """A store of its own, whose people may export."""

    database: Database
    vault: Vault
    roster: Roster

    def screens(self, person_id: int) -> list[Screen]:
        """Every picture that is held."""
        with self.database.reading() as session:
            names = screens.listed(session, person_id)
            return [screens.read(session, self.vault, person_id, name) for name in names]

    def displays(self, person_id: int) -> tuple[Display, ...]:
        """Every display that is known."""
        with self.database.reading() as session:
            return arrivals.displays(session, person_id)

    def take(self, recording: Recording, person_id: int = OWN) -> None:
        """Import a recording."""
        ingest(self.database, self.vault, OPERATOR, person_id, recording)

    def come_back(self, folder: Path, name: str = "captures.jsonl") -> zipfile.ZipFile:
        """Export everything of one person, unpack it and import it for the other; gives the archive."""
        out = folder / "copy.zip"
        archive.write_export(self.database, self.vault, self.roster.ana, OWN, out)
        found = zipfile.ZipFile(out)
        found.extractall(folder / "copy")
        self.take(SOURCES["captures"].read(folder / "copy" / name, zone=None), AGAIN)
        return found

    def assert_alike(self) -> None:
        """What came back is what was there; compared as written, where NaN is itself and -0.0 is not 0.0."""
        assert written(kept(self.database, self.vault, AGAIN)) == written(kept(self.database, self.vault, OWN))
        assert self.screens(AGAIN) == self.screens(OWN)
        assert self.displays(AGAIN) == self.displays(OWN)


def written(rows: list[dict[str, Any]]) -> list[str]:
    return [repr({name: row[name] for name in COLUMNS if name in row}) for row in rows]


@contextmanager
def fresh(folder: Path, empty: Path) -> Generator[Store]:
    """An empty store in `folder`."""
    shutil.copy(empty, folder / "daylight.db")
    database = Database(f"sqlite:///{folder / 'daylight.db'}")
    vault = Vault.create(folder / "keyring", str(folder / "segments"))
    yield Store(database, vault, people(database))
    database.close()


@settings(max_examples=40)
@given(rows=ROWS, types=st.lists(st.sampled_from(sorted({*pictures.TYPES.values()})), min_size=3, max_size=3))
def test_whatever_was_captured_comes_back_identical(
    empty_sqlite: Path, rows: list[dict[str, Any]], types: list[str]
) -> None:
    named = {row["screen"] for row in rows}
    shown = [
        Screen(digest, kind, data)
        for digest, kind, data in zip(DIGESTS, types, PICTURES, strict=True)
        if digest in named
    ]
    devices = sorted({row["device"] for row in rows} - {None})
    displays = [Display(name, 1920, 1080, -1920 * place) for place, name in enumerate(devices)]
    with tempfile.TemporaryDirectory() as folder, fresh(Path(folder), empty_sqlite) as store:
        store.take(Recording("captures", "0" * 64, iter([*shown, *displays, *table(rows).to_batches()])))
        store.come_back(Path(folder))
        store.assert_alike()


@pytest.mark.parametrize("name", ["captures.csv", "captures-00001.parquet"])
def test_the_other_forms_come_back_identical_too(tmp_path: Path, empty_sqlite: Path, name: str) -> None:
    with fresh(tmp_path, empty_sqlite) as store:
        store.take(SOURCES["openadapt"].read(FIXTURES / "openadapt/images", zone=ZoneInfo("Europe/London")))
        edges = [{"at": at, "kind": "key", "text": "=1"} for at in (-1, 1, EARLIEST, LATEST)]
        store.take(Recording("captures", "1" * 64, iter(pa.Table.from_pylist(edges, SCHEMA).to_batches())))
        found = store.come_back(tmp_path, name)
        if name.endswith(".parquet"):
            for other in sorted((tmp_path / "copy").glob("captures-*.parquet"))[1:]:
                store.take(SOURCES["captures"].read(other, zone=None), AGAIN)
        assert len([one for one in found.namelist() if one.endswith(".parquet")]) == 2
        there, again = (written(kept(store.database, store.vault, one)) for one in (OWN, AGAIN))
        if name.endswith(".csv"):
            there = [row.replace("'title': '', ", "") for row in there]  # CSV cannot tell an empty text from none
        assert again == there
        assert store.screens(AGAIN) == store.screens(OWN)
        assert store.displays(AGAIN) == store.displays(OWN)


def test_a_picture_of_a_type_that_no_ending_names_comes_back_byte_for_byte(tmp_path: Path, empty_sqlite: Path) -> None:
    with fresh(tmp_path, empty_sqlite) as store:
        picture = Screen(DIGESTS[0], "image/x-of-tomorrow", PICTURES[0])
        rows = table([dict.fromkeys(COLUMNS) | {"at": 1, "kind": "screen", "screen": picture.digest}])
        store.take(Recording("captures", "0" * 64, iter([picture, *rows.to_batches()])))
        store.come_back(tmp_path)
        assert store.screens(AGAIN) == [replace(picture, media_type=pictures.UNKNOWN)]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("activitywatch", "activitywatch/later.json"),
        ("openadapt", "openadapt/images"),
        ("openadapt", "openadapt/video"),
    ],
)
def test_what_a_real_program_recorded_comes_back_identical_with_its_pictures(
    tmp_path: Path, empty_sqlite: Path, source: str, name: str
) -> None:
    comes_back(tmp_path, empty_sqlite, source, FIXTURES / name)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("activitywatch", "activitywatch_native_export/aw-buckets-export.json"),
        ("openadapt", "openadapt_capture_recording"),
        ("ducktrack", "ducktrack_example"),
    ],
)
def test_the_samples_come_back_identical_with_their_pictures(
    tmp_path: Path, empty_sqlite: Path, samples: Path, source: str, name: str
) -> None:
    comes_back(tmp_path, empty_sqlite, source, samples / name)


def comes_back(folder: Path, empty: Path, source: str, path: Path) -> None:
    with fresh(folder, empty) as store:
        store.take(SOURCES[source].read(path, zone=ZoneInfo("Europe/London")))
        shown = store.screens(OWN)
        assert kept(store.database, store.vault, OWN)
        found = store.come_back(folder)
        store.assert_alike()
        files = {name for name in found.namelist() if name.startswith("screens/")}
        assert files == {f"screens/{one.digest}{pictures.ending(one.media_type)}" for one in shown}
        page = found.read("index.html").decode()
        for one in shown:
            name = f"screens/{one.digest}{pictures.ending(one.media_type)}"
            assert found.read(name) == one.data
            assert f'src="{name}"' in page
        assert bool(shown) == (source == "openadapt")

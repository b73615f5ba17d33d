"""An export that is too large for one archive is several, each whole by itself, and nothing is lost between them."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.database import Database
from data.errors import NotFound
from data.people.viewer import OPERATOR, Viewer
from data.rights import request, steps
from data.rights.export import archive, offer, pieces, volumes
from data.rights.export.pieces import CELLS, LINES, File
from data.rights.export.zipped import Entry
from data.rights.states import RequestKind, State
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.crashing import Place
from tests.data.rights.conftest import Roster
from tests.data.rights.crashing import ROWS, run_and_die
from tests.data.rights.holding import keep, kept, rows

SMALL = 12_000


@dataclass(frozen=True)
class SmallParts(Place):
    """A store whose exports are split above a few thousand bytes."""

    @property
    def settings(self) -> Settings:
        return replace(super().settings, export_part_bytes=SMALL)


def place_of(database: Database, folder: Path) -> SmallParts:
    return SmallParts(database.url.render_as_string(hide_password=False), folder)


def asked(database: Database, vault: Vault, viewer: Viewer) -> int:
    with database.writing() as session:
        return request.open_request(session, viewer, vault, viewer.person_id or 0, RequestKind.EXPORT).id


def finished(database: Database, vault: Vault, viewer: Viewer, number: int) -> bool:
    with database.reading() as session:
        return request.show(session, viewer, vault, number).state is State.DONE


def taken(database: Database, vault: Vault, viewer: Viewer, number: int) -> list[bytes]:
    """Every part, each as its name, size and sum say."""
    with database.reading() as session:
        found = offer.parts_of(session, viewer, vault, number)
    whole = list[bytes]()
    for part, one in enumerate(found, 1):
        with database.writing() as session:
            name, size, data = offer.open_export(session, viewer, vault, number, part=part)
        whole.append(b"".join(data))
        assert name == f"daylight-ana-{number}-part-{part}-of-{len(found)}.zip"
        assert (one.size, one.sha256) == (size, hashlib.sha256(whole[-1]).hexdigest())
        assert len(whole[-1]) == size
    return whole


def assert_whole(parts: list[bytes], expected: int) -> None:
    """Each part opens by itself and holds what the manifest in the first says; no file is twice or nowhere."""
    archives = [zipfile.ZipFile(io.BytesIO(data)) for data in parts]
    assert all(one.testzip() is None for one in archives)
    manifest = json.loads(archives[0].read("manifest.json"))
    index = archives[0].read("index.html").decode()
    listed = {one["name"]: one for one in manifest["files"]}
    there = [(name, part) for part, one in enumerate(archives, 1) for name in one.namelist() if name != "manifest.json"]
    assert sorted(there) == sorted((name, one["part"]) for name, one in listed.items())
    for name, part in there:
        data = archives[part - 1].read(name)
        assert (listed[name]["bytes"], listed[name]["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    for part, (said, data) in enumerate(zip(manifest["parts"], parts, strict=True), 1):
        assert said["part"] == part
        if part > 1:
            assert (said["bytes"], said["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
            assert said["sha256"] in index
    names = [name for name, _ in there if name.startswith("captures") and name.endswith(".jsonl")]
    names.sort(key=lambda name: (len(name), name))
    assert len(names) > 1
    lines = [json.loads(line) for name in names for line in archives[listed[name]["part"] - 1].read(name).splitlines()]
    assert len(lines) == expected
    assert [one["at"] for one in lines] == sorted(one["at"] for one in lines)
    for name in names:
        cells = archives[listed[name.replace(".jsonl", ".csv")]["part"] - 1].read(name.replace(".jsonl", ".csv"))
        assert cells.startswith(b"at,kind")


def test_a_large_export_is_several_archives_that_are_whole_by_themselves(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "ROWS", ROWS)
    keep(database, vault, 1, rows(1500))
    keep(database, vault, 1, rows(500, seed=2), import_id=2)
    number = asked(database, vault, roster.ana)
    done = steps.run(database, vault, place_of(database, tmp_path).settings, OPERATOR, number)
    parts = taken(database, vault, roster.ana, number)
    assert len(parts) > 2
    assert done.counts["parts"] == len(parts)
    assert done.counts["bytes"] == sum(map(len, parts))
    assert all(len(part) <= SMALL * 1.1 for part in parts[1:])
    assert_whole(parts, len(kept(database, vault, 1)))
    with database.reading() as session:
        noted = [one.note for one in request.show(session, roster.ana, vault, number).events if one.what == "taken"]
    assert noted == [f"part {part} of {len(parts)}" for part in range(1, len(parts) + 1)]
    for part in (0, len(parts) + 1):
        with pytest.raises(NotFound, match=f"has no part {part}"), database.writing() as session:
            offer.open_export(session, roster.ana, vault, number, part=part)


def test_a_large_export_that_is_killed_again_and_again_is_whole_in_all_its_parts(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    keep(database, vault, 1, rows(1500))
    number, place = asked(database, vault, roster.ana), place_of(database, tmp_path)
    killed = 0
    while not finished(database, vault, roster.ana, number):
        if run_and_die(place, number, "after commit", killed + 2) == -9:
            killed += 1
        assert killed < 40
    assert killed > 3
    parts = taken(database, vault, roster.ana, number)
    assert len(parts) > 1
    assert_whole(parts, 1500)


def test_the_command_lines_export_is_split_too(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "ROWS", ROWS)
    keep(database, vault, 1, rows(1200))
    written = archive.write_export(database, vault, roster.ana, 1, tmp_path / "mine.zip", volume=SMALL)
    count = len(written)
    assert [path.name for path in written] == [f"mine-part-{part}-of-{count}.zip" for part in range(1, count + 1)]
    assert_whole([path.read_bytes() for path in written], 1200)
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".zip") == sorted(
        path.name for path in written
    )


@given(st.lists(st.integers(1, 3000), max_size=40), st.integers(100, 4000))
def test_every_file_is_in_exactly_one_archive_that_is_no_larger_than_it_must_be(sizes: list[int], most: int) -> None:
    files, offset = list[File](), 0
    for number, size in enumerate(sizes):
        files.append(File(Entry(f"captures-{number:05d}.jsonl", offset, 8, 0, 0, size, size), ""))
        offset += size
    cuts = volumes.cut(files, [offset if stream == LINES else 0 for stream in range(CELLS + 5)], most)
    assert [file.entry.name for one in cuts for file in one.files] == [file.entry.name for file in files]
    assert (cuts[0].start, cuts[-1].end) == (0, offset)
    for one, other in itertools.pairwise(cuts):
        assert one.end == other.start
    for one in cuts:
        assert one.end - one.start <= pieces.room(most) or len(one.files) == 1
        assert all(0 <= file.entry.offset < one.end - one.start for file in one.files)
    assert all(one.files for one in cuts[1:])

"""The archive writer, read back by the standard library's reader."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.rights.export import zipped
from data.rights.export.zipped import Zip

STAMP = zipped.dos(2026, 11, 3, 14, 5, 9)
CHUNKS = st.lists(st.binary(max_size=2000), max_size=12)


@given(CHUNKS, CHUNKS)
def test_a_writer_that_is_replaced_after_every_piece_writes_the_same_file(
    first: list[bytes], second: list[bytes]
) -> None:
    out, entries = b"", list[zipped.Entry]()
    writer = Zip(STAMP)
    for name, chunks in (("événements.jsonl", first), ("b/c.bin", second)):
        out += writer.begin(name)
        for chunk in chunks:
            out += writer.write(chunk) + writer.flush()
            writer = Zip(STAMP, json.loads(json.dumps(writer.state())))
        out += writer.end()
        entries += writer.ended()
        writer = Zip(STAMP, json.loads(json.dumps(writer.state())))
    out += writer.add("whole.txt", b"whole" * 100) + writer.add("picture.png", b"\x89PNG", packed=False)
    out += writer.finish(entries + writer.ended())
    with zipfile.ZipFile(io.BytesIO(out)) as found:
        assert found.testzip() is None
        assert found.read("événements.jsonl") == b"".join(first)
        assert found.read("b/c.bin") == b"".join(second)
        assert found.read("whole.txt") == b"whole" * 100
        assert found.read("picture.png") == b"\x89PNG"
        assert found.getinfo("whole.txt").date_time == (2026, 11, 3, 14, 5, 8)
    assert writer.offset == len(out)


def test_more_than_65535_files_fit() -> None:
    writer = Zip(STAMP)
    out = b"".join(writer.add(f"{number}", b"", packed=False) for number in range(70_000))
    out += writer.finish(writer.ended())
    with zipfile.ZipFile(io.BytesIO(out)) as found:
        assert len(found.namelist()) == 70_000


def test_more_than_four_gigabytes_fit(tmp_path: Path) -> None:
    """Sizes and offsets over 32 bits, without writing as much: the middle of the file is a hole."""
    path = tmp_path / "large.zip"
    writer = Zip(STAMP)
    with path.open("wb") as out:
        out.write(writer.add("first", b"1"))
        gap = 5 << 30
        out.seek(gap, io.SEEK_CUR)
        writer.offset += gap
        out.write(writer.begin("last") + writer.write(b"2") + writer.end() + writer.finish(writer.ended()))
    with zipfile.ZipFile(path) as found:
        assert found.read("first") == b"1"
        assert found.read("last") == b"2"
        assert found.getinfo("last").header_offset > 4 << 30


def test_writing_without_an_open_file_is_a_mistake_that_shows() -> None:
    with pytest.raises(ValueError, match="no file is open"):
        Zip(STAMP).write(b"x")

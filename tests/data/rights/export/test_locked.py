"""A copy under a password opens for whoever has it, in another program than ours, and for nobody else."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import pyzipper

from data.database import Database
from data.errors import BadInput
from data.people.viewer import OPERATOR
from data.rights import request, steps
from data.rights.export import locked, offer, pieces
from data.rights.export.zipped import Entry, Zip, dos
from data.rights.states import RequestKind
from data.sealing.vault import Vault
from tests.data.crashing import place_of
from tests.data.rights.conftest import Roster
from tests.data.rights.crashing import ROWS
from tests.data.rights.holding import keep, rows

PASSWORD = "correct horse battery"


@pytest.mark.parametrize("volume", [2_000_000_000, 12_000])
def test_every_part_opens_with_the_password_alone_and_holds_what_the_open_one_does(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, volume: int
) -> None:
    monkeypatch.setattr(pieces, "ROWS", ROWS)
    keep(database, vault, 1, rows(1200))
    settings = replace(place_of(database, tmp_path).settings, export_part_bytes=volume)
    with database.writing() as session:
        number = request.open_request(session, roster.ana, vault, 1, RequestKind.EXPORT).id
    steps.run(database, vault, settings, OPERATOR, number)
    with database.reading() as session:
        count = len(offer.parts_of(session, roster.ana, vault, number))
    assert (count > 1) == (volume == 12_000)
    for part in range(1, count + 1):
        with database.writing() as session:
            _, _, data = offer.open_export(session, roster.ana, vault, number, part=part)
        plain = zipfile.ZipFile(io.BytesIO(b"".join(data)))
        with database.writing() as session:
            _, size, data = offer.open_export(session, roster.ana, vault, number, part=part, password=PASSWORD)
        whole = b"".join(data)
        assert len(whole) == size
        with pyzipper.AESZipFile(io.BytesIO(whole)) as found:
            assert found.namelist() == plain.namelist()
            for info in found.infolist():
                assert (info.wz_aes_strength, info.flag_bits & 1) == (3, 1), "AES-256"
                assert found.read(info.filename, PASSWORD.encode()) == plain.read(info.filename)
            with pytest.raises(RuntimeError, match="password"):
                found.read(found.namelist()[0], PASSWORD.upper().encode())
            with pytest.raises(RuntimeError, match="password"):
                found.read(found.namelist()[0])
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(PASSWORD.encode() in one for one in kept), "the password is kept nowhere"


def test_a_file_that_was_altered_does_not_open() -> None:
    stamp = dos(2026, 11, 3, 14, 5, 9)
    writer = Zip(stamp)
    plain = writer.add("a.json", json.dumps({"a": "b" * 500}).encode(), packed=False)
    entries = writer.ended()
    whole = bytearray(b"".join(locked.stream(iter([plain]), entries, stamp, PASSWORD.encode())))
    whole[120] ^= 1
    with pyzipper.AESZipFile(io.BytesIO(whole)) as found, pytest.raises(pyzipper.BadZipFile):
        found.read("a.json", PASSWORD.encode())


def test_sizes_over_four_gigabytes_stand_in_both_headers() -> None:
    """Only what stands around the bytes, not the bytes."""
    entry = Entry("large", 0, 8, 0x808, 1, 9 << 32, 5 << 32)
    stamp = dos(2026, 11, 3, 14, 5, 9)
    assert locked.size([entry], stamp) > 5 << 32
    head = Zip(stamp).header(replace(entry, method=99, inner=8, flags=0x801, packed=(5 << 32) + 28))
    assert head[18:26] == b"\xff" * 8
    assert (9 << 32).to_bytes(8, "little") + ((5 << 32) + 28).to_bytes(8, "little") in head


@pytest.mark.parametrize("password", ["sesame", "x" * 100, "pässwörter sind lang", "tab\tin the middle", "\x00" * 12])
def test_a_password_that_some_program_could_not_take_is_refused_without_being_quoted(password: str) -> None:
    with pytest.raises(BadInput) as refused:
        locked.checked(password)
    assert not re.search(re.escape(password), str(refused.value))

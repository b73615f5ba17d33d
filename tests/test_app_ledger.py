"""The access log as anybody outside fetches and checks it, without a sign-in and without learning a name."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from data.proofs import publishing
from data.tlog import checkpoint, merkle, note, tiles
from data.tlog.note import Verifier
from data.tlog.tiles import Tile
from tests.auth.company import PEOPLE
from tests.auth.running import Site, make_site, running
from tests.data.accesses.logging import fill

ENTRIES = 600


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    made = make_site(tmp_path_factory.mktemp("ledger"))
    fill(made.database, made.vault, ENTRIES)
    with running(made) as found:
        # The worker beside the app publishes.
        for _ in range(1200):
            with found.database.reading() as session:
                newest = publishing.newest(session)
            if newest is not None and newest.size >= ENTRIES:
                break
            time.sleep(0.1)
        else:
            raise TimeoutError("the worker has not published the log for two minutes")
        yield found


def fetch(site: Site, path: str, method: str = "GET", who: str = "") -> tuple[int, Any, bytes]:
    """Exactly this path, as it stands, without any cookie unless `who` says whose."""
    headers = {"cookie": f"daylight={site.cookie(who)}"} if who else {}
    connection = http.client.HTTPConnection(site.url.removeprefix("http://"), timeout=30)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def body(site: Site, path: str) -> bytes:
    status, _, found = fetch(site, path)
    assert status == 200, path
    return found


def tile(site: Site, wanted: Tile) -> bytes:
    return body(site, f"/log/tile/{tiles.path(wanted)}")


def test_somebody_outside_checks_the_whole_log_against_its_signed_head(site: Site) -> None:
    key = Verifier.parse(body(site, "/log/key").decode().removesuffix("\n"))
    signed = body(site, "/log/checkpoint")
    head = checkpoint.parse(note.open_note(signed, [key]).text)
    assert head.origin == key.name
    assert head.size >= ENTRIES
    leaves: list[bytes] = []
    hashes = b""
    for one in tiles.all_of(head.size):
        found = tile(site, one)
        assert len(found) == one.width * merkle.HASH
        if one.level:
            continue
        hashes += found
        leaves += unpack(tile(site, Tile(None, one.index, one.width)), one.width)
    assert [merkle.leaf_hash(leaf) for leaf in leaves] == merkle.split(hashes)
    assert merkle.root(leaves) == head.root
    written = b"".join(leaves).lower()
    assert b"support" not in written, "nor why"
    assert not any(name.encode() in written for name in PEOPLE)


def unpack(bundle: bytes, count: int) -> list[bytes]:
    """The entries of a bundle (c2sp.org/tlog-tiles): each after its length in two bytes."""
    found: list[bytes] = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        found.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    assert len(found) == count
    return found


def test_a_person_scans_the_log_elsewhere_and_finds_what_was_kept_off_their_page(site: Site, tmp_path: Path) -> None:
    """With what anybody can fetch, and the file that only they get; the verifier imports nothing of Daylight."""
    (tmp_path / "verify.py").write_bytes(body(site, "/log/verify.py"))
    assert fetch(site, "/download/my-log/1", who="olu")[0] == 404
    status, headers, mine = fetch(site, "/download/my-log/1", who="ana")
    assert (status, "daylight-my-log.json" in headers["content-disposition"]) == (200, True)
    told = json.loads(mine)
    assert "Secret" in told["about"]
    done = scanned(site, tmp_path, told)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"About you: {len(told['listed'])} (0, 2, 4, 6, 8, 9, 10," in done.stdout
    done = scanned(site, tmp_path, {**told, "listed": [one for one in told["listed"] if one not in (9, 400)]})
    assert (done.returncode, done.stdout) == (1, "")
    assert "kept off it 9, 400;" in done.stderr
    done = scanned(site, tmp_path, {**told, "checkpoint": told["checkpoint"].replace("\n6", "\n5", 1)})
    assert done.returncode == 1
    assert "does not fit the checkpoint" in done.stderr


def scanned(site: Site, folder: Path, told: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    (folder / "mine.json").write_text(json.dumps(told), encoding="utf-8")
    words = ["--scan", "mine.json", "--log", f"{site.url}/log/", "--key", body(site, "/log/key").decode().strip()]
    command = [sys.executable, "-I", "verify.py", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("path", ["of/01", "of/-1", "of/", "of/9999", "of/1/", "of/%31", "099", "000.p/0", "0/000", ""])
def test_no_other_address_has_tags(site: Site, path: str) -> None:
    status, headers, _ = fetch(site, f"/log/tags/{path}")
    assert (status, headers["cache-control"]) == (404, "no-store")


def test_what_never_changes_may_be_kept_and_the_head_may_not(site: Site) -> None:
    _, headers, _ = fetch(site, "/log/checkpoint")
    assert (headers["cache-control"], headers["content-type"]) == ("no-store", "text/plain; charset=utf-8")
    for path in ("/log/tile/0/000", "/log/tile/entries/001"):
        _, headers, _ = fetch(site, path)
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert headers["content-type"] == "application/octet-stream"
        assert headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in headers
    _, headers, _ = fetch(site, "/log/tile/0/002.p/50")
    assert headers["cache-control"] == "public, max-age=600"


@pytest.mark.parametrize(
    "path",
    [
        "0/099",
        "0/x001/000",
        "0/002",
        "0/002.p/255",
        "9/000",
        "entries/002",
        "entries/002.p/255",
        "entries/x999/x999/999",
        "",
        "0",
        "0/",
        "0/0",
        "0/00",
        "0/0000",
        "00/000",
        "-1/000",
        "64/000",
        "0/x000/000",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/05",
        "0/000.p/",
        "0/000/",
        "0//000",
        "./0/000",
        "0/000/../000",
        "data/000",
        "entries/000.p",
        "%30/000",
        "0%2F000",
        "0/000%00",
        "0/000%0A",
        "0/%EF%BC%90%EF%BC%90%EF%BC%90",
        "0/" + "x001/" * 40 + "000",
    ],
)
def test_every_other_address_is_nothing(site: Site, path: str) -> None:
    status, headers, found = fetch(site, f"/log/tile/{path}")
    if status != 400:  # what Streamlit itself refuses as malformed
        assert (status, headers["cache-control"]) == (404, "no-store")
        assert found == b"There is nothing here.\n"


@pytest.mark.parametrize("path", ["/log/checkpoint", "/log/key", "/log/tile/0/000"])
def test_the_log_is_only_ever_read(site: Site, path: str) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert fetch(site, path, method)[0] in (404, 405)
    status, _, found = fetch(site, path, "HEAD")
    assert (status, found) == (200, b"")


def test_a_part_of_a_tile_is_the_beginning_of_it(site: Site) -> None:
    assert body(site, "/log/tile/0/000").startswith(body(site, "/log/tile/0/000.p/7"))
    assert body(site, "/log/tile/entries/000").startswith(body(site, "/log/tile/entries/000.p/7"))

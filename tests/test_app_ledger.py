"""The access log as anybody outside fetches and checks it, without a sign-in and without learning a name."""

from __future__ import annotations

import http.client
import time
from collections.abc import Generator
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
        for _ in range(300):
            with found.database.reading() as session:
                newest = publishing.newest(session)
            if newest is not None and newest.size >= ENTRIES:
                break
            time.sleep(0.1)
        yield found


def fetch(site: Site, path: str, method: str = "GET") -> tuple[int, Any, bytes]:
    """Exactly this path, as it stands, without any cookie."""
    connection = http.client.HTTPConnection(site.url.removeprefix("http://"), timeout=30)
    try:
        connection.request(method, path)
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

"""A disk that is full, or fails to keep what it was given: what cannot be logged is not shown, and nothing is lost."""

from __future__ import annotations

import ctypes
import errno
import multiprocessing
import platform
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from data.accesses.tables import EntryRow
from data.captures import browse
from data.captures.scope import Filter
from data.database import Database
from data.errors import Unwritable
from data.looks import history
from data.migrations import schema
from data.people.viewer import Viewer
from data.proofs import check, checks, publishing
from data.proofs.anchor import Anchor
from data.sealing import durable
from data.sealing.vault import Vault
from tests.data.accesses.logging import fill
from tests.data.captures.rows import START, row
from tests.data.captures.stored import OFFICER, own, person_with
from tests.data.proofs.crashing import Place

SPACE = 4 << 20
FAILING = "CREATE TRIGGER full_disk BEFORE INSERT ON {} EXECUTE FUNCTION full_disk()"
FULL = """CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"""


@contextmanager
def full(database: Database, ballast: Path, table: str = "access_entries") -> Generator[None]:
    """No room for another row: of the file system where the database is, or as the server says it."""
    if database.is_sqlite:
        with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
            while True:
                file.write(bytes(4096))
        yield
        ballast.unlink()
        return
    with database.engine.begin() as connection:
        connection.execute(text(FULL))
        connection.execute(text(FAILING.format(table)))
    yield
    with database.engine.begin() as connection:
        connection.execute(text("DROP FUNCTION full_disk CASCADE"))


@pytest.fixture
def small(tmp_path: Path) -> Generator[Path]:
    """A file system of 4 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SPACE}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system needs more rights")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def cramped(database: Database, small: Path) -> Generator[Database]:
    """A store whose database has little room: SQLite's file lies in the small file system."""
    if not database.is_sqlite:
        yield database
        return
    found = Database(f"sqlite:///{small / 'daylight.db'}")
    schema.create(found)
    yield found
    found.close()


def looks(database: Database, vault: Vault, person: int) -> tuple[Callable[[], object], Callable[[], object]]:
    """An officer's look at somebody's captures and at their history: what is shown is what came out of the block."""

    def captures() -> object:
        with database.writing() as session:
            return browse.page(session, OFFICER, vault, person, Filter())

    def accesses() -> object:
        with database.writing() as session:
            return history.about(session, OFFICER, vault, person)

    return captures, accesses


def entries(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(EntryRow)) or 0


def hire(database: Database, vault: Vault) -> Viewer:
    with database.writing() as session:
        return person_with(session, vault, [row(START, text="secret")])


def test_on_a_full_disk_nobody_reads_what_cannot_be_logged(
    cramped: Database, vault: Vault, tmp_path: Path, small: Path
) -> None:
    anchor = Anchor(tmp_path / "checkpoint")
    me = hire(cramped, vault)
    asked = looks(cramped, vault, own(me))
    for ask in asked:
        assert ask()
    publishing.run(cramped, vault, anchor)
    with full(cramped, small / "ballast"):
        for ask in asked * 3:
            with pytest.raises(DBAPIError, match=r"full|No space left"):
                ask()
        with cramped.reading() as session:
            assert len(browse.page(session, me, vault, own(me), Filter()).captures) == 1, "one's own needs no entry"
            assert len(history.about(session, me, vault, own(me))) == 2
        assert entries(cramped) == 2
    for ask in asked:
        assert ask()
    published = publishing.run(cramped, vault, anchor)
    assert published is not None
    assert published.size == entries(cramped) == 4
    with cramped.reading() as session:
        assert check.check(session, vault, anchor).holds


def test_a_log_that_cannot_be_published_for_want_of_room_goes_on_with_it(
    cramped: Database, vault: Vault, tmp_path: Path, small: Path
) -> None:
    anchor = Anchor(tmp_path / "checkpoint")
    fill(cramped, vault, 300)
    publishing.run(cramped, vault, anchor)
    fill(cramped, vault, 5, first=300)
    with full(cramped, small / "ballast", "access_checkpoints"):
        with pytest.raises(DBAPIError, match=r"full|No space left"):
            publishing.run(cramped, vault, anchor)
        kept = anchor.read(None)
    assert kept is not None
    assert kept.size == 300
    published = publishing.run(cramped, vault, anchor)
    assert published is not None
    assert published.size == 305
    with cramped.reading() as session:
        assert check.check(session, vault, anchor).holds


def test_an_anchor_that_cannot_be_written_is_said_and_made_up_for(
    database: Database, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entries and the checkpoint stay; the file is whole, of before, and catches up at the next turn."""
    anchor = Anchor(tmp_path / "checkpoint")
    fill(database, vault, 3)
    checks.keep_up(database, vault, anchor)
    before = anchor.path.read_bytes()
    fill(database, vault, 2, first=3)

    def broken(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(durable.os, "fsync", broken)
        for _ in range(2):
            with pytest.raises(Unwritable, match="cannot be written: Input/output error"):
                publishing.run(database, vault, anchor)
        # Nothing is wrong with the log: it is not checked for this.
        with pytest.raises(Unwritable):
            checks.keep_up(database, vault, anchor)
    assert anchor.path.read_bytes() == before
    assert [one.name for one in anchor.path.parent.iterdir() if one.name.startswith(durable.TEMPORARY)] == []
    with database.reading() as session:
        newest = publishing.newest(session)
    assert newest is not None
    assert newest.size == 5
    assert checks.keep_up(database, vault, anchor) == newest
    kept = anchor.read(None)
    assert kept is not None
    assert kept.size == 5


def _without_fsync(place: Place, person: int, told: Connection) -> None:
    """Look once, then forbid this process to sync (seccomp: the kernel answers EIO), look again, say what came."""
    database, vault = Database(place.database_url), place.vault
    shown: list[str] = []
    for ask in looks(database, vault, person):
        ask()
    _fail_syncs()
    for ask in looks(database, vault, person):
        try:
            ask()
            shown.append("shown")
        except Unwritable as error:
            shown.append(str(error))
    told.send(shown)


def _fail_syncs() -> None:
    """Have fsync (74) and fdatasync (75) of x86-64 fail with EIO in this process from now on."""

    class Step(ctypes.Structure):
        _fields_ = [("code", ctypes.c_ushort), ("jt", ctypes.c_ubyte), ("jf", ctypes.c_ubyte), ("k", ctypes.c_uint)]

    class Filter(ctypes.Structure):
        _fields_ = [("len", ctypes.c_ushort), ("steps", ctypes.POINTER(Step))]

    steps = (Step * 5)(
        Step(0x20, 0, 0, 0),  # load the number of the system call
        Step(0x15, 2, 0, 74),
        Step(0x15, 1, 0, 75),
        Step(0x06, 0, 0, 0x7FFF0000),  # allow
        Step(0x06, 0, 0, 0x00050000 | errno.EIO),
    )
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, ctypes.byref(Filter(5, steps)), 0, 0) == 0


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64", reason="the kernel's numbers are those of x86-64"
)
def test_when_the_disk_does_not_sync_nobody_reads_what_is_not_kept(
    empty_sqlite: Path, vault: Vault, tmp_path: Path
) -> None:
    path = tmp_path / "daylight.db"
    path.write_bytes(empty_sqlite.read_bytes())
    database = Database(f"sqlite:///{path}")
    me = hire(database, vault)
    context = multiprocessing.get_context("forkserver")
    near, far = context.Pipe(duplex=False)
    process = context.Process(target=_without_fsync, args=(Place(str(database.url), tmp_path), own(me), far))
    process.start()
    assert near.poll(60)
    first, second = near.recv()
    assert "does not keep what is written to it (Input/output error)" in first
    assert "does not keep what is written to it (disk I/O error)" in second, (
        "nothing is committed behind what may be lost"
    )
    process.join(60)
    for ask in looks(database, vault, own(me)):
        assert ask()
    anchor = Anchor(tmp_path / "checkpoint")
    publishing.run(database, vault, anchor)
    with database.reading() as session:
        assert check.check(session, vault, anchor).holds
    assert entries(database) >= 4
    database.close()

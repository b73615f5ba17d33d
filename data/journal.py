"""A group commit: what was committed is put on the disk once for everybody who committed meanwhile.

A commit alone leaves what it wrote with the operating system, or with the server. Nobody is told that it is kept before
it is on the disk, and that wait is outside of every lock: while it lasts others commit, and the next wait is for all of
them. What a database does at each commit by itself holds everybody up for one wait each.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Condition, Lock
from weakref import WeakValueDictionary

from data.errors import Unwritable

PATIENCE = 30.0  # seconds that a writer waits for its turn before the database itself decides
_OPEN: WeakValueDictionary[str, Journal] = WeakValueDictionary()
_OPENING = Lock()


class Together:
    """Waits for the disk, one for all who ask at the same time. `sync` returns once everything that was committed
    before it began is on the disk, and raises OSError where it cannot."""

    def __init__(self, sync: Callable[[], None]) -> None:
        self._sync = sync
        self._state = Condition()
        self._asked = self._kept = self._failed = 0
        self._is_syncing = False
        self._failure: OSError | None = None

    def keep(self) -> None:
        """Return once everything that was committed before is on the disk. Raises Unwritable when the disk fails."""
        with self._state:
            self._asked += 1
            mine = self._asked
            while self._kept < mine:
                if self._failure is not None and mine <= self._failed:
                    raise _unwritable(self._failure)
                if self._is_syncing:
                    self._state.wait()
                else:
                    self._wait()

    def _wait(self) -> None:
        """Wait for the disk, for everybody who asked until now. The state is held by the caller, and given up here."""
        self._is_syncing, until = True, self._asked
        failure: OSError | None = None
        self._state.release()
        try:
            self._sync()
        except OSError as error:
            failure = error
        finally:
            self._state.acquire()
            self._is_syncing = False
            if failure is None:
                self._kept = max(self._kept, until)
            else:
                self._failure, self._failed = failure, until
            self._state.notify_all()


class Journal:
    """The write-ahead log of one of SQLite's files, which commits leave to it (synchronous=NORMAL). One in a process,
    whoever opens the file; see `of`."""

    def __init__(self, database: Path) -> None:
        self._name = f"{database}-wal"
        self._descriptor: int | None = None
        self._held = 0, 0  # the file that is open: its device and its number there
        self._turn = Lock()
        self._together = Together(self._sync)
        self._failure: OSError | None = None

    def __del__(self) -> None:
        self._close()

    def take_turn(self, make_up: Callable[[], None]) -> bool:
        """Wait until no other thread of this process writes: those that wait here go on at once, where SQLite would
        have them look again after some milliseconds. Whether the turn is the caller's, to be given on; else the
        database itself decides, because somebody takes very long.

        After a wait for the disk that failed, `make_up` has to put everything on the disk by another way first. Raises
        Unwritable when that fails: until then nothing more is committed behind what may be lost.
        """
        has_turn = self._turn.acquire(timeout=PATIENCE)
        try:
            if self._failure is not None:
                _try(make_up)
                self._failure = None
        except BaseException:
            if has_turn:
                self._turn.release()
            raise
        return has_turn

    def give_turn(self) -> None:
        """Let the next one write."""
        self._turn.release()

    def keep(self) -> None:
        """Return once everything that was committed before is on the disk. Raises Unwritable when the disk fails, and
        from then on until somebody had a turn."""
        if self._failure is not None:
            raise _unwritable(self._failure)
        self._together.keep()

    def _sync(self) -> None:
        try:
            if self._failure is not None:
                raise self._failure  # what was committed behind it is lost with it
            os.fdatasync(self._opened())
        except FileNotFoundError:
            pass  # SQLite took everything into the database, synced that, and removed the log
        except OSError as error:
            self._failure = error
            raise

    def _opened(self) -> int:
        """The log's file as it is now: SQLite removes it when nobody has the database open, and makes another one."""
        there = os.stat(self._name)  # noqa: PTH116 (a path's own takes twice as long, once an append)
        if self._descriptor is not None:
            if self._held == (there.st_dev, there.st_ino):
                return self._descriptor
            self._close()
        self._descriptor = os.open(self._name, os.O_RDWR | os.O_CLOEXEC)
        opened = os.fstat(self._descriptor)
        self._held = opened.st_dev, opened.st_ino
        return self._descriptor

    def _close(self) -> None:
        if self._descriptor is not None:
            with suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None


def of(database: Path) -> Journal:
    """The log of this file."""
    name = str(database.absolute())
    with _OPENING:
        found = _OPEN.get(name)
        if found is None:
            found = _OPEN[name] = Journal(database.absolute())
        return found


def _try(make_up: Callable[[], None]) -> None:
    try:
        make_up()
    except OSError as error:
        raise _unwritable(error) from error


def _unwritable(error: OSError) -> Unwritable:
    return Unwritable(
        f"The disk of the database does not keep what is written to it ({error.strerror}), so nothing is shown or said"
        " to be done; look at the disk, and try again."
    )

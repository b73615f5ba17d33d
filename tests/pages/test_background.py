"""The worker beside the app: there while the app is, back when it dies, gone with it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest

from pages.shell.background import running

T = TypeVar("T")

WORK = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WORK}"


async def started(notes: Path, times: int) -> list[int]:
    """The process ids of the workers so far, once there are so many."""
    for _ in range(300):
        ids = [int(line) for line in notes.read_text().split()] if notes.exists() else []
        if len(ids) >= times:
            return ids
        await asyncio.sleep(0.05)
    raise TimeoutError(f"{times} workers were expected")


def play(scene: Coroutine[Any, Any, T]) -> T:
    """Run `scene` on a thread of its own: a browser that another test opened keeps a loop running on this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, scene).result()


def lives(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("program", [WORK, STUBBORN])
def test_the_worker_ends_with_the_app(tmp_path: Path, program: str) -> None:
    async def scene() -> int:
        async with running(sys.executable, "-c", program, str(tmp_path / "notes"), grace_seconds=0.5):
            (first,) = await started(tmp_path / "notes", 1)
            assert lives(first)
        return first

    assert not lives(play(scene()))


def test_a_worker_that_dies_is_started_again(tmp_path: Path) -> None:
    async def scene() -> list[int]:
        async with running(sys.executable, "-c", WORK, str(tmp_path / "notes")):
            (first,) = await started(tmp_path / "notes", 1)
            os.kill(first, signal.SIGKILL)
            return await started(tmp_path / "notes", 2)

    first, second = play(scene())
    assert first != second
    assert not lives(first)
    assert not lives(second)


def test_a_worker_that_cannot_be_started_is_tried_again(tmp_path: Path) -> None:
    program = tmp_path / "program"

    async def scene() -> int:
        async with running(str(program), "-c", WORK, str(tmp_path / "notes")):
            await asyncio.sleep(0.3)  # there is no such program yet
            program.symlink_to(sys.executable)
            (first,) = await started(tmp_path / "notes", 1)
        return first

    assert not lives(play(scene()))

"""The background worker, a process of its own: started with the app, started again when it dies, ended with it."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

_LOG = logging.getLogger("daylight.worker")

ROOT = Path(__file__).resolve().parents[2]
# A worker that dies at once (no store yet, a full disk) is not started again and again in a row.
_PAUSES = (1, 5, 30)
_GRACE_SECONDS = 10


@asynccontextmanager
async def running(*arguments: str) -> AsyncGenerator[None]:
    """Keep `python -m data ARGUMENTS` running while the block lasts. It inherits the environment."""
    watch = asyncio.create_task(_keep(arguments))
    try:
        yield
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


async def _keep(arguments: tuple[str, ...]) -> None:
    died = 0
    while True:
        began = asyncio.get_running_loop().time()
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "data", *arguments, cwd=ROOT)
        try:
            code = await process.wait()
        finally:
            await _end(process)
        died = 0 if asyncio.get_running_loop().time() - began > _PAUSES[-1] else died + 1
        pause = _PAUSES[min(died, len(_PAUSES)) - 1] if died else _PAUSES[0]
        _LOG.warning("the worker ended with %s; starting it again in %s s", code, pause)
        await asyncio.sleep(pause)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _GRACE_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()

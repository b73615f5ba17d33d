"""The background worker, a process of its own: started with the app, started again when it dies, ended with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

_LOG = logging.getLogger("daylight.worker")

ROOT = Path(__file__).resolve().parents[2]
# A worker that dies at once (no store yet, a full disk) is not started again and again in a row.
_PAUSES = (1, 5, 30)


@asynccontextmanager
async def running(*command: str, grace_seconds: float = 10) -> AsyncGenerator[None]:
    """Keep `command` running while the block lasts, in the project's folder and with this process's environment.

    At the end it is asked to stop, and made to after `grace_seconds`.
    """
    watch = asyncio.create_task(_keep(command, grace_seconds))
    try:
        yield
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


async def _keep(command: tuple[str, ...], grace_seconds: float) -> None:
    died = 0
    while True:
        began = asyncio.get_running_loop().time()
        how = await _once(command, grace_seconds)
        died = 0 if asyncio.get_running_loop().time() - began > _PAUSES[-1] else died + 1
        pause = _PAUSES[min(died, len(_PAUSES)) - 1] if died else _PAUSES[0]
        _LOG.warning("the worker %s; starting it again in %s s", how, pause)
        await asyncio.sleep(pause)


async def _once(command: tuple[str, ...], grace_seconds: float) -> str:
    """Run `command` to its end; returns how that came, in words for the log."""
    try:
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    except (OSError, RuntimeError) as error:  # no memory, process or thread to be had just now
        return f"could not be started ({type(error).__name__})"
    try:
        return f"ended with {await process.wait()}"
    finally:
        await _end(process, grace_seconds)


async def _end(process: asyncio.subprocess.Process, grace_seconds: float) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), grace_seconds)
    except TimeoutError:
        process.kill()
        await process.wait()

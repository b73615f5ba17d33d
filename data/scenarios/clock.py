"""The clock of the past: what happened in the company before today has to bear the time at which it happened."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager

from data import instants


@contextmanager
def set_to(at: int) -> Generator[None]:
    """Until the block ends `instants.now` in this process says `at` (microseconds UTC) and goes on from there.

    The product itself can date nothing back; only whoever loads the demo turns the clock, in their own process.
    """
    present, began = instants.now, time.monotonic_ns()
    instants.now = lambda: at + (time.monotonic_ns() - began) // 1000
    try:
        yield
    finally:
        instants.now = present

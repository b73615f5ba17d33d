"""The clock of a story: what happens in it before today has to bear the time at which it happens."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager

from data import instants


@contextmanager
def set_to(at: int) -> Generator[None]:
    """Until the block ends `instants.now` in this process says `at` (microseconds UTC) and goes on from there.

    Only in a store that whoever turns it makes anew: a scenario, or the demo. Nothing else of the product imports this,
    so that it dates nothing back.
    """
    present, began = instants.now, time.monotonic_ns()
    instants.now = lambda: at + (time.monotonic_ns() - began) // 1000
    try:
        yield
    finally:
        instants.now = present

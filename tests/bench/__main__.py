"""`make bench`: speed and size, measured side by side in one run. Name parts to run only those."""

from __future__ import annotations

import sys
from collections.abc import Callable

from tests.bench import (
    attacks,
    beats,
    beside,
    copying,
    demo,
    erasing,
    evidence,
    exposing,
    log,
    queueing,
    reading,
    reconciling,
    rerun,
    retaining,
    sealing,
    statistics,
)

Report = Callable[[str], None]
PARTS: dict[str, Callable[[Report], None]] = {
    "sealing": sealing.run,
    "beside": beside.run,
    "copying": copying.run,
    "erasing": erasing.run,
    "reading": reading.run,
    "postgres": reading.run_on_postgres,
    "evidence": evidence.run,
    "exposing": exposing.run,
    "log": log.run,
    "reconciling": reconciling.run,
    "rerun": rerun.run,
    "retention": retaining.run,
    "queue": queueing.run,
    "beats": beats.run,
    "statistics": statistics.run,
    "demo": demo.run,
    "attacks": attacks.run,
}


def main(names: list[str]) -> None:
    """Run the parts that are named, or all."""
    for name, run in PARTS.items():
        if not names or name in names:
            run(lambda line: print(line, flush=True))


main(sys.argv[1:])

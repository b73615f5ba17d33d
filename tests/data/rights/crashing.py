"""Carry out a request in a process of its own that is killed at a chosen moment."""

from __future__ import annotations

import os
import signal
from typing import Any

from sqlalchemy import event

from data.database import Database
from data.people.viewer import OPERATOR
from data.rights import steps
from data.rights.erasure import deletion
from data.rights.export import pieces
from data.rights.work import Work
from data.sealing.vault import Vault
from tests.data.crashing import MOMENTS as MOMENTS
from tests.data.crashing import Place as Place
from tests.data.crashing import do_and_die

ROWS = 100
_NEVER = 1_000_000


def run_and_die(place: Place, request_id: int, moment: str, number: int) -> int | None:
    """Run the request until `moment` happens for the `number`-th time; the exit code (0: it came to its end)."""
    return do_and_die(place, carry_out, request_id, moment, number)


def run_and_die_in(place: Place, request_id: int, step: str, number: int) -> int | None:
    """Run the request until its `step` sends its `number`-th statement to the database; the exit code. Where the step
    sends fewer, the request is left after it, and the exit code is 0."""
    return do_and_die(place, carry_out_a_step, (request_id, step, number), MOMENTS[0], _NEVER)


def carry_out_a_step(database: Database, vault: Vault, place: Place, what: tuple[int, str, int]) -> None:
    """Run the request up to one of its steps, and die at a statement of that step."""
    request_id, step, number = what
    left, inside, over = [number], [False], [False]

    def passing(*_: Any) -> None:
        left[0] -= inside[0]
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    run = deletion.STEPS[step]

    def watched(work: Work) -> str | None:
        inside[0] = True
        found = run(work)
        inside[0], over[0] = False, True
        return found

    deletion.STEPS[step] = watched
    event.listen(database.engine, "before_cursor_execute", passing)
    steps.run(database, vault, place.settings, OPERATOR, request_id, until=lambda: over[0])


def carry_out(database: Database, vault: Vault, place: Place, request_id: int) -> None:
    """Run the request, in rounds small enough that there are several."""
    pieces.ROWS = ROWS
    steps.run(database, vault, place.settings, OPERATOR, request_id)

"""Carry out a request in a process of its own that is killed at a chosen moment."""

from __future__ import annotations

from data.database import Database
from data.people.viewer import OPERATOR
from data.rights import steps
from data.rights.export import pieces
from data.sealing.vault import Vault
from tests.data.crashing import MOMENTS as MOMENTS
from tests.data.crashing import Place as Place
from tests.data.crashing import do_and_die

ROWS = 100


def run_and_die(place: Place, request_id: int, moment: str, number: int) -> int | None:
    """Run the request until `moment` happens for the `number`-th time; the exit code (0: it came to its end)."""
    return do_and_die(place, carry_out, request_id, moment, number)


def carry_out(database: Database, vault: Vault, place: Place, request_id: int) -> None:
    """Run the request, in rounds small enough that there are several."""
    pieces.ROWS = ROWS
    steps.run(database, vault, place.settings, OPERATOR, request_id)

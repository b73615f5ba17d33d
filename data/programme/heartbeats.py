"""Taking heartbeats in: many at a time, in one transaction, each answered only once that is durable.

Nothing about devices is remembered between two batches, so that several processes of the app, a token that is revoked
meanwhile, and a process that is killed all end in the same: what the database says counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import NamedTuple

from sqlalchemy.orm import Session

from data import driver
from data.database import Database, lock
from data.programme.beat import STEPS, Beat, Held, Step, advance

BATCH = 5_000  # heartbeats of one transaction, and so marks of one statement
_LOCK = "heartbeats"
_KEY = ("person_id", "number")
_COLUMNS = Held._fields
_STEP = (*_KEY, "step", "at", "state")


class Sent(NamedTuple):
    """A heartbeat that came in at `received` (microseconds UTC, the server's clock) with a token of this digest."""

    digest: str
    beat: Beat
    received: int


class Outcome(Enum):
    """What became of a heartbeat: kept for good; of no device that may report; or not newer than what is kept."""

    KEPT = auto()
    UNKNOWN = auto()
    REPLAYED = auto()


_Device = tuple[int, int]  # person and number


class Taken(NamedTuple):
    """What became of a heartbeat, and whose device it came from; None where that is not known."""

    outcome: Outcome
    person_id: int | None = None


class _Decided(NamedTuple):
    taken: list[Taken]
    held: dict[_Device, Held]
    steps: list[tuple[_Device, Step]]


def take(database: Database, sent: Sequence[Sent]) -> list[Taken]:
    """What became of each of at most BATCH heartbeats; those that are KEPT are durable. Raises DBAPIError when the
    database takes none of them."""
    with database.reading() as session:
        decided = _decide(sent, _known(session, sent))
    # A token that nobody has, and what is not newer than what is kept, never waits for the write lock, nor holds it.
    fresh = [one for one, first in zip(sent, decided.taken, strict=True) if first.outcome is Outcome.KEPT]
    if not fresh:
        if any(one.outcome is Outcome.REPLAYED for one in decided.taken):
            # What "was kept before" is on the disk before anybody is told so, also when it was committed only just now.
            database.keep()
        return decided.taken
    with database.writing() as session:
        lock(session, _LOCK)
        final = _decide(fresh, _known(session, fresh))
        _write(session, final)
    rest = iter(final.taken)
    return [next(rest) if first.outcome is Outcome.KEPT else first for first in decided.taken]


def _decide(sent: Sequence[Sent], known: Mapping[str, tuple[_Device, Held | None]]) -> _Decided:
    """In the order in which they came, so that two of one device in a batch are two."""
    found = _Decided([], {}, [])
    for digest, beat, received in sent:
        if digest not in known:
            found.taken.append(Taken(Outcome.UNKNOWN))
            continue
        device, before = known[digest]
        after = advance(found.held.get(device, before), beat, received)
        if after is None:
            found.taken.append(Taken(Outcome.REPLAYED, device[0]))
            continue
        found.held[device] = after[0]
        found.steps.extend((device, step) for step in after[1])
        found.taken.append(Taken(Outcome.KEPT, device[0]))
    return found


def _known(session: Session, sent: Sequence[Sent]) -> dict[str, tuple[_Device, Held | None]]:
    """Of each token that may report: whose it is, and what is kept of it."""
    digests = list({one.digest for one in sent})
    columns = ", ".join(f"h.{name}" for name in _COLUMNS)
    statement = (
        f"SELECT d.digest, d.person_id, d.number, {columns} FROM device_enrolments d LEFT JOIN heartbeats h"
        " ON h.person_id = d.person_id AND h.number = d.number"
        f" WHERE d.revoked_at IS NULL AND d.digest IN ({', '.join('?' * len(digests))})"
    )
    rows = driver.run(session, statement, digests).fetchall()
    return {row[0]: ((row[1], row[2]), None if row[3] is None else Held(*row[3:])) for row in rows}


def _write(session: Session, decided: _Decided) -> None:
    rows = [(*device, *held) for device, held in sorted(decided.held.items())]
    driver.put(session, "heartbeats", (*_KEY, *_COLUMNS), rows, key=_KEY)
    steps = [(*device, step.number, step.at, step.state) for device, step in decided.steps]
    driver.add(session, "device_steps", _STEP, steps)
    for (person_id, number), step in decided.steps:
        if step.number > STEPS:
            old = (person_id, number, step.number - STEPS)
            driver.run(session, "DELETE FROM device_steps WHERE person_id = ? AND number = ? AND step <= ?", old)

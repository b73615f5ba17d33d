"""A heartbeat: what a device says about itself once a minute, and what follows from it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple, cast

import orjson

from data import instants
from data.errors import BadInput

EVERY = instants.MINUTE
SILENT = 3 * EVERY  # without a word for so long, nothing is known of a device any more
MOST = 4096  # bytes of a heartbeat
LONGEST = 64  # characters of a version
STEPS = 1_000  # changes of a device that are kept
_LARGEST = 2**53 - 1  # what every JSON library keeps exactly (RFC 8259, section 6)
_REQUIRED = frozenset({"at", "state", "version", "sequence"})
_KNOWN = _REQUIRED | {"captured_until"}


class State(StrEnum):
    """What a device said it does; SILENT is what nobody says."""

    CAPTURING = "capturing"
    PAUSED = "paused"
    SILENT = "silent"


_SAID = {one.value: one for one in (State.CAPTURING, State.PAUSED)}


class Beat(NamedTuple):
    """One heartbeat. `at` and `captured_at` (the newest capture it made) are instants by the device's own clock;
    `sequence` is larger each time."""

    at: int
    state: State
    version: str
    sequence: int
    captured_at: int | None = None


class Held(NamedTuple):
    """What is kept of a device, as HeartbeatRow; all instants but `captured_at` are by the server's clock."""

    sequence: int
    at: int
    state: str
    since: int
    version: str
    clock_offset: int
    captured_at: int | None
    steps: int


class Step(NamedTuple):
    """The `number`-th change of a device, from 1: from `at` on it said `state`, or was silent."""

    number: int
    at: int
    state: str


class Span(NamedTuple):
    """A device said `state`, or was silent, in [start, end) (None: until now)."""

    state: State
    start: int
    end: int | None


def parse(body: bytes) -> Beat:
    """Read the JSON of a heartbeat. Raises BadInput in a sentence, which repeats nothing of it."""
    if len(body) > MOST:
        raise BadInput(f"A heartbeat has at most {MOST:,} bytes; send what is asked for and no more.")
    try:
        found: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadInput("A heartbeat is one JSON object in UTF-8; this body is not.") from None
    if not isinstance(found, dict) or not _REQUIRED <= found.keys() <= _KNOWN:
        raise BadInput(
            "A heartbeat is a JSON object with at, state, version, sequence, and captured_until if it likes."
        )
    told = cast("dict[str, Any]", found)
    state, version, sequence = told["state"], told["version"], told["sequence"]
    if not isinstance(state, str) or state not in _SAID:
        raise BadInput(f"The state of a heartbeat is one of {', '.join(_SAID)}.")
    if not isinstance(version, str) or not 0 < len(version) <= LONGEST or not version.isprintable():
        raise BadInput(f"The version of a heartbeat is a text of 1 to {LONGEST} characters that can be printed.")
    if type(sequence) is not int or not 0 < sequence <= _LARGEST:
        raise BadInput("The sequence of a heartbeat is a whole number from 1 to 2^53 - 1, larger each time.")
    captured = told.get("captured_until")
    return Beat(
        _instant(told["at"], "at"),
        _SAID[state],
        version,
        sequence,
        None if captured is None else _instant(captured, "captured_until"),
    )


def advance(held: Held | None, beat: Beat, received: int) -> tuple[Held, tuple[Step, ...]] | None:
    """What is kept once `beat` came in at `received`, and what changed with it; None for one that is not newer than
    the last, which changes nothing."""
    if held is not None and beat.sequence <= held.sequence:
        return None
    steps: list[Step] = []
    count = held.steps if held else 0
    was_silent = held is not None and instants.over(held.at, SILENT, received)
    if held is not None and was_silent:
        steps.append(Step(count + 1, min(held.at, received), State.SILENT.value))
    is_new = held is None or was_silent or held.state != beat.state.value
    if is_new:
        steps.append(Step(count + len(steps) + 1, received, beat.state.value))
    return (
        Held(
            beat.sequence,
            received,
            beat.state.value,
            received if held is None or is_new else held.since,
            beat.version,
            beat.at - received,
            beat.captured_at,
            count + len(steps),
        ),
        tuple(steps),
    )


def spans(steps: Sequence[Step], heard_at: int, now: int) -> tuple[Span, ...]:
    """The spans that changes in their order make, newest first; silence since `heard_at` is one of them."""
    told = [(State(one.state), one.at) for one in steps]
    if instants.over(heard_at, SILENT, now):
        told.append((State.SILENT, min(heard_at, now)))
    ends = [*(at for _, at in told[1:]), None]
    return tuple(reversed([Span(state, at, end) for (state, at), end in zip(told, ends, strict=True)]))


def _instant(value: object, name: str) -> int:
    try:
        at = instants.parse(value) if isinstance(value, str) and len(value) <= LONGEST else None
    except (ValueError, OverflowError):
        at = None
    if at is None or not instants.FIRST_BOUND <= at <= instants.LAST_BOUND:
        raise BadInput(f"“{name}” of a heartbeat is a time as in 2026-11-03T14:05:09Z, in the years 1700 to 2249.")
    return at

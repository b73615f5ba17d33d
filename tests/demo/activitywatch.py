"""What a second collector, ActivityWatch, exported of one invented person: input counts and what their editor told."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from data import instants
from tests.demo.captures import device
from tests.demo.company import Employee
from tests.demo.office import CODE, PARTS
from tests.demo.workday import Stint, stints

WHO = "Amara Okafor"
_SPAN = 5 * instants.MINUTE


def export(employee: Employee, until: int, seed: int) -> dict[str, Any]:
    """The document of "Export all buckets", with events before `until` (microseconds UTC)."""
    draw = random.Random(f"{seed}/{employee.number}")
    last = instants.moment(until).astimezone(employee.site.zone).date()
    # The same draw as for the captures, so that both collectors saw the same days.
    shown = [one for one in stints(employee, last, draw) if one.app is not None and one.at + one.length < until]
    buckets = {
        "aw-watcher-input": ("os.hid.input", [event for one in shown for event in _input(one, draw)]),
        "aw-watcher-vim": ("app.editor.activity", [_editor(one, draw) for one in shown if one.app is CODE]),
    }
    host = device(employee)
    return {
        "buckets": {
            f"{client}_{host}": {
                "id": f"{client}_{host}",
                "created": instants.iso(shown[0].at),
                "name": None,
                "type": kind,
                "client": client,
                "hostname": host,
                "data": {},
                "events": events[::-1],  # newest first, as the server exports them
            }
            for client, (kind, events) in buckets.items()
        }
    }


def _input(one: Stint, draw: random.Random) -> Iterator[dict[str, Any]]:
    """A tally for every five minutes."""
    for start in range(0, one.length, _SPAN):
        length = min(_SPAN, one.length - start)
        minutes = length / instants.MINUTE
        counts = {"presses": 60, "clicks": 7, "deltaX": 2400, "deltaY": 1500, "scrollX": 0, "scrollY": 30}
        tally = {name: int(rate * minutes * draw.random()) for name, rate in counts.items()}
        yield _event(one.at + start, length, tally)


def _editor(one: Stint, draw: random.Random) -> dict[str, Any]:
    file = f"/home/amara/src/tidewater/{draw.choice(PARTS).replace(' ', '_')}.py"
    return _event(one.at, one.length, {"file": file, "project": "tidewater", "language": "python"})


def _event(at: int, length: int, data: dict[str, Any]) -> dict[str, Any]:
    return {"timestamp": instants.iso(at), "duration": length / instants.SECOND, "data": data}

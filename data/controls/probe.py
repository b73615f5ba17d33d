"""A control: a promise in plain words, with a probe that really looks whether it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from data.controls.control import Result
from data.controls.surroundings import Surroundings


class Target(NamedTuple):
    """One thing that a probe looks at. `name` is as people read it, empty where there is only one; `what` is the
    probe's own."""

    name: str
    what: object = None


def alone(_around: Surroundings) -> tuple[Target, ...]:
    """The targets of a probe that looks at one thing only."""
    return (Target(""),)


@dataclass(frozen=True)
class Probe:
    """One kind of look. `key` is its name in the log and is never given to another; `promise` is a sentence as staff
    read it, `short` the same in two or three words. `targets` says what there is to look at, `look` looks at one of
    them. Registered in probes/__init__.py."""

    key: str
    short: str
    promise: str
    targets: Callable[[Surroundings], tuple[Target, ...]]
    look: Callable[[Surroundings, Target], Result]

"""What a source records by a setting for each place has to be proved for each place that holds captures, by reads of it
that the source recorded (refused ones too). A mapping without such a place is never called covered."""

from __future__ import annotations

import re
from collections.abc import Iterable

from data.connectors.holdings import Holdings
from data.connectors.watching import Watch

TABLES = "tables"


class Proofs:
    """Tells a Watch of which of the places a read was recorded."""

    def __init__(self, watch: Watch, objects: Iterable[str], resources: Iterable[str], *, tables: bool = False) -> None:
        """`objects` are the addresses below which objects lie, `resources` names of an API with their `*`; `tables`:
        there are some, of which one proves the others."""
        self._watch = watch
        self._objects = frozenset(objects)
        self._resources = {one: re.compile(".*".join(map(re.escape, one.split("*"))), re.DOTALL) for one in resources}
        watch.of([*self._objects, *self._resources, *([TABLES] if tables else [])])

    def object(self, at: int, address: str) -> None:
        """A read of one object was recorded, at microseconds UTC."""
        for place in self._objects:
            if address.startswith(place):
                self._watch.seen(at, place)

    def resources(self, at: int, names: Iterable[str]) -> None:
        """A read of these was recorded."""
        known = list(names)
        for place, pattern in self._resources.items():
            if any(pattern.fullmatch(name) for name in known):
                self._watch.seen(at, place)

    def tables(self, at: int) -> None:
        """A read of any table was recorded."""
        self._watch.seen(at, TABLES)


def folders(holdings: Holdings, *schemes: str) -> list[str]:
    """Where objects with captures lie, s3://bucket/path up to the name of a person."""
    every = {prefix.text.partition("{")[0] for one in holdings.holdings for prefix in one.prefixes}
    return sorted(one for one in every if one.partition("://")[0] in schemes)


def arns(holdings: Holdings) -> list[str]:
    """The resources of AWS with captures."""
    return [one for one in _resources(holdings) if one.startswith("arn:")]


def siblings(holdings: Holdings) -> list[str]:
    """The resources of Google Cloud with captures, and whatever lies beside them: its services record by project."""
    return sorted({f"{one.rpartition('/')[0]}/*" for one in _resources(holdings) if not one.startswith("arn:")})


def _resources(holdings: Holdings) -> list[str]:
    return sorted({name for one in holdings.holdings for name in one.resources})

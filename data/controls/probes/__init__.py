"""The probes, one file each. A new one is a file with a PROBE and its line here."""

from __future__ import annotations

from types import MappingProxyType

from data.controls.control import Name
from data.controls.probe import Probe
from data.controls.probes import (
    apart,
    audit,
    bucket,
    drill,
    files,
    keyring,
    log_check,
    new_tables,
    readers,
    retention,
    row_security,
    sealing,
    witnesses,
)

# In the order in which pages list them.
PROBES: tuple[Probe, ...] = (
    readers.PROBE,
    new_tables.PROBE,
    row_security.PROBE,
    apart.PROBE,
    audit.PROBE,
    files.PROBE,
    bucket.PROBE,
    sealing.PROBE,
    retention.PROBE,
    keyring.PROBE,
    log_check.PROBE,
    witnesses.PROBE,
    drill.PROBE,
)
# Those of the databases that the file names.
LISTED = frozenset(one.PROBE.key for one in (readers, new_tables, row_security, apart, audit))
ORDER = MappingProxyType({probe.key: place for place, probe in enumerate(PROBES)})


def short(name: Name) -> str:
    """The promise in two or three words, with what it is about where there are several."""
    place = ORDER.get(name.probe)
    said = name.probe if place is None else PROBES[place].short
    return f"{said}: {name.target}" if name.target else said


def promise(name: Name) -> str:
    """The promise that a control is about; of a probe that is gone, its name."""
    place = ORDER.get(name.probe)
    return name.probe if place is None else PROBES[place].promise

"""The probes, one file each. A new one is a file with a PROBE and its line here."""

from __future__ import annotations

from data.controls.control import Probe
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
    keyring.PROBE,
    log_check.PROBE,
    witnesses.PROBE,
    drill.PROBE,
)

"""One reader a source. A new connector is one module with a `read` and one line: of captures in SOURCES, of accesses
outside Daylight in EVIDENCE."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from data.captures.recording import Recording
from data.connectors import (
    activitywatch,
    captures_form,
    cloudtrail,
    ducktrack,
    evidence,
    gcp_audit,
    ocsf,
    openadapt,
    openadapt_session,
    pgaudit,
    snowflake,
)


class Reader(Protocol):
    """Opens what the source wrote; BadInput names file, place and reason, at once or while items are read."""

    def __call__(self, path: Path, *, zone: ZoneInfo | None = None) -> Recording: ...


@dataclass(frozen=True)
class Source:
    """A kind of recording: its name on the command line, what to point at, and who reads it."""

    name: str
    wanted: str
    read: Reader


SOURCES = {
    source.name: source
    for source in (
        Source("activitywatch", activitywatch.WANTED, activitywatch.read),
        Source("captures", captures_form.WANTED, captures_form.read),
        Source("ducktrack", ducktrack.WANTED, ducktrack.read),
        Source("openadapt", openadapt_session.WANTED, openadapt.read),
    )
}


@dataclass(frozen=True)
class EvidenceSource:
    """An audit outside Daylight: its name on the command line, what to point at, and who reads it."""

    name: str
    wanted: str
    read: evidence.Reader


EVIDENCE = {
    source.name: source
    for source in (
        EvidenceSource("cloudtrail", cloudtrail.WANTED, cloudtrail.read),
        EvidenceSource("gcp-audit", gcp_audit.WANTED, gcp_audit.read),
        EvidenceSource("ocsf", ocsf.WANTED, ocsf.read),
        EvidenceSource("pgaudit", pgaudit.WANTED, pgaudit.read),
        EvidenceSource("snowflake-access-history", snowflake.WANTED, snowflake.read),
    )
}

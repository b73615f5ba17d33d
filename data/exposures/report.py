"""The report after an incident, made of the record alone: what happened when, who was told, what was exposed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from data import instants
from data.exposures import card, reading
from data.exposures.card import Mine
from data.incidents import record
from data.incidents.incident import Event, Happening, Incident
from data.people.viewer import Viewer
from data.proofs import publishing
from data.proofs.publishing import Published
from data.sealing.vault import Vault

# What a report says when it happened, in the order in which it is asked for; each is in the record, or is missing.
MILESTONES = (
    Happening.CONTAINED,
    Happening.FIX_CLAIMED,
    Happening.FIX_HELD,
    Happening.FIX_FAILED,
    Happening.REGULATOR,
    Happening.NO_REGULATOR,
    Happening.AFFECTED,
    Happening.ORGANIZERS,
    Happening.STAFF,
    Happening.PRESS,
    Happening.CLOSED,
    Happening.REOPENED,
)


@dataclass(frozen=True)
class Report:
    """An incident and the exposures that belong to it, counted for the whole company, as the log held them at `made`
    (microseconds UTC). `published` is the newest signed head of the log (None: none was signed yet), `key` what it is
    checked with; `altered` entries about exposures no longer open."""

    incident: Incident
    exposures: tuple[Mine, ...]
    made: int
    published: Published | None
    key: str | None
    altered: int

    def happened(self, happening: Happening) -> tuple[Event, ...]:
        """Every time that it happened, in the order in which it did."""
        found = (one for one in self.incident.events if one.happening is happening)
        return tuple(sorted(found, key=lambda one: (one.at, one.position)))

    @property
    def missing(self) -> tuple[Happening, ...]:
        """What the record says nothing of. That a fix failed, or that it was opened again, need not happen."""
        never = {Happening.FIX_FAILED, Happening.REOPENED, Happening.PRESS}
        told = {one.happening for one in self.incident.events}
        either = {Happening.REGULATOR, Happening.NO_REGULATOR}
        never |= either if told & either else {Happening.NO_REGULATOR}
        return tuple(one for one in MILESTONES if one not in told | never)

    @property
    def positions(self) -> tuple[int, ...]:
        """Every entry of the log that it rests on."""
        lines = (line.position for one in self.exposures for line in one.exposure.lines)
        return tuple(sorted({*(one.position for one in self.incident.events), *lines}))


def report(session: Session, viewer: Viewer, vault: Vault, number: int) -> Report:
    """The report about an incident that the viewer may read. It holds counts and what everybody reads of the incident,
    and names nobody. Raises NotFound."""
    incident = record.one(session, viewer, vault, number)
    now = instants.now()
    every, altered = reading.read(session, viewer, vault)
    held = [one for one in every if one.exposure.incident == number]
    return Report(
        incident,
        card.everybody(session, vault, held, now),
        now,
        publishing.newest(session),
        publishing.verifier_key(session, vault),
        altered,
    )

"""What stands behind the log: its newest checkpoint, the last full check, and its witnesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from data.accesses import keeping
from data.accesses.keeping import Promise
from data.proofs import accepting, checks, publishing, witnesses
from data.proofs.accepting import Accepted
from data.proofs.check import Checked
from data.proofs.publishing import Published
from data.proofs.witnesses import Alarm, WitnessState
from data.sealing.vault import Vault
from data.settings import Witness


@dataclass(frozen=True)
class Backing:
    """The newest checkpoint and check (None: there is none yet), how each witness stands, the newest that any refused
    (`older`: how many more refusals there are), and each time that an operator went on with a log that does not lead to
    what was signed. `kept`: for how long details of accesses are promised to be kept (None: nothing is promised, or
    nobody can tell)."""

    published: Published | None
    checked: Checked | None
    witnesses: tuple[WitnessState, ...]
    alarms: tuple[Alarm, ...]
    accepted: tuple[Accepted, ...] = ()
    kept: Promise | None = None
    older: int = 0


def of(session: Session, vault: Vault, configured: Sequence[Witness]) -> Backing:
    """The log's backing as it is now. It names nobody, so every viewer may see it."""
    alarms = witnesses.alarms(session)
    return Backing(
        publishing.newest(session),
        checks.last(session, vault),
        witnesses.state(session, configured),
        alarms,
        accepting.accepted(session, vault),
        keeping.promised(session, vault),
        # Every page asks: of so few as are shown there are no more to count.
        len(witnesses.raised(session)) - len(alarms) if len(alarms) == witnesses.SHOWN else 0,
    )

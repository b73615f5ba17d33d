"""The restore drill: whether a backup was really opened lately, and what was found in it (see drilling.py)."""

from __future__ import annotations

from data import instants
from data.controls import drilling
from data.controls.control import Fact, Result, State, Unseen
from data.controls.probe import Probe, Target, alone
from data.controls.surroundings import Surroundings

DAYS = 90


def look(around: Surroundings, _target: Target) -> Result:
    """Holds when the newest drill opened its backup and found it whole, at most 90 days ago."""
    with around.database.reading() as session:
        last = drilling.last(session, around.vault)
    if last is None:
        raise Unseen("No backup was ever opened to see whether it can be, so nobody knows.")
    facts = (
        Fact("newest drill", instants.iso(last.at)),
        Fact("entries of the record in the backup", f"{last.entries:,}"),
        Fact("sealed files opened", f"{last.opened:,} of {last.sampled:,}"),
        *(Fact("found", one) for one in last.findings),
    )
    if last.findings:
        return Result(State.BROKEN, "The newest backup that was tried could not be used.", facts)
    if instants.over(last.at, DAYS * instants.DAY, instants.now()):
        return Result(State.BROKEN, f"No backup was tried for more than {DAYS} days.", facts)
    return Result(State.HOLDS, f"A backup was opened and read within {DAYS} days.", facts)


PROBE = Probe(
    "drill",
    "Backups tried",
    "Backups are tried: one can really be opened and read.",
    alone,
    look,
)

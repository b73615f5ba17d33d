"""The access log's own daily check: its newest result, and how old that is."""

from __future__ import annotations

from data import instants
from data.controls.control import Fact, Result, State, Unseen
from data.controls.probe import Probe, Target, alone
from data.controls.surroundings import Surroundings
from data.proofs import checks


def look(around: Surroundings, _target: Target) -> Result:
    """Holds when the whole log was read again within a day (and two hours), and nothing was damaged."""
    with around.database.reading() as session:
        last = checks.last(session, around.vault)
    if last is None:
        raise Unseen("The log was never read again as a whole, so nobody knows.")
    facts = (
        Fact("newest check", instants.iso(last.at)),
        Fact("entries read", f"{last.entries:,}"),
        Fact("findings", f"{len(last.findings):,}"),
    )
    if not last.holds:
        return Result(State.BROKEN, "The record of who looked is damaged; the alarm on every page says where.", facts)
    if instants.over(last.at, checks.LATE, instants.now()):
        return Result(State.BROKEN, "The record of who looked was not read again within a day.", facts)
    return Result(State.HOLDS, "The record of who looked was read again within a day, and is whole.", facts)


PROBE = Probe(
    "log-check",
    "Log read again",
    "The record of who looked is read again every day.",
    alone,
    look,
)

"""Witnesses of the access log: whether each that is named has confirmed what was signed, and lately."""

from __future__ import annotations

from data import instants
from data.controls.control import Fact, Result, State, Unseen
from data.controls.probe import Probe, Target
from data.controls.surroundings import Surroundings
from data.proofs import witnesses
from data.proofs.witnesses import ALARMS, Trouble, WitnessState

LATE = instants.DAY


def targets(around: Surroundings) -> tuple[Target, ...]:
    """Each witness that is named; where none is, that is what is looked at."""
    return tuple(Target(one.name, one.vkey) for one in around.settings.witnesses) or (Target(""),)


def look(around: Surroundings, target: Target) -> Result:
    """Holds when a witness has cosigned within a day and contradicts nothing; unknown without a witness."""
    if not target.name:
        raise Unseen("Nobody outside keeps a copy of the record, so nobody outside would notice if it were rewritten.")
    named = [one for one in around.settings.witnesses if one.vkey == target.what]
    with around.database.reading() as session:
        (state,) = witnesses.state(session, named)
    facts = (
        Fact("confirmed last", "never" if state.last_at is None else instants.iso(state.last_at)),
        Fact("entries that it has not confirmed", f"{state.behind:,}"),
        *((Fact("in the way", state.problem.value),) if state.problem else ()),
        Fact("where", state.url),
    )
    return _judged(state, facts)


def _judged(state: WitnessState, facts: tuple[Fact, ...]) -> Result:
    if state.problem in ALARMS or state.problem is Trouble.CHANGED:
        return Result(State.BROKEN, "The witness says that the record was rewritten.", facts)
    if state.last_at is None or instants.over(state.last_at, LATE, instants.now()):
        return Result(State.BROKEN, "The witness has not confirmed the record within a day.", facts)
    return Result(State.HOLDS, "The witness has confirmed the record within a day.", facts)


PROBE = Probe("witness", "Witness", "Somebody outside has confirmed the record within a day.", targets, look)

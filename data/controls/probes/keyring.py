"""The keyring: how old its epoch is, by the log, and whether older epochs are gone."""

from __future__ import annotations

from sqlalchemy import func, select

from data import instants
from data.accesses.entry import Action
from data.accesses.tables import EntryRow
from data.controls.control import Fact, Result, State, Unseen
from data.controls.probe import Probe, Target, alone
from data.controls.surroundings import Surroundings

_TURNING = (Action.STORE_MADE, Action.KEYS_TURNED)
_WHILE = instants.DAY  # until what a turn left behind is no turn under way any more


def look(around: Surroundings, _target: Target) -> Result:
    """Holds when the newest epoch is younger than the days that were set, and the only one."""
    days = around.settings.keyring_days
    with around.database.reading() as session:
        began = session.scalar(
            select(func.max(EntryRow.recorded_at)).where(EntryRow.action.in_([one.value for one in _TURNING]))
        )
    epochs = around.vault.keyring.epochs()
    if began is None:
        raise Unseen("The log does not say since when the keys are in use, so nobody knows.")
    facts = (
        Fact("in use since", instants.iso(began)),
        Fact("at most", f"{days} days"),
        Fact("epochs that can be used", ", ".join(map(str, epochs))),
    )
    age = instants.now() - began
    if age > days * instants.DAY:
        return Result(State.BROKEN, f"The keys are in use for more than {days} days.", facts)
    if len(epochs) > 1 and age > _WHILE:
        return Result(State.BROKEN, "Keys that were replaced are still there.", facts)
    return Result(State.HOLDS, f"The keys were replaced less than {days} days ago.", facts)


PROBE = Probe(
    "keyring",
    "Keys replaced",
    "The keys are replaced in time, and old ones destroyed.",
    alone,
    look,
)

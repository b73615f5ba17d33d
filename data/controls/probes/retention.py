"""How long captures are kept: counted from what is held now, against what was promised a day ago and before."""

from __future__ import annotations

from data import instants
from data.controls.control import Fact, Result, State, Unseen
from data.controls.probe import Probe, Target, alone
from data.controls.surroundings import Surroundings
from data.programme import versions
from data.rights.retention import older, record, spans

_LATE = 26 * instants.HOUR  # a run is due each day, and takes its time


def look(around: Surroundings, _target: Target) -> Result:
    """Holds when nothing is held that was overdue more than a day ago, but for what legal holds keep."""
    at = instants.now() - _LATE
    with around.database.reading() as session:
        # A version counts only once it could have been withdrawn.
        register = versions.register(session, around.vault)
        counted = register.published_by(at - around.settings.erasure_seconds * instants.SECOND)
        scopes, run = spans.overdue(counted, at), record.last_run(session, around.vault)
        found = older.count(session, around.vault, scopes)
    if not scopes:
        raise Unseen(
            "For how long captures are kept was not promised a day ago, so nobody can say whether that is kept."
        )
    over, held = sum(found.values()), 0 if run is None else run.held
    facts = (
        Fact("newest run", "none" if run is None else instants.iso(run.at)),
        Fact("captures that are overdue", ", ".join(f"{count:,} {kind}" for kind, count in found.items()) or "none"),
        Fact("captures that legal holds keep", f"{held:,}"),
    )
    if over > held:
        return Result(State.BROKEN, "Captures are kept for longer than was promised.", facts)
    return Result(State.HOLDS, "Nothing is kept for longer than was promised, but for what a legal hold keeps.", facts)


PROBE = Probe(
    "retention",
    "Kept no longer",
    "Captures are kept no longer than was promised.",
    alone,
    look,
)

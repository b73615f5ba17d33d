"""Whether the database records every read: pgAudit is loaded, logs reads, and nothing switches it off for anybody.

Source: pgAudit's README ("Settings"); what Daylight needs of it stands in data/connectors/pgaudit.py.
"""

from __future__ import annotations

from data.controls.control import Fact, Result, State, Unseen
from data.controls.probe import Probe, Target
from data.controls.surroundings import Surroundings, seen
from data.controls.watched import Watched

_LIBRARIES, _LOG, _ROWS = "shared_preload_libraries", "pgaudit.log", "pgaudit.log_rows"


def targets(around: Surroundings) -> tuple[Target, ...]:
    """The databases of which it was promised."""
    return tuple(Target(one.name, one) for one in around.databases if one.audit)


def look(around: Surroundings, target: Target) -> Result:
    """Holds when the server loads pgAudit with reads among what it logs, and no role and no database undoes it."""
    one = target.what
    assert isinstance(one, Watched)
    found = around.reach(one).catalog
    facts = (*seen(found, one), *(Fact(name, value or "empty") for name, value in sorted(found.settings.items())))
    if _LIBRARIES not in found.settings:
        raise Unseen(
            "Which libraries the server loads is hidden from the login that looks, so nobody knows whether it records.",
            *facts,
            Fact("what to do", "GRANT pg_read_all_settings to the login that looks"),
        )
    loaded = [name.strip().strip('"').rpartition("/")[2] for name in found.settings[_LIBRARIES].split(",")]
    if "pgaudit" not in loaded:
        return Result(State.BROKEN, "Reads are not recorded: the server does not load its audit.", facts, found.unseen)
    if not records_reads(found.settings.get(_LOG, "none")):
        return Result(State.BROKEN, "Reads are not among what is recorded.", facts, found.unseen)
    off = [
        f"{role or 'everybody'}{' in this database' if here else ''}: {setting}"
        for role, here, setting in found.role_settings
        if _undoes(*(part.strip() for part in setting.partition("=")[::2]))
    ]
    if off:
        facts = (*facts, *(Fact("switched off for", each) for each in off[:20]))
        said = (
            f"Recording is switched off or cut for {len(off):,} {'login' if len(off) == 1 else 'logins or databases'}."
        )
        return Result(State.BROKEN, said, facts, found.unseen)
    if found.settings.get(_ROWS) == "on":
        said = "What is recorded leaves out which table was read in places."
        return Result(State.BROKEN, said, facts, found.unseen)
    return Result(State.HOLDS, "The database records every read.", facts, (*found.unseen, _SUPERUSER))


def records_reads(value: str) -> bool:
    """Whether reads are logged by a value of pgaudit.log: classes in order, a `-` takes one out again."""
    reads = False
    for one in (part.strip().lower() for part in value.split(",")):
        if one in ("read", "all"):
            reads = True
        elif one in ("-read", "-all", "none"):
            reads = False
    return reads


def _undoes(name: str, value: str) -> bool:
    return (name == _LOG and not records_reads(value)) or (name == _ROWS and value in ("on", "true", "1", "yes"))


_SUPERUSER = "whether a superuser switches it off within a session (the import of the audit's log shows the gap)"

PROBE = Probe("audit", "Reads recorded", "The database records every read of what was captured.", targets, look)

"""Whether the database records every read: pgAudit is loaded, logs reads, and nothing switches it off for anybody.

Source: pgAudit's README ("Settings"); what Daylight needs of it stands in data/connectors/pgaudit.py, and which
values switch it off in data/pgaudit_settings.py.
"""

from __future__ import annotations

from data.controls.control import Fact, Result, State, Unseen
from data.controls.postgres.model import Catalog
from data.controls.probe import Probe, Target
from data.controls.surroundings import Surroundings, seen
from data.controls.watched import Watched
from data.pgaudit_settings import DEFAULTS, LOG, is_false, records

_LIBRARIES, _ROWS = "shared_preload_libraries", "pgaudit.log_rows"
_JUDGED = {**DEFAULTS, _ROWS: "off"}


def targets(around: Surroundings) -> tuple[Target, ...]:
    """The databases of which it was promised."""
    return tuple(Target(one.name, one) for one in around.databases if one.audit)


def look(around: Surroundings, target: Target) -> Result:
    """Holds when the server loads pgAudit with reads among what it logs, and no role and no database undoes it."""
    one = target.what
    assert isinstance(one, Watched)
    found = around.reach(one).catalog
    facts = (*seen(found, one), *(_told(found, name) for name in sorted(found.settings)))
    if _LIBRARIES not in found.settings:
        raise Unseen(
            "Which libraries the server loads is hidden from the login that looks, so nobody knows whether it records.",
            *facts,
            Fact("what to do", "GRANT pg_read_all_settings to the login that looks"),
        )
    loaded = [name.strip().strip('"').rpartition("/")[2] for name in found.settings[_LIBRARIES].split(",")]
    if "pgaudit" not in loaded:
        return Result(State.BROKEN, "Reads are not recorded: the server does not load its audit.", facts, found.unseen)
    values = {name: _everybodys(found, name) for name in _JUDGED}
    wrong = {name for name, value in values.items() if value is not None and _undoes(name, value)}
    if said := _said(wrong - {_ROWS}):
        return Result(State.BROKEN, said, facts, found.unseen)
    off = [
        f"{role or 'everybody'}{' in this database' if here else ''}: {setting}"
        for role, here, setting in found.role_settings
        if _undoes(*_parted(setting))
    ]
    if off:
        facts = (*facts, *(Fact("switched off for", each) for each in off[:20]))
        said = (
            f"Recording is switched off or cut for {len(off):,} {'login' if len(off) == 1 else 'logins or databases'}."
        )
        return Result(State.BROKEN, said, facts, found.unseen)
    if wrong:
        said = "What is recorded leaves out which table was read in places."
        return Result(State.BROKEN, said, facts, found.unseen)
    if hidden := sorted(name for name, value in values.items() if value is None):
        resets = "; ".join(f"ALTER ROLE {found.login} RESET {name}" for name in hidden)
        raise Unseen(
            "What is recorded is set for the login that looks alone, so nobody knows what is of others.",
            *facts,
            Fact("what to do", resets),
        )
    return Result(State.HOLDS, "The database records every read.", facts, (*found.unseen, _SUPERUSER))


def _everybodys(found: Catalog, name: str) -> str | None:
    """The value of a setting for whoever has none of their own; None where what was set for the login that looked
    stands before it."""
    if name not in found.own_settings:
        return found.settings.get(name, _JUDGED[name])
    # What is set for a database goes before what is set for all of them.
    beside = {
        here: _parted(said)[1] for role, here, said in found.role_settings if not role and _parted(said)[0] == name
    }
    return beside.get(True, beside.get(False))


def _parted(setting: str) -> tuple[str, str]:
    name, _, value = setting.partition("=")
    return name.strip().casefold(), value.strip()


def _undoes(name: str, value: str) -> bool:
    if name == _ROWS:
        return not is_false(value)
    return name in DEFAULTS and not records(name, value)


def _said(wrong: set[str]) -> str:
    """What is wrong for everybody, in words; empty where nothing is."""
    if LOG in wrong:
        return "Reads are not among what is recorded."
    return "What is recorded of reads is left out of the log, or of the line what was asked." if wrong else ""


def _told(found: Catalog, name: str) -> Fact:
    whose = " (set for the login that looks alone)" if name in found.own_settings else ""
    return Fact(name, f"{found.settings[name] or 'empty'}{whose}")


_SUPERUSER = "whether a superuser switches it off within a session (the import of the audit's log shows the gap)"

PROBE = Probe("audit", "Reads recorded", "The database records every read of what was captured.", targets, look)

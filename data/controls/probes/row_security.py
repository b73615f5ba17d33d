"""Row-level security of the tables with captures, where it was promised."""

from __future__ import annotations

from data.controls.control import Fact, Result, State, listed
from data.controls.postgres.model import PUBLIC, ObjectKind
from data.controls.probe import Probe, Target
from data.controls.surroundings import Surroundings, matched, seen
from data.controls.watched import Watched

_WITH_ROWS = (ObjectKind.TABLE, ObjectKind.PARTITIONED)


def targets(around: Surroundings) -> tuple[Target, ...]:
    """The databases of which it was promised."""
    return tuple(Target(one.name, one) for one in around.databases if one.row_security)


def look(around: Surroundings, target: Target) -> Result:
    """Holds when every table has row-level security enabled and forced, no policy shows all rows to everybody, and no
    login that may read skips it (BYPASSRLS)."""
    one = target.what
    assert isinstance(one, Watched)
    reach = around.reach(one)
    found = reach.catalog
    names = reach.surfaces(matched(reach, one))
    tables = [table for table in found.tables if table.full in names and table.kind in _WITH_ROWS]
    off = tuple(table.full for table in tables if not table.rls)
    loose = tuple(table.full for table in tables if table.rls and not table.forced)
    everything = tuple(
        f"{policy.name} on {policy.table}"
        for policy in found.policies
        if policy.table in names and policy.always and PUBLIC in policy.roles and policy.command in ("r", "*")
    )
    readers = [role for role in found.roles if role.name in one.allowed]
    skipping = tuple(role.name for role in readers if role.bypassrls and not role.superuser)
    supers = tuple(role.name for role in readers if role.superuser)
    wrong = {
        "without row-level security": off,
        "not forced on the owner": loose,
        "shows all rows to everybody": everything,
        "may skip it (BYPASSRLS)": skipping,
    }
    facts = (
        *seen(found, one),
        Fact("tables looked at", listed(tuple(table.full for table in tables))),
        *(Fact(what, listed(which)) for what, which in wrong.items() if which),
        *((Fact("superusers, whom no rule holds", listed(supers)),) if supers else ()),
    )
    if not any(wrong.values()):
        return Result(State.HOLDS, "Each row is shown by a rule, to the owner of the table too.", facts, found.unseen)
    bare = len({*off, *loose})
    said = f"On {bare:,} of {len(tables):,} tables rows are shown past the rule." if bare else "A rule lets rows past."
    return Result(State.BROKEN, said, facts, found.unseen)


PROBE = Probe(
    "row-security", "Rows by rule", "The database itself shows each row only to whom a rule allows.", targets, look
)

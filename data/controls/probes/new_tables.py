"""What a table that is made tomorrow gives away by itself: default privileges (ALTER DEFAULT PRIVILEGES)."""

from __future__ import annotations

from data.controls.control import Fact, Result, State
from data.controls.postgres.model import PUBLIC
from data.controls.probe import Probe, Target
from data.controls.probes import readers
from data.controls.surroundings import Surroundings, matched, seen
from data.controls.watched import Watched


def look(around: Surroundings, target: Target) -> Result:
    """Holds when no default privilege lets anybody but the owner and the logins named read a new table, where tables
    with captures lie or by whoever owns them."""
    one = target.what
    assert isinstance(one, Watched)
    reach = around.reach(one)
    found, tables = reach.catalog, matched(reach, one)
    owners = {table.owner for table in found.tables if table.full in tables}
    schemas = {table.schema for table in found.tables if table.full in tables} | {""}
    may = readers.allowed(one, found)
    open_to = [
        grant
        for grant in found.defaults
        if grant.privilege == "SELECT" and (grant.owner in owners or grant.schema in schemas - {""})
        if grant.schema in schemas and grant.grantee not in may | {grant.owner}
    ]
    facts = (
        *seen(found, one),
        Fact("default privileges looked at", f"{len(found.defaults):,}"),
        *(
            Fact("a new table of", f"{grant.owner} in {grant.schema or 'every schema'} is open to {grant.grantee}")
            for grant in open_to[:20]
        ),
    )
    if not open_to:
        return Result(State.HOLDS, "A new table is open to nobody by itself.", facts, found.unseen)
    who = frozenset(grant.grantee for grant in open_to)
    everybody = "everybody who can connect" if PUBLIC in who else f"{len(who):,} roles that may not read captures"
    return Result(State.BROKEN, f"A new table would be open to {everybody}.", facts, found.unseen)


PROBE = Probe(
    "new-tables", "New tables", "A new table with captures is closed until somebody opens it.", readers.targets, look
)

"""Who could read the tables with captures, from the grants, roles and memberships in the catalog."""

from __future__ import annotations

from data.controls.control import Fact, Result, State, listed
from data.controls.postgres.model import PUBLIC, Catalog
from data.controls.probe import Probe, Target
from data.controls.surroundings import Surroundings, matched, seen
from data.controls.watched import STORE, Watched


def targets(around: Surroundings) -> tuple[Target, ...]:
    """Every database."""
    return tuple(Target(one.name, one) for one in around.databases)


def allowed(one: Watched, found: Catalog) -> frozenset[str]:
    """The logins that may read; of the store, where nothing else is said, the one that Daylight itself uses."""
    return one.allowed or (frozenset({found.login}) if one.name == STORE else frozenset())


def look(around: Surroundings, target: Target) -> Result:
    """Holds when nobody but the logins that were named could read any of the tables."""
    one = target.what
    assert isinstance(one, Watched)
    reach = around.reach(one)
    tables = matched(reach, one)
    may = allowed(one, reach.catalog)
    found = reach.readers(tables, but=may)
    more = found.who
    facts = (
        *seen(reach.catalog, one),
        Fact("tables looked at", listed(reach.surfaces(tables))),
        Fact("may read", listed(may) or "nobody"),
        *(Fact(f"could read: {name}", "; ".join(reach.ways(name, tables))) for name in _first(more)),
        *((Fact("could read it", f"{len(more):,} in all"),) if more else ()),
    )
    unseen = reach.catalog.unseen
    if not more:
        return Result(State.HOLDS, "Nobody but the logins that were named could read it.", facts, unseen)
    logins = len(more - {PUBLIC})
    said = (
        [f"{logins:,} {'login' if logins == 1 else 'logins'} more than allowed could read captures."] if logins else []
    )
    said += ["Captures are open to everybody who can connect."] if PUBLIC in more else []
    return Result(State.BROKEN, " ".join(said), facts, unseen, more, found.tables)


def _first(names: frozenset[str]) -> list[str]:
    return sorted(names, key=lambda one: (one != PUBLIC, one))[:20]


PROBE = Probe("readers", "Who can read", "Only the logins that were named can read what was captured.", targets, look)

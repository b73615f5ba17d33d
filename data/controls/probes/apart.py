"""Separation of roles: no login can be two of those that were promised to be apart."""

from __future__ import annotations

from data.controls.control import Fact, Result, State, Unseen, listed
from data.controls.probe import Probe, Target
from data.controls.surroundings import Surroundings, seen
from data.controls.watched import Watched


def targets(around: Surroundings) -> tuple[Target, ...]:
    """The databases of which it was promised."""
    return tuple(Target(one.name, one) for one in around.databases if one.apart)


def look(around: Surroundings, target: Target) -> Result:
    """Holds when no login has, or can get, the rights of two roles of one list. Superusers are every role: they are
    named beside it, and the probe `readers` counts them."""
    one = target.what
    assert isinstance(one, Watched)
    reach = around.reach(one)
    found = reach.catalog
    names = {role.name for role in found.roles}
    gone = frozenset(name for group in one.apart for name in group) - names
    facts = list(seen(found, one))
    if gone:
        missing = Fact("roles that are not there", listed(gone))
        raise Unseen("A role that was named is not there, so nobody knows who has its rights.", *facts, missing)
    both: list[Fact] = []
    supers: set[str] = set()
    for role in found.roles:
        if not role.login:
            continue
        can = frozenset(each for name in reach.acting(role.name) for each in reach.inherited(name))
        if any(each.superuser for each in found.roles if each.name in can):
            supers.add(role.name)
            continue
        both += [Fact(f"{role.name} can be", listed(can & group)) for group in one.apart if len(can & group) > 1]
    facts += [Fact("apart", "; ".join(listed(group) for group in one.apart)), *both[:20]]
    facts += [Fact("superusers, who are every role", listed(frozenset(supers)))] if supers else []
    if not both:
        return Result(State.HOLDS, "Nobody has the rights of two roles that must be apart.", tuple(facts), found.unseen)
    said = f"{len(both):,} {'login has' if len(both) == 1 else 'logins have'} the rights of roles that must be apart."
    return Result(State.BROKEN, said, tuple(facts), found.unseen)


PROBE = Probe("apart", "Roles apart", "Whoever reads captures is not whoever watches over it.", targets, look)

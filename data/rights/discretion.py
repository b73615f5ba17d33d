"""Whose requests an officer does not see at all: those of whoever they manage, while another officer sees to them.

What somebody asks for about being captured is not for their manager to know, and an office does not make it so.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session, aliased

from data.people import holding
from data.people.tables import PersonRow
from data.people.viewer import Role, Viewer
from data.rights.states import APPEALS
from data.rights.tables import RequestRow


def visible(session: Session, viewer: Viewer) -> ColumnElement[bool]:
    """The condition under which a request is for `viewer` to see, where their roles let them see requests at all: what
    they opened, that of whoever they do not manage, and what no officer outside of that line could decide."""
    concealed = _concealed(session, viewer)
    if not concealed:
        return true()
    others = officers(session) - {viewer.person_id}
    judged = and_(RequestRow.state.in_(sorted(one.value for one in APPEALS)), RequestRow.decided_by.in_(others))
    opened = RequestRow.opened_by.in_({*others, viewer.person_id})
    return or_(RequestRow.person_id.not_in(concealed), opened, judged)


def officers(session: Session) -> frozenset[int]:
    """Everybody who is a privacy officer now."""
    return frozenset(session.scalars(holding.holders(Role.OFFICER)))


def in_line(session: Session, one: int, other: int) -> bool:
    """Whether one of the two is the other's manager, directly or further up."""
    return other in _above(session, one) or one in _above(session, other)


def _concealed(session: Session, viewer: Viewer) -> frozenset[int]:
    """Who asked for something, is managed by `viewer`, and has another officer who stands in no line with them."""
    me = viewer.person_id
    if me is None or session.scalar(select(PersonRow.id).where(PersonRow.manager_id == me).limit(1)) is None:
        return frozenset()
    managers = _managed(session, me)
    others = {one: _above(session, one) for one in officers(session) - {me}}
    over_me = _above(session, me) | {me}
    asked = managers.keys() & set(session.scalars(select(RequestRow.person_id).distinct()))
    found = set[int]()
    for person in asked:
        above = _up_to(me, person, managers) | over_me
        if any(one != person and one not in above and person not in theirs for one, theirs in others.items()):
            found.add(person)
    return frozenset(found)


def _managed(session: Session, manager: int) -> Mapping[int, int]:
    """Everybody below a manager, each with their own."""
    first = select(PersonRow.id, PersonRow.manager_id).where(PersonRow.manager_id == manager)
    below = first.cte("managed", recursive=True)
    person = aliased(PersonRow)
    # UNION ends where a circle would go on.
    below = below.union(select(person.id, person.manager_id).where(person.manager_id == below.c.id))
    return {one: above for one, above in session.execute(select(below.c.id, below.c.manager_id)) if one != manager}


def _up_to(top: int, person: int, managers: Mapping[int, int]) -> set[int]:
    found = set[int]()
    at = managers[person]
    while at != top and at not in found:
        found.add(at)
        at = managers[at]
    return found


def _above(session: Session, person_id: int) -> set[int]:
    found: set[int] = set()
    at = person_id
    # The roster refuses circles; one that came about otherwise ends here too.
    while (above := session.scalar(select(PersonRow.manager_id).where(PersonRow.id == at))) is not None:
        if above in found:
            break
        found.add(above)
        at = above
    return found

"""Who holds which role now: the one rule that says which grants stand."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased

from data import instants
from data.people.tables import GrantRow, PersonRow
from data.people.viewer import Role

_Holder = aliased(PersonRow)  # by a name of its own: whoever asks may ask of people too


def standing() -> ColumnElement[bool]:
    """The rule that chooses the grants which stand now: not taken back, and of nobody who has left by now. Whoever
    leaves on a day that a roster named ahead holds no role from that day on, before any file says so again."""
    here = or_(_Holder.left_at.is_(None), _Holder.left_at > instants.now())
    present = select(_Holder.id).where(_Holder.id == GrantRow.person_id, here)
    return and_(GrantRow.revoked_at.is_(None), present.exists())


def holders(*roles: Role) -> Select[int]:
    """The people, by id, who hold any of these roles now."""
    wanted = GrantRow.role.in_([role.value for role in roles])
    return select(GrantRow.person_id).where(wanted, standing()).distinct()

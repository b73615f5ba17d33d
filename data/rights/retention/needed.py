"""Which accesses are still needed with all their details, although the promised span is over."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import events, opening
from data.accesses.entry import Action
from data.accesses.tables import AboutRow, DetailsRow, EntryRow, ExplanationRow
from data.errors import Unreadable
from data.exposures import reading as exposures
from data.incidents import record as incidents
from data.looks import explanations
from data.rights import holds, record
from data.rights.states import NATURES
from data.rights.tables import RequestRow
from data.sealing.vault import Vault

# After an answer it can still be appealed against, or brought before a regulator or a court.
_AFTERWARDS = 366 * instants.DAY


@dataclass(frozen=True)
class Needed:
    """Accesses by `positions`, about or by `people` (ids), made from `since` on (microseconds UTC; None: none by their
    time), and those that `is_open` chooses: what an audit saw and nothing explains."""

    positions: frozenset[int]
    people: frozenset[int]
    since: int | None
    is_open: ColumnElement[bool]

    def spared(self) -> ColumnElement[bool]:
        """The rule that chooses them among entries and their details, without `positions`."""
        about = exists().where(AboutRow.position == EntryRow.position, AboutRow.person_id.in_(self.people))
        rules = [
            self.is_open,
            about,
            and_(DetailsRow.accessor_id.is_not(None), DetailsRow.accessor_id.in_(self.people)),
        ]
        return or_(*rules, *([] if self.since is None else [EntryRow.at >= self.since]))


def of(session: Session, vault: Vault) -> Needed:
    """What is needed now: what an audit saw and nothing explains, with what was nearly declared for it; what is asked
    about and was answered less than a year ago; what incidents that are not closed are about; whom a legal hold is on;
    and all from the beginning of the oldest exposure that is open. Raises Unreadable where nobody can tell."""
    holds.keeping(session, vault, 0)
    if altered := events.of(session, vault, Action.INCIDENT)[1]:
        raise Unreadable(f"{altered:,} entries about incidents no longer open; tell the auditor.")
    log_keys = opening.log_keys(session, vault)
    is_open = explanations.is_open(session, log_keys)
    there = select(ExplanationRow.position).where(ExplanationRow.position == EntryRow.position)
    nearly = session.scalars(select(EntryRow.position).where(is_open, there.exists())).all()
    said = explanations.said_of(session, log_keys, nearly)
    declared = {one.said.declared for some in said.values() for one in some if one.said.declared is not None}
    looks = {at for one in incidents.every(session, vault) if not one.is_closed for at in one.looks}
    return Needed(
        frozenset(declared | looks | _asked(session, vault)),
        frozenset(one.person_id for one in holds.every(session, vault) if one.is_in_force),
        exposures.open_since(session, vault),
        is_open,
    )


def _asked(session: Session, vault: Vault) -> set[int]:
    kinds = [kind.value for kind, nature in NATURES.items() if nature.about_access]
    is_recent = or_(RequestRow.closed_at.is_(None), RequestRow.closed_at >= instants.now() - _AFTERWARDS)
    rows = session.scalars(select(RequestRow).where(RequestRow.kind.in_(kinds), is_recent))
    found = (record.of(session, vault, row).access for row in rows)
    return {one for one in found if one is not None}

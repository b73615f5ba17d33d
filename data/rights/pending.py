"""What is about to be deleted: the scopes of everybody's deletions that were asked for and are not refused or done."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.captures.scope import Scope
from data.rights import record
from data.rights.states import WAITING, RequestKind
from data.rights.tables import RequestRow
from data.sealing.vault import Vault


def deletions(session: Session, vault: Vault) -> Mapping[int, tuple[Scope, ...]]:
    """The scopes by person; for what may hand on no capture of them any more, and shows none of this to anybody."""
    states = [state.value for state in WAITING]
    query = select(RequestRow).where(RequestRow.kind == RequestKind.ERASURE.value, RequestRow.state.in_(states))
    found: dict[int, tuple[Scope, ...]] = {}
    for row in session.scalars(query.order_by(RequestRow.id)):
        found[row.person_id] = (*found.get(row.person_id, ()), record.of(session, vault, row).extent)
    return found

"""What is asked to be deleted and is deleted already, so that nobody waits a month to read that nothing was there."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.captures import preview, quarantine
from data.captures.scope import Scope
from data.errors import Conflict
from data.rights import record
from data.rights.states import FINISHED, RequestKind
from data.rights.tables import RequestRow
from data.sealing.vault import Vault


def refuse(session: Session, vault: Vault, person_id: int, scope: Scope) -> None:
    """Raise Conflict where a deletion took all of `scope`, and nothing of it was captured since, nor came into
    quarantine."""
    states = [one.value for one in FINISHED]
    mine = RequestRow.person_id == person_id, RequestRow.kind == RequestKind.ERASURE.value
    rows = session.scalars(select(RequestRow).where(*mine, RequestRow.state.in_(states)).order_by(RequestRow.id.desc()))
    done = [one for one in (record.of(session, vault, row) for row in rows) if scope.within(one.extent)]
    if not done or preview.is_held(session, vault, person_id, scope):
        return
    if quarantine.by_kind(session, vault, person_id, [scope]).total():
        return
    ended = next((event.at for event in reversed(done[0].events) if event.what == "done"), done[0].closed_at)
    on = f" on {instants.day_of(ended)}" if ended is not None else ""
    raise Conflict(
        f"That was deleted{on} already, by request {done[0].id}, and nothing of it was captured since; its certificate"
        f" says what went: open it there, or with `rights certificate {done[0].id}`."
    )

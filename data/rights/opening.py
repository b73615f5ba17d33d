"""How every request begins: numbered, under its clock, once, and written into the access log."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action, Purpose, Reason
from data.database import lock
from data.errors import Conflict, NotFound
from data.people.permissions import Permission, require
from data.people.tables import PersonRow
from data.people.viewer import Viewer
from data.rights import clocks, keys, record
from data.rights.clocks import Mark, Tick
from data.rights.record import Request
from data.rights.states import FIRST_STEP, WAITING, RequestKind, State
from data.rights.tables import RequestRow
from data.sealing.vault import Vault

CONFIRMED = "receipt confirmed"

LOCK = "requests"


def open_new(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    kind: RequestKind,
    asked: Mapping[str, Any],
    *,
    same: Callable[[Request], bool],
    within_days: int | None = None,
    waits: bool = False,
) -> Request:
    """A new request for what `asked` (JSON, kept sealed) says. `same` tells whether another asks for just this, and
    `waits` that an officer decides it although nobody need.

    It is due when the law wants it, or after `within_days` if that is earlier. Raises NotAllowed, NotFound, Conflict
    when the same is already asked for and not yet done.
    """
    require(viewer, Permission.OPEN_REQUEST, person_id)
    person = session.get(PersonRow, person_id)
    if person is None:
        raise NotFound(f"There is no person {person_id} on the roster.")
    # Under one lock a second click, or a second tab, finds the first request; it also numbers them.
    lock(session, LOCK)
    if (held := waiting(session, vault, person_id, kind, same)) is not None:
        asked_on = instants.day_of(held.opened_at)
        raise Conflict(f"Exactly this was asked for on {asked_on} already: request {held.id} is {held.stands}.")
    at = instants.now()
    received = clocks.received_on(person.jurisdiction, at)
    due_on = clocks.due_after(person.jurisdiction, [Mark(Tick.RECEIVED, received)], within_days)
    confirm_by = clocks.acknowledge_by(person.jurisdiction, received)
    granted = kind.nature.self_granted and viewer.is_person(person_id) and not waits
    row = RequestRow(
        person_id=person_id,
        id=(session.scalar(select(func.max(RequestRow.id))) or 0) + 1,
        kind=kind.value,
        state=(State.APPROVED if granted else State.OPEN).value,
        jurisdiction=person.jurisdiction,
        opened_at=at,
        opened_by=viewer.person_id,
        due_on=due_on,
        promised_days=within_days,
        acknowledge_by=confirm_by,
        next_step=FIRST_STEP if granted else None,
    )
    row.scope = keys.seal(
        session, vault, record.scope_label(person_id, row.id), json.dumps(asked, sort_keys=True).encode()
    )
    session.add(row)
    session.flush()
    record.note(session, row, viewer, Tick.RECEIVED, due_on=due_on, at=at)
    if confirm_by is not None and viewer.is_person(person_id):
        # It is confirmed "in the same manner in which the request was received" (11 CCR § 7021(a)): their own page
        # shows at once that it is there, what happens next and by when. What reached us otherwise, an officer confirms.
        row.acknowledged_at = at
        record.note(session, row, None, CONFIRMED)
    # Why they ask stays with the request.
    logged = {name: it for name, it in asked.items() if name not in ("text", "criterion")}
    write_down(session, vault, viewer, row, Action.REQUEST_OPENED, logged)
    return record.of(session, vault, row, with_events=True)


def write_down(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    row: RequestRow,
    action: Action,
    scope: Mapping[str, Any] | None = None,
) -> int:
    """Put what somebody did to a request into the access log, so that nobody can deny it; the entry's position."""
    details = {"request": row.id, "asks": row.kind, **(scope or {})}
    reason = Reason(Purpose.OWN if viewer.is_person(row.person_id) else Purpose.REQUEST, f"request {row.id}")
    return log.append(
        session, vault, action=action, people=[row.person_id], accessor=viewer, reason=reason, scope=details, count=0
    )


def waiting(
    session: Session, vault: Vault, person_id: int, kind: RequestKind, same: Callable[[Request], bool]
) -> Request | None:
    """The request that asks for the `same` and is not yet done, if there is one."""
    rows = session.scalars(
        select(RequestRow).where(
            RequestRow.person_id == person_id,
            RequestRow.kind == kind.value,
            RequestRow.state.in_([state.value for state in WAITING]),
            # Once the file of a copy is gone, a new one can be asked for, although the rest of it is still appealed.
            or_(
                RequestRow.kind != RequestKind.EXPORT.value,
                RequestRow.state != State.CONTESTED.value,
                RequestRow.expires_at > instants.now(),
            ),
        )
    )
    return next((held for held in (record.of(session, vault, row) for row in rows) if same(held)), None)

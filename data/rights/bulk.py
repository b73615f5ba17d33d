"""Doing the same to many requests: to each by the very call that does it to one, in a transaction of its own.

Each person's request is decided, logged and told by itself; what fails for one neither stops nor undoes the rest.

Nothing is refused in bulk: whoever is refused reads reasons about their own case (GDPR Art. 12(4)), and a text for
many would show that nobody looked at it. What can be approved in bulk is what needs nobody's interests weighed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from data.database import Database
from data.errors import BadInput, Conflict, Error
from data.people.permissions import Permission, require, require_fresh
from data.people.viewer import Viewer
from data.rights import handling, holds, record, request, timing, written
from data.rights.record import Request
from data.rights.states import RequestKind, State
from data.rights.tables import RequestRow
from data.sealing.vault import Vault

MOST = 100  # requests at once


class Deed(StrEnum):
    """What can be done to many."""

    TAKE = "take"
    GIVE_BACK = "give back"
    CONFIRM = "confirm"
    EXTEND = "extend"
    APPROVE = "approve"

    @property
    def decides(self) -> bool:
        """Whether it takes fresh proof of who does it, as it cannot be taken back."""
        return self not in (Deed.TAKE, Deed.GIVE_BACK)


# Why a request of this kind is decided by itself. The kinds that are not here can be approved in bulk: a copy and a
# deletion are the person's own to have, and an objection is balanced against something only to refuse it (Art. 21(1)).
ALONE: Mapping[RequestKind, str] = {
    RequestKind.QUESTION: "it needs an answer in words of its own",
    RequestKind.REVEAL: "a name is told only where the person's interest weighs more than that of whoever looked",
    RequestKind.RESTRICTION: "which of the law's grounds it rests on has to be looked at",
    RequestKind.CORRECTION: "what is right on the roster has to be looked up",
    RequestKind.ATTRIBUTION: "whose captures they are has to be found out",
}


@dataclass(frozen=True)
class Outcome:
    """What came of it for one request: whether it was `done`, and one sentence where it was not."""

    request_id: int
    done: bool
    said: str = ""


def carry_out(
    database: Database,
    vault: Vault,
    viewer: Viewer,
    numbers: Sequence[int],
    deed: Deed,
    *,
    reason: str = "",
    delay: int | None = None,
) -> tuple[Outcome, ...]:
    """Do `deed` to the requests of these numbers, one after another; what came of each, in their order.

    Raises NotAllowed for whoever decides nothing at all or has to sign in once more, BadInput for none or too many, or
    without the reason that the deed needs: then nothing was done to any.
    """
    require(viewer, Permission.DECIDE)
    if deed.decides:
        require_fresh(viewer)
    chosen = list(dict.fromkeys(numbers))
    if not 1 <= len(chosen) <= MOST:
        raise BadInput(f"{len(chosen):,} requests were chosen; choose 1 to {MOST} at once.")
    if deed is Deed.EXTEND:
        written.words(reason, "Putting answers off needs a reason in words; each person reads it.")
    change = _changes(reason, delay)[deed]
    return tuple(_one(database, vault, viewer, number, change) for number in chosen)


Change = Callable[[Session, Viewer, Vault, int], Request]


def _changes(reason: str, delay: int | None) -> Mapping[Deed, Change]:
    return {
        Deed.TAKE: handling.take,
        Deed.GIVE_BACK: handling.give_back,
        Deed.CONFIRM: timing.confirm,
        Deed.EXTEND: partial(_extend, reason=reason),
        Deed.APPROVE: partial(_approve, reason=reason, delay=delay),
    }


def _one(database: Database, vault: Vault, viewer: Viewer, number: int, change: Change) -> Outcome:
    try:
        with database.writing() as session:
            change(session, viewer, vault, number)
    except Error as failure:
        return Outcome(number, False, str(failure))
    except SQLAlchemyError:
        return Outcome(number, False, "The database did not take it, so nothing was changed; try it again.")
    return Outcome(number, True)


def _extend(session: Session, viewer: Viewer, vault: Vault, number: int, *, reason: str) -> Request:
    return timing.extend(session, viewer, vault, number, reason)


def _approve(session: Session, viewer: Viewer, vault: Vault, number: int, **given: Any) -> Request:
    row = record.find(session, viewer, number, for_change=True)
    if State(row.state) is State.OPEN and (why := _alone(session, vault, row)):
        raise Conflict(f"Request {number} is decided by itself, because {why}; nothing was changed.")
    return request.decide(session, viewer, vault, number, True, **given)


def _alone(session: Session, vault: Vault, row: RequestRow) -> str:
    """Why an open request is not approved with others; empty where it can be."""
    kind = RequestKind(row.kind)
    if kind is not RequestKind.ERASURE:
        return ALONE.get(kind, "")
    asked = record.of(session, vault, row).scope
    keeps = [one for one in holds.every(session, vault) if one.person_id == row.person_id]
    if any((one.waits or one.is_in_force) and asked.without(one.scope) != (asked,) for one in keeps):
        return "a legal hold is about some of what it takes"
    holds.keeping(session, vault, row.person_id)  # raises where it cannot be known what is to be kept
    return ""

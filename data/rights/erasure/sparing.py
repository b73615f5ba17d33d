"""What a deletion has to leave because a legal hold keeps it: what goes now, and what the person reads of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from data import instants
from data.accesses.entry import Reason
from data.captures import preview as previews
from data.captures import quarantine
from data.captures.preview import Preview
from data.captures.scope import Scope
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.rights import holds
from data.rights.hold import Hold
from data.rights.record import Request
from data.rights.states import RequestKind, State
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Kept:
    """One hold that keeps something of a deletion, as its person may read it: of one that they are not told of, only
    that there is one and when it is looked at again (`number` None, `reason` empty)."""

    number: int | None
    reason: str
    review: str
    captures: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """What the certificate says of it."""
        return {"hold": self.number, "reason": self.reason, "review": self.review, "captures": self.captures}


@dataclass(frozen=True)
class Plan:
    """`pieces` go now, `kept` keeps the rest. Without holds the one piece is all that was asked for."""

    pieces: tuple[Scope, ...]
    kept: tuple[Kept, ...]


@dataclass(frozen=True)
class Foreseen:
    """What a request would take: `matching` is all that it asks for, `goes` what would really go, `kept` what keeps the
    rest."""

    matching: Preview
    goes: Preview
    kept: tuple[Kept, ...]

    @property
    def stays(self) -> int:
        """How many captures that were asked for stay."""
        return self.matching.all - self.goes.all


def plan(session: Session, vault: Vault, person_id: int, scope: Scope) -> Plan:
    """How a deletion of `scope` stands against the holds in force. Raises Unreadable as `holds.keeping`."""
    return _against(scope, holds.keeping(session, vault, person_id), own=True)


def preview(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    kind: RequestKind,
    scope: Scope,
    reason: Reason | None = None,
) -> Foreseen:
    """Exactly what a request of this kind for `scope` would take, and what it would leave because of holds, as far as
    the viewer may know: a person is not told of what a hold hides from them. A deletion takes what is in quarantine
    too, a copy does not. The one place that counts it.

    Of another person it is a look, as `captures.preview.preview`. Raises NotAllowed, Unreadable, BadInput for a range
    that cannot be.
    """
    instants.check_span(scope.start, scope.end, "The range")
    is_erasure = kind is RequestKind.ERASURE
    found = _foreseen(session, viewer, vault, person_id, scope) if is_erasure else Plan((scope,), ())
    matching, goes = previews.against(session, viewer, vault, person_id, scope, found.pieces, reason)
    if is_erasure:
        matching, goes = (
            replace(one, quarantined=quarantine.by_kind(session, vault, person_id, scopes).total())
            for one, scopes in ((matching, (scope,)), (goes, found.pieces))
        )
    return Foreseen(matching, goes, found.kept)


def keeps(session: Session, viewer: Viewer, vault: Vault, person_id: int, scope: Scope) -> tuple[Kept, ...]:
    """What would keep a deletion of `scope`, as far as the viewer may know, without looking at what it is about."""
    return _foreseen(session, viewer, vault, person_id, scope).kept


def of_request(session: Session, viewer: Viewer, vault: Vault, found: Request) -> tuple[Kept, ...]:
    """What keeps a request that waits for holds, as the viewer may read it. Permission SEE_REQUESTS."""
    require(viewer, Permission.SEE_REQUESTS, found.person_id)
    if found.state is not State.HELD:
        return ()
    held = holds.standing(session, vault, found.person_id)
    return _against(found.extent, held, own=viewer.is_person(found.person_id)).kept


def in_words(held: Sequence[dict[str, Any]]) -> str:
    """What keeps the rest, for the request's history; a hold that its person is not told of is one without a name."""
    said = [
        f"hold {one['hold']} ({one['reason']}), looked at again by {one['review']}"
        if one["hold"] is not None
        else f"a legal duty whose reason may not be told yet, looked at again by {one['review']}"
        for one in held
    ]
    return f"Kept for now by {'; and by '.join(said)}."


def _foreseen(session: Session, viewer: Viewer, vault: Vault, person_id: int, scope: Scope) -> Plan:
    held = [one for one in holds.about(session, viewer, vault, person_id) if one.is_in_force]
    return _against(scope, held, own=viewer.is_person(person_id))


def _against(scope: Scope, found: Sequence[Hold], *, own: bool) -> Plan:
    pieces, hits = (scope,), list[Hold]()
    for one in found:
        left = tuple(part for piece in pieces for part in piece.without(one.scope))
        if scope.without(one.scope) != (scope,):
            hits.append(one)
        pieces = left
    return Plan(pieces, tuple(_told(one, own) for one in hits))


def _told(one: Hold, own: bool) -> Kept:
    review = one.review_on.isoformat()
    if one.untold and own:
        return Kept(None, "", review, {})
    return Kept(one.number, one.reason, review, one.scope.as_json())

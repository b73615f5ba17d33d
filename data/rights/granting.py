"""Granting a part of what was asked: the narrower scope, kept sealed, which is then all that is carried out."""

from __future__ import annotations

import json

from sqlalchemy.orm import Session

from data import instants
from data.captures.scope import Scope
from data.errors import BadInput
from data.rights import keys
from data.rights.states import RequestKind
from data.rights.tables import RequestRow
from data.sealing.vault import Vault

# What is about captures, and carried out on exactly those that its scope names.
DIVISIBLE = frozenset({RequestKind.EXPORT, RequestKind.ERASURE})


def grant(session: Session, vault: Vault, row: RequestRow, asked: Scope, granted: Scope) -> None:
    """Keep `granted` in place of what was `asked`. Raises BadInput unless it is a part of it, and not all of it."""
    kind = RequestKind(row.kind)
    if kind not in DIVISIBLE:
        raise BadInput(f"Request {row.id} asks for {kind.plain}, which is granted or refused as a whole.")
    instants.check_span(granted.start, granted.end, "The part that you grant")
    if granted == asked:
        raise BadInput(f"That is all that request {row.id} asks for; approve it without naming a part.")
    if not granted.within(asked):
        raise BadInput(f"What you grant goes beyond what request {row.id} asks for; grant a part of that.")
    row.granted = keys.seal(session, vault, _label(row), json.dumps(granted.as_json(), sort_keys=True).encode())


def read(session: Session, vault: Vault, row: RequestRow) -> Scope | None:
    """The part that was granted; None when nothing was decided, or all of it was granted or refused."""
    if row.granted is None:
        return None
    return Scope.from_json(json.loads(keys.unseal(session, vault, _label(row), row.granted)))


def _label(row: RequestRow) -> str:
    return f"granted of request {row.id} of person {row.person_id}"

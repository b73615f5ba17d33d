"""Looking: how a look at a person's captures by somebody else enters the access log before it is released."""

from __future__ import annotations

from sqlalchemy.orm import Session

from data.accesses import log
from data.accesses.entry import Action, Reason
from data.captures.scope import Filter
from data.people.viewer import Viewer
from data.sealing.vault import Vault


def told(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    reason: Reason | None,
    view: str,
    filter: Filter,
    count: int,
    action: Action = Action.READ,
    screen: str = "",
) -> None:
    """Append that `viewer` looked at `count` captures of `person_id` as `view`; nothing when it is their own data.

    `screen` is the digest of the one picture that was looked at.
    It is the last thing before a result is returned, in the transaction that read it: when it fails (also because
    the transaction is read only), nothing is shown.
    """
    if viewer.is_person(person_id):
        return
    scope: dict[str, object] = {"view": view, **filter.scope.as_json()}
    if filter.text:
        scope["text"] = filter.text
    if screen:
        scope["screen"] = screen
    log.append(
        session, vault, action=action, people=[person_id], accessor=viewer, reason=reason, scope=scope, count=count
    )

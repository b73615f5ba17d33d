"""Looking: how a look at a person's captures by somebody else enters the access log before it is released, and
whether it may happen at all."""

from __future__ import annotations

from sqlalchemy.orm import Session

from data.accesses import log
from data.accesses.entry import Action, Reason
from data.captures.scope import Filter
from data.errors import Refused
from data.people.tables import PersonRow
from data.people.viewer import Viewer
from data.programme import rules
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
    the transaction is read only), nothing is shown. Raises Refused as `permit`.
    """
    if viewer.is_person(person_id):
        return
    scope = _scope(view, filter) | ({"screen": screen} if screen else {})
    permit(session, viewer, vault, person_id, reason, view, filter)
    log.append(
        session, vault, action=action, people=[person_id], accessor=viewer, reason=reason, scope=scope, count=count
    )


def permit(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    reason: Reason | None,
    view: str,
    filter: Filter,
) -> None:
    """Raise Refused where somebody else wants to see what may hold captures that the person had sealed: by an
    objection (GDPR Art. 21), a restriction (Art. 18), or by saying that they are not theirs (Art. 16). That they
    tried enters the log, and the person sees it."""
    if viewer.is_person(person_id):
        return
    asked = filter.scope
    kinds = frozenset(kind.value for kind in asked.kinds)
    found = [
        rule
        for rule in rules.sealing(session, vault, person_id)
        if rule.reach.touches(kinds, asked.apps, asked.start, asked.end)
    ]
    if not found:
        return
    scope = _scope(view, filter) | {"request": found[0].request_id}

    def trace(writing: Session) -> None:
        log.append(
            writing,
            vault,
            action=Action.LOOK_REFUSED,
            people=[person_id],
            accessor=viewer,
            reason=reason,
            scope=scope,
            count=0,
        )

    person = session.get(PersonRow, person_id)
    whole = any(rule.reach.everything for rule in found)
    raise Refused(
        f"{'What' if whole else 'Part of what'} is held about {person.name if person else 'this person'} is sealed by"
        f" their request {found[0].request_id}: nobody but they may open it. That you tried was logged, and they see"
        f" it{'.' if whole else '; leave that part out.'}",
        trace,
    )


def _scope(view: str, filter: Filter) -> dict[str, object]:
    scope: dict[str, object] = {"view": view, **filter.scope.as_json()}
    if filter.text:
        scope["text"] = filter.text
    return scope

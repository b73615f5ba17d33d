"""Objection and opt-out (GDPR Art. 21): what is captured is to be taken and used no more.

From the moment it is raised what it reaches is neither taken in nor opened by anybody else: the law lets processing
go on only once compelling grounds were shown (Art. 21(1), 18(1)(d)). A refusal is announced before that ends.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from data import instants
from data.errors import Conflict
from data.people.viewer import Viewer
from data.programme import rules
from data.programme.reach import Reach, check
from data.programme.rules import RuleKind
from data.rights import opening, written
from data.rights.exemption import Criterion
from data.rights.record import Request
from data.rights.states import RequestKind
from data.rights.tables import RequestRow
from data.sealing.vault import Vault

# After a refusal it stands this much longer, so that the person is told before it ends (Art. 18(3)) and can complain.
ANNOUNCED = 7 * instants.DAY


def ask(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    reach: Reach,
    text: str,
    criterion: Criterion | str | None = None,
) -> Request:
    """Object to what `reach` reaches (empty: everything), with grounds that relate to the person's own situation.
    With a `criterion` (data/rights/exemption.py) it is an exemption.

    Raises NotAllowed, NotFound, BadInput for a span that cannot be, an unknown criterion, or without words, Conflict
    while the same is asked.
    """
    said = written.words(text, "Say in your own words why you object; the officer reads it.")
    asked = {"reach": check(reach).as_json(), "text": said}
    if criterion is not None:
        asked["criterion"] = Criterion.of(criterion).value
    for rule in rules.sealing(session, vault, person_id):
        if rule.kind is RuleKind.OBJECTION and rule.reach == reach and rule.granted_at is not None:
            raise Conflict(f"Exactly this stands already: see request {rule.request_id}.")
    made = opening.open_new(
        session, viewer, vault, person_id, RequestKind.OBJECTION, asked, same=lambda held: held.reach == reach
    )
    rules.add(session, vault, person_id, made.id, RuleKind.OBJECTION, reach, granted=False)
    return made


def decide(session: Session, viewer: Viewer, vault: Vault, row: RequestRow, *, approve: bool, reason: str) -> None:
    """What a decision changes: granted, the rule stands; refused, it ends, but not before the person was told."""
    del viewer, vault, reason
    if approve:
        rules.grant(session, row.person_id, row.id)
    else:
        row.expires_at = instants.now() + ANNOUNCED
        rules.end(session, row.person_id, row.id, row.expires_at)


def withdraw(session: Session, row: RequestRow) -> None:
    """Taken back by its person before anybody decided: it reaches nothing any more."""
    rules.end(session, row.person_id, row.id)

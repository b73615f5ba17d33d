"""Standing rules: what a person objected to, had restricted, or said is not theirs, and what follows from each.

An objection (GDPR Art. 21) keeps captures out at the import, from the moment it is raised: the programme "shall no
longer process" them unless it shows compelling grounds. What is held of them may be opened by nobody else meanwhile
(Art. 18(1)(d)), nor afterwards when it was granted. A restriction (Art. 18) seals what is held, and refuses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pyarrow as pa
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.programme.reach import Bools, Reach
from data.programme.tables import RuleRow
from data.sealing.vault import Vault


class RuleKind(StrEnum):
    """What a rule is: an objection, a restriction, or that captures are somebody else's."""

    OBJECTION = "objection"
    RESTRICTION = "restriction"
    NOT_MINE = "not mine"


@dataclass(frozen=True)
class Rule:
    """One rule; instants in microseconds UTC. `granted_at` None: nobody has decided yet. `ends_at` may lie ahead."""

    person_id: int
    request_id: int
    kind: RuleKind
    reach: Reach
    since: int
    granted_at: int | None
    ends_at: int | None

    def stands(self, now: int) -> bool:
        """Whether it is in force at `now`."""
        return self.ends_at is None or now < self.ends_at


def add(
    session: Session, vault: Vault, person_id: int, request_id: int, kind: RuleKind, reach: Reach, *, granted: bool
) -> Rule:
    """A new rule, in force from now on."""
    now = instants.now()
    row = RuleRow(
        person_id=person_id,
        request_id=request_id,
        kind=kind.value,
        since=now,
        granted_at=now if granted else None,
        ends_at=None,
    )
    row.epoch, row.wrapped = vault.wrap(session, json.dumps(reach.as_json()).encode(), _binding(vault, row))
    session.add(row)
    session.flush()
    return _of(vault, row)


def grant(session: Session, person_id: int, request_id: int) -> None:
    """Somebody decided that the rule stands, also where its end was announced, or had come."""
    row = session.get_one(RuleRow, (person_id, request_id))
    row.granted_at, row.ends_at = instants.now(), None
    session.flush()


def end(session: Session, person_id: int, request_id: int, at: int | None = None) -> None:
    """Have the rule end at `at` (now if left out); until then it stands."""
    session.get_one(RuleRow, (person_id, request_id)).ends_at = instants.now() if at is None else at
    session.flush()


def of(session: Session, vault: Vault, person_id: int) -> tuple[Rule, ...]:
    """Every rule of a person, the ended ones too, by request."""
    rows = session.scalars(select(RuleRow).where(RuleRow.person_id == person_id).order_by(RuleRow.request_id))
    return tuple(_of(vault, row) for row in rows)


def sealing(session: Session, vault: Vault, person_id: int, now: int | None = None) -> tuple[Rule, ...]:
    """The rules in force for which nobody but the person may open what they reach."""
    at = instants.now() if now is None else now
    return tuple(rule for rule in of(session, vault, person_id) if rule.stands(at))


def people(session: Session) -> frozenset[int]:
    """Everybody who has a rule that stands."""
    standing = RuleRow.ends_at.is_(None) | (RuleRow.ends_at > instants.now())
    return frozenset(session.scalars(select(RuleRow.person_id).where(standing)))


def refused(session: Session, vault: Vault, person_id: int, now: int | None = None) -> tuple[Reach, ...]:
    """What an import may not take in. Of a granted objection that has ended, what was captured while it stood."""
    at = instants.now() if now is None else now
    found: list[Reach] = []
    for rule in of(session, vault, person_id):
        if rule.kind is not RuleKind.OBJECTION:
            continue
        if rule.stands(at):
            found.append(rule.reach)
        elif rule.granted_at is not None and rule.ends_at is not None:
            found.append(rule.reach.between(rule.since, rule.ends_at))
    return tuple(found)


def kept_to(session: Session, vault: Vault, person_id: int, now: int | None = None) -> tuple[Rule, ...]:
    """A person's objections, each with the reach of what a device that heeds it does not capture any more: from when it
    was raised to when it ended. Of one that was refused nothing is told afterwards."""
    at = instants.now() if now is None else now
    return tuple(
        replace(one, reach=one.reach.between(one.since, instants.LAST_BOUND if one.ends_at is None else one.ends_at))
        for one in of(session, vault, person_id)
        if one.kind is RuleKind.OBJECTION and (one.stands(at) or one.granted_at is not None)
    )


def reached(reaches: Iterable[Reach], table: pa.Table) -> Bools:
    """One boolean per row: whether one of them reaches it."""
    found = np.zeros(table.num_rows, bool)
    for reach in reaches:
        found |= reach.mask(table)
    return found


def rewrap(session: Session, vault: Vault) -> None:
    """Wrap every rule under the newest epoch."""
    for row in session.scalars(select(RuleRow)):
        row.epoch, row.wrapped = vault.wrap(session, _opened(vault, row), _binding(vault, row))
    session.flush()


def _of(vault: Vault, row: RuleRow) -> Rule:
    reach = Reach.from_json(json.loads(_opened(vault, row)))
    return Rule(row.person_id, row.request_id, RuleKind(row.kind), reach, row.since, row.granted_at, row.ends_at)


def _opened(vault: Vault, row: RuleRow) -> bytes:
    return vault.keyring.unwrap(row.epoch, row.wrapped, _binding(vault, row))


def _binding(vault: Vault, row: RuleRow) -> bytes:
    return vault.binding("standing rule", person=row.person_id, request=row.request_id)

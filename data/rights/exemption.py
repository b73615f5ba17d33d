"""Exemptions: the criteria, published where one is asked for, on which an opt-out rests when it is more than a wish.

An exemption is an objection (data/rights/objection.py) that names one of them: it is in force from the moment it is
asked for, under the same clock, grounds of refusal and appeal. Which one it is stays sealed with the request, and is
in no entry of the log: that somebody disclosed something, or is a patient, is nobody's to read.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.errors import BadInput
from data.people import crowd
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.rights import keys, record
from data.rights.states import RequestKind, State
from data.rights.tables import RequestRow
from data.sealing.vault import Vault


class Criterion(StrEnum):
    """Why captures are to stay out whatever weighs against it. The values are the codes that are stored."""

    WORKS_COUNCIL = "works_council_duty"
    MEDICAL = "medical_confidentiality"
    PRIVILEGE = "legal_privilege"
    DISCLOSURE = "protected_disclosure"
    SHARED = "shared_device"

    @property
    def plain(self) -> str:
        """What it is called."""
        return _PUBLISHED[self][0]

    @property
    def counts(self) -> str:
        """What has to be true for it, as everybody reads it."""
        return _PUBLISHED[self][1]

    @staticmethod
    def of(code: str) -> Criterion:
        """The criterion of a typed code. Raises BadInput naming the known ones."""
        try:
            return Criterion(code.strip().lower().replace("-", "_"))
        except ValueError:
            raise BadInput(f"There is no exemption {code[:40]!r}; use one of {', '.join(Criterion)}.") from None


_PUBLISHED: Mapping[Criterion, tuple[str, str]] = {
    Criterion.WORKS_COUNCIL: (
        "A duty for the works council or a union",
        "What you choose is work of an elected representative, or of somebody who asks them for advice.",
    ),
    Criterion.MEDICAL: (
        "Medical confidentiality",
        "What you choose shows your health, or somebody else's whom you care for or advise.",
    ),
    Criterion.PRIVILEGE: (
        "Legal privilege",
        "What you choose is talk with a lawyer, or work for one, that the law keeps confidential.",
    ),
    Criterion.DISCLOSURE: (
        "A protected disclosure",
        "What you choose would show that somebody reports a wrong, or who does (Directive (EU) 2019/1937).",
    ),
    Criterion.SHARED: (
        "A device that others use too",
        "Others than you use the device that you choose, so that it captures people who never were told.",
    ),
}


@dataclass(frozen=True)
class Figure:
    """How often an exemption was asked for on one criterion in the whole company; how many of these stand by a
    decision, how many were refused. None: fewer than crowd.FEWEST, or none; nobody learns when there is a first."""

    criterion: Criterion
    asked: int | None
    granted: int | None
    refused: int | None


def of(asked: Mapping[str, Any]) -> Criterion | None:
    """The criterion that a request names in what it asks for; None for an objection that names none."""
    code = asked.get("criterion")
    return None if code is None else Criterion(code)


def figures(session: Session, viewer: Viewer, vault: Vault) -> tuple[Figure, ...]:
    """Of every criterion; whole company, names nobody. Permission SEE_CONDUCT."""
    require(viewer, Permission.SEE_CONDUCT)
    found: Counter[tuple[Criterion, str]] = Counter()
    for row in session.scalars(select(RequestRow).where(RequestRow.kind == RequestKind.OBJECTION.value)):
        if criterion := of(
            json.loads(keys.unseal(session, vault, record.scope_label(row.person_id, row.id), row.scope))
        ):
            found[criterion, "asked"] += 1
            found[criterion, row.state] += 1
    return tuple(
        Figure(one, *(crowd.enough(found[one, what]) for what in ("asked", State.DONE.value, State.REFUSED.value)))
        for one in Criterion
    )

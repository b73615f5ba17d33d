"""Labels: the names of a person's apps, sealed under the person's key; rollups know them by number only."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data.captures.rollup_tables import LabelsRow
from data.database import insert
from data.sealing import keys
from data.sealing.vault import Vault

_LABEL = "labels"


def ids(session: Session, vault: Vault, person_id: int, names: Iterable[str]) -> dict[str, int]:
    """The number of each of `names`, from 1; names not seen before get the next ones.

    Raises Unreadable when the person's key was destroyed.
    """
    known = _open(session, vault, person_id)
    numbers = {name: number for number, name in enumerate(known, start=1)}
    new = [name for name in dict.fromkeys(names) if name not in numbers]
    if new:
        _seal(session, vault, person_id, [*known, *new])
        numbers |= {name: number for number, name in enumerate(new, start=len(known) + 1)}
    return numbers


def names(session: Session, vault: Vault, person_id: int) -> dict[int, str]:
    """The name behind each number of this person."""
    return dict(enumerate(_open(session, vault, person_id), start=1))


def clear(session: Session, person_id: int) -> None:
    """Forget every label of the person. The numbers in rollups mean nothing afterwards: clear those too."""
    session.execute(delete(LabelsRow).where(LabelsRow.person_id == person_id))


def _open(session: Session, vault: Vault, person_id: int) -> list[str]:
    sealed = session.scalar(select(LabelsRow.sealed).where(LabelsRow.person_id == person_id))
    return json.loads(keys.open_for(session, vault, person_id, _LABEL, sealed)) if sealed else []


def _seal(session: Session, vault: Vault, person_id: int, known: list[str]) -> None:
    sealed = keys.seal_for(session, vault, person_id, _LABEL, json.dumps(known, ensure_ascii=False).encode())
    adding = insert(session, LabelsRow).values(person_id=person_id, sealed=sealed)
    session.execute(adding.on_conflict_do_update(index_elements=["person_id"], set_={"sealed": sealed}))

"""What the log says about observed accesses: what explains each, or what nearly does. No table says it, only entries.

A run of the reconciliation is one entry, about nobody, that pairs accesses by their positions; an officer's word is
one about everybody concerned, that names the accesses. Who can write the database, but not seal an entry, adds none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from data.accesses import log, opening, runs
from data.accesses.details import Details
from data.accesses.entry import Action
from data.accesses.keys import LogKeys
from data.accesses.tables import DetailsRow, EntryRow
from data.looks.budget import Why
from data.looks.pairing import Outcome
from data.people.viewer import Viewer
from data.sealing.vault import Vault

_MOST = 2_000  # outcomes of an entry
_CHUNK = 500
_REMEMBERED = 64  # entries that were read, about 500 kB each at most
_MATCHED = frozenset({"matched", "nearly", "through"})
_SAID = frozenset({"verdict", "accesses", "why"})


class Verdict(StrEnum):
    """How an observed access was explained, or that it could not be."""

    DECLARED = "declared"
    EXPLAINED = "explained"
    UNJUSTIFIED = "unjustified"
    INCIDENT = "incident"


class Said(NamedTuple):
    """What an entry says of one access: its verdict, with the `declared` access or an officer's words; or, without a
    verdict, why the `declared` access does not explain it."""

    verdict: Verdict | None
    declared: int | None = None
    why: Why | None = None
    words: str = ""


class Word(NamedTuple):
    """One entry: when it was written, what it says by the position of each access, and up to which entry of the log
    (that one left out) a run of the reconciliation had gone."""

    at: int
    said: Mapping[int, tuple[Said, ...]]
    through: int


def match(session: Session, vault: Vault, outcomes: Sequence[Outcome], through: int) -> list[int]:
    """Put what a run found into the log; the positions of the entries."""
    written: list[int] = []
    for first in range(0, max(1, len(outcomes)), _MOST):
        some = outcomes[first : first + _MOST]
        scope = {
            "matched": [[one.observed, one.declared] for one in some if one.why is None],
            "nearly": [[one.observed, one.declared, one.why.value] for one in some if one.why is not None],
            "through": through,
        }
        position = log.append(
            session, vault, action=Action.MATCHED, people=(), accessor=None, reason=None, scope=scope, count=len(some)
        )
        written.append(position)
    return written


def say(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    positions: Sequence[int],
    people: Sequence[int],
    verdict: Verdict,
    words: str,
) -> int:
    """Put an officer's word about observed accesses, in ascending order, into the log; the entry's position."""
    return log.append(
        session,
        vault,
        action=Action.EXPLAINED,
        people=people,
        accessor=viewer,
        reason=None,
        scope={"verdict": verdict.value, "accesses": runs.of(positions), "why": words},
        count=len(positions),
    )


def of(session: Session, keys: LogKeys | None, positions: Iterable[int]) -> dict[int, Word]:
    """What the entries at these positions say; one that says nothing of the kind, or was altered, is left out."""
    found: dict[int, Word] = {}
    for chunk in _chunks(sorted(set(positions))):
        found |= _read(session, keys, _entries().where(EntryRow.position.in_(chunk)))
    return found


def since(session: Session, keys: LogKeys | None, position: int) -> dict[int, Word]:
    """What all entries from `position` on say, in the order of the log."""
    wanted = EntryRow.action.in_([Action.MATCHED.value, Action.EXPLAINED.value])
    return _read(session, keys, _entries().where(wanted, EntryRow.position >= position).order_by(EntryRow.position))


@lru_cache(_REMEMBERED)
def word_of(text: bytes) -> Word | None:
    """What an entry says, from the text of its details, which it committed to; None when it is no such entry: what an
    import puts into a scope never has exactly these names."""
    told: dict[str, Any] = orjson.loads(text)
    scope, at = told["scope"], told["recorded_at"]
    if scope.keys() == _SAID:
        verdict, words = Verdict(scope["verdict"]), scope["why"]
        said = {position: (Said(verdict, words=words),) for position in runs.every(scope["accesses"])}
        return Word(at, said, 0)
    if scope.keys() != _MATCHED:
        return None
    found: dict[int, tuple[Said, ...]] = {}
    for observed, declared, why in scope["nearly"]:
        found[observed] = (*found.get(observed, ()), Said(None, declared, Why(why)))
    for observed, declared in scope["matched"]:
        found[observed] = (*found.get(observed, ()), Said(Verdict.DECLARED, declared))
    return Word(at, found, scope["through"])


def _entries() -> Select[int, str, bytes]:
    return select(EntryRow.position, EntryRow.commitment, DetailsRow.details).join(
        DetailsRow, DetailsRow.position == EntryRow.position
    )


def _read(session: Session, keys: LogKeys | None, wanted: Select[int, str, bytes]) -> dict[int, Word]:
    found: dict[int, Word] = {}
    for position, commitment, sealed in session.connection().execute(wanted):
        details = opening.at(keys, position, commitment, sealed)
        said = word_of(details.text) if isinstance(details, Details) else None
        if said is not None:
            found[position] = said
    return found


def _chunks(positions: Sequence[int]) -> Iterable[Sequence[int]]:
    return (positions[first : first + _CHUNK] for first in range(0, len(positions), _CHUNK))

"""What explains an access that an audit outside observed: one that was declared, or an officer's word.

The log says it (verdicts.py). The table beside it is only the way to the entry that does: each row is held against that
entry when it is used, and one that the entry does not bear out counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, and_, cast, func, not_, or_, select
from sqlalchemy.orm import Session

from data.accesses import opening
from data.accesses.about import Committed, People
from data.accesses.details import Details
from data.accesses.entry import Purpose
from data.accesses.keys import LogKeys
from data.accesses.tables import DetailsRow, EntryRow, ExplanationRow, is_access
from data.database import insert
from data.looks import matching, verdicts
from data.looks.budget import Why
from data.looks.matching import Compared, Side
from data.looks.verdicts import Said, Verdict, Word

_CHUNK = 500
FEW = 16  # people of an access who are held beside it; of more only when they are asked for
_MOST = 10_000  # values in one statement


@dataclass(frozen=True)
class Explanation:
    """`declared` is the position of the access that was declared, with its purpose and ticket, where it can be read; it
    `came_late` when it was put into the log only when the read was over. Otherwise `reason` is what the officer says.
    `at`: when the log took that in, in the entry `said`. Without `compared`, what was declared or seen can no longer be
    read; `destroyed`: as its details were destroyed as promised."""

    verdict: Verdict
    at: int
    said: int
    declared: int | None = None
    purpose: Purpose = Purpose.NONE
    ticket: str = ""
    came_late: bool = False
    reason: str = ""
    compared: Compared | None = None
    destroyed: bool = False


@dataclass(frozen=True)
class Nearly:
    """A declaration of the same accessor, people, data and time as a read, and why it does not explain it. `at`: when
    it came into the log."""

    why: Why
    declared: int
    at: int
    purpose: Purpose
    ticket: str
    compared: Compared


class Told(NamedTuple):
    """What the log says of one observed access; `explanation` None: nothing explains it."""

    explanation: Explanation | None
    nearly: tuple[Nearly, ...]


NOTHING = Told(None, ())


def keep(session: Session, said: int, word: Word) -> None:
    """Remember of which accesses the entry `said` says what."""
    made = insert(session, ExplanationRow)
    # Over what somebody may have put there beforehand.
    again = made.on_conflict_do_update(index_elements=["position", "said"], set_={"settles": made.excluded.settles})
    rows = [{"position": one, "said": said, "settles": settles} for one, settles in settles_of(word).items()]
    if rows:
        session.execute(again, rows)


def settles_of(word: Word) -> dict[int, bool]:
    """Which accesses an entry says something of, and whether it settles them: the rows that there have to be of it."""
    return {position: any(one.verdict for one in some) for position, some in word.said.items()}


class Place(NamedTuple):
    """Something that an entry of the log says of an access: where, when that was written, and what."""

    entry: int
    at: int
    said: Said


def said_of(session: Session, keys: LogKeys | None, positions: Iterable[int]) -> dict[int, list[Place]]:
    """What the log says of those accesses of which it says anything, in the order of the log."""
    rows = list[tuple[int, int]]()
    for chunk in _chunks(list(positions)):
        found = select(ExplanationRow.position, ExplanationRow.said).where(ExplanationRow.position.in_(chunk))
        rows += session.connection().execute(found.order_by(ExplanationRow.said))
    words = verdicts.of(session, keys, {said for _, said in rows})
    said: dict[int, list[Place]] = {}
    for position, where in rows:
        if where in words:
            found = words[where].said.get(position, ())
            said.setdefault(position, []).extend(Place(where, words[where].at, one) for one in found)
    return said


def of(session: Session, keys: LogKeys | None, positions: Iterable[int]) -> dict[int, Told]:
    """The same with what was declared. An officer's word goes before a declaration."""
    said = said_of(session, keys, positions)
    named = {one.said.declared for some in said.values() for one in some if one.said.declared is not None}
    known = sides_at(session, keys, named | said.keys()) if keys is not None and named else {}
    gone = opening.destroyed(session, keys, (named | said.keys()) - known.keys()) if named else frozenset[int]()
    return {position: _told(position, some, known, gone) for position, some in said.items()}


def settled(session: Session, keys: LogKeys | None, *, declared: bool = False) -> ColumnElement[bool]:
    """The rule that chooses the entries which the log calls explained, or says that nothing explains; only those that a
    `declared` access explains.

    The rows by which that is asked are held against the log first, all of them: what is not borne out is left out, and
    where too much of it is not, nothing counts as settled.
    """
    listed = (
        select(
            ExplanationRow.said, func.aggregate_strings(cast(ExplanationRow.position, String), ",").label("positions")
        )
        .where(ExplanationRow.settles)
        .group_by(ExplanationRow.said)
        .subquery()
    )
    rows: Any = session.connection().execute(
        select(EntryRow.position, EntryRow.commitment, DetailsRow.details, listed.c.said, listed.c.positions)
        .select_from(listed)
        .outerjoin(EntryRow, EntryRow.position == listed.c.said)
        .outerjoin(DetailsRow, DetailsRow.position == listed.c.said)
    )
    broken, borne_out = list[int](), set[int]()
    for position, commitment, sealed, said, positions in rows:
        details = None if position is None else opening.at(keys, position, commitment, sealed)
        good, is_whole = _borne_out(details.text if isinstance(details, Details) else b"", positions, declared)
        if not is_whole:
            broken.append(said)
            borne_out |= good
    if len(broken) > _MOST or len(borne_out) > _MOST:
        return EntryRow.position < 0
    there = select(ExplanationRow.position).where(
        ExplanationRow.position == EntryRow.position, ExplanationRow.settles, ExplanationRow.said.not_in(broken)
    )
    return or_(there.exists(), EntryRow.position.in_(borne_out))


def is_open(session: Session, keys: LogKeys | None) -> ColumnElement[bool]:
    """The rule that chooses what an audit observed and nothing explains, whatever kind of entry it is said to be."""
    return and_(EntryRow.observed, not_(settled(session, keys)))


@lru_cache(64)
def _borne_out(text: bytes, listed: str, declared: bool) -> tuple[frozenset[int], bool]:
    """Which of the positions that rows list for an entry (its details) it does settle, and whether it does all. By all
    the bytes that this follows from."""
    positions = frozenset(map(int, listed.split(",")))
    word = verdicts.word_of(text) if text else None
    if word is None:
        return frozenset(), False
    wanted = {Verdict.DECLARED} if declared else set(Verdict)
    good = frozenset(one for one in positions if any(said.verdict in wanted for said in word.said.get(one, ())))
    return good, len(good) == len(positions)


def sides(session: Session, keys: LogKeys, people: People | None, *rules: ColumnElement[bool]) -> Iterator[Side]:
    """The accesses that `rules` choose, opened, as they are compared, in the order of the log. One that was altered is
    left out: it explains nothing, and nothing explains it. `people`: with whom they are about, where they are few."""
    rows = list(
        session.connection().execute(
            select(
                EntryRow.position,
                EntryRow.at,
                EntryRow.source,
                EntryRow.count,
                EntryRow.commitment,
                EntryRow.people,
                DetailsRow.details,
                EntryRow.observed,
            )
            .join(DetailsRow, DetailsRow.position == EntryRow.position)
            .where(is_access(), *rules)
            .order_by(EntryRow.position)
        )
    )
    opened = [(row, opening.at(keys, row[0], row[4], row[6])) for row in rows]
    # Whether it was observed is committed to in the details: an observed one must never pass for a declaration.
    held = [(row, one) for row, one in opened if isinstance(one, Details) and one.read["observed"] == row[7]]
    few = [row for row, details in held if details.read["people_count"] <= FEW]
    about = {} if people is None else people.of(Committed(row[0], row[4], row[5]) for row in few)
    for (position, at, source, count, *_), details in held:
        told = details.read
        if people is not None and told["people_count"] <= FEW and position not in about:
            continue
        yield matching.side(position, at, source, count, told, details.accessor, about.get(position))


def sides_at(
    session: Session, keys: LogKeys, positions: Iterable[int], people: People | None = None
) -> dict[int, Side]:
    """Those at these positions, as `sides` gives them."""
    found: dict[int, Side] = {}
    for chunk in _chunks(sorted(positions)):
        found |= {one.position: one for one in sides(session, keys, people, EntryRow.position.in_(chunk))}
    return found


def _told(position: int, said: Sequence[Place], known: Mapping[int, Side], gone: Set[int]) -> Told:
    explanation: Explanation | None = None
    nearly: list[Nearly] = []
    observed = known.get(position)
    for where, at, one in said:
        declared = None if one.declared is None else known.get(one.declared)
        if one.verdict is not None and one.declared is None:
            explanation = Explanation(one.verdict, at, where, reason=one.words)
        elif one.verdict is not None and explanation is None:
            explanation = _declared(one.verdict, at, where, one.declared, declared, observed)
            explanation = replace(explanation, destroyed=bool(gone & {position, one.declared}))
        elif one.why is not None and declared is not None and observed is not None:
            compared = matching.compared(declared, observed)
            came = declared.recorded_at
            nearly.append(Nearly(one.why, declared.position, came, declared.purpose, declared.ticket, compared))
    return Told(explanation, tuple(nearly))


def _declared(
    verdict: Verdict, at: int, said: int, position: int | None, declared: Side | None, observed: Side | None
) -> Explanation:
    if declared is None or observed is None:
        return Explanation(verdict, at, said, position)
    return Explanation(
        verdict,
        at,
        said,
        position,
        declared.purpose,
        declared.ticket,
        matching.came_late(declared, observed),
        compared=matching.compared(declared, observed),
    )


def _chunks(positions: Sequence[int]) -> Iterator[Sequence[int]]:
    return (positions[first : first + _CHUNK] for first in range(0, len(positions), _CHUNK))

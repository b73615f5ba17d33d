"""Reconciliation: what an audit outside observed, held against what was declared. The rest is unexplained.

What it finds follows from the log alone, entry after entry (pairing.py), and is itself put into the log: so it is the
same however often it runs, over how much at a time, and in how many processes at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from data.accesses import keys, log, tree
from data.accesses.about import Committed, People
from data.accesses.entry import DAYLIGHT, Action
from data.accesses.keys import LogKeys
from data.accesses.tables import EntryRow, is_access
from data.database import Database, lock
from data.looks import explanations, verdicts
from data.looks.budget import Why
from data.looks.matching import LONGEST, WITHIN, Side
from data.looks.pairing import Outcome, Pairing
from data.looks.verdicts import Word
from data.sealing.vault import Vault

_TRIES = 3  # without keeping whoever logs waiting; then with
_SPANS = 50  # of time in which declarations are looked for; more are taken together
_FAR = 10_000  # entries without a finding after which a run says how far it came, so that the next begins there


class Found(NamedTuple):
    """What a run found in the entries before `through`, and whether the log is to say so; `newest` is the last entry
    with a finding that it knew of."""

    outcomes: list[Outcome]
    is_news: bool
    through: int
    newest: int


class Reconciler:
    """Goes on from where it was, so that it can be asked again and again; a new one goes on from the last finding."""

    def __init__(self) -> None:
        self._reached = 0

    def run(self, database: Database, vault: Vault) -> int:
        """Look for what explains what is new, and what newly explains; returns how many were explained."""
        with database.reading() as session:
            end = tree.end(session)
        if end <= self._reached:
            return 0
        for _ in range(_TRIES):
            # Opening the entries takes its time, in which nobody who wants to log should wait.
            with database.reading() as session:
                found = _find(session, vault, self._reached)
            if not found.is_news:
                self._reached = found.through
                return 0
            with database.writing() as session:
                lock(session, log.LOCK)
                if _newest(session) == found.newest:
                    self._reached = found.through
                    return _keep(session, vault, found)
        with database.writing() as session:
            return run(session, vault)


def run(session: Session, vault: Vault) -> int:
    """Explain what can be explained in the caller's transaction, before which nothing else is logged; returns how many
    were. Repeatable."""
    lock(session, log.LOCK)
    return _keep(session, vault, _find(session, vault, 0))


def _keep(session: Session, vault: Vault, found: Found) -> int:
    """Put what was found into the log."""
    if not found.is_news:
        return 0
    log_keys = keys.find(session, vault)
    written = verdicts.match(session, vault, found.outcomes, found.through)
    for said, word in verdicts.of(session, log_keys, written).items():
        explanations.keep(session, said, word)
    return sum(one.why is None for one in found.outcomes)


def _newest(session: Session) -> int:
    """The last entry that says what explains what, -1 while there is none."""
    said = EntryRow.action.in_([Action.MATCHED.value, Action.EXPLAINED.value])
    found = session.scalar(select(func.max(EntryRow.position)).where(said))
    return -1 if found is None else found


def _find(session: Session, vault: Vault, reached: int) -> Found:
    """What the entries from `reached` on bring, or from where the last finding ended if that is later."""
    through, newest, log_keys = tree.end(session), _newest(session), keys.find(session, vault)
    last = verdicts.of(session, log_keys, _last(session)).values()
    said = max((word.through for word in last), default=0)
    reached = max(reached, said)
    if log_keys is None or reached >= through:
        return Found([], False, through, newest)
    log_keys = log_keys.apart()
    waiting, words = _waiting(session, log_keys, reached, through)
    outcomes = _outcomes(session, log_keys, waiting, words, reached, through) if waiting else []
    return Found(outcomes, bool(outcomes or (waiting and through - said >= _FAR)), through, newest)


def _last(session: Session) -> list[int]:
    """The last entry of a run; the one before too, in case that somebody altered it."""
    query = select(EntryRow.position).where(EntryRow.action == Action.MATCHED.value)
    return list(session.scalars(query.order_by(EntryRow.position.desc()).limit(2)))


def _waiting(session: Session, log_keys: LogKeys, reached: int, through: int) -> tuple[dict[int, int], dict[int, Word]]:
    """What is observed, unexplained and either new or near a new declaration: when, by position. And what the log says
    of it."""
    columns = select(EntryRow.position, EntryRow.at).where(EntryRow.observed, EntryRow.position < through)
    seen = dict(session.execute(columns.where(EntryRow.position >= reached)).all())
    new = (is_access(), EntryRow.position >= reached, EntryRow.position < through, EntryRow.observed.is_(False))
    found: Any = session.execute(select(func.min(EntryRow.at), func.max(EntryRow.at)).where(*new)).one()
    first, last = found
    if first is not None:
        near = EntryRow.at.between(first - WITHIN, last + WITHIN + LONGEST)
        seen |= dict(session.execute(columns.where(EntryRow.position < reached, is_access(), near)).all())
    words = verdicts.since(session, log_keys, min(seen)) if seen else {}
    settled = _settled(words)
    return {one: at for one, at in seen.items() if one not in settled}, words


def _settled(words: dict[int, Word]) -> set[int]:
    """What waits for no declaration any more: explained, answered by an officer, or declared too late."""
    said = ((position, one) for word in words.values() for position, some in word.said.items() for one in some)
    return {position for position, one in said if one.verdict is not None or one.why is Why.LATE}


def _outcomes(
    session: Session, log_keys: LogKeys, waiting: dict[int, int], words: dict[int, Word], reached: int, through: int
) -> list[Outcome]:
    people = People(session, log_keys)
    near = [EntryRow.position < through, EntryRow.observed.is_(False), _near(waiting.values())]
    if max(waiting) < reached:
        near.append(EntryRow.position >= reached)
    declared = list(explanations.sides(session, log_keys, people, *near))
    pool = {one.position for one in declared if one.position < reached}
    if pool:
        words = {**words, **verdicts.since(session, log_keys, min(pool))}
    known = [one for one in _known(words) if one.declared in pool or one.observed in waiting]
    taking = {one.observed for one in known if one.why is None}
    seen = list(explanations.sides_at(session, log_keys, waiting.keys() | taking, people).values())
    state = Pairing(Covering(session, people).covers)
    old = (one for one in seen if one.position < reached)
    state.restore((one for one in declared if one.position < reached), old, known)
    for one in sorted((one for one in [*declared, *seen] if one.position >= reached), key=lambda one: one.position):
        (state.observe if one.position in waiting else state.declare)(one)
    return state.outcomes


def _known(words: dict[int, Word]) -> Iterator[Outcome]:
    for _, word in sorted(words.items()):
        for observed, some in word.said.items():
            yield from (Outcome(observed, one.declared, one.why) for one in some if one.declared is not None)


def _near(times: Iterable[int]) -> ColumnElement[bool]:
    """The rule that chooses declarations which may hold one of these instants in their time."""
    spans = _spans(sorted(times))
    moments = [EntryRow.at.between(first - WITHIN, last + WITHIN) for first, last in spans]
    # A span is declared only outside this app, whose own looks are moments.
    longer = [EntryRow.at.between(first - WITHIN - LONGEST, last + WITHIN) for first, last in spans]
    whole = EntryRow.at.between(spans[0][0] - WITHIN - LONGEST, spans[-1][1] + WITHIN)
    return and_(whole, or_(*moments, and_(EntryRow.source != DAYLIGHT, or_(*longer))))


def _spans(times: list[int]) -> list[tuple[int, int]]:
    """Few spans that hold all of the instants, in ascending order, and little beside."""
    gap = 2 * WITHIN
    while True:
        found: list[tuple[int, int]] = []
        for at in times:
            if found and at - found[-1][1] <= gap:
                found[-1] = (found[-1][0], at)
            else:
                found.append((at, at))
        if len(found) <= _SPANS:
            return found
        gap *= 4


class Covering:
    """Whether a declared access was about everybody whom an observed one was about. Who they are when they are many is
    read only when that decides."""

    def __init__(self, session: Session, people: People) -> None:
        self._session, self._people = session, people
        self._many: dict[int, frozenset[int] | None] = {}

    def covers(self, declared: Side, observed: Side) -> bool:
        """As pairing.Covers."""
        if observed.people_count > declared.people_count:
            return False
        theirs, ours = self._of(declared), self._of(observed)
        return theirs is not None and ours is not None and ours <= theirs

    def _of(self, one: Side) -> frozenset[int] | None:
        if one.people is not None:
            return one.people
        if one.position not in self._many:
            if len(self._many) > _SPANS:
                self._many.clear()
            row: Any = self._session.connection().execute(
                select(EntryRow.commitment, EntryRow.people).where(EntryRow.position == one.position)
            )
            entry = Committed(one.position, *row.one())
            self._many[one.position] = self._people.of([entry]).get(one.position)
        return self._many[one.position]

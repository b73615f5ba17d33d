"""Whether what the log says explains reads that an audit observed does so, and whether all of it is found again."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import opening
from data.accesses.about import People
from data.accesses.details import Details
from data.accesses.entry import Action
from data.accesses.keys import LogKeys
from data.accesses.opening import Lost
from data.accesses.tables import DetailsRow, EntryRow, ExplanationRow
from data.looks import explanations, matching, verdicts
from data.looks.budget import Budget
from data.looks.reconciliation import Covering
from data.looks.verdicts import Verdict, Word
from data.proofs.findings import Finding, What


def damaged(session: Session, log_keys: LogKeys) -> Iterator[Finding]:
    """Rows of the index that no entry bears out, rows that are gone, and pairs that do not fit, or of which a
    declaration would explain more than it declares. What no longer opens is found elsewhere."""
    said = EntryRow.action.in_([Action.MATCHED.value, Action.EXPLAINED.value])
    entries = (
        select(EntryRow.position, EntryRow.commitment, DetailsRow.details)
        .outerjoin(DetailsRow, DetailsRow.position == EntryRow.position)
        .where(said)
        .order_by(EntryRow.position)
    )
    known, pairs = set[int](), _Pairs(session, log_keys)
    for row in session.execute(entries):
        details = opening.details(log_keys, row, row.details)
        word = verdicts.word_of(details.text) if isinstance(details, Details) else None
        if word is not None:
            yield from _rows(session, row.position, word)
            yield from pairs.wrong(row.position, word)
        if word is not None or isinstance(details, Lost):
            known.add(row.position)
    for where in session.scalars(select(ExplanationRow.said).distinct().order_by(ExplanationRow.said)).all():
        if where not in known:
            rows = select(ExplanationRow.position).where(ExplanationRow.said == where)
            yield from (Finding(What.EXPLANATION_UNFOUNDED, one, where) for one in session.scalars(rows))


def _rows(session: Session, said: int, word: Word) -> Iterator[Finding]:
    found = select(ExplanationRow.position, ExplanationRow.settles).where(ExplanationRow.said == said)
    kept, wanted = dict(session.execute(found).all()), explanations.settles_of(word)
    for position in sorted(kept.keys() | wanted.keys()):
        if kept.get(position, False) and not wanted.get(position, False):
            yield Finding(What.EXPLANATION_UNFOUNDED, position, said)
        elif kept.get(position) != wanted.get(position):
            what = What.EXPLANATION_MISSING if position in wanted else What.EXPLANATION_UNFOUNDED
            yield Finding(what, position, said)


class _Pairs:
    """Goes through the pairs in the order of the log, with what each declaration has left."""

    def __init__(self, session: Session, log_keys: LogKeys) -> None:
        self._session, self._keys = session, log_keys
        self._people = People(session, log_keys)
        self._covers = Covering(session, self._people).covers
        self._budgets: dict[int, Budget] = {}
        self._explained = set[int]()

    def wrong(self, said: int, word: Word) -> Iterator[Finding]:
        """The pairs of an entry that do not hold."""
        pairs = [
            (observed, one.declared)
            for observed, some in word.said.items()
            for one in some
            if one.verdict is Verdict.DECLARED and one.declared is not None
        ]
        sides = explanations.sides_at(self._session, self._keys, {at for pair in pairs for at in pair}, self._people)
        for observed, position in pairs:
            seen, declared = sides.get(observed), sides.get(position)
            if seen is None or declared is None:
                continue
            budget = self._budgets.setdefault(position, Budget(declared))
            fits = matching.fits(declared, seen) and not matching.is_late(declared, seen)
            if observed in self._explained or not fits or not self._covers(declared, seen) or budget.refusal(seen):
                yield Finding(What.EXPLANATION_WRONG, observed, said)
                continue
            budget.take(seen)
            self._explained.add(observed)

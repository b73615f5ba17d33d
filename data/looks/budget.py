"""How much a declared access explains: what it declares, and no more. Pure.

An amount that both sides tell in one unit is taken from what was declared. A read of which the audit does not tell how
much may have been all of it: it takes what is left of a declaration of one moment, so that a second one is not
explained. A declared span, or a declared number of statements, says itself how often.
"""

from __future__ import annotations

from enum import StrEnum

from data.looks.matching import Side, Unit, units


class Why(StrEnum):
    """Why a declaration of the same accessor, people, data and time does not explain a read."""

    LATE = "late"
    MORE = "more"
    USED = "used"
    COUNTS = "counts"


class Budget:
    """What is left of one declared access."""

    def __init__(self, declared: Side) -> None:
        self.declared = declared
        self._left = dict(declared.amounts)
        self._spent = False

    @property
    def is_spent(self) -> bool:
        """Whether no read of anybody's own login is explained by it (any more)."""
        return self._spent or self.declared.is_counts or 0 in self._left.values()

    def refusal(self, observed: Side) -> Why | None:
        """Why it does not explain this read; None when it does."""
        if self.declared.is_counts and not observed.is_app:
            return Why.COUNTS
        for unit in units(self.declared, observed):
            if observed.amounts[unit] > self._left[unit]:
                return Why.MORE if observed.amounts[unit] > self.declared.amounts[unit] else Why.USED
        if self._left.get(Unit.STATEMENTS) == 0:
            return Why.USED
        # One look of this app reads several times, and nobody can say how often.
        return Why.USED if self.is_spent and not observed.is_app else None

    def take(self, observed: Side) -> None:
        """Take a read that it explains."""
        shared = units(self.declared, observed)
        for unit in shared:
            self._left[unit] -= observed.amounts[unit]
        if Unit.STATEMENTS in self._left and Unit.STATEMENTS not in shared:
            self._left[Unit.STATEMENTS] -= 1
        elif not shared and not observed.is_app and not self.declared.is_span:
            self._spent = True

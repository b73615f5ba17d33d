"""The menu: what may be counted about people in a quarter, each a yes or no about one person. It is fixed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from data.errors import BadInput
from data.statistics.quarter import Quarter

MOST = 6  # figures of a quarter


class Figure(StrEnum):
    """One figure. The value is what it is called at the command line and in documents."""

    CAPTURED = "captured"
    OPTED_OUT = "opted-out"
    REFUSED = "refused"
    EXPOSED = "exposed"
    ERASURE = "erasure"
    OUTSIDE = "outside"

    @property
    def plain(self) -> str:
        """What the people that it counts have in common, after "people who": "were captured at all"."""
        return _PLAIN[self]

    @property
    def meaning(self) -> str:
        """Exactly who is counted, in one sentence."""
        return _MEANING[self]

    @staticmethod
    def of(name: str) -> Figure:
        """The figure of a typed name. Raises BadInput naming the menu."""
        try:
            return Figure(name.strip().lower())
        except ValueError:
            raise BadInput(f"There is no figure {name!r}; the menu has {', '.join(Figure)}.") from None


_PLAIN: Mapping[Figure, str] = {
    Figure.CAPTURED: "were captured at all",
    Figure.OPTED_OUT: "opted out",
    Figure.REFUSED: "were refused an opt-out",
    Figure.EXPOSED: "were exposed",
    Figure.ERASURE: "asked for erasure",
    Figure.OUTSIDE: "had their data opened by someone outside the purpose",
}
_MEANING: Mapping[Figure, str] = {
    Figure.CAPTURED: "Something of them was captured on a day of the quarter (UTC), and was still held when it was"
    " counted.",
    Figure.OPTED_OUT: "An objection of theirs stood at some time of the quarter, also while it waited to be decided.",
    Figure.REFUSED: "An objection of theirs was refused in the quarter, whatever an appeal made of it.",
    Figure.EXPOSED: "An exposure that overlaps the quarter concerns them.",
    Figure.ERASURE: "A request of theirs for erasure was received in the quarter.",
    Figure.OUTSIDE: "Somebody else looked at them in the quarter without a reason, for a reason that does not fit"
    " whoever looked, or for one that is another team's: what they are told of by itself, as it was known then.",
}
# Every figure in a year at least once, what asks for the most watching twice, two of them a quarter.
_CALENDAR: Mapping[int, tuple[Figure, ...]] = {
    1: (Figure.OPTED_OUT, Figure.CAPTURED),
    2: (Figure.EXPOSED, Figure.REFUSED),
    3: (Figure.OPTED_OUT, Figure.ERASURE),
    4: (Figure.EXPOSED, Figure.OUTSIDE),
}


def default(quarter: Quarter) -> tuple[Figure, ...]:
    """The figures of a quarter for which nobody chose others."""
    return _CALENDAR[quarter.number]


def checked(names: Iterable[Figure | str]) -> tuple[Figure, ...]:
    """A set of figures to choose, in the order of the menu. Raises BadInput for an unknown one, one twice, or none."""
    found = [Figure.of(name) for name in names]
    if not found or len(set(found)) != len(found):
        raise BadInput(f"Choose from one to {MOST} figures, each once; the menu has {', '.join(Figure)}.")
    return tuple(one for one in Figure if one in found)

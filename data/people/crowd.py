"""How many people something is about, as far as a viewer may know: what is about few of them says much about each."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.people.permissions import Permission, may
from data.people.tables import PersonRow
from data.people.viewer import Viewer

SMALLEST = 100  # people who are counted for everybody to read
FEWEST = 5  # of the whole company; a smaller number could be read as somebody


class Few(StrEnum):
    """What stands instead of a number that would tell of fewer than that."""

    UNDER = f"fewer than {SMALLEST}"
    MOST = f"all but fewer than {SMALLEST}"  # of a known total, so that the number would tell of the others


# A count of people; what arises from permission to count few is always a number.
People = int | Few


def company(session: Session) -> int:
    """How many people are on the roster."""
    return session.scalar(select(func.count()).select_from(PersonRow)) or 0


def shown(viewer: Viewer, count: People, whole: int) -> People:
    """A count of people as the viewer may read it. That it is nobody, or all of the `whole` company, everybody may."""
    return count if count in (0, whole) else among(viewer, count, whole)


def among(viewer: Viewer, count: People, total: People) -> People:
    """How many of a `total` did something, where it says something of each of them that nobody or everybody did. The
    exact number needs the permission COUNT_FEW, unless so many did and did not."""
    if may(viewer, Permission.COUNT_FEW) or isinstance(count, Few):
        return count
    if count < SMALLEST or isinstance(total, Few):
        return Few.UNDER
    return Few.MOST if total - count < SMALLEST else count


def enough(number: int) -> int | None:
    """A number about the whole company as everybody may read it; None: fewer than FEWEST, or none."""
    return number if number >= FEWEST else None


def plain(count: People) -> str:
    """1204 -> '1,204'; 'fewer than 100'."""
    return count.value if isinstance(count, Few) else f"{count:,}"

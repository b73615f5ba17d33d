"""Reading releases: those that are published, each held against the entry of the access log that it was released with.

A release is published once the log has signed a head that holds its entry. Then its disk has it, and no later state of
the store is without it unnoticed: what somebody has seen is never drawn again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import events
from data.accesses.entry import DAYLIGHT, Action
from data.errors import BadInput, NotFound, Unreadable
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.proofs import publishing
from data.sealing.vault import Vault
from data.statistics.people import document
from data.statistics.people.release import Record, Release
from data.statistics.quarter import Quarter
from data.statistics.tables import ReleaseRow


class Told(NamedTuple):
    """What the log says of one release: its entry, what was spent (millionths of epsilon), and the digest."""

    position: int
    spent: int
    digest: str


class Ledger(NamedTuple):
    """What was drawn, by the log and by the table; `lost` are the entries about a release that no longer open."""

    told: Mapping[Quarter, tuple[Told, ...]]
    rows: Mapping[Quarter, ReleaseRow]
    lost: frozenset[int]

    def spent(self, quarter: Quarter) -> int:
        """Of the quarter's budget, in millionths; by whichever says more."""
        row = self.rows.get(quarter)
        return max(sum(one.spent for one in self.told.get(quarter, ())), 0 if row is None else row.spent)

    @property
    def unknown(self) -> frozenset[int]:
        """Entries of which nobody can say what was spent with them."""
        return self.lost - {row.position for row in self.rows.values()}


def releases(session: Session, viewer: Viewer, vault: Vault) -> Record:
    """Every published release. Permission SEE_FIGURES."""
    require(viewer, Permission.SEE_FIGURES)
    held = ledger(session, vault)
    head = publishing.newest(session)
    size = 0 if head is None else head.size
    found, altered = list[Release](), list[Quarter]()
    for quarter in sorted({*held.told, *held.rows}, reverse=True):
        told, row = held.told.get(quarter, ()), held.rows.get(quarter)
        if all(one.position >= size for one in told) and (row is None or row.position >= size):
            continue
        release = _proven(row, told)
        if release is None or release.quarter != quarter:
            altered.append(quarter)
        else:
            found.append(release)
    return Record(tuple(found), tuple(altered))


def one(session: Session, viewer: Viewer, vault: Vault, quarter: Quarter) -> Release:
    """The release of a quarter. Permission SEE_FIGURES. Raises NotFound, and Unreadable when it was altered."""
    record = releases(session, viewer, vault)
    if quarter in record.altered:
        raise Unreadable(
            f"The release of {quarter} is not what the access log says was released: somebody changed the database;"
            " tell the auditor."
        )
    found = next((release for release in record.releases if release.quarter == quarter), None)
    if found is None:
        raise NotFound(f"There is no release of {quarter}; `python -m data statistics list` shows which there are.")
    return found


def ledger(session: Session, vault: Vault) -> Ledger:
    """What was drawn until now, published or not; for what draws, and for the above."""
    opened, lost = events.sorted_out(session, vault, Action.COUNT)
    told: dict[Quarter, tuple[Told, ...]] = {}
    broken = {row.position for row in lost}
    for row, details in opened:
        scope: Any = details.read["scope"]
        try:
            quarter, said = Quarter.parse(scope["quarter"]), Told(row.position, int(scope["spent"]), scope["digest"])
        except (BadInput, KeyError, TypeError, ValueError):
            broken.add(row.position)
            continue
        # By what was committed to: the column beside it is anybody's who can write the database.
        if details.read["source"] == DAYLIGHT:
            told[quarter] = (*told.get(quarter, ()), said)
    rows = {Quarter(row.year, row.quarter): row for row in session.scalars(select(ReleaseRow))}
    return Ledger(told, rows, frozenset(broken))


def _proven(row: ReleaseRow | None, told: tuple[Told, ...]) -> Release | None:
    """The release of a row, when it is the one, and the only one, of which the log tells."""
    if row is None or len(told) != 1:
        return None
    try:
        digest = document.digest_of(row.document)
        said = Told(row.position, row.spent, digest)
        return document.read(row.document, row.position) if said == told[0] and row.digest == digest else None
    except (AttributeError, BadInput, KeyError, TypeError, ValueError):  # a column can hold anything
        return None

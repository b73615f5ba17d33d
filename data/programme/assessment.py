"""The programme's data protection impact assessment (GDPR Art. 35): which one is on file, and until when it is current.

The log keeps its title, until when it is to be reviewed (Art. 35(11)), and the SHA-256 sum of the document: whoever
holds the document can show that it is the one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from data import instants
from data.accesses import events, log
from data.accesses.entry import Action
from data.errors import BadInput
from data.people.permissions import Permission, require, require_fresh
from data.people.viewer import Viewer
from data.sealing.vault import Vault

LONGEST = 200  # characters of a title
YEARS = 3  # the most that an assessment stays current without a review
_SUM = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Assessment:
    """One that was filed, by the entry at `position`; `until` is the last day on which it is current."""

    position: int
    filed_at: int
    by: str
    title: str
    digest: str
    until: date

    def is_current(self, now: int) -> bool:
        """Whether its day of review has not passed (UTC)."""
        return instants.moment(now).date() <= self.until


def file(session: Session, viewer: Viewer, vault: Vault, title: str, digest: str, until: date) -> Assessment:
    """Put an assessment on file; it takes the place of the one before. Permission FILE_ASSESSMENT.

    Raises BadInput for a title, a sum or a day that cannot be.
    """
    require(viewer, Permission.FILE_ASSESSMENT)
    require_fresh(viewer)
    said, today = " ".join(title.split()), instants.moment(instants.now()).date()
    if not said or len(said) > LONGEST or not said.isprintable():
        raise BadInput(f"Give the assessment's title in at most {LONGEST} plain characters; everybody reads it.")
    if not _SUM.fullmatch(digest):
        raise BadInput("The document's sum is 64 hexadecimal digits (SHA-256); give the document itself.")
    if not today <= until <= today.replace(year=today.year + YEARS, day=min(today.day, 28)):
        raise BadInput(f"It is current until a day from today on, at most {YEARS} years ahead; {until} is not.")
    scope = {"title": said, "sha256": digest, "until": until.isoformat()}
    log.append(session, vault, action=Action.ASSESSMENT, people=(), accessor=viewer, reason=None, scope=scope, count=0)
    found = newest(session, vault)
    assert found is not None
    return found


def newest(session: Session, vault: Vault) -> Assessment | None:
    """The one that is on file, whether current or not; everybody may read it."""
    opened, _ = events.read(session, vault, Action.ASSESSMENT)
    if not opened:
        return None
    row, details = opened[-1]
    scope = details.read["scope"]
    name = str(details.accessor.get("name", ""))
    return Assessment(
        row.position, row.at, name, str(scope["title"]), str(scope["sha256"]), date.fromisoformat(scope["until"])
    )

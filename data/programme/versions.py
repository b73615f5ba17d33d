"""The versions of the privacy notice, and who has read which, as entries of the access log and nowhere else: what was
promised when something was captured cannot be changed afterwards to fit what was done."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import events, log
from data.accesses.entry import Action
from data.accesses.tables import HISTORY, AboutRow, EntryRow
from data.database import lock
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.people.permissions import Permission, require, require_fresh
from data.people.tables import PersonRow
from data.people.viewer import Viewer
from data.programme.privacy_notice import PrivacyNotice
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Version:
    """One version, in force from `since` (microseconds UTC) until the next one is; `position`: its entry of the log."""

    number: int
    notice: PrivacyNotice
    since: int
    published_at: int
    position: int


@dataclass(frozen=True)
class Register:
    """Every version, oldest first; `altered` counts entries of them that no longer open."""

    versions: tuple[Version, ...] = ()
    altered: int = 0

    @property
    def newest(self) -> Version | None:
        """The one published last, which may not be in force yet."""
        return self.versions[-1] if self.versions else None

    def at(self, at: int) -> Version | None:
        """The one in force at an instant."""
        return next((one for one in reversed(self.versions) if one.since <= at), None)

    def before(self, version: Version) -> Version | None:
        """The one that a version took the place of."""
        return next((one for one in reversed(self.versions) if one.number < version.number), None)

    def published_by(self, at: int) -> Register:
        """Only what was published until then."""
        return Register(tuple(one for one in self.versions if one.published_at <= at), self.altered)

    def spans(self) -> tuple[tuple[Version, int, int | None], ...]:
        """Each version with the span in which it is in force; the newest has no end."""
        ends = [one.since for one in self.versions[1:]]
        return tuple((one, one.since, end) for one, end in zip(self.versions, [*ends, None], strict=False))


@dataclass(frozen=True)
class Read:
    """How many people have said that they read a version, and how many there are."""

    version: int
    people: int
    of: int


def publish(session: Session, viewer: Viewer, vault: Vault, notice: PrivacyNotice, since: int | None = None) -> Version:
    """Publish the next version, in force from `since` (None: now). Permission PUBLISH_NOTICE, and a sign-in of just
    now. Raises BadInput for a past or earlier `since`, Conflict when it says what the last one says."""
    require(viewer, Permission.PUBLISH_NOTICE)
    require_fresh(viewer)
    lock(session, log.LOCK)  # so that two officers do not give out one number
    found, now = register(session, vault), instants.now()
    starts = now if since is None else since
    if starts < now:
        raise BadInput(
            f"The notice is to be in force from {instants.iso(starts)[:19]} UTC, which has passed; nobody could read"
            " it before they were captured: leave `effective` out, or name a later time."
        )
    if starts > instants.LAST_BOUND:
        raise BadInput("The notice is to be in force only after the year 2249; name an earlier time.")
    if found.newest and starts <= found.newest.since:
        raise BadInput(
            f"Version {found.newest.number} is in force from {instants.iso(found.newest.since)[:19]} UTC; the next one"
            " has to begin after it."
        )
    if found.newest and found.newest.notice == notice:
        raise Conflict(f"Version {found.newest.number} says exactly that already; nothing was published.")
    number = found.newest.number + 1 if found.newest else 1
    scope = {"version": number, "since": starts, "notice": notice.as_json()}
    position = log.append(
        session,
        vault,
        action=Action.PRIVACY_NOTICE,
        people=(),
        accessor=viewer,
        reason=None,
        scope=scope,
        count=len(notice.promises),
        at=now,
    )
    return Version(number, notice, starts, now, position)


def register(session: Session, vault: Vault) -> Register:
    """Every version that was published."""
    found, altered = events.of(session, vault, Action.PRIVACY_NOTICE)
    versions = [
        Version(scope["version"], PrivacyNotice.of(scope["notice"]), scope["since"], row.at, row.position)
        for row, scope in found
    ]
    return Register(tuple(sorted(versions, key=lambda one: one.since)), altered)


def acknowledge(session: Session, viewer: Viewer, vault: Vault, number: int) -> None:
    """The viewer has read this version, the newest. It is no consent and gives nothing away. Permission READ_PROGRAMME.

    Raises NotAllowed for whoever runs the server, NotFound for another version, Conflict when it was said before.
    """
    require(viewer, Permission.READ_PROGRAMME)
    if viewer.person_id is None:
        raise NotAllowed("A notice is read by a person; say with --as EMAIL who that is.")
    lock(session, log.LOCK)
    newest = register(session, vault).newest
    if newest is None or newest.number != number:
        raise NotFound(f"Version {number} is not the newest privacy notice; read the newest one.")
    if has_read(session, viewer.person_id, newest):
        raise Conflict(f"You have said already that you read version {number}; nothing was changed.")
    log.append(
        session,
        vault,
        action=Action.NOTICE_READ,
        people=[viewer.person_id],
        accessor=viewer,
        reason=None,
        scope={"version": number},
        count=0,
    )


def has_read(session: Session, person_id: int, version: Version) -> bool:
    """Whether a person has said that they read the version, the newest: only that one can be."""
    mine = HISTORY.c.person_id == person_id, HISTORY.c.position > version.position
    query = select(EntryRow.position).join(HISTORY, HISTORY.c.position == EntryRow.position)
    return session.scalar(query.where(*mine, EntryRow.action == Action.NOTICE_READ.value).limit(1)) is not None


def read(session: Session, viewer: Viewer, vault: Vault) -> Read | None:
    """How many in the whole company have read the newest version; None before there is one. Permission SEE_CONDUCT."""
    require(viewer, Permission.SEE_CONDUCT)
    newest = register(session, vault).newest
    if newest is None:
        return None
    said = EntryRow.action == Action.NOTICE_READ.value, EntryRow.position > newest.position
    people = select(func.count(AboutRow.person_id.distinct())).join(EntryRow, EntryRow.position == AboutRow.position)
    everybody = session.scalar(select(func.count()).select_from(PersonRow)) or 0
    return Read(newest.number, session.scalar(people.where(*said)) or 0, everybody)

"""Sessions, kept by the server: what a browser holds is a random name for one, and nothing else.

A session ends when its person signs out or signs in again, when nobody used it for the idle span, when its
absolute span is over, and when the roles it was opened with are no longer the person's.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from data import instants
from data.people import person
from data.people.session_tables import SessionRow
from data.people.viewer import Role, Viewer
from data.settings import Settings

# A cookie is 32 random bytes in URL-safe base64: 43 characters.
_COOKIE_LENGTH = 43
NEVER = 0  # the instant of a proof that nobody knows of
# `seen_at` is written at most this often, so that a rerun seldom needs the database's write lock.
_TOUCH_EVERY = instants.MINUTE


@dataclass(frozen=True)
class Opened:
    """A session that is open now. Instants; `proved_at` is when its person last proved who they are."""

    digest: str
    viewer: Viewer
    proved_at: int
    seen_at: int

    def is_stale(self, now: int) -> bool:
        """Whether its last use should be written down again."""
        return instants.over(self.seen_at, _TOUCH_EVERY, now)


def digest_of(secret: str) -> str:
    """What is stored of a cookie or state: its SHA-256 in hex. They are random, so no salt is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def begin(session: Session, person_id: int, settings: Settings, now: int, proved_at: int, token: str = "") -> str:
    """Open a session for a person the provider vouches for; gives its cookie. Sweeps sessions that are over.

    `token`, the provider's ID token, is kept sealed under the cookie for the sign-out at the provider; `proved_at`
    is when the provider last asked the person to prove who they are; NEVER where nobody can tell.
    """
    session.execute(delete(SessionRow).where(SessionRow.ends_at <= now))
    cookie = secrets.token_urlsafe(32)
    session.add(
        SessionRow(
            digest=digest_of(cookie),
            person_id=person_id,
            roles=_listed(person.viewer(session, person.by_id(session, person_id)).roles),
            proved_at=min(proved_at, now),
            started_at=now,
            seen_at=now,
            ends_at=now + settings.absolute_seconds * instants.SECOND,
            ended_at=None,
            token=_seal(cookie, token) if token else None,
        )
    )
    session.flush()
    return cookie


def find(session: Session, cookie: str | None, settings: Settings, now: int) -> Opened | None:
    """The open session that `cookie` names, with its person's roles as they are now; None when there is none."""
    if cookie is None or len(cookie) != _COOKIE_LENGTH:
        return None
    row = session.get(SessionRow, digest_of(cookie), populate_existing=True)
    if row is None:
        return None
    idle = settings.idle_seconds * instants.SECOND
    if row.ended_at is not None or now >= row.ends_at or instants.over(row.seen_at, idle, now):
        return None
    found = person.viewer(session, person.by_id(session, row.person_id))
    if row.roles != _listed(found.roles):
        return None
    return Opened(
        digest=row.digest, viewer=replace(found, proved_at=row.proved_at), proved_at=row.proved_at, seen_at=row.seen_at
    )


def viewer(session: Session, cookie: str | None, settings: Settings, now: int) -> Viewer | None:
    """Who looks, by the session that `cookie` names; None when there is no such open session."""
    opened = find(session, cookie, settings, now)
    return opened.viewer if opened else None


def touch(session: Session, digest: str, now: int) -> None:
    """Note that an open session was used. One that has ended meanwhile stays ended."""
    session.execute(
        update(SessionRow)
        .where(SessionRow.digest == digest, SessionRow.ended_at.is_(None), SessionRow.seen_at < now)
        .values(seen_at=now)
    )


def end(session: Session, cookie: str | None, now: int) -> str:
    """End the session that `cookie` names, if it is open; gives its ID token, or "" when there is none."""
    if cookie is None or len(cookie) != _COOKIE_LENGTH:
        return ""
    row = session.get(SessionRow, digest_of(cookie))
    if row is None or row.ended_at is not None:
        return ""
    sealed, row.ended_at, row.token = row.token, now, None
    session.flush()
    return _open(cookie, sealed) if sealed else ""


def _listed(roles: frozenset[Role]) -> str:
    return " ".join(sorted(roles))


def _cipher(cookie: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), length=32, salt=None, info=b"daylight id token").derive(cookie.encode()))


def _seal(cookie: str, token: str) -> bytes:
    nonce = secrets.token_bytes(12)
    return nonce + _cipher(cookie).encrypt(nonce, token.encode(), None)


def _open(cookie: str, sealed: bytes) -> str:
    try:
        return _cipher(cookie).decrypt(sealed[:12], sealed[12:], None).decode()
    except InvalidTag:
        return ""

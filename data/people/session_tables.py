"""Tables of sign-in: the sessions that are open, and the sign-ins that are under way at the identity provider.

Neither holds anything that can be presented to Daylight: cookies and states are kept as SHA-256 only.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from data.database import Table


class SessionRow(Table):
    """One browser that signed in. `roles` are those the session was opened with; it ends when they change.

    `proved_at` is when its person last proved to the provider who they are, which can be long before `started_at`.
    """

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_person", "person_id"),)

    digest: Mapped[str] = mapped_column(String, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    roles: Mapped[str] = mapped_column(String)
    proved_at: Mapped[int]
    started_at: Mapped[int]
    seen_at: Mapped[int]
    ends_at: Mapped[int]
    ended_at: Mapped[int | None]
    # The provider's ID token, which it wants back at sign-out; sealed under the cookie, which is not kept here.
    token: Mapped[bytes | None] = mapped_column(LargeBinary)


class SignInRow(Table):
    """A browser that was sent to the identity provider and is not back yet. Taken once, then gone. `anew`: the
    provider was told to ask whom it knows already, too."""

    __tablename__ = "sign_ins"

    state: Mapped[str] = mapped_column(String, primary_key=True)
    browser: Mapped[str] = mapped_column(String)
    nonce: Mapped[str] = mapped_column(String)
    verifier: Mapped[str] = mapped_column(String)
    return_to: Mapped[str] = mapped_column(String)
    anew: Mapped[bool]
    ends_at: Mapped[int]

"""The post: e-mails about notices, sent beside everything else, tried again when they fail, given up in the end.

An e-mail goes out at least once: what is killed between sending and noting that it was sent sends once more. A person
gets at most one an hour, about everything that is new to them by then.
"""

from __future__ import annotations

import smtplib
import ssl
from collections import defaultdict, deque
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session

from data import instants
from data.database import Database, insert
from data.errors import BadInput
from data.notices import letter
from data.notices.letter import About
from data.notices.notice import Mail, Why
from data.notices.tables import NoticeRow, PostRow
from data.people.permissions import Permission, require
from data.people.tables import PersonRow
from data.people.viewer import Viewer
from data.settings import Settings, Smtp

EVERY = 5.0  # seconds between two rounds
APART = instants.HOUR  # between two e-mails to one person
# After each failure; when they are used up, it is given up (after about a day).
WAITS = tuple(minutes * instants.MINUTE for minutes in (1, 2, 5, 15, 60, 180, 360, 720))
# How long the wait was that ended at `next_at`; one that ends later was noted by a clock that was ahead.
_WAITED = case(dict(enumerate(WAITS, start=1)), value=PostRow.tries, else_=APART)
_ROUND = 50  # people, so that one round does not hold on to one connection for ever
_TIMEOUT = 10.0  # seconds
_LOST = 5  # connections that broke one after the other, from which on it is the server and no longer one mailbox
# How a server refuses one message; whatever else goes wrong is the connection's.
_REFUSED = (
    smtplib.SMTPSenderRefused,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
)
# What a message says that a notice is about; everything else is a look.
_ABOUT: Mapping[Why, About] = {
    Why.INCIDENT: About.INCIDENT,
    Why.AWAY: About.INCIDENT,
    Why.REQUEST: About.REQUEST,
    Why.DEADLINE: About.DEADLINE,
    Why.ALARM: About.ALARM,
    Why.CHOSEN: About.CHOSEN,
    Why.PAUSE: About.PROGRAMME,
    Why.OBJECTED: About.PROGRAMME,
    Why.DRIFT: About.PROGRAMME,
    Why.EXPOSURE: About.PROGRAMME,
}


@dataclass(frozen=True)
class Due:
    """An e-mail that is to go out: to whom, the newest notice that it speaks for, what it is about, and the numbers of
    the requests that have news, or a deadline."""

    person_id: int
    email: str
    until: int
    tries: int
    about: frozenset[About]
    named: tuple[int, ...] = ()
    late: tuple[int, ...] = ()


@dataclass(frozen=True)
class Trouble:
    """How many people are waiting for an e-mail that failed, how many it was given up for, and the newest failure."""

    waiting: int
    given_up: int
    failure: str


def deliver(database: Database, settings: Settings, now: int | None = None) -> int:
    """Send what is due; returns how many e-mails went out. A mail server that is away costs its timeout, here alone."""
    if settings.smtp is None:
        return 0
    now = instants.now() if now is None else now
    with database.reading() as session:
        due = _due(session, now)
    if not due:
        return 0
    left, sent, lost = deque(due), 0, 0
    while left:
        is_open = False
        try:
            with _connected(settings.smtp) as server:
                is_open = True
                while left and server.sock is not None:
                    sent += _send(database, settings, server, left[0], now)
                    left.popleft()
                    lost = 0
        except (OSError, smtplib.SMTPException) as error:
            lost += is_open
            # Whom it broke at has failed alone, and the others get another connection; with no server, all have failed.
            for _ in range(1 if is_open and lost < _LOST else len(left)):
                _note_failure(database, left.popleft(), _said(settings.smtp, error), now, for_good=False)
    return sent


def trouble(session: Session, viewer: Viewer) -> Trouble | None:
    """What officers are to know about e-mails that do not arrive; None when there is nothing. Permission SEE_QUEUE."""
    require(viewer, Permission.SEE_QUEUE)
    failing = select(PostRow).where(PostRow.failure != "").order_by(PostRow.next_at.desc())
    rows = list(session.scalars(failing))
    if not rows:
        return None
    given_up = sum(row.failed_at is not None for row in rows)
    return Trouble(len(rows) - given_up, given_up, rows[0].failure)


def _due(session: Session, now: int) -> Sequence[Due]:
    rows = session.execute(
        select(
            PersonRow.id,
            PersonRow.email,
            func.max(NoticeRow.position),
            func.coalesce(PostRow.tries, 0),
        )
        .join(NoticeRow, NoticeRow.person_id == PersonRow.id)
        .outerjoin(PostRow, PostRow.person_id == PersonRow.id)
        .where(
            NoticeRow.mail == Mail.WAITING.value,
            or_(PostRow.next_at.is_(None), PostRow.next_at <= now, PostRow.next_at > now + _WAITED + instants.SKEW),
        )
        .group_by(PersonRow.id, PersonRow.email, PostRow.tries)
        .order_by(func.min(NoticeRow.made_at), PersonRow.id)
        .limit(_ROUND)
    )
    people = rows.all()
    named = _waiting(session, [row[0] for row in people])
    return [_built(row, named[row[0]]) for row in people]


def _built(row: Any, waiting: Mapping[str, tuple[int, ...]]) -> Due:
    about = frozenset(_ABOUT.get(Why(one), About.LOOK) for one in waiting)
    person_id, email, until, tries = row
    return Due(
        person_id, email, until, tries, about, waiting.get(Why.REQUEST.value, ()), waiting.get(Why.DEADLINE.value, ())
    )


def _waiting(session: Session, people: Sequence[int]) -> Mapping[int, Mapping[str, tuple[int, ...]]]:
    """By person, why they are to be told, with the requests that it is about, in their order."""
    rows = session.execute(
        select(NoticeRow.person_id, NoticeRow.why, NoticeRow.request_id)
        .where(NoticeRow.person_id.in_(people), NoticeRow.mail == Mail.WAITING.value)
        .distinct()
        .order_by(NoticeRow.request_id)
    )
    found: defaultdict[int, defaultdict[str, tuple[int, ...]]] = defaultdict(lambda: defaultdict(tuple))
    for person_id, why, request_id in rows:
        found[person_id][why] += () if request_id is None else (request_id,)
    return found


def _send(database: Database, settings: Settings, server: smtplib.SMTP, one: Due, now: int) -> bool:
    assert settings.smtp is not None
    try:
        message = letter.write(
            settings.smtp.sender, one.email, settings.public_url, one.about, requests=one.named, late=one.late
        )
        server.send_message(message)
    except (BadInput, *_REFUSED) as error:
        _note_failure(database, one, _said(settings.smtp, error), now, for_good=_is_for_good(error))
        # A message that was refused half-way is not gone from the connection yet.
        with suppress(OSError, smtplib.SMTPException):
            server.rset()
        return False
    with database.writing() as session:
        _mark(session, one, Mail.SENT)
        _keep(session, one.person_id, sent_at=now, tries=0, next_at=now + APART, failure="", failed_at=None)
    return True


def _is_for_good(error: Exception) -> bool:
    """Whether sending the same to the same mailbox again is of no use. What refuses the sender is about no mailbox."""
    if isinstance(error, smtplib.SMTPSenderRefused):
        return False
    return isinstance(error, (BadInput, smtplib.SMTPNotSupportedError)) or _code(error) >= 500


def _note_failure(database: Database, one: Due, failure: str, now: int, *, for_good: bool) -> None:
    """Try again later, or give up what it was about; the next notice begins anew."""
    is_over = for_good or one.tries + 1 >= len(WAITS)
    with database.writing() as session:
        if is_over:
            _mark(session, one, Mail.FAILED)
            _keep(session, one.person_id, tries=0, next_at=now + APART, failure=failure, failed_at=now)
        else:
            _keep(session, one.person_id, tries=one.tries + 1, next_at=now + WAITS[one.tries], failure=failure)


def _mark(session: Session, one: Due, mail: Mail) -> None:
    session.execute(
        update(NoticeRow)
        .where(
            NoticeRow.person_id == one.person_id,
            NoticeRow.mail == Mail.WAITING.value,
            NoticeRow.position <= one.until,
        )
        .values(mail=mail.value)
    )


def _keep(session: Session, person_id: int, **values: object) -> None:
    blank = {"sent_at": None, "tries": 0, "next_at": 0, "failure": "", "failed_at": None}
    made = insert(session, PostRow).values(person_id=person_id, **(blank | values))
    session.execute(made.on_conflict_do_update(index_elements=["person_id"], set_=values))


@contextmanager
def _connected(smtp: Smtp) -> Generator[smtplib.SMTP]:
    if smtp.tls == "implicit":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            smtp.host, smtp.port, timeout=_TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(smtp.host, smtp.port, timeout=_TIMEOUT)
    try:
        if smtp.tls == "starttls":
            server.starttls(context=ssl.create_default_context())
        if smtp.user:
            server.login(smtp.user, smtp.password)
        server.ehlo_or_helo_if_needed()
        yield server
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
    finally:
        server.close()


def _code(error: Exception) -> int:
    if isinstance(error, smtplib.SMTPResponseException):
        return int(error.smtp_code)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((int(code) for code, _ in error.recipients.values()), default=0)
    return 0


def _said(smtp: Smtp, error: Exception) -> str:
    """The failure for officers, without what the server said: that may quote an address."""
    if isinstance(error, BadInput):
        return str(error)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"The mail server {smtp.host} refuses the user name or password."
    if code := _code(error):
        return f"The mail server {smtp.host} refused with code {code}."
    if isinstance(error, ssl.SSLError):
        return f"The mail server {smtp.host} has no certificate that can be trusted."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"The mail server {smtp.host} cannot do what is needed: encryption, sign-in, or such an address."
    return f"The mail server {smtp.host} does not answer on port {smtp.port}."

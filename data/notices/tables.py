"""Tables of notices: which looks a person is told about, up to where the log was gone through, how the mail
fares, and which alarms somebody wants to be told of."""

from __future__ import annotations

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data.database import Table


class NoticeRow(Table):
    """What a person is told about, once; `request_id` is the request that it is about, if it is about one. `mail` is
    none (no mail server is set up), waiting, sent or failed; `seen_at` is when the person saw it in the app."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_mail", "mail", "person_id"),
        Index("ix_notices_unseen", "person_id", "seen_at"),
    )

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    why: Mapped[str] = mapped_column(String)
    request_id: Mapped[int | None]
    mail: Mapped[str] = mapped_column(String)
    made_at: Mapped[int]
    seen_at: Mapped[int | None]


class NoticeCursorRow(Table):
    """The first position of the access log that nobody was told about yet. One row."""

    __tablename__ = "notice_cursor"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int]


class PostRow(Table):
    """How e-mail to a person fares: the last that was sent, and the tries since that failed. `failed_at`: given up."""

    __tablename__ = "notice_post"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sent_at: Mapped[int | None]
    tries: Mapped[int]
    next_at: Mapped[int]
    failure: Mapped[str] = mapped_column(String)
    failed_at: Mapped[int | None]


class AlarmChoiceRow(Table):
    """An alarm about the programme (data/alarms/alarm.py) that a person chose to be told of, and when."""

    __tablename__ = "alarm_choices"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String, primary_key=True)
    since: Mapped[int]

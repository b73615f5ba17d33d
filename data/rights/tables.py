"""Tables of requests: what was asked, what happened to it, what came of it. Rows are never deleted."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.database import Table


class RequestRow(Table):
    """One request. `scope` is sealed (it can name apps, or hold the person's words), and so are `carried`, what one
    step hands to the next, and `outcome`, what the person was told; `due_on` is stored, never computed again.

    The due date moves with the lines of its history alone (data/rights/clocks.py `due_after`): `extended_at`,
    `stopped_at` (the clock stands since then) and `stopped_days` are what they add up to. `acknowledge_by` is set where
    the law wants its receipt confirmed. `exchange` (sealed JSON) is what was asked back, with the person's answers.
    `appeal` (sealed JSON) is what was said against a refusal at `appealed_at`, and what a second officer made of it.
    `starts_at` is fixed with the decision: nothing is carried out before it, and until then it can be taken back.
    `granted` (sealed) is the narrower scope that was granted, and is carried out, in place of what was asked.
    `handler_id` is the officer who said that they see to it.
    `claim` names whoever carries it out now, until `claimed_until`; a step commits only under its own claim.
    """

    __tablename__ = "requests"
    __table_args__ = (Index("ix_requests_state_due", "state", "due_on"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, unique=True)
    kind: Mapped[str] = mapped_column(String)
    scope: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String)
    jurisdiction: Mapped[str] = mapped_column(String)
    opened_at: Mapped[int]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    due_on: Mapped[date] = mapped_column(Date)
    promised_days: Mapped[int | None]
    extended_at: Mapped[int | None]
    stopped_at: Mapped[int | None]
    stopped_days: Mapped[int] = mapped_column(default=0)
    acknowledge_by: Mapped[date | None] = mapped_column(Date)
    acknowledged_at: Mapped[int | None]
    appealed_at: Mapped[int | None]
    appeal: Mapped[bytes | None] = mapped_column(LargeBinary)
    exchange: Mapped[bytes | None] = mapped_column(LargeBinary)
    granted: Mapped[bytes | None] = mapped_column(LargeBinary)
    next_step: Mapped[str | None] = mapped_column(String)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    counts: Mapped[str] = mapped_column(Text, default="{}")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[int | None]
    starts_at: Mapped[int | None]
    ground: Mapped[str | None] = mapped_column(String)
    reason: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[int | None]
    expires_at: Mapped[int | None]
    failure: Mapped[str] = mapped_column(Text, default="")
    carried: Mapped[bytes | None] = mapped_column(LargeBinary)
    outcome: Mapped[bytes | None] = mapped_column(LargeBinary)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    claim: Mapped[str] = mapped_column(String, default="")
    claimed_until: Mapped[int] = mapped_column(default=0)


class RequestEventRow(Table):
    """One line of a request's history. `actor` is the role in which somebody acted; `due_on` is the day that the answer
    was due on from then, in the lines that set it; `proved_at` is when whoever decided had signed in afresh."""

    __tablename__ = "request_events"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    request_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[int]
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String)
    what: Mapped[str] = mapped_column(String)
    due_on: Mapped[date | None] = mapped_column(Date)
    proved_at: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")


class EscalationRow(Table):
    """A stage of a deadline that officers, or whoever a request waits for, were told of, once: `subject` and `number`
    say of what, `position` is the entry of the access log."""

    __tablename__ = "escalations"

    subject: Mapped[str] = mapped_column(String, primary_key=True)
    number: Mapped[str] = mapped_column(String, primary_key=True)
    due_on: Mapped[date] = mapped_column(Date, primary_key=True)
    stage: Mapped[str] = mapped_column(String, primary_key=True)
    position: Mapped[int]


class RightsKeyRow(Table):
    """The key of scopes, certificates and export keys, wrapped by the keyring. One row, so that turning the keyring's
    epoch wraps only this one again."""

    __tablename__ = "rights_keys"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[int]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class ExportRow(Table):
    """A person's export while it is made and until it expires. `key` (sealed) is all that opens its parts, so
    removing this row is what ends it. `progress` (sealed JSON) is where the writer stands, and `volumes`
    (sealed JSON) are the archives it was made into."""

    __tablename__ = "exports"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    request_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    name: Mapped[str] = mapped_column(String)
    size: Mapped[int] = mapped_column(default=0)
    progress: Mapped[bytes] = mapped_column(LargeBinary)
    volumes: Mapped[bytes | None] = mapped_column(LargeBinary)


class ExportPartRow(Table):
    """One sealed piece of an export: the archive is the pieces of stream 0, then of stream 1, and so on."""

    __tablename__ = "export_parts"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    request_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stream: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    object: Mapped[str] = mapped_column(String)
    size: Mapped[int]
    entries: Mapped[bytes] = mapped_column(LargeBinary)


class ScreenMarkRow(Table):
    """A part of one screen, or of a span of them, that an officer blacked out in the person's copies, from `made_at`
    until `ended_at`. `mark` (sealed JSON) says which part and why; `position` is the entry of the access log."""

    __tablename__ = "screen_marks"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    request_id: Mapped[int]
    made_at: Mapped[int]
    ended_at: Mapped[int | None]
    position: Mapped[int]
    mark: Mapped[bytes] = mapped_column(LargeBinary)


class CertificateRow(Table):
    """What a carried-out deletion removed: canonical JSON, sealed, and its SHA-256. `number` counts its revisions from
    1; all of them stay. `awaits` (JSON) says of each copy outside where it stands, as the
    newest certificate says it, while nothing final is said of one; empty otherwise."""

    __tablename__ = "certificates"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    request_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String)
    awaits: Mapped[str] = mapped_column(Text, default="")


class SavedTextRow(Table):
    """A text that officers share, for use in what they write to people: `use` is where it fits (data/rights/texts.py),
    `version` counts its changes. It names nobody; who changed it stands in the access log."""

    __tablename__ = "saved_texts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    use: Mapped[str] = mapped_column(String)
    title: Mapped[str] = mapped_column(String)
    words: Mapped[str] = mapped_column(Text)
    version: Mapped[int]


class RetentionRow(Table):
    """What the newest run of retention did to one person's captures. `run`: the entry of the access log with which it
    began. `step`: what is to be done next, null once nothing is; `removed` is JSON (captures/removed.py)."""

    __tablename__ = "retention_people"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    run: Mapped[int]
    step: Mapped[str | None] = mapped_column(String)
    removed: Mapped[str] = mapped_column(String)
    failure: Mapped[str] = mapped_column(String)

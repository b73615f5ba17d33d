"""Carrying out one request: who has it, until when, and the transaction in which a step leaves its mark.

A request is claimed before its first step and each step's transaction checks the claim, so of two processes that
work on the same person only one can change anything, and a process that was thought dead changes nothing more.
"""

from __future__ import annotations

import json
import os
import socket
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.captures.scope import Scope
from data.database import Database, lock
from data.errors import Conflict, NotFound
from data.proofs.anchor import Anchor
from data.rights import keys, precedence, record
from data.rights.states import Move, RequestKind, State, after
from data.rights.tables import RequestRow
from data.sealing.vault import Vault
from data.settings import Settings

LEASE = 5 * instants.MINUTE
FAILED = "a step failed"  # a line of the history
# The first step of a deletion that destroys: from there on, no copy is made before it has come to its end.
KEYS = "keys"


@dataclass(frozen=True)
class Progress:
    """How far a request is: the step that runs, and `done` of `total` captures."""

    request_id: int
    step: str
    done: int
    total: int


Report = Callable[[Progress], None]


@dataclass(frozen=True)
class Work:
    """A claimed request and everything its steps need."""

    database: Database
    vault: Vault
    settings: Settings
    person_id: int
    request_id: int
    kind: RequestKind
    scope: Scope
    claim: str
    report: Report | None = None

    @property
    def anchor(self) -> Anchor:
        """The newest checkpoint of the access log that this machine signed."""
        return Anchor(self.settings.anchor)

    @contextmanager
    def writing(self) -> Generator[tuple[Session, RequestRow]]:
        """A transaction under the claim, which it prolongs. Raises Conflict when somebody else has the request."""
        with self.database.writing() as session:
            yield session, self.mark(session)

    def mark(self, session: Session) -> RequestRow:
        """The request's row in a transaction that somebody else opened, under the claim. Raises Conflict."""
        row = _locked(session, self.request_id)
        if row.claim != self.claim:
            raise Conflict(f"Request {self.request_id} was taken over by another process, which carries it out.")
        row.claimed_until = instants.now() + LEASE
        return row

    def prolong(self) -> None:
        """Keep the claim during work that takes longer than it lasts. Raises Conflict when it was lost."""
        with self.writing():
            pass

    def show(self, step: str, done: int, total: int) -> None:
        """Report how far the request is, if anybody asked; outside of any transaction."""
        if self.report:
            self.report(Progress(self.request_id, step, done, total))

    def carry(self, session: Session, row: RequestRow, value: dict[str, Any]) -> None:
        """Keep `value`, sealed, for the steps that follow."""
        row.carried = keys.seal(session, self.vault, self._label, json.dumps(value).encode())

    def carried(self, session: Session, row: RequestRow) -> dict[str, Any]:
        """What an earlier step kept; empty when none did."""
        if row.carried is None:
            return {}
        found: dict[str, Any] = json.loads(keys.unseal(session, self.vault, self._label, row.carried))
        return found

    @property
    def _label(self) -> str:
        return f"work of request {self.request_id} of person {self.person_id}"


def take(
    database: Database, vault: Vault, settings: Settings, request_id: int, report: Report | None = None
) -> tuple[Work, str | None]:
    """Claim a request that is approved or was interrupted; returns the work and its next step.

    Raises NotFound, and Conflict when it may not run, or while another process carries out a request of this person.
    """
    with database.writing() as session:
        row = _locked(session, request_id)
        lock(session, f"requests of person {row.person_id}")
        _refuse_a_second_worker(session, row)
        state = after(RequestKind(row.kind), State(row.state), Move.START, row.id)
        _refuse_too_early(row, settings)
        if (deletion := precedence.deletion_before(session, row)) is not None:
            raise Conflict(f"Request {row.id} waits for deletion {deletion} of the same person, and goes on after it.")
        row.state = state.value
        row.claim = f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex}"
        row.claimed_until = instants.now() + LEASE
        scope = record.of(session, vault, row).extent
        kind = RequestKind(row.kind)
        work = Work(database, vault, settings, row.person_id, row.id, kind, scope, row.claim, report)
        return work, row.next_step


def leave(work: Work, failure: str = "") -> None:
    """Give the claim back, with the sentence that says why it stopped if it did not come to its end. That stands until
    it comes further, and its history has it once, however often the same is tried again."""
    with work.database.writing() as session:
        row = _locked(session, work.request_id)
        if row.claim == work.claim:
            if failure and failure != row.failure:
                record.note(session, row, None, FAILED, failure)
            row.claim, row.claimed_until, row.failure = "", 0, failure


def starts_at(row: RequestRow, settings: Settings) -> int | None:
    """When an approved request may be carried out; None: at once. A person has until then to take it back."""
    if State(row.state) is not State.APPROVED or not RequestKind(row.kind).nature.delayed:
        return None
    if row.starts_at is not None:
        return row.starts_at
    return (row.decided_at or row.opened_at) + settings.erasure_seconds * instants.SECOND


def is_free(row: RequestRow) -> bool:
    """Whether nobody works on it: never claimed, given back, the lease over, or the process on this machine dead."""
    if not row.claim or instants.over(row.claimed_until - LEASE, LEASE, instants.now()):
        return True
    host, pid, _ = row.claim.split("/")
    return host == socket.gethostname() and not _is_alive(int(pid))


def _refuse_a_second_worker(session: Session, row: RequestRow) -> None:
    query = select(RequestRow).where(
        RequestRow.person_id == row.person_id, RequestRow.state == State.RUNNING.value, RequestRow.claim != ""
    )
    for other in session.scalars(query.execution_options(populate_existing=True)):
        if not is_free(other):
            who = "It" if other.id == row.id else f"Request {other.id} of the same person"
            raise Conflict(f"{who} is being carried out by another process now; request {row.id} has to wait.")


def _refuse_too_early(row: RequestRow, settings: Settings) -> None:
    start = starts_at(row, settings)
    if start is not None and start > instants.now():
        raise Conflict(
            f"Request {row.id} starts at {instants.iso(start)}, and until then it can be taken back; run it after that."
        )


def _locked(session: Session, request_id: int) -> RequestRow:
    query = select(RequestRow).where(RequestRow.id == request_id).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound(f"There is no request {request_id}; check its number.")
    return row


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    # Killed but not yet collected by its parent: Linux shows it as a zombie.
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True

"""Telling the holders of copies what to erase: over their webhooks, again and again until they were reached.

Each holder is told by a thread of its own, and one that does not answer is not asked again in the same round: a broken
one holds up nobody else. Only registered addresses are called, and no redirect is followed.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import ssl
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from data import instants
from data.copies import consumer, tasks
from data.copies.consumer import Algorithm
from data.copies.tables import ConsumerRow, CopyPersonRow, CopyRow, CopyTaskRow
from data.database import Database
from data.sealing.vault import Vault

EVERY = 5.0  # seconds between two rounds
TIMEOUT = 5.0  # seconds for a holder to answer
_AT_ONCE = 100  # tasks a round
_LONGEST = 6 * instants.HOUR  # between two tries
_MOST = instants.DAY  # until a task is sent again, tried or told


@dataclass(frozen=True)
class Message:
    """One task as it is sent: the webhook, the body (JSON), and its headers."""

    name: str
    consumer_id: int
    url: str
    body: bytes
    headers: dict[str, str]


def tell(database: Database, vault: Vault) -> int:
    """Send what is due; returns how many holders were told of a task. What fails is tried again later, twice as long
    after each time and at most six hours."""
    messages = _claim(database, vault)
    by_holder: dict[int, list[Message]] = defaultdict(list)
    for message in messages:
        by_holder[message.consumer_id].append(message)
    if not by_holder:
        return 0
    with ThreadPoolExecutor(min(8, len(by_holder))) as pool:
        return sum(pool.map(lambda held: _tell_one(database, held), by_holder.values()))


def backoff(tries: int) -> int:
    """Microseconds until the next try, after so many failed."""
    return min(30 * instants.SECOND * 2 ** min(tries, 20), _LONGEST)


def _claim(database: Database, vault: Vault) -> list[Message]:
    """What is due now. Its next try is fixed before it is sent, so that two processes do not both send it."""
    now = instants.now()
    with database.writing() as session:
        rows = session.execute(
            select(CopyTaskRow, CopyRow, CopyPersonRow.subject, ConsumerRow)
            .join(CopyRow, CopyRow.id == CopyTaskRow.copy_id)
            .join(ConsumerRow, ConsumerRow.id == CopyRow.consumer_id)
            .join(
                CopyPersonRow,
                (CopyPersonRow.copy_id == CopyTaskRow.copy_id) & (CopyPersonRow.person_id == CopyTaskRow.person_id),
            )
            .where(
                CopyTaskRow.state == tasks.Outcome.OPEN.value,
                # Later than any wait is long: noted by a clock that was ahead.
                or_(CopyTaskRow.next_at <= now, CopyTaskRow.next_at > now + _MOST + instants.SKEW),
            )
            .order_by(CopyTaskRow.next_at)
            .limit(_AT_ONCE)
            .with_for_update(of=CopyTaskRow)
        ).all()
        found: list[Message] = []
        for row, copy, subject, holder in rows:
            row.next_at = now + backoff(row.tries)
            row.tries += 1
            found.append(_message(vault, row, copy, subject, holder, now))
        return found


def _message(vault: Vault, row: CopyTaskRow, copy: CopyRow, subject: str, holder: ConsumerRow, now: int) -> Message:
    content = {
        "task": row.name,
        "what": row.what,
        "copy": copy.digest,
        "subject": subject,
        "scope": tasks.scope_of(vault, row),
        "due": instants.iso(row.due_at),
    }
    body = json.dumps(content, sort_keys=True).encode()
    headers = {"Content-Type": "application/json", "Daylight-Task": row.name}
    if holder.algorithm == Algorithm.HMAC:
        stamp = str(now // instants.SECOND)
        signed = hmac.digest(consumer.key(vault, holder), f"{stamp}.{row.name}.".encode() + body, hashlib.sha256)
        headers |= {"Daylight-Timestamp": stamp, "Daylight-Signature": signed.hex()}
    return Message(row.name, holder.id, holder.url, body, headers)


def _tell_one(database: Database, messages: list[Message]) -> int:
    """Send one holder its tasks until one fails; returns how many arrived."""
    told = 0
    for message in messages:
        trouble = _send(message)
        with database.writing() as session:
            _keep(session, message.name, trouble)
        if trouble:
            break
        told += 1
    return told


def _keep(session: Session, name: str, trouble: str) -> None:
    row = tasks.find(session, name)
    row.trouble = trouble
    if not trouble:
        row.told_at = row.told_at or instants.now()
        if row.state == tasks.Outcome.OPEN.value:
            # Told, and not answered yet: it is reminded once a day.
            row.next_at = instants.now() + instants.DAY


def _send(message: Message) -> str:
    """Post it; what stood in the way, or '' when it arrived."""
    url = urlsplit(message.url)
    target = url.path + (f"?{url.query}" if url.query else "") or "/"
    try:
        if url.scheme == "https":
            context = ssl.create_default_context()
            line = http.client.HTTPSConnection(url.hostname or "", url.port, timeout=TIMEOUT, context=context)
        else:
            line = http.client.HTTPConnection(url.hostname or "", url.port, timeout=TIMEOUT)
        try:
            line.request("POST", target, message.body, message.headers)
            status = line.getresponse().status
        finally:
            line.close()
    except (OSError, http.client.HTTPException) as error:
        return f"It could not be reached ({type(error).__name__})."
    return "" if 200 <= status < 300 else f"It answered with status {status}."

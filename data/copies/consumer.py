"""Consumers: who holds copies of captures, where they are told of erasures, and how they sign what they answer."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.copies.tables import ConsumerRow
from data.database import lock
from data.errors import BadInput, Conflict, NotFound
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault

DAYS = 30  # that a consumer has to erase, unless it is registered with another number
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}")
_LOCAL = ("127.0.0.1", "::1", "localhost")


class Algorithm(StrEnum):
    """How a consumer signs: with a secret that both know, or with a key of its own."""

    HMAC = "hmac-sha256"
    ED25519 = "ed25519"


@dataclass(frozen=True)
class Consumer:
    """One that holds copies. `url` is empty where an officer tells it by hand; `days` is how long it has to erase."""

    id: int
    name: str
    what: str
    url: str
    algorithm: Algorithm
    days: int
    registered_at: int


@dataclass(frozen=True)
class Registered:
    """A new consumer; `secret` is shown this once (hex), and empty for one that signs with a key of its own."""

    consumer: Consumer
    secret: str


def register(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    name: str,
    what: str,
    url: str = "",
    public_key: str = "",
    days: int = DAYS,
) -> Registered:
    """Register who will hold copies. `url` empty: told by hand. `public_key`: base64 of 32 bytes (Ed25519); without
    one a secret is made. Permission MANAGE_PEOPLE. Raises BadInput, Conflict for a name that is taken."""
    require(viewer, Permission.MANAGE_PEOPLE)
    _check(name, what, url, days)
    algorithm = Algorithm.ED25519 if public_key else Algorithm.HMAC
    key = _public(public_key) if public_key else secrets.token_bytes(32)
    lock(session, "consumers")
    if session.scalar(select(ConsumerRow.id).where(ConsumerRow.name == name)) is not None:
        raise Conflict(f"There is a consumer {name!r} already; choose another name.")
    number = (session.scalar(select(func.max(ConsumerRow.id))) or 0) + 1
    epoch, wrapped = vault.wrap(session, key, _binding(vault, number))
    row = ConsumerRow(
        id=number,
        name=name,
        what=what.strip(),
        url=url,
        algorithm=algorithm.value,
        epoch=epoch,
        wrapped=wrapped,
        days=days,
        registered_at=instants.now(),
    )
    session.add(row)
    session.flush()
    log.append(
        session,
        vault,
        action=Action.CONSUMER,
        people=[],
        accessor=viewer,
        reason=None,
        scope={"consumer": name, "by_hand": not url},
        count=0,
    )
    return Registered(of(row), "" if public_key else key.hex())


def find(session: Session, name: str) -> Consumer:
    """The consumer of this name. Raises NotFound."""
    row = session.scalars(select(ConsumerRow).where(ConsumerRow.name == name)).one_or_none()
    if row is None:
        raise NotFound(f"There is no consumer {name!r}; register it with `python -m data copies register`.")
    return of(row)


def listed(session: Session, viewer: Viewer) -> tuple[Consumer, ...]:
    """Every consumer by name. Permission SEE_CONSUMERS."""
    require(viewer, Permission.SEE_CONSUMERS)
    return tuple(of(row) for row in session.scalars(select(ConsumerRow).order_by(ConsumerRow.name)))


def of(row: ConsumerRow) -> Consumer:
    """The frozen value of a row."""
    return Consumer(row.id, row.name, row.what, row.url, Algorithm(row.algorithm), row.days, row.registered_at)


def key(vault: Vault, row: ConsumerRow) -> bytes:
    """The key that checks what a consumer signed."""
    return vault.keyring.unwrap(row.epoch, row.wrapped, _binding(vault, row.id))


def rewrap(session: Session, vault: Vault) -> None:
    """Wrap each key under the newest epoch."""
    for row in session.scalars(select(ConsumerRow)):
        row.epoch, row.wrapped = vault.wrap(session, key(vault, row), _binding(vault, row.id))
    session.flush()


def _check(name: str, what: str, url: str, days: int) -> None:
    if not _NAME.fullmatch(name):
        raise BadInput("A consumer's name has 1 to 80 letters, digits, spaces and . _ - and begins with one.")
    if not what.strip():
        raise BadInput("Say what the consumer is, in words that the people in its copies understand.")
    if not 1 <= days <= 365:
        raise BadInput(f"A consumer has from 1 to 365 days to erase, not {days}.")
    if not url:
        return
    parts = urlsplit(url)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
    if not secure or not parts.hostname or parts.username or parts.fragment:
        raise BadInput("A consumer's webhook is an https:// address without a password in it; give that one.")


def _public(text: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
        Ed25519PublicKey.from_public_bytes(found)
    except (ValueError, binascii.Error):
        raise BadInput("A consumer's key is the base64 of an Ed25519 public key of 32 bytes; give that one.") from None
    return found


def _binding(vault: Vault, number: int) -> bytes:
    return vault.binding("consumer", consumer=number)

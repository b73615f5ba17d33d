"""What lies sealed beside an entry: the details it commits to, and who looked, which the details commit to in turn.

Two commitments, one inside the other, because a person reads the details of every access, and the name of
whoever looked only after a decision. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from data.accesses import entry
from data.canonical import canonical

_LENGTH = 4  # bytes of the details' length in the packed form
_SALTS = 2 * entry.SALT_BYTES
_START = _SALTS + _LENGTH  # of the details


class Gist(NamedTuple):
    """What figures tell accesses apart by: why, by whom (canonical JSON), and how it came into the log."""

    purpose: str
    automated: bool
    shared: bool
    observed: bool
    identity: bytes


class Details(NamedTuple):
    """`text` and `identity` are canonical JSON. The entry commits to SHA-256(salt || text), and `text` names
    SHA-256(identity_salt || identity) as `who`. `read` is `text` parsed: action, at, source, count, recorded_at, role,
    team, account, automated, shared, observed, purpose, ticket, scope, people_count, who."""

    salt: bytes
    text: bytes
    identity_salt: bytes
    identity: bytes
    read: Mapping[str, Any]

    @property
    def commitment(self) -> bytes:
        """What the leaf holds."""
        return entry.commitment(self.salt, self.text)

    def are_those_of(self, commitment: str) -> bool:
        """Whether this is what an entry (its commitment in hex) committed to, who looked included."""
        who = _commitment_to(self.identity_salt, self.identity)
        return self.commitment.hex() == commitment and self.read["who"] == who

    @property
    def accessor(self) -> Mapping[str, Any]:
        """Who looked: person (id or None), name, email, account. Only for whoever may know the name."""
        return accessor_of(self.identity)

    def packed(self) -> bytes:
        """As it is sealed: both salts, the length of the details, the details, the identity."""
        return _packed(self.salt, self.text, self.identity_salt, self.identity)

    @staticmethod
    def unpacked(plain: bytes) -> Details:
        """What `packed` wrote. Raises ValueError when it is something else."""
        end = _START + int.from_bytes(plain[_SALTS:_START], "big")
        text = plain[_START:end]
        return Details(
            plain[: entry.SALT_BYTES], text, plain[entry.SALT_BYTES : _SALTS], plain[end:], orjson.loads(text)
        )


def gist(plain: bytes, commitment: str) -> Gist | None:
    """What figures count by, of details in the packed form; None where they are not what an entry (its commitment in
    hex) committed to. Written out beside `unpacked`, because a person may have thousands and figures are over all."""
    end = _START + int.from_bytes(plain[_SALTS:_START], "big")
    text = plain[_START:end]
    if entry.commitment(plain[: entry.SALT_BYTES], text).hex() != commitment:
        return None
    read, identity = orjson.loads(text), plain[end:]
    if read["who"] != _commitment_to(plain[entry.SALT_BYTES : _SALTS], identity):
        return None
    return Gist(read["purpose"], read["automated"], read["shared"], read["observed"], identity)


def _commitment_to(identity_salt: bytes, identity: bytes) -> str:
    """What details name as `who`."""
    return hashlib.sha256(identity_salt + identity).hexdigest()


@lru_cache(1024)
def accessor_of(identity: bytes) -> Mapping[str, Any]:
    """Who an identity (canonical JSON) names; the same few people and jobs look again and again."""
    return orjson.loads(identity)


class Told(NamedTuple):
    """What details say of an accessor, each as its canonical JSON."""

    role: str
    team: str
    account: str
    automated: str
    shared: str


def made(
    *,
    accessor: Told,
    action: str,
    at: int,
    source: str,
    count: int,
    observed: bool,
    purpose: str,
    ticket: str,
    scope: Mapping[str, object],
    people_count: int,
    recorded_at: int,
    identity: bytes,
    salts: bytes,
) -> tuple[bytes, bytes]:
    """What the entry commits to, and the details as they are sealed beside it: with commitments over them and over the
    accessor's canonical `identity`, under `salts`: 32 fresh random bytes.

    What happened, when, where and how much stands here and in the leaf: an entry that is not in the tree yet is known
    by its details. The object is written out, in the order of RFC 8785, because a batch of entries spends most of its
    time on it otherwise.
    """
    salt, identity_salt = salts[: entry.SALT_BYTES], salts[entry.SALT_BYTES :]
    who = _commitment_to(identity_salt, identity)
    to_at, to_count, to_people, to_recorded, to_scope, to_ticket = _between(accessor, action, source, observed, purpose)
    text = (
        f"{to_at}{at}{to_count}{count}{to_people}{people_count}{to_recorded}{recorded_at}{to_scope}{told(scope)}"
        f'{to_ticket}{canonical(ticket).decode()},"who":"{who}"}}'
    ).encode()
    return entry.commitment(salt, text), _packed(salt, text, identity_salt, identity)


@lru_cache(1024)
def _between(accessor: Told, action: str, source: str, observed: bool, purpose: str) -> tuple[str, ...]:
    """What stands between the values that are of one entry alone: before at, count, people_count, recorded_at, scope
    and ticket. The same accessors do the same again and again."""
    return (
        f'{{"account":{accessor.account},"action":{told(action)},"at":',
        f',"automated":{accessor.automated},"count":',
        f',"observed":{entry.WORD[observed]},"people_count":',
        f',"purpose":{told(purpose)},"recorded_at":',
        f',"role":{accessor.role},"scope":',
        f',"shared":{accessor.shared},"source":{told(source)},"team":{accessor.team},"ticket":',
    )


def _packed(salt: bytes, text: bytes, identity_salt: bytes, identity: bytes) -> bytes:
    return b"".join((salt, identity_salt, len(text).to_bytes(_LENGTH, "big"), text, identity))


def told(value: object) -> str:
    """A JSON value as it stands in the details: canonical (RFC 8785). Raises as `canonical` does."""
    return _told(value) if type(value) is str else canonical(value).decode()


@lru_cache(4096)
def _told(value: str) -> str:
    return canonical(value).decode()

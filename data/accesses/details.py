"""What lies sealed beside an entry: the details it commits to, and who looked, which the details commit to in turn.

Two commitments, one inside the other, because a person reads the details of every access, and the name of
whoever looked only after a decision. Pure.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from data.accesses import entry
from data.canonical import canonical

_LENGTH = 4  # bytes of the details' length in the packed form


@dataclass(frozen=True)
class Details:
    """`text` and `identity` are canonical JSON. The entry commits to SHA-256(salt || text), and `text` names
    SHA-256(identity_salt || identity) as `who`."""

    salt: bytes
    text: bytes
    identity_salt: bytes
    identity: bytes

    @property
    def commitment(self) -> bytes:
        """What the leaf holds."""
        return entry.commitment(self.salt, self.text)

    @cached_property
    def read(self) -> dict[str, Any]:
        """The details: role, team, account, automated, observed, purpose, ticket, scope, people_count, who."""
        return json.loads(self.text)

    @cached_property
    def accessor(self) -> dict[str, Any]:
        """Who looked: person (id or None), name, email, account. Only for whoever may know the name."""
        return json.loads(self.identity)

    def packed(self) -> bytes:
        """As it is sealed: both salts, the length of the details, the details, the identity."""
        return b"".join(
            (self.salt, self.identity_salt, len(self.text).to_bytes(_LENGTH, "big"), self.text, self.identity)
        )

    @staticmethod
    def unpacked(plain: bytes) -> Details:
        """What `packed` wrote."""
        salts = 2 * entry.SALT_BYTES
        start = salts + _LENGTH
        end = start + int.from_bytes(plain[salts:start], "big")
        return Details(
            salt=plain[: entry.SALT_BYTES],
            text=plain[start:end],
            identity_salt=plain[entry.SALT_BYTES : salts],
            identity=plain[end:],
        )


def made(fields: Mapping[str, object], identity: bytes) -> Details:
    """Fresh commitments over `fields` (all of the details but `who`) and the accessor's canonical identity."""
    salts = secrets.token_bytes(2 * entry.SALT_BYTES)
    salt, identity_salt = salts[: entry.SALT_BYTES], salts[entry.SALT_BYTES :]
    who = hashlib.sha256(identity_salt + identity).hexdigest()
    return Details(salt, canonical({**fields, "who": who}), identity_salt, identity)

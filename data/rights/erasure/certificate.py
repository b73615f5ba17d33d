"""The certificate of a deletion: what was removed, how many, when, and how we know. Pure but for its template."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

import rfc8785

from data.rights import rendering

VERSION = 1


@dataclass(frozen=True)
class Certificate:
    """Instants are ISO 8601 UTC. `removed` are counts by plain name, `digests` the SHA-256 (hex) of each sealed file
    that was removed, as it was stored; `left` captures are still held; `logged` are positions in the access log."""

    request: int
    person: str
    email: str
    what: str
    opened: str
    approved: str
    approved_by: str
    finished: str
    removed: dict[str, int]
    left: int
    verified: tuple[str, ...]
    digests: tuple[str, ...] = ()
    logged: tuple[int, ...] = ()
    version: int = field(default=VERSION)

    def as_json(self) -> bytes:
        """Canonical JSON (RFC 8785): the same certificate always has the same bytes, and `digest` is their SHA-256."""
        content: dict[str, Any] = asdict(self)
        return rfc8785.dumps(json.loads(json.dumps(content)))

    @staticmethod
    def of(document: bytes) -> Certificate:
        """What `as_json` wrote."""
        found: dict[str, Any] = json.loads(document)
        lists: dict[str, Any] = {name: tuple(one) for name, one in found.items() if isinstance(one, list)}
        return Certificate(**found | lists)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the canonical JSON."""
        return hashlib.sha256(self.as_json()).hexdigest()

    def as_html(self) -> bytes:
        """A page that a person can read and print; it fetches nothing."""
        return rendering.rendered("certificate.html", it=self, digest=self.digest)

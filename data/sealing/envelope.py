"""Envelopes: AES-256-GCM over bytes, bound to where they belong."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from data.canonical import canonical
from data.errors import Unreadable

VERSION = 1  # of the form of everything that is sealed
KEY = 32  # bytes
_SMALL = 8192  # bytes
NONCE = 12  # bytes; random, so one key seals at most 2**32 envelopes (NIST SP 800-38D, 8.3)


def ready(key: bytes) -> AESGCM:
    """A key to seal or open many small envelopes with; making it ready takes longer than opening one of them."""
    return AESGCM(key)


def new_key() -> bytes:
    """A fresh key."""
    return os.urandom(KEY)


def binding(store: str, what: str, **where: int | str) -> bytes:
    """The additional data of an envelope: canonical JSON (RFC 8785) of what it holds and where it belongs.

    Integers are written as text, because JSON's numbers end at 2**53.
    """
    parts = {name: str(value) for name, value in where.items()}
    return canonical({"store": store, "version": VERSION, "what": what, **parts})


def seal(key: bytes | AESGCM, plain: bytes, aad: bytes, nonce: bytes | None = None) -> bytes:
    """Nonce and ciphertext with its tag: 28 bytes more than `plain`. `nonce`: NONCE random bytes, never used before,
    where many are drawn at once."""
    nonce = os.urandom(NONCE) if nonce is None else nonce
    return nonce + _cipher(key).encrypt(nonce, plain, aad)


def unseal(key: bytes | AESGCM, sealed: bytes, aad: bytes) -> bytes:
    """What `seal` sealed. Raises Unreadable when the key is another, a byte was altered or it belongs elsewhere."""
    try:
        # A small one is sooner copied than looked at through a view.
        view = sealed if len(sealed) < _SMALL else memoryview(sealed)
        return _cipher(key).decrypt(view[:NONCE], view[NONCE:], aad)
    except (InvalidTag, ValueError, TypeError) as error:  # SQLite keeps a text also where bytes belong
        raise Unreadable("Sealed content does not open: it was altered, moved, or belongs to another key.") from error


def _cipher(key: bytes | AESGCM) -> AESGCM:
    return AESGCM(key) if isinstance(key, bytes) else key

"""Cosignatures (c2sp.org/tlog-cosignature v1, Ed25519): what a witness signs about a checkpoint, and when. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.tlog import note
from data.tlog.checkpoint import LARGEST
from data.tlog.note import Signature

COSIGNATURE = 0x04


@dataclass(frozen=True)
class Verifier:
    """A witness's key: it signs a moment together with a checkpoint's text; `public` is its 32 bytes."""

    name: str
    public: bytes

    @staticmethod
    def parse(vkey: str) -> Verifier:
        """The key that `name+hash+base64` stands for; BadInput saying what is wrong with it."""
        return Verifier(*note.parse_vkey(vkey, COSIGNATURE))

    @property
    def key_id(self) -> bytes:
        """SHA-256(name, newline, 0x04, public key), its first 4 bytes."""
        return note.key_id(self.name, COSIGNATURE, self.public)

    @property
    def vkey(self) -> str:
        """The key as a line of text that can be handed around."""
        return note.write_vkey(self.name, COSIGNATURE, self.public)

    def accepts(self, text: str, raw: bytes) -> bool:
        """Whether `raw` (8 bytes of time, 64 of signature) is this witness's cosignature of the checkpoint `text`."""
        if len(raw) != 72 or (seconds := int.from_bytes(raw[:8], "big")) > LARGEST:
            return False
        return note.is_signed(self.public, _message(text, seconds), raw[8:])


@dataclass(frozen=True)
class Cosigner:
    """A witness's own key: `seed` is its 32 secret bytes."""

    name: str
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        note.check_name(self.name)

    @property
    def verifier(self) -> Verifier:
        """What checks this witness's cosignatures."""
        return Verifier(self.name, note.public_of(self.seed))

    @property
    def vkey(self) -> str:
        """What others need in order to check this witness's cosignatures."""
        return self.verifier.vkey

    def cosign(self, text: str, seconds: int) -> Signature:
        """The cosignature of a checkpoint's text at `seconds` since 1970-01-01 UTC."""
        raw = note.sign_bytes(self.seed, _message(text, seconds))
        return Signature(self.name, self.verifier.key_id, seconds.to_bytes(8, "big") + raw)


def seconds_of(signature: Signature) -> int:
    """When a cosignature says it was made, in seconds since 1970-01-01 UTC; verify it before believing it."""
    return int.from_bytes(signature.raw[:8], "big")


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()

"""Signed notes (c2sp.org/signed-note v1): a text, an empty line, and lines that each hold one signature. Pure."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from data.errors import BadInput

ED25519 = 0x01
# The specification asks for a limit and for at least 16; the reference implementation in Go takes 100.
MOST_SIGNATURES = 100
MOST_BYTES = 1_000_000
_DASH = "— "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class Unverified(BadInput):
    """A well-formed note that nobody trusted here has signed, or whose signature by a known key does not match."""


@dataclass(frozen=True)
class Signature:
    """One signature line: the name of its key, the 4 bytes of its key ID and what the key made (`raw`)."""

    name: str
    key_id: bytes
    raw: bytes

    @property
    def line(self) -> str:
        """The line as a note holds it, with its newline."""
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.raw).decode()}\n"


class Key(Protocol):
    """A key that notes are checked against: of a log (Verifier) or of a witness (cosignature.Verifier)."""

    @property
    def name(self) -> str:
        """The key's name."""
        ...

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that stand for name, kind and key."""
        ...

    def accepts(self, text: str, raw: bytes) -> bool:
        """Whether `raw` is this key's signature of `text`."""
        ...


@dataclass(frozen=True)
class Verifier:
    """An Ed25519 key that signs the text itself, as a log does; `public` is its 32 bytes."""

    name: str
    public: bytes

    @staticmethod
    def parse(vkey: str) -> Verifier:
        """The key that `name+hash+base64` stands for; BadInput saying what is wrong with it."""
        return Verifier(*parse_vkey(vkey, ED25519))

    @property
    def key_id(self) -> bytes:
        """SHA-256(name, newline, 0x01, public key), its first 4 bytes."""
        return key_id(self.name, ED25519, self.public)

    @property
    def vkey(self) -> str:
        """The key as a line of text that can be handed around."""
        return write_vkey(self.name, ED25519, self.public)

    def accepts(self, text: str, raw: bytes) -> bool:
        """Whether `raw` (64 bytes) is this key's signature of `text`."""
        return is_signed(self.public, text.encode(), raw)


@dataclass(frozen=True)
class Signer:
    """A log's own key: `seed` is its 32 secret bytes (RFC 8032)."""

    name: str
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        check_name(self.name)

    @property
    def verifier(self) -> Verifier:
        """What checks this key's signatures."""
        return Verifier(self.name, public_of(self.seed))

    @property
    def vkey(self) -> str:
        """What others need in order to check this key's signatures."""
        return self.verifier.vkey

    def signature(self, text: str) -> Signature:
        """The signature of `text`; the same for the same text (RFC 8032)."""
        return Signature(self.name, self.verifier.key_id, sign_bytes(self.seed, text.encode()))


@dataclass(frozen=True)
class Opened:
    """A note's text, the signatures of known keys (all verified, at least one) and those of keys not known here."""

    text: str
    verified: tuple[Signature, ...]
    unknown: tuple[Signature, ...]


def sign(text: str, signers: Sequence[Signer]) -> str:
    """The note of `text` with a signature of each. BadInput for a text that no note can hold."""
    check_text(text)
    if not signers:
        raise BadInput("A note needs a signature; name a key that signs it.")
    return text + "\n" + "".join(signer.signature(text).line for signer in signers)


def open_note(note: bytes | str, verifiers: Sequence[Key]) -> Opened:
    """Take a note apart and check it.

    Raises BadInput when it is not a note to the letter, Unverified when a known key's signature does not match or
    when no known key has signed. Two signatures of one key are refused, also of a key that is not known.
    """
    text, signatures = split(note)
    known = {(key.name, key.key_id): key for key in verifiers}
    verified: list[Signature] = []
    unknown: list[Signature] = []
    for signature in signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            unknown.append(signature)
        elif key.accepts(text, signature.raw):
            verified.append(signature)
        else:
            raise Unverified(f"The signature by {signature.name} does not match the text; the note was changed.")
    if not verified:
        raise Unverified("No key that is known here has signed the note; add its verifier key, or ask who made it.")
    return Opened(text, tuple(verified), tuple(unknown))


def split(note: bytes | str) -> tuple[str, tuple[Signature, ...]]:
    """A note's text (with its last newline) and signatures, nothing verified. BadInput when it is no note."""
    try:
        raw = note.encode() if isinstance(note, str) else note
        whole = raw.decode()
    except UnicodeError:
        raise BadInput("The note is not UTF-8; fetch it again, as it came.") from None
    if len(raw) > MOST_BYTES:
        raise BadInput(f"The note has {len(raw):,} bytes; no more than {MOST_BYTES:,} are read.")
    end = whole.rfind("\n\n")
    if end < 0 or not whole.endswith("\n"):
        raise BadInput("The note has no empty line before its signatures, or its last line does not end in a newline.")
    text, lines = whole[: end + 1], whole[end + 2 : -1].split("\n")
    check_text(text)
    if len(lines) > MOST_SIGNATURES:
        raise BadInput(f"The note has {len(lines)} signatures; no more than {MOST_SIGNATURES} are read.")
    signatures = tuple(parse_line(line) for line in lines)
    if len({(signature.name, signature.key_id) for signature in signatures}) < len(signatures):
        raise BadInput("The note has two signatures of one key; fetch it again, as it came.")
    return text, signatures


def parse_line(line: str) -> Signature:
    """One signature line without its newline: em dash, space, name, space, base64. BadInput otherwise."""
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != _DASH[0]:
        raise BadInput(f"{line[:80]!r} is not a signature line: em dash, space, name, space, base64.")
    check_name(parts[1])
    raw = decode(parts[2])
    if len(raw) <= 4:
        raise BadInput(f"The signature by {parts[1]} is empty after its key ID.")
    return Signature(parts[1], raw[:4], raw[4:])


def check_text(text: str) -> None:
    """BadInput for a text that no note can hold: without a last newline, or with a control character."""
    if not text.endswith("\n"):
        raise BadInput("The text of a note ends in a newline; this one does not.")
    if found := _CONTROL.search(text):
        raise BadInput(f"The note holds the control character U+{ord(found[0]):04X}; only newlines are allowed.")


def check_name(name: str) -> None:
    """BadInput for a name that no key can have: empty, or with a space, a plus sign or a control character."""
    if not name or "+" in name or any(character.isspace() for character in name) or _CONTROL.search(name):
        raise BadInput(f"{name[:80]!r} is not a key's name: at least one character, no spaces, no plus sign.")


def decode(text: str) -> bytes:
    """Standard base64 (RFC 4648 section 4) in its one canonical form; BadInput for every other way to write it."""
    try:
        raw = b64decode(text, validate=True)
    except ValueError:
        raw = b""
    if not raw or b64encode(raw).decode() != text:
        raise BadInput(f"{text[:80]!r} is not base64 as the standard writes it.")
    return raw


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """SHA-256(name || newline || kind || public key)[:4], as signed-note recommends."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def write_vkey(name: str, kind: int, public: bytes) -> str:
    """`name+hash+base64(kind || public key)`, the hash as 8 hexadecimal digits."""
    return f"{name}+{key_id(name, kind, public).hex()}+{b64encode(bytes([kind]) + public).decode()}"


def parse_vkey(vkey: str, kind: int) -> tuple[str, bytes]:
    """Name and 32-byte Ed25519 public key; BadInput unless it is of this kind and its hash fits its key."""
    name, _, rest = vkey.partition("+")
    written, _, encoded = rest.partition("+")
    check_name(name)
    raw = decode(encoded)
    if len(raw) != 33 or raw[0] != kind:
        wanted = "a witness's" if kind != ED25519 else "a log's"
        raise BadInput(f"{vkey[:120]!r} is not {wanted} Ed25519 verifier key.")
    if written != key_id(name, kind, raw[1:]).hex():
        raise BadInput(f"The hash in {vkey[:120]!r} does not fit its name and key; copy the whole line again.")
    return name, raw[1:]


def public_of(seed: bytes) -> bytes:
    """The 32-byte public key of 32 secret bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign_bytes(seed: bytes, message: bytes) -> bytes:
    """The 64-byte Ed25519 signature (RFC 8032)."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def is_signed(public: bytes, message: bytes, raw: bytes) -> bool:
    """Whether `raw` is the Ed25519 signature of `message`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(raw, message)
    except (InvalidSignature, ValueError):
        return False
    return True

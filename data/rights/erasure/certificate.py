"""The certificate of a deletion: what went, what stayed and why, how we know, and the log that says so. Pure but for
its template.

It is handed out as a signed note (c2sp.org/signed-note): one line of canonical JSON (RFC 8785) and the signature of the
access log's own key over it, so that whoever has the file and that key can check it without Daylight's store.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from data.accesses import entry
from data.canonical import canonical
from data.captures.scope import Scope
from data.errors import BadInput
from data.rights import rendering
from data.tlog import checkpoint, merkle, note
from data.tlog.note import Signer, Verifier

VERSION = 3


@dataclass(frozen=True)
class Logged:
    """The entry of the access log that says it is done: its position, the exact texts that were hashed, and the proof
    that it is in the log whose head `checkpoint` (a signed note) is. Hashes and salt are hex."""

    intended: int
    position: int
    leaf: str
    details: str
    salt: str
    size: int
    inclusion: tuple[str, ...]
    checkpoint: str
    key: str


@dataclass(frozen=True)
class Certificate:
    """Instants are ISO 8601 UTC. `removed` are counts by plain name, `digests` the SHA-256 (hex) of each sealed file
    that was removed, as it was stored; `keys` the versions of the person's key that were destroyed; `left` captures
    are still held; `stays` is what a deletion never takes, each with its reason; `copies`: where each copy outside
    the store stood when this was made (Task.as_json); `held` is what legal holds keep for now, each with its reason
    and the day on which it is looked at again (Kept.as_json). What becomes known later is in a `revision` of its own,
    `made` then, which names the one `before` it by its digest and says what `changed`; each stays valid."""

    request: int
    person: str
    email: str
    what: str
    scope: dict[str, Any]
    opened: str
    approved: str
    approved_by: str
    finished: str
    removed: dict[str, int]
    left: int
    stays: tuple[tuple[str, str], ...]
    verified: tuple[str, ...]
    log: Logged
    copies: tuple[dict[str, Any], ...] = ()
    keys: tuple[int, ...] = ()
    digests: tuple[str, ...] = ()
    held: tuple[dict[str, Any], ...] = ()
    made: str = ""
    revision: int = 1
    before: str = ""
    changed: tuple[str, ...] = ()
    version: int = field(default=VERSION)

    def as_json(self) -> bytes:
        """Canonical JSON (RFC 8785): the same certificate always has the same bytes, and `digest` is their SHA-256."""
        return canonical(json.loads(json.dumps(asdict(self))))

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the canonical JSON."""
        return hashlib.sha256(self.as_json()).hexdigest()

    def revised(self, before: Certificate | None) -> Certificate:
        """The same as what follows `before` (None: the first)."""
        if before is None:
            return self
        changed = changes(before, self)
        return replace(self, revision=before.revision + 1, before=before.digest, changed=changed)

    def sign(self, signer: Signer) -> str:
        """The certificate as it is handed out."""
        return note.sign(self.as_json().decode() + "\n", [signer])

    def as_html(self, signed: str) -> bytes:
        """A page that a person can read and print, with the signature; it fetches nothing."""
        signature = note.split(signed)[1][0].line.strip()
        return rendering.rendered(
            "certificate.html", it=self, digest=self.digest, signature=signature, of=_in_words, copy=rendering.of_copy
        )


def _in_words(captures: dict[str, Any]) -> str:
    return rendering.in_words(Scope.from_json(captures))


def changes(before: Certificate, now: Certificate) -> tuple[str, ...]:
    """What `now` says that `before` did not, as sentences."""
    said: list[str] = []
    more = now.removed["Captures"] - before.removed["Captures"]
    if more:
        said.append(f"{more:,} captures more were deleted, which had been kept for now.")
    if before.held and not now.held:
        said.append("No legal hold keeps anything of it any more.")
    was = {one["copy"]: one["outcome"] for one in before.copies}
    news = [one for one in now.copies if was.get(one["copy"]) != one["outcome"]]
    said += [
        f"The copy of {one['holder']} ({one['purpose']}, {one['ticket']}): {rendering.of_copy(one)}" for one in news
    ]
    return tuple(said)


def of(signed: bytes | str) -> Certificate:
    """The certificate that a signed note holds; nothing is verified. BadInput when it is none."""
    try:
        found: dict[str, Any] = json.loads(note.split(signed)[0])
        log: dict[str, Any] = {name: _frozen(one) for name, one in found["log"].items()}
        fields: dict[str, Any] = {name: _frozen(one) for name, one in found.items()} | {"log": Logged(**log)}
        held = Certificate(**fields)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise BadInput("This is no certificate of a deletion; take the signed file, as it was downloaded.") from None
    if held.version != VERSION:
        raise BadInput(f"This certificate is of form {held.version}, and this program knows form {VERSION}.")
    return held


def check(signed: bytes, key: str | None = None) -> Certificate:
    """The certificate, once it holds: it and the head of the log it names are signed by `key` (`name+hash+base64`;
    None: by the key it names itself), and the entry that says it is done is in that log. BadInput saying what does
    not hold."""
    held = of(signed)
    verifier = Verifier.parse(key or held.log.key)
    text = note.open_note(signed, [verifier]).text
    if text.encode() != held.as_json() + b"\n":
        raise BadInput("The certificate is signed, and yet not written as certificates are; tell the auditor.")
    head = checkpoint.parse(note.open_note(held.log.checkpoint, [verifier]).text)
    if (head.origin, head.size) != (verifier.name, held.log.size):
        raise BadInput("The head of the log in the certificate is another log's, or of another size than it says.")
    try:
        _check_entry(held, head.root)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise BadInput("The proof in the certificate is not written as proofs are; tell the auditor.") from None
    return held


def _check_entry(held: Certificate, root: bytes) -> None:
    log, leaf = held.log, json.loads(held.log.leaf)
    proof = tuple(bytes.fromhex(one) for one in log.inclusion)
    found = merkle.root_from_inclusion(merkle.leaf_hash(log.leaf.encode()), log.position, log.size, proof)
    if found != root:
        raise BadInput(f"Entry {log.position} of the log is not what the certificate says; tell the auditor.")
    committed = entry.commitment(bytes.fromhex(log.salt), log.details.encode()).hex()
    details = json.loads(log.details)
    says = leaf["commitment"], leaf["action"], leaf["count"], details["scope"].get("request")
    if says != (committed, entry.Action.ERASURE_DONE.value, held.removed["Captures"], held.request):
        raise BadInput(f"Entry {log.position} of the log says something else than the certificate; tell the auditor.")


def _frozen(value: Any) -> Any:
    """Lists as tuples, the ones inside them too."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] (JSON)

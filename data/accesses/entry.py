"""What one entry of the access log is: its words, and the bytes that commit to it. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from json.encoder import encode_basestring as quoted

from data.tlog import merkle

VERSION = 1
SALT_BYTES = 16
WORD = ("false", "true")  # of JSON
_BLOCK = 64  # bytes that SHA-256 takes at a time

# The source of evidence that this program itself writes; no outside file may claim it.
DAYLIGHT = "daylight"
HISTORY = "access history"  # what a look at who looked is about, as its scope says
COUNTED = "counted"  # the view of this program when it counts people for figures
AFFECTED = "affected"  # the view of whoever took the list of the people whom an exposure concerns
DEVICES = "what devices report of themselves"  # the same of a look at that
BESIDE = frozenset({HISTORY, DEVICES})  # looks at these open no captures


class Action(StrEnum):
    """What happened. The first five are accesses: somebody looked at, copied, queried or trained on a person's
    data, or this program counted them among others. The rest are events which the log keeps so that nobody can deny
    them."""

    READ = "read"
    COPY = "copy"
    QUERY = "query"
    TRAIN = "train"
    COUNT = "count"

    STORE_MADE = "store made"
    ROSTER = "roster imported"
    GRANT = "role granted"
    REVOKE = "role revoked"
    IMPORT = "captures imported"
    EVIDENCE = "access evidence imported"
    COVERAGE = "coverage recorded"
    EXPLAINED = "access explained"
    MATCHED = "accesses reconciled"
    REQUEST_OPENED = "request opened"
    REQUEST_WITHDRAWN = "request withdrawn"
    REQUEST_DECIDED = "request decided"
    REQUEST_ANSWERED = "request answered"
    REQUEST_APPEALED = "request appealed"
    APPEAL_DECIDED = "appeal decided"
    REQUEST_LIFTED = "request lifted"
    REQUEST_CONFIRMED = "receipt of request confirmed"
    REQUEST_EXTENDED = "request extended"
    REQUEST_STOPPED = "clock of request stopped"
    REQUEST_RESUMED = "clock of request resumed"
    REQUEST_TAKEN = "request taken on"
    REQUEST_GIVEN_BACK = "request given back"
    LOOK_REFUSED = "look refused"
    CONSUMER = "consumer registered"
    COPY_SETTLED = "copy settled"
    ERASURE_INTENDED = "erasure intended"
    ERASURE_DONE = "erasure done"
    ERASURE_HELD = "erasure held back"
    ERASURE_REPLAYED = "erasure carried out again"
    EXPORT_MADE = "export made"
    EXPORT_TAKEN = "export taken"
    EXPORT_EXPIRED = "export expired"
    KEYS_TURNED = "keys turned"
    INCIDENT = "incident recorded"
    EXPOSURE = "exposure recorded"
    AUDIENCE = "accounts of an exposure listed"
    HOLD = "legal hold"
    ESCALATED = "deadline brought to officers"
    REVIEW_DUE = "review of the quarantine brought to officers"
    DELAY_ENDS = "person told that a deletion starts soon"
    REPLY_AWAITED = "person reminded that an answer is awaited"
    TEAMS_NAMED = "teams named for a purpose"
    BYSTANDERS = "bystander rules set"
    BLACKED_OUT = "part of a screen blacked out in copies"
    UNCOVERED = "blacked out part of a screen uncovered"
    SAVED_TEXT = "saved text changed"
    ACCEPTED = "older log accepted"
    CONTROL = "control recorded"
    PROGRAMME = "state of the programme"
    ASSESSMENT = "impact assessment filed"
    OWN_PAUSE = "own pause of capturing"
    DISOBEYED = "captures sent from a pause"
    WENT_ON = "devices report capturing in a pause"
    IGNORED = "captures sent in spite of an objection"
    QUARANTINE_ERASED = "refused captures erased"
    DEVICE_ENROLLED = "device enrolled"
    DEVICE_REVOKED = "device revoked"
    PRIVACY_NOTICE = "privacy notice published"
    NOTICE_READ = "privacy notice read"
    DRIFT = "captured without a promise"
    RETENTION = "retention enforced"
    ALARM = "alarms told to organizers"
    FIGURES_CHOSEN = "figures of a quarter chosen"
    KEEPING = "span promised for which accesses are kept"
    DESTROYED = "details of accesses destroyed"


# What an audit outside may have seen, and what its evidence may say. Counting is this program's alone.
SEEN_OUTSIDE = frozenset({Action.READ, Action.COPY, Action.QUERY, Action.TRAIN})
ACCESSES = SEEN_OUTSIDE | {Action.COUNT}


class Purpose(StrEnum):
    """Why, from a fixed list. `plain` is how the person reads it."""

    NONE = "none"
    OWN = "own"
    REQUEST = "request"
    QUESTION = "question"
    SECURITY = "security"
    SUPPORT = "support"
    LEGAL = "legal"
    AUDIT = "audit"
    TRAINING = "training"
    QUALITY = "quality"
    RESEARCH = "research"
    FIGURES = "figures"

    @property
    def plain(self) -> str:
        """The purpose in plain words."""
        return _PLAIN[self]


_PLAIN = {
    Purpose.NONE: "no reason given",
    Purpose.OWN: "you looked yourself",
    Purpose.REQUEST: "to handle a request you made",
    Purpose.QUESTION: "to answer a question you asked",
    Purpose.SECURITY: "to look into a security problem",
    Purpose.SUPPORT: "to fix a technical problem",
    Purpose.LEGAL: "because of a legal duty or dispute",
    Purpose.AUDIT: "to check that the rules are kept",
    Purpose.TRAINING: "to train AI models",
    Purpose.QUALITY: "to check the quality of the data",
    Purpose.RESEARCH: "for research and analysis",
    Purpose.FIGURES: "to count people for the programme's figures",
}


# What whoever looks, or evidence of a look, may give as the purpose: the others are for this program to say.
GIVEN = tuple(one for one in Purpose if one not in (Purpose.NONE, Purpose.OWN, Purpose.FIGURES))


@dataclass(frozen=True)
class Reason:
    """Why somebody looks: a purpose from the list and, where there is one, the ticket that asked for it."""

    purpose: Purpose
    ticket: str = ""


NO_REASON = Reason(Purpose.NONE)


def commitment(salt: bytes, details: bytes) -> bytes:
    """SHA-256(salt || details). With salt and details destroyed it says nothing, and every proof still holds."""
    return hashlib.sha256(salt + details).digest()


def tag(key: bytes, commitment: bytes) -> bytes:
    """A person's blinded tag in one entry: only who holds the person's tag key can recognise it. The entry's
    commitment is its nonce: random, never the same twice, and in the leaf for as long as the log exists."""
    return hmac.digest(key, commitment, "sha256")


def tagging(key: bytes) -> Callable[[bytes], bytes]:
    """`tag` for many entries with one key of at most 64 bytes: HMAC (RFC 2104 section 2) whose two blocks of key are
    hashed once."""
    block = key.ljust(_BLOCK, b"\0")
    inner = hashlib.sha256(bytes(one ^ 0x36 for one in block)).copy
    outer = hashlib.sha256(bytes(one ^ 0x5C for one in block)).copy

    def tag(commitment: bytes) -> bytes:
        first, second = inner(), outer()
        first.update(commitment)
        second.update(first.digest())
        return second.digest()

    return tag


def people_root(tags: Sequence[bytes]) -> bytes:
    """The tree hash over the sorted tags of everybody an entry is about."""
    return merkle.leaf_hash(tags[0]) if len(tags) == 1 else merkle.root(sorted(tags))  # most are about one person


def leaf(*, at: int, action: str, source: str, count: int, commitment: str, people: str, observed: bool) -> bytes:
    """The bytes of an entry as the tree takes them: RFC 8785 JSON. `commitment` and `people` are hex; nothing says
    who. `observed` stands here and not only in the details, so that whoever takes those away does not hide that an
    audit saw something nobody declared. Written out, because a check of the whole log makes every leaf again."""
    return (
        f'{{"action":{quoted(action)},"at":{at},"commitment":"{commitment}","count":{count},'
        f'"observed":{WORD[observed]},"people":"{people}","source":{quoted(source)},"v":{VERSION}}}'
    ).encode()

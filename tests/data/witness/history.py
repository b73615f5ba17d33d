"""A log small enough to hold in memory, which can also be made to tell a second story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from data.tlog import checkpoint, merkle, note, submission
from data.tlog.checkpoint import Checkpoint
from data.tlog.note import Signer
from data.tlog.submission import Submission

LOG = Signer("example.com/log", bytes(range(32)))


def leaves(count: int, forked_at: int | None = None) -> tuple[bytes, ...]:
    """Hashes of `count` leaves, other ones from `forked_at` on."""
    return tuple(
        merkle.leaf_hash(b"%d of another story" % one if forked_at is not None and one >= forked_at else b"%d" % one)
        for one in range(count)
    )


@dataclass(frozen=True)
class History:
    """What a log says it holds; `signer` signs its heads."""

    hashes: Sequence[bytes] = field(default_factory=lambda: leaves(64))
    signer: Signer = LOG

    def root(self, size: int) -> bytes:
        """The root of the first `size` leaves."""
        return merkle.root_of_hashes(self.hashes[:size])

    def text(self, size: int) -> str:
        """The text of the head at `size`."""
        return checkpoint.text(Checkpoint(self.signer.name, size, self.root(size)))

    def note(self, size: int) -> str:
        """The signed head at `size`."""
        return note.sign(self.text(size), [self.signer])

    def proof(self, first: int, second: int) -> tuple[bytes, ...]:
        """From `first` to `second` leaves; empty from none."""
        return merkle.consistency(first, second, self._subtree) if 0 < first <= second else ()

    def body(self, old: int, size: int) -> bytes:
        """The request that submits the head at `size` to a witness that knows `old`."""
        return submission.write(Submission(old, self.proof(old, size), self.note(size)))

    def _subtree(self, level: int, index: int) -> bytes:
        return merkle.root_of_hashes(self.hashes[index << level : index + 1 << level])


TRUE = History()
FORKED = History(leaves(64, forked_at=10))

# Long enough that a witness is asked for something new all the time.
LONG = History(leaves(2000))
LONG_FORKED = History(leaves(2000, forked_at=10))

"""What a witness says about itself: its key, what it has seen, and what it refused. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from data import instants
from data.tlog.cosignature import Cosigner
from data.witness.record import Doubt, Log, Refusal

MEANING = {
    Doubt.FORK: "two heads of one size that contradict each other, both signed by the log: its history was rewritten",
    Doubt.BROKEN: "a larger head that was not shown to extend what was cosigned: rewritten, or a wrong proof was sent",
    Doubt.OLDER: "a smaller head than one cosigned before: sent late, or the log was put back to an older state",
}


def public(cosigner: Cosigner, logs: Sequence[Log], refusals: Sequence[Refusal]) -> str:
    """For anybody: the key, each log's newest head, and how many heads were refused."""
    lines = [f"Witness {cosigner.name}", cosigner.vkey, ""]
    for log in logs:
        mine = [one for one in refusals if one.origin == log.origin]
        lines += [*seen(log), f"  {counted(mine)}"]
    return "\n".join([*lines, "" if logs else "No log is trusted yet.", ""])


def seen(log: Log) -> list[str]:
    """A log and the newest head of it that was cosigned."""
    if log.head is None:
        return [log.origin, "  nothing seen yet"]
    return [
        log.origin,
        f"  {log.head.size} entries, cosigned last at {when(log.head.seconds)}",
        f"  root {log.head.root.hex()}",
    ]


def counted(refusals: Sequence[Refusal]) -> str:
    """'refused: 1 fork, 2 older', or that nothing was."""
    kinds = [(kind, sum(1 for one in refusals if one.kind is kind)) for kind in Doubt]
    found = ", ".join(f"{count} {kind.value}" for kind, count in kinds if count)
    return f"refused: {found}" if found else "refused nothing"


def evidence(refusal: Refusal) -> list[str]:
    """A refused head in full: what it means, when, and both notes, each signed by the log."""
    times = f"{refusal.count} times, first {when(refusal.first_seconds)}, last {when(refusal.last_seconds)}"
    return [
        f"REFUSED ({refusal.kind.value}): {MEANING[refusal.kind]}.",
        f"{refusal.origin}, size {refusal.size} against {refusal.known_size}; {times}",
        "What came:",
        *(f"  {line}" for line in refusal.note.splitlines()),
        "What was cosigned before:",
        *(f"  {line}" for line in refusal.known_note.splitlines()),
    ]


def when(seconds: int) -> str:
    """2026-11-23 14:05:09 UTC."""
    return f"{instants.moment(seconds * instants.SECOND):%Y-%m-%d %H:%M:%S} UTC"

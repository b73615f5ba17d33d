"""The programme's state as the access log holds it: every pause and resume is an entry, and there is nothing beside it
that could say something else.

Entries are numbered among themselves, so that one that is taken out leaves a gap; one that none follows leaves it in
the log, which imports look for. With a gap nobody can tell whether capturing is paused, and nothing is taken in until
somebody looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from data import instants
from data.accesses import events, log, tree
from data.accesses.entry import Action
from data.database import lock
from data.errors import NotAllowed, Unreadable
from data.people.permissions import Permission, require, require_fresh
from data.people.viewer import Viewer
from data.programme import gate
from data.programme import state as rules
from data.programme.state import Line, Programme, Span, Step
from data.sealing.vault import Vault

# Held alone by whoever changes the state, and shared by imports while they commit: none ends up on the wrong side.
LOCK = "state of the programme"


def read(session: Session, viewer: Viewer, vault: Vault) -> Programme:
    """Its whole history, for everybody. Permission READ_PROGRAMME."""
    require(viewer, Permission.READ_PROGRAMME)
    return _read(session, vault)


def spans(session: Session, vault: Vault) -> tuple[Span, ...]:
    """The pauses, for what takes captures in; shows none of it to anybody.

    Raises Unreadable where an entry about them is missing or altered: then nobody knows what may be taken."""
    found = _read(session, vault)
    if found.lost:
        raise Unreadable(
            f"{found.lost:,} entries of the access log about the programme's pauses are missing or altered, so nothing"
            " is taken in before it is known whether it is paused; tell the auditor."
        )
    return found.spans


def require_whole(session: Session) -> None:
    """For what takes captures in: raise Unreadable where any entry of the log is missing, as it may be the newest about
    a pause, whose number nothing tells."""
    if missing := tree.missing(session):
        raise Unreadable(
            f"{missing:,} {'entry' if missing == 1 else 'entries'} of the access log {'is' if missing == 1 else 'are'}"
            " missing, so nobody can tell whether the programme is paused, and nothing is taken in; tell the auditor."
        )


def pause(session: Session, viewer: Viewer, vault: Vault, effective_at: int | None, reason: str) -> Programme:
    """Pause for everybody, now (None) or from an instant ahead. Permission CONTROL_PROGRAMME.

    Raises BadInput for a time that is past, Conflict where it is paused or a pause is announced."""
    return _step(session, viewer, vault, Step.PAUSED, reason, effective_at)


def bring_forward(session: Session, viewer: Viewer, vault: Vault, effective_at: int | None, reason: str) -> Programme:
    """Have an announced pause begin earlier, or now. Raises as `pause`."""
    return _step(session, viewer, vault, Step.BROUGHT_FORWARD, reason, effective_at)


def call_off(session: Session, viewer: Viewer, vault: Vault, reason: str) -> Programme:
    """Call off an announced pause; that it was announced stays on record. Raises Conflict once it has begun."""
    return _step(session, viewer, vault, Step.CALLED_OFF, reason)


def propose_resume(session: Session, viewer: Viewer, vault: Vault, reason: str) -> Programme:
    """Propose that capturing goes on; nothing changes until another officer confirms it. Raises Conflict."""
    return _step(session, viewer, vault, Step.PROPOSED, reason)


def agree(session: Session, viewer: Viewer, vault: Vault, reason: str, *, renews: bool = False) -> Programme:
    """Agree for the employees to what an officer proposed; anew where what was agreed counts no more (`renews`, which
    data/controls/resuming.py looks up). Permission AGREE_RESUME. Raises Conflict, and NotAllowed for whoever proposed
    it."""
    return _step(session, viewer, vault, Step.AGREED, reason, renews=renews)


def decline_resume(session: Session, viewer: Viewer, vault: Vault, reason: str) -> Programme:
    """Do not confirm that it goes on, or take back one's own proposal. Raises Conflict."""
    return _step(session, viewer, vault, Step.DECLINED, reason)


def resume(session: Session, viewer: Viewer, vault: Vault, others: Sequence[str], anyway: str = "") -> Programme:
    """Confirm what another officer proposed: captures made from now on are taken in again. `others`: what is missing
    beyond this record; only data/controls/resuming.py calls this, which looks it up. `anyway`: the reason for which it
    is resumed although something is missing.

    Raises Conflict, and NotAllowed with what is missing (data/programme/gate.py)."""
    return _step(session, viewer, vault, Step.RESUMED, anyway, others=others)


def _step(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    step: Step,
    reason: str,
    effective_at: int | None = None,
    others: Sequence[str] = (),
    *,
    renews: bool = False,
) -> Programme:
    require(viewer, Permission.AGREE_RESUME if step is Step.AGREED else Permission.CONTROL_PROGRAMME)
    require_fresh(viewer)
    words = reason.strip() if step is Step.RESUMED else rules.reason_of(reason)
    lock(session, LOCK)
    found, now = _read(session, vault), instants.now()
    rules.check(found, step, now, renews=renews)
    more: dict[str, Any] = {}
    if step in (Step.PAUSED, Step.BROUGHT_FORWARD):
        more = {"effective": rules.effective(found, step, effective_at, now)}
    elif step is Step.AGREED and found.proposal is not None and found.proposal.by == viewer.person_id:
        raise NotAllowed("Whoever proposed it does not agree to it for the employees.")
    elif step is Step.RESUMED:
        missing = _pass(found, viewer, now, others, words)
        words = rules.reason_of(words) if missing else found.proposal.words if found.proposal else ""
        more = {"effective": now, "missing": list(missing)}
    scope = {"line": len(found.lines) + found.lost, "step": step.value, "words": words, **more}
    log.append(
        session, vault, action=Action.PROGRAMME, people=(), accessor=viewer, reason=None, scope=scope, count=0, at=now
    )
    return _read(session, vault)


def _pass(found: Programme, viewer: Viewer, now: int, others: Sequence[str], anyway: str) -> tuple[str, ...]:
    """What is missing and gone past. Raises NotAllowed where it cannot be, or no reason is given."""
    if firm := gate.firm(found, viewer, now):
        raise NotAllowed(f"The programme is not resumed. {firm[0]}")
    missing = gate.missing(found, others)
    if missing and not anyway:
        raise NotAllowed(
            f"The programme is not resumed. {missing[0]}"
            + (f" {len(missing) - 1} more {'is' if len(missing) == 2 else 'are'} missing." if len(missing) > 1 else "")
            + " To resume it all the same takes a reason, which everybody reads beside what was missing."
        )
    return missing


def _read(session: Session, vault: Vault) -> Programme:
    entries, lost = events.read(session, vault, Action.PROGRAMME)
    lines: list[Line] = []
    for row, details in entries:
        scope, who = details.read["scope"], details.accessor
        try:
            step, number, effective = Step(scope["step"]), int(scope["line"]), scope.get("effective")
            told = str(who.get("name", "")), str(scope["words"]), None if effective is None else int(effective)
        except (KeyError, ValueError, TypeError):
            lost += 1
            continue
        missing = tuple(map(str, scope.get("missing", ())))
        lines.append(Line(row.position, number, step, row.at, who.get("person"), *told, missing))
    numbers = {one.number for one in lines}
    gaps = len(set(range(max(numbers, default=-1) + 1)) - numbers)
    return Programme(tuple(lines), max(lost, gaps))

"""A deletion, step by step: intent logged, keys destroyed together with the copies (exports), rows and objects removed,
absence verified by reading back, done logged, certificate made. Each step can be repeated; a crash loses none of it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action, Purpose, Reason
from data.captures import erase
from data.captures.removed import Removed
from data.captures.scope import Scope
from data.copies import tasks
from data.database import lock
from data.errors import Conflict
from data.people.viewer import OPERATOR
from data.rights import epochs, record, rendering
from data.rights.erasure import issuing, kept, sparing, tombstones
from data.rights.erasure.certificate import Certificate
from data.rights.erasure.tombstones import Erased, Tombstone
from data.rights.export import offer
from data.rights.redaction import marks
from data.rights.states import Move, RequestKind, State, after
from data.rights.tables import RequestRow
from data.rights.work import KEYS, Work
from data.sealing.keys import leave_no_remnant


def begin(work: Work) -> str | None:
    """Log what is about to happen, so that a deletion that never ends shows, and fix the instant it is bounded by,
    and what legal holds keep of it: none is confirmed meanwhile, or after this, that reaches what goes."""
    with work.writing() as (session, row):
        lock(session, log.LOCK)
        plan = sparing.plan(session, work.vault, work.person_id, work.scope)
        held = [one.as_json() for one in plan.kept]
        at = instants.now()
        if not plan.pieces:
            # What Daylight holds is kept; whoever has a copy of it is told to delete it all the same.
            _tell_copies(session, work)
            _hold_back(session, work, row, held)
            return None
        position = _log(session, work, Action.ERASURE_INTENDED, 0)
        before = work.carried(session, row)
        first = {"erasure": uuid.uuid4().hex, "intended": position, "at": at, "held": held}
        pieces = [piece.as_json() for piece in plan.pieces]
        counts = {"removed": before.get("removed", Removed().as_json()), "exports": before.get("exports", 0)}
        work.carry(session, row, first | {"pieces": pieces} | counts)
        record.note(session, row, None, "started")
        row.next_step = KEYS
    return KEYS


def destroy(work: Work) -> str:
    """Destroy the keys; for a narrower scope, put what stays under a new one in the same transaction. Before that the
    erasure gets its tombstone: a store put back to before this moment has it carried out again. Right after it the
    destroyed keys are cleared out of the database's files; where readers are in the way, `objects` insists."""
    _raise_tombstone(work)
    with work.writing() as (session, row):
        carried = work.carried(session, row)
        at, pieces = int(carried["at"]), _pieces(carried)
        if pieces == _EVERYTHING:
            _add(session, work, row, erase.destroy_keys(session, work.vault, work.person_id, at))
            _end_copies(session, work, row)
            row.next_step = "rows"
    if pieces == _EVERYTHING:
        leave_no_remnant(work.database)
        return "rows"
    beat = _Beat(work)

    def mark(session: Session, removed: Removed) -> None:
        row = work.mark(session)
        _add(session, work, row, removed)
        _end_copies(session, work, row)
        row.next_step = "objects"

    done = erase.rewrite_without(work.database, work.vault, work.person_id, pieces, at, mark=mark, alive=beat.alive)
    leave_no_remnant(work.database)
    work.show("objects", done.captures, done.captures)
    return "objects"


def _end_copies(session: Session, work: Work, row: RequestRow) -> None:
    """In the transaction of the keys: the person's own copies here hold what is gone with it, and go too."""
    _discard_exports(session, work, row)
    _tell_copies(session, work)


def _discard_exports(session: Session, work: Work, row: RequestRow) -> None:
    count = offer.discard_all(session, work.person_id, offer.GONE_WITH.format(row.id))
    carried = work.carried(session, row)
    work.carry(session, row, carried | {"exports": count + int(carried["exports"])})


def _tell_copies(session: Session, work: Work) -> None:
    """In the transaction of the keys: whoever holds a copy from before is told, and none is made that is not."""
    tasks.fan_out(session, work.vault, work.person_id, work.request_id, work.scope.as_json())


def rows(work: Work) -> str:
    """Remove what says that there was anything (a narrower scope lost its rows with the keys)."""
    with work.writing() as (session, row):
        _add(session, work, row, erase.remove_rows(session, work.vault, work.person_id))
        _discard_exports(session, work, row)
        row.next_step = "objects"
        done = row.done
    work.show("objects", done, done)
    return "objects"


def objects(work: Work) -> str:
    """Delete the sealed objects and what officers marked in them, and take the keys out of the database's own log."""
    with work.database.reading() as session:
        offer.sweep(session, work.vault, work.person_id)
    erase.settle(work.database, work.vault, work.person_id)
    with work.writing() as (session, row):
        marks.erase(session, work.vault, work.person_id, _pieces(work.carried(session, row)))
        row.next_step = "epoch"
    return "epoch"


def turn(work: Work) -> str:
    """Turn the keyring's epoch, so that a backup of the database brings nothing of it back."""
    epochs.turn(work.database, work.vault, OPERATOR)
    with work.writing() as (_, row):
        row.next_step = "verify"
    return "verify"


def verify(work: Work) -> str:
    """Read back that it is gone; anything that is left sends the request back to remove it."""
    with work.database.reading() as session:
        row = session.get_one(RequestRow, (work.person_id, work.request_id))
        carried = work.carried(session, row)
        pieces, at = _pieces(carried), int(carried["at"])
        left = [said for one in pieces for said in erase.remnants(session, work.vault, work.person_id, one, at)]
        left += offer.remnants(session, work.vault, work.person_id)
    tries = int(carried.get("tries", 0)) + 1
    again = "rows" if pieces == _EVERYTHING else KEYS
    with work.writing() as (session, row):
        row.next_step = again if left else "finish"
        work.carry(session, row, work.carried(session, row) | {"tries": tries})
    if left and tries > _TRIES:
        raise Conflict(f"Request {work.request_id} removed what it should, and yet: {left[0]} Run it again.")
    return again if left else "finish"


def finish(work: Work) -> None:
    """Log that it is done, sign the log and the certificate that stands in it, close the request."""
    with work.writing() as (session, row):
        carried = work.carried(session, row)
        removed, held = Removed.from_json(carried["removed"]), list[dict[str, Any]](carried["held"])
        position = _log(session, work, Action.ERASURE_DONE, removed.captures)
        now = instants.now()
        if held:
            _hold_back(session, work, row, held)
        else:
            row.state = after(RequestKind(row.kind), State(row.state), Move.FINISH, row.id).value
            row.closed_at, row.next_step, row.carried = now, None, None
        row.counts = json.dumps({"captures": removed.captures, "screens": removed.screens, "left": removed.left})
        shown = record.of(session, work.vault, row)
        logged = issuing.logged(session, work.vault, work.anchor, int(carried["intended"]), position)
        certificate = Certificate(
            request=row.id,
            person=shown.person,
            email=shown.email,
            what=_what(work, held),
            scope=work.scope.as_json(),
            opened=instants.iso(row.opened_at),
            approved=instants.iso(row.decided_at) if row.decided_at is not None else "",
            approved_by=shown.decider,
            finished=instants.iso(now),
            removed=_counted(removed, int(carried["exports"])),
            left=removed.left,
            stays=tuple((one.what, one.why) for one in kept.KEPT),
            verified=_CHECKS if _pieces(carried) == _EVERYTHING else _CHECKS_OF_A_PART,
            held=tuple(held),
            log=logged,
            copies=tuple(one.as_json() for one in tasks.of_request(session, row.person_id, row.id)),
            keys=removed.keys,
            digests=removed.digests,
            made=instants.iso(now),
        )
        issuing.keep(session, work.vault, row, certificate)
        if not held:
            record.note(session, row, None, "done")
    # The head that the certificate names; where this is cut off, the worker keeps it a moment later.
    work.anchor.keep(logged.checkpoint)


STEPS: dict[str, Callable[[Work], str | None]] = {
    "start": begin,
    KEYS: destroy,
    "rows": rows,
    "objects": objects,
    "epoch": turn,
    "verify": verify,
    "finish": finish,
}
_TRIES = 3
_EVERYTHING = (Scope(),)
_CHECKS = (
    "The keys were looked for in the database; none that is older than the deletion can be used.",
    "What is still held was opened and searched for what was to be deleted; nothing was found.",
    "The folder of sealed files was listed and holds no file that is not accounted for.",
    "Copies (exports) made before were looked for, with their sealed pieces; none is there.",
    "The keyring was turned: with it, a backup of the database and the sealed files from before opens no more.",
    "The counts behind every chart add up to what is still held.",
)
_CHECKS_OF_A_PART = _CHECKS[:5]


def _hold_back(session: Session, work: Work, row: RequestRow, held: list[dict[str, Any]]) -> None:
    """Have the rest of it wait until what keeps it is lifted (data/rights/holds.py)."""
    row.state = after(RequestKind(row.kind), State(row.state), Move.HOLD, row.id).value
    row.next_step = "start"
    _log(session, work, Action.ERASURE_HELD, 0, {"holds": [one["hold"] for one in held]})
    record.note(session, row, None, "held back", sparing.in_words(held))


def _pieces(carried: dict[str, Any]) -> tuple[Scope, ...]:
    return tuple(Scope.from_json(one) for one in carried["pieces"])


def _raise_tombstone(work: Work) -> None:
    """One for each piece of it: what a hold keeps is not deleted either when a backup is put back."""
    path = work.settings.tombstones
    with tombstones.alone(path), work.writing() as (session, row):
        carried = work.carried(session, row)
        intended, at = int(carried["intended"]), int(carried["at"])
        known = {(one.erasure, one.position) for one in tombstones.read(path)}
        stones: list[Tombstone] = []
        for number, piece in enumerate(_pieces(carried)):
            name = f"{carried['erasure']}-{number}" if number else carried["erasure"]
            if (name, intended) not in known:
                erased = Erased(work.person_id, work.request_id, at, piece.as_json())
                stones.append(tombstones.make(session, work.vault, name, intended, erased))
        tombstones.add(path, stones)


class _Beat:
    """Prolongs the claim once a minute while a long step works."""

    def __init__(self, work: Work) -> None:
        self._work, self._last = work, instants.now()

    def alive(self) -> None:
        if instants.over(self._last, instants.MINUTE, instants.now()):
            self._work.prolong()
            self._last = instants.now()


def _add(session: Session, work: Work, row: RequestRow, more: Removed) -> None:
    """Add to what the request says it removed, however often it had to begin again."""
    carried = work.carried(session, row)
    removed = Removed.from_json(carried["removed"]).and_then(more)
    work.carry(session, row, carried | {"removed": removed.as_json()})
    row.total = row.done = removed.captures


def _what(work: Work, held: list[dict[str, Any]]) -> str:
    if held:
        what = rendering.in_words(work.scope)
        return f"Of {what or 'everything that was captured until then'}, all was deleted but what is kept for now."
    if work.scope.everything:
        return "Everything that was captured until then was deleted."
    return f"What was deleted: {rendering.in_words(work.scope)}."


def _counted(removed: Removed, exports_gone: int) -> dict[str, int]:
    found = {"Captures": removed.captures}
    found |= {f"of these: {kind}": number for kind, number in sorted(removed.kinds.items())}
    found |= {"Captures from a pause, in quarantine": removed.quarantined} if removed.quarantined else {}
    return found | {
        "Pictures of the screen": removed.screens,
        "Sealed files": len(removed.digests),
        "Versions of your key destroyed": len(removed.keys),
        "Copies (exports) destroyed": exports_gone,
    }


def _log(session: Session, work: Work, action: Action, count: int, more: dict[str, Any] | None = None) -> int:
    return log.append(
        session,
        work.vault,
        action=action,
        people=[work.person_id],
        accessor=None,
        reason=Reason(Purpose.REQUEST, f"request {work.request_id}"),
        scope={"request": work.request_id, **work.scope.as_json(), **(more or {})},
        count=count,
    )

"""A deletion, step by step: intent logged, copies and keys destroyed, rows and objects removed, absence verified by
reading back, done logged, certificate made. Each step can be repeated; a crash loses none of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action, Purpose, Reason
from data.errors import Conflict, NotFound
from data.people.viewer import Viewer
from data.rights import documents, export, keys, record, removal
from data.rights.certificate import Certificate
from data.rights.removal import Removed
from data.rights.states import Move, RequestKind, State, after
from data.rights.tables import CertificateRow, RequestRow
from data.rights.work import Work
from data.sealing import keys as person_keys
from data.sealing.vault import Vault


def begin(work: Work) -> str:
    """Log what is about to happen, so that a deletion that never ends shows."""
    with work.writing() as (session, row):
        position = _log(session, work, Action.ERASURE_INTENDED, 0)
        work.carry(session, row, {"intended": position})
        record.note(session, row, None, "started")
        row.next_step = "exports"
    return "exports"


def exports(work: Work) -> str:
    """Destroy the person's exports: they hold what is to be gone."""
    with work.writing() as (session, row):
        why = f"Its content was deleted with request {row.id}."
        count = export.discard_all(session, work.person_id, why)
        work.carry(session, row, work.carried(session, row) | {"exports": count})
        row.next_step = "keys"
    return "keys"


def destroy(work: Work) -> str:
    """Destroy the keys; for a narrower scope, seal what stays under a new one in the same transaction."""
    with work.writing() as (session, row):
        at = instants.now()
        if work.scope.everything:
            removed = removal.destroy_keys(session, work.vault, work.person_id)
        else:
            removed = removal.rewrite_without(session, work.vault, work.person_id, work.scope)
        work.carry(session, row, work.carried(session, row) | {"removed": asdict(removed), "at": at})
        row.total = row.done = removed.captures
        row.next_step = "rows"
    work.show("rows", removed.captures, removed.captures)
    return "rows"


def rows(work: Work) -> str:
    """Remove what says that there was anything."""
    with work.writing() as (session, row):
        if work.scope.everything:
            removal.remove_rows(session, work.person_id)
        row.next_step = "objects"
    return "objects"


def objects(work: Work) -> str:
    """Delete the sealed objects, and take the keys out of the database's own log."""
    removal.sweep(work.database, work.vault, work.person_id)
    with work.database.reading() as session:
        export.sweep(session, work.vault, work.person_id)
    person_keys.leave_no_remnant(work.database)
    with work.writing() as (_, row):
        row.next_step = "verify"
    return "verify"


def verify(work: Work) -> str:
    """Read back that it is gone; anything that is left sends the request back to remove it."""
    with work.database.reading() as session:
        row = session.get_one(RequestRow, (work.person_id, work.request_id))
        carried = work.carried(session, row)
        removed = _removed(carried)
        try:
            checks = removal.check_nothing_left(session, work.vault, work.person_id, removed.digests)
            if not work.scope.everything:
                found = removal.check_scope_is_empty(
                    session, work.vault, work.person_id, work.scope, int(carried["at"])
                )
                checks = (*checks, found)
        except Conflict:
            checks = ()
    tries = int(carried.get("tries", 0)) + 1
    with work.writing() as (session, row):
        row.next_step = "finish" if checks else "rows"
        work.carry(session, row, carried | {"verified": checks, "tries": tries})
    if not checks and tries > _TRIES:
        raise Conflict(f"What request {work.request_id} removes keeps coming back; stop imports and run it again.")
    return "finish" if checks else "rows"


def finish(work: Work) -> None:
    """Log that it is done, make the certificate, close the request."""
    with work.writing() as (session, row):
        carried = work.carried(session, row)
        removed = _removed(carried)
        position = _log(session, work, Action.ERASURE_DONE, removed.captures)
        now = instants.now()
        row.state = after(State(row.state), Move.FINISH, row.id).value
        row.closed_at, row.next_step, row.carried = now, None, None
        row.counts = json.dumps({"captures": removed.captures, "screens": removed.screens, "left": removed.left})
        shown = record.of(session, work.vault, row)
        certificate = Certificate(
            request=row.id,
            person=shown.person,
            email=shown.email,
            what=_what(work),
            opened=instants.iso(row.opened_at),
            approved=instants.iso(row.decided_at) if row.decided_at is not None else "",
            approved_by=shown.decider,
            finished=instants.iso(now),
            removed=_counted(removed, int(carried["exports"])),
            left=removed.left,
            verified=tuple(carried["verified"]),
            digests=removed.digests,
            logged=(int(carried["intended"]), position),
        )
        sealed = keys.seal(session, work.vault, _label(row), certificate.as_json())
        where = {"person_id": row.person_id, "request_id": row.id}
        session.merge(CertificateRow(**where, document=sealed, digest=certificate.digest))
        record.note(session, row, None, "done")


STEPS = {
    "start": begin,
    "exports": exports,
    "keys": destroy,
    "rows": rows,
    "objects": objects,
    "verify": verify,
    "finish": finish,
}
_TRIES = 3


def certificate(session: Session, viewer: Viewer, vault: Vault, request_id: int) -> Certificate:
    """The certificate of a finished deletion. Raises NotFound when there is none that the viewer may see."""
    row = record.find(session, viewer, request_id)
    found = session.get(CertificateRow, (row.person_id, row.id))
    if found is None:
        article = RequestKind(row.kind).plain
        raise NotFound(f"Request {request_id} is {article}, {State(row.state).plain}; it has no certificate.")
    return Certificate.of(keys.unseal(session, vault, _label(row), found.document))


def _removed(carried: dict[str, Any]) -> Removed:
    return Removed(**carried["removed"] | {"digests": tuple(carried["removed"]["digests"])})


def _what(work: Work) -> str:
    if work.scope.everything:
        return "Everything that was captured until then was deleted."
    return f"What was deleted: {documents.in_words(work.scope)}."


def _counted(removed: Removed, exports_gone: int) -> dict[str, int]:
    found = {"Captures": removed.captures}
    found |= {f"of these: {kind}": number for kind, number in sorted(removed.kinds.items())}
    return found | {
        "Pictures of the screen": removed.screens,
        "Sealed files": len(removed.digests),
        "Keys destroyed": removed.keys,
        "Copies (exports) destroyed": exports_gone,
    }


def _log(session: Session, work: Work, action: Action, count: int) -> int:
    return log.append(
        session,
        work.vault,
        action=action,
        people=[work.person_id],
        accessor=None,
        reason=Reason(Purpose.REQUEST, f"request {work.request_id}"),
        scope={"request": work.request_id, **work.scope.as_json()},
        count=count,
    )


def _label(row: RequestRow) -> str:
    return f"certificate of request {row.id} of person {row.person_id}"

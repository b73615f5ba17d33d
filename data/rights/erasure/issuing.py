"""Issuing: a certificate is written into the log it stands in, signed with the log's key, sealed and handed out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import keys as access_keys
from data.accesses import log, tree
from data.accesses.tables import DetailsRow, EntryRow
from data.copies import tasks
from data.copies.tables import CopyTaskRow
from data.copies.tasks import Outcome
from data.database import Database, lock
from data.errors import Conflict, NotFound
from data.people.viewer import Viewer
from data.proofs import publishing
from data.proofs.anchor import Anchor
from data.rights import keys, record
from data.rights.erasure import certificate
from data.rights.erasure.certificate import Certificate, Logged
from data.rights.states import RequestKind, State
from data.rights.tables import CertificateRow, RequestRow
from data.sealing.vault import Vault
from data.tlog.note import Signer

EVERY = 10.0  # seconds between two rounds


@dataclass(frozen=True)
class Issued:
    """A certificate and the signed note in which it is handed out."""

    certificate: Certificate
    signed: str


def logged(session: Session, vault: Vault, anchor: Anchor, intended: int, position: int) -> Logged:
    """The proof of the entry at `position`, under a head of the log that is signed now.

    Raises Conflict when the log does not lead on from what it signed before: then nothing is certified.
    """
    published = publishing.publish(session, vault, anchor)
    row = session.get_one(EntryRow, position)
    log_keys = access_keys.make(session, vault)
    sealed = session.scalars(select(DetailsRow.details).where(DetailsRow.position == position)).one()
    details = log_keys.read(row.position, row.commitment, sealed)
    if published is None or published.size <= position:
        raise Conflict("The access log could not be signed, so nothing is certified; run it again.")
    return Logged(
        intended=intended,
        position=position,
        leaf=(log.leaf(session, position) or b"").decode(),
        details=details.text.decode(),
        salt=details.salt.hex(),
        size=published.size,
        inclusion=tuple(one.hex() for one in tree.inclusion(session, position, published.size)),
        checkpoint=published.note,
        key=publishing.verifier_key(session, vault) or "",
    )


def keep(session: Session, vault: Vault, row: RequestRow, made: Certificate) -> Issued:
    """Sign a certificate with the log's key, and keep it sealed: for the same request again as a new revision, which
    names the one before and says what changed."""
    newest = _rows(session, row)[-1:]
    before = _opened(session, vault, row, newest[0]).certificate if newest else None
    made = made.revised(before)
    signed = made.sign(Signer(publishing.origin(vault), access_keys.make(session, vault).signing))
    sealed = keys.seal(session, vault, _label(row), signed.encode())
    for one in newest:
        one.awaits = ""
    where = {"person_id": row.person_id, "request_id": row.id, "number": made.revision}
    session.add(CertificateRow(**where, document=sealed, digest=made.digest, awaits=_awaits(made.copies)))
    session.flush()
    return Issued(made, signed)


def keep_up(database: Database, vault: Vault) -> int:
    """Sign a new revision of every certificate that says of a copy outside what is not so any more: its holder, or an
    officer, has said what became of it, or its day has passed. Returns how many those were."""
    with database.reading() as session:
        stale = [(row.person_id, row.request_id) for row in _awaiting(session) if _stands(session, row) != row.awaits]
    return sum(_revise(database, vault, *one) for one in stale)


def find(session: Session, viewer: Viewer, vault: Vault, request_id: int, number: int | None = None) -> Issued:
    """The certificate of a finished deletion, the newest unless a revision is named. Raises NotFound when there is none
    that the viewer may see."""
    row = record.find(session, viewer, request_id)
    found = _rows(session, row)
    if not found:
        article = RequestKind(row.kind).plain
        raise NotFound(f"Request {request_id} is {article}, {State(row.state).plain}; it has no certificate.")
    if number is not None and not 1 <= number <= len(found):
        raise NotFound(f"The certificate of request {request_id} has no revision {number}; it has {len(found)}.")
    return _opened(session, vault, row, found[-1 if number is None else number - 1])


def _revise(database: Database, vault: Vault, person_id: int, request_id: int) -> bool:
    with database.writing() as session:
        lock(session, f"certificates of person {person_id}")
        row = session.get_one(RequestRow, (person_id, request_id))
        newest = _rows(session, row)[-1]
        if newest.awaits in ("", _stands(session, newest)):
            return False
        before = _opened(session, vault, row, newest).certificate
        copies = tuple(one.as_json() for one in tasks.of_request(session, person_id, request_id))
        keep(session, vault, row, replace(before, copies=copies, made=instants.iso(instants.now())))
        record.note(session, row, None, "a new certificate was signed", "What became of copies outside has changed.")
        return True


def _awaiting(session: Session) -> list[CertificateRow]:
    """The certificates that may have become untrue: something happened to a copy since, or its day has passed."""
    mine = CopyTaskRow.person_id == CertificateRow.person_id, CopyTaskRow.request_id == CertificateRow.request_id
    moved = or_(CopyTaskRow.state != Outcome.OPEN.value, CopyTaskRow.due_at < instants.now())
    query = select(CertificateRow).where(CertificateRow.awaits != "", exists().where(*mine, moved))
    return list(session.scalars(query.order_by(CertificateRow.person_id, CertificateRow.request_id)))


def _stands(session: Session, row: CertificateRow) -> str:
    return _awaits([one.as_json() for one in tasks.of_request(session, row.person_id, row.request_id)], closed=True)


def _awaits(copies: Sequence[dict[str, Any]], *, closed: bool = False) -> str:
    """Where copies stand, to be compared; empty where all of them are closed, unless `closed` is asked for."""
    found = {str(one["copy"]): one["outcome"] for one in copies}
    waits = closed or any(one["closed"] is None for one in copies)
    return json.dumps(found, sort_keys=True) if waits else ""


def _rows(session: Session, row: RequestRow) -> list[CertificateRow]:
    mine = CertificateRow.person_id == row.person_id, CertificateRow.request_id == row.id
    return list(session.scalars(select(CertificateRow).where(*mine).order_by(CertificateRow.number)))


def _opened(session: Session, vault: Vault, row: RequestRow, found: CertificateRow) -> Issued:
    signed = keys.unseal(session, vault, _label(row), found.document).decode()
    return Issued(certificate.of(signed), signed)


def _label(row: RequestRow) -> str:
    return f"certificate of request {row.id} of person {row.person_id}"

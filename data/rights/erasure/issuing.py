"""Issuing: a certificate is written into the log it stands in, signed with the log's key, sealed and handed out."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import keys as access_keys
from data.accesses import log, tree
from data.accesses.tables import DetailsRow, EntryRow
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


def keep(session: Session, vault: Vault, row: RequestRow, made: Certificate) -> None:
    """Sign a certificate with the log's key, and keep it sealed. Again for the same request replaces it."""
    signed = made.sign(Signer(publishing.origin(vault), access_keys.make(session, vault).signing))
    sealed = keys.seal(session, vault, _label(row), signed.encode())
    where = {"person_id": row.person_id, "request_id": row.id}
    session.merge(CertificateRow(**where, document=sealed, digest=made.digest))


def find(session: Session, viewer: Viewer, vault: Vault, request_id: int) -> Issued:
    """The certificate of a finished deletion. Raises NotFound when there is none that the viewer may see."""
    row = record.find(session, viewer, request_id)
    found = session.get(CertificateRow, (row.person_id, row.id))
    if found is None:
        article = RequestKind(row.kind).plain
        raise NotFound(f"Request {request_id} is {article}, {State(row.state).plain}; it has no certificate.")
    signed = keys.unseal(session, vault, _label(row), found.document).decode()
    return Issued(certificate.of(signed), signed)


def _label(row: RequestRow) -> str:
    return f"certificate of request {row.id} of person {row.person_id}"

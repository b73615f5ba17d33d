"""Keys of persons: epoch of the keyring -> person key -> key of a segment, a screen or a sealed value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from data import instants
from data.database import Database, lock
from data.errors import Conflict, Destroyed, Unreadable
from data.sealing import envelope
from data.sealing.tables import PersonKeyRow
from data.sealing.vault import EPOCH, Vault

_VERSION_BYTES = 4


@dataclass(frozen=True)
class PersonKey:
    """One version of a person's key."""

    person_id: int
    version: int
    secret: bytes = field(repr=False)


def newest(session: Session, vault: Vault, person_id: int) -> PersonKey | None:
    """The key in use, or None where the person has none (never had, or all were destroyed)."""
    live = (PersonKeyRow.person_id == person_id, PersonKeyRow.wrapped.is_not(None))
    row = session.scalars(select(PersonKeyRow).where(*live).order_by(PersonKeyRow.version.desc()).limit(1)).first()
    return _opened(vault, row) if row else None


def current(session: Session, vault: Vault, person_id: int) -> PersonKey:
    """The key in use, made when there is none (in a writing transaction)."""
    found = newest(session, vault, person_id)
    if found:
        return found
    lock(session, f"person key {person_id}")
    return newest(session, vault, person_id) or renew(session, vault, person_id)


def find(session: Session, vault: Vault, person_id: int, version: int) -> PersonKey:
    """One version. Raises Destroyed when a deletion destroyed it, Unreadable when it never was."""
    row = session.get(PersonKeyRow, (person_id, version))
    if row is None:
        raise Unreadable(f"Key {version} of person {person_id} never was; what names it was altered.")
    return _opened(vault, row)


def live(session: Session, person_id: int) -> tuple[int, ...]:
    """The versions that can be used, oldest first."""
    query = select(PersonKeyRow.version).where(PersonKeyRow.person_id == person_id, PersonKeyRow.wrapped.is_not(None))
    return tuple(session.scalars(query.order_by(PersonKeyRow.version)))


def made_before(session: Session, person_id: int, at: int) -> tuple[int, ...]:
    """The versions that can be used and were made before `at`."""
    old = PersonKeyRow.wrapped.is_not(None), PersonKeyRow.made_at < at
    return tuple(session.scalars(select(PersonKeyRow.version).where(PersonKeyRow.person_id == person_id, *old)))


def renew(session: Session, vault: Vault, person_id: int) -> PersonKey:
    """Make the next version, which is `current` from now on. Older ones stay until destroyed."""
    lock(session, f"person key {person_id}")
    key = draft(person_id, last_version(session, person_id) + 1)
    add(session, vault, key)
    return key


def last_version(session: Session, person_id: int) -> int:
    """The number of the last version that was ever given, destroyed or not; 0 before the first."""
    return session.scalar(select(func.max(PersonKeyRow.version)).where(PersonKeyRow.person_id == person_id)) or 0


def draft(person_id: int, version: int) -> PersonKey:
    """A key that is nowhere yet, to seal with before the transaction that adds it."""
    return PersonKey(person_id, version, envelope.new_key())


def add(session: Session, vault: Vault, key: PersonKey) -> None:
    """Write a key that `draft` made; it is `current` from now on."""
    epoch, wrapped = vault.wrap(session, key.secret, _binding(vault, key.person_id, key.version))
    row = {"person_id": key.person_id, "version": key.version, "epoch": epoch, "wrapped": wrapped}
    session.add(PersonKeyRow(**row, made_at=instants.now()))
    session.flush()


def destroy(session: Session, person_id: int, versions: Iterable[int] | None = None) -> tuple[int, ...]:
    """Destroy these versions, or all; returns those that were there. Afterwards call `leave_no_remnant`."""
    lock(session, EPOCH, shared=True)  # whoever turns the epoch would write back the key that it read
    lock(session, f"person key {person_id}")
    live = [PersonKeyRow.person_id == person_id, PersonKeyRow.wrapped.is_not(None)]
    if versions is not None:
        live.append(PersonKeyRow.version.in_(list(versions)))
    found = session.scalars(select(PersonKeyRow.version).where(*live)).all()
    gone = {"wrapped": None, "destroyed_at": instants.now()}
    session.execute(update(PersonKeyRow).where(*live).values(gone), execution_options={"synchronize_session": False})
    session.expire_all()
    return tuple(sorted(found))


def leave_no_remnant(database: Database, tables: str = "person_keys, quarantine") -> None:
    """Take what was destroyed out of the database's own log and the dead rows of `tables` (by themselves: those whose
    rows hold a wrapped key each); call it after the transaction ended.

    SQLite overwrites freed bytes (secure_delete) but its write-ahead log still holds the older pages until it is
    truncated. PostgreSQL keeps dead rows until a vacuum; what its archived log holds is worthless once the epoch
    turns.
    Raises Conflict when long readers keep SQLite from it.
    """
    with database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        if raw is None:
            raise Conflict("The database connection was closed while it cleared its log; run the step again.")
        if database.is_sqlite:
            busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if busy:
                raise Conflict("The database log still holds what was destroyed, as readers are at work; run it again.")
            return
        connection.rollback()
        raw.autocommit = True
        try:
            raw.execute(f"VACUUM {tables}")
        finally:
            raw.autocommit = False


def rewrap(session: Session, vault: Vault) -> None:
    """Wrap every person's key under the keyring's present epoch, so that an older epoch can be destroyed."""
    columns = (PersonKeyRow.person_id, PersonKeyRow.version, PersonKeyRow.epoch, PersonKeyRow.wrapped)
    changed: list[dict[str, int | bytes]] = []
    for person_id, version, epoch, wrapped in session.execute(
        select(*columns).where(PersonKeyRow.wrapped.is_not(None))
    ):
        aad = _binding(vault, person_id, version)
        epoch, wrapped = vault.wrap(session, vault.keyring.unwrap(epoch, wrapped or b"", aad), aad)
        changed.append({"person_id": person_id, "version": version, "epoch": epoch, "wrapped": wrapped})
    if changed:
        session.execute(update(PersonKeyRow), changed)
    session.expire_all()


def seal_for(session: Session, vault: Vault, person_id: int, label: str, plain: bytes) -> bytes:
    """Seal a small value of a row under the person's current key; `label` says what it is and must match."""
    key = current(session, vault, person_id)
    aad = vault.binding("value", person=person_id, key=key.version, label=label)
    return key.version.to_bytes(_VERSION_BYTES, "big") + envelope.seal(key.secret, plain, aad)


def open_for(session: Session, vault: Vault, person_id: int, label: str, sealed: bytes) -> bytes:
    """What `seal_for` sealed. Raises Unreadable."""
    return opener(session, vault, person_id)(label, sealed)


def opener(session: Session, vault: Vault, person_id: int) -> Callable[[str, bytes], bytes]:
    """`open_for` for many values of one person: each version of the key is found once."""
    found: dict[int, PersonKey] = {}

    def unseal(label: str, sealed: bytes) -> bytes:
        version = int.from_bytes(sealed[:_VERSION_BYTES], "big")
        if version not in found:
            found[version] = find(session, vault, person_id, version)
        aad = vault.binding("value", person=person_id, key=version, label=label)
        return envelope.unseal(found[version].secret, sealed[_VERSION_BYTES:], aad)

    return unseal


def _opened(vault: Vault, row: PersonKeyRow) -> PersonKey:
    wrapped = row.wrapped
    if wrapped is None:
        raise Destroyed
    secret = vault.keyring.unwrap(row.epoch, wrapped, _binding(vault, row.person_id, row.version))
    return PersonKey(row.person_id, row.version, secret)


def _binding(vault: Vault, person_id: int, version: int) -> bytes:
    return vault.binding("person key", person=person_id, key=version)

"""Screens: pictures of the screen, each a sealed object of its own, referred to by the SHA-256 of its image file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data.captures import segments
from data.captures.recording import Screen
from data.captures.tables import ScreenRow
from data.errors import NotFound
from data.sealing import envelope, keys
from data.sealing.keys import PersonKey
from data.sealing.vault import Vault

_IDS = 500  # in one statement


@dataclass(frozen=True)
class Sealed:
    """A sealed screen that no row names yet."""

    person_id: int
    digest: str
    id: int
    media_type: str
    bytes: int
    key_version: int
    wrapped_key: bytes = field(repr=False)
    import_id: int

    @property
    def name(self) -> str:
        """The name of its object."""
        return segments.object_name(self.person_id, self.id)


def seal(vault: Vault, key: PersonKey, person_id: int, import_id: int, screen: Screen) -> Sealed:
    """Seal a picture into a new object. No row names it until `add`."""
    secret, object_id = envelope.new_key(), segments.new_id()
    content = envelope.seal(secret, screen.data, _binding(vault, person_id, object_id, screen.digest))
    binding = segments.wrapping(vault, "screen key", key.version, person=person_id, segment=object_id)
    wrapped = envelope.seal(key.secret, secret, binding)
    sealed = Sealed(
        person_id, screen.digest, object_id, screen.media_type, len(content), key.version, wrapped, import_id
    )
    vault.objects.put(sealed.name, content)
    return sealed


def add(session: Session, sealed: Iterable[Sealed]) -> None:
    """Write the rows of screens that `seal` made."""
    session.add_all(ScreenRow(**asdict(screen)) for screen in sealed)
    session.flush()


def listed(session: Session, person_id: int) -> tuple[str, ...]:
    """The digests of the screens that are held, sorted."""
    query = select(ScreenRow.digest).where(ScreenRow.person_id == person_id)
    return tuple(session.scalars(query.order_by(ScreenRow.digest)))


def names(session: Session, person_id: int) -> tuple[str, ...]:
    """The names of their objects."""
    ids = session.scalars(select(ScreenRow.id).where(ScreenRow.person_id == person_id))
    return tuple(segments.object_name(person_id, object_id) for object_id in ids)


def read(session: Session, vault: Vault, person_id: int, digest: str) -> Screen:
    """One picture. Raises NotFound, and Unreadable when it was altered or its key destroyed."""
    row = session.get(ScreenRow, (person_id, digest))
    if row is None:
        raise NotFound(f"There is no screen {digest[:12]} of this person.")
    key = keys.find(session, vault, person_id, row.key_version)
    binding = segments.wrapping(vault, "screen key", key.version, person=person_id, segment=row.id)
    secret = envelope.unseal(key.secret, row.wrapped_key, binding)
    content = vault.objects.get(segments.object_name(person_id, row.id))
    return Screen(digest, row.media_type, envelope.unseal(secret, content, _binding(vault, person_id, row.id, digest)))


def remove(session: Session, vault: Vault, person_id: int, digests: Iterable[str]) -> int:
    """Remove the rows now and the objects once this transaction has committed; returns how many there were."""
    wanted = sorted(set(digests))
    mine = ScreenRow.person_id == person_id
    ids: list[int] = []
    for start in range(0, len(wanted), _IDS):
        some = mine, ScreenRow.digest.in_(wanted[start : start + _IDS])
        ids += session.scalars(select(ScreenRow.id).where(*some))
        session.execute(delete(ScreenRow).where(*some))
    names = [segments.object_name(person_id, object_id) for object_id in ids]
    segments.after(session, "commit", lambda: segments.discard(vault, names))
    return len(ids)


def rewrap(session: Session, vault: Vault, person_id: int, old: PersonKey, new: PersonKey) -> None:
    """Wrap the keys of every screen under `old` anew under `new`; the objects stay as they are."""
    query = select(ScreenRow).where(ScreenRow.person_id == person_id, ScreenRow.key_version == old.version)
    for row in session.scalars(query):
        where = {"person": person_id, "segment": row.id}
        binding = segments.wrapping(vault, "screen key", old.version, **where)
        secret = envelope.unseal(old.secret, row.wrapped_key, binding)
        binding = segments.wrapping(vault, "screen key", new.version, **where)
        row.wrapped_key, row.key_version = envelope.seal(new.secret, secret, binding), new.version
    session.flush()


def _binding(vault: Vault, person_id: int, object_id: int, digest: str) -> bytes:
    return vault.binding("screen", person=person_id, segment=object_id, digest=digest)

"""Screens: pictures of the screen, each a sealed object of its own, referred to by the SHA-256 of its image file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace

from sqlalchemy import delete, select, update
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


@dataclass(frozen=True)
class Held:
    """A screen that is held: its digest, the id and size in bytes of its object, and its wrapped key."""

    digest: str
    id: int
    bytes: int
    key_version: int
    wrapped_key: bytes = field(repr=False)


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


def held(session: Session, person_id: int) -> tuple[Held, ...]:
    """The screens that are held, by digest."""
    names = [getattr(ScreenRow, name) for name in Held.__dataclass_fields__]
    query = select(*names).where(ScreenRow.person_id == person_id).order_by(ScreenRow.digest)
    return tuple(Held(*row) for row in session.execute(query))


def rewrapped(vault: Vault, person_id: int, screen: Held, old: PersonKey, new: PersonKey) -> Held:
    """The screen with its own key wrapped under `new` instead of `old`; its object stays as it is."""
    where = {"person": person_id, "segment": screen.id}
    binding = segments.wrapping(vault, "screen key", old.version, **where)
    secret = envelope.unseal(old.secret, screen.wrapped_key, binding)
    binding = segments.wrapping(vault, "screen key", new.version, **where)
    return replace(screen, key_version=new.version, wrapped_key=envelope.seal(new.secret, secret, binding))


def keep_keys(session: Session, person_id: int, changed: Iterable[Held]) -> None:
    """Write the keys of screens that `rewrapped` gave."""
    rows = [
        {"person_id": person_id, "digest": one.digest, "key_version": one.key_version, "wrapped_key": one.wrapped_key}
        for one in changed
    ]
    if rows:
        session.execute(update(ScreenRow), rows)
    session.expire_all()


def _binding(vault: Vault, person_id: int, object_id: int, digest: str) -> bytes:
    return vault.binding("screen", person=person_id, segment=object_id, digest=digest)

"""A person whose captures are sealed and counted, for tests that read them back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from data.captures import counts, rollups, segments
from data.people.viewer import Role, Viewer
from data.sealing.vault import Vault
from tests.data.captures.people import hire
from tests.data.captures.rows import Row, table

OFFICER = Viewer(person_id=10_000, roles=frozenset({Role.EMPLOYEE, Role.OFFICER}), name="Olu")


def keep(session: Session, vault: Vault, person_id: int, rows: Sequence[Row], import_id: int = 1) -> None:
    """Seal and count `rows` as one import does."""
    if rows:
        segments.write(session, vault, person_id, import_id, table(rows))
        counts.add(session, vault, person_id, rollups.count(table(rows)))


def person_with(session: Session, vault: Vault, *imports: Iterable[Row]) -> Viewer:
    """Somebody with the captures of these imports, as the viewer they are."""
    person_id = hire(session)
    for number, rows in enumerate(imports, start=1):
        keep(session, vault, person_id, list(rows), number)
    return Viewer(person_id=person_id, roles=frozenset({Role.EMPLOYEE}), name="Ada")


def own(viewer: Viewer) -> int:
    """The id of a viewer who is a person."""
    assert viewer.person_id is not None
    return viewer.person_id

"""What is kept made between two appends is what it would be if it were made anew, and what must be fresh is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data.accesses import entry, keys, log
from data.accesses.details import Details
from data.accesses.tables import DetailsRow, EntryRow, TagsRow
from data.database import Database
from data.people.tables import DepartmentRow, PersonRow
from data.sealing.envelope import NONCE
from data.sealing.vault import Vault
from data.tlog import merkle
from tests.data.accesses.logging import AT, OFFICER, fill, looks

DRAWN = 40


def kept(session: Session, vault: Vault) -> list[tuple[EntryRow, DetailsRow, Details]]:
    """Each entry, what lies beside it, and that opened."""
    log_keys = keys.find(session, vault)
    assert log_keys is not None
    rows = session.execute(
        select(EntryRow, DetailsRow)
        .join(DetailsRow, DetailsRow.position == EntryRow.position)
        .order_by(EntryRow.position)
    )
    return [(row, beside, log_keys.read(row.position, row.commitment, beside.details)) for row, beside in rows]


def test_no_nonce_and_no_salt_serves_twice(database: Database, vault: Vault) -> None:
    """They are drawn for a whole batch at once. A nonce that served twice would give away both details and the key of
    the seal's tag; a salt that did, that two entries say the same."""
    fill(database, vault, DRAWN)
    fill(database, vault, DRAWN, first=DRAWN)
    with database.reading() as session:
        found = kept(session, vault)
    drawn = {one for _, _, details in found for one in (details.salt, details.identity_salt)}
    assert len(drawn) == 2 * len(found) == 4 * DRAWN
    assert len({beside.details[:NONCE] for _, beside, _ in found} | {one[:NONCE] for one in drawn}) == 6 * DRAWN


def test_one_persons_entry_is_as_one_of_many_people(database: Database, vault: Vault) -> None:
    """The same tree over tags, of one leaf: whoever checks it or looks for their tag needs no other rule."""
    fill(database, vault, DRAWN)
    with database.reading() as session:
        log_keys = keys.find(session, vault)
        assert log_keys is not None
        stored = dict(session.execute(select(TagsRow.position, TagsRow.tags)).all())
        for one, (row, _, _) in zip(looks(DRAWN), kept(session, vault), strict=True):
            tags = log_keys.tags_of(one.people, bytes.fromhex(row.commitment))
            mine = [entry.tag(log_keys.tag_key(person), bytes.fromhex(row.commitment)) for person in one.people]
            assert (set(mine) <= set(tags), len(tags)) == (True, 1 if len(mine) == 1 else keys.PADDED)
            assert row.people == merkle.root(tags).hex() == entry.people_root(tags).hex()
            assert stored.get(row.position) == (b"".join(tags) if len(tags) > 1 else None)


def test_who_moved_to_another_team_is_named_by_the_new_one(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        session.add_all([DepartmentRow(id=1, name="Sales"), DepartmentRow(id=2, name="Privacy")])
        session.flush()
        row = PersonRow(id=OFFICER.person_id, email="olga@x.org", name="Olga", department_id=1)
        row.manager_id, row.jurisdiction, row.subject, row.joined_at = None, "gdpr", None, AT
        session.add(row)
    for department in (1, 2):
        with database.writing() as session:
            # Past the mapper and by it, in one transaction: the entry is about what stands there now.
            session.execute(update(PersonRow).values(department_id=department))
            log.extend(session, vault, looks(2))
    with database.reading() as session:
        told = [(details.read["team"], details.read["automated"]) for _, _, details in kept(session, vault)]
    assert told == [("AI", True), ("Sales", False), ("AI", True), ("Privacy", False)]


@pytest.mark.parametrize("observed", [False, True])
def test_what_two_entries_share_is_never_taken_from_the_wrong_one(
    database: Database, vault: Vault, observed: bool
) -> None:
    """The words around an entry's values are kept for whoever does the same again."""
    with database.writing() as session:
        first, second = looks(2)
        others = [replace(second, observed=observed, source=f"warehouse {number}") for number in (1, 2)]
        log.extend(session, vault, [first, second, *others])
    with database.reading() as session:
        for row, _, details in kept(session, vault):
            told = json.loads(details.text)
            assert (told["source"], told["observed"], told["at"]) == (row.source, row.observed, row.at)
            assert row.commitment == hashlib.sha256(details.salt + details.text).hexdigest()

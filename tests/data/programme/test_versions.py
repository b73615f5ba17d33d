"""The privacy notice: what was promised when is in the log, and that somebody read it says no more than that."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete, select, update

from data import instants
from data.accesses.entry import Action, Purpose
from data.accesses.tables import DetailsRow, EntryRow
from data.captures.schema import COLUMNS, Kind
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.people.viewer import OPERATOR, Role, Viewer
from data.programme import privacy_notice, versions
from data.programme.privacy_notice import FIELDS, KINDS, PrivacyNotice, Promise
from data.programme.versions import Register, Version
from data.sealing.vault import Vault
from tests.data.rights.conftest import Roster, roster

__all__ = ["roster"]

KEYS = Promise("key", frozenset({"app", "text"}), 30)
FIRST = PrivacyNotice("Keys", "We keep what you type.", "Art. 6(1)(f)", (Purpose.TRAINING,), None, (KEYS,))
SECOND = replace(
    FIRST,
    apps=frozenset({"Code"}),
    promises=(replace(KEYS, fields=frozenset({"app"}), days=90), Promise("screen", frozenset({"picture"}), 7)),
)


def published(database: Database, vault: Vault, viewer: Viewer, notice: PrivacyNotice = FIRST) -> Version:
    with database.writing() as session:
        return versions.publish(session, viewer, vault, notice)


def register(database: Database, vault: Vault) -> Register:
    with database.reading() as session:
        return versions.register(session, vault)


def test_what_was_promised_at_an_instant_is_what_was_in_force_then(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """A capture is held against the version of its own time, also once another is in force or announced."""
    first = published(database, vault, roster.olga)
    with database.writing() as session:
        later = versions.publish(session, roster.olga, vault, SECOND, instants.now() + instants.DAY)
    found = register(database, vault)
    assert (found.newest, found.at(first.since - 1), found.at(first.since)) == (later, None, first)
    assert (found.at(later.since - 1), found.at(later.since)) == (first, later)
    assert found.newest is not None
    assert found.newest.notice == SECOND


def test_no_version_begins_before_people_could_read_it(database: Database, vault: Vault, roster: Roster) -> None:
    """A past date, a date before another version's and words that were published already are refused, and only an
    officer publishes."""
    with pytest.raises(BadInput, match="has passed; nobody could read it"), database.writing() as session:
        versions.publish(session, roster.olga, vault, FIRST, instants.now() - instants.MINUTE)
    with database.writing() as session:
        versions.publish(session, roster.olga, vault, FIRST, instants.now() + instants.DAY)
    with pytest.raises(BadInput, match="has to begin after it"):
        published(database, vault, roster.olga, SECOND)
    wide = replace(SECOND, promises=(Promise("screen", frozenset(), 7), KEYS))
    assert PrivacyNotice.of(wide.as_json()).promises == wide.promises[::-1]  # in the order of the kinds
    with pytest.raises(Conflict, match="exactly that already"), database.writing() as session:
        versions.publish(session, roster.olga, vault, FIRST, instants.now() + 2 * instants.DAY)
    with pytest.raises(NotAllowed), database.writing() as session:
        versions.publish(session, roster.ana, vault, SECOND, instants.now() + 2 * instants.DAY)
    assert len(register(database, vault).versions) == 1


def test_a_new_version_asks_everybody_again(database: Database, vault: Vault, roster: Roster) -> None:
    """Who has read what is an event about that person; a count of readers is of the newest version alone."""
    published(database, vault, roster.olga)
    organizer = Viewer(3, frozenset({Role.ORGANIZER}))
    with database.writing() as session:
        versions.acknowledge(session, roster.ana, vault, 1)
        assert versions.read(session, organizer, vault) == versions.Read(1, 1, 4)
    with pytest.raises(Conflict, match="said already"), database.writing() as session:
        versions.acknowledge(session, roster.ana, vault, 1)
    second = published(database, vault, roster.olga, SECOND)
    with pytest.raises(NotFound, match="not the newest"), database.writing() as session:
        versions.acknowledge(session, roster.ana, vault, 1)
    with pytest.raises(NotAllowed), database.writing() as session:
        versions.acknowledge(session, OPERATOR, vault, 2)
    with database.reading() as session:
        assert not versions.has_read(session, 1, second)
        assert versions.read(session, organizer, vault) == versions.Read(2, 0, 4)
        said = session.scalars(select(EntryRow).where(EntryRow.action == Action.NOTICE_READ.value)).all()
        assert len(said) == 1
        with pytest.raises(NotAllowed):
            versions.read(session, roster.ana, vault)


def test_a_version_that_was_altered_is_counted_and_promises_nothing(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """Whoever can write the database can take a promise away, but not without it being said."""
    made = published(database, vault, roster.olga)
    with database.writing() as session:
        session.execute(update(DetailsRow).where(DetailsRow.position == made.position).values(details=b"x"))
    assert register(database, vault) == Register((), 1)
    with database.writing() as session:
        session.execute(delete(DetailsRow).where(DetailsRow.position == made.position))
    assert register(database, vault) == Register((), 1)


def test_what_changes_is_said_in_plain_words() -> None:
    """The words that people read above a new version: each change, and nothing else."""
    assert privacy_notice.differences(FIRST, SECOND) == (
        "adds: screens, kept for 7 days",
        "drops what was typed of keys",
        "keeps keys for 90 days instead of 30",
        "captures only in: Code",
    )
    assert privacy_notice.differences(
        SECOND, replace(FIRST, purposes=(Purpose.QUALITY,), legal_basis="b", text="t")
    ) == (
        "no longer captures: screens",
        "adds what was typed to keys",
        "keeps keys for 30 days instead of 90",
        "captures in any app, no longer in a few alone",
        f"adds the purpose: {Purpose.QUALITY.plain}",
        f"drops the purpose: {Purpose.TRAINING.plain}",
        "names another legal basis",
        "is worded differently",
    )
    assert privacy_notice.differences(FIRST, FIRST) == ()


def test_a_notice_can_promise_every_kind_and_column() -> None:
    """A kind or column that is added to the capture schema later cannot be forgotten here: each has its words."""
    named = [column for columns, _ in FIELDS.values() for column in columns]
    assert sorted([*named, "at", "kind"]) == sorted(COLUMNS)
    assert list(KINDS) == [kind.value for kind in Kind]

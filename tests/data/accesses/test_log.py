"""Every access leaves an entry; the person reads it, and nobody else does without leaving one too."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from data import instants
from data.accesses import entry, keys, log
from data.accesses.accessors import Outside
from data.accesses.details import Details
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.opening import Lost
from data.accesses.tables import DetailsRow, EntryRow, TagsRow
from data.database import Database
from data.errors import BadInput, NotAllowed, Unreadable
from data.looks import history, listing, look, single
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import OPERATOR, Role, Viewer
from data.sealing import envelope
from data.sealing.keyring import FileKeyring
from data.sealing.vault import Vault
from data.tlog import merkle
from tests.data.accesses.logging import blame

ANA, BEN = 1, 2
OFFICER = Viewer(3, frozenset({Role.EMPLOYEE, Role.OFFICER}), "Olga", "olga@x.org")
AUDITOR = Viewer(4, frozenset({Role.EMPLOYEE, Role.AUDITOR}), "Abe", "abe@x.org")
# A Tuesday, 14:05 UTC.
AT = instants.of(datetime(2026, 11, 3, 14, 5, tzinfo=UTC))


def own(person_id: int) -> Viewer:
    return Viewer(person_id, frozenset({Role.EMPLOYEE}), "Ana", "ana@x.org")


@pytest.fixture
def team(database: Database) -> None:
    with database.writing() as session:
        session.add_all([DepartmentRow(id=1, name="Sales"), DepartmentRow(id=2, name="Privacy")])
        session.flush()
        for number, name in enumerate(("ana", "ben", "olga", "abe"), start=1):
            row = PersonRow(id=number, email=f"{name}@x.org", name=name, department_id=2 if number == 3 else 1)
            row.manager_id, row.jurisdiction, row.subject, row.joined_at = None, "gdpr", None, AT
            session.add(row)


def read(
    database: Database,
    vault: Vault,
    *,
    people: Sequence[int] = (ANA,),
    accessor: Viewer | Outside = OFFICER,
    purpose: Purpose = Purpose.SUPPORT,
    at: int = AT,
    action: Action = Action.READ,
    source: str = entry.DAYLIGHT,
) -> int:
    with database.writing() as session:
        return log.append(
            session,
            vault,
            action=action,
            people=people,
            accessor=accessor,
            reason=None if purpose is Purpose.NONE else Reason(purpose, "T-1"),
            scope={"kinds": ["key"], "apps": ["Secret App"]},
            count=12,
            at=at,
            source=source,
        )


@pytest.mark.usefixtures("team")
def test_the_person_reads_who_when_why_and_how_much(database: Database, vault: Vault) -> None:
    assert read(database, vault) == 0
    with database.reading() as session:
        (found,) = history.about(session, own(ANA), vault, ANA)
    assert (found.action, found.at, found.count, found.role, found.team) == (Action.READ, AT, 12, "officer", "Privacy")
    assert (found.purpose, found.ticket) == (Purpose.SUPPORT, "T-1")
    assert found.scope == {"kinds": ["key"], "apps": ["Secret App"]}
    assert found.people_count == 1
    assert not found.is_own


@pytest.mark.usefixtures("team")
def test_positions_have_no_gaps_also_when_a_transaction_fails(database: Database, vault: Vault) -> None:
    assert read(database, vault) == 0
    with pytest.raises(RuntimeError), database.writing() as session:
        log.append(session, vault, action=Action.READ, people=[ANA], accessor=OFFICER, reason=None, scope={}, count=1)
        raise RuntimeError
    assert read(database, vault) == 1


@pytest.mark.usefixtures("team")
def test_positions_have_no_gaps_when_many_write_at_once(database: Database, vault: Vault) -> None:
    failed: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(5):
                read(database, vault)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with database.reading() as session:
        assert sorted(session.scalars(select(EntryRow.position))) == list(range(20))


@pytest.mark.usefixtures("team")
def test_an_entry_commits_to_its_details_and_to_its_people(database: Database, vault: Vault) -> None:
    position = read(database, vault, people=[BEN, ANA, ANA])
    with database.reading() as session:
        leaf = json.loads(log.leaf(session, position) or b"")
        row = session.get_one(DetailsRow, position)
        log_keys = keys.find(session, vault)
        assert log_keys is not None
        kept = Details.unpacked(log_keys.open_details(position, row.details))
        found = [entry.tag(log_keys.tag_key(person), bytes.fromhex(leaf["commitment"])) for person in (ANA, BEN)]
        tags = merkle.split(session.get_one(TagsRow, position).tags)
    assert sorted(leaf) == ["action", "at", "commitment", "count", "observed", "people", "source", "v"]
    assert leaf["commitment"] == hashlib.sha256(kept.salt + kept.text).hexdigest()
    assert leaf["people"] == entry.people_root(tags).hex()
    assert set(found) < set(tags)
    assert (len(set(tags)), sorted(tags)) == (keys.PADDED, tags), "nobody can count a few people"
    told = json.loads(kept.text)
    assert (told["purpose"], told["people_count"], told["observed"]) == ("support", 2, False)
    # Who looked is committed to as well, and can be told apart from the rest.
    assert "Olga" not in kept.text.decode()
    assert told["who"] == hashlib.sha256(kept.identity_salt + kept.identity).hexdigest()
    assert kept.accessor == {"person": 3, "name": "Olga", "email": "olga@x.org", "account": ""}


@pytest.mark.usefixtures("team")
def test_a_person_keeps_one_tag_key_which_nobody_can_take_out_of_the_database(database: Database, vault: Vault) -> None:
    """It follows from the log's own key, also after the keyring turned, and says nothing of another person's."""
    read(database, vault, people=[ANA, BEN])
    with database.writing() as session:
        before = keys.make(session, vault)
        vault.keyring.turn()
        keys.rewrap(session, vault)
        after = keys.make(session, vault)
    assert before.tag_key(ANA) == after.tag_key(ANA) != after.tag_key(BEN)
    assert entry.tag(after.tag_key(ANA), b"nonce") == after.tagging(ANA)(b"nonce")


@pytest.mark.usefixtures("team")
def test_a_log_whose_key_was_taken_away_gets_no_other_one(database: Database, vault: Vault) -> None:
    """Under a fresh key everything before would look as if it concerned nobody."""
    read(database, vault)
    with database.writing() as session:
        session.execute(text("DELETE FROM access_keys"))
    with pytest.raises(Unreadable, match="key of the access log is gone"):
        read(database, vault)


@pytest.mark.usefixtures("team")
def test_the_log_outlives_the_epoch_it_was_written_in(database: Database, vault: Vault) -> None:
    read(database, vault)
    old = vault.keyring.epochs()[0]
    vault.keyring.turn()
    with database.writing() as session:
        keys.rewrap(session, vault)
    vault.keyring.destroy(old)
    with database.reading() as session:
        assert len(history.about(session, own(ANA), vault, ANA)) == 1


@pytest.mark.usefixtures("team")
def test_the_logs_key_is_gone_with_its_epoch_though_it_was_opened_before(database: Database, vault: Vault) -> None:
    """What a process has opened once must not outlive what another process destroys."""
    read(database, vault)
    old = vault.keyring.epochs()[0]
    other = FileKeyring.open(place_of_keyring(vault))
    other.turn()
    other.destroy(old)
    with database.reading() as session:
        assert history.about(session, own(ANA), vault, ANA)[0].lost is Lost.ALTERED
    with pytest.raises(Unreadable):
        read(database, vault)


def place_of_keyring(vault: Vault) -> Path:
    assert isinstance(vault.keyring, FileKeyring)
    return vault.keyring.path


@pytest.mark.usefixtures("team")
def test_details_are_bound_to_their_position(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        log_keys = keys.make(session, vault)
    sealed = log_keys.seal_details(12, b"plain")
    assert log_keys.open_details(12, sealed) == b"plain"
    for other in (0, 1, 2, 112, 120):
        with pytest.raises(Unreadable):
            log_keys.open_details(other, sealed)
    plain = envelope.seal(log_keys.details, b"plain", vault.binding("access details", position=7))
    assert log_keys.open_details(7, plain) == b"plain"


@pytest.mark.usefixtures("team")
def test_somebody_added_in_the_same_transaction_is_named_by_their_team(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        row = PersonRow(id=9, email="new@x.org", name="new", department_id=2, manager_id=None, jurisdiction="gdpr")
        row.subject, row.joined_at = None, AT
        session.add(row)
        new = Viewer(9, frozenset({Role.OFFICER}), "New", "new@x.org")
        log.append(session, vault, action=Action.READ, people=[ANA], accessor=new, reason=None, scope={}, count=1)
        (found,) = history.about(session, own(ANA), vault, ANA)
    assert found.team == "Privacy"


@pytest.mark.usefixtures("team")
def test_one_bulk_read_of_thousands_is_one_entry_that_each_of_them_sees(database: Database, vault: Vault) -> None:
    read(database, vault, people=range(1, 2001), accessor=Outside("svc-train", "service account", automated=True))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EntryRow)) == 1
        (found,) = history.about(session, own(2000), vault, 2000)
    assert (found.people_count, found.automated, found.account) == (2000, True, "svc-train")
    assert look.MANY_PEOPLE in found.marks


@pytest.mark.usefixtures("team")
def test_names_of_people_are_not_told_and_no_scope_is_stored_in_plaintext(database: Database, vault: Vault) -> None:
    read(database, vault, accessor=Outside("jane.doe@cloud", "data engineer", "AI"))
    with database.reading() as session:
        (found,) = history.about(session, own(ANA), vault, ANA)
        row = session.get_one(DetailsRow, 0)
    assert found.account == ""
    assert "jane" not in repr(found)
    stored = repr({name: value for name, value in vars(row).items() if not name.startswith("_")})
    assert "Secret App" not in stored
    assert "jane" not in stored


@pytest.mark.usefixtures("team")
def test_an_officer_who_reads_a_history_is_in_it_and_an_employee_may_not(database: Database, vault: Vault) -> None:
    read(database, vault)
    with database.writing() as session:
        assert len(history.about(session, OFFICER, vault, ANA, reason=Reason(Purpose.QUESTION, "Q-9"))) == 1
    with database.reading() as session:
        newest = history.about(session, own(ANA), vault, ANA)[0]
    assert (newest.purpose, newest.ticket, newest.scope) == (Purpose.QUESTION, "Q-9", {"what": "access history"})
    for nosy in (own(BEN), AUDITOR, OPERATOR):
        with pytest.raises(NotAllowed), database.writing() as session:
            history.about(session, nosy, vault, ANA)


@pytest.mark.usefixtures("team")
def test_a_look_that_cannot_be_logged_shows_nothing(database: Database, vault: Vault) -> None:
    read(database, vault)
    from sqlalchemy.exc import DBAPIError

    with pytest.raises(DBAPIError), database.reading() as session:
        history.about(session, OFFICER, vault, ANA)


@pytest.mark.usefixtures("team")
def test_pages_of_a_history_join_without_gap_or_overlap(database: Database, vault: Vault) -> None:
    for number in range(7):
        read(database, vault, at=AT + (number // 2) * instants.HOUR)
    found: list[int] = []
    before: str | None = None
    with database.reading() as session:
        while page := history.about(session, own(ANA), vault, ANA, limit=2, before=before):
            found += [one.position for one in page]
            before = page[-1].cursor
        with pytest.raises(BadInput):
            history.about(session, own(ANA), vault, ANA, before="1; DROP TABLE")
        inside = history.about(session, own(ANA), vault, ANA, start=AT + instants.HOUR, end=AT + 2 * instants.HOUR)
    assert found == [6, 5, 4, 3, 2, 1, 0]
    assert [one.position for one in inside] == [3, 2]


@pytest.mark.usefixtures("team")
def test_figures_count_different_people_and_jobs_and_leave_out_the_person(database: Database, vault: Vault) -> None:
    job = Outside("svc-train", "service account", "AI", automated=True)
    read(database, vault, at=AT)
    read(database, vault, at=AT + 1, purpose=Purpose.NONE)
    read(database, vault, at=AT + 2, accessor=OPERATOR)
    read(database, vault, at=AT + 3, accessor=job, purpose=Purpose.TRAINING, action=Action.TRAIN, source="database")
    read(database, vault, at=AT + 4, accessor=job, purpose=Purpose.TRAINING, action=Action.COPY, source="database")
    read(database, vault, at=AT + 5, accessor=own(ANA), purpose=Purpose.NONE)
    read(database, vault, at=AT - 1)
    read(database, vault, at=AT + 6, action=Action.IMPORT)
    with database.reading() as session:
        found = history.figures(session, own(ANA), vault, ANA, AT)
    assert (found.people, found.automated, found.total, found.unsaid) == (2, 1, 5, 1)
    assert found.by_purpose == {Purpose.SUPPORT: 2, Purpose.NONE: 1, Purpose.TRAINING: 2}
    assert [one.position for one in found.latest] == [4, 3, 2]


@pytest.mark.usefixtures("team")
def test_what_stands_out_is_said_in_plain_words(database: Database, vault: Vault) -> None:
    night = instants.of(datetime(2026, 11, 3, 2, 0, tzinfo=UTC))
    read(database, vault, at=night, purpose=Purpose.NONE)
    with database.reading() as session:
        (utc,) = history.about(session, own(ANA), vault, ANA)
        (tokyo,) = history.about(session, own(ANA), vault, ANA, zone=ZoneInfo("Asia/Tokyo"))
    assert {look.NO_REASON, look.OUTSIDE_HOURS} <= set(utc.marks)
    assert look.OUTSIDE_HOURS not in tokyo.marks


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize(("day", "marked"), [(6, False), (7, True), (8, True), (9, False)])
def test_a_look_at_noon_stands_out_at_a_weekend_only(database: Database, vault: Vault, day: int, marked: bool) -> None:
    """Friday, Saturday, Sunday and Monday, each at an hour in which everybody works."""
    read(database, vault, at=instants.of(datetime(2026, 11, day, 12, 0, tzinfo=UTC)))
    with database.reading() as session:
        (found,) = history.about(session, own(ANA), vault, ANA)
    assert (look.OUTSIDE_HOURS in found.marks) == marked


def test_figures_about_somebody_else_are_a_look_of_whoever_reads_them(database: Database, vault: Vault) -> None:
    """That somebody had six visitors is itself of that person, and so is in their history; their own look is not."""
    read(database, vault)
    read(database, vault)
    with database.writing() as session:
        counted = history.figures(session, OFFICER, vault, ANA, 0, reason=Reason(Purpose.LEGAL, "L-1")).total
        history.figures(session, own(ANA), vault, ANA, 0)
    with database.reading() as session:
        newest, *older = history.about(session, own(ANA), vault, ANA)
    assert (newest.scope, newest.role, newest.purpose) == ({"what": entry.HISTORY}, "officer", Purpose.LEGAL)
    assert (newest.count, len(older)) == (counted, 2)


@pytest.mark.usefixtures("team")
def test_what_was_altered_or_taken_away_is_shown_as_that_and_counted(database: Database, vault: Vault) -> None:
    for _ in range(4):
        read(database, vault)
    with database.writing() as session:
        session.execute(text("DELETE FROM access_details WHERE position = 0"))
        session.execute(text("UPDATE access_entries SET commitment = people WHERE position = 1"))
        moved = "UPDATE access_details SET details = (SELECT details FROM access_details WHERE position = 3)"
        session.execute(text(f"{moved} WHERE position = 2"))
    with database.reading() as session:
        looks = history.about(session, own(ANA), vault, ANA)
        figures = history.figures(session, own(ANA), vault, ANA, 0)
        one = single.opened(session, own(ANA), vault, ANA, 2)
        assert single.identity(session, vault, 2) is None
        listed = listing.entries(session, AUDITOR, vault)
    assert [one.lost for one in looks] == [None, Lost.ALTERED, Lost.ALTERED, Lost.MISSING]
    assert one == looks[1]
    assert (one.marks, one.role, one.purpose) == ((Lost.ALTERED.value,), "", Purpose.NONE)
    assert (figures.total, figures.lost, figures.people, len(figures.latest)) == (4, 3, 1, 3)
    assert [one.lost for one in listed] == [one.lost for one in looks]


def swap_with_the_first(session: Session) -> None:
    session.get_one(DetailsRow, 1).details = session.get_one(DetailsRow, 0).details


def commit_to_another(session: Session) -> None:
    row = session.get_one(EntryRow, 1)
    row.commitment = row.people


def flip_a_bit(session: Session) -> None:
    row = session.get_one(DetailsRow, 1)
    row.details = row.details[:-1] + bytes([row.details[-1] ^ 1])


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("alter", [swap_with_the_first, commit_to_another, flip_a_bit])
def test_what_was_opened_before_is_not_shown_from_memory_once_it_was_altered(
    database: Database, vault: Vault, alter: Callable[[Session], None]
) -> None:
    """Details are opened once and remembered by every byte they follow from: the very next page notices."""
    for _ in range(2):
        read(database, vault)
    for _ in range(2):
        with database.reading() as session:
            assert [one.lost for one in history.about(session, own(ANA), vault, ANA)] == [None, None]
    with database.writing() as session:
        alter(session)
    with database.reading() as session:
        assert [one.lost for one in history.about(session, own(ANA), vault, ANA)] == [Lost.ALTERED, None]
        assert history.figures(session, own(ANA), vault, ANA, 0).lost == 1
        assert single.opened(session, own(ANA), vault, ANA, 1).lost is Lost.ALTERED


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("away", ["DELETE FROM access_keys", "UPDATE access_keys SET wrapped = 'x'"])
def test_a_log_whose_key_is_gone_does_not_say_that_nobody_looked(database: Database, vault: Vault, away: str) -> None:
    read(database, vault)
    with database.writing() as session:
        session.execute(text(away))
    with database.reading() as session:
        assert [one.lost for one in history.about(session, own(ANA), vault, ANA)] == [Lost.ALTERED]
        assert history.figures(session, own(ANA), vault, ANA, 0).lost == 1


@pytest.mark.usefixtures("team")
def test_pages_show_what_was_committed_to_and_not_an_altered_column(database: Database, vault: Vault) -> None:
    read(database, vault)
    with database.reading() as session:
        before = history.figures(session, own(ANA), vault, ANA, 0), listing.entries(session, AUDITOR, vault)
    with database.writing() as session:
        columns = "accessor_id = 1, who = 'x', automated = NOT automated, purpose = 'own'"
        session.execute(text(f"UPDATE access_details SET {columns}, role = 'employee', people_count = 9"))
    with database.reading() as session:
        after = history.figures(session, own(ANA), vault, ANA, 0), listing.entries(session, AUDITOR, vault)
    assert after == before
    assert before[0].total == 1


@pytest.mark.usefixtures("team")
def test_an_auditor_lists_entries_without_content_and_without_persons(database: Database, vault: Vault) -> None:
    read(database, vault)
    read(database, vault, action=Action.IMPORT, at=AT + 5)
    read(database, vault, source="database audit")
    with database.reading() as session:
        everything = listing.entries(session, AUDITOR, vault)
        assert [one.position for one in everything] == [2, 1, 0]
        assert [one.position for one in listing.entries(session, AUDITOR, vault, action="captures imported")] == [1]
        assert [one.position for one in listing.entries(session, AUDITOR, vault, source="database audit")] == [2]
        assert [one.position for one in listing.entries(session, AUDITOR, vault, start=AT + 1)] == [1]
        assert [one.position for one in listing.entries(session, AUDITOR, vault, before=2, limit=1)] == [1]
        assert "Secret" not in repr(everything)
        assert not any(hasattr(one, "scope") or hasattr(one, "person_id") for one in everything)
        with pytest.raises(NotAllowed):
            listing.entries(session, own(ANA), vault)


@pytest.mark.usefixtures("team")
def test_a_look_that_was_put_on_somebody_else_is_altered_and_not_the_persons_own(
    database: Database, vault: Vault
) -> None:
    for _ in range(2):
        read(database, vault)
    with database.writing() as session:
        blame(session, vault, 1, own(ANA))
    with database.reading() as session:
        newest, older = history.about(session, own(ANA), vault, ANA)
        figures = history.figures(session, own(ANA), vault, ANA, 0)
        assert single.identity(session, vault, 1) is None
    assert (newest.lost, newest.is_own, older.lost) == (Lost.ALTERED, False, None)
    assert (figures.total, figures.lost, figures.people) == (2, 1, 1)

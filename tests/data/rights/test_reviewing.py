"""The quarantine is reviewed in counts, erased for good by an entry of the log, and whole after any crash."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from data import instants
from data.accesses import tree
from data.accesses.entry import Action, Purpose
from data.accesses.tables import AboutRow, EntryRow
from data.captures import browse, disobeying, quarantine, segments, sweeping
from data.captures.ingest import Imported, ingest
from data.captures.recording import Recording
from data.captures.schema import Kind
from data.captures.scope import Filter, Scope
from data.captures.tables import PausedRow, QuarantineRow
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed
from data.looks import history
from data.notices import notice
from data.notices.notice import Why
from data.people.viewer import OPERATOR, Role, Viewer
from data.programme import record, rules
from data.programme.reach import Reach
from data.rights import holds, reviewing
from data.rights.export import archive
from data.rights.reviewing import Erased, Review
from data.sealing.vault import Vault
from tests.data.captures.rows import Row, row, table
from tests.data.crashing import MOMENTS, Place, do_and_die, place_of
from tests.data.rights.conftest import Roster

ANA, OLGA = 1, 3
FOUND = "Two ThinkPads ran an old collector; it was switched off by hand."


@pytest.fixture
def since(database: Database, vault: Vault, roster: Roster) -> int:
    """When the pause began."""
    return paused(database, vault, roster)


def paused(database: Database, vault: Vault, roster: Roster) -> int:
    with database.writing() as session:
        pause = record.pause(session, roster.olga, vault, None, "The tables were open.").pause
    assert pause
    return pause.start


def bring(database: Database, vault: Vault, person: int, held: list[Row]) -> Imported:
    digest = hashlib.sha256(repr((person, held)).encode()).hexdigest()
    return ingest(database, vault, OPERATOR, person, Recording("captures", digest, iter(table(held).to_batches())))


def rows(since: int, count: int, kind: str = "key") -> list[Row]:
    return [row(since + one, kind, device="ThinkPad", app="Canary", text="q") for one in range(count)]


def look(database: Database, vault: Vault, roster: Roster) -> Review:
    with database.writing() as session:
        return reviewing.review(session, roster.olga, vault)


def erase(database: Database, vault: Vault, roster: Roster, until: int | None = None) -> Erased:
    until = look(database, vault, roster).until if until is None else until
    with database.writing() as session:
        return reviewing.erase(session, roster.olga, vault, until, FOUND)


def test_a_review_shows_counts_by_person_device_kind_and_pause_and_everybody_in_it_sees_the_look(
    database: Database, vault: Vault, roster: Roster, since: int
) -> None:
    """An officer learns whose device does not obey, never what was captured, and not without a trace."""
    bring(database, vault, ANA, [*rows(since, 2), *rows(since, 3, "click")])
    bring(database, vault, ANA, rows(since + instants.HOUR, 4))
    bring(database, vault, OLGA, rows(since, 1))
    found = look(database, vault, roster)
    seen = {(one.person, one.part.device, one.part.kind, one.part.count, one.part.since) for one in found.lines}
    assert seen == {
        ("Ana", "ThinkPad", "key", 6, since),
        ("Ana", "ThinkPad", "click", 3, since),
        ("Olga", "ThinkPad", "key", 1, since),
    }
    assert (found.captures, found.people, found.devices) == (10, 2, 2)
    assert "Canary" not in repr(found)
    with database.reading() as session:
        looks = history.figures(session, roster.ana, vault, ANA, 0)
        assert (looks.people, looks.latest[0].purpose, looks.latest[0].count) == (1, Purpose.SECURITY, 0)
    for viewer in (roster.ana, OPERATOR):
        with database.writing() as session, pytest.raises(NotAllowed):
            reviewing.review(session, viewer, vault)


def test_what_is_erased_after_review_loses_its_keys_and_bytes_and_is_an_entry_of_the_log(
    database: Database, vault: Vault, roster: Roster, since: int
) -> None:
    """Only what was reviewed goes; its counts stay as evidence, and bringing the same file again raises nothing."""
    bring(database, vault, ANA, rows(since, 5))
    seen = look(database, vault, roster)
    bring(database, vault, ANA, rows(since + instants.HOUR, 2))
    with database.writing() as session, pytest.raises(BadInput, match="what the review found"):
        reviewing.erase(session, roster.olga, vault, seen.until, " ")
    epoch = vault.keyring.epochs()
    assert erase(database, vault, roster, seen.until) == Erased(5, 1, 0)
    assert len(vault.objects.list(str(ANA))) == 1
    assert reviewing.settle(database, vault) == 1
    assert reviewing.settle(database, vault) == 0
    assert not set(epoch) & set(vault.keyring.epochs())
    with database.reading() as session:
        kept = {one.erased_at is None: one for one in session.scalars(select(QuarantineRow))}
        assert kept[False].wrapped is None and kept[True].wrapped is not None
        assert [sum(part.count for part in one.parts) for one in quarantine.listed(session, vault, ANA)] == [2]
        assert sum(one.count for one in session.scalars(select(PausedRow))) == 7
        told = select(EntryRow.count, AboutRow.person_id).join(AboutRow, AboutRow.position == EntryRow.position)
        logged = session.execute(told.where(EntryRow.action == Action.QUARANTINE_ERASED.value)).all()
        assert [tuple(one) for one in logged] == [(5, ANA)]
        assert [(one.name, one.words) for one in disobeying.erasures(session, roster.ana, vault, ANA)] == [
            ("Olga", FOUND)
        ]
    assert erase(database, vault, roster).captures == 2
    again = bring(database, vault, ANA, [*rows(since, 5), row(since + 5, device="ThinkPad")])
    assert (again.paused, again.quarantined) == (6, 1)
    with database.writing() as session, pytest.raises(Conflict, match="nothing in quarantine"):
        reviewing.erase(session, roster.olga, vault, seen.until, FOUND)


def test_a_copy_states_what_is_in_quarantine_and_holds_none_of_it(
    database: Database, vault: Vault, roster: Roster, since: int, tmp_path: Path
) -> None:
    """Its person reads how many, of when and why; no file of the copy, and no page of captures, opens what it was."""
    bring(database, vault, ANA, rows(since, 3))
    archive.write_export(database, vault, roster.ana, ANA, tmp_path / "copy.zip")
    with zipfile.ZipFile(tmp_path / "copy.zip") as found:
        (line,) = [json.loads(one) for one in found.read("held/refused-in-pauses.jsonl").splitlines()]
        assert (line["why"], line["count"], line["device"], line["kind"]) == ("programme paused", 3, "ThinkPad", "key")
        assert json.loads(found.read("held/quarantine.jsonl"))["bytes"] > 0
        assert "nobody opens them" in found.read("inventory.json").decode().lower()
        assert found.read("captures.jsonl") == b""
        assert not any(b"Canary" in found.read(one) for one in found.namelist())
    with database.reading() as session:
        assert browse.page(session, roster.ana, vault, ANA, Filter()).captures == ()


def test_nobody_erases_what_their_own_device_sent_and_nothing_that_is_to_be_kept(
    database: Database, vault: Vault, roster: Roster, since: int
) -> None:
    """An officer's own device is another officer's to judge; a legal hold and a restriction outlast a review."""
    for person in (ANA, 2, OLGA):
        bring(database, vault, person, rows(since, 2))
    held = Scope(frozenset({Kind.KEY}))
    with database.writing() as session:
        review_on = instants.day_of(since) + timedelta(days=60)
        made = holds.propose(session, roster.olga, vault, ANA, held, "A dispute.", review_on)
    with database.writing() as session:
        holds.confirm(session, roster.omar, vault, made.number)
        rules.add(session, vault, 2, 99, rules.RuleKind.RESTRICTION, Reach(), granted=True)
    with pytest.raises(Conflict, match=r"your own.*4 captures stay"):
        erase(database, vault, roster)
    with database.writing() as session:
        holds.lift(session, roster.olga, vault, made.number, "It was settled.")
    assert erase(database, vault, roster) == Erased(2, 1, 2)
    with database.reading() as session:
        assert [len(quarantine.listed(session, vault, person)) for person in (ANA, 2, OLGA)] == [0, 1, 1]


def test_two_importers_of_one_file_at_once_count_it_once(
    database: Database, vault: Vault, roster: Roster, since: int
) -> None:
    """Two workers that got hold of the same upload do not make two alarms of it."""
    start, found = Barrier(2), list[Imported]()

    def work() -> None:
        start.wait()
        found.append(bring(database, vault, ANA, rows(since, 50)))

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(one.quarantined for one in found) == {50: 1, 0: 1}
    assert look(database, vault, roster).captures == 50
    assert len(vault.objects.list(str(ANA))) == 1


def bring_and_erase(database: Database, vault: Vault, _: Place, since: int) -> None:
    """What the process that is killed does."""
    roster = Roster(*[people_of(number) for number in range(1, 5)])
    bring(database, vault, ANA, rows(since, 5))
    erase(database, vault, roster)
    reviewing.settle(database, vault)


def people_of(number: int) -> Viewer:
    roles = {Role.EMPLOYEE, *([Role.OFFICER] if number > 2 else [])}
    return Viewer(number, frozenset(roles), str(number))


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_crash_at_any_moment_leaves_what_can_be_brought_to_its_end(
    database: Database, vault: Vault, roster: Roster, since: int, tmp_path: Path, moment: str
) -> None:
    """Killed wherever it is, the next run counts the file once and ends with no key, no byte and one entry."""
    place, number = place_of(database, tmp_path), 0
    while True:
        number += 1  # the captures are others each time, so that each run has all of the way before it
        begun = since + number * instants.MINUTE
        ended = do_and_die(place, bring_and_erase, begun, moment, number)
        bring(database, vault, ANA, rows(begun, 5))
        if look(database, vault, roster).until:
            erase(database, vault, roster)
        reviewing.settle(database, vault)
        if ended == 0 or number > 12:
            break
    assert 1 < number <= 12
    with database.reading() as session:
        assert quarantine.listed(session, vault, ANA) == ()
        assert sum(one.count for one in session.scalars(select(PausedRow))) == 5 * number
        erased = session.scalars(select(QuarantineRow)).all()
        assert all(one.wrapped is None and not one.bytes for one in erased)
    # What the import left before it named it is swept; what was erased is gone without that.
    assert not {segments.object_name(ANA, one.id) for one in erased} & set(vault.objects.list(str(ANA)))
    sweeping.sweep(database, vault, ANA, spared=0)
    assert vault.objects.list(str(ANA)) == ()


def test_the_person_is_told_once_for_each_pause_that_their_device_captured(
    database: Database, vault: Vault, roster: Roster, since: int
) -> None:
    """What was refused is reported to whom it concerns by itself, and a thousand files are no thousand notices."""
    bring(database, vault, ANA, rows(since, 2))
    bring(database, vault, ANA, rows(since + instants.HOUR, 2))
    notice.keep_up(database, vault, by_mail=True)
    with database.reading() as session:
        assert len(notice.beside(session, roster.ana, Why.PAUSE)) == 1
        assert notice.beside(session, roster.cal, Why.PAUSE) == ()
        assert notice.unseen(session, roster.ana, vault, ANA).total == 0
    with database.writing() as session:
        notice.see_beside(session, roster.ana, Why.PAUSE, tree.end(session))
    with database.reading() as session:
        assert notice.beside(session, roster.ana, Why.PAUSE) == ()

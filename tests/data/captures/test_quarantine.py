"""Captures of a pause are refused, counted once, sealed so that nobody opens them, and gone with their person's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.accesses.log import Entry
from data.accesses.tables import AboutRow, DetailsRow, EntryRow
from data.captures import disobeying, erase, ingest, pausing, quarantine, segments
from data.captures.disobeying import Figures
from data.captures.ingest import Imported
from data.captures.pausing import Part, Why
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.captures.tables import ImportRow, PausedRow, QuarantineRow, RefusalRow, ScreenRow
from data.database import Database
from data.errors import NotAllowed, Unreadable
from data.people.viewer import OPERATOR, Role, Viewer
from data.programme import own_pause, record, rules
from data.programme.reach import Reach
from data.programme.state import Span
from data.rights import epochs
from data.sealing.vault import Vault
from tests.data.captures.rows import Row, row, table
from tests.data.captures.taking import PERSON, add_people, assert_nowhere, counted, picture, stored, take

OLGA = Viewer(8, frozenset({Role.EMPLOYEE, Role.OFFICER}), "Olga")
OMAR = Viewer(9, frozenset({Role.EMPLOYEE, Role.OFFICER}), "Omar")
ANA = Viewer(PERSON, frozenset({Role.EMPLOYEE}), "Ana")
INGRID = Viewer(8, frozenset({Role.EMPLOYEE, Role.ORGANIZER}), "Ingrid")
CANARY = "CanaryInTheMine"
SECOND = instants.SECOND


@pytest.fixture
def paused(database: Database, vault: Vault) -> int:
    """Since when the programme is paused for everybody; nobody has sent anything."""
    add_people(database)
    return pause(database, vault)


def pause(database: Database, vault: Vault) -> int:
    with database.writing() as session:
        span = record.pause(session, OLGA, vault, None, "The tables were open.").pause
    assert span
    return span.start


def resume(database: Database, vault: Vault) -> int:
    with database.writing() as session:
        record.propose_resume(session, OLGA, vault, "They are closed.")
    with database.writing() as session:
        end = record.resume(session, OMAR, vault, (), "It is settled.").spans[-1].end
    assert end
    return end


def rows(first: int, count: int = 3, device: str | None = "ThinkPad", step: int = SECOND, **more: Any) -> list[Row]:
    return [row(first + one * step, device=device, app=CANARY, text=CANARY, **more) for one in range(count)]


def bring(database: Database, vault: Vault, held: list[Row], source: str = "captures", *more: Any) -> Imported:
    return take(database, vault, table(held), *more, source=source)


def sealed(database: Database, vault: Vault) -> list[int]:
    """How many captures each file in quarantine really holds."""
    with database.reading() as session:
        return [quarantine.opened(vault, one).num_rows for one in quarantine.listed(session, vault, PERSON)]


def test_what_was_captured_from_the_pause_on_is_refused_and_what_was_before_is_taken(
    database: Database, vault: Vault, paused: int
) -> None:
    """The very instant of the pause is refused, the microsecond before is taken; the refused are counted and sealed."""
    found = bring(database, vault, [*rows(paused - 2, 2, step=1), *rows(paused, 2, step=1)])
    assert (found.added, found.refused, found.paused, found.quarantined) == (2, 2, 2, 2)
    assert stored(database, vault)["at"].to_pylist() == [paused - 2, paused - 1]
    assert counted(database) == 2
    assert sealed(database, vault) == [2]


def test_no_byte_of_a_refused_capture_can_be_read_where_it_lies(
    database: Database, vault: Vault, paused: int, tmp_path: Any
) -> None:
    """Neither the sealed file nor a column of the database says what was captured, and no picture is kept."""
    image = picture(CANARY.encode())
    shown = [row(paused + 1, "screen", device="ThinkPad", screen=image.digest, title=CANARY, app=CANARY)]
    bring(database, vault, [*rows(paused), *shown], "captures", image)
    names = vault.objects.list(str(PERSON))
    assert len(names) == 1
    assert CANARY.encode() not in vault.objects.get(names[0])
    with database.reading() as session:
        assert session.scalars(select(ScreenRow)).all() == []
        for row_ in [*session.scalars(select(QuarantineRow)), *session.scalars(select(PausedRow))]:
            assert CANARY not in str(vars(row_))
        assert list(segments.read(session, vault, PERSON)) == []


def test_no_byte_of_what_came_from_an_own_pause_is_kept_anywhere(
    database: Database, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even sealed: no file of the store, no row of a table and no picture has anything but how many there were."""
    add_people(database)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with database.writing() as session:
        own = own_pause.begin(session, ANA, vault)
    image = picture(CANARY.encode())
    shown = row(own.start + 1, "screen", device="ThinkPad", screen=image.digest, title=CANARY, app=CANARY)
    assert bring(database, vault, [*rows(own.start), shown], "captures", image).paused == 4
    assert_nowhere(database, tmp_path, CANARY)
    assert vault.objects.list(str(PERSON)) == ()


def test_a_late_file_from_within_the_pause_is_refused_after_the_resume_too(
    database: Database, vault: Vault, paused: int
) -> None:
    """What counts is when it was captured, not when it arrives: a device that was offline brings nothing in later."""
    ended = resume(database, vault)
    found = bring(database, vault, [*rows(paused, 2, step=1), *rows(ended, 2, step=1), row(paused - 1)])
    assert (found.added, found.quarantined) == (3, 2)
    assert stored(database, vault)["at"].to_pylist() == [paused - 1, ended, ended + 1]


def test_the_same_captures_count_once_in_whichever_file_they_come(
    database: Database, vault: Vault, paused: int
) -> None:
    """A growing export brings what it brought before: the alarm names what was captured, not how often it was sent."""
    held = rows(paused, 4)
    assert bring(database, vault, held[:2]).quarantined == 2
    again = bring(database, vault, held[:2])
    assert (again.import_id, again.quarantined, again.duplicates) == (None, 0, 2)
    assert bring(database, vault, held).quarantined == 2
    assert sealed(database, vault) == [2, 2]
    longer = [one | {"duration": SECOND} for one in rows(paused + instants.HOUR, 2, kind="window")]
    assert bring(database, vault, longer, "activitywatch").quarantined == 2
    grown = [one | {"duration": 2 * SECOND} for one in longer]
    assert bring(database, vault, grown, "activitywatch").quarantined == 0
    with database.reading() as session:
        assert disobeying.mine(session, ANA, PERSON, Why.PROGRAMME, paused)[0].count == 6


def test_nothing_is_taken_in_once_the_only_entry_about_a_pause_was_deleted(
    database: Database, vault: Vault, paused: int
) -> None:
    """Whoever can write the database does not switch capturing on again by deleting the entry, the newest of all."""
    with database.writing() as session:
        log.extend(session, vault, [Entry(Action.ROSTER, [], OPERATOR, None, {}, 1)])
        for table_ in (EntryRow, DetailsRow):
            session.execute(delete(table_).where(table_.position == 0))
    with pytest.raises(Unreadable, match="nothing is taken in"):
        bring(database, vault, rows(paused))
    assert (counted(database), vault.objects.list(str(PERSON))) == (0, ())


def test_an_import_that_a_pause_overtakes_begins_again(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pause that is put on record while a file is being sealed is in force for that file."""
    add_people(database)
    real, begun = ingest.build, list[int]()

    def build(*given: Any, **more: Any) -> Any:
        made = real(*given, **more)
        if not begun:
            begun.append(pause(database, vault))
        return made

    monkeypatch.setattr(ingest, "build", build)
    found = bring(database, vault, rows(instants.now() + instants.HOUR))
    assert begun and (found.added, found.quarantined) == (0, 3)
    assert len(vault.objects.list(str(PERSON))) == 1


def test_an_objection_and_ones_own_pause_come_before_the_quarantine_and_leave_no_byte(
    database: Database, vault: Vault, paused: int
) -> None:
    """Where several reasons apply the one that keeps least wins: erased, objected, own pause, and only then sealed."""
    with database.writing() as session:
        rules.add(session, vault, PERSON, 1, rules.RuleKind.OBJECTION, Reach(frozenset({"key"})), granted=False)
    with database.writing() as session:
        own = own_pause.begin(session, ANA, vault)
    held = [row(own.start + one, kind, device="ThinkPad") for kind in ("key", "click") for one in range(2)]
    found = bring(database, vault, held)
    assert (found.added, found.objected, found.paused, found.quarantined) == (0, 2, 2, 0)
    assert vault.objects.list(str(PERSON)) == ()
    with database.reading() as session:
        assert [one.why for one in session.scalars(select(PausedRow))] == [Why.OWN.value]
        assert disobeying.mine(session, ANA, PERSON, Why.OWN, own.start)[0].count == 2
        assert disobeying.mine(session, ANA, PERSON, Why.PROGRAMME, paused) == ()
        assert disobeying.objected_since(session, ANA, PERSON, paused) == 2
    after = bring(database, vault, [row(own.start - 1, "click"), row((own.end or 0), "click")])
    assert (after.paused, after.quarantined) == (2, 2)


def test_a_device_that_goes_on_is_named_to_its_person_and_counted_for_organizers(
    database: Database, vault: Vault, paused: int
) -> None:
    """The person reads which device and how many; organizers read counts that name nobody; the log says it once."""
    bring(database, vault, rows(paused))
    bring(database, vault, rows(paused + instants.HOUR, 2, "Tower"))
    bring(database, vault, rows(paused + 2 * instants.HOUR, 1))
    with database.reading() as session:
        mine = disobeying.mine(session, ANA, PERSON, Why.PROGRAMME, paused)
        found = disobeying.figures(session, INGRID, paused)
        logged = session.scalars(
            select(AboutRow.person_id)
            .join(EntryRow, EntryRow.position == AboutRow.position)
            .where(EntryRow.action == Action.DISOBEYED.value)
        ).all()
    assert [(one.device, one.count) for one in mine] == [("ThinkPad", 4), ("Tower", 2)]
    assert (found.devices, found.people, found.captures) == (2, 1, 6)
    assert list(logged) == [PERSON, PERSON]
    with database.reading() as session:
        assert disobeying.figures(session, INGRID, instants.now()) == Figures()
        for act in (lambda: disobeying.mine(session, OLGA, PERSON, Why.PROGRAMME, 0), _figures(session)):
            with pytest.raises(NotAllowed):
                act()


def _figures(session: Any) -> Callable[[], object]:
    return lambda: disobeying.figures(session, ANA, 0)


def test_of_refused_files_the_larger_counts_where_they_may_be_the_same() -> None:
    """Nothing is kept that tells two files of an own pause apart, so no number is larger than what is certain."""

    def part(first: int, last: int, count: int, device: str = "ThinkPad") -> Part:
        return Part(Why.OWN, 0, device, "key", count, first, last)

    assert pausing.at_least([part(0, 10, 5), part(5, 20, 8), part(21, 30, 2), part(0, 10, 1, "Tower")]) == 8 + 2 + 1
    assert pausing.at_least([]) == 0


def test_a_person_who_has_all_or_some_erased_takes_the_quarantine_along(
    database: Database, vault: Vault, paused: int
) -> None:
    """A deletion reaches what nobody may open as well: a part of it exactly, all of it down to the last row."""
    bring(database, vault, [*rows(paused, 2), *rows(paused, 3, kind="click")])
    at = paused + instants.HOUR
    keys_only = Scope(frozenset({Kind.KEY}))
    removed = erase.rewrite_without(database, vault, PERSON, [keys_only], at)
    assert (removed.quarantined, sealed(database, vault)) == (2, [3])
    assert len(vault.objects.list(str(PERSON))) == 1
    with database.reading() as session:
        assert {one.kind for one in session.scalars(select(PausedRow))} == {"click"}
        said = [erase.remnants(session, vault, PERSON, scope, at) for scope in (keys_only, Scope())]
    # The key is newer than this deletion, whose time lies ahead.
    assert [any("quarantine" in one for one in each) for each in said] == [False, True]
    assert not any("no row names" in one for one in said[1])
    with database.writing() as session:
        erase.destroy_keys(session, vault, PERSON, at)
    assert vault.objects.list(str(PERSON)) == ()
    with database.reading() as session:
        assert not [*session.scalars(select(PausedRow)), *session.scalars(select(QuarantineRow))]
        assert session.scalars(select(RefusalRow)).all()
    assert bring(database, vault, rows(paused, 2)).quarantined == 0


def test_a_turned_keyring_takes_the_keys_of_the_quarantine_along(database: Database, vault: Vault, paused: int) -> None:
    """What another person's deletion does to the keyring leaves the quarantine countable."""
    bring(database, vault, rows(paused))
    assert epochs.turn(database, vault, OPERATOR).destroyed
    assert sealed(database, vault) == [3]
    assert bring(database, vault, rows(paused, 4)).quarantined == 1


def test_counts_of_an_import_add_up(database: Database, vault: Vault, paused: int) -> None:
    """What the company counts as refused holds what a pause refused, and says which part that is."""
    bring(database, vault, [*rows(paused), row(paused - 1)])
    with database.reading() as session:
        kept = session.scalars(select(ImportRow)).one()
    assert (kept.added, kept.refused, kept.paused, kept.objected) == (1, 3, 3, 0)
    assert Span(paused).holds(paused)

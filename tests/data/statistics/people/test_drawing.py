"""A release is drawn once, whatever happens, and its budget cannot be passed."""

from __future__ import annotations

import multiprocessing
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Executable, LargeBinary, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from data import instants
from data.accesses import events, log
from data.accesses.entry import Action
from data.accesses.tables import AboutRow, CheckpointRow, DetailsRow, EntryRow, TileRow
from data.database import Database
from data.errors import Conflict, NotAllowed, NotFound, Unreadable
from data.people.viewer import OPERATOR
from data.proofs import publishing
from data.sealing.vault import Vault
from data.statistics.people import drawing, noise, plan, reading
from data.statistics.people.figure import Figure
from data.statistics.people.release import Record, Release
from data.statistics.quarter import Quarter
from data.statistics.tables import BUDGET, ReleaseRow
from data.tlog.merkle import HASH
from tests.data.crashing import Place, do_and_die, place_of
from tests.data.statistics.people.company import (
    EMPLOYEE,
    ORGANIZER,
    QUARTER,
    anchor,
    capture,
    drawn,
    employ,
    opt_out,
)

_KILLED = -9


@pytest.fixture
def people(database: Database, vault: Vault) -> list[int]:
    return employ(database, vault)


def record(database: Database, vault: Vault) -> Record:
    with database.reading() as session:
        return reading.releases(session, ORGANIZER, vault)


def parts(release: Release, key: str) -> list[str]:
    return [one.key for one in release.groups if one.parent == key]


def test_without_noise_every_group_shows_exactly_its_answers(
    database: Database, vault: Vault, tmp_path: Path, people: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the tables to the figures nothing is lost, counted twice, or counted elsewhere; people who answer yes in
    many ways count once."""
    capture(database, people[:200])
    capture(database, people[:200], QUARTER.end - 1)
    capture(database, people[-5:], QUARTER.end)
    opt_out(database, people[150:170], QUARTER.start - instants.DAY)
    opt_out(database, people[-30:], QUARTER.start - instants.DAY, QUARTER.start)
    monkeypatch.setattr(noise, "drawn", lambda counts, _: list(counts))
    release = drawn(database, vault, tmp_path)
    told = {(release.group(one.group).name, one.figure): one.value for one in release.estimates}
    assert told == {
        ("The whole company", Figure.CAPTURED): 200,
        ("Making", Figure.CAPTURED): 160,
        ("Fixing", Figure.CAPTURED): 40,
        ("Works", Figure.CAPTURED): 200,
        ("Office", Figure.CAPTURED): 0,
        ("The whole company", Figure.OPTED_OUT): 20,
        ("Making", Figure.OPTED_OUT): 10,
        ("Fixing", Figure.OPTED_OUT): 10,
        ("Works", Figure.OPTED_OUT): 20,
        ("Office", Figure.OPTED_OUT): 0,
    }


def test_a_release_adds_up_and_says_what_was_spent_and_who_was_counted(
    database: Database, vault: Vault, tmp_path: Path, people: list[int]
) -> None:
    capture(database, people[:200])
    release = drawn(database, vault, tmp_path)
    for figure in release.figures:
        for group in release.groups:
            shown, below = release.estimate(figure, group.key), parts(release, group.key)
            assert 0 <= shown.low <= shown.value <= shown.high
            if below:
                assert shown.value == sum(release.estimate(figure, one).value for one in below)
    assert release.epsilon == pytest.approx(1)
    assert sum(release.shares.values()) == pytest.approx(0.5)
    with database.reading() as session:
        logged, _ = events.read(session, vault, Action.COUNT)
        ((row, details),) = logged
        assert details.read["scope"]["digest"] == release.digest
        assert details.read["scope"]["spent"] == BUDGET
        assert (details.read["purpose"], details.read["automated"]) == ("figures", True)
        about = select(AboutRow.person_id).where(AboutRow.position == row.position)
        assert sorted(session.scalars(about)) == people
    assert record(database, vault).releases == (release,)


def test_asked_again_after_a_retry_or_a_restart_it_is_the_same_release(
    database: Database, vault: Vault, tmp_path: Path, people: list[int]
) -> None:
    """The attack of the repeated view: noise that was drawn anew each time would average out."""
    capture(database, people[:200])
    release = drawn(database, vault, tmp_path)
    again = Database(database.url.render_as_string(hide_password=False))
    for day in range(1, 4):
        with pytest.raises(Conflict, match="drawn once and never again"):
            drawn(again, vault, tmp_path)
        capture(database, people[200:210], QUARTER.start + day * instants.DAY)
        assert record(again, vault).releases == (release,)
    with again.reading() as session:
        assert len(session.scalars(select(EntryRow).where(EntryRow.action == Action.COUNT.value)).all()) == 1
    again.close()


def test_whoever_takes_a_release_out_of_the_database_does_not_get_another(
    database: Database, vault: Vault, tmp_path: Path, people: list[int]
) -> None:
    """The log says what was spent, also when the table does not, or says less."""
    drawn(database, vault, tmp_path)
    with database.writing() as session:
        session.execute(update(ReleaseRow).values(spent=1))
    assert record(database, vault) == Record((), (QUARTER,))
    with database.writing() as session:
        session.execute(delete(ReleaseRow))
    with pytest.raises(Conflict, match="drawn once and never again"):
        drawn(database, vault, tmp_path)
    assert record(database, vault) == Record((), (QUARTER,))


def test_a_release_that_was_altered_shows_no_figure(
    database: Database, vault: Vault, tmp_path: Path, people: list[int]
) -> None:
    release = drawn(database, vault, tmp_path)
    other = release.document.replace('"estimate":', '"estimate": ', 1)
    for change in ({"document": other}, {"document": other, "digest": "0" * 64}, {"position": 0}):
        with database.writing() as session:
            before = dict(session.execute(select(*(getattr(ReleaseRow, name) for name in change))).mappings().one())
            session.execute(update(ReleaseRow).values(change))
        assert record(database, vault) == Record((), (QUARTER,))
        with database.reading() as session, pytest.raises(Unreadable, match="tell the auditor"):
            reading.one(session, ORGANIZER, vault, QUARTER)
        with database.writing() as session:
            session.execute(update(ReleaseRow).values(before))
    assert record(database, vault).releases == (release,)
    with database.writing() as session:
        session.execute(update(DetailsRow).where(DetailsRow.position == release.position).values(details=b"x"))
    assert record(database, vault) == Record((), (QUARTER,)), "nobody can say what was released"
    with pytest.raises(Conflict):
        drawn(database, vault, tmp_path)
    with database.writing() as session:
        session.execute(delete(ReleaseRow))
    with pytest.raises(Conflict, match="were altered"):
        drawn(database, vault, tmp_path, Quarter(2026, 2))


COUNTED = EntryRow.action == "count"
CUT = (delete(AboutRow), delete(DetailsRow).where(DetailsRow.position >= 1), delete(EntryRow).where(COUNTED))
TAMPERED: dict[str, tuple[Executable, ...]] = {
    "the action": (update(EntryRow).where(COUNTED).values(action="read"),),
    "the source": (update(EntryRow).where(COUNTED).values(source="elsewhere"),),
    "the entry, at the end below the signed head": CUT,
    "the head too": (
        *CUT,
        delete(CheckpointRow).where(CheckpointRow.size > 1),
        update(TileRow).values(hashes=func.substr(TileRow.hashes, 1, HASH, type_=LargeBinary)),
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_whoever_can_write_the_database_alone_gets_no_second_drawing(
    database: Database, vault: Vault, tmp_path: Path, people: list[int], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was spent is found by columns of the log, so before anything is drawn each entry is held against what was
    signed: where the operator draws, and where the app does because the quarter counts as unspent."""
    publishing.run(database, vault, anchor(tmp_path))
    drawn(database, vault, tmp_path)
    with database.writing() as session:
        for statement in (delete(ReleaseRow), *TAMPERED[what]):
            session.execute(statement)
    with pytest.raises(Conflict, match=r"is not what was signed|does not lead to|drawn once and never again"):
        drawn(database, vault, tmp_path)
    monkeypatch.setattr(instants, "now", lambda: QUARTER.end + plan.WAIT)
    with suppress(Conflict):
        assert drawing.keep_up(database, vault, anchor(tmp_path)) is None
    with database.reading() as session:
        assert session.scalars(select(ReleaseRow)).all() == []


def test_the_database_itself_refuses_more_than_the_budget_and_a_second_release(
    database: Database, vault: Vault, tmp_path: Path, people: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn(database, vault, tmp_path)
    columns = {"position": 99, "drawn_at": 0, "digest": "", "document": ""}
    for quarter, spent in ((QUARTER, 1), (QUARTER.after, BUDGET + 1)):
        with pytest.raises(IntegrityError), database.writing() as session:
            session.add(ReleaseRow(year=quarter.year, quarter=quarter.number, spent=spent, **columns))
    monkeypatch.setattr(noise, "spent", lambda *_: BUDGET + 1)
    with pytest.raises(Conflict, match="does not allow"):
        drawn(database, vault, tmp_path, QUARTER.after)


def test_nothing_is_drawn_of_a_quarter_that_is_not_over_or_was_before_the_record(
    database: Database, vault: Vault, tmp_path: Path, people: list[int]
) -> None:
    with pytest.raises(Conflict, match="is not over"):
        drawn(database, vault, tmp_path, Quarter.of(instants.now()))
    with pytest.raises(Conflict, match="before the programme's record began"):
        drawn(database, vault, tmp_path, QUARTER.before)
    with pytest.raises(NotAllowed):
        drawing.draw(database, vault, anchor(tmp_path), ORGANIZER, QUARTER)
    with database.reading() as session, pytest.raises(NotAllowed):
        reading.releases(session, EMPLOYEE, vault)
    with database.reading() as session, pytest.raises(NotFound, match="no release of 2026-Q1"):
        reading.one(session, ORGANIZER, vault, QUARTER)


def test_a_company_of_fewer_than_100_people_has_no_figures(database: Database, vault: Vault, tmp_path: Path) -> None:
    employ(database, vault, (("Making", None, 60), ("Payroll", None, 39)))
    with pytest.raises(Conflict, match="fewer than 100 people"):
        drawn(database, vault, tmp_path)
    with database.reading() as session:
        assert "fewer than 100" in plan.upcoming(session, ORGANIZER, vault).obstacle
        assert not plan.is_due(session, vault, QUARTER, instants.now())


def test_a_look_that_nobody_went_through_yet_stops_the_drawing(
    database: Database, vault: Vault, tmp_path: Path, people: list[int]
) -> None:
    """A figure that counts too few is not drawn, as it could never be drawn again."""
    with database.writing() as session:
        plan.choose(session, ORGANIZER, vault, Quarter(2026, 3), ["outside"])
    drawn(database, vault, tmp_path, Quarter(2026, 2))
    with database.writing() as session:
        log.append(
            session, vault, action=Action.READ, people=(1,), accessor=ORGANIZER, reason=None, scope={}, count=1,
            at=Quarter(2026, 3).start,
        )  # fmt: skip
    with pytest.raises(Conflict, match="not gone through yet"):
        drawn(database, vault, tmp_path, Quarter(2026, 3))


def test_the_app_draws_the_last_quarter_two_weeks_after_its_end(
    database: Database, vault: Vault, tmp_path: Path, people: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    capture(database, people[:100])
    for at, wanted in (
        (QUARTER.end + plan.WAIT - 1, None),
        (QUARTER.end + plan.WAIT, QUARTER),
        (QUARTER.end + plan.WAIT, None),
    ):
        monkeypatch.setattr(instants, "now", lambda at=at: at)
        found = drawing.keep_up(database, vault, anchor(tmp_path))
        assert (None if found is None else found.quarter) == wanted


def act(database: Database, vault: Vault, place: Place, _: object) -> None:
    drawn(database, vault, place.folder)


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("moment", ["before commit", "after commit"])
def test_killed_at_any_step_it_is_drawn_once(
    database: Database, vault: Vault, tmp_path: Path, people: list[int], moment: str, number: int
) -> None:
    """kill -9 between any two steps: what is kept is what is shown, and nothing is spent twice."""
    capture(database, people[:200])
    assert do_and_die(place_of(database, tmp_path), act, None, moment, number) == _KILLED
    with database.reading() as session:
        kept = session.scalars(select(ReleaseRow.document)).all()
    assert len(kept) == (0 if (moment, number) == ("before commit", 1) else 1)
    shown = [one.document for one in record(database, vault).releases]
    assert shown == (kept if (moment, number) == ("after commit", 2) else []), "what may still be lost is not shown"
    if kept:
        with pytest.raises(Conflict, match="drawn once"):
            drawn(database, vault, tmp_path)
        publishing.run(database, vault, anchor(tmp_path))
    else:
        kept = [drawn(database, vault, tmp_path).document]
    (release,) = record(database, vault).releases
    assert [release.document] == kept
    with database.reading() as session:
        assert reading.ledger(session, vault).spent(QUARTER) == BUDGET


def at_once(place: Place, start: Any) -> None:
    database, vault = Database(place.database_url), Vault.open(place.settings.keyring, place.settings.segments_url)
    start.wait()
    try:
        drawn(database, vault, place.folder)
    except Conflict:
        raise SystemExit(3) from None


def test_of_several_processes_that_draw_at_once_one_draws(
    database: Database, vault: Vault, tmp_path: Path, people: list[int]
) -> None:
    context: Any = multiprocessing.get_context("forkserver")
    start = context.Barrier(3)
    running = [context.Process(target=at_once, args=(place_of(database, tmp_path), start)) for _ in range(3)]
    for one in running:
        one.start()
    for one in running:
        one.join(60)
    assert sorted(one.exitcode for one in running) == [0, 3, 3]
    with database.reading() as session:
        assert len(session.scalars(select(EntryRow).where(EntryRow.action == Action.COUNT.value)).all()) == 1
        assert reading.ledger(session, vault).spent(QUARTER) == BUDGET
    assert len(record(database, vault).releases) == 1


def test_a_database_that_was_put_back_does_not_draw_again(vault: Vault, tmp_path: Path, empty_sqlite: Path) -> None:
    """The attack of the old backup: it does not know what was drawn since, and the file beside the keyring does."""
    shutil.copy(empty_sqlite, tmp_path / "now.db")
    database = Database(f"sqlite:///{tmp_path / 'now.db'}")
    employ(database, vault)
    publishing.run(database, vault, anchor(tmp_path))
    database.close()
    shutil.copy(tmp_path / "now.db", tmp_path / "backup.db")
    drawn(database, vault, tmp_path)
    database.close()
    old = Database(f"sqlite:///{tmp_path / 'backup.db'}")
    with pytest.raises(Conflict, match="put back to an older state"):
        drawing.draw(old, vault, anchor(tmp_path), OPERATOR, QUARTER)
    with old.reading() as session:
        assert session.scalars(select(ReleaseRow)).all() == []
    old.close()


def test_what_organizers_chose_is_drawn_and_cannot_be_changed_unseen(
    database: Database, vault: Vault, tmp_path: Path, people: list[int]
) -> None:
    """A choice that somebody alters must not fall back to other figures that nobody chose."""
    with database.writing() as session:
        chosen = plan.choose(session, ORGANIZER, vault, QUARTER, ["erasure"])
        assert plan.of(session, vault, QUARTER.after).chosen is False
    assert (chosen.figures, chosen.margin) == ((Figure.ERASURE,), plan.price(1))
    assert plan.price(1) < plan.price(2) < plan.price(6)
    with database.writing() as session:
        (row,), _ = events.of(session, vault, Action.FIGURES_CHOSEN)
        before = session.get_one(DetailsRow, row.row.position).details
        session.execute(update(DetailsRow).where(DetailsRow.position == row.row.position).values(details=b"x"))
    with pytest.raises(Conflict, match="which figures were chosen"):
        drawn(database, vault, tmp_path)
    with database.writing() as session:
        session.execute(update(DetailsRow).where(DetailsRow.position == row.row.position).values(details=before))
    assert drawn(database, vault, tmp_path).figures == (Figure.ERASURE,)
    with database.writing() as session, pytest.raises(Conflict, match="drawn once and never again"):
        plan.choose(session, ORGANIZER, vault, QUARTER, ["captured"])

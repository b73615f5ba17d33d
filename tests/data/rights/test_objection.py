"""Objections and sealings: kept out at the import without a byte, opened for nobody else, told before they end."""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from data import instants
from data.accesses import attempts
from data.accesses.entry import Purpose, Reason
from data.captures import arrivals, browse, objecting, segments
from data.captures import preview as previews
from data.captures import screens as stored_screens
from data.captures import summary as summaries
from data.captures.ingest import Imported, ingest
from data.captures.objecting import KeptOut
from data.captures.recording import Display, Recording, Screen
from data.captures.schema import Kind
from data.captures.scope import Filter, Scope
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed, NotFound, Refused
from data.looks import history
from data.people.viewer import OPERATOR, Viewer
from data.programme import rules
from data.programme.reach import Hours, Reach
from data.programme.tables import RuleRow
from data.rights import lifting, objection, request, restriction, steps
from data.rights.export import archive, offer
from data.rights.record import Request
from data.rights.restriction import Cause
from data.rights.states import Ground, RequestKind, State
from data.sealing.vault import Vault
from tests.data.captures.rows import Row, row, table
from tests.data.rights.conftest import Roster

ANA = 1
CANARY = "CanaryInTheMine"
MAIL = Reach(apps=frozenset({CANARY}))
WHY = Reason(Purpose.SUPPORT, "INC-1")


def take(database: Database, vault: Vault, rows: list[Row], *more: Screen | Display) -> Imported:
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    items: list[Any] = [*table(rows).to_batches(), *more]
    return ingest(database, vault, OPERATOR, ANA, Recording("captures", digest, iter(items)))


def object_to(database: Database, vault: Vault, viewer: Viewer, reach: Reach) -> Request:
    with database.writing() as session:
        return objection.ask(session, viewer, vault, ANA, reach, "I hold works council talks there.")


def seal(database: Database, vault: Vault, roster: Roster, reach: Reach = Reach()) -> Request:  # noqa: B008 (frozen)
    with database.writing() as session:
        asked = restriction.ask(session, roster.ana, vault, ANA, reach, Cause.CLAIMS, "I need it in court.")
    with database.writing() as session:
        return request.decide(session, roster.olga, vault, asked.id, True)


def decide(database: Database, vault: Vault, roster: Roster, number: int, ground: Ground | None = None) -> Request:
    with database.writing() as session:
        return request.decide(
            session, roster.olga, vault, number, ground is None, ground, "A reason." if ground else ""
        )


def held(database: Database, vault: Vault) -> list[str]:
    with database.reading() as session:
        return [one["app"] for part in segments.read(session, vault, ANA) for one in part.to_pylist()]


def test_from_the_moment_of_an_objection_what_it_reaches_is_kept_out_and_counted(
    database: Database, vault: Vault, roster: Roster
) -> None:
    asked = object_to(database, vault, roster.ana, MAIL)
    assert asked.state is State.OPEN
    found = take(database, vault, [row(1, app=CANARY), row(2, app="Word")])
    assert (found.added, found.refused, found.objected) == (1, 1, 1)
    decide(database, vault, roster, asked.id)
    found = take(database, vault, [row(3, app=CANARY), row(4, app=None)])
    assert (found.added, found.objected) == (1, 1)
    assert held(database, vault) == ["Word", None]
    with database.reading() as session:
        counted = summaries.summary(session, roster.ana, vault, ANA)
    assert (counted.refused, counted.objected) == (2, 2)


@pytest.mark.parametrize(
    "reach",
    [MAIL, Reach(devices=frozenset({"pad"})), Reach(apps=MAIL.apps, hours=Hours("UTC", 0, 24 * 60))],
)
def test_that_nothing_of_an_opt_out_is_held_is_looked_up_and_what_is_held_all_the_same_is_told(
    database: Database, vault: Vault, roster: Roster, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Evidence is a look at what is stored, not the promise of the import: one that lets something in is found."""
    now = instants.now()
    object_to(database, vault, roster.ana, reach)
    opted = {"app": CANARY, "device": "pad"}
    take(database, vault, [row(now - instants.HOUR, app="Word"), row(now - 1, app=CANARY, device="desk")])
    take(database, vault, [row(instants.now(), **opted), row(instants.now(), app="Word", device="desk")])
    assert not kept_out(database, vault, roster.ana).is_held
    with monkeypatch.context() as patch:
        patch.setattr("data.captures.ingest.rules.refused", lambda *_: ())
        take(database, vault, [row(instants.now(), **opted)])
    assert kept_out(database, vault, roster.ana).is_held
    with pytest.raises(NotAllowed):
        kept_out(database, vault, roster.olga)


def test_an_opt_out_from_an_app_means_it_however_it_is_written(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notice that promises "Zoom" means "zoom" too, and so does whoever objects to it: at the import, when somebody
    else wants to look, and when it is looked up whether it is kept."""
    object_to(database, vault, roster.ana, MAIL)
    with monkeypatch.context() as patch:
        patch.setattr("data.captures.ingest.rules.refused", lambda *_: ())
        take(database, vault, [row(instants.now(), app="Word")])
        assert not kept_out(database, vault, roster.ana).is_held
        take(database, vault, [row(instants.now(), app=CANARY.upper())])
    assert kept_out(database, vault, roster.ana).is_held
    found = take(database, vault, [row(instants.now(), app=CANARY.lower()), row(instants.now(), app="Words")])
    assert (found.added, found.objected) == (1, 1)
    narrow = Filter(Scope(apps=frozenset({CANARY.upper()})))
    with database.writing() as session, pytest.raises(Refused):
        browse.page(session, roster.olga, vault, ANA, narrow, reason=WHY)


def test_of_an_opt_out_by_device_a_week_is_looked_at_and_that_is_told(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has to be opened is not opened for years at each look; what was not looked at is not said to be kept out."""
    object_to(database, vault, roster.ana, Reach(devices=frozenset({"pad"})))
    assert not kept_out(database, vault, roster.ana).is_recent
    later = instants.now() + 2 * objecting.OPENED
    monkeypatch.setattr(instants, "now", lambda: later)
    found = kept_out(database, vault, roster.ana)
    assert (found.since, found.is_recent) == (later - objecting.OPENED, True)


def kept_out(database: Database, vault: Vault, viewer: Viewer) -> KeptOut:
    with database.reading() as session:
        standing = rules.of(session, vault, ANA)
        (one,) = objecting.kept_out(session, viewer, vault, ANA, standing, instants.now())
    return one


def test_what_is_refused_leaves_no_byte_anywhere(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spilled = tmp_path / "spilled"
    spilled.mkdir()
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: (spilled / str(len(list(spilled.iterdir())))).open("x+b"))
    monkeypatch.setattr("data.captures.sorting.RUN", 2)  # so that it does spill
    canary = f"Canary{secrets.token_hex(16)}"  # of this run alone: the server's journal still holds what others wrote
    picture = Screen(hashlib.sha256(canary.encode()).hexdigest(), "image/png", canary.encode())
    object_to(database, vault, roster.ana, Reach(devices=frozenset({"pad"})))
    names = {"app": canary, "title": canary, "text": canary, "device": "pad", "screen": picture.digest}
    secret = [row(at, **names) for at in range(6)]
    found = take(database, vault, [*secret, row(9, app="Word")], picture, Display("pad", 800, 600))
    assert (found.added, found.objected, found.screens) == (1, 6, 0)
    with database.reading() as session:
        assert stored_screens.listed(session, ANA) == ()
        assert arrivals.displays(session, ANA) == ()
        assert summaries.summary(session, roster.ana, vault, ANA).devices == ()
    assert any(path.stat().st_size for path in spilled.iterdir())
    needles = (canary.encode(), picture.digest.encode())
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        assert not any(needle in content for needle in needles), path
    if not database.is_sqlite:
        assert not any(needle.decode() in _dump(database) for needle in needles)
        for path in _cluster(database):
            assert not any(needle in path.read_bytes() for needle in needles), path


def _cluster(database: Database) -> list[Path]:
    """Every file of this database, and the server's journal."""
    from sqlalchemy import text

    with database.reading() as session:
        folder = Path(str(session.scalar(text("SHOW data_directory"))))
        number = session.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
    found = [path for place in (f"base/{number}", "pg_wal") for path in (folder / place).iterdir() if path.is_file()]
    assert len(found) > 100
    return found


def _dump(database: Database) -> str:
    """Every row of every table of PostgreSQL, as text."""
    from sqlalchemy import text

    from data.migrations.tables import SCHEMA

    with database.reading() as session:
        return "".join(
            str(session.scalar(text(f'SELECT string_agg(t::text, chr(10)) FROM "{table.name}" t')))
            for table in SCHEMA.sorted_tables
        )


def test_an_objection_to_evenings_keeps_only_evenings_out(database: Database, vault: Vault, roster: Roster) -> None:
    object_to(database, vault, roster.ana, Reach(hours=Hours("UTC", 18 * 60, 8 * 60)))
    day = 20_000 * instants.DAY
    found = take(database, vault, [row(day + hour * instants.HOUR, app=str(hour)) for hour in (7, 8, 12, 17, 18, 23)])
    assert found.objected == 3
    assert held(database, vault) == ["8", "12", "17"]


@pytest.mark.parametrize("ground", [Ground.UNFOUNDED, Ground.OTHER, Ground.LEGAL_HOLD])
def test_an_objection_is_refused_for_compelling_grounds_alone(
    database: Database, vault: Vault, roster: Roster, ground: Ground
) -> None:
    asked = object_to(database, vault, roster.ana, MAIL)
    with pytest.raises(BadInput, match=Ground.COMPELLING):
        decide(database, vault, roster, asked.id, ground)
    assert decide(database, vault, roster, asked.id, Ground.COMPELLING).state is State.REFUSED


def test_other_requests_are_not_refused_for_compelling_grounds(
    database: Database, vault: Vault, roster: Roster
) -> None:
    with database.writing() as session:
        asked = request.open_request(session, roster.ana, vault, ANA, RequestKind.ERASURE)
    with pytest.raises(BadInput, match="does not let a deletion be refused"):
        decide(database, vault, roster, asked.id, Ground.COMPELLING)


def test_a_refused_objection_ends_only_after_it_was_announced(database: Database, vault: Vault, roster: Roster) -> None:
    asked = object_to(database, vault, roster.ana, MAIL)
    refused = decide(database, vault, roster, asked.id, Ground.COMPELLING)
    assert refused.expires_at is not None
    assert refused.expires_at - instants.now() > 6 * instants.DAY
    assert take(database, vault, [row(1, app=CANARY)]).objected == 1
    _later(database)
    assert take(database, vault, [row(2, app=CANARY)]).added == 1


def _later(database: Database) -> None:
    """The announced end comes."""
    with database.writing() as session:
        session.execute(update(RuleRow).values(ends_at=instants.now() - 1))


def test_its_person_ends_an_objection_at_once_and_what_was_captured_while_it_stood_stays_out(
    database: Database, vault: Vault, roster: Roster
) -> None:
    before = instants.now()
    asked = object_to(database, vault, roster.ana, MAIL)
    decide(database, vault, roster, asked.id)
    during = instants.now()
    with database.writing() as session:
        ended = lifting.lift(session, roster.ana, vault, asked.id)
    assert (ended.state, ended.events[-1].what) == (State.LIFTED, "lifted")
    found = take(database, vault, [row(at, app=CANARY) for at in (before - 1, during, instants.now() + instants.DAY)])
    assert (found.added, found.objected) == (2, 1)
    with pytest.raises(Conflict), database.writing() as session:
        lifting.lift(session, roster.ana, vault, asked.id)


def test_nobody_but_its_person_ends_an_objection(database: Database, vault: Vault, roster: Roster) -> None:
    asked = object_to(database, vault, roster.ana, MAIL)
    decide(database, vault, roster, asked.id)
    with pytest.raises(NotAllowed, match="only whoever asked"), database.writing() as session:
        lifting.lift(session, roster.olga, vault, asked.id, "Enough.")
    with pytest.raises(NotFound), database.writing() as session:
        lifting.lift(session, roster.cal, vault, asked.id)
    assert take(database, vault, [row(1, app=CANARY)]).objected == 1


def test_an_objection_that_was_taken_back_reaches_nothing(database: Database, vault: Vault, roster: Roster) -> None:
    asked = object_to(database, vault, roster.ana, MAIL)
    with database.writing() as session:
        request.withdraw(session, roster.ana, vault, asked.id)
    assert take(database, vault, [row(1, app=CANARY)]).added == 1


def test_the_same_objection_is_not_raised_twice(database: Database, vault: Vault, roster: Roster) -> None:
    asked = object_to(database, vault, roster.ana, MAIL)
    with pytest.raises(Conflict):
        object_to(database, vault, roster.ana, MAIL)
    decide(database, vault, roster, asked.id)
    with pytest.raises(Conflict, match=f"request {asked.id}"):
        object_to(database, vault, roster.ana, MAIL)


@pytest.mark.parametrize("text", ["", "  ", "x" * 5_000])
def test_an_objection_needs_words(database: Database, vault: Vault, roster: Roster, text: str) -> None:
    with pytest.raises(BadInput), database.writing() as session:
        objection.ask(session, roster.ana, vault, ANA, MAIL, text)
    with database.reading() as session:
        assert rules.of(session, vault, ANA) == ()


def test_colleagues_see_no_objection_and_the_database_does_not_say_to_what(
    database: Database, vault: Vault, roster: Roster
) -> None:
    asked = object_to(database, vault, roster.ana, MAIL)
    with pytest.raises(NotFound), database.reading() as session:
        request.show(session, roster.cal, vault, asked.id)
    with database.reading() as session:
        assert CANARY.encode() not in session.get_one(RuleRow, (ANA, asked.id)).wrapped


Look = Callable[[Database, Vault, Viewer, Path], object]


def _page(database: Database, vault: Vault, viewer: Viewer, _: Path) -> object:
    with database.writing() as session:
        return browse.page(session, viewer, vault, ANA, Filter(), reason=WHY)


def _count(database: Database, vault: Vault, viewer: Viewer, _: Path) -> object:
    with database.writing() as session:
        return previews.preview(session, viewer, vault, ANA, Scope(), WHY)


def _summary(database: Database, vault: Vault, viewer: Viewer, _: Path) -> object:
    with database.writing() as session:
        return summaries.summary(session, viewer, vault, ANA, WHY)


def _everything(database: Database, vault: Vault, viewer: Viewer, _: Path) -> object:
    with database.writing() as session:
        return list(browse.everything(session, viewer, vault, ANA, WHY))


def _written(database: Database, vault: Vault, viewer: Viewer, folder: Path) -> object:
    return archive.write_export(database, vault, viewer, ANA, folder / "copy.zip", WHY)


def _taken(database: Database, vault: Vault, viewer: Viewer, folder: Path) -> object:
    with database.reading() as session:
        asked = request.mine(session, viewer, vault, ANA)
    number = next(one.id for one in asked if one.kind is RequestKind.EXPORT)
    with database.writing() as session:
        return offer.open_export(session, viewer, vault, number, WHY)


@pytest.mark.parametrize("look", [_page, _count, _summary, _everything, _written, _taken])
def test_what_is_sealed_opens_for_its_person_and_nobody_else_and_who_tried_is_logged(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, look: Look
) -> None:
    take(database, vault, [row(1, app="Word")])
    with database.writing() as session:
        copy = request.open_request(session, roster.ana, vault, ANA, RequestKind.EXPORT)
    settings = _settings(database, tmp_path)
    steps.run(database, vault, settings, OPERATOR, copy.id)
    assert look(database, vault, roster.olga, tmp_path)
    (tmp_path / "copy.zip").unlink(missing_ok=True)
    sealed = seal(database, vault, roster)
    with database.reading() as session:
        before = history.figures(session, roster.ana, vault, ANA, 0).total
    with pytest.raises(Refused, match=f"sealed by their request {sealed.id}"):
        look(database, vault, roster.olga, tmp_path)
    assert not (tmp_path / "copy.zip").exists()
    with database.reading() as session:
        (tried,) = attempts.about(session, roster.ana, ANA)
        assert (tried.role, tried.purpose) == ("officer", Purpose.SUPPORT)
        assert history.figures(session, roster.ana, vault, ANA, 0).total == before
    assert look(database, vault, roster.ana, tmp_path)


def _settings(database: Database, folder: Path) -> Any:
    from tests.data.crashing import place_of

    return place_of(database, folder).settings


def test_a_reading_transaction_leaves_the_trace_too(database: Database, vault: Vault, roster: Roster) -> None:
    seal(database, vault, roster)
    with pytest.raises(Refused), database.reading() as session:
        summaries.summary(session, roster.olga, vault, ANA, WHY)
    with database.reading() as session:
        assert len(attempts.about(session, roster.ana, ANA)) == 1


def test_beside_what_is_sealed_one_may_still_look(database: Database, vault: Vault, roster: Roster) -> None:
    take(database, vault, [row(1, app="Word"), row(50, app="Mail")])
    seal(database, vault, roster, Reach(frozenset({"key"}), end=20))
    beside = (Scope(start=20), Scope(kinds=frozenset({Kind.CLICK})))
    for scope in beside:
        with database.writing() as session:
            assert browse.page(session, roster.olga, vault, ANA, Filter(scope), reason=WHY) is not None
    with pytest.raises(Refused, match="leave that part out"), database.writing() as session:
        browse.page(session, roster.olga, vault, ANA, Filter(Scope(start=19)), reason=WHY)


def test_while_an_objection_waits_nobody_else_opens_what_it_reaches(
    database: Database, vault: Vault, roster: Roster
) -> None:
    take(database, vault, [row(1, app=CANARY)])
    object_to(database, vault, roster.ana, MAIL)
    with pytest.raises(Refused), database.writing() as session:
        browse.page(session, roster.olga, vault, ANA, Filter(), reason=WHY)


def test_the_end_of_a_sealing_is_announced_before_it_comes(database: Database, vault: Vault, roster: Roster) -> None:
    take(database, vault, [row(1, app="Word")])
    sealed = seal(database, vault, roster)
    with pytest.raises(BadInput, match="reason"), database.writing() as session:
        lifting.lift(session, roster.olga, vault, sealed.id)
    with database.writing() as session:
        ended = lifting.lift(session, roster.olga, vault, sealed.id, "The case is closed.")
    assert (ended.state, ended.events[-1].note) == (State.LIFTED, "The case is closed.")
    assert ended.expires_at is not None
    assert ended.expires_at > instants.now() + 6 * instants.DAY
    with pytest.raises(Refused):
        _page(database, vault, roster.olga, Path())
    _later(database)
    assert _page(database, vault, roster.olga, Path())


def test_an_officer_neither_grants_nor_ends_their_own_sealing(database: Database, vault: Vault, roster: Roster) -> None:
    own = roster.olga.person_id
    assert own is not None
    with database.writing() as session:
        asked = restriction.ask(session, roster.olga, vault, own, Reach(), Cause.ACCURACY, "Not so.")
    with pytest.raises(NotAllowed, match="Nobody decides their own"), database.writing() as session:
        request.decide(session, roster.olga, vault, asked.id, True)


@pytest.mark.parametrize("cause", ["", "because", "accuracy"])
def test_a_sealing_names_one_of_the_laws_grounds(database: Database, vault: Vault, roster: Roster, cause: str) -> None:
    with pytest.raises(BadInput, match="accuracy_contested"), database.writing() as session:
        restriction.ask(session, roster.ana, vault, ANA, Reach(), cause, "Text.")


def test_rules_outlive_a_turn_of_the_keys(database: Database, vault: Vault, roster: Roster) -> None:
    from data.rights import epochs

    asked = object_to(database, vault, roster.ana, MAIL)
    assert epochs.turn(database, vault, OPERATOR).destroyed
    with database.reading() as session:
        (found,) = rules.of(session, vault, ANA)
    assert (found.request_id, found.reach) == (asked.id, MAIL)

"""After a deletion nothing is left, the certificate says what went, and no crash leaves it half done."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from data import instants
from data.accesses.tables import EntryRow
from data.captures import counts, erase, refusals, rollups, screens, segments
from data.captures.recording import Screen
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.captures.tables import SegmentRow
from data.database import Database
from data.errors import Conflict, NotAllowed, NotFound, Unreadable
from data.migrations import schema
from data.migrations.tables import SCHEMA as TABLES
from data.people.viewer import OPERATOR, Viewer
from data.rights import request, steps
from data.rights.erasure import issuing
from data.rights.erasure.kept import GONE
from data.rights.export import offer
from data.rights.states import RequestKind, State
from data.sealing import keys
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.rights.conftest import Roster, people
from tests.data.rights.crashing import Place, run_and_die
from tests.data.rights.holding import CANARY, START, keep, kept, rows

PICTURES = [b"\x89PNG first", b"\x89PNG second"]
DIGESTS = [hashlib.sha256(one).hexdigest() for one in PICTURES]
NARROW = Scope(frozenset({Kind.KEY}), frozenset(), START + instants.HOUR, None)


@pytest.fixture
def settings(tmp_path: Path, database: Database) -> Settings:
    return Place(database.url.render_as_string(hide_password=False), tmp_path).settings


def hold(database: Database, vault: Vault, person_id: int, count: int = 300) -> None:
    """Captures in two segments, counted; one picture that a key refers to and one that a window refers to."""
    held = rows(count)
    late = [row for row in held if row["at"] >= START + instants.HOUR]
    next(row for row in late if row["kind"] == "key")["screen"] = DIGESTS[0]
    next(row for row in late if row["kind"] == "window")["screen"] = DIGESTS[1]
    keep(database, vault, person_id, held[: count // 2], 1)
    keep(database, vault, person_id, held[count // 2 :], 2)
    with database.writing() as session:
        key = keys.current(session, vault, person_id)
        for data, digest in zip(PICTURES, DIGESTS, strict=True):
            picture = Screen(digest, "image/png", data)
            screens.add(session, [screens.seal(vault, key, person_id, 1, picture)])
        for table in list(segments.read(session, vault, person_id)):
            counts.add(session, vault, person_id, rollups.count(table))


def approved(database: Database, vault: Vault, roster: Roster, scope: Scope = request.EVERYTHING) -> int:
    with database.writing() as session:
        number = request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE, scope).id
    with database.writing() as session:
        request.decide(session, roster.olga, vault, number, True)
    return number


def state_of(database: Database, vault: Vault, viewer: Viewer, number: int) -> State:
    with database.reading() as session:
        return request.show(session, viewer, vault, number).state


def assert_gone(database: Database, vault: Vault, roster: Roster, number: int) -> None:
    """Nothing of Ana is left but what was done about it; Cal's is untouched."""
    assert kept(database, vault, 1) == []
    assert vault.objects.list("1") == ()
    with database.reading() as session:
        for table in TABLES.sorted_tables:
            if table.name in GONE:
                assert session.execute(select(table).where(table.c.person_id == 1)).first() is None, table.name
        assert keys.newest(session, vault, 1) is None
        found = issuing.find(session, roster.ana, vault, number).certificate
    assert found.removed["Captures"] == 300
    assert found.removed["Pictures of the screen"] == 2
    assert found.left == 0
    assert len(found.digests) == 2
    assert len(kept(database, vault, 2)) == 300


def test_a_whole_deletion_leaves_nothing_and_says_so(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    hold(database, vault, 1)
    hold(database, vault, 2)
    with database.reading() as session:
        before = set(session.scalars(select(SegmentRow.digest).where(SegmentRow.person_id == 1)))
    number = approved(database, vault, roster)
    done = steps.run(database, vault, settings, OPERATOR, number)
    assert (done.state, done.counts) == (State.DONE, {"captures": 300, "screens": 2, "left": 0})
    assert_gone(database, vault, roster, number)
    with database.reading() as session:
        found = issuing.find(session, roster.ana, vault, number).certificate
        actions = list(session.scalars(select(EntryRow.action).order_by(EntryRow.position)))
        assert refusals.erased_scopes(session, vault, 1)
    assert set(found.digests) == before
    assert sum(number for name, number in found.removed.items() if name.startswith("of these")) == 300
    assert [actions[one] for one in (found.log.intended, found.log.position)] == ["erasure intended", "erasure done"]
    with database.reading() as session:
        issued = issuing.find(session, roster.ana, vault, number)
    assert hashlib.sha256(issued.signed.partition("\n")[0].encode()).hexdigest() == found.digest
    assert found.keys == (1,)
    page = found.as_html(issued.signed).decode()
    assert found.digest in page
    assert all(digest in page for digest in before)
    assert json.loads(found.as_json())["person"] == "Ana"


def test_a_narrow_deletion_takes_exactly_its_scope_and_the_old_key(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    hold(database, vault, 1)
    before = kept(database, vault, 1)
    assert NARROW.start is not None
    expected = [row for row in before if not (row["kind"] == "key" and row["at"] >= NARROW.start)]
    assert 0 < len(expected) < len(before)
    number = approved(database, vault, roster, NARROW)
    steps.run(database, vault, settings, OPERATOR, number)
    assert kept(database, vault, 1) == expected
    with database.reading() as session:
        assert screens.listed(session, 1) == (DIGESTS[1],)
        assert screens.read(session, vault, 1, DIGESTS[1]).data == PICTURES[1]
        with pytest.raises(Unreadable):
            keys.find(session, vault, 1, 1)
        found = issuing.find(session, roster.ana, vault, number).certificate
        assert found.left == len(expected)
        assert found.removed["Captures"] == len(before) - len(expected)
        named = {segments.name_of(one) for one in segments.listed(session, 1)}
        assert found.removed["Versions of your key destroyed"] == 1
    assert len(set(vault.objects.list("1")) - named) == 1


def test_a_deletion_destroys_the_exports_that_hold_the_same(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    hold(database, vault, 1)
    with database.writing() as session:
        copy = request.open_request(session, roster.ana, vault, 1, RequestKind.EXPORT).id
    steps.run(database, vault, settings, OPERATOR, copy)
    steps.run(database, vault, settings, OPERATOR, approved(database, vault, roster))
    assert state_of(database, vault, roster.ana, copy) is State.EXPIRED
    assert vault.objects.list("exports") == ()
    with pytest.raises(Conflict), database.writing() as session:
        offer.open_export(session, roster.ana, vault, copy)


def test_nothing_is_deleted_before_an_officer_approves(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    hold(database, vault, 1)
    with database.writing() as session:
        number = request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE).id
    with pytest.raises(Conflict, match="waiting for a decision"):
        steps.run(database, vault, settings, OPERATOR, number)
    with pytest.raises(NotAllowed):
        steps.run(database, vault, settings, roster.ana, number)
    with database.writing() as session:
        request.decide(session, roster.olga, vault, number, False, "legal_hold", "A court asked for it.")
    with pytest.raises(Conflict, match="refused"):
        steps.run(database, vault, settings, OPERATOR, number)
    assert len(kept(database, vault, 1)) == 300


def test_a_deletion_is_carried_out_once(database: Database, vault: Vault, roster: Roster, settings: Settings) -> None:
    number = approved(database, vault, roster)
    steps.run(database, vault, settings, OPERATOR, number)
    with pytest.raises(Conflict, match="is done"):
        steps.run(database, vault, settings, OPERATOR, number)
    with pytest.raises(NotFound), database.reading() as session:
        issuing.find(session, roster.cal, vault, number)


def test_absence_is_really_looked_for(
    database: Database, vault: Vault, roster: Roster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deletion that removes nothing does not end with a certificate."""
    hold(database, vault, 1)
    hold(database, vault, 2)
    number = approved(database, vault, roster)
    monkeypatch.setattr(erase, "remove_rows", lambda *_: erase.Removed())
    with pytest.raises(Conflict, match="does not open"):
        steps.run(database, vault, settings, OPERATOR, number)
    assert state_of(database, vault, roster.ana, number) is State.RUNNING
    monkeypatch.undo()
    steps.run(database, vault, settings, OPERATOR, number)
    assert_gone(database, vault, roster, number)


def test_a_narrow_deletion_keeps_what_was_captured_after_it_began(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    number = approved(database, vault, roster, Scope(kinds=frozenset({Kind.KEY})))
    later = instants.now() + instants.HOUR
    late = [{"at": later, "kind": "key", "text": "later"}]
    keep(database, vault, 1, late, import_id=later << 10)  # as segments.new_id numbers what comes then
    steps.run(database, vault, settings, OPERATOR, number)
    assert kept(database, vault, 1) == late


def test_the_canary_is_nowhere_after_a_deletion(
    database: Database, vault: Vault, roster: Roster, settings: Settings, tmp_path: Path
) -> None:
    hold(database, vault, 1)
    steps.run(database, vault, settings, OPERATOR, approved(database, vault, roster))
    if database.is_sqlite:
        for path in tmp_path.rglob("*"):
            assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path


# Before a commit is after the one before it, but for what was done to files meanwhile, so each scope has half of them.
@pytest.mark.parametrize(
    ("moment", "scope"),
    [
        pytest.param("before commit", NARROW, id="before commit-narrow"),
        pytest.param("after commit", Scope(), id="after commit-everything"),
        pytest.param("after put", NARROW, id="after put-narrow"),
        pytest.param("before delete", Scope(), id="before delete-everything"),
    ],
)
def test_killed_at_any_moment_and_run_again_the_deletion_is_whole(tmp_path: Path, moment: str, scope: Scope) -> None:
    """Each moment on a fresh copy of the same store: killed there, run again, nothing left."""
    first = tmp_path / "first"
    place = Place(f"sqlite:///{first / 'daylight.db'}", first)
    database = Database(place.database_url)
    schema.create(database)
    vault = Vault.create(first / "keyring", str(first / "segments"))
    roster = people(database)
    hold(database, vault, 1)
    hold(database, vault, 2)
    number = approved(database, vault, roster, scope)
    rest = [row for row in kept(database, vault, 1) if row["kind"] != "key" or row["at"] < START + instants.HOUR]
    database.close()
    killed = 0
    while True:
        again = tmp_path / f"again-{killed}"
        shutil.copytree(first, again)
        place = Place(f"sqlite:///{again / 'daylight.db'}", again)
        code = run_and_die(place, number, moment, killed + 1)
        if code == 0:
            break
        killed += 1
        assert code == -9
        database = Database(place.database_url)
        opened = Vault.open(again / "keyring", str(again / "segments"))
        if state_of(database, opened, roster.ana, number) is not State.DONE:
            assert run_and_die(place, number, moment, 10_000) == 0
        if scope.everything:
            assert_gone(database, opened, roster, number)
        else:
            assert kept(database, opened, 1) == rest
        database.close()
    if moment.endswith("commit"):
        assert killed > 5


@pytest.mark.parametrize("scope", [Scope(), NARROW], ids=["everything", "narrow"])
@pytest.mark.parametrize("moment", ["before commit", "after put", "before delete"])
def test_killed_again_and_again_in_the_same_store_the_deletion_is_whole(
    database: Database, vault: Vault, roster: Roster, settings: Settings, moment: str, scope: Scope
) -> None:
    """Each time a little later, until it gets through."""
    hold(database, vault, 1)
    hold(database, vault, 2)
    rest = [row for row in kept(database, vault, 1) if row["kind"] != "key" or row["at"] < START + instants.HOUR]
    number, place = approved(database, vault, roster, scope), Place(settings.database_url, settings.store)
    killed = 0
    while state_of(database, vault, roster.ana, number) is not State.DONE:
        if run_and_die(place, number, moment, killed + 1) == -9:
            killed += 1
        assert killed < 30
    assert killed > 5 or not moment.endswith("commit")
    if scope.everything:
        assert_gone(database, vault, roster, number)
    else:
        assert kept(database, vault, 1) == rest

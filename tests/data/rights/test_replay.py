"""A store put back from a backup serves nothing of what was erased since, even when its keyring was put back too."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.accesses.log import Entry
from data.accesses.tables import EntryRow
from data.captures import erase, refusals
from data.captures.scope import Scope
from data.database import Database
from data.errors import Conflict, StoreMissing, Unreadable
from data.people.viewer import OPERATOR
from data.proofs import accepting
from data.proofs.anchor import Anchor
from data.rights import epochs, request, steps
from data.rights.erasure import replay, tombstones
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.crashing import Place, do_and_die, place_of
from tests.data.rights.backing_up import backup, open_once
from tests.data.rights.conftest import Roster
from tests.data.rights.holding import CANARY, keep, kept
from tests.data.rights.test_erasure import NARROW, approved, hold

# Everything that lies beside the database but for the list of erasures.
OLD = ("keyring", "checkpoint")


@pytest.fixture(autouse=True)
def begun(database: Database, vault: Vault) -> None:
    """A store's log begins with its making, so every backup has the log's key."""
    with database.writing() as session:
        made = Entry(Action.STORE_MADE, [], OPERATOR, None, {}, 0)
        log.extend(session, vault, [made])


def erased(database: Database, vault: Vault, roster: Roster, settings: Settings, scope: Scope) -> int:
    number = approved(database, vault, roster, scope)
    steps.run(database, vault, settings, OPERATOR, number)
    return number


def again(database: Database) -> int:
    """How often the log says that an erasure was carried out again."""
    with database.reading() as session:
        one = EntryRow.action == Action.ERASURE_REPLAYED.value
        return session.scalar(select(func.count()).select_from(EntryRow).where(one)) or 0


@pytest.mark.parametrize("scope", [Scope(), NARROW], ids=["everything", "narrow"])
def test_an_old_backup_of_data_and_keys_reads_nothing_of_what_was_erased_since(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, scope: Scope
) -> None:
    settings = place_of(database, tmp_path).settings
    hold(database, vault, 1)
    hold(database, vault, 2)
    others = kept(database, vault, 2)
    with backup(database, tmp_path) as copy:
        erased(database, vault, roster, settings, scope)
        left = kept(database, vault, 1)
        copy.put_back("keyring")
        with pytest.raises(Conflict, match="does not lead to"):
            open_once(settings)
        assert kept(database, vault, 1) != left, "what is refused is left as it is"
        accepting.accept(database, vault, Anchor(settings.anchor), "The disk broke; no newer backup is left.")
        assert open_once(settings)
        assert kept(database, vault, 1) == left
        assert kept(database, vault, 2) == others
        assert vault.keyring.epochs() == (2,), "the old key of everything is gone from the keyring that was put back"
        assert again(database) == 1
        with database.reading() as session:
            assert refusals.erased_scopes(session, vault, 1)
            assert len(replay.about(session, roster.ana, 1)) == 1
        assert open_once(settings)
        assert again(database) == 1, "what was carried out again is not a third time"


def test_beside_the_keyring_of_today_an_old_database_is_refused(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    settings = place_of(database, tmp_path).settings
    hold(database, vault, 1)
    with backup(database, tmp_path) as copy:
        erased(database, vault, roster, settings, Scope())
        copy.put_back("checkpoint")
        with pytest.raises(StoreMissing, match="before the keyring's epoch 1 was destroyed"):
            open_once(settings)
        with pytest.raises(Unreadable):
            kept(database, vault, 1)


def test_the_tombstone_is_there_before_the_first_key_goes(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = place_of(database, tmp_path).settings
    hold(database, vault, 1)
    monkeypatch.setattr(erase, "destroy_keys", lambda *_: 1 / 0)
    number = approved(database, vault, roster)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            steps.run(database, vault, settings, OPERATOR, number)
    (stone,) = tombstones.read(settings.tombstones)
    with database.reading() as session:
        about = tombstones.opened(session, vault, stone)
        row = session.get_one(EntryRow, stone.position)
    assert (row.action, row.commitment) == (Action.ERASURE_INTENDED.value, stone.commitment)
    assert (about.person_id, about.request_id, about.scope) == (1, number, {})
    assert open_once(settings), "one that is still being carried out here is not carried out again"
    assert again(database) == 0


def test_a_tombstone_says_nothing_to_whoever_has_not_the_logs_key(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    settings = place_of(database, tmp_path).settings
    hold(database, vault, 1)
    app = Scope(apps=frozenset({f"{CANARY}.exe"}))
    erased(database, vault, roster, settings, app)
    text = settings.tombstones.read_text()
    assert CANARY not in text
    assert "ana" not in text
    assert settings.tombstones.stat().st_mode & 0o077 == 0


def test_a_list_that_was_altered_stops_the_store_instead_of_being_believed(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    settings = place_of(database, tmp_path).settings
    hold(database, vault, 1)
    with backup(database, tmp_path) as copy:
        erased(database, vault, roster, settings, Scope())
        good = settings.tombstones.read_text()
        copy.put_back(*OLD)
        for bad in ("not a list\n", good.replace('"sealed": "', '"sealed": "AAAA'), good.replace("position", "place")):
            settings.tombstones.write_text(bad)
            with pytest.raises(Unreadable):
                open_once(settings)
        assert again(database) == 0
        settings.tombstones.write_text(good)
        assert open_once(settings)
        assert kept(database, vault, 1) == []


def test_what_was_captured_after_the_erasure_stays_when_it_is_carried_out_again(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    """The list was away for a while, and the backup in use without it."""
    settings = place_of(database, tmp_path).settings
    hold(database, vault, 1)
    with backup(database, tmp_path) as copy:
        erased(database, vault, roster, settings, Scope())
        settings.tombstones.rename(tmp_path / "away")
        copy.put_back(*OLD)
        assert open_once(settings)
        later = instants.now() + instants.HOUR
        late = [{"at": later, "kind": "key", "text": "later"}]
        with database.writing() as session:
            erase.keys.renew(session, vault, 1)
        keep(database, vault, 1, late, later << 10)  # as segments.new_id numbers what comes then
        (tmp_path / "away").rename(settings.tombstones)
        assert open_once(settings)
        assert kept(database, vault, 1) == late


def test_where_the_list_itself_was_put_back_nothing_here_can_know(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    """What cannot be promised: a copy of all there is, keys and lists too, is as the day it was made. Only somebody
    outside, a witness or whoever kept a certificate, can tell. The README says so."""
    settings = place_of(database, tmp_path).settings
    hold(database, vault, 1)
    before = kept(database, vault, 1)
    with backup(database, tmp_path) as copy:
        erased(database, vault, roster, settings, Scope())
        copy.put_back(*OLD, "tombstones")
        assert open_once(settings)
        assert kept(database, vault, 1) == before


@pytest.mark.parametrize("scope", [Scope(), NARROW], ids=["everything", "narrow"])
def test_killed_while_it_is_carried_out_again_the_next_opening_ends_it(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, scope: Scope
) -> None:
    place = place_of(database, tmp_path)
    hold(database, vault, 1)
    with backup(database, tmp_path) as copy:
        erased(database, vault, roster, place.settings, scope)
        left = kept(database, vault, 1)
        copy.put_back(*OLD)
        killed = 0
        while do_and_die(place, carry_out_again, None, "before commit", killed + 1) == -9:
            killed += 1
        assert killed >= 3
        assert open_once(place.settings)
        assert kept(database, vault, 1) == left
        assert not tombstones.missing(database, place.settings.tombstones)


def carry_out_again(database: Database, vault: Vault, place: Place, _: object) -> None:
    """As opening the store does it."""
    replay.replay(database, vault, place.settings)


def test_a_keyring_put_back_is_turned_last_so_that_a_failure_before_loses_nothing(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = place_of(database, tmp_path).settings
    hold(database, vault, 1)
    hold(database, vault, 2)
    others = kept(database, vault, 2)
    with backup(database, tmp_path) as copy:
        number = erased(database, vault, roster, settings, Scope())
        copy.put_back(*OLD)
        with monkeypatch.context() as patch:
            patch.setattr(epochs, "turn", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                open_once(settings)
        assert kept(database, vault, 2) == others
        assert open_once(settings)
        with database.reading() as session:
            mine = request.mine(session, roster.ana, vault, 1)
        assert [one.id for one in mine] in ([], [number])

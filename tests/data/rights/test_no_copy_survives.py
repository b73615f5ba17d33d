"""No copy of what was deleted outlives the deletion: none made before it, and none made while it was interrupted."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from data.accesses import log
from data.accesses.entry import Action
from data.accesses.log import Entry
from data.captures.scope import Scope
from data.database import Database
from data.errors import Conflict
from data.people.viewer import OPERATOR, Viewer
from data.rights import request, steps, worker
from data.rights.erasure import issuing
from data.rights.export import offer
from data.rights.states import RequestKind, State
from data.rights.tables import ExportRow, RequestRow
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.crashing import Place, place_of
from tests.data.rights.backing_up import backup, open_once
from tests.data.rights.conftest import Roster
from tests.data.rights.crashing import run_and_die_in
from tests.data.rights.holding import CANARY
from tests.data.rights.test_erasure import NARROW, approved, hold, state_of

BOTH = pytest.mark.parametrize("scope", [Scope(), NARROW], ids=["everything", "narrow"])


@pytest.fixture
def place(database: Database, tmp_path: Path) -> Place:
    return place_of(database, tmp_path)


def ask_for_copy(database: Database, vault: Vault, roster: Roster) -> int:
    with database.writing() as session:
        return request.open_request(session, roster.ana, vault, 1, RequestKind.EXPORT).id


def carry_out(database: Database, vault: Vault, settings: Settings, number: int) -> request.Request:
    return steps.run(database, vault, settings, OPERATOR, number)


def canaries(database: Database, vault: Vault, viewer: Viewer, number: int) -> list[str]:
    """The files of a finished copy that hold what everybody's captures say."""
    with database.writing() as session:
        *_, pieces = offer.open_export(session, viewer, vault, number)
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as found:
        return [name for name in found.namelist() if CANARY.encode() in found.read(name)]


@BOTH
def test_a_copy_waits_for_a_deletion_that_was_interrupted_and_holds_nothing_of_it(
    database: Database, vault: Vault, roster: Roster, place: Place, scope: Scope
) -> None:
    """A deletion that was killed lets no copy be made before it has come to its end."""
    hold(database, vault, 1)
    number = approved(database, vault, roster, scope)
    assert run_and_die_in(place, number, "keys", 1) == -9
    copy = ask_for_copy(database, vault, roster)
    with pytest.raises(Conflict, match=f"waits for deletion {number}"):
        carry_out(database, vault, place.settings, copy)
    assert worker.waiting(database, place.settings) == (number,)
    assert carry_out(database, vault, place.settings, number).state is State.DONE
    assert worker.waiting(database, place.settings) == (copy,)
    assert carry_out(database, vault, place.settings, copy).state is State.DONE
    assert bool(canaries(database, vault, roster.ana, copy)) is (scope == NARROW), "what was not deleted is in it"


@BOTH
def test_a_copy_that_was_made_before_the_keys_went_goes_with_them(
    database: Database, vault: Vault, roster: Roster, place: Place, scope: Scope
) -> None:
    """The same transaction takes the keys and the copies, however far the deletion had come when they were made."""
    hold(database, vault, 1)
    number = approved(database, vault, roster, scope)
    assert run_and_die_in(place, number, "start", 2) == -9
    copy = ask_for_copy(database, vault, roster)
    assert carry_out(database, vault, place.settings, copy).state is State.DONE
    assert run_and_die_in(place, number, "keys", 1_000) == 0
    assert state_of(database, vault, roster.ana, copy) is State.EXPIRED
    carry_out(database, vault, place.settings, number)
    with pytest.raises(Conflict, match="its file is gone"), database.writing() as session:
        offer.open_export(session, roster.ana, vault, copy)
    assert vault.objects.list("exports") == ()
    with database.reading() as session:
        found = issuing.find(session, roster.ana, vault, number).certificate
        assert request.show(session, roster.ana, vault, copy).events[-1].note == offer.GONE_WITH.format(number)
    assert found.removed["Copies (exports) destroyed"] == 1
    assert any("Copies (exports)" in one for one in found.verified)


@BOTH
def test_a_deletion_that_leaves_a_copy_does_not_end_with_a_certificate(
    database: Database,
    vault: Vault,
    roster: Roster,
    place: Place,
    scope: Scope,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That no copy is left is looked for, not assumed; once it can be removed, the deletion goes on by itself."""
    hold(database, vault, 1)
    copy = ask_for_copy(database, vault, roster)
    carry_out(database, vault, place.settings, copy)
    number = approved(database, vault, roster, scope)
    monkeypatch.setattr(offer, "discard_all", lambda *_: 0)
    with pytest.raises(Conflict, match="1 copies that were made before are still there"):
        carry_out(database, vault, place.settings, number)
    monkeypatch.undo()
    assert carry_out(database, vault, place.settings, number).state is State.DONE
    with database.reading() as session:
        assert session.get(ExportRow, (1, copy)) is None
        assert session.get_one(RequestRow, (1, copy)).state == State.EXPIRED.value


def test_a_backup_that_is_put_back_brings_no_copy_back(
    database: Database, vault: Vault, roster: Roster, place: Place, tmp_path: Path
) -> None:
    """A copy has a key of its own, which is in the backup too: carrying the deletion out again takes it as well."""
    with database.writing() as session:
        log.extend(session, vault, [Entry(Action.STORE_MADE, [], OPERATOR, None, {}, 0)])
    hold(database, vault, 1)
    copy = ask_for_copy(database, vault, roster)
    carry_out(database, vault, place.settings, copy)
    with backup(database, tmp_path) as old:
        carry_out(database, vault, place.settings, approved(database, vault, roster))
        old.put_back("keyring", "checkpoint")
        assert state_of(database, vault, roster.ana, copy) is State.DONE
        assert open_once(place.settings)
    assert state_of(database, vault, roster.ana, copy) is State.EXPIRED
    assert vault.objects.list("exports") == ()

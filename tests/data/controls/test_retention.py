"""How long captures are kept is counted from what is there, not believed of the run that should have deleted it."""

from __future__ import annotations

import pytest

from data import instants
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.controls.control import State, Unseen
from data.controls.probe import Target
from data.controls.probes import retention
from data.controls.surroundings import Surroundings
from data.database import Database
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.rights.conftest import Roster, roster
from tests.data.rights.retention.test_running import pause, promise, run, settings, take
from tests.data.rights.test_holds import put

__all__ = ["roster", "settings"]


def test_what_is_kept_for_longer_than_promised_is_found_and_once_deleted_found_gone(
    database: Database, vault: Vault, roster: Roster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where no run came, or one failed: the probe looks at the captures themselves."""
    around, now = Surroundings(settings, database, vault), instants.now()
    with pytest.raises(Unseen, match="not promised a day ago"):
        retention.look(around, Target(""))
    monkeypatch.setattr(instants, "now", lambda: now - 3 * instants.DAY)
    promise(database, vault, roster)
    monkeypatch.setattr(instants, "now", lambda: now)
    take(database, vault, 30.5)
    assert retention.look(around, Target("")).state is State.HOLDS, "the run has a day's time"
    take(database, vault, 40)
    found = retention.look(around, Target(""))
    assert (found.state, dict(found.facts)["captures that are overdue"]) == (State.BROKEN, "5 key")
    assert run(database, vault, settings).left == 0
    assert retention.look(around, Target("")).state is State.HOLDS


def test_what_is_in_quarantine_for_longer_than_promised_breaks_it(
    database: Database, vault: Vault, roster: Roster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause(database, vault, roster, monkeypatch, 60)
    take(database, vault, 40)
    around = Surroundings(settings, database, vault)
    assert retention.look(around, Target("")).state is State.BROKEN
    run(database, vault, settings)
    assert retention.look(around, Target("")).state is State.HOLDS


def test_what_a_legal_hold_keeps_breaks_no_promise(
    database: Database, vault: Vault, roster: Roster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    around, now = Surroundings(settings, database, vault), instants.now()
    monkeypatch.setattr(instants, "now", lambda: now - 3 * instants.DAY)
    promise(database, vault, roster)
    monkeypatch.setattr(instants, "now", lambda: now)
    take(database, vault, 40)
    put(database, vault, roster, Scope(frozenset({Kind.KEY})))
    assert run(database, vault, settings).held == 5
    found = retention.look(around, Target(""))
    assert (found.state, dict(found.facts)["captures that legal holds keep"]) == (State.HOLDS, "5")

"""The app looks by itself, and a drill and a claim are typed."""

from __future__ import annotations

import json
from collections.abc import Generator
from functools import partial
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import pytest

from data import instants, upkeep
from data.__main__ import main
from data.controls import asking, looking, record
from data.controls.asking import Asked
from data.controls.control import Result, State
from data.controls.looking import Watch
from data.controls.probe import Probe, alone
from data.controls.probes import log_check
from data.errors import Conflict, NotAllowed
from data.people.tables import GrantRow
from data.people.viewer import OPERATOR, Role, Viewer
from data.proofs import checks
from data.settings import Settings
from data.store import Store, open_store
from pages.shell.words import Calendar
from pages.wording import asked as wording
from tests.data.rights.conftest import people

KEPT = Result(State.HOLDS, "It answered.")


def ask(store: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main([*words, "--store", str(store)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_app_looks_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Protects: without anybody typing anything, what can be looked at has been looked at."""
    store = tmp_path / "store"
    assert ask(store, capsys, "init")[0] == 0
    opened = open_store(Settings.from_environment({}, store=str(store)))
    (chore,) = (one for one in upkeep.chores_of(opened) if one.name == "controls")
    assert chore.pause == looking.TURN
    assert chore.run(opened) == 6
    assert chore.run(opened) == 0, "a second turn has nothing to look at"
    assert states(opened).keys() == {"files", "sealing", "retention", "keyring", "witness", "drill"}
    assert states(opened)["keyring"] is State.HOLDS
    opened.database.close()


def states(store: Store) -> dict[str, State]:
    with store.database.reading() as session:
        found = record.read(session, OPERATOR, store.vault, days=14).controls
    return {one.name.probe: one.last.state for one in found}


@pytest.fixture
def opened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Generator[Store]:
    """A new store with an officer on its roster, number 3."""
    store = tmp_path / "store"
    assert ask(store, capsys, "init")[0] == 0
    found = open_store(Settings.from_environment({}, store=str(store)))
    people(found.database)
    with found.database.writing() as session:
        session.add(GrantRow(person_id=3, role=Role.OFFICER.value, granted_at=0, revoked_at=None))
    yield found
    found.database.close()


def test_once_the_log_was_read_for_the_first_time_that_is_looked_at_at_once(opened: Store) -> None:
    """Whoever opens the app after its first start does not read for a quarter of an hour that nobody knows."""
    watch = Watch((log_check.PROBE,))
    turn = partial(watch.turn, opened.settings, opened.database, opened.vault)
    assert turn() == 0 and "log-check" not in states(opened)
    checks.run(opened.database, opened.vault, opened.anchor)
    assert (turn(), states(opened)) == (1, {"log-check": State.HOLDS})
    assert turn() == 0


def test_a_log_that_nothing_reads_is_told_to_be_unknown_in_the_next_round(opened: Store) -> None:
    """Waiting for the first check must not hide that it never comes; and once it came, that is looked at at once."""
    watch = Watch((log_check.PROBE,))
    look = partial(watch.keep_up, opened.settings, opened.database, opened.vault)
    assert (look(), look(), states(opened)) == (0, 1, {"log-check": State.UNKNOWN})
    checks.run(opened.database, opened.vault, opened.anchor)
    assert (look(), states(opened)) == (1, {"log-check": State.HOLDS})


OLGA, ANA = Viewer(3, frozenset({Role.EMPLOYEE, Role.OFFICER}), "Olga"), Viewer(1, frozenset({Role.EMPLOYEE}), "Ana")


def asked(store: Store) -> Asked:
    with store.database.reading() as session:
        found = asking.newest(session, OLGA, store.vault)
    assert found is not None
    return found


def test_a_round_that_an_officer_asks_for_is_made_by_the_worker_and_what_hangs_in_it_is_not_known(
    opened: Store,
) -> None:
    """No page waits for a probe, a second press begins no second round, and who asked and what was found is logged."""
    release = Event()
    slow = Probe("slow", "Slow", "It answers.", alone, lambda *_: (release.wait(20) and KEPT) or KEPT)
    quick = Probe("quick", "Quick", "It answers.", alone, lambda *_: KEPT)
    watch = Watch((slow, quick), patience=0.2)
    turn = partial(watch.turn, opened.settings, opened.database, opened.vault)
    with pytest.raises(NotAllowed), opened.database.writing() as session:
        asking.ask(session, ANA, opened.vault)
    turn()
    with opened.database.writing() as session:
        asking.ask(session, OLGA, opened.vault)
    with pytest.raises(Conflict, match="Olga has asked"), opened.database.writing() as session:
        asking.ask(session, OLGA, opened.vault)
    assert asked(opened).ended_at is None
    assert turn() == 2
    release.set()
    assert asked(opened).ended_at is not None
    assert dict(asked(opened).found) == {State.HOLDS: 1, State.BROKEN: 0, State.UNKNOWN: 1}
    assert states(opened) == {"slow": State.UNKNOWN, "quick": State.HOLDS}
    assert turn() == 0


def test_a_round_that_cannot_be_made_ends_with_why_and_one_that_was_cut_off_begins_again(
    opened: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that dies leaves the wish standing; one that fails says so instead of trying for ever."""
    watch = Watch((Probe("quick", "Quick", "It answers.", alone, lambda *_: KEPT),))
    turn = partial(watch.turn, opened.settings, opened.database, opened.vault)
    with opened.database.writing() as session:
        asking.ask(session, OLGA, opened.vault)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(asking, "end", lambda *_: None)  # killed before it could say anything
        patch.setattr(watch, "run", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        turn()
    assert asked(opened).ended_at is None
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(watch, "run", lambda *_: (_ for _ in ()).throw(RuntimeError("no")))
        turn()
    assert "stopped before it was done" in asked(opened).failure
    assert "not all was looked at" in wording.ended(asked(opened), Calendar(ZoneInfo("UTC"), instants.now()))


def test_the_commands_say_what_is_broken_by_their_exit_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Protects: a script that runs the probes notices a break, and each command tells the same."""
    store = tmp_path / "store"
    assert ask(store, capsys, "init")[0] == 0
    assert ask(store, capsys, "people", "import", "tests/samples/roster.csv")[0] == 0
    assert ask(store, capsys, "people", "grant", "oda@example.org", "officer")[0] == 0
    code, out, _ = ask(store, capsys, "controls", "run")
    assert code == 0 and "Not known" in out
    code, out, err = ask(store, capsys, "controls", "drill", __file__)
    assert code == 1 and "no usable database" in err
    code, out, err = ask(store, capsys, "controls", "run", "--json")
    assert code == 1 and "Broken: drill" in err
    assert {one["control"]: one["state"] for one in json.loads(out)}["drill"] == "broken"
    given = ("controls", "claim-fix", "drill", "--words", "A new backup was made.")
    assert ask(store, capsys, *given)[0] == 2, "it needs a name"
    code, out, _ = ask(store, capsys, *given, "--as", "oda@example.org")
    assert code == 0 and "said to be fixed" in out
    code, out, _ = ask(store, capsys, "controls", "history", "drill", "--json")
    assert [one["state"] for one in json.loads(out)["history"]] == ["unknown", "broken", "claimed"]
    code, out, _ = ask(
        store, capsys, "controls", "drill", str(store / "daylight.db"), "--segments", f"{store}/segments"
    )
    assert code == 0 and "entries of the log" in out
    assert ask(store, capsys, "controls", "run")[0] == 0
    code, out, _ = ask(store, capsys, "controls", "list")
    assert code == 0 and "Fixed, and watched whether it holds".lower() in out.lower()
    code, _, err = ask(store, capsys, "controls", "history", "nothing")
    assert code == 1 and "no control 'nothing'" in err

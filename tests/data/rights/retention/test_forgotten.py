"""What becomes of everything that rests on an access once its details were destroyed as promised."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

from data import instants, upkeep
from data.accesses import keeping, log
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.log import Entry
from data.accesses.tables import EntryRow
from data.accesses.told import RECORD
from data.connectors import known
from data.connectors.known import Record
from data.database import Database
from data.looks import history, look, unexplained
from data.looks.reconciliation import Reconciler
from data.looks.verdicts import Verdict
from data.people.viewer import OPERATOR, Role, Viewer
from data.proofs import check, publishing
from data.proofs.anchor import Anchor
from data.proofs.findings import Finding
from data.rights.export import held
from data.rights.retention import forgetting
from data.scenarios import clock
from data.sealing.vault import Vault
from data.settings import Settings
from data.statistics import looks as counts
from data.statistics import weeks
from data.store import Store
from tests.data.accesses.logging import JOB
from tests.data.crashing import place_of
from tests.data.looks.test_reconciliation import ENGINEER, declared, seen
from tests.data.rights.conftest import Roster

LONG_AGO = instants.now() - 7 * 365 * instants.DAY
SOURCE = "warehouse audit"


@pytest.fixture
def settings(tmp_path: Path, database: Database) -> Settings:
    return place_of(database, tmp_path).settings


def forget(database: Database, vault: Vault, settings: Settings) -> int:
    """As the worker does, of everything of long ago."""
    go_on(database, vault)
    publishing.run(database, vault, Anchor(settings.anchor))
    return forgetting.keep_up(database, vault, settings)


def go_on(database: Database, vault: Vault) -> None:
    """On the next day something else happened, from which it follows when what stands before it was logged."""
    with clock.set_to(LONG_AGO + instants.DAY), database.writing() as session:
        log.extend(session, vault, [Entry(Action.ROSTER, [], OPERATOR, None, {}, 0)])


def findings(database: Database, vault: Vault) -> Sequence[Finding]:
    with database.reading() as session:
        return check.check(session, vault).findings


def test_the_worker_promises_what_the_settings_say_once(database: Database, vault: Vault, settings: Settings) -> None:
    store = Store(settings, database, vault)
    (chore,) = (one for one in upkeep.chores_of(store) if one.name == "accesses")
    for _ in range(2):
        assert chore.run(store) == 0
    with database.reading() as session:
        assert keeping.promised(session, vault) == (0, 1827)
        assert session.scalars(select(EntryRow.action)).all() == [Action.KEEPING]


def test_a_look_that_was_declared_is_one_look_still_and_not_unexplained(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    with clock.set_to(LONG_AGO):
        other = declared(database, vault, at=LONG_AGO)
        position = seen(database, vault, at=LONG_AGO + instants.SECOND)
        assert Reconciler().run(database, vault) == 1
    assert forget(database, vault, settings) == 2
    with database.reading() as session:
        found = {one.position: one for one in history.about(session, roster.ana, vault, 1)}
        figures = history.figures(session, roster.ana, vault, 1, 0)
        assert unexplained.waiting(session, vault) == 0
    explanation = found[position].explanation
    assert explanation is not None
    assert (explanation.verdict, explanation.declared, explanation.destroyed) == (Verdict.DECLARED, other, True)
    assert found[position].observed
    assert (figures.total, figures.destroyed, figures.unexplained, figures.unsaid) == (1, 1, 0, 0)
    assert figures.by_purpose == {Purpose.SUPPORT: 1}
    assert findings(database, vault) == ()


def test_a_read_whose_declaration_is_no_longer_kept_is_not_called_without_a_reason(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    """The audit's record of it came in years later, so that it is kept for longer."""
    with clock.set_to(LONG_AGO):
        declared(database, vault, at=LONG_AGO)
    go_on(database, vault)
    position = seen(database, vault, at=LONG_AGO + instants.SECOND)
    assert Reconciler().run(database, vault) == 1
    assert forget(database, vault, settings) == 1
    with database.reading() as session:
        found = {one.position: one for one in history.about(session, roster.ana, vault, 1)}[position]
    assert found.lost is None
    assert look.NO_REASON not in found.marks
    assert look.UNEXPLAINED not in found.marks


def test_the_same_record_that_comes_again_is_known(database: Database, vault: Vault, settings: Settings) -> None:
    record = Record.of(SOURCE, "line 7", {"who": "eve"})
    with clock.set_to(LONG_AGO), database.writing() as session:
        scope = {RECORD: record.committed}
        made = Entry(Action.QUERY, [1], ENGINEER, Reason(Purpose.SUPPORT), scope, 5, None, SOURCE)
        known.keep(session, [record], log.extend(session, vault, [made]))
    assert forget(database, vault, settings) == 1
    with database.reading() as session:
        found = known.sort(session, vault, [record, Record.of(SOURCE, "line 8", {})])
    assert (list(found.new), found.duplicates, found.conflicts, found.unfounded) == ([1], 1, 0, 0)
    assert findings(database, vault) == ()


def test_counts_by_purpose_stay_and_the_role_is_no_longer_kept(
    database: Database, vault: Vault, settings: Settings
) -> None:
    with clock.set_to(LONG_AGO), database.writing() as session:
        log.extend(session, vault, [Entry(Action.READ, [1], JOB, Reason(Purpose.SUPPORT, "T-1"), {}, 5)])
    assert forget(database, vault, settings) == 1
    with database.reading() as session:
        frame = counts.counted(session, vault, (weeks.numbered((LONG_AGO + weeks.OFFSET) // instants.WEEK),))
    wanted = pd.DataFrame([(Purpose.SUPPORT, "no longer kept", 1)], columns=["purpose", "role", "count"])
    pd.testing.assert_frame_equal(frame[["purpose", "role", "count"]], wanted)


def test_a_copy_of_ones_data_says_which_details_were_destroyed(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    """Theirs whose data it is, and theirs who looked: it is no longer among what they did."""
    with clock.set_to(LONG_AGO), database.writing() as session:
        looker = Viewer(2, frozenset({Role.EMPLOYEE}), "Cal", "cal@example.org")
        log.extend(session, vault, [Entry(Action.READ, [1], looker, Reason(Purpose.SUPPORT, "T-1"), {}, 5)])
    before = dict(lines(database, vault, roster.cal, "you-looked"))
    assert list(before) == [0]
    assert forget(database, vault, settings) == 1
    assert lines(database, vault, roster.cal, "you-looked") == {}
    one = lines(database, vault, roster.ana, "log")[0]
    assert (one["ticket"], one["role"], one["scope"]) == (None, None, None)
    assert one["destroyed_at"] is not None
    assert (one["lost"], one["lost_why"]) == (False, None)


def lines(database: Database, vault: Vault, viewer: Viewer, name: str) -> dict[int, dict[str, object]]:
    with database.reading() as session:
        files = dict(held.files(session, vault, viewer))
    (text,) = (content for path, content in files.items() if path.endswith(f"/{name}.jsonl"))
    return {one["position"]: one for one in map(json.loads, text.decode().splitlines())}

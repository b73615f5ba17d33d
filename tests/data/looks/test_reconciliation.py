"""What an audit saw is held against what was declared; the rest is unexplained until an officer explains it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert, text

from data import instants
from data.accesses import log
from data.accesses.accessors import Outside
from data.accesses.entry import DAYLIGHT, HISTORY, Action, Purpose, Reason
from data.accesses.opening import Lost
from data.accesses.tables import ExplanationRow
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed
from data.looks import explanations, history, look, reconciliation, single, unexplained
from data.looks.explanations import Verdict
from data.looks.look import Look
from data.looks.matching import WITHIN
from data.looks.reconciliation import Reconciler
from data.people.viewer import Role, Viewer
from data.proofs import contents
from data.proofs.findings import Finding, What
from data.sealing.vault import Vault
from tests.data.accesses.logging import ANA, AUDITOR, BEN, OFFICER, own

AT = instants.of(datetime(2026, 11, 3, 14, 5, tzinfo=UTC))
ENGINEER = Outside("e.moss", "engineer", "Data platform", person_id=9)
TRAINER = Outside("svc-trainer", "service account", "AI", automated=True)
APP = Outside("daylight", "this app", automated=True)
OLGA = Viewer(3, frozenset({Role.EMPLOYEE, Role.OFFICER}), "Olga", "olga@x.org")
WHY = "A backup was being restored; nobody read the rows."


def seen(
    database: Database,
    vault: Vault,
    accessor: Outside = ENGINEER,
    *,
    people: Sequence[int] = (ANA,),
    at: int = AT,
    kinds: Sequence[str] = (),
    action: Action = Action.READ,
) -> int:
    """An audit saw it."""
    scope: dict[str, Any] = {"what": "captures table", **({"kinds": list(kinds)} if kinds else {})}
    with database.writing() as session:
        return log.append(
            session,
            vault,
            action=action,
            people=people,
            accessor=accessor,
            reason=None,
            scope=scope,
            count=0,
            at=at,
            source="warehouse audit",
            observed=True,
        )


def declared(
    database: Database,
    vault: Vault,
    accessor: Outside | Viewer = ENGINEER,
    *,
    people: Sequence[int] = (ANA,),
    at: int = AT,
    source: str = "ticket system",
    **scope: object,
) -> int:
    """Whoever looked said so."""
    with database.writing() as session:
        return log.append(
            session,
            vault,
            action=Action.READ,
            people=people,
            accessor=accessor,
            reason=Reason(Purpose.SUPPORT, "T-1"),
            scope=scope,
            count=1,
            at=at,
            source=source,
        )


def looks(database: Database, vault: Vault, person_id: int = ANA) -> dict[int, Look]:
    with database.reading() as session:
        return {one.position: one for one in history.about(session, own(person_id), vault, person_id)}


def test_what_was_declared_by_the_same_accessor_at_the_same_time_is_explained(database: Database, vault: Vault) -> None:
    position = seen(database, vault)
    assert looks(database, vault)[position].marks == (look.UNEXPLAINED,)
    other = declared(database, vault, at=AT + 60_000_000)
    assert Reconciler().run(database, vault) == 1
    found = looks(database, vault)[position]
    assert found.marks == (look.LATE,)
    assert found.explanation is not None
    assert (found.explanation.verdict, found.explanation.declared) == (Verdict.DECLARED, other)
    assert (found.purpose, found.ticket, found.explanation.came_late) == (Purpose.SUPPORT, "T-1", True)
    with database.reading() as session:
        figures = history.figures(session, own(ANA), vault, ANA, 0)
    # One look, seen from two sides.
    assert (figures.total, figures.people, figures.unexplained, figures.unsaid) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"at": AT + WITHIN + 1}, id="too late"),
        pytest.param({"at": AT - WITHIN - 1}, id="too early"),
        pytest.param({"accessor": Outside("e.moss2", "engineer", "Data platform")}, id="another account"),
        pytest.param({"people": (BEN,)}, id="other people"),
        pytest.param({"kinds": ["screen"]}, id="other data"),
    ],
)
def test_another_accessor_time_data_or_person_explains_nothing(
    database: Database, vault: Vault, other: dict[str, Any]
) -> None:
    seen(database, vault, people=(ANA,), kinds=["key"])
    declared(database, vault, **other)
    assert Reconciler().run(database, vault) == 0


def test_a_pair_that_was_put_together_by_hand_is_found_by_the_check(database: Database, vault: Vault) -> None:
    """Of the same account and time, but declared for one person of two: nothing that reconciling would have kept."""
    position, other = seen(database, vault, people=(ANA, BEN)), declared(database, vault, people=(ANA,))
    assert Reconciler().run(database, vault) == 0
    with database.writing() as session:
        session.execute(insert(ExplanationRow).values(position=position, verdict="declared", at=1, declared=other))
    with database.reading() as session:
        assert list(contents.damaged(session, vault)) == [Finding(What.EXPLANATION_UNFOUNDED, position, position)]


def test_what_was_declared_for_some_does_not_explain_a_read_of_all(database: Database, vault: Vault) -> None:
    seen(database, vault, TRAINER, people=(ANA, BEN, 5, 6))
    declared(database, vault, TRAINER, people=(ANA, BEN))
    assert Reconciler().run(database, vault) == 0
    declared(database, vault, TRAINER, people=(ANA, BEN, 5, 6, 7))
    assert Reconciler().run(database, vault) == 1


def test_a_declared_span_explains_what_was_read_in_it(database: Database, vault: Vault) -> None:
    declared(database, vault, TRAINER, at=AT - 5 * instants.HOUR, until=instants.iso(AT))
    seen(database, vault, TRAINER, at=AT - instants.HOUR)
    seen(database, vault, TRAINER, at=AT + instants.HOUR)
    assert Reconciler().run(database, vault) == 1


def test_the_apps_own_reads_are_explained_by_what_the_app_logged_and_by_nothing_else(
    database: Database, vault: Vault
) -> None:
    seen(database, vault, APP)
    declared(database, vault, ENGINEER)
    assert Reconciler().run(database, vault) == 0
    declared(database, vault, OLGA, source=DAYLIGHT)
    assert Reconciler().run(database, vault) == 1


def test_a_person_who_declared_in_the_app_is_the_one_whose_login_was_seen(database: Database, vault: Vault) -> None:
    seen(database, vault, Outside("olga_db", "officer", "Privacy", person_id=3))
    declared(database, vault, OLGA, source=DAYLIGHT)
    assert Reconciler().run(database, vault) == 1


def test_reconciling_goes_on_with_what_is_new_and_changes_nothing_twice(database: Database, vault: Vault) -> None:
    reconciler = Reconciler()
    assert reconciler.run(database, vault) == 0
    seen(database, vault)
    assert reconciler.run(database, vault) == 0
    seen(database, vault, TRAINER, at=AT + 30 * instants.DAY)
    declared(database, vault, TRAINER, at=AT + 30 * instants.DAY)
    assert reconciler.run(database, vault) == 1
    declared(database, vault)
    assert reconciler.run(database, vault) == 1
    assert reconciler.run(database, vault) == 0
    with database.writing() as session:
        assert reconciliation.run(session, vault) == 0


def test_an_officer_explains_a_case_and_everybody_concerned_reads_it(database: Database, vault: Vault) -> None:
    first = seen(database, vault, people=(ANA, BEN))
    seen(database, vault, at=AT + instants.HOUR)
    tomorrow = seen(database, vault, at=AT + instants.DAY)
    with database.writing() as session:
        newest, oldest = unexplained.groups(session, OFFICER, vault)
        assert (oldest.position, oldest.count, oldest.account, newest.position) == (first, 2, "e.moss", tomorrow)
        assert unexplained.waiting(session) == 3
        assert unexplained.explain(session, OFFICER, vault, first, WHY, expected=2) == 2
        assert unexplained.waiting(session) == 1
        with pytest.raises(Conflict):
            unexplained.explain(session, OFFICER, vault, first, WHY, expected=1)
    ana, ben = looks(database, vault), looks(database, vault, BEN)
    assert ana[first].marks == ben[first].marks == ()
    told = ben[first].explanation
    assert told is not None
    assert told.reason == WHY
    assert ana[tomorrow].marks == (look.UNEXPLAINED,)
    with database.reading() as session:
        assert history.figures(session, own(ANA), vault, ANA, 0).unexplained == 1
        assert single.opened(session, own(BEN), vault, BEN, first).explanation == told
        kept = log.leaf(session, tomorrow + 1) or b""
    assert b'"action":"access explained"' in kept


def test_what_has_no_good_reason_stays_marked(database: Database, vault: Vault) -> None:
    position = seen(database, vault)
    with database.writing() as session:
        unexplained.explain(session, OFFICER, vault, position, "He was curious, he says.", expected=1, justified=False)
        assert unexplained.groups(session, OFFICER, vault) == ()
    assert looks(database, vault)[position].marks == (look.UNJUSTIFIED,)
    with database.reading() as session:
        assert history.figures(session, own(ANA), vault, ANA, 0).unexplained == 1


@pytest.mark.parametrize("account", ["olga@x.org", " Olga@X.org"])
def test_an_officer_does_not_explain_what_an_account_called_as_their_e_mail_did(
    database: Database, vault: Vault, account: str
) -> None:
    """Also when somebody blanks the column by which one's own accesses could be found."""
    for number, accessor in enumerate((Outside(account, "unlisted"), Outside("olga_db", "officer", person_id=3))):
        position = seen(database, vault, accessor, at=AT + number * instants.DAY)
        with database.writing() as session:
            session.execute(text("UPDATE access_details SET accessor_id = NULL"))
            assert unexplained.groups(session, OLGA, vault)[0].is_own
            with pytest.raises(NotAllowed):
                unexplained.explain(session, OLGA, vault, position, WHY, expected=1)


def test_an_altered_look_is_in_the_queue_as_that_and_stops_neither_it_nor_reconciling(
    database: Database, vault: Vault
) -> None:
    altered, other = seen(database, vault), seen(database, vault, at=AT + instants.DAY)
    with database.writing() as session:
        session.execute(
            text("UPDATE access_details SET details = who WHERE position = 0")
            if database.is_sqlite
            else text("UPDATE access_details SET details = 'x' WHERE position = 0")
        )
    declared(database, vault, at=AT)
    declared(database, vault, at=AT + instants.DAY)
    assert Reconciler().run(database, vault) == 1
    with database.writing() as session:
        (found,) = unexplained.groups(session, OFFICER, vault)
        assert (found.position, found.lost, found.account) == (altered, Lost.ALTERED, "")
        with pytest.raises(Conflict, match="was altered"):
            unexplained.explain(session, OFFICER, vault, altered, WHY, expected=1)
    assert looks(database, vault)[other].explanation is not None


@pytest.mark.parametrize("how", ["DELETE FROM access_details WHERE position = 0", ""])
def test_a_look_whose_details_were_taken_away_still_waits_for_the_officer(
    database: Database, vault: Vault, how: str
) -> None:
    """Whatever lies beside the entry may go; what an audit saw and nobody declared stays in the queue."""
    gone, other = seen(database, vault), seen(database, vault, TRAINER, at=AT + instants.DAY)
    with database.writing() as session:
        for table in ("access_details", "access_people") if not how else ():
            session.execute(text(f"DELETE FROM {table}"))
        if how:
            session.execute(text(how))
    with database.writing() as session:
        assert unexplained.waiting(session) == 2
        found = {one.position: one for one in unexplained.groups(session, OFFICER, vault)}
        assert found[gone].lost is Lost.MISSING
        assert found[other].lost is (None if how else Lost.MISSING)
        with pytest.raises(Conflict, match="taken away"):
            unexplained.explain(session, OFFICER, vault, gone, WHY, expected=1)
    assert Reconciler().run(database, vault) == 0


def test_only_officers_explain_with_a_reason_and_never_their_own(database: Database, vault: Vault) -> None:
    position = seen(database, vault, Outside("olga_db", "officer", "Privacy", person_id=3))
    with database.writing() as session:
        assert unexplained.groups(session, OLGA, vault)[0].is_own
        for viewer in (OLGA, AUDITOR, own(ANA)):
            with pytest.raises(NotAllowed):
                unexplained.explain(session, viewer, vault, position, WHY, expected=1)
        other = Viewer(8, OFFICER.roles, "Omar", "omar@x.org")
        for reason in ("", "  \n ", "because", "x" * 4001):
            with pytest.raises(BadInput):
                unexplained.explain(session, other, vault, position, reason, expected=1)
        for viewer in (AUDITOR, own(ANA)):
            with pytest.raises(NotAllowed):
                unexplained.groups(session, viewer, vault)


def test_an_explanation_is_sealed_and_bound_to_its_access(database: Database, vault: Vault) -> None:
    from sqlalchemy import update

    from data.accesses import keys
    from data.accesses.tables import ExplanationRow

    first, second = seen(database, vault), seen(database, vault, at=AT + instants.DAY)
    with database.writing() as session:
        unexplained.explain(session, OFFICER, vault, first, WHY, expected=1)
        row = session.get_one(ExplanationRow, first)
        assert row.reason is not None
        assert b"backup" not in row.reason
        session.execute(update(ExplanationRow).values(position=second))
        log_keys = keys.find(session, vault)
        assert log_keys is not None
        assert explanations.of(session, log_keys, [second]) == {}


def test_what_was_declared_only_afterwards_says_so(database: Database, vault: Vault) -> None:
    """Whatever came into the log first: the read was long over when it was declared, or it had just begun."""
    now = instants.now()
    fresh = seen(database, vault, TRAINER, at=now)
    declared(database, vault, TRAINER, at=now)
    declared(database, vault)
    position = seen(database, vault)
    assert Reconciler().run(database, vault) == 2
    assert looks(database, vault)[position].marks == (look.LATE,)
    assert looks(database, vault)[fresh].marks == ()


def test_reading_who_looked_explains_no_read_of_the_captures(database: Database, vault: Vault) -> None:
    seen(database, vault, Outside("olga_db", "officer", "Privacy", person_id=3))
    declared(database, vault, OLGA, source=DAYLIGHT, what=HISTORY)
    assert Reconciler().run(database, vault) == 0


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_row_that_somebody_put_there_explains_nothing(database: Database, vault: Vault, verdict: Verdict) -> None:
    """Whoever can write the database has no key: a declared access must fit, and an officer's word is sealed."""
    from data.accesses.tables import ExplanationRow

    position, other = seen(database, vault), declared(database, vault, TRAINER)
    with database.writing() as session:
        by = other if verdict is Verdict.DECLARED else None
        session.add(ExplanationRow(position=position, verdict=verdict.value, at=AT, declared=by, reason=None))
    found = looks(database, vault)[position]
    assert found.explanation is None
    assert found.marks == (look.UNEXPLAINED,)


def test_a_verdict_cannot_be_turned_around(database: Database, vault: Vault) -> None:
    from sqlalchemy import update

    from data.accesses.tables import ExplanationRow

    position = seen(database, vault)
    with database.writing() as session:
        unexplained.explain(session, OFFICER, vault, position, WHY, expected=1, justified=False)
        session.execute(update(ExplanationRow).values(verdict="explained"))
    assert looks(database, vault)[position].marks == (look.UNJUSTIFIED,)


def test_an_officer_explains_what_they_saw_and_nothing_that_came_since(database: Database, vault: Vault) -> None:
    position = seen(database, vault)
    seen(database, vault, at=AT + instants.HOUR)
    with pytest.raises(Conflict, match="2 such accesses"), database.writing() as session:
        unexplained.explain(session, OFFICER, vault, position, WHY, expected=1)

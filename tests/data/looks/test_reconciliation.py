"""What an audit saw is held against what was declared; the rest is unexplained until an officer explains it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text, update

from data import instants
from data.accesses import keys, log
from data.accesses.accessors import Outside
from data.accesses.entry import DAYLIGHT, DEVICES, HISTORY, Action, Purpose, Reason
from data.accesses.opening import Lost
from data.accesses.tables import AboutRow, EntryRow
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed
from data.looks import history, look, reconciliation, single, unexplained, verdicts
from data.looks.budget import Why
from data.looks.look import Look
from data.looks.matching import WITHIN
from data.looks.reconciliation import Reconciler
from data.looks.verdicts import Verdict
from data.people.viewer import Role, Viewer
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
    count: int = 0,
    amount: dict[str, int] | None = None,
    source: str = "warehouse audit",
) -> int:
    """An audit saw it."""
    scope: dict[str, Any] = {"what": "captures table", **({"kinds": list(kinds)} if kinds else {})}
    scope |= {"amount": amount} if amount else {}
    with database.writing() as session:
        return log.append(
            session,
            vault,
            action=action,
            people=people,
            accessor=accessor,
            reason=None,
            scope=scope,
            count=count,
            at=at,
            source=source,
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
    count: int = 1,
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
            count=count,
            at=at,
            source=source,
        )


def looks(database: Database, vault: Vault, person_id: int = ANA) -> dict[int, Look]:
    with database.reading() as session:
        return {one.position: one for one in history.about(session, own(person_id), vault, person_id)}


def test_what_was_declared_by_the_same_accessor_at_the_same_time_is_explained(database: Database, vault: Vault) -> None:
    other = declared(database, vault, at=AT + 60_000_000)
    position = seen(database, vault)
    assert looks(database, vault)[position].marks == (look.UNEXPLAINED,)
    assert Reconciler().run(database, vault) == 1
    found = looks(database, vault)[position]
    # Long after the read, and yet before anybody knew that an audit had seen it.
    assert found.marks == (look.LATE,)
    assert found.explanation is not None
    assert (found.explanation.verdict, found.explanation.declared) == (Verdict.DECLARED, other)
    assert (found.purpose, found.ticket, found.explanation.came_late) == (Purpose.SUPPORT, "T-1", True)
    with database.reading() as session:
        figures = history.figures(session, own(ANA), vault, ANA, 0)
    # One look, seen from two sides.
    assert (figures.total, figures.people, figures.unexplained, figures.unsaid) == (1, 1, 0, 0)


def test_what_was_declared_once_the_audit_had_it_explains_nothing_by_itself(database: Database, vault: Vault) -> None:
    """Whoever reads that they were seen declares it then; that is for an officer to weigh, and everybody reads both."""
    position = seen(database, vault)
    other = declared(database, vault)
    assert Reconciler().run(database, vault) == 0
    found = looks(database, vault)[position]
    assert found.marks == (look.UNEXPLAINED, look.LATE)
    assert found.explanation is None
    assert [(one.why, one.declared, one.ticket) for one in found.nearly] == [(Why.LATE, other, "T-1")]
    with database.writing() as session:
        assert history.figures(session, own(ANA), vault, ANA, 0).unexplained == 1
        (group,) = unexplained.groups(session, OFFICER, vault)
        assert [(one.count, one.example.declared) for one in group.nearly] == [(1, other)]
        unexplained.explain(session, OFFICER, vault, position, WHY, expected=1)
    accepted = looks(database, vault)[position]
    assert accepted.marks == (look.LATE,)
    assert accepted.nearly == found.nearly
    assert accepted.explanation is not None
    assert accepted.explanation.reason == WHY


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
    declared(database, vault, **other)
    position = seen(database, vault, people=(ANA,), kinds=["key"])
    assert Reconciler().run(database, vault) == 0
    assert looks(database, vault)[position].nearly == ()


def test_what_was_declared_for_some_does_not_explain_a_read_of_all(database: Database, vault: Vault) -> None:
    everybody = (ANA, BEN, *range(5, 40))
    declared(database, vault, TRAINER, people=(ANA, BEN))
    declared(database, vault, TRAINER, people=everybody[:-1])
    seen(database, vault, TRAINER, people=(ANA, BEN, 5, 6))
    seen(database, vault, TRAINER, people=everybody)
    assert Reconciler().run(database, vault) == 1
    declared(database, vault, TRAINER, people=everybody)
    seen(database, vault, TRAINER, people=everybody)
    assert Reconciler().run(database, vault) == 1


def test_whom_a_declaration_is_said_to_be_about_counts_only_as_it_was_committed_to(
    database: Database, vault: Vault
) -> None:
    """Else a row beside the log would make it cover a read of somebody else."""
    other = declared(database, vault, people=(ANA, 5))
    with database.writing() as session:
        somebody = (AboutRow.position == other, AboutRow.person_id == 5)
        session.execute(update(AboutRow).where(*somebody).values(person_id=BEN))
    seen(database, vault, people=(ANA, BEN))
    assert Reconciler().run(database, vault) == 0


def test_what_was_observed_never_passes_for_a_declaration(database: Database, vault: Vault) -> None:
    """Whoever changes the column by which the two are told apart does not make one read explain another."""
    first, second = seen(database, vault), seen(database, vault)
    with database.writing() as session:
        session.execute(update(EntryRow).where(EntryRow.position == first).values(observed=False))
    assert Reconciler().run(database, vault) == 0
    assert looks(database, vault)[second].marks == (look.UNEXPLAINED,)


def test_the_apps_own_reads_are_explained_by_what_the_app_logged_and_by_nothing_else(
    database: Database, vault: Vault
) -> None:
    declared(database, vault, ENGINEER)
    seen(database, vault, APP)
    assert Reconciler().run(database, vault) == 0
    declared(database, vault, OLGA, source=DAYLIGHT)
    for other in ({"people": (BEN,)}, {"kinds": ["screen"]}, {"count": 50}):
        shown: dict[str, Any] = {"kinds": ["key"], "count": 3, **other}
        declared(database, vault, OLGA, source=DAYLIGHT, at=AT + instants.DAY, **shown)
    # One look opens several files; each of them is its own.
    seen(database, vault, APP)
    seen(database, vault, APP)
    far = seen(database, vault, APP, at=AT + instants.DAY, kinds=["key"], count=51)
    assert Reconciler().run(database, vault) == 2
    (nearly,) = looks(database, vault)[far].nearly
    assert (nearly.why, nearly.compared.of_app) == (Why.MORE, True)


def test_a_person_who_declared_in_the_app_is_the_one_whose_login_was_seen(database: Database, vault: Vault) -> None:
    declared(database, vault, OLGA, source=DAYLIGHT)
    seen(database, vault, Outside("olga_db", "officer", "Privacy", person_id=3))
    assert Reconciler().run(database, vault) == 1


def test_counts_that_the_app_showed_explain_no_read_of_the_captures_by_a_login_of_ones_own(
    database: Database, vault: Vault
) -> None:
    declared(database, vault, OLGA, source=DAYLIGHT, count=1_000_000, view="summary")
    position = seen(database, vault, Outside("olga_db", "officer", "Privacy", person_id=3), count=900)
    seen(database, vault, APP)
    assert Reconciler().run(database, vault) == 1
    assert looks(database, vault)[position].nearly[0].why is Why.COUNTS


def test_reconciling_goes_on_with_what_is_new_and_changes_nothing_twice(database: Database, vault: Vault) -> None:
    reconciler = Reconciler()
    assert reconciler.run(database, vault) == 0
    declared(database, vault)
    assert reconciler.run(database, vault) == 0
    declared(database, vault, TRAINER, at=AT + 30 * instants.DAY)
    seen(database, vault, TRAINER, at=AT + 30 * instants.DAY)
    assert reconciler.run(database, vault) == 1
    seen(database, vault)
    assert reconciler.run(database, vault) == 1
    assert reconciler.run(database, vault) == 0
    with database.writing() as session:
        assert reconciliation.run(session, vault) == 0
        assert len(verdicts.since(session, keys.find(session, vault), 0)) == 2


def test_an_officer_explains_a_case_and_everybody_concerned_reads_it(database: Database, vault: Vault) -> None:
    first = seen(database, vault, people=(ANA, BEN))
    seen(database, vault, at=AT + instants.HOUR)
    tomorrow = seen(database, vault, at=AT + instants.DAY)
    with database.writing() as session:
        newest, oldest = unexplained.groups(session, OFFICER, vault)
        assert (oldest.position, oldest.count, oldest.account, newest.position) == (first, 2, "e.moss", tomorrow)
        assert unexplained.waiting(session, vault) == 3
        found = unexplained.explain(session, OFFICER, vault, first, WHY, expected=2)
        assert (found.positions, found.people) == ((first, first + 1), (ANA, BEN))
        assert unexplained.waiting(session, vault) == 1
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
        kept = log.leaf(session, told.said) or b""
    assert b'"action":"access explained"' in kept


def test_a_case_counts_everybody_whom_its_looks_were_at(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One look each at many people is no look at one of them, and nobody is counted twice; where telling apart all of
    them at each visit takes too long, it says so."""
    for person in range(1, 31):
        seen(database, vault, people=(person,), at=AT + person)
    seen(database, vault, people=range(21, 41), at=AT + 99)
    first = seen(database, vault, TRAINER, people=(ANA, BEN), at=AT - instants.DAY)
    with database.writing() as session:
        found = unexplained.groups(session, OFFICER, vault)
        assert [(one.count, one.people) for one in found] == [(31, 40), (1, 2)]
        assert not any(one.at_least for one in found)
        monkeypatch.setattr(unexplained, "_MANY", 49)
        capped = unexplained.groups(session, OFFICER, vault)
        assert [(one.people, one.at_least) for one in capped] == [(20, True), (2, False)]
        settled = unexplained.explain(session, OFFICER, vault, first, WHY, expected=1)
        assert len(settled.people) == found[1].people


def test_a_page_of_cases_counts_the_people_of_each_case_alone(database: Database, vault: Vault) -> None:
    """Of several sources, accessors and days at once, to the last instant of a day, beside others of other pages and
    one whose details were taken away."""
    day = AT // instants.DAY * instants.DAY
    for number in range(4):  # days
        for source in range(2):
            for accessor in (ENGINEER, TRAINER):
                for at in (0, instants.DAY - 1):
                    first = 10 * number + 2 * source + (0 if accessor is ENGINEER else 5)
                    people = range(first + bool(at), first + number + 3)
                    seen(
                        database,
                        vault,
                        accessor,
                        people=people,
                        at=day + number * instants.DAY + at,
                        source=f"audit {source}",
                    )
    with database.writing() as session:
        session.execute(text("DELETE FROM access_details WHERE position = 15"))
        every = unexplained.groups(session, OFFICER, vault)
        pages = [unexplained.groups(session, OFFICER, vault, skip=skip, limit=5) for skip in range(0, 20, 5)]
    assert [one for page in pages for one in page] == list(every)
    days = [
        [one.people for one in every if one.first // instants.DAY == day // instants.DAY + number]
        for number in range(4)
    ]
    assert days == [[3] * 4, [0, 4, 4, 4, 4], [5] * 4, [6] * 4]


def test_all_cases_can_be_reached_a_page_at_a_time(database: Database, vault: Vault) -> None:
    """Also of those that were seen at the same instant, and of more than a screen or two."""
    with database.writing() as session:
        for number in range(230):
            log.append(
                session,
                vault,
                action=Action.READ,
                people=(ANA,),
                accessor=Outside(f"engineer-{number}", "engineer"),
                reason=None,
                scope={},
                count=0,
                at=AT + number // 3,
                source="warehouse audit",
                observed=True,
            )
        found = unexplained.groups(session, OFFICER, vault)
        assert unexplained.waits(session, vault) == (230, len(found)) == (230, 230)
        pages = [unexplained.groups(session, OFFICER, vault, skip=skip, limit=20) for skip in range(0, 240, 20)]
    assert [one.position for page in pages for one in page] == list(range(229, -1, -1))


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
    declared(database, vault, at=AT)
    declared(database, vault, at=AT + instants.DAY)
    altered, other = seen(database, vault), seen(database, vault, at=AT + instants.DAY)
    with database.writing() as session:
        session.execute(
            text(f"UPDATE access_details SET details = who WHERE position = {altered}")
            if database.is_sqlite
            else text(f"UPDATE access_details SET details = 'x' WHERE position = {altered}")
        )
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
        assert unexplained.waiting(session, vault) == 2
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


@pytest.mark.parametrize("what", [HISTORY, DEVICES])
def test_reading_who_looked_or_what_devices_said_explains_no_read_of_the_captures(
    database: Database, vault: Vault, what: str
) -> None:
    declared(database, vault, OLGA, source=DAYLIGHT, what=what)
    seen(database, vault, Outside("olga_db", "officer", "Privacy", person_id=3))
    assert Reconciler().run(database, vault) == 0


def test_an_officer_explains_what_they_saw_and_nothing_that_came_since(database: Database, vault: Vault) -> None:
    position = seen(database, vault)
    seen(database, vault, at=AT + instants.HOUR)
    with pytest.raises(Conflict, match="2 such accesses"), database.writing() as session:
        unexplained.explain(session, OFFICER, vault, position, WHY, expected=1)

"""A legal hold keeps what it names, needs two officers, stands in the log alone, and ends where everybody reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.accesses.log import Entry
from data.accesses.tables import AboutRow, DetailsRow, EntryRow
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.copies import tasks
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed, NotFound, Unreadable
from data.people.tables import GrantRow, PersonRow
from data.people.viewer import OPERATOR, Role
from data.rights import holds, request, steps, work
from data.rights.erasure import certificate as certificates
from data.rights.erasure import issuing, sparing
from data.rights.hold import Hold, Step
from data.rights.states import RequestKind, State
from data.rights.tables import RequestRow
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.copies.holding import take
from tests.data.crashing import place_of
from tests.data.rights.backing_up import backup, open_once
from tests.data.rights.conftest import Roster
from tests.data.rights.holding import keep, kept, rows
from tests.data.rights.test_erasure import approved, hold, state_of

WHY = "A claim before the labour court wants this kept."
TODAY = instants.day_of(instants.now())
SOON = TODAY + timedelta(days=90)
KEYS = Scope(frozenset({Kind.KEY}))


@pytest.fixture
def settings(tmp_path: Path, database: Database) -> Settings:
    return place_of(database, tmp_path).settings


def put(
    database: Database, vault: Vault, roster: Roster, scope: Scope = KEYS, untold: str = "", *, person: int = 1
) -> Hold:
    """A hold in force on Ana's captures."""
    with database.writing() as session:
        made = holds.propose(session, roster.olga, vault, person, scope, WHY, SOON, untold)
    with database.writing() as session:
        return holds.confirm(session, roster.omar, vault, made.number)


def shown(database: Database, vault: Vault, roster: Roster, number: int) -> request.Request:
    with database.reading() as session:
        return request.show(session, roster.ana, vault, number)


times = st.one_of(st.none(), st.integers(0, 20))
scopes = st.builds(
    lambda kinds, start, end: Scope(kinds, frozenset(), start, end),
    st.frozensets(st.sampled_from(Kind), max_size=3),
    times,
    times,
)


@given(scopes, scopes)
def test_what_is_left_of_a_scope_is_all_of_it_but_what_was_taken_out_and_nothing_twice(
    one: Scope, other: Scope
) -> None:
    table = pa.table(
        {
            "at": pa.array([at for at in range(22) for _ in Kind], pa.int64()),
            "kind": [kind.value for _ in range(22) for kind in Kind],
            "app": ["" for _ in range(22) for _ in Kind],
        }
    )
    masks = [piece.mask(table).to_pylist() for piece in one.without(other)]
    wanted = [a and not b for a, b in zip(one.mask(table).to_pylist(), other.mask(table).to_pylist(), strict=True)]
    assert [sum(each) for each in zip(*masks, strict=True)] == wanted if masks else not any(wanted)


def test_a_hold_is_in_force_only_once_another_officer_confirmed_it(
    database: Database, vault: Vault, roster: Roster
) -> None:
    with database.writing() as session:
        made = holds.propose(session, roster.olga, vault, 1, KEYS, WHY, SOON)
    assert (made.number, made.step, made.is_in_force, made.is_told) == (1, Step.SET, False, False)
    with database.writing() as session:
        assert holds.about(session, roster.ana, vault, 1) == ()
        assert holds.keeping(session, vault, 1) == ()
    with database.writing() as session, pytest.raises(Conflict, match="You set hold 1 yourself"):
        holds.confirm(session, roster.olga, vault, 1)
    with database.writing() as session:
        found = holds.confirm(session, roster.omar, vault, 1)
    assert found.is_in_force
    with database.writing() as session, pytest.raises(Conflict, match="was confirmed already"):
        holds.confirm(session, roster.omar, vault, 1)
    with database.reading() as session:
        (mine,) = holds.about(session, roster.ana, vault, 1)
        assert (mine.reason, mine.review_on, mine.scope) == (WHY, SOON, KEYS)
        rows_ = session.scalars(select(EntryRow).where(EntryRow.action == Action.HOLD.value))
        assert len(list(rows_)) == 2


def test_a_hold_that_is_sent_twice_is_set_once(database: Database, vault: Vault, roster: Roster) -> None:
    """Also when another officer confirmed it in between; a second one after that would have to be lifted twice."""
    with database.writing() as session:
        made = holds.propose(session, roster.olga, vault, 1, KEYS, WHY, SOON)
    for confirmed in (False, True):
        if confirmed:
            with database.writing() as session:
                holds.confirm(session, roster.omar, vault, made.number)
        with database.writing() as session, pytest.raises(Conflict, match="Hold 1 says exactly this already"):
            holds.propose(session, roster.olga, vault, 1, KEYS, f" {WHY} ", SOON)
    with database.writing() as session:
        assert holds.propose(session, roster.olga, vault, 1, KEYS, f"{WHY} Until May.", SOON).number == 2


def test_nobody_holds_their_own_data_or_their_lines(database: Database, vault: Vault, roster: Roster) -> None:
    def propose(viewer: Any, person: int) -> None:
        with database.writing() as session:
            holds.propose(session, viewer, vault, person, KEYS, WHY, SOON)

    for viewer, person in ((roster.olga, 3), (roster.ana, 1), (roster.ana, 2), (OPERATOR, 1)):
        with pytest.raises(NotAllowed):
            propose(viewer, person)
    with pytest.raises(NotFound):
        propose(roster.olga, 99)
    with database.writing() as session:
        session.get_one(PersonRow, 1).manager_id = 3
        for person in (3, 4):
            session.add(GrantRow(person_id=person, role=Role.OFFICER.value, granted_at=0))
    with pytest.raises(NotAllowed, match="line of managers"):
        propose(roster.olga, 1)
    propose(roster.omar, 1)


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"reason": " "}, "reason in words"),
        ({"review_on": TODAY}, "looked at again after today"),
        ({"review_on": TODAY + timedelta(days=400)}, "within a year"),
        ({"scope": Scope(start=9, end=3)}, "swap 'from' and 'to'"),
        ({"scope": Scope(apps=frozenset({"Zoom"}))}, "not apps"),
        ({"scope": Scope(start=10**18)}, "outside the years"),
        ({"untold": "x" * 5000}, "shorten"),
    ],
)
def test_a_hold_that_cannot_be_is_refused_in_a_sentence(
    database: Database, vault: Vault, roster: Roster, changed: dict[str, Any], match: str
) -> None:
    given: dict[str, Any] = {"person_id": 1, "scope": KEYS, "reason": WHY, "review_on": SOON, "untold": ""} | changed
    with database.writing() as session, pytest.raises(BadInput, match=match):
        holds.propose(session, roster.olga, vault, **given)
    with database.reading() as session:
        assert holds.listed(session, roster.olga, vault) == ()


def test_a_deletion_takes_what_is_not_held_says_what_stays_and_goes_on_once_the_hold_is_lifted(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    hold(database, vault, 1)
    before = kept(database, vault, 1)
    put(database, vault, roster)
    number = approved(database, vault, roster)
    done = steps.run(database, vault, settings, OPERATOR, number)
    assert (done.state, done.closed_at, done.overdue) == (State.HELD, None, False)
    left = kept(database, vault, 1)
    assert left == [row for row in before if row["kind"] == "key"]
    with database.reading() as session:
        (keeps,) = sparing.of_request(session, roster.ana, vault, done)
        issued = issuing.find(session, roster.ana, vault, number)
    assert (keeps.number, keeps.reason, keeps.review) == (1, WHY, SOON.isoformat())
    found = certificates.check(issued.signed.encode())
    assert (found.left, [one["hold"] for one in found.held]) == (len(left), [1])
    page = found.as_html(issued.signed).decode()
    assert WHY in page and SOON.isoformat() in page and "the kinds key" in page
    assert "Kept for now by hold 1" in shown(database, vault, roster, number).events[-1].note
    with pytest.raises(Conflict, match="kept by a legal hold"):
        steps.run(database, vault, settings, OPERATOR, number)

    with database.writing() as session:
        holds.lift(session, roster.olga, vault, 1, "The claim was settled.")
    assert state_of(database, vault, roster.ana, number) is State.APPROVED
    assert steps.run(database, vault, settings, OPERATOR, number).state is State.DONE
    assert (kept(database, vault, 1), vault.objects.list("1")) == ([], ())
    with database.reading() as session:
        last = certificates.check(issuing.find(session, roster.ana, vault, number).signed.encode())
    assert (last.removed["Captures"], last.left, last.held) == (len(before), 0, ())


def test_where_all_of_it_is_held_nothing_goes_and_it_waits(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    hold(database, vault, 1)
    before = kept(database, vault, 1)
    first, second = put(database, vault, roster, Scope()), put(database, vault, roster, KEYS)
    number = approved(database, vault, roster, KEYS)
    assert steps.run(database, vault, settings, OPERATOR, number).state is State.HELD
    assert kept(database, vault, 1) == before
    with database.writing() as session:
        holds.lift(session, roster.olga, vault, first.number, "No longer.")
    assert steps.run(database, vault, settings, OPERATOR, number).state is State.HELD
    assert kept(database, vault, 1) == before
    with database.writing() as session:
        request.withdraw(session, roster.ana, vault, number)
    with database.writing() as session:
        holds.lift(session, roster.olga, vault, second.number, "No longer.")
    assert state_of(database, vault, roster.ana, number) is State.WITHDRAWN


def test_where_all_of_it_is_held_whoever_has_a_copy_is_told_all_the_same(
    database: Database, vault: Vault, roster: Roster, settings: Settings, tmp_path: Path
) -> None:
    """A hold keeps what is here; it is no reason for others to keep it too."""
    keep(database, vault, 1, rows(30))
    take(database, vault, tmp_path / "set.jsonl")
    put(database, vault, roster, Scope())
    number = approved(database, vault, roster)
    assert steps.run(database, vault, settings, OPERATOR, number).state is State.HELD
    with database.reading() as session:
        (task,) = tasks.about(session, roster.ana, 1)
    assert (task.request_id, task.outcome) == (number, tasks.Outcome.OPEN)


def test_a_hold_that_comes_before_the_deletion_begins_limits_it_and_one_that_comes_later_has_to_wait(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    keep(database, vault, 1, rows(30))
    number = approved(database, vault, roster)
    taken, _ = work.take(database, vault, settings, number)
    work.leave(taken)
    put(database, vault, roster)
    stop = iter((False, True))
    steps.run(database, vault, settings, OPERATOR, number, until=lambda: next(stop))
    with database.reading() as session:
        assert session.get_one(RequestRow, (1, number)).next_step == "keys"
    with pytest.raises(Conflict, match=f"Request {number} is deleting some of that right now"):
        put(database, vault, roster, Scope(frozenset({Kind.CLICK})))
    put(database, vault, roster, person=2)
    assert steps.run(database, vault, settings, OPERATOR, number).state is State.HELD
    assert {row["kind"] for row in kept(database, vault, 1)} == {"key"}


def test_of_a_hold_that_they_are_not_told_of_a_person_learns_only_what_would_be_a_lie_to_hide(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    keep(database, vault, 1, rows(30))
    secret = "They would destroy the evidence."
    put(database, vault, roster, untold=secret)
    with database.reading() as session:
        assert holds.about(session, roster.ana, vault, 1) == ()
        seen = sparing.preview(session, roster.ana, vault, 1, RequestKind.ERASURE, Scope())
        assert (seen.goes, seen.stays, seen.kept) == (seen.matching, 0, ())
        assert (
            session.scalars(
                select(AboutRow)
                .join(EntryRow, EntryRow.position == AboutRow.position)
                .where(EntryRow.action == Action.HOLD.value)
            ).all()
            == []
        )
        organizer = replace(roster.cal, roles=frozenset({Role.ORGANIZER}))
        assert holds.figures(session, organizer, vault) == holds.Figures(1, 1, 0)
        with pytest.raises(NotAllowed):
            holds.figures(session, roster.ana, vault)
    number = approved(database, vault, roster)
    found = steps.run(database, vault, settings, OPERATOR, number)
    with database.reading() as session:
        (keeps,) = sparing.of_request(session, roster.ana, vault, found)
        page = issuing.find(session, roster.ana, vault, number)
        (seen,) = sparing.of_request(session, roster.omar, vault, found)
    assert (keeps.number, keeps.reason, seen.number) == (None, "", 1)
    told = repr(shown(database, vault, roster, number)) + page.signed + page.certificate.as_html(page.signed).decode()
    assert WHY not in told and secret not in told and "may not be told yet" in told
    with database.writing() as session:
        holds.lift(session, roster.omar, vault, 1, "It is over.")
        (mine,) = holds.about(session, roster.ana, vault, 1)
    assert (mine.reason, mine.untold, mine.lines[-1].words) == (WHY, secret, "It is over.")


def test_an_officer_does_not_read_of_a_hold_on_themselves_that_says_so(
    database: Database, vault: Vault, roster: Roster
) -> None:
    with database.writing() as session:
        holds.propose(session, roster.olga, vault, 4, KEYS, WHY, SOON, "They are an officer.")
    with database.writing() as session:
        assert holds.listed(session, roster.omar, vault) == ()
        with pytest.raises(NotFound):
            holds.confirm(session, roster.omar, vault, 1)
        assert len(holds.listed(session, roster.olga, vault)) == 1


def test_a_review_is_made_by_another_officer_and_a_day_that_passed_ends_nothing(
    database: Database, vault: Vault, roster: Roster
) -> None:
    found = put(database, vault, roster)
    assert (found.is_overdue(SOON), found.is_overdue(SOON + timedelta(days=1))) == (False, True)
    with database.writing() as session, pytest.raises(Conflict, match="another officer must look"):
        holds.review(session, roster.olga, vault, 1, "Still going on.", SOON + timedelta(days=9))
    with database.writing() as session:
        later = holds.review(session, roster.omar, vault, 1, "Still going on.", SOON + timedelta(days=9))
    assert (later.review_on, later.is_in_force) == (SOON + timedelta(days=9), True)
    with database.reading() as session:
        after = instants.of(instants.moment(instants.now()) + timedelta(days=400))
        viewer = replace(roster.cal, roles=frozenset({Role.ORGANIZER}))
        assert holds.figures(session, viewer, vault, after).overdue == 1
        assert len(holds.keeping(session, vault, 1)) == 1
    with database.writing() as session, pytest.raises(Conflict, match="not in force"):
        made = holds.propose(session, roster.olga, vault, 2, KEYS, WHY, SOON)
        holds.lift(session, roster.omar, vault, made.number, "Never was.")


@pytest.mark.parametrize("harm", ["details gone", "details swapped", "entry renamed", "entry gone"])
def test_a_hold_that_was_taken_out_of_the_tables_stops_every_deletion(
    database: Database, vault: Vault, roster: Roster, settings: Settings, harm: str
) -> None:
    keep(database, vault, 1, rows(30))
    put(database, vault, roster)
    put(database, vault, roster, person=2)  # so that what is taken out is not the last
    number = approved(database, vault, roster)
    with database.writing() as session:
        first = select(EntryRow.position).where(EntryRow.action == Action.HOLD.value).order_by(EntryRow.position)
        set_at, confirmed_at = session.scalars(first.limit(2)).all()
        if harm == "details gone":
            session.execute(delete(DetailsRow).where(DetailsRow.position == confirmed_at))
        elif harm == "details swapped":
            other = session.scalars(select(DetailsRow.details).where(DetailsRow.position == set_at)).one()
            session.execute(update(DetailsRow).where(DetailsRow.position == confirmed_at).values(details=other))
        elif harm == "entry renamed":
            session.execute(
                update(EntryRow).where(EntryRow.position == confirmed_at).values(action="captures imported")
            )
        else:
            session.execute(delete(EntryRow).where(EntryRow.position == confirmed_at))
    with pytest.raises(Unreadable, match="nothing is deleted before"):
        steps.run(database, vault, settings, OPERATOR, number)
    assert len(kept(database, vault, 1)) == 30


def test_an_entry_of_another_kind_renamed_to_a_hold_invents_none(
    database: Database, vault: Vault, roster: Roster
) -> None:
    number = approved(database, vault, roster)
    with database.writing() as session:
        session.execute(
            update(EntryRow).where(EntryRow.action == Action.REQUEST_DECIDED.value).values(action=Action.HOLD.value)
        )
    with database.reading() as session:
        assert holds.listed(session, roster.olga, vault) == ()
        with pytest.raises(Unreadable):
            holds.keeping(session, vault, 1)
    assert number == 1


def test_a_backup_that_is_put_back_deletes_again_what_was_deleted_and_leaves_what_was_held(
    database: Database, vault: Vault, roster: Roster, settings: Settings, tmp_path: Path
) -> None:
    """A real one: database, objects, keyring and the file that would refuse an older database, from before."""
    with database.writing() as session:
        log.extend(session, vault, [Entry(Action.STORE_MADE, [], OPERATOR, None, {}, 0)])
    hold(database, vault, 1)
    before = kept(database, vault, 1)
    put(database, vault, roster)
    with backup(database, tmp_path) as copy:
        steps.run(database, vault, settings, OPERATOR, approved(database, vault, roster))
        left = kept(database, vault, 1)
        assert left == [row for row in before if row["kind"] == "key"]
        copy.put_back("keyring", "checkpoint")
        assert kept(database, vault, 1) == before
        assert open_once(settings)
        assert kept(database, vault, 1) == left

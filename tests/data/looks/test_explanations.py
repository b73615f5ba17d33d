"""What explains a read stands in the log: rows beside it hide nothing, and what was done to them is named."""

from __future__ import annotations

import random
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from data import instants
from data.accesses import keys, log
from data.accesses.about import People
from data.accesses.entry import Action
from data.accesses.tables import DetailsRow, EntryRow, ExplanationRow
from data.database import Database
from data.errors import Conflict
from data.looks import explanations, history, look, unexplained, verdicts
from data.looks.matching import WITHIN
from data.looks.pairing import Outcome, Pairing
from data.looks.reconciliation import Reconciler
from data.looks.verdicts import Verdict
from data.notices import notice
from data.people.viewer import Role, Viewer
from data.proofs import contents
from data.proofs.findings import Finding, What
from data.sealing.vault import Vault
from tests.data.accesses.logging import ANA, BEN, OFFICER, own
from tests.data.looks.test_reconciliation import AT, ENGINEER, TRAINER, WHY, declared, looks, seen


def findings(database: Database, vault: Vault) -> list[Finding]:
    with database.reading() as session:
        return list(contents.damaged(session, vault))


def rows(database: Database) -> list[tuple[int, int, bool]]:
    with database.reading() as session:
        found = select(ExplanationRow.position, ExplanationRow.said, ExplanationRow.settles)
        return [(one, said, settles) for one, said, settles in session.execute(found.order_by(ExplanationRow.position))]


def waits(database: Database, vault: Vault) -> list[int]:
    """Which accesses wait for the officer, and that the page counts as many."""
    with database.reading() as session:
        found = unexplained.groups(session, OFFICER, vault)
        count = sum(one.count for one in found)
        assert (count, len(found)) == unexplained.waits(session, vault)
        assert count == unexplained.waiting(session, vault)
    return sorted(one.position for one in found)


def test_a_row_that_somebody_put_there_hides_nothing_from_anybody(database: Database, vault: Vault) -> None:
    """Whoever can write the database has no key: not the officer's queue, not the person's page, not the notices, and
    not the figures believe a row that no entry bears out."""
    other = declared(database, vault, TRAINER)
    position = seen(database, vault)
    for said, settles in ((other, True), (position, True), (10_000, True), (10_001, False)):
        with database.writing() as session:
            session.execute(insert(ExplanationRow).values(position=position, said=said, settles=settles))
        assert waits(database, vault) == [position]
        assert looks(database, vault)[position].marks == (look.UNEXPLAINED,)
    with database.reading() as session:
        assert history.figures(session, own(ANA), vault, ANA, 0).unexplained == 1
    notice.keep_up(database, vault, by_mail=False)
    with database.reading() as session:
        assert notice.unseen(session, own(ANA), vault, ANA).looks[0].position == position
    assert findings(database, vault) == [
        Finding(What.EXPLANATION_UNFOUNDED, position, said) for said in (other, position, 10_000, 10_001)
    ]


def point_elsewhere(session: Session, explained: int, waiting: int) -> None:
    """A row of what is explained is made one of what is not."""
    session.execute(update(ExplanationRow).where(ExplanationRow.position == explained).values(position=waiting))


def add_beside(session: Session, explained: int, waiting: int) -> None:
    """What is not explained is said to be by the very entry that explains another."""
    said = session.scalar(select(ExplanationRow.said).where(ExplanationRow.position == explained))
    session.execute(insert(ExplanationRow).values(position=waiting, said=said, settles=True))


def turn_around(session: Session, explained: int, waiting: int) -> None:
    """What a late declaration nearly explains is called settled by it."""
    session.execute(update(ExplanationRow).where(ExplanationRow.position == waiting).values(settles=True))


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (point_elsewhere, {(What.EXPLANATION_MISSING, 1), (What.EXPLANATION_UNFOUNDED, 2)}),
        (add_beside, {(What.EXPLANATION_UNFOUNDED, 2)}),
        (turn_around, {(What.EXPLANATION_UNFOUNDED, 2)}),
    ],
)
def test_an_altered_row_hides_nothing_and_is_named(
    database: Database,
    vault: Vault,
    tamper: Callable[[Session, int, int], None],
    found: set[tuple[What, int]],
) -> None:
    declared(database, vault)
    explained, waiting = seen(database, vault), seen(database, vault, TRAINER)
    assert Reconciler().run(database, vault) == 1
    declared(database, vault, TRAINER)
    Reconciler().run(database, vault)
    assert waits(database, vault) == [waiting]
    with database.writing() as session:
        tamper(session, explained, waiting)
    assert waiting in waits(database, vault)
    assert look.UNEXPLAINED in looks(database, vault)[waiting].marks
    assert {(one.what, one.first) for one in findings(database, vault)} == found


def test_a_row_that_was_taken_away_makes_the_read_unexplained_for_everybody_and_is_named(
    database: Database, vault: Vault
) -> None:
    declared(database, vault)
    position = seen(database, vault)
    assert Reconciler().run(database, vault) == 1
    assert waits(database, vault) == []
    ((_, said, _),) = rows(database)
    for take in (delete(ExplanationRow), update(ExplanationRow).values(settles=False)):
        with database.writing() as session:
            session.execute(take)
        assert waits(database, vault) == [position]
        assert findings(database, vault) == [Finding(What.EXPLANATION_MISSING, position, said)]
        with database.writing() as session:
            session.execute(delete(ExplanationRow))
            session.execute(insert(ExplanationRow).values(position=position, said=said, settles=True))
    assert findings(database, vault) == []
    with database.writing() as session:
        session.execute(delete(ExplanationRow))
    # The log still says it, so nobody finds it anew; an officer's word is heard all the same.
    assert Reconciler().run(database, vault) == 0
    with database.writing() as session:
        unexplained.explain(session, OFFICER, vault, position, WHY, expected=1, justified=False)
    assert looks(database, vault)[position].marks == (look.UNJUSTIFIED,)


def test_an_entry_that_was_altered_explains_nothing_and_is_found_anew(database: Database, vault: Vault) -> None:
    declared(database, vault)
    position = seen(database, vault)
    assert Reconciler().run(database, vault) == 1
    ((_, said, _),) = rows(database)
    with database.writing() as session:
        session.execute(update(DetailsRow).where(DetailsRow.position == said).values(details=b"x" * 80))
    assert waits(database, vault) == [position]
    assert looks(database, vault)[position].marks == (look.UNEXPLAINED,)
    assert findings(database, vault) == [Finding(What.DETAILS_CHANGED, said, said)]
    assert Reconciler().run(database, vault) == 1
    assert waits(database, vault) == []


def test_no_other_entry_can_be_made_to_look_like_one_that_explains(database: Database, vault: Vault) -> None:
    """Not one with such a scope that somebody imported, whose action is changed: an import adds what it was made of."""
    position = seen(database, vault)
    fake = declared(database, vault, TRAINER, matched=[[position, 0]], nearly=[], through=1, record={"id": "x"})
    with database.writing() as session:
        session.execute(
            update(EntryRow).where(EntryRow.position == fake).values(action=Action.MATCHED.value, source="daylight")
        )
        session.execute(insert(ExplanationRow).values(position=position, said=fake, settles=True))
    assert waits(database, vault) == [position]
    assert Finding(What.EXPLANATION_UNFOUNDED, position, fake) in findings(database, vault)


def test_a_pair_that_does_not_hold_is_named_though_the_log_says_it(database: Database, vault: Vault) -> None:
    """Whoever holds the keys can seal what is not true; the check makes the comparison again, budgets included."""
    other = declared(database, vault, people=(ANA,), count=5)
    of_both, of_ana = seen(database, vault, people=(ANA, BEN)), [seen(database, vault, count=3) for _ in range(2)]
    elsewhere = seen(database, vault, at=AT + instants.DAY)
    with database.writing() as session:
        pairs = [Outcome(one, other) for one in (of_both, *of_ana, elsewhere)]
        (said,) = verdicts.match(session, vault, pairs, elsewhere + 1)
        explanations.keep(session, said, verdicts.of(session, keys.find(session, vault), [said])[said])
    assert [(one.what, one.first) for one in findings(database, vault)] == [
        (What.EXPLANATION_WRONG, one) for one in (of_both, of_ana[1], elsewhere)
    ]


def test_an_officers_word_is_sealed_in_the_log_and_names_each_access(database: Database, vault: Vault) -> None:
    first, second = seen(database, vault), seen(database, vault, at=AT + instants.HOUR)
    tomorrow = seen(database, vault, at=AT + instants.DAY)
    with database.writing() as session:
        unexplained.explain(session, OFFICER, vault, first, WHY, expected=2, justified=False)
        (said,) = session.scalars(select(EntryRow.position).where(EntryRow.action == Action.EXPLAINED.value))
        assert b"backup" not in session.get_one(DetailsRow, said).details
        word = verdicts.of(session, keys.find(session, vault), [said])[said]
    assert list(word.said) == [first, second]
    assert word.said[first][0].verdict is Verdict.UNJUSTIFIED
    with database.writing() as session:
        session.execute(insert(ExplanationRow).values(position=tomorrow, said=said, settles=True))
    assert waits(database, vault) == [tomorrow]
    assert looks(database, vault)[tomorrow].marks == (look.UNEXPLAINED,)


def test_what_an_officer_explains_was_held_against_what_was_declared_before(database: Database, vault: Vault) -> None:
    """Else it would depend on who is quicker whether a declaration is used up."""
    declared(database, vault)
    position = seen(database, vault)
    with pytest.raises(Conflict, match="explained meanwhile"), database.writing() as session:
        unexplained.explain(session, OFFICER, vault, position, WHY, expected=1)
    omar = Viewer(8, frozenset({Role.OFFICER}), "Omar", "omar@x.org")
    second = seen(database, vault)
    with database.writing() as session:
        unexplained.explain(session, omar, vault, second, WHY, expected=1)
    found = looks(database, vault)
    assert [found[one].explanation.verdict for one in (position, second)] == [Verdict.DECLARED, Verdict.EXPLAINED]  # pyright: ignore[reportOptionalMemberAccess]


def test_two_that_reconcile_at_once_use_a_declaration_up_once(database: Database, vault: Vault) -> None:
    for number in range(20):
        at = AT + number * instants.HOUR
        declared(database, vault, at=at, count=5)
        for _ in range(3):
            seen(database, vault, at=at, count=2)
    barrier, counts = Barrier(3), list[int]()

    def reconcile() -> None:
        reconciler = Reconciler()
        barrier.wait()
        counts.append(reconciler.run(database, vault))

    threads = [Thread(target=reconcile) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 40
    assert len(waits(database, vault)) > 0
    with database.reading() as session:
        words = verdicts.since(session, keys.find(session, vault), 0)
        assert len(words) == 1
        assert unexplained.waiting(session, vault) == 20
    assert findings(database, vault) == []


def test_what_was_used_up_before_stays_used_up_whoever_goes_on(database: Database, vault: Vault) -> None:
    declared(database, vault, count=5)
    for count, explained in ((3, 1), (3, 0), (2, 1), (1, 0)):
        seen(database, vault, count=count)
        assert Reconciler().run(database, vault) == explained


def test_a_run_without_a_finding_marks_how_far_it_came_only_now_and_then(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    from data.looks import reconciliation

    monkeypatch.setattr(reconciliation, "_FAR", 3)
    seen(database, vault)
    assert Reconciler().run(database, vault) == 0
    with database.reading() as session:
        assert verdicts.since(session, keys.find(session, vault), 0) == {}
    for _ in range(2):
        seen(database, vault)
    assert Reconciler().run(database, vault) == 0
    with database.reading() as session:
        (word,) = verdicts.since(session, keys.find(session, vault), 0).values()
        end = log.tree.end(session)
    assert (word.through, dict(word.said), end) == (3, {}, 4)
    declared(database, vault, ENGINEER, at=AT)
    assert Reconciler().run(database, vault) == 0
    assert findings(database, vault) == []


def test_the_log_gains_the_same_findings_entry_by_entry_as_from_the_whole(database: Database, vault: Vault) -> None:
    """What a run loads of what was before is only what matters: it must not change what is found."""
    draw = random.Random(20261128)
    observed = set[int]()
    for _ in range(30):
        who, at = draw.choice((ENGINEER, TRAINER)), AT + draw.randrange(4) * WITHIN
        people, count = draw.choice(((ANA,), (BEN,), (ANA, BEN))), draw.randrange(4)
        if draw.random() < 0.5:
            observed.add(seen(database, vault, who, people=people, at=at, count=count))
        else:
            span = {"until": instants.iso(at + 3 * WITHIN)} if draw.random() < 0.3 else {}
            declared(database, vault, who, people=people, at=at, count=count, **span)
        if draw.random() < 0.6:
            Reconciler().run(database, vault)
    Reconciler().run(database, vault)
    with database.reading() as session:
        log_keys = keys.find(session, vault)
        assert log_keys is not None
        state = Pairing()
        for one in explanations.sides(session, log_keys, People(session, log_keys)):
            (state.observe if one.position in observed else state.declare)(one)
        words = verdicts.since(session, log_keys, 0).values()
    found = {(at, one.declared, one.why) for word in words for at, some in word.said.items() for one in some}
    assert len([one for one in state.outcomes if one.why is None]) > 3
    assert found == {tuple(one) for one in state.outcomes}
    assert findings(database, vault) == []

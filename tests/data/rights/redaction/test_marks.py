"""Officers' marks: made before release, impartially, in the open, undone by an appeal, deleted with the pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data import instants
from data.accesses import events
from data.accesses.entry import Action
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.looks import history
from data.people import grants
from data.people.viewer import OPERATOR
from data.rights import appeals, request
from data.rights.export import archive
from data.rights.redaction import bystanders, looking, marks
from data.rights.redaction.marks import Mark
from data.rights.redaction.region import WHOLE, Region, Shown
from data.rights.states import RequestKind, State
from data.rights.tables import ScreenMarkRow
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.rights.conftest import Roster
from tests.data.rights.holding import START
from tests.data.rights.redaction.drawn import CHAT, HIGH, WIDE, ask, picture, read, two
from tests.data.rights.redaction.test_copies import CHATS, CORNER, mark, pictures, rule, run, taken, told
from tests.data.rights.redaction.test_copies import settings as settings

FACE = "a" * 64


def waits(database: Database, vault: Vault, roster: Roster) -> None:
    with database.writing() as session:
        bystanders.wait(session, roster.olga, vault, True)


def test_a_copy_waits_for_an_officer_only_where_that_is_on_record_and_pictures_are_held(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    """Otherwise an officer could never look before release; and nobody waits for nothing."""
    two(database, vault, START)
    waits(database, vault, roster)
    number, other = ask(database, vault, roster.ana, 1), ask(database, vault, roster.cal, 2)
    with database.reading() as session:
        assert request.show(session, roster.ana, vault, number).state is State.OPEN
        assert request.show(session, roster.cal, vault, other).state is State.APPROVED
    with pytest.raises(Conflict, match="wait until a privacy officer"):
        archive.write_export(database, vault, roster.ana, 1, tmp_path / "copy.zip")
    assert not (tmp_path / "copy.zip").exists()


def test_an_officer_looks_before_release_and_the_person_sees_each_look_and_each_mark(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    chat, code = two(database, vault, START)
    waits(database, vault, roster)
    with database.writing() as session:
        only = Scope(frozenset({Kind.SCREEN}))  # the window in front is told though it is not asked for
        number = request.open_request(session, roster.ana, vault, 1, RequestKind.EXPORT, only).id
    with database.writing() as session:
        listed = looking.listed(session, roster.olga, vault, number)
        seen = looking.picture(session, roster.olga, vault, number, code)
    assert [(one.screen, one.app) for one in listed] == [(chat, CHAT), (code, "Code")]
    assert (read(seen.data) == read(picture(12))).all()
    made = mark(database, vault, roster.olga, number, Mark(CORNER, Shown.OTHER, "a badge", code))
    with database.writing() as session:
        request.decide(session, roster.olga, vault, number, approve=True)
    assert run(database, vault, settings, number).counts["blacked_out"] == 1
    with database.reading() as session:
        looks = history.about(session, roster.ana, vault, 1, limit=9)
        found = request.show(session, roster.ana, vault, number)
        logged, _ = events.of(session, vault, Action.BLACKED_OUT)
    others = [(one.purpose.value, one.ticket, one.count) for one in looks if not one.is_own]
    assert others == [("request", f"request {number}", 1), ("request", f"request {number}", 2)]
    (event,) = [one for one in found.events if "blacked out" in one.what]
    assert (event.actor, event.note) == ("officer", "something else about somebody else: a badge")
    assert [(one.row.position, one.scope["screen"], "words" in one.scope) for one in logged] == [
        (made.position, code, False)
    ]


def test_nobody_marks_who_could_not_decide_and_nothing_is_marked_that_is_not_there(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """Not their own copies, not one they asked for, not another kind of request, and no region that is none."""
    _, code = two(database, vault, START)
    number = ask(database, vault, roster.ana, 1)
    own = ask(database, vault, roster.olga, 3)
    opened = ask(database, vault, roster.olga, 2)
    with database.writing() as session:
        erasing = request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE).id
    one = Mark(WHOLE, Shown.FACE, "", code)
    tries: list[tuple[type[Exception], Callable[[], object]]] = [
        (NotAllowed, lambda: mark(database, vault, roster.ana, number, one)),
        (NotAllowed, lambda: mark(database, vault, roster.olga, own, one)),
        (NotAllowed, lambda: mark(database, vault, roster.olga, opened, one)),
        (Conflict, lambda: mark(database, vault, roster.olga, erasing, one)),
        (NotFound, lambda: mark(database, vault, roster.olga, number, Mark(WHOLE, Shown.FACE, "", FACE))),
        (BadInput, lambda: mark(database, vault, roster.olga, number, Mark(WHOLE, Shown.OTHER, " ", code))),
        (BadInput, lambda: mark(database, vault, roster.olga, number, Mark(WHOLE, Shown.FACE))),
        (BadInput, lambda: mark(database, vault, roster.olga, number, Mark(WHOLE, Shown.FACE, start=5, end=5))),
        (
            BadInput,
            lambda: mark(
                database, vault, roster.olga, number, Mark(Region(9, 0, 5, 5, WIDE, HIGH), Shown.FACE, "", code)
            ),
        ),
    ]
    for refused, make in tries:
        with pytest.raises(refused):
            make()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ScreenMarkRow)) == 0
        assert events.of(session, vault, Action.BLACKED_OUT) == ([], 0)


def test_a_mark_that_was_given_back_is_in_no_later_copy_and_stays_in_the_history(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    _, code = two(database, vault, START)
    number = ask(database, vault, roster.ana, 1)
    made = mark(database, vault, roster.olga, number, Mark(CORNER, Shown.FACE, "", code))
    with database.writing() as session:
        marks.uncover(session, roster.omar, vault, number, made.id)
        with pytest.raises(NotFound):
            marks.uncover(session, roster.omar, vault, number, made.id)
    done = run(database, vault, settings, number)
    assert "blacked_out" not in done.counts
    assert [one.what for one in done.events if "blacked" in one.what] == [
        "a part of the pictures was blacked out",
        "a blacked out part was uncovered",
    ]
    assert mark(database, vault, roster.olga, ask(database, vault, roster.ana, 1), Mark(CORNER, Shown.FACE, "", code))


def test_what_was_blacked_out_is_appealed_to_an_officer_who_did_not_mark_it_and_given_back_when_overturned(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    """Blacking out is a refusal in part, and must not be the last word of whoever did it."""
    for officer in ("olga", "omar"):
        with database.writing() as session:
            grants.grant(session, OPERATOR, vault, f"{officer}@example.org", "officer")
    chat, code = two(database, vault, START)
    rule(database, vault, roster.omar)
    number = ask(database, vault, roster.ana, 1)
    mark(database, vault, roster.olga, number, Mark(WHOLE, Shown.OTHER, "who decided it", code))
    done = run(database, vault, settings, number)
    assert appeals.possible(done)
    with database.writing() as session:
        appeals.ask(session, roster.ana, vault, number, "It hides who gave the order.")
    with database.writing() as session, pytest.raises(NotAllowed, match="blacked out parts"):
        appeals.decide(session, roster.olga, vault, number, True, "No.")
    with database.writing() as session:
        decided = appeals.decide(session, roster.omar, vault, number, True, "It shows nobody but Ana.")
    assert decided.appeal is not None
    assert decided.appeal.goes_on is not None
    assert "blacked_out" not in run(database, vault, settings, decided.appeal.goes_on).counts
    with taken(database, vault, roster.ana, decided.appeal.goes_on) as found:
        assert pictures(found) == sorted(f"screens/{one}.png" for one in (chat, code))
    again = ask(database, vault, roster.ana, 1)
    assert run(database, vault, settings, again).counts["blacked_out"] == 1, "the rule stands for later copies"
    with taken(database, vault, roster.ana, again) as found:
        assert [one["screen"] for one in told(found)] == [chat]


def test_an_appeal_that_is_upheld_changes_nothing_and_one_without_a_cause_is_refused(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    with database.writing() as session:
        grants.grant(session, OPERATOR, vault, "omar@example.org", "officer")
    two(database, vault, START)
    whole = ask(database, vault, roster.ana, 1)
    assert not appeals.possible(run(database, vault, settings, whole))
    with database.writing() as session, pytest.raises(Conflict, match="nothing to appeal"):
        appeals.ask(session, roster.ana, vault, whole, "Why?")
    rule(database, vault, roster.olga, CHATS)
    number = ask(database, vault, roster.ana, 1)
    run(database, vault, settings, number)
    with database.writing() as session:
        appeals.ask(session, roster.ana, vault, number, "Why?")
    with database.writing() as session:
        appeals.decide(session, roster.omar, vault, number, False, "Rosa wrote that.")
    with taken(database, vault, roster.ana, number) as found:
        assert len(told(found)) == 1


@pytest.mark.parametrize("whole", [True, False])
def test_a_deletion_takes_what_was_marked_in_what_it_deletes_and_nothing_else(
    database: Database, vault: Vault, roster: Roster, settings: Settings, whole: bool
) -> None:
    chat, code = two(database, vault, START)
    number = ask(database, vault, roster.ana, 1)
    minute = instants.MINUTE
    for one in (
        Mark(CORNER, Shown.FACE, "", chat),
        Mark(CORNER, Shown.FACE, "", code),
        Mark(CORNER, Shown.FACE, start=START, end=START + minute),
        Mark(CORNER, Shown.FACE, start=START, end=START + 9 * minute),
    ):
        mark(database, vault, roster.olga, number, one)
    scope = Scope() if whole else Scope(end=START + 2 * minute)
    with database.writing() as session:
        erasing = request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE, scope).id
        request.decide(session, roster.olga, vault, erasing, approve=True)
    run(database, vault, settings, erasing)
    with database.reading() as session:
        left = [one.id for one in marks.holding(session, vault, 1)]
    assert left == ([] if whole else [2, 4])

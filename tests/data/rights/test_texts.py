"""Saved texts: shared by officers, about nobody, each change in the log without its words, and gone when removed."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from data.accesses import events
from data.accesses.entry import Action
from data.accesses.tables import AboutRow
from data.database import Database
from data.errors import BadInput, Conflict, Error, NotAllowed, NotFound
from data.people.tables import PersonRow
from data.rights import texts
from data.rights.texts import SavedText, Use
from data.sealing.vault import Vault
from tests.data.rights.conftest import Roster

TITLE, WORDS = "Evidence in a dispute", "A court wants this kept. We look at it again once it has decided."


def add(database: Database, vault: Vault, roster: Roster, use: Use = Use.REFUSAL, title: str = TITLE) -> SavedText:
    with database.writing() as session:
        return texts.add(session, roster.olga, vault, use, title, WORDS)


def listed(database: Database, roster: Roster, use: Use | None = None) -> tuple[SavedText, ...]:
    with database.reading() as session:
        return texts.listed(session, roster.omar, use)


def test_a_text_is_shared_changed_and_removed_and_the_log_keeps_that_but_not_its_words(
    database: Database, vault: Vault, roster: Roster
) -> None:
    made = add(database, vault, roster)
    assert listed(database, roster) == (made,)
    assert listed(database, roster, Use.ANSWER) == ()
    with database.writing() as session:
        changed = texts.change(session, roster.omar, vault, made.number, TITLE, "Shorter.", version=1)
    assert (changed.words, changed.version) == ("Shorter.", 2)
    with database.writing() as session:
        texts.remove(session, roster.olga, vault, made.number, version=2)
    assert listed(database, roster) == ()
    with database.reading() as session:
        logged, lost = events.read(session, vault, Action.SAVED_TEXT)
        about = list(session.scalars(select(AboutRow.person_id)))
    assert (len(logged), lost, about) == (3, 0, [])
    said = [details.read["scope"] for _, details in logged]
    assert [(one["text"], one["version"], one["did"]) for one in said] == [
        *((made.number, 1, "added"), (made.number, 2, "changed"), (made.number, 2, "removed")),
    ]
    assert len({one["sha256"] for one in said}) == 2
    assert "court" not in json.dumps(said)
    assert [details.accessor["name"] for _, details in logged] == ["Olga", "Omar", "Olga"]
    assert add(database, vault, roster).number == made.number + 1  # the log's numbers mean one text each


@pytest.mark.parametrize(
    ("title", "words", "said"),
    [
        ("Dear {name}", WORDS, "gaps"),
        (TITLE, "Dear [Name],", "gaps"),
        (TITLE, "Dear <name>", "gaps"),
        (TITLE, "Dear ____,", "gaps"),
        (TITLE, "Dear XXX,", "gaps"),
        (TITLE, "As we told Ana-María  RUIZ, before.", "names Ana-María Ruiz"),
        (TITLE, "Write to olga@example.org.", "names Olga"),
        (" ", WORDS, "title"),
        ("x" * 81, WORDS, "title"),
        (TITLE, " ", "words"),
        (TITLE, "x" * 4001, "characters"),
    ],
)
def test_a_text_with_a_gap_or_with_somebodys_name_is_not_saved(
    database: Database, vault: Vault, roster: Roster, title: str, words: str, said: str
) -> None:
    """What stands in a text for many would reach a person it is not about."""
    with database.writing() as session:
        session.get_one(PersonRow, 1).name = "Ana-María Ruiz"
    with pytest.raises(BadInput, match=said), database.writing() as session:
        texts.add(session, roster.olga, vault, Use.REFUSAL, title, words)
    assert listed(database, roster) == ()


def test_words_that_are_also_somebodys_one_name_may_stand_in_a_text(
    database: Database, vault: Vault, roster: Roster
) -> None:
    with database.writing() as session:
        texts.add(session, roster.olga, vault, Use.ANSWER, "Olga", "We ask Cal. Anna Maria Ruizdal is nobody here.")


def test_a_second_click_a_stale_page_and_a_text_that_is_gone_change_nothing(
    database: Database, vault: Vault, roster: Roster
) -> None:
    made = add(database, vault, roster)
    with database.writing() as session:
        texts.change(session, roster.omar, vault, made.number, TITLE, "Newer.", version=1)
    for number, words, version, error in (
        (made.number, "Mine.", 1, Conflict),
        (made.number, "Newer.", 2, Conflict),
        (99, "Mine.", None, NotFound),
    ):
        with pytest.raises(error), database.writing() as session:
            texts.change(session, roster.olga, vault, number, TITLE, words, version=version)
    with pytest.raises(Conflict), database.writing() as session:
        texts.remove(session, roster.olga, vault, made.number, version=1)
    with pytest.raises(Conflict, match="title already"):
        add(database, vault, roster, title=TITLE.upper())
    with pytest.raises(BadInput, match="one of"), database.writing() as session:
        texts.add(session, roster.olga, vault, "gossip", TITLE, WORDS)
    add(database, vault, roster, Use.ANSWER)  # of another use it may have the same title
    assert [(one.use, one.words) for one in listed(database, roster)] == [(Use.REFUSAL, "Newer."), (Use.ANSWER, WORDS)]


def test_texts_are_for_officers_alone(database: Database, vault: Vault, roster: Roster) -> None:
    made = add(database, vault, roster)
    acts = (
        lambda session: texts.listed(session, roster.ana),
        lambda session: texts.add(session, roster.ana, vault, Use.ANSWER, TITLE, WORDS),
        lambda session: texts.change(session, roster.ana, vault, made.number, TITLE, "x"),
        lambda session: texts.remove(session, roster.ana, vault, made.number),
    )
    for act in acts:
        with pytest.raises(NotAllowed), database.writing() as session:
            act(session)
    assert issubclass(NotAllowed, Error)

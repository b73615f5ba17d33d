"""A certificate does not stay untrue: what becomes of copies outside is signed anew, and what was signed stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from data import instants
from data.__main__ import main
from data.copies import consumer, tasks
from data.copies.tables import CopyTaskRow
from data.copies.tasks import Outcome
from data.database import Database
from data.errors import NotFound
from data.people.tables import GrantRow
from data.people.viewer import OPERATOR, Role
from data.rights import holds, request, settling, steps
from data.rights.erasure import certificate, issuing
from data.rights.erasure.certificate import Certificate
from data.sealing.vault import Vault
from pages.wording import standing
from tests.data.copies.holding import ANA, some, take, wanted
from tests.data.copies.holding import keep as keep_some
from tests.data.crashing import place_of
from tests.data.rights.conftest import Roster
from tests.data.rights.holding import keep, rows
from tests.data.rights.test_erasure import approved
from tests.data.rights.test_holds import put


@pytest.fixture
def number(database: Database, vault: Vault, roster: Roster, tmp_path: Path) -> int:
    """A deletion that is done, of captures of which two holders have copies."""
    keep_some(database, vault, ANA, some(ANA))
    with database.writing() as session:
        session.add_all(GrantRow(person_id=one, role=Role.OFFICER.value, granted_at=0) for one in (3, 4))
        for name in ("first", "second"):
            consumer.register(session, OPERATOR, vault, name, "A model.", "", "", 30)
    for name in ("first", "second"):
        take(database, vault, tmp_path / f"{name}.jsonl", what=wanted(consumer=name))
    found = approved(database, vault, roster)
    steps.run(database, vault, place_of(database, tmp_path).settings, OPERATOR, found)
    return found


def settle(
    database: Database, vault: Vault, roster: Roster, number: int, holder: str, outcome: Outcome, digest: str = ""
) -> None:
    with database.writing() as session:
        (task,) = (one for one in tasks.of_request(session, 1, number) if one.holder == holder)
        settling.settle(session, roster.omar, vault, task.name, outcome, "They wrote so.", digest)


def found(database: Database, vault: Vault, roster: Roster, number: int, revision: int | None = None) -> Certificate:
    """A revision, once it holds offline."""
    with database.reading() as session:
        issued = issuing.find(session, roster.ana, vault, number, revision)
    assert certificate.check(issued.signed.encode()) == issued.certificate
    return issued.certificate


def outcomes(held: Certificate) -> dict[str, str]:
    return {one["holder"]: one["outcome"] for one in held.copies}


def test_each_outcome_is_signed_anew_names_the_one_before_and_takes_nothing_back(
    database: Database, vault: Vault, roster: Roster, number: int
) -> None:
    first = found(database, vault, roster, number)
    assert (first.revision, first.before, first.changed) == (1, "", ())
    assert outcomes(first) == {"first": "open", "second": "open"}
    assert issuing.keep_up(database, vault) == 0
    settle(database, vault, roster, number, "first", Outcome.DONE, "ab" * 32)
    assert [issuing.keep_up(database, vault) for _ in range(2)] == [1, 0]
    second = found(database, vault, roster, number)
    assert (second.revision, second.before) == (2, first.digest)
    assert outcomes(second) == {"first": "done", "second": "open"}
    (said,) = second.changed
    assert "first" in said and f"digest of what is left: {'ab' * 32}" in said
    settle(database, vault, roster, number, "second", Outcome.IMPOSSIBLE)
    assert [issuing.keep_up(database, vault) for _ in range(2)] == [1, 0]
    third = found(database, vault, roster, number)
    assert (third.revision, third.before) == (3, second.digest)
    assert third.changed[0].endswith("They wrote so.") and "not possible" in third.changed[0]
    assert [found(database, vault, roster, number, one) for one in (1, 2)] == [first, second]
    with database.reading() as session, pytest.raises(NotFound, match="no revision 4"):
        issuing.find(session, roster.ana, vault, number, 4)


def test_a_day_that_passes_without_a_word_is_in_the_certificate(
    database: Database, vault: Vault, roster: Roster, number: int
) -> None:
    """Silence is an outcome too, once; a word after it still counts."""
    with database.writing() as session:
        session.execute(update(CopyTaskRow).where(CopyTaskRow.copy_id == 1).values(due_at=instants.now() - 1))
    assert [issuing.keep_up(database, vault) for _ in range(2)] == [1, 0]
    assert outcomes(found(database, vault, roster, number)) == {"first": "overdue", "second": "open"}
    settle(database, vault, roster, number, "first", Outcome.DONE)
    assert issuing.keep_up(database, vault) == 1
    held = found(database, vault, roster, number)
    assert "said to be deleted, without a digest, by an officer" in held.changed[0]
    shown = standing.revised(held)
    assert "revision 3" in shown and "without a digest" in shown and shown.count("revision=") == 2
    with database.reading() as session:
        page = held.as_html(issuing.find(session, roster.ana, vault, number).signed).decode()
        history = request.show(session, roster.ana, vault, number).events
    assert held.before in page and "without a digest" in page
    assert [event.what for event in history].count("a new certificate was signed") == 2


def test_what_a_lifted_hold_let_go_is_a_revision_and_the_command_says_what_is_held_and_where_copies_stand(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = place_of(database, tmp_path).settings
    keep(database, vault, 1, rows(30))
    take(database, vault, tmp_path / "set.jsonl")
    put(database, vault, roster)
    number = approved(database, vault, roster)
    steps.run(database, vault, settings, OPERATOR, number)
    partly = found(database, vault, roster, number)
    with database.reading() as session:
        (tmp_path / "certificate.txt").write_text(issuing.find(session, roster.ana, vault, number).signed)
    assert main(["rights", "verify", str(tmp_path / "certificate.txt")]) == 0
    said = capsys.readouterr().out
    assert "Kept for now by hold 1" in said
    assert "Copy of the operator (training, RUN-7), 30 captures: open; to be told, and to be deleted by" in said
    with database.writing() as session:
        holds.lift(session, roster.olga, vault, 1, "It is over.")
    steps.run(database, vault, settings, OPERATOR, number)
    whole = found(database, vault, roster, number)
    assert (whole.revision, whole.before) == (2, partly.digest)
    assert whole.changed[0].startswith(f"{partly.left} captures more were deleted")
    assert whole.changed[1] == "No legal hold keeps anything of it any more."
    assert found(database, vault, roster, number, 1) == partly

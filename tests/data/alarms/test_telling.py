"""Alarms reach whoever chose them: once, as counts, of nobody, and however the work is interrupted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select

from data import instants
from data.accesses import events, log, tree
from data.accesses.entry import Action
from data.accesses.tables import AboutRow, CheckRow
from data.alarms import choices, sources
from data.alarms.alarm import Kind
from data.alarms.telling import Teller
from data.controls import record as controls
from data.controls.control import Name, Result, State
from data.database import Database
from data.errors import NotAllowed
from data.exposures import noting
from data.incidents import record as incidents
from data.incidents.incident import Happening, Said
from data.incidents.record import Opening
from data.notices import notice, post
from data.notices.notice import Why
from data.people import grants
from data.people.viewer import OPERATOR, Role, Viewer
from data.programme import rules
from data.programme.reach import Reach
from data.proofs import checks, submitting, witnesses
from data.proofs.anchor import Anchor
from data.proofs.submitting import Reply
from data.proofs.witness_tables import AlarmRow
from data.sealing.vault import Vault
from tests.data.captures.events import presses
from tests.data.exposures.opening import found, look
from tests.data.incidents.test_drift import NOTICE, publish, take
from tests.data.notices.test_post import Inbox, inbox, settings
from tests.data.proofs import witnessed
from tests.data.proofs.witnessed import Council
from tests.data.rights.conftest import Roster, roster

__all__ = ["inbox", "roster"]
ORGANIZER = Viewer(2, frozenset({Role.EMPLOYEE, Role.ORGANIZER}), "Cal", "cal@example.org")
ALL = frozenset(Kind)


@pytest.fixture(autouse=True)
def organizer(database: Database, vault: Vault, roster: Roster) -> None:
    with database.writing() as session:
        grants.grant(session, OPERATOR, vault, "cal@example.org", "organizer")


def choose(database: Database, kinds: Collection[Kind], viewer: Viewer = ORGANIZER) -> None:
    with database.writing() as session:
        choices.choose(session, viewer, kinds)


def tell(database: Database, vault: Vault, *, by_mail: bool = False) -> int:
    return Teller().keep_up(database, vault, by_mail=by_mail)


def unseen(database: Database, vault: Vault) -> Mapping[Kind, int]:
    with database.reading() as session:
        return choices.unseen(session, ORGANIZER, vault)


def saw(database: Database, vault: Vault, state: State, minute: int, name: str = "sealing") -> None:
    """A look at a promise, `minute` minutes from a fixed time."""
    at = instants.parse("2026-11-20T08:00:00Z") + minute * instants.MINUTE
    with database.writing() as session:
        controls.keep(session, vault, Name(name), Result(state, "It was looked at."), at, by=None, days=14)


def disobeyed(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        log.append(
            session, vault, action=Action.DISOBEYED, people=[1], accessor=None, reason=None, scope={}, count=3
        )  # fmt: skip


def unpromised_and_objected_to(database: Database, vault: Vault, roster: Roster) -> None:
    publish(database, vault, roster.olga, NOTICE)
    with database.writing() as session:
        reach = Reach(frozenset({"click"}))
        since = rules.add(session, vault, 1, 3, rules.RuleKind.OBJECTION, reach, granted=False).since
    take(database, vault, presses(1, since + 1, app="Mail"), presses(1, since + 1, kind="click"))


def test_every_kind_of_alarm_is_told_once_in_counts_and_of_nobody(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    """What an organizer must not miss, each by what really raises it; a new process tells nothing twice."""
    choose(database, ALL)
    disobeyed(database, vault)
    disobeyed(database, vault)
    look(database, vault, found())
    saw(database, vault, State.BROKEN, 0)
    with database.writing() as session:
        number = incidents.open_new(
            session, roster.olga, vault, Opening("Opened", "Tables were open to all.", people=[1])
        )
        said = Said(Happening.PRESS, "A paper wrote about it.", instants.now(), anyway=True)
        noting.note(session, roster.olga, vault, number, said, by_mail=False)
        row = {
            "vkey": "w+1+x",
            "trouble": "refused",
            "size": 9,
            "known_size": 8,
            "note": "",
            "first_at": 1,
            "last_at": 2,
        }
        session.execute(insert(AlarmRow).values(row))
    checks.run(database, vault, Anchor(tmp_path / "checkpoint"), refused="It was not.")
    unpromised_and_objected_to(database, vault, roster)
    told = dict.fromkeys(Kind, 1) | {Kind.DISOBEYED: 2}
    assert tell(database, vault) == sum(told.values())
    assert unseen(database, vault) == told
    assert tell(database, vault) == 0
    with database.reading() as session:
        ((entry, _),) = events.of(session, vault, Action.ALARM)[0]
        assert not session.scalars(select(AboutRow).where(AboutRow.position == entry.position)).all()
        assert entry.count == sum(told.values())
    with database.writing() as session:
        notice.see_beside(session, ORGANIZER, Why.CHOSEN, tree.end(session))
    assert unseen(database, vault) == {}


def test_only_what_was_chosen_is_told_and_only_while_the_role_lasts(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """Whoever lost the role is told nothing more of the programme, and nobody may choose without it."""
    choose(database, {Kind.EXPOSURE})
    with pytest.raises(NotAllowed):
        choose(database, ALL, roster.ana)
    disobeyed(database, vault)
    assert tell(database, vault) == 1
    assert unseen(database, vault) == {}
    with database.reading() as session:
        assert not notice.beside(session, ORGANIZER, Why.CHOSEN)
    look(database, vault, found())
    disobeyed(database, vault)
    assert tell(database, vault) == 2
    assert unseen(database, vault) == {Kind.EXPOSURE: 1}
    with database.writing() as session:
        notice.see_beside(session, ORGANIZER, Why.CHOSEN, tree.end(session))
        grants.revoke(session, OPERATOR, vault, "cal@example.org", "organizer")
    look(database, vault, at=instants.now())
    look(database, vault, found(), at=instants.now() + instants.HOUR)
    tell(database, vault)
    assert unseen(database, vault) == {}


def test_a_promise_that_stays_broken_is_one_alarm_and_one_that_breaks_again_is_another(
    database: Database, vault: Vault
) -> None:
    """An alarm that rings every quarter of an hour is switched off; a look that sees nothing in between ends none."""
    for minute, state in enumerate([State.HOLDS, State.BROKEN, State.UNKNOWN, State.BROKEN]):
        saw(database, vault, state, minute)
    assert tell(database, vault) == 1
    saw(database, vault, State.HOLDS, 10)
    saw(database, vault, State.BROKEN, 11)
    assert tell(database, vault) == 1


def test_a_check_that_fails_again_and_again_is_one_alarm_and_none_is_hidden_by_taking_old_ones_out(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    """Whoever writes the database can delete what older checks found; the next failure is told all the same."""
    anchor = Anchor(tmp_path / "checkpoint")
    for refused in ("No.", "No.", "", "No."):
        checks.run(database, vault, anchor, refused=refused)
    with database.reading() as session:
        assert sum(one.kind is Kind.CHECK for one in sources.every(session, vault)) == 2
    assert tell(database, vault) == 2
    with database.writing() as session:
        session.execute(delete(CheckRow))
    checks.run(database, vault, anchor, refused="No.")
    assert tell(database, vault) == 1


def test_a_witness_that_refuses_for_good_is_told_once_and_the_log_does_not_grow_of_it(
    database: Database, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is told is logged, so there is a new head, which it refuses too: that is no news."""
    council, teller, start, refuses = Council(tmp_path / "council"), Teller(), instants.now(), True

    def answer(_client: object, url: str, body: bytes) -> Reply:
        return Reply(422, "text/plain", "") if refuses else council.post(url, body)

    def rounds(first: int, last: int) -> tuple[int, int, int]:
        """Let the worker run from one minute to another: how many alarms and notices there are, how many entries."""
        for second in range(first * 60, last * 60, 20):
            monkeypatch.setattr(instants, "now", lambda at=start + second * instants.SECOND: at)
            council.seconds = instants.now() // instants.SECOND
            witnessed.publish(database, vault)
            submitting.keep_up(database, council.address)
            teller.keep_up(database, vault, by_mail=True)
        with database.reading() as session:
            notices = len(notice.beside(session, ORGANIZER, Why.CHOSEN))
            return len(witnesses.alarms(session)), notices, tree.end(session)

    monkeypatch.setattr("data.proofs.submitting._post", answer)
    council.trust(witnessed.log_key(database, vault))
    choose(database, {Kind.WITNESS})
    with database.reading() as session:
        before = tree.end(session)
    assert rounds(0, 1) == (1, 1, before + 1)
    assert rounds(1, 60) == (1, 1, before + 1)
    refuses = False
    assert rounds(60, 70) == (1, 1, before + 1)
    refuses = True
    disobeyed(database, vault)  # told in one entry with the refusal of the head that has it
    assert rounds(70, 120) == (2, 2, before + 3)


def test_the_e_mail_about_an_alarm_says_no_more_than_that_there_is_one(
    database: Database, vault: Vault, tmp_path: Path, inbox: Inbox
) -> None:
    choose(database, ALL)
    disobeyed(database, vault)
    assert tell(database, vault, by_mail=True) == 1
    assert post.deliver(database, settings(tmp_path, inbox.port)) == 1
    ((people, text),) = inbox.taken
    assert people == ["cal@example.org"]
    assert "Daylight: an alarm about the programme" in text
    assert "/conduct" in text
    for word in ("Ana", "Cal,", "pause", "opened your data"):
        assert word not in text

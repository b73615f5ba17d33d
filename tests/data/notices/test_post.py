"""E-mails about notices, to a real mail server: at least once, at most one an hour, and they say nothing themselves."""

from __future__ import annotations

import smtplib
import socket
import time
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from sqlalchemy import select, update

from data import instants, upkeep
from data.database import Database
from data.errors import BadInput, NotAllowed
from data.notices import letter, notice, post
from data.notices.letter import About
from data.notices.tables import NoticeRow, PostRow
from data.people.tables import PersonRow
from data.people.viewer import OPERATOR
from data.sealing.vault import Vault
from data.settings import Settings, Smtp
from data.store import Store
from tests.data.notices.test_notice import ENGINEER, look
from tests.data.rights.conftest import Roster, roster
from tests.demo.processes import free_port

__all__ = ["roster"]

NOW = instants.parse("2026-11-23T12:00:00Z")
URL = "https://daylight.example.org"


@dataclass
class Inbox:
    """What a mail server took in, and whom it refuses with which answer, at once or only once it has the message; for
    whom it breaks the connection instead."""

    port: int = 0
    taken: list[tuple[list[str], str]] = field(default_factory=list[tuple[list[str], str]])
    refused: dict[str, str] = field(default_factory=dict[str, str])
    refused_late: dict[str, str] = field(default_factory=dict[str, str])
    broken: set[str] = field(default_factory=set[str])
    begun: int = 0  # messages
    senders: list[str] = field(default_factory=list[str])  # answers to whoever sends, one for each message

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.begun += 1
        if self.senders and (answer := self.senders.pop(0)) != "250 OK":
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        (address,) = envelope.rcpt_tos
        if address in self.broken:
            server.transport.abort()
        if address in self.refused_late:
            return self.refused_late[address]
        self.taken.append((list(envelope.rcpt_tos), envelope.content.decode()))
        return "250 OK"

    @property
    def to(self) -> list[str]:
        """Whom the mails went to, in order."""
        return [one for people, _ in self.taken for one in people]


@pytest.fixture
def inbox() -> Generator[Inbox]:
    found = Inbox()
    found.port = free_port()
    controller = Controller(found, hostname="127.0.0.1", port=found.port)
    controller.start()
    yield found
    controller.stop()


def settings(tmp_path: Path, port: int) -> Settings:
    smtp = Smtp("127.0.0.1", port, "none", "daylight@example.org")
    return Settings(tmp_path, "", "", tmp_path / "keyring", public_url=URL, smtp=smtp)


def mails(database: Database, person_id: int = 1) -> list[str]:
    with database.reading() as session:
        query = select(NoticeRow.mail).where(NoticeRow.person_id == person_id).order_by(NoticeRow.position)
        return list(session.scalars(query))


def kept(database: Database, person_id: int = 1) -> PostRow:
    with database.reading() as session:
        return session.get_one(PostRow, person_id)


def test_a_mail_says_that_there_is_something_and_names_nobody_and_nothing(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    look(database, vault, ENGINEER)
    notice.keep_up(database, vault, by_mail=True)
    assert post.deliver(database, settings(tmp_path, inbox.port), NOW) == 1
    ((people, text),) = inbox.taken
    assert people == ["ana@example.org"]
    assert f"{URL}/accesses" in text
    for word in ("Ana", "farrow", "engineer", "Platform", "Support", "capture"):
        assert word not in text
    assert mails(database) == ["sent"]


@pytest.mark.parametrize("answers", [True, False])
def test_a_clock_that_was_ahead_keeps_no_mail_back(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox, answers: bool
) -> None:
    """What is noted for a time that is further away than any wait was noted by a clock that was wrong."""
    look(database, vault, ENGINEER)
    notice.keep_up(database, vault, by_mail=True)
    post.deliver(database, settings(tmp_path, inbox.port if answers else 9), NOW + 30 * instants.DAY)
    look(database, vault, ENGINEER)
    notice.keep_up(database, vault, by_mail=True)
    assert post.deliver(database, settings(tmp_path, inbox.port), NOW) == 1
    assert set(mails(database)) == {"sent"}
    look(database, vault, ENGINEER)
    notice.keep_up(database, vault, by_mail=True)
    assert post.deliver(database, settings(tmp_path, inbox.port), NOW + post.APART - 1) == 0


def test_everything_within_an_hour_is_one_mail(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    place = settings(tmp_path, inbox.port)
    for at in (0, 1, 59):
        for _ in range(3):
            look(database, vault, ENGINEER, people=(1, 2) if at == 0 else (1,))
        notice.keep_up(database, vault, by_mail=True)
        post.deliver(database, place, NOW + at * instants.MINUTE)
    assert inbox.to == ["ana@example.org", "cal@example.org"]
    post.deliver(database, place, NOW + instants.HOUR)
    assert inbox.to == ["ana@example.org", "cal@example.org", "ana@example.org"]
    assert set(mails(database)) == {"sent"}
    assert post.deliver(database, place, NOW + 9 * instants.HOUR) == 0


def test_what_was_killed_before_it_was_noted_goes_out_again(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(database, vault, ENGINEER)
    notice.keep_up(database, vault, by_mail=True)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(post, "_mark", killed)
        post.deliver(database, settings(tmp_path, inbox.port), NOW)
    assert (mails(database), len(inbox.taken)) == (["waiting"], 1)
    assert post.deliver(database, settings(tmp_path, inbox.port), NOW) == 1
    assert (mails(database), len(inbox.taken)) == (["sent"], 2)


def test_a_server_that_is_away_is_tried_again_ever_later_and_given_up_in_the_end(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    port = free_port()  # nobody listens there
    place = settings(tmp_path, port)
    look(database, vault, ENGINEER)
    notice.keep_up(database, vault, by_mail=True)
    at, seen = NOW, list[int]()
    for tries, wait in enumerate(post.WAITS[:-1], 1):
        assert post.deliver(database, place, at) == 0
        row = kept(database)
        assert (row.tries, row.next_at, row.failed_at) == (tries, at + wait, None)
        assert post.deliver(database, place, at + wait - 1) == 0
        assert kept(database).tries == tries
        with database.reading() as session:
            trouble = post.trouble(session, roster.olga)
        assert trouble == post.Trouble(1, 0, f"The mail server 127.0.0.1 does not answer on port {port}.")
        at += wait
        seen.append(wait)
    assert seen == sorted(seen)
    post.deliver(database, place, at)
    assert mails(database) == ["failed"]
    with database.reading() as session:
        assert post.trouble(session, roster.olga) == post.Trouble(
            0, 1, f"The mail server 127.0.0.1 does not answer on port {port}."
        )


def test_after_it_was_given_up_the_next_notice_begins_anew_and_success_clears_the_trouble(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    place = settings(tmp_path, inbox.port)
    inbox.refused["ana@example.org"] = "550 no such user"
    look(database, vault, ENGINEER)
    notice.keep_up(database, vault, by_mail=True)
    post.deliver(database, place, NOW)
    assert mails(database) == ["failed"]
    inbox.refused.clear()
    look(database, vault, ENGINEER)
    notice.keep_up(database, vault, by_mail=True)
    assert post.deliver(database, place, NOW + instants.HOUR) == 1
    assert mails(database) == ["failed", "sent"]
    with database.reading() as session:
        assert post.trouble(session, roster.olga) is None


def test_one_address_that_is_refused_holds_up_nobody_else(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    inbox.refused = {"ana@example.org": "450 try later", "cal@example.org": "550 no such user"}
    look(database, vault, ENGINEER, people=(1, 2, 3))
    notice.keep_up(database, vault, by_mail=True)
    assert post.deliver(database, settings(tmp_path, inbox.port), NOW) == 1
    assert inbox.to == ["olga@example.org"]
    assert (mails(database, 1), mails(database, 2), mails(database, 3)) == (["waiting"], ["failed"], ["sent"])
    assert "code 450" in kept(database, 1).failure


@pytest.mark.parametrize(
    ("answer", "mail"), [("451 try later", "waiting"), ("550 no", "failed"), ("421 bye", "waiting")]
)
def test_one_mailbox_that_refuses_what_it_was_sent_holds_up_nobody_else(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox, answer: str, mail: str
) -> None:
    inbox.refused_late = {"ana@example.org": answer}
    look(database, vault, ENGINEER, people=(1, 2, 3))
    notice.keep_up(database, vault, by_mail=True)
    assert post.deliver(database, settings(tmp_path, inbox.port), NOW) == 2
    assert inbox.to == ["cal@example.org", "olga@example.org"]
    assert (mails(database, 1), mails(database, 2), mails(database, 3)) == ([mail], ["sent"], ["sent"])
    assert f"code {answer[:3]}" in kept(database, 1).failure


def test_a_message_that_is_refused_half_way_is_not_in_the_way_of_the_next(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    """A server that does not take DATA still has the recipient of the message, until it is told that it is over."""

    class Hesitant(SMTP):
        async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
            if self.envelope and "ana@example.org" in self.envelope.rcpt_tos:
                await self.push("451 not now")
            else:
                await super().smtp_DATA(arg)

    class Hesitating(Controller):
        def factory(self) -> SMTP:
            return Hesitant(self.handler)

    inbox = Inbox(free_port())
    server = Hesitating(inbox, hostname="127.0.0.1", port=inbox.port)
    server.start()
    look(database, vault, ENGINEER, people=(1, 2))
    notice.keep_up(database, vault, by_mail=True)
    sent = post.deliver(database, settings(tmp_path, inbox.port), NOW)
    server.stop()
    assert (sent, inbox.to) == (1, ["cal@example.org"])
    assert "code 451" in kept(database, 1).failure


def test_a_sender_that_is_refused_is_nobodys_mailbox_and_tried_again(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    inbox.senders = ["550 not from here"]
    look(database, vault, ENGINEER, people=(1, 2))
    notice.keep_up(database, vault, by_mail=True)
    assert post.deliver(database, settings(tmp_path, inbox.port), NOW) == 1
    assert (mails(database, 1), mails(database, 2)) == (["waiting"], ["sent"])
    assert "code 550" in kept(database, 1).failure


def test_a_mailbox_at_which_the_connection_breaks_each_time_has_nobody_elses_mail_given_up(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    inbox.broken = {"ana@example.org"}
    look(database, vault, ENGINEER, people=(1, 2, 3))
    notice.keep_up(database, vault, by_mail=True)
    assert post.deliver(database, settings(tmp_path, inbox.port), NOW) == 2
    assert (mails(database, 1), mails(database, 2), mails(database, 3)) == (["waiting"], ["sent"], ["sent"])
    assert (kept(database, 1).tries, kept(database, 2).failure) == (1, "")


def test_a_server_that_breaks_every_connection_is_not_tried_for_each_mailbox(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "_LOST", 2)
    inbox.broken = {f"{name}@example.org" for name in ("ana", "cal", "olga")}
    look(database, vault, ENGINEER, people=(1, 2, 3))
    notice.keep_up(database, vault, by_mail=True)
    assert post.deliver(database, settings(tmp_path, inbox.port), NOW) == 0
    assert [kept(database, person_id).tries for person_id in (1, 2, 3)] == [1, 1, 1]
    assert inbox.begun == 2


def test_a_connection_that_breaks_fails_only_whom_it_did_not_reach(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.refused = {"ana@example.org": "550 no such user"}
    look(database, vault, ENGINEER, people=(1, 2, 3))
    notice.keep_up(database, vault, by_mail=True)
    real = smtplib.SMTP.send_message

    def send(self: smtplib.SMTP, message: Any) -> Any:
        if "olga" in str(message["To"]):
            raise smtplib.SMTPServerDisconnected("gone")
        return real(self, message)

    monkeypatch.setattr(smtplib.SMTP, "send_message", send)
    assert post.deliver(database, settings(tmp_path, inbox.port), NOW) == 1
    assert (mails(database, 1), mails(database, 2), mails(database, 3)) == (["failed"], ["sent"], ["waiting"])
    assert kept(database, 2).failure == ""
    assert kept(database, 3).tries == 1


@pytest.mark.parametrize("email", ["ana@example.org\r\nBcc: all@example.org", "a@b, c@d", "Ana <a@b>", "ana", ""])
def test_nothing_on_the_roster_adds_a_header_or_a_recipient(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox, email: str
) -> None:
    with database.writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id == 1).values(email=email, name="x\r\nBcc: all@x.org"))
    look(database, vault, ENGINEER)
    notice.keep_up(database, vault, by_mail=True)
    assert post.deliver(database, settings(tmp_path, inbox.port), NOW) == 0
    assert (inbox.taken, mails(database)) == ([], ["failed"])
    with pytest.raises(BadInput):
        letter.write("daylight@example.org", email, URL, {About.LOOK})


def test_without_a_mail_server_nothing_waits_for_one(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    look(database, vault, ENGINEER)
    notice.keep_up(database, vault, by_mail=False)
    assert post.deliver(database, replace(settings(tmp_path, 1), smtp=None), NOW) == 0
    assert post.deliver(database, settings(tmp_path, inbox.port), NOW) == 0
    assert mails(database) == ["none"]


def test_only_officers_see_how_the_post_fares(database: Database, roster: Roster) -> None:
    with database.reading() as session:
        for viewer in (roster.ana, OPERATOR):
            with pytest.raises(NotAllowed):
                post.trouble(session, viewer)
        assert post.trouble(session, roster.olga) is None


def test_a_mail_server_that_never_answers_holds_up_no_notice(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep.notice, "EVERY", 0.05)
    silent = socket.create_server(("127.0.0.1", 0))  # takes connections and never says a word
    stop = Event()
    store = Store(settings(tmp_path, silent.getsockname()[1]), database, vault)
    look(database, vault, ENGINEER)
    chores = tuple(one for one in upkeep.chores_of(store) if one.name in ("notices", "mail"))
    assert len(chores) == 2
    with silent, upkeep.running(store, stop, chores):
        end = time.monotonic() + 8
        while mails(database) != ["waiting"] and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.2)
        look(database, vault, ENGINEER)
        while mails(database) != ["waiting"] * 2 and time.monotonic() < end:
            time.sleep(0.05)
        assert mails(database) == ["waiting"] * 2
        stop.set()

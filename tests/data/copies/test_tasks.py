"""A deletion reaches every copy: each holder is told, confirms with a signature, and one that fails holds up nobody."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select, update

from data import instants
from data.accesses.tables import EntryRow
from data.captures.scope import Scope
from data.copies import confirming, consumer, tasks, telling
from data.copies.confirming import Signed
from data.copies.tables import CopyTaskRow
from data.copies.tasks import Outcome, Task
from data.database import Database
from data.errors import BadInput, Conflict, Error, NotAllowed
from data.people.tables import GrantRow, PersonRow
from data.people.viewer import OPERATOR, Role
from data.rights import epochs, request, settling, steps
from data.rights.states import RequestKind
from data.sealing.vault import Vault
from tests.data.copies.holding import ANA, CAL, keep, some, take, wanted
from tests.data.crashing import place_of
from tests.data.rights.conftest import Roster, people
from tests.data.rights.test_fresh_sign_in import stale

LEFT = hashlib.sha256(b"what is left").hexdigest()


@pytest.fixture
def roster(database: Database, vault: Vault) -> Roster:
    found = people(database)
    for person in (ANA, CAL):
        keep(database, vault, person, some(person))
    return found


class Holder:
    """A holder of copies: a real HTTP server that keeps what it is told, and answers with `status`."""

    def __init__(self) -> None:
        self.told: list[tuple[dict[str, str], dict[str, Any], bytes]] = []
        self.status = 204
        holder = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                holder.told.append(({name.lower(): one for name, one in self.headers.items()}, json.loads(body), body))
                self.send_response(holder.status)
                self.send_header("Content-Length", "0")
                if holder.status == 307:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/erase?set=7"
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def holder() -> Generator[Holder]:
    found = Holder()
    yield found
    found.close()


def register(database: Database, vault: Vault, name: str, url: str = "", key: str = "", days: int = 30) -> bytes:
    with database.writing() as session:
        found = consumer.register(session, OPERATOR, vault, name, "A training set.", url, key, days)
    return bytes.fromhex(found.secret)


def extract_for(database: Database, vault: Vault, folder: Path, name: str) -> str:
    return take(database, vault, folder / f"{name}.jsonl", what=wanted(consumer=name)).digest


def erase(database: Database, vault: Vault, roster: Roster, folder: Path, scope: Scope = request.EVERYTHING) -> int:
    with database.writing() as session:
        number = request.open_request(session, roster.ana, vault, ANA, RequestKind.ERASURE, scope).id
    with database.writing() as session:
        request.decide(session, roster.olga, vault, number, True)
    steps.run(database, vault, place_of(database, folder).settings, OPERATOR, number)
    return number


def found(database: Database, number: int) -> tuple[Task, ...]:
    with database.reading() as session:
        return tasks.of_request(session, ANA, number)


def due_now(database: Database) -> None:
    with database.writing() as session:
        session.execute(update(CopyTaskRow).values(next_at=instants.now() - 1))


def signed(key: bytes, task: str, said: dict[str, str], at: int | None = None) -> Signed:
    stamp = str((instants.now() if at is None else at) // instants.SECOND)
    body = json.dumps(said).encode()
    return Signed(task, stamp, hmac.digest(key, f"{stamp}.{task}.".encode() + body, "sha256").hex(), body)


def done(task: str, **more: str) -> dict[str, str]:
    return {"task": task, "outcome": "done", "digest": LEFT, **more}


def confirm(database: Database, vault: Vault, message: Signed) -> Task:
    with database.writing() as session:
        return confirming.confirm(session, vault, message)


def test_an_erasure_reaches_every_copy_each_with_its_own_day(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, holder: Holder
) -> None:
    key = register(database, vault, "quick", holder.url, days=3)
    register(database, vault, "by-hand")
    digest = extract_for(database, vault, tmp_path, "quick")
    extract_for(database, vault, tmp_path, "by-hand")
    take(database, vault, tmp_path / "of-cal.jsonl", what=wanted(people=frozenset({CAL})))
    number = erase(database, vault, roster, tmp_path)
    quick, by_hand = found(database, number)
    assert (quick.holder, by_hand.holder) == ("quick", "by-hand")
    assert by_hand.due_at - quick.due_at == 27 * instants.DAY
    assert telling.tell(database, vault) == 1
    ((headers, said, body),) = holder.told
    assert (said["task"], said["copy"], said["what"]) == (quick.name, digest, "erase")
    assert said["subject"] in (tmp_path / "quick.jsonl").read_text()
    assert "ana" not in body.decode().lower()
    stamp = headers["daylight-timestamp"]
    wanted_signature = hmac.digest(key, f"{stamp}.{quick.name}.".encode() + body, "sha256").hex()
    assert headers["daylight-signature"] == wanted_signature
    assert telling.tell(database, vault) == 0  # told, and reminded only after a day
    assert confirm(database, vault, signed(key, quick.name, done(quick.name))).outcome is Outcome.DONE
    with database.writing() as session:
        why = "It is in trained weights, from which nothing can be taken out."
        tasks.settle_by_hand(session, roster.olga, vault, by_hand.name, Outcome.IMPOSSIBLE, why)
    quick, by_hand = found(database, number)
    assert (quick.digest, quick.closed_by) == (LEFT, "quick")
    assert (by_hand.outcome, by_hand.reason, by_hand.closed_by) == (Outcome.IMPOSSIBLE, why, "an officer")
    assert telling.tell(database, vault) == 0
    with database.reading() as session:
        logged = session.scalars(select(EntryRow.action).where(EntryRow.action == "copy settled")).all()
    assert len(logged) == 2


def test_a_copy_of_another_time_is_not_told(database: Database, vault: Vault, roster: Roster, tmp_path: Path) -> None:
    take(database, vault, tmp_path / "early.jsonl", what=wanted(scope=Scope(end=12)))
    take(database, vault, tmp_path / "late.jsonl", what=wanted(scope=Scope(start=12)))
    number = erase(database, vault, roster, tmp_path, Scope(start=12))
    assert [one.copy_id for one in found(database, number)] == [2]


def test_one_broken_holder_blocks_nobody_and_is_tried_again_ever_later(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, holder: Holder
) -> None:
    closed = Holder()
    register(database, vault, "broken", closed.url)
    closed.close()
    register(database, vault, "well", holder.url)
    for name in ("broken", "well"):
        extract_for(database, vault, tmp_path, name)
    number = erase(database, vault, roster, tmp_path)
    assert telling.tell(database, vault) == 1
    broken, well = found(database, number)
    assert broken.told_at is None
    assert "could not be reached" in broken.trouble
    assert well.told_at is not None
    with database.reading() as session:
        first = session.scalars(select(CopyTaskRow.next_at).where(CopyTaskRow.name == broken.name)).one()
    assert first is not None
    assert first > instants.now()
    waits = [telling.backoff(tries) for tries in range(40)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (30 * instants.SECOND, 6 * instants.HOUR)
    with database.writing() as session:
        # Claimed, told or tried by a clock that was thirty days ahead.
        session.execute(update(CopyTaskRow).values(next_at=instants.now() + 30 * instants.DAY))
    telling.tell(database, vault)
    with database.reading() as session:
        row = session.scalars(select(CopyTaskRow).where(CopyTaskRow.name == broken.name)).one()
        assert row.tries == 2
        assert (row.next_at or 0) > instants.now() + 40 * instants.SECOND


@pytest.mark.parametrize("status", [307, 404, 500])
def test_only_a_success_counts_as_told_and_no_redirect_is_followed(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, holder: Holder, status: int
) -> None:
    holder.status = status
    register(database, vault, "set", holder.url)
    extract_for(database, vault, tmp_path, "set")
    number = erase(database, vault, roster, tmp_path)
    assert telling.tell(database, vault) == 0
    (task,) = found(database, number)
    assert (task.told_at, task.trouble) == (None, f"It answered with status {status}.")
    assert len(holder.told) == 1


def test_a_task_that_nobody_answers_is_overdue(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    register(database, vault, "silent", days=1)
    extract_for(database, vault, tmp_path, "silent")
    (task,) = found(database, erase(database, vault, roster, tmp_path))
    assert not task.is_overdue(task.due_at)
    assert task.is_overdue(task.due_at + 1)
    with database.reading() as session:
        assert tasks.waiting(session, roster.olga) == (task,)


@pytest.fixture
def told(database: Database, vault: Vault, roster: Roster, tmp_path: Path) -> tuple[bytes, bytes, Task, Task]:
    """Two holders' keys and their open tasks."""
    keys = [register(database, vault, name) for name in ("one", "two")]
    for name in ("one", "two"):
        extract_for(database, vault, tmp_path, name)
    one, two = found(database, erase(database, vault, roster, tmp_path))
    return keys[0], keys[1], one, two


def test_a_confirmation_is_believed_only_from_its_holder_now_and_for_its_task(
    database: Database, vault: Vault, told: tuple[bytes, bytes, Task, Task]
) -> None:
    key, other_key, one, two = told
    good = signed(key, one.name, done(one.name))
    now = instants.now()
    wrong = {
        "another holder's key": signed(other_key, one.name, done(one.name)),
        "an old time": signed(key, one.name, done(one.name), now - 6 * instants.MINUTE),
        "a time to come": signed(key, one.name, done(one.name), now + 6 * instants.MINUTE),
        "another task": Signed(two.name, good.timestamp, good.signature, good.body),
        "no such task": signed(key, "f" * 32, done(one.name)),
        "a changed body": Signed(one.name, good.timestamp, good.signature, good.body + b" "),
        "a changed time": Signed(one.name, str(int(good.timestamp) + 1), good.signature, good.body),
        "no time": Signed(one.name, "now", good.signature, good.body),
        "no signature": Signed(one.name, good.timestamp, "", good.body),
    }
    for what, message in wrong.items():
        with pytest.raises(NotAllowed):
            confirm(database, vault, message)
            raise AssertionError(what)
    assert [task.outcome for task in found(database, one.request_id)] == [Outcome.OPEN, Outcome.OPEN]
    assert confirm(database, vault, good).outcome is Outcome.DONE
    with pytest.raises(Conflict, match="known already"):
        confirm(database, vault, good)
    with pytest.raises(Conflict):
        confirm(database, vault, signed(key, one.name, {**done(one.name), "outcome": "impossible", "reason": "No."}))


@pytest.mark.parametrize(
    "said",
    [
        {"outcome": "open"},
        {"outcome": "done", "digest": " "},
        {"outcome": "impossible", "reason": ""},
        {"task": "other"},
        {"outcome": "done", "reason": "x" * 5_000},
    ],
    ids=["nothing", "no digest", "no reason", "another task in the body", "too long"],
)
def test_a_signed_message_that_says_nothing_changes_nothing(
    database: Database, vault: Vault, told: tuple[bytes, bytes, Task, Task], said: dict[str, str]
) -> None:
    key, _, one, _ = told
    with pytest.raises(BadInput):
        confirm(database, vault, signed(key, one.name, {**done(one.name), **said}))
    assert found(database, one.request_id)[0].outcome is Outcome.OPEN


def test_a_holder_with_a_key_of_its_own_confirms(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    private = Ed25519PrivateKey.generate()
    public = base64.b64encode(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    register(database, vault, "own-key", key=public)
    extract_for(database, vault, tmp_path, "own-key")
    (task,) = found(database, erase(database, vault, roster, tmp_path))
    assert epochs.turn(database, vault, OPERATOR).destroyed  # the keys of holders outlive a turn
    message = signed(b"", task.name, done(task.name))
    for signature in (message.signature, base64.b64encode(bytes(64)).decode()):
        with pytest.raises(NotAllowed):
            confirm(database, vault, Signed(task.name, message.timestamp, signature, message.body))
    content = f"{message.timestamp}.{task.name}.".encode() + message.body
    real = base64.b64encode(private.sign(content)).decode()
    assert confirm(database, vault, Signed(task.name, message.timestamp, real, message.body)).outcome is Outcome.DONE


def test_by_hand_an_officer_gives_a_reason_and_never_about_themselves(
    database: Database, vault: Vault, roster: Roster, told: tuple[bytes, bytes, Task, Task]
) -> None:
    _, _, one, _ = told
    refused = (
        (roster.olga, "  ", BadInput),
        (roster.ana, "They said so.", NotAllowed),
        (roster.cal, "They said so.", NotAllowed),
    )
    for viewer, reason, error in refused:
        with pytest.raises(error), database.writing() as session:
            settling.settle(session, viewer, vault, one.name, Outcome.DONE, reason)
    with pytest.raises(Error, match="no such task"), database.writing() as session:
        settling.settle(session, roster.olga, vault, "nothing", Outcome.DONE, "They said so.")
    with database.writing() as session:
        closed = settling.settle(session, roster.olga, vault, one.name, Outcome.DONE, "They said so.")
    assert (closed.outcome, closed.as_json()["outcome"]) == (Outcome.DONE, "done")


def test_a_manager_does_not_say_what_became_of_a_copy_of_whom_they_manage(
    database: Database, vault: Vault, roster: Roster, told: tuple[bytes, bytes, Task, Task]
) -> None:
    """What is said ends the task, so it is a decision like others; where nobody else is there, they may."""
    _, _, one, _ = told
    said = vault, one.name, Outcome.DONE, "They said so."
    with database.writing() as session:
        session.get_one(PersonRow, one.person_id).manager_id = 3
        session.add_all(GrantRow(person_id=officer, role=Role.OFFICER.value, granted_at=0) for officer in (3, 4))
    for officer, match in ((roster.olga, "same line"), (stale(roster.omar), "sign in once more")):
        with pytest.raises(NotAllowed, match=match), database.writing() as session:
            settling.settle(session, officer, *said)
    with database.writing() as session:
        assert settling.settle(session, roster.omar, *said).outcome is Outcome.DONE

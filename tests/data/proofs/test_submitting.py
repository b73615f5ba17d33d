"""Checkpoints go to witnesses; what they cosign is kept and published, what they refuse is seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import delete, select, update

from data import instants
from data.accesses import tree
from data.accesses.tables import AboutRow, CheckpointRow, EntryRow, TileRow
from data.database import Database
from data.proofs import backing, pins, publishing, receipt, submitting, verify, witnesses
from data.proofs.anchor import Anchor
from data.proofs.receipt import Receipt
from data.proofs.submitting import Reply
from data.proofs.witness_tables import CosignatureRow
from data.proofs.witnesses import Alarm, Trouble, WitnessState
from data.sealing.vault import Vault
from data.settings import Witness
from data.tlog import note
from data.tlog.cosignature import Cosigner
from data.tlog.submission import SIZE_TYPE
from data.witness.record import Doubt
from tests.data.accesses.logging import ANA, fill, own
from tests.data.proofs.witnessed import NOW, Council, add, log_key, publish


@pytest.fixture
def council(database: Database, vault: Vault, tmp_path: Path) -> Council:
    """A witness that watches a log of three entries."""
    add(database, vault, 3)
    made = Council(tmp_path / "council")
    made.trust(log_key(database, vault))
    return made


def submit(database: Database, council: Council) -> Trouble | None:
    return submitting.submit(database, council.address, council.post)


def state(database: Database, *addresses: Witness) -> tuple[WitnessState, ...]:
    with database.reading() as session:
        return witnesses.state(session, addresses)


def alarms(database: Database) -> tuple[Alarm, ...]:
    with database.reading() as session:
        return witnesses.alarms(session)


def cosigned(database: Database) -> str:
    with database.reading() as session:
        found = witnesses.cosigned_note(session)
    assert found is not None
    return found


def test_each_new_checkpoint_is_cosigned_and_published_with_both_signatures(
    database: Database, vault: Vault, council: Council
) -> None:
    for more in (0, 1, 300):
        size = add(database, vault, more).size
        assert submit(database, council) is None
        opened = note.open_note(cosigned(database), [log_key(database, vault), council.key.verifier])
        assert [one.name for one in opened.verified] == [log_key(database, vault).name, "works-council"]
        (found,) = state(database, council.address)
        assert (found.name, found.url) == ("works-council", council.address.url)
        assert (found.last_size, found.last_at, found.behind) == (size, NOW * instants.SECOND, 0)
        assert found.problem is None
    assert len(council.asked) == 3, "each time from where the witness stands"


def test_before_anything_was_signed_nobody_is_asked(database: Database, tmp_path: Path) -> None:
    council = Council(tmp_path / "council")
    assert submit(database, council) is None
    assert council.asked == []
    assert state(database, council.address)[0].last_size is None
    with database.reading() as session:
        assert witnesses.cosigned_note(session) is None


def test_entries_that_were_not_cosigned_yet_are_counted(database: Database, vault: Vault, council: Council) -> None:
    assert state(database, council.address)[0].behind == 3
    submit(database, council)
    add(database, vault, 4)
    assert state(database, council.address)[0].behind == 4


def test_a_witness_that_knows_more_than_is_remembered_here_names_its_size(
    database: Database, vault: Vault, council: Council
) -> None:
    submit(database, council)
    add(database, vault, 2)
    with database.writing() as session:
        session.execute(delete(CosignatureRow))
    assert submit(database, council) is None
    assert [body.split(b"\n")[0] for body in council.asked] == [b"old 0", b"old 0", b"old 3"]
    assert state(database, council.address)[0].last_size == 5


def test_a_witness_that_does_not_answer_changes_nothing_but_that_it_is_seen(
    database: Database, vault: Vault, council: Council
) -> None:
    submit(database, council)
    add(database, vault, 2)
    council.is_down = True
    assert submit(database, council) is Trouble.UNREACHABLE
    first = state(database, council.address)[0]
    assert (first.problem, first.last_size, first.behind) == (Trouble.UNREACHABLE, 3, 2)
    assert submit(database, council) is Trouble.UNREACHABLE
    assert state(database, council.address)[0].since == first.since
    assert alarms(database) == ()
    council.is_down = False
    assert submit(database, council) is None
    assert state(database, council.address)[0].problem is None


def test_a_witness_that_was_not_told_to_watch_this_log_says_so(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    add(database, vault, 3)
    council = Council(tmp_path / "council")
    assert submit(database, council) is Trouble.NOT_TRUSTED
    assert state(database, council.address)[0].problem is Trouble.NOT_TRUSTED


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (Reply(200, "text/plain", ""), Trouble.NOT_UNDERSTOOD),
        (Reply(200, "text/plain", "thanks\n"), Trouble.NOT_UNDERSTOOD),
        (
            Reply(200, "text/plain", Cosigner("works-council", bytes(32)).cosign("x\n", NOW).line),
            Trouble.NOT_UNDERSTOOD,
        ),
        (Reply(400, "text/plain", "no\n"), Trouble.NOT_UNDERSTOOD),
        (Reply(302, "text/plain", ""), Trouble.NOT_UNDERSTOOD),
        (Reply(500, "text/plain", ""), Trouble.UNREACHABLE),
        (Reply(503, "text/plain", ""), Trouble.UNREACHABLE),
        (Reply(404, "text/plain", ""), Trouble.NOT_TRUSTED),
        (Reply(409, "text/plain", "another root\n"), Trouble.REFUSED),
        (Reply(409, SIZE_TYPE, "0\n"), Trouble.REFUSED),
        (Reply(409, SIZE_TYPE, "01\n"), Trouble.REFUSED),
        (Reply(422, "text/plain", ""), Trouble.REFUSED),
        (Reply(409, SIZE_TYPE, "99\n"), Trouble.SHORTER),
    ],
)
def test_every_other_answer_is_a_trouble_and_no_cosignature(
    database: Database, council: Council, reply: Reply, trouble: Trouble
) -> None:
    assert submitting.submit(database, council.address, lambda _url, _body: reply) is trouble
    found = state(database, council.address)[0]
    assert (found.problem, found.last_size) == (trouble, None)
    assert [alarm.trouble for alarm in alarms(database)] == ([trouble] if trouble in witnesses.ALARMS else [])


def test_a_witness_that_names_one_size_after_the_other_is_asked_three_times_only(
    database: Database, council: Council
) -> None:
    asked: list[bytes] = []

    def post(_url: str, body: bytes) -> Reply:
        asked.append(body)
        return Reply(409, SIZE_TYPE, f"{1 + len(asked) % 2}\n")

    submitting.submit(database, council.address, post)
    assert len(asked) == 3


def test_a_cosignature_of_another_checkpoint_is_not_taken(database: Database, vault: Vault, council: Council) -> None:
    submit(database, council)
    with database.reading() as session:
        (row,) = session.query(CosignatureRow).all()
    add(database, vault, 1)
    old = Reply(200, "text/plain", row.line)
    assert submitting.submit(database, council.address, lambda _url, _body: old) is Trouble.NOT_UNDERSTOOD
    assert len(note.split(cosigned(database))[1]) == 1


def test_the_lines_of_keys_nobody_asked_for_are_ignored(database: Database, council: Council) -> None:
    other = Cosigner("stranger", bytes(32))

    def post(url: str, body: bytes) -> Reply:
        answer = council.post(url, body)
        return Reply(answer.status, answer.kind, other.cosign("x\n", NOW).line + answer.text)

    assert submitting.submit(database, council.address, post) is None
    assert b"stranger" not in cosigned(database).encode()


def test_two_witnesses_each_leave_their_line(
    database: Database, vault: Vault, council: Council, tmp_path: Path
) -> None:
    union = Council(tmp_path / "union", "union")
    union.trust(log_key(database, vault))
    submit(database, council)
    submit(database, union)
    keys = [log_key(database, vault), council.key.verifier, union.key.verifier]
    assert len(note.open_note(cosigned(database), keys).verified) == 3
    assert [one.name for one in state(database, council.address, union.address)] == ["works-council", "union"]


def rewrite(database: Database, vault: Vault) -> None:
    """What somebody who administers database and keyring can do: another history, whole and signed anew."""
    with database.writing() as session:
        session.execute(update(EntryRow).where(EntryRow.position == 1).values(count=7))
        session.execute(delete(TileRow))
        session.execute(delete(CheckpointRow))
    publish(database, vault)


def test_a_history_written_anew_is_refused_by_the_witness_and_seen(
    database: Database, vault: Vault, council: Council
) -> None:
    submit(database, council)
    assert state(database, council.address)[0].problem is None
    rewrite(database, vault)
    assert state(database, council.address)[0].problem is Trouble.CHANGED, "seen before the witness is asked"
    assert submit(database, council) is Trouble.REFUSED
    (alarm,) = alarms(database)
    assert (alarm.name, alarm.trouble, alarm.size, alarm.known_size) == ("works-council", Trouble.REFUSED, 3, 3)
    add(database, vault, 2)
    assert submit(database, council) is Trouble.REFUSED
    (still,) = alarms(database)
    assert still == replace(alarm, last_at=still.last_at), "the first head that was refused stays as evidence"
    assert still.last_at > alarm.last_at
    assert {one.kind for one in council.refusals()} == {Doubt.FORK, Doubt.BROKEN}
    assert state(database, council.address)[0].problem is Trouble.REFUSED
    assert len(note.split(cosigned(database))[1]) == 1, "no cosignature stands under what was not cosigned"


def test_a_log_that_was_put_back_is_seen_though_its_own_history_holds(
    database: Database, vault: Vault, council: Council
) -> None:
    add(database, vault, 4)
    submit(database, council)
    with database.writing() as session:
        session.execute(delete(EntryRow).where(EntryRow.position >= 5))
        session.execute(delete(TileRow))
        session.execute(delete(CheckpointRow))
        session.execute(delete(CosignatureRow))
    publish(database, vault)
    assert submit(database, council) is Trouble.SHORTER
    (alarm,) = alarms(database)
    assert (alarm.trouble, alarm.size, alarm.known_size) == (Trouble.SHORTER, 5, 7)
    assert [one.kind for one in council.refusals()] == [Doubt.OLDER]


def test_a_line_changed_in_the_database_is_not_published(database: Database, vault: Vault, council: Council) -> None:
    """Whatever is written there instead, the note stays one that everybody can read, with the log's signature."""
    submit(database, council)
    keys = [log_key(database, vault), council.key.verifier]
    (_, real) = note.open_note(cosigned(database), keys).verified
    of_another_text = council.key.cosign("x\n", NOW)
    of_another_key = Cosigner("works-council", bytes(32)).cosign("x\n", NOW)
    under_another_name = replace(real, name=keys[0].name, key_id=keys[0].key_id)
    for forged in (of_another_text, of_another_key, under_another_name):
        with database.writing() as session:
            session.execute(update(CosignatureRow).values(line=forged.line))
        assert [one.name for one in note.open_note(cosigned(database), keys).verified] == [keys[0].name]
        assert state(database, council.address)[0].problem is Trouble.CHANGED


def test_no_transaction_is_open_while_a_witness_is_asked(database: Database, vault: Vault, council: Council) -> None:
    """A witness that takes its time must not keep a request or a look waiting."""

    def post(url: str, body: bytes) -> Reply:
        with database.writing() as session:
            assert tree.size(session) == 3
            assert publishing.newest(session) is not None
        return council.post(url, body)

    assert submitting.submit(database, council.address, post) is None


def test_an_answer_that_breaks_off_is_no_answer(database: Database, council: Council) -> None:
    def post(_url: str, _body: bytes) -> Reply:
        raise httpx2.ReadTimeout("too slow")

    assert submitting.submit(database, council.address, post) is Trouble.UNREACHABLE


def test_a_witness_is_asked_for_what_is_new_and_now_and_then_for_the_same() -> None:
    now = 1_000 * instants.HOUR
    fresh = WitnessState("w", "http://w", 5, now - instants.MINUTE, 0, None, None, now - instants.MINUTE)
    assert not submitting.is_due(fresh, now)
    assert submitting.is_due(replace(fresh, behind=1), now)
    assert submitting.is_due(replace(fresh, last_at=now - submitting.FRESH), now)
    assert submitting.is_due(replace(fresh, last_size=None, last_at=None), now)


def test_a_witness_in_trouble_is_asked_again_after_longer_and_longer() -> None:
    began = now = 1_000 * instants.HOUR
    state = WitnessState("w", "http://w", 5, began, 1, Trouble.UNREACHABLE, began, began)
    asked: list[int] = []
    for _ in range(12 * 60):
        now += 5 * instants.SECOND
        if submitting.is_due(state, now):
            state = replace(state, tried_at=now)
            asked.append((now - began) // instants.SECOND)
    assert asked[:6] == [5, 10, 20, 40, 80, 160]
    assert 15 < len(asked) < 20, "at least every five minutes"


@pytest.mark.parametrize("problem", [None, Trouble.UNREACHABLE])
def test_a_witness_is_asked_again_though_the_clock_was_ahead(problem: Trouble | None) -> None:
    now, later = 1_000 * instants.HOUR, 1_000 * instants.HOUR + 30 * instants.DAY
    state = WitnessState("w", "http://w", 5, later, 0, problem, now if problem else None, later)
    assert submitting.is_due(state, now)
    assert submitting.is_due(replace(state, since=later if problem else None), now)
    # The witness's own clock may be ahead: it is not asked all the time for that.
    assert not submitting.is_due(replace(state, problem=None, since=None, tried_at=now - 1), now)


def test_the_time_of_a_trouble_begins_anew_when_it_began_in_the_future(
    database: Database, council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the witness would be asked every few seconds until then."""
    council.is_down = True
    real = instants.now()
    monkeypatch.setattr(instants, "now", lambda: real + 30 * instants.DAY)
    submit(database, council)
    monkeypatch.setattr(instants, "now", lambda: real)
    submit(database, council)
    assert state(database, council.address)[0].since == real


def test_a_witness_that_is_not_there_is_a_trouble_and_no_failure(
    database: Database, vault: Vault, council: Council
) -> None:
    nowhere = Witness("http://127.0.0.1:9", council.address.vkey)
    assert submitting.keep_up(database, nowhere) is Trouble.UNREACHABLE
    assert submitting.keep_up(database, nowhere) in (None, Trouble.UNREACHABLE)
    assert state(database, nowhere)[0].problem is Trouble.UNREACHABLE


def test_a_receipt_takes_the_newest_checkpoint_that_somebody_outside_stands_behind(
    database: Database, vault: Vault, council: Council
) -> None:
    keys = [log_key(database, vault), council.key.verifier]
    fill(database, vault, 2, first=3)
    publish(database, vault)

    def taken(position: int) -> Receipt:
        person = ANA + position % 2
        with database.writing() as session:
            return receipt.receipt(session, own(person), vault, None, person, position)

    assert len(note.open_note(taken(3).checkpoint, keys).verified) == 1
    submit(database, council)
    fill(database, vault, 2, first=5)
    publish(database, vault)
    assert taken(3).size == 5, "not the newest, which nobody cosigned yet"
    assert len(note.open_note(taken(3).checkpoint, keys).verified) == 2
    assert verify.verify(taken(3).as_json().decode(), witnesses=[council.key.vkey]).cosigned == (
        ("works-council", NOW),
    )
    assert taken(5).size == 7, "what is newer was not cosigned yet"
    rewrite(database, vault)
    with database.reading() as session:
        assert witnesses.cosigned(session, 0) is None, "what was cosigned is not what is there"


def test_only_cosignatures_that_prove_something_are_kept_and_every_receipt_stays_valid(
    database: Database, vault: Vault, council: Council, tmp_path: Path
) -> None:
    """There is one every few seconds for ever. What a receipt carries, and what somebody saw, stays, as do refusals."""
    anchor = Anchor(tmp_path / "anchor")
    other = Council(tmp_path / "other", "other")
    other.trust(log_key(database, vault))
    submitting.submit(database, other.address, other.post)
    fill(database, vault, 4, first=3)
    before, pinned = list[str](), 0
    for number in range(witnesses.KEPT + 20):
        fill(database, vault, 1, first=10 + number)
        published = publish(database, vault)
        submit(database, council)
        with database.writing() as session:
            if number == 5:
                pins.keep(session, own(ANA), vault, published)
                pinned = published.size
            if number % 10 == 1:
                before.append(receipt.receipt(session, own(ANA), vault, anchor, ANA, 4).as_json().decode())
    with database.reading() as session:
        kept = sorted(session.scalars(select(CosignatureRow.size).where(CosignatureRow.vkey == council.key.vkey)))
        assert session.scalars(select(CosignatureRow.size).where(CosignatureRow.vkey == other.key.vkey)).all() == [3]
        newest = publishing.newest(session)
        assert newest is not None
        about = session.scalars(select(AboutRow.position).where(AboutRow.person_id == ANA)).all()
    assert kept == [pinned, *range(newest.size - witnesses.KEPT + 1, newest.size + 1)]
    assert state(database, council.address)[0].last_size == newest.size
    with database.writing() as session:
        after = [receipt.receipt(session, own(ANA), vault, anchor, ANA, one).as_json().decode() for one in about]
    assert len(after) > 20
    for one in (*before, *after):
        held = verify.verify(one, witnesses=[council.key.vkey])
        assert held.cosigned[0][0] == "works-council"
    rewrite(database, vault)
    for _ in range(witnesses.KEPT + 5):
        add(database, vault, 1)
        assert submit(database, council) is Trouble.REFUSED
    assert len(alarms(database)) == 1


def test_a_refusal_is_one_until_the_witness_cosigns_again_and_a_page_reads_only_the_newest(
    database: Database, vault: Vault, council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of the same head; and a witness that wavers makes no page slow."""
    refuse, older = Reply(422, "text/plain", ""), Reply(409, SIZE_TYPE, "99\n")
    real, episodes = instants.now(), witnesses.SHOWN + 4
    for number in range(episodes):
        for reply in (refuse, refuse, Reply(503, "text/plain", ""), refuse):
            monkeypatch.setattr(instants, "now", lambda at=real + number: at)
            submitting.submit(database, council.address, lambda _url, _body, reply=reply: reply)
        assert submit(database, council) is None
    with database.reading() as session:
        assert witnesses.raised(session) == tuple(range(real, real + episodes))
        found = backing.of(session, vault, ())
    assert [one.first_at for one in found.alarms] == [*range(real + episodes - 1, real + 3, -1)]
    assert found.older == 4
    monkeypatch.setattr(instants, "now", lambda: real + episodes)
    for reply in (refuse, older, refuse, older):
        submitting.submit(database, council.address, lambda _url, _body, reply=reply: reply)
    assert {(one.trouble, one.last_at) for one in alarms(database)[:2]} == {
        (Trouble.REFUSED, real + episodes),
        (Trouble.SHORTER, real + episodes),
    }

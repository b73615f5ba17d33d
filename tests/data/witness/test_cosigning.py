"""The witness's promise: whatever it is sent, of two heads it cosigned the larger extends the smaller."""

from __future__ import annotations

import sqlite3
import tempfile
from http import HTTPStatus
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import StoreMissing
from data.tlog import checkpoint, cosignature, note, submission
from data.tlog.cosignature import Cosigner
from data.tlog.note import Signer
from data.tlog.submission import Submission
from data.witness import cosigning, record
from data.witness.cosigning import Answer
from data.witness.record import Doubt, Refusal
from tests.data.witness.history import FORKED, LOG, TRUE, History

NOW = 1_790_000_000
WITNESS = Cosigner("council.example", bytes(32))
OK, CONFLICT, UNPROVEN = HTTPStatus.OK, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A witness's record that trusts LOG."""
    return made(tmp_path)


def made(folder: Path) -> Path:
    record.make(folder)
    with record.opened(folder) as connection:
        record.trust(connection, LOG.verifier, NOW)
    return folder


def send(folder: Path, body: bytes, seconds: int = NOW) -> Answer:
    return cosigning.add_checkpoint(folder, WITNESS, body, seconds)


def refusals(folder: Path) -> tuple[Refusal, ...]:
    with record.opened(folder, reading=True) as connection:
        return record.refusals(connection)


def known(folder: Path) -> int | None:
    with record.opened(folder, reading=True) as connection:
        head = record.newest(connection, LOG.name)
    return head.size if head else None


def test_a_first_head_and_each_that_extends_it_is_cosigned(folder: Path) -> None:
    for old, size in ((0, 1), (1, 2), (2, 13), (13, 13), (13, 64)):
        answer = send(folder, TRUE.body(old, size))
        assert answer.status == OK
        opened = note.open_note(TRUE.note(size) + answer.text, [WITNESS.verifier, LOG.verifier])
        assert [one.name for one in opened.verified] == [LOG.name, WITNESS.name]
        assert cosignature.seconds_of(opened.verified[1]) == NOW
        assert known(folder) == size
    assert refusals(folder) == ()


def test_an_empty_log_is_cosigned_with_the_root_of_nothing_only(folder: Path) -> None:
    assert send(folder, TRUE.body(0, 0)).status == OK
    assert send(folder, TRUE.body(0, 5)).status == OK
    wrong = note.sign(checkpoint.text(checkpoint.Checkpoint(LOG.name, 0, bytes(32))), [LOG])
    (folder / "fresh").mkdir()
    fresh = made(folder / "fresh")
    answer = send(fresh, submission.write(Submission(0, (), wrong)))
    assert (answer.status, answer.is_size) == (CONFLICT, False)
    assert known(fresh) is None


def test_an_old_size_that_is_not_the_known_one_is_answered_with_the_known_one(folder: Path) -> None:
    assert send(folder, TRUE.body(5, 9)) == Answer(CONFLICT, "0\n", is_size=True)
    assert send(folder, TRUE.body(0, 9)).status == OK
    for old, size in ((0, 9), (8, 12), (0, 12), (10, 12), (0, 0)):
        assert send(folder, TRUE.body(old, size)) == Answer(CONFLICT, "9\n", is_size=True)
    assert known(folder) == 9


def test_a_log_nobody_trusted_is_not_found(folder: Path) -> None:
    other = History(signer=Signer("example.com/other", LOG.seed))
    assert send(folder, other.body(0, 3)).status == HTTPStatus.NOT_FOUND


def test_a_head_that_the_log_did_not_sign_is_forbidden_and_no_evidence(folder: Path) -> None:
    assert send(folder, TRUE.body(0, 12)).status == OK
    foreign = History(FORKED.hashes, Signer(LOG.name, bytes(32)))
    assert send(folder, foreign.body(12, 20)).status == HTTPStatus.FORBIDDEN
    forged = TRUE.note(12).replace("\n12\n", "\n13\n")
    assert send(folder, submission.write(Submission(12, (), forged))).status == HTTPStatus.FORBIDDEN
    assert refusals(folder) == ()
    assert known(folder) == 12


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        TRUE.body(0, 5)[:-1],
        TRUE.body(0, 5) + b"\n",
        TRUE.body(0, 5).replace(b"old 0", b"old 00"),
        TRUE.body(0, 5).replace(b"\n5\n", b"\n05\n"),
        TRUE.body(0, 5).replace(b"\n", b"\r\n"),
        b"old 6\n\n" + TRUE.note(5).encode(),
    ],
)
def test_a_request_that_is_none_is_bad(folder: Path, body: bytes) -> None:
    assert send(folder, body).status == HTTPStatus.BAD_REQUEST
    assert known(folder) is None


def test_a_larger_head_without_its_proof_is_refused_and_kept_with_both_notes(folder: Path) -> None:
    assert send(folder, TRUE.body(0, 12)).status == OK
    proof = TRUE.proof(12, 20)
    for wrong in ((), proof[:-1], proof[::-1], (*proof, bytes(32)), FORKED.proof(12, 20), TRUE.proof(11, 20)):
        answer = send(folder, submission.write(Submission(12, wrong, TRUE.note(20))))
        assert answer.status == UNPROVEN
    (refused,) = refusals(folder)
    assert (refused.kind, refused.size, refused.known_size, refused.count) == (Doubt.BROKEN, 20, 12, 6)
    assert (refused.note, refused.known_note) == (TRUE.note(20), TRUE.note(12))
    assert known(folder) == 12


def test_a_head_that_is_proven_in_the_end_is_doubted_no_more(folder: Path) -> None:
    """Anybody can send a published head with a wrong proof; that must not stain the log."""
    assert send(folder, TRUE.body(0, 12)).status == OK
    assert send(folder, submission.write(Submission(12, (), TRUE.note(20)))).status == UNPROVEN
    assert send(folder, TRUE.body(12, 20)).status == OK
    assert refusals(folder) == ()


def test_a_rewritten_history_is_refused_at_every_size_and_kept_as_a_fork_where_two_notes_prove_it(folder: Path) -> None:
    assert send(folder, TRUE.body(0, 12)).status == OK
    assert send(folder, TRUE.body(12, 20)).status == OK
    same = send(folder, FORKED.body(20, 20))
    assert (same.status, same.is_size) == (CONFLICT, False)
    assert send(folder, FORKED.body(12, 12)) == Answer(CONFLICT, "20\n", is_size=True)
    assert send(folder, FORKED.body(20, 30)).status == UNPROVEN
    assert send(folder, FORKED.body(0, 15)) == Answer(CONFLICT, "20\n", is_size=True)
    found = {(one.kind, one.size): one for one in refusals(folder)}
    assert set(found) == {(Doubt.FORK, 20), (Doubt.FORK, 12), (Doubt.BROKEN, 30), (Doubt.OLDER, 15)}
    for size in (12, 20):
        refused = found[Doubt.FORK, size]
        assert (refused.note, refused.known_note) == (FORKED.note(size), TRUE.note(size))
    assert send(folder, TRUE.body(20, 64)).status == OK


def test_a_late_repeat_of_what_was_cosigned_is_no_evidence(folder: Path) -> None:
    assert send(folder, TRUE.body(0, 12)).status == OK
    assert send(folder, TRUE.body(12, 20)).status == OK
    assert send(folder, TRUE.body(0, 12)) == Answer(CONFLICT, "20\n", is_size=True)
    assert refusals(folder) == ()


def test_an_unneeded_proof_of_the_same_head_is_refused_and_no_evidence(folder: Path) -> None:
    assert send(folder, TRUE.body(0, 12)).status == OK
    for old in (0, 12):
        body = submission.write(Submission(old, (bytes(32),), TRUE.note(12)))
        assert send(folder, body).status == (UNPROVEN if old else CONFLICT)
    assert refusals(folder) == ()


def test_what_is_kept_has_bounds_and_a_fork_is_always_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "MOST_DOUBTS", 2)
    assert send(folder, TRUE.body(0, 12)).status == OK
    for size in (20, 21, 22, 20):
        assert send(folder, submission.write(Submission(12, (), TRUE.note(size)))).status == UNPROVEN
    assert send(folder, FORKED.body(12, 12)).status == CONFLICT
    assert {(one.kind, one.size, one.count) for one in refusals(folder)} == {
        (Doubt.BROKEN, 20, 2),
        (Doubt.BROKEN, 21, 1),
        (Doubt.FORK, 12, 1),
    }


def test_a_clock_that_goes_back_does_not_go_back_in_cosignatures(folder: Path) -> None:
    assert send(folder, TRUE.body(0, 12), NOW).status == OK
    for body in (TRUE.body(12, 12), TRUE.body(12, 20)):
        line = send(folder, body, NOW - 1000).text
        assert cosignature.seconds_of(note.parse_line(line[:-1])) == NOW


def test_logs_do_not_know_of_each_other(folder: Path) -> None:
    other = History(FORKED.hashes, Signer("example.com/other", bytes(32)))
    with record.opened(folder) as connection:
        record.trust(connection, other.signer.verifier, NOW)
    assert send(folder, TRUE.body(0, 12)).status == OK
    assert send(folder, other.body(0, 20)).status == OK
    assert send(folder, TRUE.body(12, 20)).status == OK


def test_a_witness_without_its_record_answers_nothing(folder: Path) -> None:
    assert send(folder, TRUE.body(0, 12)).status == OK
    for name in (record.FILE, record.FILE + "-wal", record.FILE + "-shm"):
        (folder / name).unlink(missing_ok=True)
    with pytest.raises(StoreMissing):
        send(folder, FORKED.body(0, 12))
    assert not (folder / record.FILE).exists()


def test_the_record_itself_holds_one_head_for_a_size(folder: Path) -> None:
    assert send(folder, TRUE.body(0, 12)).status == OK
    row = (LOG.name, 12, FORKED.root(12), "", NOW)
    with pytest.raises(sqlite3.IntegrityError), record.opened(folder) as connection:
        connection.execute("INSERT INTO heads VALUES (?, ?, ?, ?, ?)", row)


steps = st.tuples(st.sampled_from([TRUE, FORKED]), st.integers(0, 40), st.integers(0, 40), st.booleans())


@settings(max_examples=60)
@given(st.lists(steps, max_size=25))
def test_no_order_of_requests_leads_to_two_cosigned_heads_that_contradict(
    requests: list[tuple[History, int, int, bool]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = made(Path(name))
        largest = 0
        cosigned: dict[int, bytes] = {}
        for history, old, size, is_told in requests:
            # Often with the size that the witness names, as an attacker would.
            old = largest if is_told else old
            body = submission.write(Submission(old, history.proof(old, size), history.note(size)))
            answer = send(folder, body)
            if answer.status != OK:
                continue
            assert size >= largest
            largest = size
            assert cosigned.setdefault(size, history.root(size)) == history.root(size)
        assert all(TRUE.root(size) == root for size, root in cosigned.items()) or all(
            FORKED.root(size) == root for size, root in cosigned.items()
        )

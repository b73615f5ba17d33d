"""The one file that people are given is as strict as the log itself, and says no more than a receipt proves.

The receipts here are put together by hand and signed with the right key, so that each rule is met by itself.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.__main__ import main
from data.errors import BadInput
from data.proofs import verify
from data.tlog import checkpoint, merkle, note
from data.tlog.checkpoint import Checkpoint
from data.tlog.cosignature import Cosigner
from data.tlog.note import Signer, Verifier
from tests.data.tlog import malformed

LOG = Signer("daylight/test", b"l" * 32)
COUNCIL = Cosigner("council.example", b"c" * 32)
SALT = b"s" * 16
TAGS = [hashlib.sha256(bytes([number])).digest() for number in range(128)]  # five people, filled up
FIRST, LAST = merkle.leaf_hash(b"first"), merkle.leaf_hash(b"last")


def digest(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def made(
    entry: dict[str, Any] | None = None,
    details: dict[str, Any] | None = None,
    people: int = 5,
    head: str | None = None,
    signer: Signer = LOG,
    **fields: Any,
) -> str:
    """A receipt of entry 1 of 3, about the fifth of five people, with some of it another and signed nevertheless."""
    told = {
        "role": "engineer",
        "team": "AI",
        "account": "x",
        "shared": False,
        "purpose": "support",
        "ticket": "",
        "scope": {},
    }
    text = json.dumps({**told, "people_count": people, **(details or {})})
    level, beside, at = [merkle.leaf_hash(tag) for tag in TAGS], list[str](), 4
    while len(level) > 1:
        beside.append(level[at ^ 1].hex())
        level, at = [merkle.node_hash(*level[one : one + 2]) for one in range(0, len(level), 2)], at // 2
    (root,) = level
    said: dict[str, Any] = {"action": "read", "at": 1_790_000_000_000_000, "source": "daylight", "count": 3}
    said |= {"people": root.hex(), "commitment": digest(SALT, text.encode()).hex(), **(entry or {})}
    leaf = json.dumps(said)
    tree = merkle.node_hash(merkle.node_hash(FIRST, merkle.leaf_hash(leaf.encode())), LAST)
    body = head or "{origin}\n3\n{root}\n"
    body = body.format(origin=LOG.name, root=b64encode(tree).decode(), loose=loose(b64encode(tree).decode()))
    return json.dumps(
        {
            "daylight_receipt": 1,
            "position": 1,
            "leaf": leaf,
            "details": text,
            "salt": SALT.hex(),
            "tag": TAGS[4].hex(),
            "tag_index": 4,
            "tag_count": 128,
            "tag_proof": beside,
            "size": 3,
            "inclusion": [FIRST.hex(), LAST.hex()],
            "checkpoint": f"{body}\n{signer.signature(body).line}",
            "key": signer.vkey,
            **fields,
        }
    )


def loose(encoded: str) -> str:
    """The same 32 bytes in base64 that nobody writes like that."""
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return encoded[:-2] + digits[digits.index(encoded[-2]) ^ 1] + "="


GOOD: dict[str, Any] = json.loads(made())
SIGNED: str = GOOD["checkpoint"]


def log_takes(written: str) -> bool:
    """Whether the log's own parser takes a note for the checkpoint of the receipt."""
    try:
        found = checkpoint.parse(note.open_note(written, [LOG.verifier]).text)
    except BadInput:
        return False
    return (found.origin, found.size) == (LOG.name, 3)


def verifier_takes(written: str) -> bool:
    try:
        return verify.verify(json.dumps({**GOOD, "checkpoint": written}), key=LOG.vkey).size == 3
    except verify.Wrong:
        return False


def test_the_verifier_refuses_each_note_that_the_log_itself_refuses() -> None:
    """Each single flipped bit, other line ends, base64 that is not canonical, a signature twice: one list for both."""
    assert log_takes(SIGNED)
    assert verifier_takes(SIGNED)
    for written in (*malformed.flipped(SIGNED), *malformed.spelled(SIGNED)):
        assert not log_takes(written), written
        assert not verifier_takes(written), written


@pytest.mark.parametrize("more", [malformed.STRANGER, COUNCIL.cosign("x\n", 1).line, malformed.STRANGER * 2, "x\n"])
def test_what_others_signed_below_is_read_as_the_log_reads_it(more: str) -> None:
    assert log_takes(SIGNED + more) == verifier_takes(SIGNED + more)


pieces = st.sampled_from(["\n", "\n\n", "\r", " ", "=", "A", "+", "— ", "\t", "\u2028", SIGNED.splitlines()[-1] + "\n"])


@given(st.integers(0, len(SIGNED)), st.integers(0, 3), pieces)
def test_a_note_put_together_otherwise_is_the_same_to_both(at: int, less: int, piece: str) -> None:
    written = SIGNED[:at] + piece + SIGNED[at + less :]
    assert log_takes(written) == verifier_takes(written)


@pytest.mark.parametrize(
    "head",
    [
        "{origin}\n03\n{root}\n",
        "{origin}\n+3\n{root}\n",
        "{origin}\n3 \n{root}\n",
        "{origin}\n\uff13\n{root}\n",
        "{origin}\n3\n{loose}\n",
        "{origin}\n3\n{root}AAAA\n",
        "{origin}\n3\n{root}\n\n",
        "{origin}\n\n{root}\n",
        "{origin}\n3\n",
        "{origin}\n3\n{root}\nan extension\n\n",
        "\n3\n{root}\n",
        "{origin}\n3\n{root}\nbell\x07\n",
        "{origin}\n3\n{root}\n" + "x" * note.MOST_BYTES + "\n",
    ],
    ids=range(13),
)
def test_a_checkpoint_written_otherwise_is_refused_though_it_is_signed(head: str) -> None:
    receipt = made(head=head)
    assert not log_takes(json.loads(receipt)["checkpoint"])
    with pytest.raises(verify.Wrong):
        verify.verify(receipt)


def test_an_extension_of_a_checkpoint_is_taken_as_the_log_takes_it() -> None:
    receipt = made(head="{origin}\n3\n{root}\nan extension\n")
    assert log_takes(json.loads(receipt)["checkpoint"])
    assert verify.verify(receipt).size == 3


def other_key(kind: int, public: bytes) -> str:
    return f"{LOG.name}+{note.key_id(LOG.name, kind, public).hex()}+{b64encode(bytes([kind]) + public).decode()}"


PUBLIC = LOG.verifier.public


@pytest.mark.parametrize(
    "key",
    [
        other_key(4, PUBLIC),
        other_key(1, PUBLIC + b"x"),
        other_key(1, PUBLIC[:-1]),
        LOG.vkey.replace("+", "+0", 1),
        LOG.vkey.replace(LOG.verifier.key_id.hex(), "00000000"),
        LOG.vkey.replace(LOG.verifier.key_id.hex(), LOG.verifier.key_id.hex().upper()),
        LOG.vkey + "\n",
        LOG.name,
        "",
    ],
)
def test_a_key_of_another_kind_or_length_or_with_another_hash_is_refused(key: str) -> None:
    """Also where the signature names that key: it is made for it here."""
    with pytest.raises(BadInput):
        Verifier.parse(key)
    body = note.split(SIGNED)[0]
    _, short, encoded = (*key.split("+", 2), "", "")[:3]
    ids = [LOG.verifier.key_id]
    with suppress(ValueError):
        ids += [bytes.fromhex(short)[:4], digest(LOG.name.encode(), b"\n", b64decode(encoded))[:4]]
    for one in ids:
        line = note.Signature(LOG.name, one, LOG.signature(body).raw).line
        with pytest.raises(verify.Wrong):
            verify.verify(json.dumps({**GOOD, "checkpoint": f"{body}\n{line}", "key": key}))


def test_a_checkpoint_of_another_log_is_refused_though_the_key_signed_it() -> None:
    other = Signer("daylight/other", b"l" * 32)
    with pytest.raises(verify.Wrong, match="another log than its key"):
        verify.verify(made(signer=other))


def test_a_proof_that_ends_too_early_or_goes_on_proves_nothing() -> None:
    """The log signed the hash that the short proof ends at, as it does for the log that had one entry less."""
    short = merkle.node_hash(FIRST, merkle.leaf_hash(GOOD["leaf"].encode()))
    text = checkpoint.text(Checkpoint(LOG.name, 3, short))
    with pytest.raises(verify.Wrong, match="too short"):
        verify.verify(made(checkpoint=note.sign(text, [LOG]), inclusion=[FIRST.hex()]))
    with pytest.raises(verify.Wrong, match="too long"):
        verify.verify(made(inclusion=[FIRST.hex(), LAST.hex(), LAST.hex()]))


def test_the_number_of_people_is_the_one_that_the_details_commit_to() -> None:
    assert verify.verify(made()).people == 5
    with pytest.raises(verify.Wrong, match="another number of people"):
        verify.verify(made(people=129))


@pytest.mark.parametrize("count", [65, 100, 127, 128])
def test_without_details_the_number_of_people_is_not_affirmed(count: int) -> None:
    """The same proof leads to the same root for other numbers; only the details say which it is."""
    receipt = made(details=None, salt=None, tag_count=count)
    receipt = json.dumps({**json.loads(receipt), "details": None})
    try:
        held = verify.verify(receipt, key=LOG.vkey)
    except verify.Wrong:
        assert count != 128
        return
    said = " ".join(verify.sentences(held, True))
    assert held.people is None
    assert "this receipt holds no details; the number of people is not proven" in said.lower()
    assert "people: not proven" in said


@pytest.mark.parametrize(("details", "salt"), [(None, SALT.hex()), (GOOD["details"], None)])
def test_half_of_the_details_is_no_receipt(details: str | None, salt: str | None) -> None:
    with pytest.raises(verify.Wrong):
        verify.verify(json.dumps({**GOOD, "details": details, "salt": salt}))


def test_the_key_of_another_log_shows_nothing_about_whose_tag_it_is() -> None:
    commitment = bytes.fromhex(json.loads(GOOD["leaf"])["commitment"])
    key = b"k" * 32
    mine = {"daylight_tag_key": 1, "origin": LOG.name, "key": key.hex()}
    tag = hmac.digest(key, commitment, "sha256")
    alone = made(entry={"people": merkle.leaf_hash(tag).hex(), "commitment": commitment.hex()}, people=1)
    fields = {**json.loads(alone), "tag": tag.hex(), "tag_index": 0, "tag_count": 1, "tag_proof": []}
    receipt = json.dumps({**fields, "details": None, "salt": None})
    assert verify.verify(receipt, mine=json.dumps(mine)).is_mine
    for wrong in ({"origin": "daylight/other"}, {"daylight_tag_key": 2}, {"key": "6b"}, {"key": None}):
        with pytest.raises(verify.Wrong):
            verify.verify(receipt, mine=json.dumps({**mine, **wrong}))
    with pytest.raises(verify.Wrong):
        verify.verify(receipt, mine='{"daylight_tag_key": 1}')


@pytest.mark.parametrize(
    "receipt",
    [
        json.dumps({one: GOOD[one] for one in GOOD if one != "key"}),
        "[" * 100_000,
        made()[:-1] + ', "more": ' + "[" * 200 + "]" * 200 + "}",
        made(entry={"at": "soon"}),
        made(entry={"at": 1e300}),
        made(entry={"count": True}),
        made(position=1.0),
        made(position=True),
        made(size=3.0),
        made(tag_index=4.0),
        made(tag_count=5.0),
        made(tag=TAGS[4].hex().upper()),
        made(inclusion=[" " + FIRST.hex(), LAST.hex()]),
        made(details={"scope": None, "people_count": None}),
        made(checkpoint=7),
        made(checkpoint="\ud800\n\n— a b\n"),
        made(leaf="{}"),
    ],
)
def test_whatever_a_receipt_holds_it_is_refused_in_words(receipt: str, tmp_path: Path) -> None:
    """A file that somebody else made must not end in a trace of the program, also with --key."""
    with pytest.raises(verify.Wrong):
        verify.verify(receipt, key=LOG.vkey)
    (tmp_path / "receipt.json").write_text(receipt, encoding="utf-8", errors="replace")
    assert verify.main([str(tmp_path / "receipt.json"), "--key", LOG.vkey]) == 1


@pytest.mark.parametrize("at", [10**30, -(10**30), 0, -1])
def test_a_moment_that_no_calendar_has_is_told_as_a_number(at: int) -> None:
    held = verify.verify(made(entry={"at": at}))
    assert "The receipt holds" in verify.sentences(held, True)[0]


def test_what_the_log_committed_to_is_told_or_refused_whatever_is_missing_in_it() -> None:
    for name in ("role", "scope", "people_count"):
        told = {one: value for one, value in json.loads(GOOD["details"]).items() if one != name}
        text = json.dumps(told)
        commitment = digest(SALT, text.encode()).hex()
        with pytest.raises(verify.Wrong, match=name):
            verify.verify(json.dumps({**json.loads(made(entry={"commitment": commitment})), "details": text}))


def test_who_gave_no_key_reads_that_the_key_came_from_the_receipt_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`holds` alone would be believed: anybody can make a receipt with a key of their own."""
    path = tmp_path / "receipt.json"
    signed = SIGNED + COUNCIL.cosign(note.split(SIGNED)[0], 1_790_000_000).line
    path.write_text(made(checkpoint=signed), encoding="utf-8")
    asked = ["log", "verify", str(path), "--json"]
    assert main(asked) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["holds"], found["key_given"], found["witnesses_given"]) == (True, False, 0)
    assert any("key came from the receipt itself" in one for one in found["said"])
    assert any("No witness was asked for" in one for one in found["said"])
    assert any('"shared": false' in one for one in found["said"])
    assert main([*asked, "--key", LOG.vkey, "--witness", COUNCIL.vkey]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["key_given"], found["witnesses_given"]) == (True, 1)
    assert not any("from the receipt itself" in one or "No witness" in one for one in found["said"])
    assert main([*asked, "--witness", "typed wrongly"]) == 1
    assert "is no key of a witness" in capsys.readouterr().err


def test_a_cosignature_of_a_moment_that_the_log_would_refuse_is_refused() -> None:
    body = note.split(SIGNED)[0]
    line = COUNCIL.cosign(body, 2**63).line
    with pytest.raises(BadInput):
        note.open_note(SIGNED + line, [COUNCIL.verifier])
    with pytest.raises(verify.Wrong, match="no moment"):
        verify.verify(made(checkpoint=SIGNED + line), witnesses=[COUNCIL.vkey])
    late = made(checkpoint=SIGNED + COUNCIL.cosign(body, 2**62).line)
    assert "in no calendar" in " ".join(verify.sentences(verify.verify(late, witnesses=[COUNCIL.vkey]), True))

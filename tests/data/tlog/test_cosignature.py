"""Cosignatures: the layout the specification shows, and nothing accepted that a witness did not say."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from data.errors import BadInput
from data.tlog import cosignature, note
from data.tlog.cosignature import Cosigner, Verifier
from data.tlog.note import Signature, Signer

# c2sp.org/tlog-cosignature, its example; the specification names its time but not the witness's key.
TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
LINE = (
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0"
    "xUe+mbIUBkBIfZ+qnA=="
)
AT = 1679315147
WITNESS = Cosigner("witness.example.com/w1", bytes(range(32)))


def test_the_line_of_the_specification_holds_the_time_it_names() -> None:
    read = note.parse_line(LINE)
    assert (read.name, cosignature.seconds_of(read), len(read.raw)) == ("witness.example.com/w1", AT, 72)
    assert read.line == LINE + "\n"


def test_the_message_signed_is_the_one_the_specification_writes_out() -> None:
    made = WITNESS.cosign(TEXT, AT)
    public = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()
    public.verify(made.raw[8:], f"cosignature/v1\ntime 1679315147\n{TEXT}".encode())
    assert made.raw[:8] == AT.to_bytes(8, "big")
    hashed = hashlib.sha256(b"witness.example.com/w1\n\x04" + public.public_bytes_raw()).digest()
    assert made.key_id == hashed[:4]


@given(st.binary(min_size=32, max_size=32), st.integers(0, 2**63 - 1))
def test_a_cosignature_is_accepted_for_its_own_text_and_time_only(seed: bytes, seconds: int) -> None:
    witness = Cosigner("w", seed)
    verifier = Verifier.parse(witness.vkey)
    raw = witness.cosign(TEXT, seconds).raw
    assert verifier.accepts(TEXT, raw)
    assert not verifier.accepts(TEXT + "extension\n", raw)
    assert not verifier.accepts(TEXT, (seconds ^ 1).to_bytes(8, "big") + raw[8:])
    assert not verifier.accepts(TEXT, raw[8:])
    assert not verifier.accepts(TEXT, raw + b"\x00")
    assert not verifier.accepts(TEXT, raw[:8])


def test_a_log_and_a_witness_of_one_key_are_never_taken_for_each_other() -> None:
    log = Signer("one", bytes(32))
    witness = Cosigner("one", bytes(32))
    assert log.verifier.key_id != witness.verifier.key_id
    with pytest.raises(BadInput, match="witness"):
        Verifier.parse(log.vkey)
    with pytest.raises(BadInput, match="log"):
        note.Verifier.parse(witness.vkey)
    assert not witness.verifier.accepts(TEXT, log.signature(TEXT).raw)
    assert not log.verifier.accepts(TEXT, witness.cosign(TEXT, AT).raw)


def test_a_time_that_no_calendar_holds_is_refused() -> None:
    verifier = WITNESS.verifier
    far = note.sign_bytes(WITNESS.seed, f"cosignature/v1\ntime {2**63}\n{TEXT}".encode())
    assert not verifier.accepts(TEXT, (2**63).to_bytes(8, "big") + far)


def test_a_note_carries_the_log_s_signature_and_a_witness_s_together() -> None:
    log = Signer("example.com/behind-the-sofa", bytes(32))
    whole = note.sign(TEXT, [log]) + WITNESS.cosign(TEXT, AT).line
    opened = note.open_note(whole, [log.verifier, WITNESS.verifier])
    assert [signature.name for signature in opened.verified] == [log.name, WITNESS.name]
    forged = Signature(WITNESS.name, WITNESS.verifier.key_id, bytes(72))
    with pytest.raises(note.Unverified):
        note.open_note(note.sign(TEXT, [log]) + forged.line, [log.verifier, WITNESS.verifier])

"""Checkpoints: what the specification shows is read, and every other way to write one is refused."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import BadInput
from data.tlog import checkpoint, note
from data.tlog.checkpoint import LARGEST, Checkpoint
from data.tlog.cosignature import Cosigner
from data.tlog.note import Signer

# c2sp.org/tlog-checkpoint, its example.
EXAMPLE = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
LOG = Signer("example.com/log", bytes(range(32)))

origins = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)
checkpoints = st.builds(
    Checkpoint,
    origins,
    st.integers(0, LARGEST),
    st.binary(min_size=32, max_size=32),
    st.lists(origins, max_size=2).map(tuple),
)


def test_the_example_of_the_specification_is_read_and_written_again() -> None:
    read = checkpoint.parse(EXAMPLE)
    assert (read.origin, read.size, b64encode(read.root).decode()) == ("example.com/behind-the-sofa", 20852163, ROOT)
    assert checkpoint.text(read) == EXAMPLE


@given(checkpoints)
def test_what_was_written_is_read_back(written: Checkpoint) -> None:
    assert checkpoint.parse(checkpoint.text(written)) == written


@pytest.mark.parametrize(
    "written",
    [
        "",
        "\n",
        EXAMPLE[:-1],
        EXAMPLE + "\n",
        "\n" + EXAMPLE,
        EXAMPLE.replace("\n", "\n\n", 1),
        EXAMPLE.replace("\n", "\r\n"),
        EXAMPLE + "extension\n\n",
        "log\n1\n",
        f"\n1\n{ROOT}\n",
        f"log\n01\n{ROOT}\n",
        f"log\n00\n{ROOT}\n",
        f"log\n+1\n{ROOT}\n",
        f"log\n-1\n{ROOT}\n",
        f"log\n 1\n{ROOT}\n",
        f"log\n1 \n{ROOT}\n",
        f"log\n1_0\n{ROOT}\n",
        f"log\n1e3\n{ROOT}\n",
        f"log\n0x1\n{ROOT}\n",
        f"log\n١\n{ROOT}\n",
        f"log\n{2**63}\n{ROOT}\n",
        f"log\n{10**40}\n{ROOT}\n",
        f"log\n1\n {ROOT}\n",
        f"log\n1\n{ROOT} \n",
        f"log\n1\n{ROOT}=\n",
        f"log\n1\n{ROOT[:-1]}\n",
        # The same 32 bytes for a lenient reader: the last two bits of the last letter stand for nothing.
        f"log\n1\n{ROOT[:-2]}J=\n",
        f"log\n1\n{ROOT.replace('/', '_')}\n",
        f"log\n1\n{b64encode(bytes(31)).decode()}\n",
        f"log\n1\n{b64encode(bytes(33)).decode()}\n",
        f"log\n1\n{'00' * 32}\n",
        f"l\x00og\n1\n{ROOT}\n",
    ],
)
def test_a_checkpoint_written_in_any_other_way_is_refused(written: str) -> None:
    with pytest.raises(BadInput):
        checkpoint.parse(written)


@pytest.mark.parametrize(
    "head", [Checkpoint("a\nb", 1, bytes(32)), Checkpoint("", 1, bytes(32)), Checkpoint("a", -1, bytes(32))]
)
def test_nothing_is_written_that_could_not_be_read_back(head: Checkpoint) -> None:
    with pytest.raises(BadInput):
        checkpoint.text(head)


def test_every_single_flipped_bit_of_a_signed_checkpoint_is_refused() -> None:
    signed = note.sign(checkpoint.text(Checkpoint(LOG.name, 1204, bytes(range(32)))), [LOG]).encode()
    assert checkpoint.parse(note.open_note(signed, [LOG.verifier]).text).size == 1204
    for bit in range(len(signed) * 8):
        flipped = bytearray(signed)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BadInput):
            note.open_note(bytes(flipped), [LOG.verifier])


def test_no_flipped_bit_of_a_cosigned_checkpoint_passes_for_the_whole_of_it() -> None:
    """A flip in the name or ID of one key makes it an unknown one: then that signature counts for nothing."""
    witness = Cosigner("works-council", bytes(32))
    text = checkpoint.text(Checkpoint(LOG.name, 1204, bytes(range(32))))
    signed = (note.sign(text, [LOG]) + witness.cosign(text, 1_790_000_000).line).encode()
    keys = (LOG.verifier, witness.verifier)
    assert len(note.open_note(signed, keys).verified) == 2
    for bit in range(len(signed) * 8):
        flipped = bytearray(signed)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            opened = note.open_note(bytes(flipped), keys)
        except BadInput:
            continue
        assert opened.text == text
        assert len(opened.verified) == 1


@given(st.binary(min_size=1, max_size=8), st.integers(0, 200))
def test_bytes_put_into_a_signed_checkpoint_make_it_another_that_is_refused(more: bytes, at: int) -> None:
    signed = note.sign(EXAMPLE, [LOG]).encode()
    with pytest.raises(BadInput):
        note.open_note(signed[:at] + more + signed[at:], [LOG.verifier])

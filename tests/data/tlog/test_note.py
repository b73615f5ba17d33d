"""Signed notes against published vectors, and against every way of writing one a little differently."""

from __future__ import annotations

from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import BadInput
from data.tlog import note
from data.tlog.note import Signature, Signer, Unverified, Verifier

# golang.org/x/mod/sumdb/note, note_test.go: two keys, a secret key and a note that each of them signed.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
# c2sp.org/signed-note: the example with its verifier key.
EXAMPLE = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# go.dev/ref/mod: the key of Go's checksum database, with a head of it as c2sp.org/tlog-cosignature shows it (the
# specification puts another name in its place).
SUMDB = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
SUMDB_NOTE = (
    "go.sum database tree\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— sum.golang.org Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
NOTE = TEXT + "\n" + PETER_LINE
KNOWN = (Verifier.parse(PETER),)

texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters=[chr(i) for i in range(32)])).flatmap(
    lambda line: st.lists(st.just(line) | st.just(""), max_size=3).map(lambda more: "\n".join([line, *more]) + "\n")
)
names = st.from_regex(r"[a-zA-Z0-9./é-]{1,20}", fullmatch=True)
seeds = st.binary(min_size=32, max_size=32)


@pytest.mark.parametrize(("vkey", "signed"), [(PETER, NOTE), (EXAMPLE, EXAMPLE_NOTE), (SUMDB, SUMDB_NOTE)])
def test_published_notes_open_with_their_published_keys(vkey: str, signed: str) -> None:
    opened = note.open_note(signed, [Verifier.parse(vkey)])
    assert opened.text + "\n" + opened.verified[0].line == signed
    assert Verifier.parse(vkey).vkey == vkey


def test_a_published_secret_key_signs_as_published_to_the_byte() -> None:
    signer = Signer("PeterNeumann", b64decode(PETER_SECRET)[1:])
    assert signer.vkey == PETER
    assert note.sign(TEXT, [signer]) == NOTE


def test_signatures_of_unknown_keys_are_kept_and_prove_nothing() -> None:
    opened = note.open_note(NOTE + ENOCH_LINE, KNOWN)
    assert [signature.line for signature in opened.verified] == [PETER_LINE]
    assert [signature.line for signature in opened.unknown] == [ENOCH_LINE]
    with pytest.raises(Unverified):
        note.open_note(TEXT + "\n" + ENOCH_LINE, KNOWN)
    with pytest.raises(Unverified):
        note.open_note(NOTE, ())


def test_one_wrong_signature_by_a_known_key_refuses_the_whole_note() -> None:
    both = (*KNOWN, Verifier.parse(ENOCH))
    assert len(note.open_note(NOTE + ENOCH_LINE, both).verified) == 2
    swapped = note.split(NOTE + ENOCH_LINE)[1]
    forged = Signature(swapped[1].name, swapped[1].key_id, swapped[0].raw)
    with pytest.raises(Unverified):
        note.open_note(NOTE + forged.line, both)


@pytest.mark.parametrize(
    "written",
    [
        TEXT,
        TEXT + "\n",
        TEXT + PETER_LINE,
        NOTE[:-1],
        NOTE + "\n",
        NOTE + " ",
        NOTE + "Unexpected line.\n",
        NOTE + PETER_LINE,
        NOTE + ENOCH_LINE + ENOCH_LINE,
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("\n", "\r"),
        NOTE.replace("\n", "\u2028"),
        "\ufeff" + NOTE,
        "\x01" + NOTE,
        NOTE.replace("you ", "you\t", 1),
        NOTE.replace("you", "you\x00", 1),
        NOTE.replace("— ", "- "),
        NOTE.replace("— ", "– "),
        NOTE.replace("— ", "—  "),
        NOTE.replace("— ", "—\u00a0"),
        NOTE.replace("— ", " — "),
        NOTE.replace("PeterNeumann ", "PeterNeumann  "),
        NOTE.replace("PeterNeumann ", "Peter Neumann "),
        NOTE.replace("PeterNeumann", "Peter+Neumann"),
        NOTE.replace("PeterNeumann", "Peter\u00a0Neumann"),
        NOTE.replace("PeterNeumann ", ""),
        NOTE.replace("AM=\n", "AM\n"),
        NOTE.replace("AM=\n", "AM= \n"),
        NOTE.replace("AM=\n", "AM==\n"),
        NOTE.replace("AM=\n", "AN=\n"),
        NOTE.replace("/ZJkuBS9UG/", "_ZJkuBS9UG_"),
        NOTE.replace("x08go/", "x08go/\u200b"),
        NOTE.replace("x08go/", "x08go/ABCD"),
        TEXT + "\n— PeterNeumann x08gow==\n",
        "",
        "\n",
    ],
)
def test_a_note_written_in_any_other_way_is_refused(written: str) -> None:
    with pytest.raises(BadInput):
        note.open_note(written, KNOWN)


@pytest.mark.parametrize("written", [b"\xff" + NOTE.encode(), NOTE.encode()[:-3] + b"\xe2\x80\n", "\ud800" + NOTE])
def test_what_is_not_utf_8_is_refused(written: bytes | str) -> None:
    with pytest.raises(BadInput, match="UTF-8"):
        note.open_note(written, KNOWN)


def test_a_hundred_signatures_are_read_and_no_more() -> None:
    others = [Signature(f"k{n}", b"abcd", b"e").line for n in range(100)]
    assert len(note.open_note(NOTE + "".join(others[:99]), KNOWN).unknown) == 99
    with pytest.raises(BadInput, match="100"):
        note.open_note(NOTE + "".join(others), KNOWN)


def test_a_note_too_large_is_refused_though_it_is_signed() -> None:
    signer = Signer("log", bytes(32))
    with pytest.raises(BadInput, match="1,000,000"):
        note.open_note(note.sign("a" * note.MOST_BYTES + "\n", [signer]), [signer.verifier])


@given(texts, st.lists(st.tuples(names, seeds), min_size=1, max_size=4, unique_by=lambda pair: pair[0]))
def test_what_was_signed_opens_with_every_signature(text: str, keys: list[tuple[str, bytes]]) -> None:
    signers = [Signer(name, seed) for name, seed in keys]
    written = note.sign(text, signers)
    verifiers = [Verifier.parse(signer.vkey) for signer in signers]
    for form in (written, written.encode()):
        opened = note.open_note(form, verifiers)
        assert (opened.text, len(opened.verified), opened.unknown) == (text, len(signers), ())


@given(st.binary(max_size=300) | st.text(max_size=200))
def test_whatever_comes_in_is_refused_in_words(written: bytes | str) -> None:
    with pytest.raises(BadInput):
        note.open_note(written, KNOWN)


def test_every_part_and_every_changed_letter_of_a_verifier_key_is_refused() -> None:
    for start in range(len(PETER)):
        for end in range(start + 1, len(PETER) + 1):
            if end - start < len(PETER):
                refuse(PETER[start:end])
    for at in range(len(PETER)):
        refuse(PETER[:at] + chr(ord(PETER[at]) + 1) + PETER[at + 1 :])


@pytest.mark.parametrize(
    "vkey",
    [
        # The two that Go's tests add: a key too long and a kind nobody knows, each with a fitting hash.
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        PETER.replace("c74f20a3", "C74F20A3"),
        PETER.replace("c74f20a3", "0xc74f20a3"),
        " " + PETER,
        PETER + "\n",
        "",
        "++",
    ],
)
def test_a_verifier_key_written_in_any_other_way_is_refused(vkey: str) -> None:
    refuse(vkey)


def refuse(vkey: str) -> None:
    with pytest.raises(BadInput):
        Verifier.parse(vkey)


@pytest.mark.parametrize("text", ["", "no newline", "a\rb\n", "bell\x07\n"])
def test_no_text_is_signed_that_no_note_can_hold(text: str) -> None:
    with pytest.raises(BadInput):
        note.sign(text, [Signer("log", bytes(32))])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u2003b", "\x1b"])
def test_no_key_has_a_name_that_a_line_cannot_hold(name: str) -> None:
    with pytest.raises(BadInput):
        Signer(name, bytes(32))


def test_a_secret_key_does_not_show_when_printed() -> None:
    assert "seed" not in repr(Signer("log", bytes(32)))

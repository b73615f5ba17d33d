"""The request to a witness: read as the specification shows it, and refused in any other form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import BadInput
from data.tlog import submission
from data.tlog.submission import Submission

# c2sp.org/tlog-witness, its example.
PROOF = """\
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=
"""
NOTE = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
"""  # noqa: E501 (as published)
EXAMPLE = f"old 20852014\n{PROOF}\n{NOTE}"


def test_the_example_of_the_specification_is_read_and_written_again() -> None:
    read = submission.parse(EXAMPLE.encode())
    assert (read.old, len(read.proof), read.note) == (20852014, 4, NOTE)
    assert submission.write(read).decode() == EXAMPLE


@given(
    st.builds(
        Submission,
        st.integers(0, 2**63 - 1),
        st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple),
        st.text(st.characters(exclude_categories=("Cs",))),
    )
)
def test_what_was_written_is_read_back(written: Submission) -> None:
    assert submission.parse(submission.write(written)) == written


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n",
        "\n\n" + NOTE,
        NOTE,
        EXAMPLE.replace("old ", "old"),
        EXAMPLE.replace("old ", "Old "),
        EXAMPLE.replace("old ", " old "),
        EXAMPLE.replace("old ", "old  "),
        EXAMPLE.replace("old 20852014", "old 020852014"),
        EXAMPLE.replace("old 20852014", "old -1"),
        EXAMPLE.replace("old 20852014", "old "),
        EXAMPLE.replace("old 20852014\n", "old 20852014 \n"),
        EXAMPLE.replace("\n", "\r\n"),
        EXAMPLE.replace("PlRN", " PlRN"),
        EXAMPLE.replace("pkaw=", "pkaw"),
        EXAMPLE.replace("pkaw=", "pkax="),
        EXAMPLE.replace("PlRNCrwH", ""),
        f"old 1\n{PROOF.splitlines()[0]}\n".replace("\n\n", "\n") + NOTE,
        f"old 1\n{(PROOF.splitlines()[0] + chr(10)) * 64}\n{NOTE}",
    ],
)
def test_a_request_written_in_any_other_way_is_refused(body: str) -> None:
    with pytest.raises(BadInput):
        submission.parse(body.encode())


@given(st.binary(max_size=200))
def test_whatever_comes_in_is_read_or_refused_in_words(body: bytes) -> None:
    try:
        submission.parse(body)
    except BadInput as error:
        assert str(error)

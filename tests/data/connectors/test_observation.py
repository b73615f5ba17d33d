"""Names and statements from outside are kept, and are harmless wherever they are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.connectors.observation import LONGEST_TEXT, short, shown


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("ben", "ben"),
        ("Ümit 日本", "Ümit 日本"),
        ("a\nb\tc\x00", "a\\nb\\tc\\x00"),
        ("safe\u202egnp.exe", "safe\\u202egnp.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("half \ud800", "half \\ud800"),
        ("=cmd()|' /C calc'!A1", "=cmd()|' /C calc'!A1"),
        ("<b>**x**</b>", "<b>**x**</b>"),
    ],
)
def test_what_is_invisible_is_written_as_its_escape(text: str, kept: str) -> None:
    assert shown(text) == kept


@given(st.text(max_size=2 * LONGEST_TEXT))
def test_every_text_is_one_printable_line_of_bounded_length(text: str) -> None:
    found = shown(text)
    assert found.isprintable()
    assert len(found) <= LONGEST_TEXT
    found.encode()
    assert len(short(text)) <= 200
    short(text).encode()

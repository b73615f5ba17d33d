"""The file of a privacy notice: read strictly, so that a spelling cannot promise something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import instants
from data.connectors import notice_file
from data.errors import BadInput
from data.programme.privacy_notice import Promise

GOOD = """
title = "Keys"
legal_basis = "Art. 6(1)(f)"
purposes = ["training"]
apps = ["Code"]
text = "We keep what you type."
[kinds.key]
fields = ["text"]
days = 30
"""

BAD = {
    "title": ('title = "Keys"', "", "title is missing"),
    "nothing known": ('title = "Keys"', 'title = "Keys"\ncolour = 1', "no 'colour'"),
    "text": ('"We keep what you type."', '"  "', "text, what people read, is missing"),
    "invisible": ("We keep", r"We\u202e keep", "invisible"),
    "purpose": ('["training"]', '["fun"]', "no purpose 'fun'"),
    "no purpose": ('purposes = ["training"]', "", "purposes is missing"),
    "apps": ('apps = ["Code"]', "", "apps is missing"),
    "apps word": ('["Code"]', '"all"', 'neither "any" nor'),
    "apps empty": ('["Code"]', "[]", "apps is empty"),
    "kind": ("[kinds.key]", "[kinds.keys]", "no kind 'keys'"),
    "field": ('["text"]', '["words"]', "no field 'words'"),
    "field twice": ('["text"]', '["text", "text"]', "named twice"),
    "days": ("days = 30", "days = 0", "whole number from 1"),
    "days missing": ("days = 30", "", "whole number from 1"),
    "days true": ("days = 30", "days = true", "whole number from 1"),
    "no kinds": ('[kinds.key]\nfields = ["text"]\ndays = 30', "[kinds]", "promises nothing"),
    "no section": ("[kinds.key]", "[kind.key]", "no 'kind'"),
    "effective text": ("[kinds.key]", 'effective = "soon"\n[kinds.key]', "no date or time"),
    "effective local": ("[kinds.key]", "effective = 2030-01-01T00:00:00\n[kinds.key]", "names no zone"),
    "not TOML": ("[kinds.key]", "[kinds.key", "is not TOML"),
}


@pytest.mark.parametrize("case", BAD)
def test_each_mistake_is_refused_with_one_sentence(case: str) -> None:
    """Nothing that is not understood is published: it would be a promise that nobody made."""
    old, new, said = BAD[case]
    assert old in GOOD
    with pytest.raises(BadInput) as failure:
        notice_file.parse(GOOD.replace(old, new).encode(), "notice.toml")
    assert said in str(failure.value)
    assert str(failure.value).startswith("notice.toml")
    assert "\n" not in str(failure.value)


def test_a_file_is_read_as_it_says(tmp_path: Path) -> None:
    path = tmp_path / "notice.toml"
    path.write_text("effective = 2030-01-01\n" + GOOD)
    notice, since = notice_file.read(path)
    assert since == instants.parse("2030-01-01T00:00Z")
    assert (notice.apps, notice.promises) == (frozenset({"Code"}), (Promise("key", frozenset({"text"}), 30),))
    assert notice_file.parse(GOOD.encode(), "x")[1] is None
    with pytest.raises(BadInput):
        notice_file.read(tmp_path / "none.toml")
    with pytest.raises(BadInput, match="byte 2 is not UTF-8"):
        notice_file.parse(b"#\xff", "x")

"""What the environment says about witnesses is read whole or refused in words."""

from __future__ import annotations

import pytest

from data.errors import BadInput
from data.settings import Settings, Witness
from data.tlog.cosignature import Cosigner
from data.tlog.note import Signer

KEY = Cosigner("works-council", bytes(32)).vkey
OTHER = Cosigner("union", bytes(32)).vkey


def read(text: str) -> tuple[Witness, ...]:
    return Settings.from_environment({"DAYLIGHT_WITNESSES": text}).witnesses


def test_no_witness_is_set_unless_it_is_named() -> None:
    assert read("") == Settings.from_environment({}).witnesses == ()


def test_witnesses_are_pairs_of_address_and_key() -> None:
    found = read(f"https://w.example/ {KEY},\n http://127.0.0.1:8620/w {OTHER} ,")
    assert found == (Witness("https://w.example", KEY), Witness("http://127.0.0.1:8620/w", OTHER))
    assert [one.name for one in found] == ["works-council", "union"]


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        "https://w.example",
        f"{KEY} https://w.example",
        f"ftp://w.example {KEY}",
        f"w.example {KEY}",
        f"https:// {KEY}",
        f"https://w.example?a=b {KEY}",
        f"https://w.example {KEY} {OTHER}",
        f"https://w.example {KEY[:-1]}",
        f"https://w.example {Signer('works-council', bytes(32)).vkey}",
        f"https://w.example {KEY}, https://v.example {KEY}",
    ],
)
def test_anything_else_is_refused_naming_the_variable(text: str) -> None:
    with pytest.raises(BadInput, match="DAYLIGHT_WITNESSES"):
        read(text)

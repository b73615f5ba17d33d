"""A name from outside is harmless wherever it is shown or downloaded: nobody can write markup, a formula or a lie
with it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from data.accesses.entry import Action, Purpose
from data.commands import output
from data.looks import look
from data.looks.look import Logged, Look
from data.proofs import verify
from pages.shell import markup
from pages.shell.words import Calendar
from pages.wording import ledger, rows
from tests.nasty import HIDDEN, NAMES


def looked(name: str) -> Look:
    return Look(
        position=1,
        at=1_793_000_000_000_000,
        recorded_at=1_793_000_000_000_000,
        action=Action.READ,
        source=name,
        role=name,
        team=name,
        account=name,
        automated=True,
        purpose=Purpose.SUPPORT,
        ticket=name,
        scope={"kinds": [name], "apps": [name], "text": name, "what": name, name: name, "view": name},
        count=3,
        people_count=1,
        is_own=False,
        marks=(look.NO_REASON,),
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_list_of_looks_shows_a_name_and_does_nothing_else(name: str) -> None:
    calendar = Calendar(ZoneInfo("UTC"), 1_793_100_000_000_000)
    shown = rows.looks([looked(name)], (), calendar)
    plain = rows.looks([looked("nightly")], (), calendar)
    assert shown.count("<") <= plain.count("<"), "a tag more than with a plain name"
    assert not HIDDEN & set(shown)
    assert not HIDDEN & set(markup.literal(name))
    assert "\n" not in markup.literal(name)


@pytest.mark.parametrize("name", NAMES)
def test_no_table_that_can_be_downloaded_holds_a_formula_or_a_second_line(name: str) -> None:
    calendar = Calendar(ZoneInfo("UTC"), 1_793_100_000_000_000)
    entry = Logged(1, 0, 0, "read", name, name, "support", 1, 1, "ab", "cd")
    for table in (ledger.table((entry,), calendar), markup.cells(pd.DataFrame({"App": [name], "Captures": [-3]}))):
        for value in table.to_numpy().ravel():
            assert not str(value).startswith(("=", "+", "@", "\t", "\r", "\n")) or not isinstance(value, str)
            assert not isinstance(value, str) or (not value.startswith("-") and not HIDDEN & set(value))
        assert table.to_csv(index=False).count("\n") == 2
    assert markup.cells(pd.DataFrame({"n": [-3]}))["n"][0] == -3, "numbers stay numbers"


@pytest.mark.parametrize("name", NAMES)
def test_a_terminal_is_told_a_name_in_one_line_and_nothing_that_moves_its_cursor(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    output.table(("Account", "Team"), [(name, name)], "none")
    printed = capsys.readouterr().out
    assert printed.count("\n") == 2
    assert printed.replace("\n", "").isprintable()
    held = verify.Held(
        1,
        2,
        name,
        {"action": "read", "at": 0, "source": name, "count": 1},
        {
            "role": name,
            "team": name,
            "account": name,
            "shared": False,
            "purpose": name,
            "ticket": name,
            "scope": {name: name},
        },
        1,
        True,
        (),
    )
    said = verify.sentences(held, True)
    assert all("".join(mark if mark.isprintable() else "?" for mark in one).isprintable() for one in said)


def test_names_that_look_alike_are_told_apart_where_one_of_them_is_chosen() -> None:
    shown = markup.apart(["Zoom", "Zoom\u200b", "Zoom\u202e"])
    assert [shown(one) for one in ("Zoom", "Zoom\u200b", "Zoom\u202e")] == ["Zoom", "Zoom� (1 of 2)", "Zoom� (2 of 2)"]
    assert shown("Teams\u200b") == "Teams�"

"""A mistake in the holdings file is refused, so that no spelling turns captures into other data."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.accesses.entry import Action
from data.connectors import holdings_file
from data.connectors.holdings import UNLISTED, Holdings
from data.errors import BadInput
from tests.data.connectors.outside import ROSTER, SOURCE, TABLE


def read(folder: Path, text: str) -> Holdings:
    path = folder / "holdings.toml"
    path.write_text(text)
    return holdings_file.read(path, ROSTER)


def test_the_example_in_the_documentation_is_accepted(tmp_path: Path) -> None:
    example = "\n".join(
        line[4:] for line in (holdings_file.__doc__ or "").splitlines() if line.startswith("    ") or not line
    )
    found = read(tmp_path, example)
    assert len(found.holdings) == 3
    assert [one.daylight for one in found.accounts] == [False, False, True]
    assert found.heartbeat == 15 * 60_000_000


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("[source", "", "is not TOML"),
        (TABLE, "[source]", "[source] is missing"),
        (SOURCE, "the file", "there is no [[holding]]"),
        (SOURCE + "[[holdings]]\n", "the file", "there is no 'holdings'"),
        ("[source]\nname = 'Daylight'\n" + TABLE, "[source]", "Daylight itself"),
        ("[source]\nname = ''\n" + TABLE, "[source]", "name is empty"),
        ("[source]\nname = 'x'\nheartbeat_minutes = 0\n" + TABLE, "[source]", "heartbeat_minutes"),
        ("[source]\nname = 'x'\nheartbeat_minutes = true\n" + TABLE, "[source]", "heartbeat_minutes"),
        ("[source]\nname = 'x'\nzone = 'Mars/Base'\n" + TABLE, "[source]", "no time zone"),
        (SOURCE + "[[holding]]\nname = 'x'\n", "[[holding]] number 1", "names no place"),
        (SOURCE + "[[holding]]\nname = 'x'\ntables = []\n", "[[holding]] number 1", "tables is empty"),
        (SOURCE + "[[holding]]\nname = 'x'\ntables = ['a.b.c.d']\n", "[[holding]] number 1", "is no table"),
        (SOURCE + "[[holding]]\nname = 'x'\ntables = ['public.\"X\"']\n", "[[holding]] number 1", "is no table"),
        (SOURCE + "[[holding]]\nname = 'x'\ntables = ['p*.x']\n", "[[holding]] number 1", "before the last name"),
        (SOURCE + TABLE + TABLE.replace("lookup", "look"), "[[holding]] number 2", "there is no 'look'"),
        (SOURCE + TABLE.replace('lookup = "email"\n', ""), "[[holding]] number 1", "only good together"),
        (SOURCE + TABLE.replace('= "email"', '= "number"'), "[[holding]] number 1", "'number' is none of email, id"),
        (SOURCE + TABLE + 'kinds = ["keys"]', "[[holding]] number 1", "no kind of capture"),
        (SOURCE + TABLE + 'people = ["zoe@x.org"]', "[[holding]] number 1", "nobody on the roster"),
        (SOURCE + TABLE + 'department = "Sale"', "[[holding]] number 1", "no department 'Sale'"),
        (SOURCE + TABLE + 'prefixes = ["bucket/x"]', "[[holding]] number 1", "is no prefix"),
        (SOURCE + TABLE + 'prefixes = ["s3://b/{mail}/"]', "[[holding]] number 1", "{mail}"),
        (SOURCE + TABLE + 'prefixes = ["s3://b/{email}"]', "[[holding]] number 1", "end it with"),
        (SOURCE + TABLE + "[[account]]\nnames = ['x']\n", "[[account]] number 1", "say whose it is"),
        (SOURCE + TABLE + "[[account]]\nrole = 'x'\n", "[[account]] number 1", "names is missing"),
        (SOURCE + TABLE + "[[account]]\nnames = ['x']\nperson = 'q'\n", "[[account]] number 1", "nobody on"),
        (
            SOURCE + TABLE + "[[account]]\nnames = ['x']\nperson = 'ana@example.org'\nshared = true\n",
            "[[account]] number 1",
            "not shared",
        ),
        (
            SOURCE + TABLE + "[[account]]\nnames = ['x']\nrole = 'x'\naction = 'look'\n",
            "[[account]] number 1",
            "none of copy, query, read, train",
        ),
        (SOURCE + TABLE + "[lookups.email]\n1 = 'ana@example.org'\n", "[lookups.email]", "Daylight's own"),
        (
            SOURCE + TABLE + "[lookups.n]\n7 = 'ana@example.org'\n07 = 'ben@example.org'\n",
            "[lookups.n]",
            "names two people",
        ),
    ],
)
def test_every_mistake_is_one_sentence_with_file_and_place(tmp_path: Path, text: str, place: str, reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(tmp_path, text)
    said = str(caught.value)
    assert "holdings.toml" in said
    assert place in said
    assert reason in said
    assert "\n" not in said


def test_accounts_are_who_the_file_says_and_others_are_kept_by_name(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        SOURCE
        + TABLE
        + """
[[account]]
names = ["ana_db", "arn:aws:iam::*:user/ana"]
person = "Ana@example.org"
[[account]]
names = ["svc-*"]
role = "service account"
team = "ML"
shared = true
action = "train"
""",
    )
    ana = found.account("arn:aws:iam::1:user/ana")
    assert (ana.accessor.person_id, ana.accessor.team, ana.accessor.automated) == (1, "Sales", False)
    service = found.account("svc-7")
    assert (service.accessor.automated, service.accessor.shared, service.action) == (True, True, Action.TRAIN)
    assert found.account("zed").accessor.role == UNLISTED
    assert found.account("zed").accessor.label == "zed"
    names = ["ana_db", "arn:aws:iam::1:user/ana", "svc-7", "zed"]
    assert found.owners(names) == {"ana_db": 1, "arn:aws:iam::1:user/ana": 1, "svc-7": None, "zed": None}


def test_whose_many_accounts_are_is_what_each_is_by_itself(tmp_path: Path) -> None:
    """The first account of the file that fits counts, also where a pattern stands before a name or after it."""
    found = read(
        tmp_path,
        SOURCE
        + TABLE
        + """
[[account]]
names = ["first_ana"]
person = "ana@example.org"
[[account]]
names = ["first_*", "*_db"]
person = "ben@example.org"
[[account]]
names = ["late_db", "plain"]
person = "ana@example.org"
""",
    )
    names = ["first_ana", "first_x", "late_db", "plain", "plain_db", "other"]
    assert found.owners(names) == {name: found.account(name).accessor.person_id for name in names}
    assert found.owners(["first_ana", "late_db"]) == {"first_ana": 1, "late_db": 2}


def test_a_path_names_the_person_and_otherwise_everybody(tmp_path: Path) -> None:
    holding = """[[holding]]
name = "bucket"
prefixes = ["s3://b/screens/{email}/", "s3://b/all.parquet"]
department = "Sales"
"""
    found = read(tmp_path, SOURCE + holding)

    def people(address: str) -> list[frozenset[int] | None]:
        return [who for _, _, who in found.objects(address)]

    assert people("s3://b/screens/Ben@example.org/1.webp") == [frozenset({2})]
    assert people("s3://b/screens/zoe@example.org/1.webp") == [frozenset({1, 2})]
    assert people("s3://b/all.parquet") == [frozenset({1, 2})]
    assert people("s3://b/other/ben@example.org/1.webp") == []
    assert people("s3://bb/screens/ben@example.org/1.webp") == []

"""Events of OCSF reach the people they were about, as text and as Parquet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from data.accesses.entry import Action
from data.connectors import holdings_file, ocsf
from data.connectors.observation import Observation, Tally
from data.errors import BadInput
from tests.data.connectors.outside import ROSTER, SOURCE, TABLE, observed

HOLDINGS = SOURCE + TABLE + '[[holding]]\nname = "screens"\nprefixes = ["s3://acme/screens/{email}/"]\n'
EVERYBODY = None


def event(**fields: Any) -> dict[str, Any]:
    return {
        "class_uid": 6005,
        "activity_id": 4,
        "time": 1793700000123,
        "metadata": {"uid": "u1"},
        "actor": {"user": {"name": "ben", "uid": "7"}},
        "status_id": 1,
        **fields,
    }


QUERIED = event(table={"name": "public.captures"}, database={"name": "lake"})
SEARCHED = event(query_info={"query_string": "SELECT * FROM captures WHERE email = 'ana@example.org'"})
OBJECT = event(activity_id=1, databucket={"name": "acme", "file": {"path": "screens/ana@example.org/1"}})
CALLED = event(
    class_uid=6003,
    activity_id=2,
    api={"operation": "GetObject"},
    resources=[{"uid": "arn:aws:s3:::acme/screens/ben@example.org/1"}],
)


def read(path: Path) -> tuple[list[Observation], Tally]:
    file = path.parent / "holdings.toml"
    file.write_text(HOLDINGS)
    return observed(ocsf.read, path, holdings_file.read(file, ROSTER))


def written(folder: Path, *events: Any) -> Path:
    path = folder / "events.json"
    path.write_text("".join(json.dumps(one) + "\n" for one in events))
    return path


@pytest.mark.parametrize(
    ("given", "action", "people"),
    [
        (QUERIED, Action.QUERY, EVERYBODY),
        # Whose rows a query takes depends on its dialect, which OCSF does not tell.
        (SEARCHED, Action.QUERY, EVERYBODY),
        (OBJECT, Action.READ, {1}),
        (CALLED, Action.READ, {2}),
    ],
)
def test_tables_queries_objects_and_calls_are_known(
    tmp_path: Path, given: dict[str, Any], action: Action, people: Any
) -> None:
    (one,) = read(written(tmp_path, given))[0]
    assert (one.action, one.people, one.account, one.at) == (action, people, "ben", 1793700000123000)


def called(*arns: str) -> dict[str, Any]:
    return {**CALLED, "resources": [{"uid": one} for one in arns]}


@pytest.mark.parametrize(
    ("given", "people"),
    [
        (called("arn:aws:s3:::acme/screens/ana@example.org/1", "arn:aws:s3:::acme"), [{1}]),
        (called("arn:aws:s3:::acme", "arn:aws:s3:::acme/screens/ana@example.org/1"), [{1}]),
        (called("arn:aws:s3:::acme/public/logo.png", "arn:aws:s3:::acme"), []),
        ({**called("arn:aws:s3:::acme/public/logo.png"), "databucket": {"name": "acme"}}, []),
        # Another bucket than that of the object may have been listed whole.
        (called("arn:aws:s3:::other/logo.png", "arn:aws:s3:::acme"), [EVERYBODY]),
        (called("arn:aws:s3:::acme"), [EVERYBODY]),
    ],
)
def test_a_bucket_that_is_named_beside_its_object_only_says_where_that_lies(
    tmp_path: Path, given: dict[str, Any], people: list[Any]
) -> None:
    found, tally = read(written(tmp_path, given))
    assert [one.people for one in found] == people
    assert tally.other == (not people)


def test_objects_are_known_in_each_partition_of_aws(tmp_path: Path) -> None:
    events = [called(f"arn:{one}:s3:::acme/screens/ben@example.org/1") for one in ("aws", "aws-us-gov", "aws-cn")]
    assert [one.people for one in read(written(tmp_path, *events))[0]] == [{2}] * 3


def test_parquet_and_an_array_hold_the_same_events(tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    parquet.write_table(pa.Table.from_struct_array(pa.array([QUERIED, OBJECT])), path)
    array = tmp_path / "array.json"
    array.write_text(json.dumps([QUERIED, OBJECT]))
    assert read(path)[0] == read(array)[0]
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadInput, match="damaged or cut Parquet"):
        read(path)


def test_what_failed_wrote_or_is_of_another_class_is_no_access_but_counted(tmp_path: Path) -> None:
    found, tally = read(
        written(
            tmp_path,
            {**QUERIED, "status_id": 2},
            {**QUERIED, "activity_id": 5},
            {**QUERIED, "class_uid": 3002},
            event(table={"name": "lunch"}),
        )
    )
    assert (found, tally.denied, tally.other) == ([], 1, 3)


def covered(folder: Path, *every: Any) -> list[tuple[int, int]]:
    """From which minute to which it is claimed that the source recorded, of an event of each kind a minute."""
    start = 1793700000000
    rows = [{**one, "time": start + minute * 60_000} for minute in range(0, 60, 5) for one in every]
    _, tally = read(written(folder, *rows))
    return [
        ((one.start // 1_000 - start) // 60_000, (one.end // 1_000 - start) // 60_000)
        for one in tally.watch.stretches()
    ]


def test_only_reads_of_each_place_with_captures_show_that_reads_are_recorded(tmp_path: Path) -> None:
    beat = {**OBJECT, "status_id": 2, "databucket": {"name": "acme", "file": {"path": "screens/heartbeat"}}}
    table = event(table={"name": "lunch"})
    assert covered(tmp_path, beat, table) == [(0, 55)]
    for one in (
        beat,
        table,
        {**beat, "databucket": {"name": "acme", "file": {"path": "public/logo.png"}}},
        {**CALLED, "resources": [{"uid": "arn:aws:s3:::acme"}]},
    ):
        assert covered(tmp_path, one) == []
    # Writes, other classes, calls that manage, and logins.
    for other in (
        {"activity_id": 5},
        {"activity_id": 3},
        {"class_uid": 3002, "activity_id": 1},
        {"class_uid": 6003, "activity_id": 1},
    ):
        assert covered(tmp_path, {**beat, **other}, {**table, **other}) == []


def test_a_resource_is_read_only_where_the_event_is_about_data(tmp_path: Path) -> None:
    call = event(class_uid=6003, activity_id=2, resources=[{"uid": "arn:aws:dynamodb:eu:1:table/trial"}])
    holdings = SOURCE + '[[holding]]\nname = "t"\nresources = ["arn:aws:dynamodb:*:table/trial"]\n'

    def found(kind: str) -> int:
        metadata = {"uid": "u", "product": {"feature": {"name": kind}}}
        path = written(tmp_path, *({**call, "metadata": metadata, "time": minute * 60_000} for minute in range(9)))
        (tmp_path / "holdings.toml").write_text(holdings)
        file = holdings_file.read(tmp_path / "holdings.toml", ROSTER)
        return len(observed(ocsf.read, path, file)[1].watch.stretches())

    assert (found("Data"), found("Management")) == (1, 0)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"time": 1}, "line 1: it has no class_uid"),
        ({**QUERIED, "time": "x"}, "line 1: its time is not"),
        ({**QUERIED, "metadata": {}}, "line 1: its metadata.uid is missing"),
    ],
)
def test_what_is_no_event_is_refused(tmp_path: Path, given: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        read(written(tmp_path, given))

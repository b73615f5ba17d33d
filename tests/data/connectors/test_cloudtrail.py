"""Reads of objects in S3 reach the people in whose folder they lay."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from data import instants
from data.accesses import coverage
from data.accesses.entry import Action
from data.connectors import cloudtrail, holdings_file
from data.connectors.cloudtrail_objects import UNPLACED
from data.connectors.observation import Observation, Tally
from data.connectors.watching import LOG_ENDS, SWITCHED_OFF
from data.database import Database
from data.errors import BadInput
from data.looks import history
from data.sealing.vault import Vault
from tests.data.connectors.outside import ANA, ROSTER, SOURCE, bring, hire, observed

BUCKET = SOURCE + '[[holding]]\nname = "screens"\nprefixes = ["s3://acme/screens/{email}/"]\nkinds = ["screen"]\n'
ACCOUNT = '[[account]]\nnames = ["arn:aws:iam::1:user/ben"]\nperson = "ben@example.org"\n'
EVERYBODY = None


def event(name: str = "GetObject", key: str = "screens/ana@example.org/1.webp", **changes: Any) -> dict[str, Any]:
    return {
        "eventTime": "2026-11-03T10:00:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": name,
        "eventID": "e-1",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::1:user/ben", "userName": "ben"},
        "requestParameters": {"bucketName": "acme", "key": key},
        "readOnly": True,
        **changes,
    }


def read(folder: Path, *events: Any, holdings: str = BUCKET) -> tuple[list[Observation], Tally]:
    path = folder / "trail.json"
    path.write_text(json.dumps({"Records": events}))
    file = folder / "holdings.toml"
    file.write_text(holdings)
    return observed(cloudtrail.read, path, holdings_file.read(file, ROSTER))


@pytest.mark.parametrize(
    ("given", "action", "people"),
    [
        (event(), Action.READ, {1}),
        (event(key="screens/zoe@example.org/1.webp"), Action.READ, EVERYBODY),
        (event("SelectObjectContent"), Action.QUERY, {1}),
        (
            event("CopyObject", "x", requestParameters={"x-amz-copy-source": "acme/screens/ben%40example.org/2"}),
            Action.COPY,
            {2},
        ),
        (event("ListObjects", requestParameters={"bucketName": "acme", "prefix": ""}), Action.QUERY, EVERYBODY),
        (
            event("ListObjects", requestParameters={"bucketName": "acme", "prefix": "screens/ana@example.org/"}),
            Action.QUERY,
            {1},
        ),
    ],
)
def test_what_was_read_is_of_the_person_in_its_path(
    tmp_path: Path, given: dict[str, Any], action: Action, people: Any
) -> None:
    (one,) = read(tmp_path, given)[0]
    assert (one.action, one.people) == (action, people)
    assert "ana@example.org" not in one.statement


def test_how_much_left_the_bucket_is_told_where_the_trail_tells_it(tmp_path: Path) -> None:
    """It is held against what was declared, so a number that is none must not pass for one."""
    sizes = (4_200.0, True, "much", -1, None)
    events = [event(eventID=str(out), additionalEventData={"bytesTransferredOut": out}) for out in sizes]
    found, _ = read(tmp_path, *events, event("ListObjects", eventID="list", requestParameters={"bucketName": "acme"}))
    assert [one.amounts for one in found] == [{"objects": 1, "bytes": 4_200}, *[{"objects": 1}] * 4, {}]


def test_what_was_refused_or_is_about_other_data_is_no_access_but_counted(tmp_path: Path) -> None:
    found, tally = read(
        tmp_path,
        event(errorCode="AccessDenied"),
        event(key="public/logo.png"),
        event("PutObject"),
        event("ListObjects", requestParameters={"bucketName": "acme", "prefix": "public/"}),
        event(eventSource="ec2.amazonaws.com"),
    )
    assert found == []
    assert (tally.denied, tally.other) == (1, 4)


@pytest.mark.parametrize(
    ("identity", "account"),
    [
        ({"type": "IAMUser", "arn": "arn:aws:iam::1:user/ben", "userName": "ben"}, "arn:aws:iam::1:user/ben"),
        ({"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/Etl/i-1"}, "arn:aws:sts::1:assumed-role/Etl/i-1"),
        ({"type": "Root", "arn": "arn:aws:iam::1:root"}, "arn:aws:iam::1:root"),
        ({"type": "AWSService", "invokedBy": "athena.amazonaws.com"}, "athena.amazonaws.com"),
        ({"type": "FederatedUser", "arn": "arn:aws:sts::1:federated-user/x"}, "arn:aws:sts::1:federated-user/x"),
        ({"type": "AWSAccount", "principalId": "AIDA:x", "accountId": "2"}, "AIDA:x"),
        ({}, ""),
    ],
)
def test_every_kind_of_identity_is_an_account(tmp_path: Path, identity: dict[str, Any], account: str) -> None:
    assert [one.account for one in read(tmp_path, event(userIdentity=identity))[0]] == [account]


def test_a_table_of_another_service_is_known_by_its_name(tmp_path: Path) -> None:
    holding = '[[holding]]\nname = "t"\nresources = ["arn:aws:dynamodb:*:table/captures"]\n'
    query = event("Query", eventSource="dynamodb.amazonaws.com")
    query["resources"] = [{"ARN": "arn:aws:dynamodb:eu-west-1:1:table/captures"}]
    assert [one.people for one in read(tmp_path, query, holdings=SOURCE + holding)[0]] == [EVERYBODY]
    assert read(tmp_path, {**query, "readOnly": False}, holdings=SOURCE + holding)[0] == []


def test_a_file_comes_in_once_in_every_form_and_says_who(database: Database, vault: Vault, tmp_path: Path) -> None:
    hire(database)
    events = [event(eventID=f"e-{number}") for number in range(3)]
    delivered, lines = tmp_path / "a.json.gz", tmp_path / "b.json"
    delivered.write_bytes(gzip.compress(json.dumps({"Records": events}).encode()))
    lines.write_text("".join(json.dumps(one) + "\n" for one in [*events, event(eventID="e-9")]))
    first = bring(database, vault, cloudtrail.read, delivered, BUCKET + ACCOUNT)
    second = bring(database, vault, cloudtrail.read, lines, BUCKET + ACCOUNT)
    assert (first.added, first.duplicates, second.added, second.duplicates) == (3, 0, 1, 3)
    with database.reading() as session:
        look = history.about(session, ANA, vault, 1)[0]
    assert (look.role, look.team, look.scope["kinds"], look.is_own) == ("employee", "Sales", ["screen"], False)


def test_a_trail_that_is_stopped_or_leaves_out_objects_is_a_gap(tmp_path: Path) -> None:
    def at(minute: int, called: str, **parameters: Any) -> dict[str, Any]:
        return event(
            called,
            eventTime=f"2026-11-03T10:{minute:02}:00Z",
            eventSource="cloudtrail.amazonaws.com",
            requestParameters=parameters,
        )

    beats = minutely(event())
    objects = [{"dataResources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}]}]
    _, tally = read(
        tmp_path,
        *beats,
        at(11, "StopLogging", name="arn:aws:cloudtrail:eu:1:trail/main"),
        at(21, "StartLogging", name="main"),
        at(31, "PutEventSelectors", trailName="main", eventSelectors=[{"readWriteType": "All"}]),
        at(41, "PutEventSelectors", trailName="main", eventSelectors=objects),
    )
    assert covered(tally) == [(0, 11), (21, 31), (41, 55)]
    assert all(one.why.startswith(SWITCHED_OFF) for one in tally.watch.stretches()[:2])


def minutely(*every: dict[str, Any]) -> list[dict[str, Any]]:
    """Each event every five minutes of an hour."""
    return [
        {**one, "eventTime": f"2026-11-03T10:{minute:02}:00Z", "eventID": f"{number}-{minute}"}
        for minute in range(0, 60, 5)
        for number, one in enumerate(every)
    ]


def covered(tally: Tally) -> list[tuple[int, int]]:
    """From which minute to which it is claimed that the trail recorded."""
    start = instants.parse("2026-11-03T10:00Z")
    return [((one.start - start) // 60_000_000, (one.end - start) // 60_000_000) for one in tally.watch.stretches()]


BEAT = event(key="screens/heartbeat", errorCode="NoSuchKey")


@pytest.mark.parametrize(
    ("given", "is_proof"),
    [
        (BEAT, True),
        (event(), True),
        (event(eventSource="ec2.amazonaws.com", eventName="DescribeInstances"), False),
        (event("PutObject", readOnly=False), False),
        (event("CopyObject", readOnly=False), False),
        (event("GetBucketAcl"), False),
        (event("ListObjects"), False),
        (event(key="public/logo.png"), False),
        (event(requestParameters={"bucketName": "other", "key": "screens/x"}), False),
    ],
)
def test_only_reads_of_objects_where_captures_lie_show_that_reads_are_recorded(
    tmp_path: Path, given: dict[str, Any], is_proof: bool
) -> None:
    _, tally = read(tmp_path, *minutely(given))
    assert covered(tally) == ([(0, 55)] if is_proof else [])


def test_each_place_with_captures_has_to_show_it(tmp_path: Path) -> None:
    table = '[[holding]]\nname = "t"\nresources = ["arn:aws:dynamodb:*:table/captures"]\n'
    query = event("Query", eventSource="dynamodb.amazonaws.com", eventCategory="Data")
    query["resources"] = [{"ARN": "arn:aws:dynamodb:eu-west-1:1:table/captures"}]
    managed = {**query, "eventName": "DescribeTable", "eventCategory": "Management"}
    for events, found in (((BEAT,), []), ((query,), []), ((BEAT, managed), []), ((BEAT, query), [(0, 55)])):
        assert covered(read(tmp_path, *minutely(*events), holdings=BUCKET + table)[1]) == found


POINT = "arn:aws:s3:eu-west-1:1:accesspoint/lab"
ALIAS = "lab-abc123xyz-s3alias"
REAL = "arn:aws:s3:::acme/screens/ana@example.org/1.webp"


def through(point: str, *arns: str, name: str = "GetObject", **request: str) -> dict[str, Any]:
    """A request of an object by an access point, with the objects and the access point where the event tells of any."""
    asked = {"bucketName": point, "key": "screens/ana@example.org/1.webp", **request}
    objects = [{"type": "AWS::S3::Object", "ARNPrefix" if one.endswith("/") else "ARN": one} for one in arns]
    resources = [*objects, {"type": "AWS::S3::AccessPoint", "ARN": POINT}] if arns else []
    return event(name, requestParameters=asked, resources=resources)


def copy(source: str, *arns: str, target: str = "lab-bucket", key: str = "2.webp") -> dict[str, Any]:
    asked = {"bucketName": target, "key": key, "x-amz-copy-source": source}
    objects = [{"type": "AWS::S3::Object", "ARN": one} for one in arns]
    return event("CopyObject", requestParameters=asked, resources=objects, readOnly=False)


SOURCE_KEY = "screens/ana%40example.org/1.webp"
TARGET = "arn:aws:s3:::lab-bucket/2.webp"


@pytest.mark.parametrize(
    ("given", "action", "people"),
    [
        (through(POINT, REAL), Action.READ, {1}),
        (through(ALIAS, REAL), Action.READ, {1}),
        # Whatever stands for the bucket, its object is told.
        (through("lab", REAL.replace("arn:aws:", "arn:aws-cn:")), Action.READ, {1}),
        (through(ALIAS, "arn:aws:s3:::acme/", name="ListObjectsV2", prefix=""), Action.QUERY, EVERYBODY),
        (
            through(ALIAS, "arn:aws:s3:::acme/", name="ListObjectsV2", prefix="screens/ana@example.org/"),
            Action.QUERY,
            {1},
        ),
        (copy(f"{POINT}/object/{SOURCE_KEY}?versionId=v1", TARGET, REAL), Action.COPY, {1}),
        (copy(f"/{ALIAS}/{SOURCE_KEY}", TARGET, REAL), Action.COPY, {1}),
        (copy(f"acme/{SOURCE_KEY}", TARGET), Action.COPY, {1}),
    ],
)
def test_what_was_read_through_an_access_point_is_known_by_the_object_that_the_event_names(
    tmp_path: Path, given: dict[str, Any], action: Action, people: Any
) -> None:
    ((one,), tally) = read(tmp_path, *minutely(BEAT), given)
    assert (one.action, one.people) == (action, people)
    assert "ana@example.org" not in one.statement
    assert covered(tally) == [(0, 55)]


@pytest.mark.parametrize(
    ("given", "is_known"),
    [
        (through(POINT), False),
        (through(ALIAS), False),
        (through("lab--ol-s3"), False),
        (through("lab.mrap"), False),
        ({**through("lab"), "resources": [{"type": "AWS::S3::AccessPoint", "ARN": POINT}]}, False),
        (through("lab"), True),
        (through("lab", Host="lab-1.s3-accesspoint.eu-west-1.amazonaws.com"), False),
        (through(ALIAS, name="ListObjectsV2", prefix=""), False),
        (copy(f"{POINT}/object/{SOURCE_KEY}", TARGET), False),
        (copy(f"{ALIAS}/{SOURCE_KEY}"), False),
        # The target has the same key, so which bucket the source lies in shows nowhere.
        (copy(f"{ALIAS}/{SOURCE_KEY}", "arn:aws:s3:::lab/screens/ana@example.org/1.webp", target="lab",
              key="screens/ana@example.org/1.webp"), False),
        (copy(f"{ALIAS}/{SOURCE_KEY}", REAL, target=POINT, key="screens/ana@example.org/1.webp"), False),
        (through(ALIAS, "arn:aws:s3:::other/screens/ana@example.org/1.webp"), True),
        (copy(f"{ALIAS}/public/1", "arn:aws:s3:::acme/public/1"), True),
        (event(requestParameters={"bucketName": "other", "key": "screens/ana@example.org/1.webp"}), True),
        ({**through(POINT), "errorCode": "AccessDenied"}, True),
    ],
)  # fmt: skip
def test_a_read_through_an_access_point_that_could_be_of_anything_is_a_gap(
    tmp_path: Path, given: dict[str, Any], is_known: bool
) -> None:
    found, tally = read(tmp_path, *minutely(BEAT), {**given, "eventTime": "2026-11-03T10:07:00Z"})
    assert found == []
    assert covered(tally) == ([(0, 55)] if is_known else [(0, 7), (7, 55)])
    assert tally.other == 12 + is_known  # the heartbeat's, too
    assert [one.why for one in tally.watch.stretches()][:-1] == ([] if is_known else [UNPLACED])


def test_an_access_point_matters_only_where_captures_lie_in_buckets(tmp_path: Path) -> None:
    table = '[[holding]]\nname = "t"\nresources = ["arn:aws:dynamodb:*:table/captures"]\n'
    query = event("Query", eventSource="dynamodb.amazonaws.com", eventCategory="Data")
    query["resources"] = [{"ARN": "arn:aws:dynamodb:eu-west-1:1:table/captures"}]
    other = {**through(POINT), "eventTime": "2026-11-03T10:07:00Z"}
    assert covered(read(tmp_path, *minutely(query), other, holdings=SOURCE + table)[1]) == [(0, 55)]


def test_what_an_earlier_file_proved_is_taken_back_where_a_later_one_tells_of_such_a_read(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    hire(database)
    for name, events in (("a", minutely(BEAT)), ("b", [{**through(POINT), "eventTime": "2026-11-03T10:07:00Z"}])):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps({"Records": events}))
        bring(database, vault, cloudtrail.read, path, BUCKET)
    with database.reading() as session:
        spans = coverage.known(session, vault, "audit").spans
    assert [one.why for one in spans] == [UNPLACED, LOG_ENDS]


ARN = "arn:aws:s3:::acme/"


def basic(kind: str = "All", *values: str, **more: Any) -> dict[str, Any]:
    resources = [{"type": "AWS::S3::Object", "values": list(values or [ARN])}]
    return {"eventSelectors": [{"readWriteType": kind, "dataResources": resources, **more}]}


def advanced(**fields: Any) -> dict[str, Any]:
    named = {"eventCategory": {"equals": ["Data"]}, "resources.type": {"equals": ["AWS::S3::Object"]}, **fields}
    return {"advancedEventSelectors": [{"fieldSelectors": [{"field": name, **test} for name, test in named.items()]}]}


@pytest.mark.parametrize(
    ("given", "is_on"),
    [
        (basic(), True),
        (basic("ReadOnly", "arn:aws:s3"), True),
        (basic("All", "arn:aws:s3:::other/", "arn:aws:s3:::acme/screens/"), True),
        (basic("WriteOnly"), False),
        (basic("Some"), False),
        (basic("All", "arn:aws:s3:::other/"), False),
        (basic("All", "arn:aws:s3:::acm"), False),
        (basic("All", "arn:aws:s3:::acme/screens/ana"), False),
        (basic(dataResources=[{"type": "AWS::Lambda::Function", "values": [ARN]}]), False),
        ({"eventSelectors": ["AWS::S3::Object"]}, False),
        ({}, False),
        (advanced(), True),
        (advanced(readOnly={"equals": ["true"]}), True),
        (advanced(readOnly={"equals": ["false"]}), False),
        (advanced(readOnly={"notEquals": ["true"]}), False),
        (advanced(**{"resources.ARN": {"startsWith": [ARN]}}), True),
        (advanced(**{"resources.ARN": {"startsWith": ["arn:aws:s3:::other/"]}}), False),
        (advanced(**{"resources.ARN": {"equals": ["arn:aws:s3:::acme/screens/x"]}}), False),
        (advanced(**{"resources.ARN": {"notStartsWith": ["arn:aws:s3:::logs/"]}}), True),
        (advanced(**{"resources.ARN": {"notStartsWith": [ARN]}}), False),
        (advanced(**{"resources.ARN": {"notEquals": ["arn:aws:s3:::acme/screens/ana@example.org/1"]}}), False),
        (advanced(eventName={"equals": ["DeleteObject"]}), False),
        (advanced(eventCategory={"equals": ["Management"]}), False),
        (advanced(**{"resources.type": {"equals": ["AWS::DynamoDB::Table"]}}), False),
    ],
)
def test_selectors_count_as_on_only_when_they_record_reads_of_what_the_mapping_names(
    tmp_path: Path, given: dict[str, Any], is_on: bool
) -> None:
    change = event("PutEventSelectors", eventSource="cloudtrail.amazonaws.com", eventTime="2026-11-03T10:21:00Z")
    _, tally = read(tmp_path, *minutely(BEAT), {**change, "requestParameters": {"trailName": "main", **given}})
    assert covered(tally) == ([(0, 21), (21, 55)] if is_on else [(0, 21)])


def test_selectors_of_another_service_are_known_by_its_name(tmp_path: Path) -> None:
    table = '[[holding]]\nname = "t"\nresources = ["arn:aws:dynamodb:*:table/captures"]\n'
    query = event("Query", eventSource="dynamodb.amazonaws.com", eventCategory="Data")
    query["resources"] = [{"ARN": "arn:aws:dynamodb:eu-west-1:1:table/captures"}]
    for kind, values, found in (
        ("AWS::DynamoDB::Table", ["arn:aws:dynamodb"], 2),
        ("AWS::DynamoDB::Table", ["arn:aws:dynamodb:eu-west-1:1:table/lunch"], 1),
        ("AWS::S3::Object", ["arn:aws:s3"], 1),
    ):
        change = event("PutEventSelectors", eventSource="cloudtrail.amazonaws.com", eventTime="2026-11-03T10:21:00Z")
        change["requestParameters"] = basic(dataResources=[{"type": kind, "values": values}])
        assert len(covered(read(tmp_path, *minutely(query), change, holdings=SOURCE + table)[1])) == found


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"Records": [{"eventSource"', r"trail\.json, byte \d+: the file ends in the middle"),
        ('[{"a": 1}]', "event 1: it has no eventSource"),
        (json.dumps(event()) + '\n{"a": 1}\n', "line 2: it has no eventSource"),
        (json.dumps(event()) + '\n{"eventSource": ', "line 2: malformed or cut"),
        (json.dumps([event(eventTime="yesterday")]), "event 1: its eventTime is not"),
        (json.dumps([{**event(), "eventID": None}]), "event 1: its eventID is missing"),
        ("a,b\n", "begins like no JSON"),
        ("[1]", "event 1 is no JSON object"),
    ],
)
def test_a_file_that_is_cut_or_of_another_kind_is_refused_and_leaves_nothing(
    database: Database, vault: Vault, tmp_path: Path, content: str, reason: str
) -> None:
    hire(database)
    path = tmp_path / "trail.json"
    path.write_text(content)
    with pytest.raises(BadInput, match=reason):
        bring(database, vault, cloudtrail.read, path, BUCKET)
    with database.reading() as session:
        assert history.about(session, ANA, vault, 1) == ()
        assert coverage.since(session, vault, "audit") is None


def test_the_exfiltration_of_a_real_bucket_is_found_whole(tmp_path: Path, samples: Path) -> None:
    """Counted in the raw file without the reader: each GetObject and listing of the bucket by the assumed role."""
    path = next((samples / "otrf_s3_exfil").glob("*.json"), None)
    if path is None:
        pytest.skip("the sample is not there")
    raw = [json.loads(line) for line in path.read_text().splitlines()]
    name = next(one["requestParameters"]["bucketName"] for one in raw if one["eventName"] == "GetObject")
    wanted = sorted(
        (one["eventID"], one["eventName"] == "GetObject")
        for one in raw
        if one["eventName"] in ("GetObject", "ListObjects") and one["requestParameters"]["bucketName"] == name
    )
    file = tmp_path / "holdings.toml"
    file.write_text(SOURCE + f'[[holding]]\nname = "bucket"\nprefixes = ["s3://{name}/"]\n')
    found, tally = observed(cloudtrail.read, path, holdings_file.read(file, ROSTER))
    assert sorted((one.key, one.action == Action.READ) for one in found) == wanted
    assert len(wanted) == 9
    assert {one.account.partition(":assumed-role/")[1] for one in found} == {":assumed-role/"}
    assert tally.other == len(raw) - len(wanted)
    # It is called covered between the two reads of objects, not for the rest of the time in which it tells of machines.
    reads = sorted(instants.parse(one["@timestamp"]) for one in raw if one["eventName"] == "GetObject")
    assert [(one.start, one.end) for one in tally.watch.stretches()] == [(reads[0], reads[-1])]
    assert min(instants.parse(one["@timestamp"]) for one in raw) < reads[0]

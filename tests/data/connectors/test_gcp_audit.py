"""Reads in Google Cloud reach the people they were about, in each form in which its log is exported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from data.accesses.entry import Action
from data.connectors import gcp_audit, holdings_file
from data.connectors.observation import Observation, Tally
from data.errors import BadInput
from tests.data.connectors.outside import ROSTER, SOURCE, observed

HOLDINGS = (
    SOURCE
    + '[[holding]]\nname = "screens"\nprefixes = ["gs://acme/screens/{email}/"]\n'
    + '[[holding]]\nname = "trial"\nresources = ["projects/p/datasets/d/tables/captures*"]\ndepartment = "Sales"\n'
)
EVERYBODY = None
TABLE = "projects/p/datasets/d/tables/captures_2026"


def entry(service: str, method: str, resource: str, **more: Any) -> dict[str, Any]:
    return {
        "insertId": "i1",
        "logName": "projects/p/logs/cloudaudit.googleapis.com%2Fdata_access",
        "timestamp": "2026-11-03T10:00:00.123456789Z",
        "protoPayload": {
            "serviceName": service,
            "methodName": method,
            "resourceName": resource,
            "authenticationInfo": {"principalEmail": "ben@example.org"},
            **more,
        },
    }


def get(key: str = "screens/ana@example.org/1.webp", **more: Any) -> dict[str, Any]:
    return entry("storage.googleapis.com", "storage.objects.get", f"projects/_/buckets/acme/objects/{key}", **more)


BESIDE = entry(
    "bigquery.googleapis.com",
    "google.cloud.bigquery.v2.JobService.InsertJob",
    "projects/p/datasets/d/tables/heartbeat",
    metadata={"tableDataRead": {"reason": "JOB"}},
)


def read(folder: Path, content: str) -> tuple[list[Observation], Tally]:
    path = folder / "audit.json"
    path.write_text(content)
    file = folder / "holdings.toml"
    file.write_text(HOLDINGS)
    return observed(gcp_audit.read, path, holdings_file.read(file, ROSTER))


def sink_row(found: dict[str, Any]) -> dict[str, Any]:
    """The same as a row that a BigQuery sink wrote."""
    payload = dict(found["protoPayload"])
    if "metadata" in payload:
        payload["metadataJson"] = json.dumps(payload.pop("metadata"))
    return {"insertId": "i1", "timestamp": "2026-11-03 10:00:00.123457 UTC", "protopayload_auditlog": payload}


@pytest.mark.parametrize("form", ["one", "pretty", "array", "lines", "sink"])
def test_an_object_that_was_read_is_of_the_person_in_its_path_in_every_form(tmp_path: Path, form: str) -> None:
    one = get()
    content = {
        "one": json.dumps(one),
        "pretty": json.dumps(one, indent=2),
        "array": json.dumps([one], indent=1),
        "lines": json.dumps(one) + "\n" + json.dumps(get("other/x")) + "\n",
        "sink": json.dumps(sink_row(one)) + "\n",
    }[form]
    (found,) = read(tmp_path, content)[0]
    assert (found.people, found.action, found.account) == ({1}, Action.READ, "ben@example.org")
    assert found.at == 1793700000123457
    assert found.amounts == {"objects": 1}


def test_tables_that_a_job_read_are_known_once_from_job_and_table(tmp_path: Path) -> None:
    job = {"jobName": "projects/p/jobs/j1", "jobStats": {"queryStats": {"referencedTables": [TABLE]}}}
    table = entry(
        "bigquery.googleapis.com",
        "google.cloud.bigquery.v2.JobService.InsertJob",
        TABLE,
        metadata={"tableDataRead": {"reason": "JOB", "jobName": "projects/p/jobs/j1"}},
    )
    whole = entry("bigquery.googleapis.com", "InsertJob", "projects/p/jobs/j1", metadata={"jobChange": {"job": job}})
    found, _ = read(tmp_path, json.dumps([table, whole, sink_row(table)]))
    assert {one.key for one in found} == {"projects/p/jobs/j1 trial"}
    assert {one.people for one in found} == {frozenset({1, 2})}
    assert {one.action for one in found} == {Action.QUERY}


def test_listings_of_rows_extracts_and_the_older_form_are_known(tmp_path: Path) -> None:
    listed = entry("bigquery.googleapis.com", "List", TABLE, metadata={"tableDataRead": {"reason": "TABLEDATA_LIST"}})
    config = {"extractConfig": {"sourceTable": TABLE}}
    extract = entry("bigquery.googleapis.com", "I", "j", metadata={"jobChange": {"job": {"jobConfig": config}}})
    tables = [{"projectId": "p", "datasetId": "d", "tableId": "captures_1"}]
    statistics = {"jobName": {"jobId": "old"}, "jobStatistics": {"referencedTables": tables}}
    older = entry(
        "bigquery.googleapis.com", "jobservice.jobcompleted", "", serviceData={"jobCompletedEvent": {"job": statistics}}
    )
    found, _ = read(tmp_path, json.dumps([listed, extract, older]))
    assert [one.action for one in found] == [Action.READ, Action.COPY, Action.QUERY]


CAPTURES = {"projectId": "p", "datasetId": "d", "tableId": "captures_2026"}
LUNCH = {**CAPTURES, "tableId": "lunch"}
GET_DATA = {"resource": TABLE, "permission": "bigquery.tables.getData", "granted": True}


def older(method: str, told: dict[str, Any], resource: str = "projects/p/jobs/j1", **more: Any) -> dict[str, Any]:
    return entry("bigquery.googleapis.com", method, resource, serviceData=told, **more)


def older_job(**fields: Any) -> dict[str, Any]:
    return {"job": {"jobName": {"projectId": "p", "jobId": "j1"}, **fields}}


QUERIED = older_job(jobStatistics={"referencedTables": [LUNCH, CAPTURES]})
EXTRACTED = older_job(jobConfiguration={"extract": {"sourceTable": CAPTURES, "destinationUris": ["gs://x/y"]}})
COPIED = older_job(jobConfiguration={"tableCopy": {"sourceTables": [LUNCH, CAPTURES], "destinationTable": LUNCH}})
OLDER = [
    (older("jobservice.jobcompleted", {"jobCompletedEvent": QUERIED}), Action.QUERY, "projects/p/jobs/j1 trial"),
    (older("jobservice.jobcompleted", {"jobCompletedEvent": EXTRACTED}), Action.COPY, "projects/p/jobs/j1 trial"),
    (older("jobservice.jobcompleted", {"jobCompletedEvent": COPIED}), Action.COPY, "projects/p/jobs/j1 trial"),
    (
        older("jobservice.getqueryresults", {"jobGetQueryResultsResponse": QUERIED}),
        Action.QUERY,
        "projects/p/jobs/j1 trial",
    ),
    (older("jobservice.query", {"jobQueryResponse": QUERIED}), Action.QUERY, "projects/p/jobs/j1 trial"),
    (older("x", {"tableDataReadEvents": [{"tableName": CAPTURES}]}), Action.QUERY, None),
    (older("tabledataservice.list", {"tableDataListRequest": {}}, TABLE), Action.READ, None),
    (
        older("x", {}, TABLE, authorizationInfo=[{**GET_DATA, "permissionType": "DATA_READ"}]),
        Action.READ,
        None,
    ),
]


@pytest.mark.parametrize("is_row", [False, True])
@pytest.mark.parametrize(("given", "action", "key"), OLDER)
def test_what_was_read_is_known_from_each_event_of_the_older_form(
    tmp_path: Path, given: dict[str, Any], action: Action, key: str | None, is_row: bool
) -> None:
    if is_row:
        given = sink_row(given)
        payload = given["protopayload_auditlog"]
        payload["servicedata_v1_bigquery"] = payload.pop("serviceData")
    (one,) = read(tmp_path, json.dumps(given))[0]
    assert (one.action, one.people, one.amounts) == (action, {1, 2}, {})
    assert one.key == (key or f"i1 {given['timestamp']}")


@pytest.mark.parametrize(
    "given",
    [
        older("jobservice.jobcompleted", {"jobCompletedEvent": older_job(jobStatistics={"referencedTables": [LUNCH]})}),
        older("tabledataservice.list", {"tableDataListRequest": {}}, "projects/p/datasets/d/tables/lunch"),
        older("tableservice.get", {}, TABLE, authorizationInfo=[{**GET_DATA, "permissionType": "ADMIN_READ"}]),
        # A query that was only tried out gives out nothing.
        older("jobservice.query", {"jobQueryResponse": older_job(jobConfiguration={"dryRun": True},
              jobStatistics={"referencedTables": [CAPTURES]})}),
        # The tables are named, so the entry's own resource is only where it ran.
        older("jobservice.jobcompleted", {"jobCompletedEvent": older_job(jobStatistics={"referencedTables": [LUNCH]})},
              TABLE, authorizationInfo=[{**GET_DATA, "permissionType": "DATA_READ"}]),
    ],
)  # fmt: skip
def test_the_older_form_tells_of_no_read_where_none_was_of_captures(tmp_path: Path, given: dict[str, Any]) -> None:
    found, tally = read(tmp_path, json.dumps(given))
    assert (found, tally.other) == ([], 1)


def test_a_job_is_one_read_in_both_forms(tmp_path: Path) -> None:
    job = {"jobName": "projects/p/jobs/j1", "jobStats": {"queryStats": {"referencedTables": [TABLE]}}}
    newer = entry("bigquery.googleapis.com", "InsertJob", "projects/p/jobs/j1", metadata={"jobChange": {"job": job}})
    found, _ = read(tmp_path, json.dumps([newer, *(given for given, _, key in OLDER if key)]))
    assert {one.key for one in found} == {"projects/p/jobs/j1 trial"}


def test_what_was_refused_or_is_about_other_data_is_counted(tmp_path: Path) -> None:
    found, tally = read(
        tmp_path,
        json.dumps([get(status={"code": 7}), get("other/x"), {"timestamp": "2026-11-03T10:00:00Z", "jsonPayload": {}}]),
    )
    assert (found, tally.denied, tally.other) == ([], 1, 2)


def test_a_listing_is_of_everybody_below(tmp_path: Path) -> None:
    one = entry("storage.googleapis.com", "storage.objects.list", "projects/_/buckets/acme")
    assert [(one.people, one.action) for one in read(tmp_path, json.dumps(one))[0]] == [(EVERYBODY, Action.QUERY)]


def test_a_policy_or_sink_that_is_changed_is_a_gap(tmp_path: Path) -> None:
    def at(minute: int, found: dict[str, Any]) -> dict[str, Any]:
        return {**found, "timestamp": f"2026-11-03T10:{minute:02}:00Z"}

    def policy(action: str, **more: str) -> dict[str, Any]:
        delta = {"action": action, "service": "storage.googleapis.com", "logType": "DATA_READ", **more}
        return entry("cloudresourcemanager.googleapis.com", "SetIamPolicy", "projects/p",
                     serviceData={"policyDelta": {"auditConfigDeltas": [delta]}})  # fmt: skip

    sink = entry("logging.googleapis.com", "google.logging.v2.ConfigServiceV2.DeleteSink", "projects/p/sinks/s")
    beats = [at(minute, one) for minute in range(0, 60, 5) for one in (get(), BESIDE)]
    changes = [at(11, policy("REMOVE")), at(21, policy("ADD")), at(31, policy("ADD", exemptedMember="user:bob@x.org"))]
    assert covered(tmp_path, *beats, *changes) == [(0, 11), (21, 31)]
    assert covered(tmp_path, *beats, *changes, at(41, policy("REMOVE", exemptedMember="user:bob@x.org"))) == [
        (0, 11),
        (21, 31),
        (41, 55),
    ]
    assert covered(tmp_path, *beats, at(31, sink)) == [(0, 31)]


def covered(folder: Path, *entries: dict[str, Any]) -> list[tuple[int, int]]:
    """From which minute to which it is claimed that the source recorded."""
    start = 1793700000000000
    _, tally = read(folder, json.dumps(entries))
    return [((one.start - start) // 60_000_000, (one.end - start) // 60_000_000) for one in tally.watch.stretches()]


def test_only_reads_of_each_place_with_captures_show_that_reads_are_recorded(tmp_path: Path) -> None:
    def beats(*every: dict[str, Any]) -> list[dict[str, Any]]:
        return [{**one, "timestamp": f"2026-11-03T10:{minute:02}:00Z"} for minute in range(0, 60, 5) for one in every]

    refused = get("screens/heartbeat", status={"code": 7})
    assert covered(tmp_path, *beats(refused, BESIDE)) == [(0, 55)]
    assert covered(tmp_path, *beats(refused)) == []
    assert covered(tmp_path, *beats(BESIDE)) == []
    activity = "projects/p/logs/cloudaudit.googleapis.com%2Factivity"
    for one in (
        entry("storage.googleapis.com", "storage.objects.create", "projects/_/buckets/acme/objects/screens/x"),
        entry("storage.googleapis.com", "storage.objects.list", "projects/_/buckets/acme"),
        entry("iam.googleapis.com", "google.iam.admin.v1.SetIAMPolicy", "projects/p"),
        get("public/logo.png"),
        {**get(), "logName": activity},
    ):
        assert covered(tmp_path, *beats(one, BESIDE)) == []
    written = {**BESIDE, "protoPayload": {**BESIDE["protoPayload"], "metadata": {"tableDataChange": {}}}}
    for one in (written, {**BESIDE, "logName": activity}):
        assert covered(tmp_path, *beats(refused, one)) == []
    allowed = {"permissionType": "DATA_READ", "resource": "projects/p/datasets/d/tables/other", "granted": False}
    asked = entry("bigquery.googleapis.com", "InsertJob", "projects/p/jobs/j", authorizationInfo=[allowed])
    assert covered(tmp_path, *beats(refused, asked)) == [(0, 55)]
    allowed["permissionType"] = "DATA_WRITE"
    assert covered(tmp_path, *beats(refused, asked)) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (json.dumps(get())[:-30], "the file ends in the middle|malformed or cut"),
        ('{"a": 1}', "its timestamp is missing"),
        (json.dumps({**get(), "insertId": ""}), "its insertId is missing"),
        (json.dumps([get(), 3]), "event 2 is no JSON object"),
    ],
)
def test_a_file_that_is_cut_or_of_another_kind_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        read(tmp_path, content)


def test_real_entries_are_all_read_and_the_refused_one_is_no_access(tmp_path: Path, samples: Path) -> None:
    folder = samples / "gcp_audit"
    files = sorted(folder.glob("*.json"))
    if not files:
        pytest.skip("the samples are not there")
    file = tmp_path / "holdings.toml"
    file.write_text(SOURCE + '[[holding]]\nname = "b"\nprefixes = ["gs://protected-bucket/"]\n')
    total = denied = 0
    for path in files:
        found, tally = observed(gcp_audit.read, path, holdings_file.read(file, ROSTER))
        assert found == []
        assert tally.watch.stretches() == []  # what was changed, and one read that was refused
        total, denied = total + tally.lines, denied + tally.denied
        held = json.loads(path.read_text())
        assert tally.lines == (len(held) if isinstance(held, list) else 1)
    assert (total, denied) == (len(files), 1)

"""Reads of captures in Google Cloud, from its audit logs: entries as the API gives them (one, an array, or one a line)
and rows of a BigQuery sink. Cloud Storage needs Data Access logs of type DATA_READ. Fields: LogEntry, AuditLog,
BigQueryAuditMetadata and AuditData of the Cloud Logging reference.

Only an entry of the Data Access log about a read shows that reads are recorded: of an object below each of the
prefixes, and of each of the resources or of what lies beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data.accesses.entry import Action
from data.connectors import json_events, proving
from data.connectors.holdings import Holding, Holdings, union
from data.connectors.json_events import Event, part, parts, text, unpacked
from data.connectors.observation import LONGEST_STATEMENT, Observation, Tally, shown
from data.connectors.proving import Proofs
from data.connectors.watching import SWITCHED_OFF
from data.errors import BadInput
from data.looks.matching import Unit

WANTED = "a file of Google Cloud audit log entries in JSON, or of rows of their BigQuery sink"
_DATA_ACCESS = "/cloudaudit.googleapis.com/data_access"
_OBJECT = "storage.objects.get"
_SINKS_OFF = ("DeleteSink", "UpdateSink", "CreateExclusion", "UpdateExclusion")
_SINKS_ON = ("CreateSink", "DeleteExclusion")
# Where the older form of BigQuery's log has the job whose results were given out.
_OLDER_JOBS = (
    ("jobCompletedEvent", "job"),
    ("jobGetQueryResultsResponse", "job"),
    ("jobQueryResponse", "job"),
    ("jobQueryDoneResponse", "job"),
)

Found = list[tuple[Holding, str, frozenset[int] | None]]


def read(path: Path, holdings: Holdings, tally: Tally) -> Iterator[Observation]:
    """The reads in the file. Raises BadInput naming file, place and reason."""
    proofs = Proofs(tally.watch, proving.folders(holdings, "gs"), proving.siblings(holdings))
    for place, event in json_events.events(path, WANTED):
        tally.line()
        try:
            at = json_events.instant(part(event, "timestamp"))
        except ValueError as error:
            raise BadInput(f"{path}, {place}: its timestamp {error}, so it is no log entry of Google Cloud.") from None
        audit = part(event, "protoPayload") or part(event, "protopayload_auditlog")
        if not isinstance(audit, dict):
            tally.other += 1
            continue
        if text(event, "logName").replace("%2F", "/").endswith(_DATA_ACCESS):
            _prove(audit, at, proofs)
        denied = bool(part(audit, "status", "code"))
        if not denied:
            _switch(audit, at, tally)
        action, key, found = _touched(audit, holdings)
        if not found:
            tally.other += 1
        elif denied:
            tally.denied += 1
        else:
            insert_id = text(event, "insertId")
            if not insert_id:
                raise BadInput(f"{path}, {place}: its insertId is missing.")
            yield Observation(
                key=key or f"{insert_id} {part(event, 'timestamp')}",
                at=at,
                action=action,
                account=holdings.listed(_accounts(audit)),
                holdings=tuple(dict.fromkeys(holding for holding, _, _ in found)),
                people=union([people for _, _, people in found]),
                amounts={Unit.OBJECTS.value: 1} if action == Action.READ and _is_storage(audit) else {},
                content=text(audit, "authenticationInfo", "principalEmail") if key else None,
                statement=shown(
                    f"{text(audit, 'methodName')} {', '.join(where for _, where, _ in found)}", LONGEST_STATEMENT
                ),
            )


def _prove(audit: Event, at: int, proofs: Proofs) -> None:
    """Tell of what a read was recorded; refused ones are too."""
    names = _names(audit)
    if _is_storage(audit):
        if text(audit, "methodName").removeprefix("google.") == _OBJECT:
            for name in names:
                proofs.object(at, _address(name))
        return
    if not isinstance(part(_metadata(audit), "tableDataRead"), dict):
        allowed = parts(audit, "authorizationInfo")
        names = [text(one, "resource") for one in allowed if text(one, "permissionType") == "DATA_READ"]
    proofs.resources(at, names)


def _touched(audit: Event, holdings: Holdings) -> tuple[Action, str, Found]:
    """How, a key of its own where several entries tell of one read, and what was given out of whom."""
    method = text(audit, "methodName").removeprefix("google.")
    if _is_storage(audit) and method in (_OBJECT, "storage.objects.list"):
        listing = method.endswith("list")
        look = holdings.below if listing else holdings.objects
        places = [(one, prefix.text, who) for name in _names(audit) for one, prefix, who in look(_address(name))]
        return Action.QUERY if listing else Action.READ, "", places
    if text(audit, "serviceName") == "bigquery.googleapis.com":
        return _bigquery(audit, holdings)
    allowed = parts(audit, "authorizationInfo")
    if any(text(one, "permissionType") == "DATA_READ" for one in allowed):
        names = [*_names(audit), *(text(one, "resource") for one in allowed)]
        return Action.QUERY, "", _resources(names, holdings)
    return Action.QUERY, "", []


def _bigquery(audit: Event, holdings: Holdings) -> tuple[Action, str, Found]:
    """A table that was read, as the newer and the older form of BigQuery's log tell it. What a job read is told by the
    job and by each of its tables: the job's name is the key of both."""
    metadata = _metadata(audit)
    table_read = part(metadata, "tableDataRead")
    if isinstance(table_read, dict):
        job = text(table_read, "jobName")
        found = _resources(_names(audit), holdings)
        action = Action.QUERY if text(table_read, "reason") in ("JOB", "QUERY", "") else Action.READ
        return action, _job_key(job, found), found
    if not metadata:
        return _older(audit, holdings)
    job = part(metadata, "jobChange", "job") or part(metadata, "jobInsertion", "job")
    config = part(job, "jobConfig")
    names = parts(job, "jobStats", "queryStats", "referencedTables")
    copied = [text(config, "extractConfig", "sourceTable"), *parts(config, "tableCopyConfig", "sourceTables")]
    return _job(text(job, "jobName"), names, copied, holdings)


def _older(audit: Event, holdings: Holdings) -> tuple[Action, str, Found]:
    """As `_bigquery`, of the older form (AuditData of the BigQuery audit log reference), which a sink has in a column
    of its own. A listing of rows names its table as the entry's resource alone."""
    told = unpacked(part(audit, "serviceData")) or unpacked(part(audit, "servicedata_v1_bigquery"))
    job = next((found for path in _OLDER_JOBS if (found := part(told, *path))), None)
    config = part(job, "jobConfiguration")
    if part(config, "dryRun") in (True, "true"):
        return Action.QUERY, "", []
    names = [_table(one) for one in parts(job, "jobStatistics", "referencedTables")]
    names += [_table(part(one, "tableName")) for one in parts(told, "tableDataReadEvents")]
    copied = [_table(part(config, "extract", "sourceTable"))]
    copied += [_table(one) for one in parts(config, "tableCopy", "sourceTables")]
    if not any((*names, *copied)):
        reads = any(text(one, "permissionType") == "DATA_READ" for one in parts(audit, "authorizationInfo"))
        lists = text(audit, "methodName").casefold().endswith("tabledataservice.list")
        return Action.READ, "", _resources([text(audit, "resourceName")] if reads or lists else [], holdings)
    project, name = text(job, "jobName", "projectId"), text(job, "jobName", "jobId")
    return _job(f"projects/{project}/jobs/{name}" if project and name else name, names, copied, holdings)


def _job(name: str, read: list[Any], copied: list[Any], holdings: Holdings) -> tuple[Action, str, Found]:
    """What a job of this name read, and took whole."""
    found = _resources([*read, *copied], holdings)
    return Action.COPY if _resources(copied, holdings) else Action.QUERY, _job_key(name, found), found


def _table(name: Event) -> str:
    """The older form's name of a table as the newer one has it; empty when it is none."""
    project, dataset, table = (text(name, field) for field in ("projectId", "datasetId", "tableId"))
    return f"projects/{project}/datasets/{dataset}/tables/{table}" if table else ""


def _job_key(job: str, found: Found) -> str:
    return f"{job} {' '.join(sorted({holding.name for holding, _, _ in found}))}" if job else ""


def _is_storage(audit: Event) -> bool:
    return text(audit, "serviceName") == "storage.googleapis.com"


def _metadata(audit: Event) -> Any:
    return unpacked(part(audit, "metadata")) or unpacked(part(audit, "metadataJson"))


def _names(audit: Event) -> list[str]:
    """The resources that the entry names."""
    more = [one for one in parts(_metadata(audit), "resourceNames") if isinstance(one, str)]
    return [one for one in (text(audit, "resourceName"), *more) if one]


def _address(name: str) -> str:
    """projects/_/buckets/BUCKET[/objects/KEY] as gs://BUCKET/KEY; another resource as no object's address."""
    _, mark, rest = name.partition("/buckets/")
    bucket, _, key = rest.partition("/objects/")
    return f"gs://{bucket}/{key}" if mark and bucket else "none:"


def _resources(names: list[Any], holdings: Holdings) -> Found:
    known = [one for one in names if isinstance(one, str) and one]
    return [(holding, holding.name, holding.everybody) for one in known for holding in holdings.resources(one)]


def _accounts(audit: Event) -> list[str]:
    names = (text(audit, "authenticationInfo", "principalEmail"), text(audit, "authenticationInfo", "principalSubject"))
    return [name for name in names if name]


def _switch(audit: Event, at: int, tally: Tally) -> None:
    """Data Access logs that were taken out of a policy, and sinks or exclusions that were changed."""
    method = text(audit, "methodName").rpartition(".")[2]
    service_data = unpacked(part(audit, "serviceData")) or unpacked(part(audit, "metadata"))
    for one in parts(service_data, "policyDelta", "auditConfigDeltas"):
        if text(one, "logType") in ("DATA_READ", ""):
            spared = text(one, "exemptedMember")
            whose = f"{text(audit, 'resourceName')} {text(one, 'service')} {spared}".strip()
            # Whoever is added as exempted is recorded no more.
            if text(one, "action") == ("ADD" if spared else "REMOVE"):
                tally.watch.off(whose, at, f"{SWITCHED_OFF} for reads of data")
            elif text(one, "action") == ("REMOVE" if spared else "ADD"):
                tally.watch.on(whose, at)
    if text(audit, "serviceName") == "logging.googleapis.com":
        whose = text(audit, "resourceName")
        if method in _SINKS_OFF:
            tally.watch.off(whose, at, f"{SWITCHED_OFF}, as what is recorded was changed ({method})")
        elif method in _SINKS_ON:
            tally.watch.on(whose, at)

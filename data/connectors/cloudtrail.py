"""Reads of captures in Amazon S3 and other services, from AWS CloudTrail: delivery files ({"Records": [...]}, gzip) and
events one a line. S3 needs a trail with data events, of reads. Fields: CloudTrail user guide, "record contents".

That objects are read is recorded bucket by bucket, or only below a folder, so only a GetObject below each of the
prefixes shows that it is; and of another service a data event that reads the resource. A read through an access point
whose bucket the event does not tell may be of anything, so nothing is claimed of its moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from data import instants
from data.accesses.entry import Action
from data.connectors import cloudtrail_objects, cloudtrail_switches, json_events, proving
from data.connectors.cloudtrail_objects import Places
from data.connectors.holdings import Holding, Holdings, union
from data.connectors.json_events import Event, part, parts, text
from data.connectors.observation import LONGEST_STATEMENT, Observation, Tally, shown
from data.connectors.proving import Proofs
from data.connectors.watching import SWITCHED_OFF, Loss
from data.errors import BadInput
from data.looks.matching import Unit

WANTED = "a file of AWS CloudTrail: JSON as it was delivered (gzip or not), or an event a line"
_OBJECTS = {
    "GetObject": Action.READ,
    "GetObjectTorrent": Action.READ,
    "SelectObjectContent": Action.QUERY,
    "CopyObject": Action.COPY,
    "UploadPartCopy": Action.COPY,
}
_S3 = "s3.amazonaws.com"
_LISTS = frozenset({"ListObjects", "ListObjectsV2", "ListObjectVersions", "ListBucket"})

Found = list[tuple[Holding, str, frozenset[int] | None]]


def read(path: Path, holdings: Holdings, tally: Tally) -> Iterator[Observation]:
    """The reads in the file. Raises BadInput naming file, place and reason."""
    folders, arns = proving.folders(holdings, "s3"), proving.arns(holdings)
    proofs = Proofs(tally.watch, folders, arns)
    for place, event in json_events.events(path, WANTED):
        tally.line()
        source, name = text(event, "eventSource"), text(event, "eventName")
        if not source or not name:
            raise BadInput(f"{path}, {place}: it has no eventSource and eventName, so it is no event of CloudTrail.")
        try:
            at = json_events.instant(part(event, "eventTime") or event.get("@timestamp"))
        except ValueError as error:
            raise BadInput(f"{path}, {place}: its eventTime {error}.") from None
        _prove(event, source, name, at, proofs)
        if source == "cloudtrail.amazonaws.com" and not text(event, "errorCode"):
            _switch(event, name, at, tally, [*folders, *arns])
        found = _touched(event, source, name, holdings)
        if not found and folders and _may_be_any(event, source, name):
            # Its time is told in whole seconds.
            tally.watch.lost(Loss(at, at + instants.SECOND, cloudtrail_objects.UNPLACED), back=True)
        elif not found:
            tally.other += 1
        elif text(event, "errorCode"):
            tally.denied += 1
        else:
            key = text(event, "eventID")
            if not key:
                raise BadInput(f"{path}, {place}: its eventID is missing.")
            yield Observation(
                key=key,
                at=at,
                action=_OBJECTS.get(name, Action.QUERY),
                account=holdings.listed(_accounts(event)),
                holdings=tuple(dict.fromkeys(holding for holding, _, _ in found)),
                people=union([people for _, _, people in found]),
                statement=shown(f"{name} {', '.join(where for _, where, _ in found)}", LONGEST_STATEMENT),
                amounts=_amounts(event, name),
            )


def _prove(event: Event, source: str, name: str, at: int, proofs: Proofs) -> None:
    """Tell of what a read was recorded. (CopyObject is a write to CloudTrail.)"""
    if part(event, "readOnly") not in (True, "true"):
        return
    if source == _S3 and name in _OBJECTS:
        # As it was asked for: what came by an access point may be recorded as its, not the bucket's.
        asked = part(event, "requestParameters")
        proofs.object(at, f"s3://{text(asked, 'bucketName')}/{text(asked, 'key')}")
    elif source != _S3 and text(event, "eventCategory") == "Data":
        proofs.resources(at, [text(one, "ARN") for one in parts(event, "resources")])


def _touched(event: Event, source: str, name: str, holdings: Holdings) -> Found:
    """What a reading event gave out: the holdings, where in words that name nobody, and of whom."""
    if source == _S3 and (name in _OBJECTS or name in _LISTS):
        look = holdings.below if name in _LISTS else holdings.objects
        found = [one for address in _places(event, name).addresses for one in look(address)]
        return [(holding, prefix.text, people) for holding, prefix, people in found]
    if part(event, "readOnly") not in (True, "true"):
        return []
    names = [text(one, "ARN") for one in parts(event, "resources")]
    return [(holding, holding.name, holding.everybody) for one in names for holding in holdings.resources(one)]


def _places(event: Event, name: str) -> Places:
    if name in _LISTS:
        return cloudtrail_objects.listed(event)
    return cloudtrail_objects.copied(event) if _OBJECTS[name] == Action.COPY else cloudtrail_objects.read(event)


def _may_be_any(event: Event, source: str, name: str) -> bool:
    """Whether something was read in S3 that the event does not tell."""
    if source != _S3 or (name not in _OBJECTS and name not in _LISTS) or text(event, "errorCode"):
        return False
    return not _places(event, name).known


def _amounts(event: Event, name: str) -> dict[str, int]:
    """S3 tells how many bytes left it, and each such event is of one object."""
    told = {Unit.OBJECTS.value: 1} if name in _OBJECTS else {}
    out = part(event, "additionalEventData", "bytesTransferredOut")
    if isinstance(out, int | float) and not isinstance(out, bool) and 0 <= out < 2**53:
        told[Unit.BYTES.value] = int(out)
    return told


def _accounts(event: Event) -> list[str]:
    """What whoever asked may be called in the holdings file, the most exact first."""
    identity = part(event, "userIdentity")
    names = [
        text(identity, "arn"),
        text(identity, "userName"),
        text(identity, "sessionContext", "sessionIssuer", "arn"),
        text(identity, "onBehalfOf", "userId"),
        text(identity, "invokedBy"),
        text(identity, "principalId"),
        text(identity, "accountId"),
    ]
    if text(identity, "type") == "AWSService":
        names.insert(0, text(identity, "invokedBy"))
    return [name for name in names if name]


def _switch(event: Event, name: str, at: int, tally: Tally, wanted: list[str]) -> None:
    """A trail that was stopped, deleted, or told to leave out reads of what is wanted."""
    trail = text(event, "requestParameters", "name") or text(event, "requestParameters", "trailName")
    trail = trail.rpartition("/")[2]
    if name in ("StopLogging", "DeleteTrail"):
        tally.watch.off(trail, at, f"{SWITCHED_OFF} ({name})")
    elif name == "StartLogging":
        tally.watch.on(trail, at)
    elif name == "PutEventSelectors":
        if cloudtrail_switches.records(part(event, "requestParameters"), wanted):
            tally.watch.on(f"{trail} objects", at)
        else:
            tally.watch.off(f"{trail} objects", at, f"{SWITCHED_OFF} for reads of data")

"""Where in Amazon S3 the objects lay that an event of CloudTrail read or listed. Pure.

Through an access point a request names no bucket; `resources` does, beside the access point (S3 user guide, "Monitoring
and logging access points"). A listing has the whole bucket there, as ARNPrefix, so what was asked for is the request's.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote

from data.connectors.cloudtrail_switches import OBJECTS
from data.connectors.json_events import Event, parts, text
from data.connectors.s3_names import address, is_access_point

UNPLACED = "its log does not say of which bucket something was read through an access point"


class Places(NamedTuple):
    """Addresses as s3://bucket/key, of a listing as what they begin with; `known`: it is these buckets or none."""

    addresses: list[str]
    known: bool


def read(event: Event) -> Places:
    """What a read of one object gave out."""
    return _requested(event, "key")


def listed(event: Event) -> Places:
    """What a listing may have shown."""
    return _requested(event, "prefix")


def copied(event: Event) -> Places:
    """What a copy took. The request names its target; `resources` may hold both or the target alone."""
    source = unquote(text(event, "requestParameters", "x-amz-copy-source")).lstrip("/")
    if source.startswith("arn:"):
        bucket, _, key = source.partition("/object/")
    else:
        bucket, _, key = source.partition("/")
    if not is_access_point(bucket):
        return Places([address(source) if source.startswith("arn:") else f"s3://{source}"], True)
    key = key.partition("?versionId=")[0]
    target = text(event, "requestParameters", "bucketName")
    same = key == text(event, "requestParameters", "key")
    # A target of the same key behind an access point looks as the source would.
    buckets = [] if same and is_access_point(target) else _buckets(event, key)
    if same and target in buckets:
        buckets.remove(target)
    return Places([f"s3://{one}/{key}" for one in (bucket, *buckets)], bool(buckets))


def _requested(event: Event, field: str) -> Places:
    bucket, asked = text(event, "requestParameters", "bucketName"), text(event, "requestParameters", field)
    buckets = _buckets(event)
    hosts = (bucket, text(event, "requestParameters", "Host"), *(_arn(one) for one in parts(event, "resources")))
    known = bool(buckets) or not any(is_access_point(one) for one in hosts)
    return Places([f"s3://{one}/{asked}" for one in dict.fromkeys((bucket, *buckets))], known)


def _buckets(event: Event, wanted: str | None = None) -> list[str]:
    """The buckets of the objects that `resources` names, of a wanted key where one is."""
    objects = (address(_arn(one)) for one in parts(event, "resources") if text(one, "type") == OBJECTS)
    found = (one.removeprefix("s3://").partition("/") for one in objects if one.startswith("s3://"))
    return list(dict.fromkeys(bucket for bucket, _, key in found if bucket and wanted in (None, key)))


def _arn(resource: Event) -> str:
    return text(resource, "ARN") or text(resource, "ARNPrefix")

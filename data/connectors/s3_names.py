"""Names of buckets and objects in Amazon S3, as its audit and others write them. Pure.

Forms of ARNs in each partition of AWS, and of access points: S3 user guide, "Referencing access points".
"""

from __future__ import annotations

import re

_ARN = re.compile(r"arn:aws[-\w]*:s3(?::::|$)", re.ASCII)
# By ARN, by one of the endings that S3 keeps for aliases, or by the name of a host.
_POINT = re.compile(
    r"^arn:[^/]+:(?:accesspoint|outpost)[/:]|(?:-s3alias|--ol-s3|--op-s3|--xa-s3|\.mrap)$"
    r"|\.(?:s3-accesspoint|s3-object-lambda|s3-outposts|accesspoint)[-.]",
    re.ASCII,
)


def address(name: str) -> str:
    """The ARN of a bucket or object as s3://bucket/key, and that of all of S3 as s3://; another name as it is."""
    found = _ARN.match(name)
    return name if found is None else f"s3://{name[found.end() :]}"


def is_access_point(name: str) -> bool:
    """Whether what stands for a bucket, or for the host of one, is an access point: it does not say which bucket."""
    return _POINT.search(name) is not None

"""An object store with captures (s3://): its policy, its public-access settings and its encryption, by its own API.

Needs the package boto3; without it, or without the rights to ask, nothing is known.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any, cast

from data.controls.control import Fact, Result, State, Unseen
from data.controls.probe import Probe, Target
from data.controls.surroundings import Surroundings

_SECONDS = 5
_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
# What S3 answers where something was never set; any other refusal is one.
_ABSENT = frozenset(
    {
        "NoSuchBucketPolicy",
        "NoSuchPublicAccessBlockConfiguration",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)
_EVERYBODY = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)


def targets(around: Surroundings) -> tuple[Target, ...]:
    """The bucket that the sealed captures lie in, where they lie in one."""
    objects = around.vault.objects
    is_s3 = not objects.local and {"s3", "s3a"} & set(_protocols(objects.system))
    return (Target("", objects.root.partition("/")[0]),) if is_s3 else ()


def look(around: Surroundings, target: Target) -> Result:
    """Holds when all four public-access blocks are on, and neither policy nor ACL lets anybody else in."""
    bucket = str(target.what)
    client = _client(around.vault.objects.system)
    blocks = _asked(lambda: client.get_public_access_block(Bucket=bucket))
    set_blocks = cast("dict[str, bool]", (blocks or {}).get("PublicAccessBlockConfiguration", {}))
    policy = _asked(lambda: client.get_bucket_policy(Bucket=bucket))
    acl = _asked(lambda: client.get_bucket_acl(Bucket=bucket)) or {}
    sealed = _asked(lambda: client.get_bucket_encryption(Bucket=bucket))
    off = [name for name in _BLOCKS if not set_blocks.get(name)]
    anybody = open_statements(policy["Policy"]) if policy else []
    owner = acl.get("Owner", {}).get("ID")
    others = [
        str(grant["Grantee"].get("URI") or grant["Grantee"].get("ID"))
        for grant in acl.get("Grants", [])
        if grant["Grantee"].get("ID") != owner
    ]
    facts = (
        Fact("bucket", bucket),
        Fact("public-access blocks that are off", ", ".join(off) or "none"),
        Fact("statements of the policy for everybody", ", ".join(anybody) or "none"),
        Fact("others in its access list", ", ".join(others) or "none"),
        Fact("encrypted by the store", "yes" if sealed else "no"),
    )
    unseen = ("which accounts of the company may read the bucket by policies of their own (IAM)",)
    if anybody or set(others) & set(_EVERYBODY):
        return Result(State.BROKEN, "The store of sealed captures is open to everybody.", facts, unseen)
    if others:
        return Result(State.BROKEN, "Others than its owner may get into the store of sealed captures.", facts, unseen)
    if off:
        return Result(State.BROKEN, "Nothing stops that the store of sealed captures is made public.", facts, unseen)
    return Result(State.HOLDS, "The store of sealed captures is closed, and cannot be made public.", facts, unseen)


def open_statements(policy: str) -> list[str]:
    """The statements of a bucket's policy that let everybody in (Principal `*`), by their name or number. A condition
    may narrow one, which nobody can tell from here: it counts all the same."""
    found: Any = json.loads(policy).get("Statement", [])
    statements = cast("list[dict[str, Any]]", found if isinstance(found, list) else [found])
    return [
        str(one.get("Sid") or f"number {number}")
        for number, one in enumerate(statements, 1)
        if one.get("Effect") == "Allow" and _is_everybody(one.get("Principal", "*" if "NotPrincipal" in one else None))
    ]


def _is_everybody(principal: Any) -> bool:
    if isinstance(principal, dict):
        named: list[Any] = list(cast("dict[str, Any]", principal).values())
    else:
        named = [principal]
    return any(one == "*" or (isinstance(one, list) and "*" in one) for one in named)


def _client(system: Any) -> Any:
    """A client of the same place as the vault's own, with the machine's credentials; which is never written down."""
    try:
        boto3: Any = importlib.import_module("boto3")
        config: Any = importlib.import_module("botocore.config")
    except ImportError:
        raise Unseen(
            "The object store could not be asked, so nobody knows.", Fact("what to do", "install the package boto3")
        ) from None
    given = cast("dict[str, Any]", getattr(system, "client_kwargs", None) or {})
    where = getattr(system, "endpoint_url", None) or given.get("endpoint_url")
    patience = config.Config(
        connect_timeout=_SECONDS, read_timeout=_SECONDS, retries={"max_attempts": 1}, s3={"addressing_style": "path"}
    )
    return boto3.client("s3", endpoint_url=where, config=patience)


def _asked(ask: Callable[[], Any]) -> Any:
    """What the store answers; None where it was never set. Raises Unseen for a refusal or no answer."""
    errors: Any = importlib.import_module("botocore.exceptions")
    try:
        return ask()
    except errors.ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _ABSENT:
            return None
        refusal = Fact("the store answered", code)
    except errors.BotoCoreError as error:
        refusal = Fact("error", type(error).__name__)
    raise Unseen("The object store did not let Daylight look, so nobody knows.", refusal)


def _protocols(system: Any) -> tuple[str, ...]:
    found = system.protocol
    return (found,) if isinstance(found, str) else tuple(found)


PROBE = Probe("bucket", "Object store", "The store of sealed captures is closed to everybody else.", targets, look)

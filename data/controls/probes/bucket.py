"""An object store with captures (s3://): its policy, its public-access settings and its encryption, by its own API.

Needs the package boto3; without it, or without the rights to ask, nothing is known.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any, cast

from data.controls.control import SHOWN, Fact, Result, State, Unseen, listed
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
# Never to be allowed, whatever the file says.
_EVERYBODY = frozenset(
    {
        "*",
        "http://acs.amazonaws.com/groups/global/AllUsers",
        "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
    }
)


def targets(around: Surroundings) -> tuple[Target, ...]:
    """The bucket that the sealed captures lie in, where they lie in one."""
    objects = around.vault.objects
    is_s3 = not objects.local and {"s3", "s3a"} & set(_protocols(objects.system))
    return (Target("", objects.root.partition("/")[0]),) if is_s3 else ()


def look(around: Surroundings, target: Target) -> Result:
    """Holds when all four public-access blocks are on, and neither policy nor ACL lets in anybody but its owner
    and those whom the file of watched databases names; whom it names is not known where it cannot be used."""
    bucket = str(target.what)
    client = _client(around.vault.objects.system)
    blocks = _asked(lambda: client.get_public_access_block(Bucket=bucket))
    set_blocks = cast("dict[str, bool]", (blocks or {}).get("PublicAccessBlockConfiguration", {}))
    policy = _asked(lambda: client.get_bucket_policy(Bucket=bucket))
    acl = _asked(lambda: client.get_bucket_acl(Bucket=bucket)) or {}
    sealed = _asked(lambda: client.get_bucket_encryption(Bucket=bucket))
    off = [name for name in _BLOCKS if not set_blocks.get(name)]
    let_in = principals(policy["Policy"]) if policy else {}
    owner = acl.get("Owner", {}).get("ID")
    granted = [str(one["Grantee"].get("URI") or one["Grantee"].get("ID")) for one in acl.get("Grants", [])]
    in_list = {one for one in granted if one != owner}
    may = {_whole(one) for one in around.listed.bucket}
    others = frozenset({*let_in, *in_list} - may | {*let_in, *in_list} & _EVERYBODY)
    facts = (
        Fact("bucket", bucket),
        Fact("public-access blocks that are off", ", ".join(off) or "none"),
        Fact("may be let in beside its owner", "not known" if around.refused else listed(frozenset(may)) or "nobody"),
        *(
            Fact(f"let in by its policy: {one}", f"statement {listed(frozenset(let_in[one]))}")
            for one in sorted(others & let_in.keys())[:SHOWN]
        ),
        Fact("others that its policy lets in", f"{len(others & let_in.keys()):,}"),
        Fact("others in its access list", listed(others & in_list) or "none"),
        Fact("encrypted by the store", "yes" if sealed else "no"),
    )
    unseen = ("which accounts of the company may read the bucket by policies of their own (IAM)",)
    if others & _EVERYBODY:
        return Result(State.BROKEN, "The store of sealed captures is open to everybody.", facts, unseen, others)
    if others and not around.refused:
        said = "Others than its owner may get into the store of sealed captures."
        return Result(State.BROKEN, said, facts, unseen, others)
    if off:
        return Result(State.BROKEN, "Nothing stops that the store of sealed captures is made public.", facts, unseen)
    if others:
        raise Unseen(str(around.unlisted), *around.unlisted.facts, *facts)
    return Result(State.HOLDS, "The store of sealed captures is closed, and cannot be made public.", facts, unseen)


def principals(policy: str) -> dict[str, set[str]]:
    """Whom the statements of a bucket's policy let in (accounts, roles, services, canonical users; `*`: everybody),
    each with the names or numbers of those statements. A condition may narrow one, which nobody can tell from here: it
    counts all the same, whatever it lets do. NotPrincipal lets in everybody but a few, so it is everybody.

    Source: AWS, "Policies and permissions in Amazon S3" and "AWS JSON policy elements: Principal".
    """
    found: Any = json.loads(policy).get("Statement", [])
    statements = cast("list[dict[str, Any]]", found if isinstance(found, list) else [found])
    let_in: dict[str, set[str]] = {}
    for number, one in enumerate(statements, 1):
        if one.get("Effect") == "Allow":
            for name in _named(one.get("Principal", "*")):
                let_in.setdefault(_whole(name), set()).add(str(one.get("Sid") or f"number {number}"))
    return let_in


def _named(principal: Any) -> list[str]:
    """The names in a Principal: one, a list, or either by its kind (AWS, Federated, Service, CanonicalUser)."""
    if isinstance(principal, dict):
        return [name for each in cast("dict[str, Any]", principal).values() for name in _named(each)]
    return [str(one) for one in cast("list[Any]", principal)] if isinstance(principal, list) else [str(principal)]


def _whole(name: str) -> str:
    """An account, which may be written as its number alone, always the same way."""
    return f"arn:aws:iam::{name}:root" if name.isdecimal() and len(name) == 12 else name


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

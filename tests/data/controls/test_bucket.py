"""The probe of an object store, against its real API over HTTP (moto's server)."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.controls.control import State, Unseen
from data.controls.probes import bucket
from data.controls.surroundings import Surroundings
from data.controls.watched import WatchList
from data.database import Database
from data.sealing.objects import Objects
from data.sealing.vault import Vault
from data.settings import Settings

BLOCKS = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
NAME = "acme-captures"


class System:
    """What the vault's own file system of s3:// says of itself."""

    protocol = ("s3", "s3a")

    def __init__(self, url: str) -> None:
        self.endpoint_url = url


@pytest.fixture(scope="module")
def url() -> Generator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def client(url: str, monkeypatch: pytest.MonkeyPatch) -> Generator[Any]:
    import boto3

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    found: Any = boto3.client("s3", endpoint_url=url)
    found.create_bucket(Bucket=NAME)
    found.put_public_access_block(Bucket=NAME, PublicAccessBlockConfiguration=BLOCKS)
    yield found
    found.delete_bucket(Bucket=NAME)


@pytest.fixture
def around(url: str, vault: Vault, tmp_path: Path) -> Surroundings:
    stored = Objects(System(url), f"{NAME}/store", local=False)
    settings = Settings.from_environment({}, store=str(tmp_path))
    database = Database(f"sqlite:///{tmp_path / 'daylight.db'}")
    return Surroundings(settings, database, replace(vault, objects=stored))


def policy(principal: object, effect: str = "Allow") -> str:
    statement = {"Sid": "Everyone", "Effect": effect, "Principal": principal, "Action": "s3:GetObject"}
    return json.dumps({"Version": "2012-10-17", "Statement": {**statement, "Resource": f"arn:aws:s3:::{NAME}/*"}})


def test_a_bucket_is_closed_until_its_policy_or_access_list_opens_it(client: Any, around: Surroundings) -> None:
    """Protects: what is public is found by asking the store itself, and nothing else is called open."""
    (target,) = bucket.targets(around)
    assert (found := bucket.look(around, target)).state is State.HOLDS, found
    for principal in ("*", {"AWS": "*"}, {"AWS": ["arn:aws:iam::123456789012:role/app", "*"]}):
        client.put_bucket_policy(Bucket=NAME, Policy=policy(principal))
        assert "open to everybody" in bucket.look(around, target).said
    client.delete_bucket_policy(Bucket=NAME)
    client.put_public_access_block(Bucket=NAME, PublicAccessBlockConfiguration=BLOCKS | {"BlockPublicAcls": False})
    assert "Nothing stops" in bucket.look(around, target).said
    client.put_bucket_acl(Bucket=NAME, ACL="public-read")
    assert "open to everybody" in bucket.look(around, target).said
    client.delete_public_access_block(Bucket=NAME)
    client.put_bucket_acl(Bucket=NAME, ACL="private")
    assert bucket.look(around, target).state is State.BROKEN


APP, FOREIGN = "arn:aws:iam::123456789012:role/app", "arn:aws:iam::999999999999:root"
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"


@pytest.mark.parametrize(
    ("principal", "strangers"),
    [
        ({"AWS": APP}, set[str]()),
        ({"AWS": "123456789013"}, set[str]()),
        ({"AWS": [APP, FOREIGN]}, {FOREIGN}),
        ({"AWS": "999999999999"}, {FOREIGN}),
        ({"CanonicalUser": CANONICAL}, {CANONICAL}),
        ({"Federated": "accounts.google.com"}, {"accounts.google.com"}),
        ({"Service": ["logging.s3.amazonaws.com"], "AWS": APP}, {"logging.s3.amazonaws.com"}),
    ],
)
def test_whoever_a_policy_lets_in_and_the_file_does_not_name_is_found(
    client: Any, around: Surroundings, principal: object, strangers: set[str]
) -> None:
    """Protects: a foreign account in the policy is no closed store. Everybody reads that somebody is let in, and only
    whoever sees the evidence reads who."""
    (target,) = bucket.targets(around)
    # What everybody is called is never allowed by writing it down.
    named = frozenset({APP, "arn:aws:iam::123456789013:root", "*"})
    client.put_bucket_policy(Bucket=NAME, Policy=policy(principal))
    found = bucket.look(replace(around, listed=WatchList(bucket=named)), target)
    client.delete_bucket_policy(Bucket=NAME)
    assert (found.state is State.HOLDS, found.audience) == (not strangers, strangers)
    for one in strangers:
        assert (f"let in by its policy: {one}", "statement Everyone") in found.facts
        assert one not in found.said


def test_nobody_is_let_in_by_a_policy_whom_no_file_names(client: Any, around: Surroundings) -> None:
    """Protects: without a word of who may, only the owner may; a refusal lets nobody in, and all but a few is all."""
    (target,) = bucket.targets(around)
    client.put_bucket_policy(Bucket=NAME, Policy=policy({"AWS": APP}))
    assert "Others than its owner" in bucket.look(around, target).said
    client.put_bucket_policy(Bucket=NAME, Policy=policy({"AWS": FOREIGN}, "Deny"))
    assert bucket.look(around, target).state is State.HOLDS
    client.delete_bucket_policy(Bucket=NAME)
    but = policy({"AWS": APP}).replace('"Principal"', '"NotPrincipal"')
    assert bucket.principals(but) == {"*": {"Everyone"}}
    public = replace(around, listed=WatchList(bucket=frozenset({"*"})))
    client.put_bucket_policy(Bucket=NAME, Policy=policy("*"))
    assert "open to everybody" in bucket.look(public, target).said
    client.delete_bucket_policy(Bucket=NAME)


def test_whom_a_file_that_cannot_be_used_allows_is_not_known_and_who_never_may_is_found_all_the_same(
    client: Any, around: Surroundings
) -> None:
    """Protects: a mistake in the file breaks no promise, and hides no bucket that is open to everybody."""
    (target,) = bucket.targets(around)
    around = replace(around, refused="controls.toml is no TOML.")
    client.put_bucket_policy(Bucket=NAME, Policy=policy({"AWS": APP}))
    with pytest.raises(Unseen, match="file that says what is allowed cannot be used") as unseen:
        bucket.look(around, target)
    assert {("what is wrong", "controls.toml is no TOML."), ("may be let in beside its owner", "not known")} <= {
        *unseen.value.facts
    }
    client.put_public_access_block(Bucket=NAME, PublicAccessBlockConfiguration=BLOCKS | {"BlockPublicAcls": False})
    assert "Nothing stops" in bucket.look(around, target).said
    client.put_bucket_policy(Bucket=NAME, Policy=policy("*"))
    assert "open to everybody" in bucket.look(around, target).said
    client.delete_bucket_policy(Bucket=NAME)
    client.put_public_access_block(Bucket=NAME, PublicAccessBlockConfiguration=BLOCKS)
    assert bucket.look(around, target).state is State.HOLDS, "nobody is let in, whom the file could allow or not"


def test_a_store_that_refuses_or_does_not_answer_is_not_known(client: Any, around: Surroundings, url: str) -> None:
    """Protects: without the right to ask, nothing is called fine."""
    (target,) = bucket.targets(around)
    with pytest.raises(Unseen, match="did not let"):
        bucket.look(around, target._replace(what="another"))
    away = replace(around.vault, objects=Objects(System("http://127.0.0.1:1"), NAME, local=False))
    with pytest.raises(Unseen, match="did not let"):
        bucket.look(replace(around, vault=away), target)


def test_without_the_package_nothing_is_known(
    client: Any, around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects: boto3 is optional, and its absence is said."""
    (target,) = bucket.targets(around)
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(Unseen, match="could not be asked"):
        bucket.look(around, target)


def test_a_folder_of_this_machine_is_no_bucket(vault: Vault, tmp_path: Path) -> None:
    """Protects: the promise about a bucket is only made where there is one."""
    database = Database(f"sqlite:///{tmp_path / 'daylight.db'}")
    assert bucket.targets(Surroundings(Settings.from_environment({}, store=str(tmp_path)), database, vault)) == ()

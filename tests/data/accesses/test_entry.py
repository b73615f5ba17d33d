"""What an entry commits to, and that it says nothing about who."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from data.accesses import details, entry
from data.accesses.entry import ACCESSES, Action, Purpose
from data.canonical import canonical
from data.tlog import merkle

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def test_a_leaf_is_canonical_json_of_eight_fields_and_nothing_else() -> None:
    found = entry.leaf(
        at=1_700_000_000_000_000,
        action="read",
        source="daylight",
        count=3,
        commitment="aa",
        people="bb",
        observed=False,
    )
    assert found == (
        b'{"action":"read","at":1700000000000000,"commitment":"aa","count":3,"observed":false,"people":"bb",'
        b'"source":"daylight","v":1}'
    )


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 2**53 - 1), st.booleans())
def test_a_leaf_is_what_rfc_8785_makes_of_it(source: str, count: int, observed: bool) -> None:
    rest = {"source": source, "count": count, "observed": observed}
    fields = {"at": -5, "action": "read", "commitment": "aa", "people": "bb", **rest}
    made = entry.leaf(at=-5, action="read", source=source, count=count, commitment="aa", people="bb", observed=observed)
    assert made == rfc8785.dumps({"v": 1, **fields})  # pyright: ignore[reportArgumentType]


@given(JSON)
def test_canonical_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), float("nan"), "\ud800", {"a": ["\udfff"]}, {1: 2}])
def test_what_json_cannot_keep_exactly_is_refused(value: Any) -> None:
    with pytest.raises((rfc8785.CanonicalizationError, UnicodeEncodeError)):
        canonical(value)


def test_the_order_of_an_object_does_not_change_its_bytes() -> None:
    assert canonical({"b": 1, "a": "é"}) == canonical({"a": "é", "b": 1}) == '{"a":"é","b":1}'.encode()


@given(JSON)
def test_details_are_committed_to_with_their_salt(details: object) -> None:
    plain = canonical(details)
    assert entry.commitment(b"salt", plain) == hashlib.sha256(b"salt" + plain).digest()
    assert entry.commitment(b"tlas", plain) != entry.commitment(b"salt", plain)


@given(TEXT, TEXT, TEXT, st.dictionaries(TEXT, JSON, max_size=3), st.booleans(), st.integers(0, 2**53 - 1))
def test_details_are_written_as_rfc_8785_makes_them(
    role: str, account: str, ticket: str, scope: dict[str, Any], observed: bool, number: int
) -> None:
    accessor: dict[str, Any] = {"role": role, "team": "", "account": account, "automated": True, "shared": observed}
    others: dict[str, Any] = {"observed": observed, "purpose": "support", "ticket": ticket, "scope": scope}
    others |= {"people_count": number, "recorded_at": number, "at": number, "count": number}
    others |= {"action": "read", "source": account}
    told = details.Told(**{name: details.told(value) for name, value in accessor.items()})
    commitment, packed = details.made(accessor=told, identity=b"{}", salts=bytes(32), **others)
    found = details.Details.unpacked(packed)
    who = hashlib.sha256(found.identity_salt + b"{}").hexdigest()
    assert found.text == rfc8785.dumps({**accessor, **others, "who": who})
    assert (found.commitment, found.packed()) == (commitment, packed)


@pytest.mark.parametrize("ticket", ["\ud800", "T-1\udfff"])
def test_details_that_json_cannot_keep_are_refused(ticket: str) -> None:
    with pytest.raises((rfc8785.CanonicalizationError, UnicodeEncodeError)):
        details.told(ticket)


def test_the_people_root_does_not_depend_on_their_order() -> None:
    tags = [entry.tag(bytes([n]) * 32, b"nonce") for n in range(7)]
    assert entry.people_root(tags) == entry.people_root(tags[::-1]) == merkle.root(sorted(tags))


def test_the_people_root_of_one_is_a_tree_of_one_leaf() -> None:
    """As of any other number: whoever checks a receipt of it needs no other rule."""
    assert entry.people_root([b"t" * 32]) == merkle.root([b"t" * 32]) != merkle.root([])


def test_a_tag_is_an_hmac_and_differs_from_entry_to_entry() -> None:
    assert entry.tag(b"k" * 32, b"n") == hmac.new(b"k" * 32, b"n", "sha256").digest()
    assert entry.tag(b"k" * 32, b"n") != entry.tag(b"k" * 32, b"m")


@given(st.binary(min_size=1, max_size=64), st.binary(max_size=200))
def test_a_key_made_ready_for_many_entries_makes_the_same_tags(key: bytes, commitment: bytes) -> None:
    tag = entry.tagging(key)
    assert tag(commitment) == tag(commitment) == entry.tag(key, commitment)


def test_only_five_actions_are_accesses_and_every_purpose_has_plain_words() -> None:
    assert {action.value for action in ACCESSES} == {"read", "copy", "query", "train", "count"}
    assert {Action(action) for action in ACCESSES} < set(Action)
    assert len({purpose.plain for purpose in Purpose}) == len(Purpose)
    assert Purpose.NONE.plain == "no reason given"

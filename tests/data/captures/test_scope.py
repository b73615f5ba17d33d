"""A scope means the same rows wherever it is used."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.captures.schema import SCHEMA, Kind
from data.captures.scope import Scope
from data.errors import BadInput

ROWS = pa.Table.from_pylist(
    [
        {"at": 10, "kind": "key", "app": "Mail"},
        {"at": 20, "kind": "click", "app": None},
        {"at": 30, "kind": "key", "app": "Word"},
    ],
    schema=SCHEMA,
)

scopes = st.builds(
    Scope,
    st.frozensets(st.sampled_from(Kind)),
    st.frozensets(st.text(max_size=5), max_size=3),
    st.none() | st.integers(-(2**62), 2**62),
    st.none() | st.integers(-(2**62), 2**62),
)


@given(scopes)
def test_a_scope_survives_json(scope: Scope) -> None:
    assert Scope.from_json(json.loads(json.dumps(scope.as_json()))) == scope


@pytest.mark.parametrize(
    ("scope", "inside"),
    [
        (Scope(), [True, True, True]),
        (Scope(start=20), [False, True, True]),
        (Scope(end=20), [True, False, False]),
        (Scope(kinds=frozenset({Kind.KEY})), [True, False, True]),
        (Scope(apps=frozenset({"Mail"})), [True, False, False]),
        (Scope(kinds=frozenset({Kind.KEY}), apps=frozenset({"Word"}), start=30, end=31), [False, False, True]),
        (Scope(apps=frozenset({"mail"})), [False, False, False]),
    ],
)
def test_the_mask_has_one_answer_per_row(scope: Scope, inside: list[bool]) -> None:
    assert scope.mask(ROWS).to_pylist() == inside
    assert scope.mask(ROWS.combine_chunks().to_batches()[0]).to_pylist() == inside


@pytest.mark.parametrize(
    "value", [{"kinds": ["mouse"]}, {"apps": "Mail"}, {"apps": [1]}, {"start": "monday"}, {"end": True}, {"from": 1}]
)
def test_what_is_not_a_scope_is_refused_in_one_sentence(value: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        Scope.from_json(value)

"""How much a declaration explains, and of which reads: a function of the log's order alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import instants
from data.accesses.entry import DAYLIGHT, Purpose
from data.looks import matching
from data.looks.budget import Budget, Why
from data.looks.matching import LONGEST, WITHIN, Side, Unit
from data.looks.pairing import Outcome, Pairing, covers

AT = 1_793_000_000_000_000
ROWS, BYTES, STATEMENTS = Unit.ROWS, Unit.BYTES, Unit.STATEMENTS


def access(
    position: int,
    at: int = AT,
    *,
    recorded_at: int | None = None,
    until: int | None = None,
    source: str = "audit",
    role: str = "engineer",
    who: str = "a",
    people: Iterable[int] | None = (1,),
    kinds: Iterable[str] = (),
    is_counts: bool = False,
    amounts: Mapping[str, int] | None = None,
    **told: int,
) -> Side:
    held = None if people is None else frozenset(people)
    return Side(
        position=position,
        at=at,
        recorded_at=AT + LONGEST if recorded_at is None else recorded_at,
        until=at if until is None else until,
        source=source,
        role=role,
        purpose=Purpose.SUPPORT,
        ticket="",
        names=frozenset({f"account {who}"}),
        kinds=frozenset(kinds),
        amounts={**(amounts or {}), **told},
        is_beside=False,
        is_counts=is_counts,
        people_count=100 if held is None else len(held),
        people=held,
    )


def paired(sides: Iterable[tuple[Side, bool]]) -> list[Outcome]:
    state = Pairing()
    for one, is_observed in sides:
        (state.observe if is_observed else state.declare)(one)
    return state.outcomes


def whys(declared: Side, *observed: Side) -> list[Why | None]:
    """What a declaration says to reads that come after it; one that nothing says anything of is LATE's opposite."""
    found = {one.observed: one.why for one in paired([(declared, False), *((one, True) for one in observed)])}
    return [found[one.position] for one in observed]


def test_a_read_of_more_than_was_declared_is_not_explained() -> None:
    assert whys(access(0, rows=3), access(1, rows=50_000)) == [Why.MORE]
    assert whys(access(0, rows=3), access(1, rows=3)) == [None]
    assert whys(access(0, rows=3, bytes=10), access(1, rows=3, bytes=11)) == [Why.MORE]


def test_a_declaration_explains_together_no_more_than_it_declares() -> None:
    reads = [access(number, rows=2) for number in (1, 2, 3)]
    assert whys(access(0, rows=5), *reads) == [None, None, Why.USED]


def test_a_read_of_unknown_size_takes_all_that_was_declared_at_one_moment() -> None:
    """Else a declared look at three captures would explain whatever else was read in these minutes."""
    assert whys(access(0, rows=3), access(1), access(2), access(3, rows=1)) == [None, Why.USED, Why.USED]
    assert whys(access(0), access(1, rows=7), access(2)) == [None, Why.USED]
    assert whys(access(0, rows=3), access(1, rows=3), access(2)) == [None, Why.USED]


def test_a_declared_span_or_number_of_statements_says_itself_how_often() -> None:
    span = access(0, until=AT + instants.HOUR, rows=5)
    reads = [access(1), access(2, AT + instants.HOUR, rows=5), access(3, AT + instants.HOUR)]
    assert whys(span, *reads) == [None, None, Why.USED]
    assert whys(access(0, statements=2), access(1), access(2), access(3)) == [None, None, Why.USED]


def test_a_look_through_the_app_explains_its_own_reads_and_counts_explain_no_captures() -> None:
    look = access(0, source=DAYLIGHT, rows=3)
    app = [access(number, role=matching.THIS_APP, who="db") for number in (1, 2)]
    assert whys(look, *app) == [None, None]
    assert whys(look, access(1, role=matching.THIS_APP, rows=4)) == [Why.MORE]
    assert whys(access(0, source=DAYLIGHT, statements=1), access(1), app[1]) == [None, Why.USED]
    counts = access(0, source=DAYLIGHT, rows=900, is_counts=True)
    assert whys(counts, access(1), app[1]) == [Why.COUNTS, None]


def test_kinds_that_were_not_declared_are_not_explained() -> None:
    declared = access(0, kinds=["key"])
    assert paired([(declared, False), (access(1, kinds=["key", "screen"]), True)]) == []
    # Of this app: segments hold all kinds together.
    look, read = access(0, source=DAYLIGHT, kinds=["key"]), access(1, role=matching.THIS_APP, kinds=["key", "screen"])
    assert paired([(look, False), (read, True)]) == [Outcome(1, 0)]


def test_what_was_declared_afterwards_is_late_unless_the_read_had_just_begun() -> None:
    read = access(0)
    assert paired([(read, True), (access(1), False)]) == [Outcome(0, 1, Why.LATE)]
    assert paired([(read, True), (access(1, recorded_at=AT + WITHIN), False)]) == [Outcome(0, 1)]
    # Only the first is told: whoever declares again and again adds nothing.
    assert paired([(read, True), (access(1), False), (access(2), False)]) == [Outcome(0, 1, Why.LATE)]


@pytest.mark.parametrize("order", [1, -1])
def test_the_one_that_fits_is_found_behind_any_number_that_do_not(order: int) -> None:
    declared = [access(number, AT + order * number, rows=1) for number in range(300)]
    fitting = access(300, AT + order * 301, rows=9)
    assert paired([*((one, False) for one in [*declared, fitting]), (access(301, rows=9), True)]) == [Outcome(301, 300)]


ACCESSES = st.lists(
    st.tuples(
        st.booleans(),
        st.integers(0, 4).map(lambda step: AT + step * WITHIN // 2),
        st.sampled_from(["early", "late"]),
        st.sampled_from([0, 0, 3 * WITHIN]),
        st.sampled_from(["a", "b"]),
        st.sampled_from([(1,), (2,), (1, 2)]),
        st.sampled_from([(), (), ("key",), ("key", "screen")]),
        st.sampled_from(["audit", "audit", DAYLIGHT]),
        st.dictionaries(st.sampled_from([ROWS.value, BYTES.value]), st.integers(1, 4), max_size=2),
        st.sampled_from([None, None, 1, 2]),
    ),
    max_size=14,
)
Drawn = Sequence[tuple[bool, int, str, int, str, tuple[int, ...], tuple[str, ...], str, dict[str, int], int | None]]


def sides(drawn: Drawn) -> list[tuple[Side, bool]]:
    """Accesses in the order of the log; what is observed under the source of this app is this app's own login."""
    found: list[tuple[Side, bool]] = []
    for position, (is_observed, at, when, span, who, people, kinds, source, amounts, statements) in enumerate(drawn):
        told = dict(amounts)
        if statements and not is_observed:
            told[STATEMENTS.value] = statements
        one = access(
            position,
            at,
            recorded_at=AT if when == "early" else AT + LONGEST,
            until=at + (0 if is_observed or source == DAYLIGHT else span),
            source=source,
            role=matching.THIS_APP if is_observed and source == DAYLIGHT else "engineer",
            who=who,
            people=people,
            kinds=kinds,
            amounts=told,
        )
        found.append((one, is_observed))
    return found


@given(ACCESSES)
def test_no_declaration_explains_more_than_it_declares(drawn: Drawn) -> None:
    """In no unit that both tell; of one moment at most one read of unknown size; and each read only once."""
    taken = sides(drawn)
    found = [one for one in paired(taken) if one.why is None]
    assert len({one.observed for one in found}) == len(found)
    at = {one.position: one for one, _ in taken}
    by_declared: dict[int, list[Side]] = {}
    for one in found:
        declared, observed = at[one.declared], at[one.observed]
        assert matching.fits(declared, observed)
        assert covers(declared, observed)
        assert not matching.is_late(declared, observed)
        by_declared.setdefault(one.declared, []).append(observed)
    for position, reads in by_declared.items():
        declared = at[position]
        total = Counter[str]()
        for read in reads:
            total.update({unit: amount for unit, amount in read.amounts.items() if unit in declared.amounts})
        assert all(amount <= declared.amounts[unit] for unit, amount in total.items())
        if STATEMENTS in declared.amounts:
            assert len(reads) <= declared.amounts[STATEMENTS]
        elif not declared.is_span:
            unmeasured = [one for one in reads if not one.is_app and not matching.units(declared, one)]
            assert len(unmeasured) <= 1


@given(ACCESSES, st.sets(st.integers(0, 14)))
def test_the_result_is_the_same_in_whatever_pieces_it_is_found(drawn: Drawn, cuts: set[int]) -> None:
    taken = sides(drawn)
    known: list[Outcome] = []
    edges = [0, *sorted(cut for cut in cuts if 0 < cut < len(taken)), len(taken)]
    for first, last in pairwise(edges):
        state = Pairing()
        before = taken[:first]
        state.restore((one for one, seen in before if not seen), (one for one, seen in before if seen), known)
        for one, is_observed in taken[first:last]:
            (state.observe if is_observed else state.declare)(one)
        known = [*known, *state.outcomes]
    assert known == paired(taken)


@given(ACCESSES)
def test_no_read_is_left_unexplained_by_a_declaration_before_it_that_would_explain_it(drawn: Drawn) -> None:
    """Whatever number of others were tried: at its turn in the log nothing that fits had enough left."""
    taken = sides(drawn)
    found = {one.observed: one.declared for one in paired(taken) if one.why is None}
    budgets: dict[int, Budget] = {}
    for one, is_observed in taken:
        if not is_observed:
            budgets[one.position] = Budget(one)
        elif one.position not in found:
            fitting = [b for b in budgets.values() if matching.fits(b.declared, one) and covers(b.declared, one)]
            assert all(budget.refusal(one) is not None for budget in fitting)
        # A fresh declaration after it takes at its own turn; those before it, at the read's.
        elif found[one.position] in budgets:
            budgets[found[one.position]].take(one)
        if not is_observed:
            for seen, _ in taken[: one.position]:
                if found.get(seen.position) == one.position:
                    budgets[one.position].take(seen)

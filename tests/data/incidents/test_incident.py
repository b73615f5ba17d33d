"""What can happen in an incident, in which order, and by when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data import instants
from data.errors import BadInput, Conflict
from data.incidents.incident import Event, Happening, Incident, Said, check

AWARE = instants.parse("2026-11-03T09:00:00Z")
NOW = AWARE + 24 * instants.HOUR
WORDS = "The tables were open to everyone."


def incident(*happened: Happening, people: int = 3, at: int = AWARE) -> Incident:
    events = tuple(Event(n, one, at + n, at + n, WORDS) for n, one in enumerate((Happening.OPENED, *happened)))
    return Incident(1, "Open tables", AWARE, events, people)


CONTAINED, REGULATOR, AFFECTED, STAFF = Happening.CONTAINED, Happening.REGULATOR, Happening.AFFECTED, Happening.STAFF
CLAIMED, HELD, FAILED, PRESS = Happening.FIX_CLAIMED, Happening.FIX_HELD, Happening.FIX_FAILED, Happening.PRESS
CLOSED, REOPENED, WIDENED, NONE = (
    Happening.CLOSED,
    Happening.REOPENED,
    Happening.WIDENED,
    Happening.NO_REGULATOR,
)


@pytest.mark.parametrize(
    ("happened", "next_one"),
    [
        ((), HELD),
        ((), FAILED),
        ((CLAIMED, FAILED), FAILED),
        ((), REOPENED),
        ((REGULATOR,), NONE),
        ((), CLOSED),
        ((CONTAINED,), CLOSED),
        ((CONTAINED, REGULATOR), CLOSED),
        ((CONTAINED, CLAIMED, REGULATOR, AFFECTED), CLOSED),
        ((CONTAINED, CLAIMED, FAILED, REGULATOR, AFFECTED), CLOSED),
        ((CONTAINED, REGULATOR, AFFECTED, WIDENED), CLOSED),
        ((CONTAINED, REGULATOR, AFFECTED, CLOSED), STAFF),
        ((CONTAINED, REGULATOR, AFFECTED, CLOSED, REOPENED), CLOSED),
        ((), PRESS),
    ],
)
def test_what_cannot_come_next_is_refused_in_one_sentence(happened: tuple[Happening, ...], next_one: Happening) -> None:
    with pytest.raises(Conflict, match=r"^\S.*\.$"):
        check(incident(*happened), Said(next_one, WORDS), NOW)


@pytest.mark.parametrize(
    ("happened", "next_one"),
    [
        ((CLAIMED,), HELD),
        ((CLAIMED, HELD), FAILED),
        ((CLAIMED, FAILED, CLAIMED), HELD),
        ((CONTAINED, REGULATOR, AFFECTED), CLOSED),
        ((CONTAINED, NONE, AFFECTED), CLOSED),
        ((CONTAINED, CLAIMED, HELD, REGULATOR, AFFECTED, WIDENED, AFFECTED), CLOSED),
        ((CONTAINED, REGULATOR, AFFECTED, CLOSED), REOPENED),
        ((STAFF,), PRESS),
    ],
)
def test_what_can_come_next_is_not_refused(happened: tuple[Happening, ...], next_one: Happening) -> None:
    check(incident(*happened), Said(next_one, WORDS), NOW)


def test_a_fix_that_held_and_fails_later_counts_and_waits_for_another() -> None:
    """What came back after weeks is a failure as much as what came back over night."""
    one = incident(CONTAINED, CLAIMED, HELD, FAILED)
    assert (one.fix, one.failures, one.is_contained) == (FAILED, 1, False)
    with pytest.raises(Conflict, match="waiting to be seen to hold"):
        check(one, Said(HELD, WORDS), NOW)


def test_while_an_exposure_is_not_closed_no_fix_held_and_nothing_is_over() -> None:
    """What a look found weighs more than what an officer says; that it failed can be said at any time."""
    claimed, held = incident(CONTAINED, CLAIMED, REGULATOR, AFFECTED), incident(CONTAINED, REGULATOR, AFFECTED)
    with pytest.raises(Conflict, match=r"^The fix of incident 1 has not held: exposure 3 is not closed\.$"):
        check(claimed, Said(HELD, WORDS), NOW, (3,))
    with pytest.raises(Conflict, match=r"cannot be closed: exposures 3 and 5 are not closed\.$"):
        check(held, Said(CLOSED, WORDS), NOW, (5, 3))
    check(claimed, Said(FAILED, WORDS), NOW, (3,))
    check(claimed, Said(HELD, WORDS), NOW)


def test_nobody_is_told_of_an_incident_that_concerns_nobody() -> None:
    with pytest.raises(Conflict, match="nobody to tell"):
        check(incident(people=0), Said(AFFECTED, WORDS), NOW)
    check(incident(CONTAINED, REGULATOR, people=0), Said(CLOSED, WORDS), NOW)


def test_the_regulator_is_told_within_72_hours_or_with_reasons() -> None:
    last = AWARE + 72 * instants.HOUR
    assert incident().regulator_due == last
    check(incident(), Said(REGULATOR, WORDS, last), last)
    with pytest.raises(BadInput, match=r"72 hours .* 2026-11-06T09:00:00.*reasons for the delay"):
        check(incident(), Said(REGULATOR, WORDS), last + 1)
    check(incident(), Said(REGULATOR, WORDS, late="The office was closed."), last + 1)
    # Told in time first, in phases afterwards: Art. 33(4).
    check(incident(REGULATOR), Said(REGULATOR, WORDS), last + 1)


def test_what_is_said_of_the_public_before_the_staff_is_recorded_only_as_what_it_is() -> None:
    said = Said(PRESS, WORDS, NOW)
    told = incident()
    with pytest.raises(Conflict, match="send the staff notice first"):
        check(told, said, NOW)
    check(told, replace(said, anyway=True), NOW)
    later = incident(STAFF, at=NOW)
    with pytest.raises(Conflict, match="before the public"):
        check(later, replace(said, at=AWARE), NOW + 10)
    assert incident(PRESS).press_first
    assert incident(PRESS, STAFF).press_first
    assert not incident(STAFF, PRESS).press_first


def test_only_what_has_happened_is_recorded() -> None:
    with pytest.raises(BadInput, match="has not come yet"):
        check(incident(), Said(CONTAINED, WORDS, NOW + 1), NOW)
    with pytest.raises(BadInput, match="check the date"):
        check(incident(), Said(CONTAINED, WORDS, 0), NOW)
    with pytest.raises(BadInput, match="leave the time out"):
        check(incident(), Said(STAFF, WORDS, AWARE), NOW)


@pytest.mark.parametrize("code", ["", "opened", "widened", "gossip", "staff"])
def test_what_does_not_happen_in_an_incident_is_refused_by_name(code: str) -> None:
    with pytest.raises(BadInput, match="staff-told"):
        Happening.of(code)

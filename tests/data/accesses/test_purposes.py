"""Who is expected to look for which purpose: only what is certain is marked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from data import instants
from data.accesses import purposes
from data.accesses.entry import Purpose
from data.looks import look

TUESDAY = instants.of(datetime(2026, 11, 3, 14, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("purpose", "role", "expected"),
    [
        (Purpose.REQUEST, "officer", True),
        (Purpose.REQUEST, " Privacy Officer ", True),
        (Purpose.REQUEST, "engineer", False),
        (Purpose.QUESTION, "service", False),
        (Purpose.QUESTION, "", True),
        (Purpose.OWN, "", False),
        (Purpose.OWN, "employee", False),
        (Purpose.TRAINING, "engineer", True),
        (Purpose.NONE, "engineer", True),
    ],
)
def test_a_role_that_a_purpose_is_not_for_is_marked_and_nothing_uncertain_is(
    purpose: Purpose, role: str, expected: bool
) -> None:
    assert purposes.is_expected(purpose, role) is expected
    found = look.marks(at=TUESDAY, purpose=purpose, role=role, people_count=1, automated=False, is_own=False, zone=UTC)
    assert (look.OUTSIDE_PURPOSE in found) is not expected


def test_ones_own_look_is_never_marked() -> None:
    found = look.marks(
        at=0, purpose=Purpose.OWN, role="employee", people_count=999, automated=False, is_own=True, zone=UTC
    )
    assert found == ()

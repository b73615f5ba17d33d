"""What each purpose means, in a sentence for the person, and who is expected to look for it. Pure.

Only what is certain is in the table of roles: that requests and questions are dealt with by privacy officers is how
Daylight works, while which teams train models or keep systems running is different in every company: an officer names
them (teams.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.accesses.entry import Purpose

MEANING: Mapping[Purpose, str] = {
    Purpose.NONE: "Whoever looked did not say why, or the system that recorded it does not ask.",
    Purpose.OWN: "You opened your own data.",
    Purpose.REQUEST: "A privacy officer needed to see what a request of yours is about before deciding it.",
    Purpose.QUESTION: "A privacy officer looked something up to answer a question that you asked.",
    Purpose.SECURITY: "Somebody looked into a possible break-in, leak or misuse in which your data may play a part.",
    Purpose.SUPPORT: "Somebody repaired or tested the systems that capture or store your data.",
    Purpose.LEGAL: "The law, a court or a dispute made it necessary to look.",
    Purpose.AUDIT: "Somebody checked whether the rules about this data are kept.",
    Purpose.TRAINING: "Your captures were used as examples from which an AI model learns.",
    Purpose.QUALITY: "Somebody checked whether the captures are complete and correct.",
    Purpose.RESEARCH: "Your captures were part of a study or a statistic.",
    Purpose.FIGURES: "You were counted among at least 100 people; nobody saw you, and noise hides who was counted.",
}

_OFFICERS = frozenset({"officer", "privacy officer", "data protection officer"})

# A purpose that is not here may be anybody's: nothing is marked that is not certain.
ROLES: Mapping[Purpose, frozenset[str]] = {
    Purpose.REQUEST: _OFFICERS,
    Purpose.QUESTION: _OFFICERS,
    # "You looked yourself" can only be said of the person.
    Purpose.OWN: frozenset(),
}


def is_expected(purpose: Purpose, role: str) -> bool:
    """Whether somebody in `role` may be expected to look at somebody else's data for this purpose.

    A role that was not recorded is no evidence of anything but for the purpose that is nobody else's.
    """
    allowed = ROLES.get(purpose)
    if allowed is None:
        return True
    return role.strip().casefold() in allowed or (not role.strip() and bool(allowed))


# Of the others it is certain whose they are: the person's own, a privacy officer's, nobody's (purposes.py).
NAMEABLE = (
    Purpose.SECURITY,
    Purpose.SUPPORT,
    Purpose.LEGAL,
    Purpose.AUDIT,
    Purpose.TRAINING,
    Purpose.QUALITY,
    Purpose.RESEARCH,
)


@dataclass(frozen=True)
class Named:
    """From `since` (microseconds UTC) on these teams look for `purpose`; without any, it is not on record which."""

    purpose: Purpose
    teams: tuple[str, ...]
    since: int
    position: int


@dataclass(frozen=True)
class Register:
    """Everything that was named, oldest first; `altered` counts entries of it that no longer open."""

    named: tuple[Named, ...] = ()
    altered: int = 0

    def at(self, purpose: Purpose, at: int) -> Named | None:
        """What was in force for a purpose at an instant (microseconds UTC); None where nothing was named."""
        found = next((one for one in reversed(self.named) if one.purpose is purpose and one.since <= at), None)
        return found if found is not None and found.teams else None

    def is_outside(self, purpose: Purpose, team: str, at: int) -> bool:
        """Whether somebody of another team than those named looked. A team that was not recorded is no evidence."""
        found = self.at(purpose, at)
        if found is None or not team.strip():
            return False
        return team.strip().casefold() not in {one.casefold() for one in found.teams}

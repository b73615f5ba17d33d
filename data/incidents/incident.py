"""An incident: what happened to people's data, and everything that was done about it, in order. Pure.

The clocks: GDPR Art. 33(1) (the regulator, 72 hours after becoming aware; reasons where it is later), Art. 33(4) (in
phases), Art. 34(1) (the people concerned, without undue delay). Staff are told before the public.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from data import instants
from data.errors import BadInput, Conflict

REGULATOR_WITHIN = 72 * instants.HOUR
SHORTEST, LONGEST = 10, 4000  # characters of what is said
TITLE = 120  # characters at most
_EARLIEST = 946_684_800 * instants.SECOND  # the year 2000: an earlier instant is a mistyped one


class Happening(StrEnum):
    """What can happen in an incident. The values are what is typed and logged."""

    OPENED = "opened"
    WIDENED = "widened"
    CONTAINED = "contained"
    FIX_CLAIMED = "fix-claimed"
    FIX_HELD = "fix-held"
    FIX_FAILED = "fix-failed"
    REGULATOR = "regulator-told"
    NO_REGULATOR = "regulator-not-told"
    AFFECTED = "affected-told"
    ORGANIZERS = "organizers-told"
    STAFF = "staff-told"
    PRESS = "public-statement"
    CLOSED = "closed"
    REOPENED = "reopened"

    @property
    def plain(self) -> str:
        """What happened, in words."""
        return _PLAIN[self]

    @staticmethod
    def of(code: str) -> Happening:
        """The happening that was typed. Raises BadInput naming those that can be."""
        try:
            found = Happening(code.strip().lower().replace("_", "-").replace(" ", "-"))
        except ValueError:
            found = None
        if found is None or found not in RECORDED:
            raise BadInput(f"There is no {code!r} in an incident; use one of {', '.join(RECORDED)}.")
        return found


_PLAIN = {
    Happening.OPENED: "Opened",
    Happening.WIDENED: "More people are concerned",
    Happening.CONTAINED: "Contained",
    Happening.FIX_CLAIMED: "Said to be fixed",
    Happening.FIX_HELD: "The fix held",
    Happening.FIX_FAILED: "The fix did not hold",
    Happening.REGULATOR: "The regulator was told",
    Happening.NO_REGULATOR: "The regulator is not told",
    Happening.AFFECTED: "The people concerned were told",
    Happening.ORGANIZERS: "The organizers were told",
    Happening.STAFF: "All staff were told",
    Happening.PRESS: "A public statement",
    Happening.CLOSED: "Closed",
    Happening.REOPENED: "Opened again",
}

# A notice goes out through Daylight at the moment it is recorded.
NOTICES = frozenset({Happening.AFFECTED, Happening.ORGANIZERS, Happening.STAFF})
# What an officer records; the two others come about by opening an incident and by adding looks to it.
RECORDED = tuple(one for one in Happening if one not in (Happening.OPENED, Happening.WIDENED))


@dataclass(frozen=True)
class Event:
    """One line of an incident's history. `position` is its entry in the access log, instants in microseconds UTC.
    `late` are the reasons given for being late, `told` and `seen` count whom a notice went to and who read it."""

    position: int
    happening: Happening
    at: int
    recorded_at: int
    words: str
    late: str = ""
    told: int = 0
    seen: int = 0


@dataclass(frozen=True)
class Incident:
    """One incident as the log holds it. `aware_at`: since when the company knew; `people`: how many it concerns, as far
    as is known; `looks`: the accesses it is about; `is_mine`: it concerns whoever reads this."""

    number: int
    title: str
    aware_at: int
    events: tuple[Event, ...]
    people: int
    looks: tuple[int, ...] = ()
    is_mine: bool = False

    @property
    def opened_at(self) -> int:
        """When it was opened here."""
        return self.events[0].recorded_at

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is done about it."""
        return self._latest({Happening.CLOSED, Happening.REOPENED}) is Happening.CLOSED

    @property
    def is_contained(self) -> bool:
        """Whether it was stopped, and no fix has failed since."""
        return self._latest({Happening.CONTAINED, Happening.FIX_FAILED, Happening.REOPENED}) is Happening.CONTAINED

    @property
    def fix(self) -> Happening | None:
        """How the fix stands: claimed, held or failed; None without one."""
        return self._latest({Happening.FIX_CLAIMED, Happening.FIX_HELD, Happening.FIX_FAILED})

    @property
    def failures(self) -> int:
        """How often a fix did not hold."""
        return sum(event.happening is Happening.FIX_FAILED for event in self.events)

    @property
    def regulator_due(self) -> int:
        """Until when the regulator must be told."""
        return self.aware_at + REGULATOR_WITHIN

    def first(self, happening: Happening) -> Event | None:
        """The earliest event of a kind, by when it happened."""
        return min((one for one in self.events if one.happening is happening), key=lambda one: one.at, default=None)

    @property
    def press_first(self) -> bool:
        """Whether the public was told before all staff were."""
        press, staff = self.first(Happening.PRESS), self.first(Happening.STAFF)
        return press is not None and (staff is None or press.at < staff.at)

    @property
    def is_public(self) -> bool:
        """Whether everybody who works here reads it: once all staff, or the public, were told."""
        return self.first(Happening.STAFF) is not None or self.first(Happening.PRESS) is not None

    def missing(self, exposed: Collection[int] = ()) -> tuple[str, ...]:
        """What must still happen before it can be closed, in words. `exposed` are exposures of it that are not
        closed."""
        happened = {event.happening for event in self.events}
        needs: Mapping[str, bool] = {
            "it is not contained": not self.is_contained,
            unclosed(exposed): bool(exposed),
            "a fix is claimed and has not been seen to hold": self.fix is Happening.FIX_CLAIMED,
            "the regulator was neither told, nor is there a reason why not": not (
                happened & {Happening.REGULATOR, Happening.NO_REGULATOR}
            ),
            "the people concerned were not told": bool(self.people) and not self._told_everybody(),
        }
        return tuple(words for words, is_missing in needs.items() if is_missing)

    def _told_everybody(self) -> bool:
        # Told before more people were found to be concerned is not told.
        return self._latest({Happening.AFFECTED, Happening.WIDENED}) is Happening.AFFECTED

    def _latest(self, among: Collection[Happening]) -> Happening | None:
        return next((event.happening for event in reversed(self.events) if event.happening in among), None)


@dataclass(frozen=True)
class Said:
    """What an officer wants to record: `at` None is now; `late` are the reasons for telling the regulator late;
    `anyway`: the public statement did go out before the staff notice, and is to be recorded as that."""

    happening: Happening
    words: str
    at: int | None = None
    late: str = ""
    anyway: bool = False


def text_of(words: str) -> str:
    """What is said, on one line. Raises BadInput when that is too little or too much."""
    found = " ".join(words.split())
    if not SHORTEST <= len(found) <= LONGEST:
        raise BadInput(f"Say it in {SHORTEST} to {LONGEST} characters: the people concerned read it.")
    return found


def title_of(title: str) -> str:
    """A title on one line. Raises BadInput when there is none or it is too long."""
    found = " ".join(title.split())
    if not 3 <= len(found) <= TITLE:
        raise BadInput(f"An incident needs a title of 3 to {TITLE} characters; the people concerned read it.")
    return found


def instant_of(at: int | None, now: int) -> int:
    """When it happened: now, or earlier. Raises BadInput for what has not happened yet."""
    found = now if at is None else at
    if found > now:
        raise BadInput(f"{instants.iso(found)} has not come yet; give the time at which it happened.")
    if found < _EARLIEST:
        raise BadInput(f"{instants.iso(found)} is before the year 2000; check the date.")
    return found


def unclosed(exposed: Collection[int]) -> str:
    """'exposures 3 and 5 are not closed'."""
    numbers = " and ".join(str(one) for one in sorted(exposed))
    return f"exposures {numbers} are not closed" if len(exposed) > 1 else f"exposure {numbers} is not closed"


def check(incident: Incident, said: Said, now: int, exposed: Collection[int] = ()) -> None:
    """Refuse what cannot happen in the incident as it stands, and while `exposed` exposures of it are not closed.
    Raises Conflict or BadInput, in one sentence each."""
    name, at = f"Incident {incident.number}", instant_of(said.at, now)
    if incident.is_closed and said.happening is not Happening.REOPENED:
        raise Conflict(f"{name} is closed; open it again before you record anything in it.")
    if said.happening is Happening.REOPENED and not incident.is_closed:
        raise Conflict(f"{name} is open already.")
    if said.happening in NOTICES and said.at is not None:
        raise BadInput("A notice goes out when you record it; leave the time out.")
    _check_fix(incident, said, exposed)
    if said.happening is Happening.NO_REGULATOR and incident.first(Happening.REGULATOR):
        raise Conflict(f"The regulator was told of incident {incident.number} already.")
    if said.happening is Happening.AFFECTED and not incident.people:
        raise Conflict(f"{name} concerns nobody that is known; there is nobody to tell.")
    _check_clocks(incident, said, at)
    if said.happening is Happening.CLOSED and (missing := incident.missing(exposed)):
        raise Conflict(f"{name} cannot be closed: {'; '.join(missing)}.")


def _check_fix(incident: Incident, said: Said, exposed: Collection[int]) -> None:
    name = f"Incident {incident.number}"
    if said.happening is Happening.FIX_HELD and incident.fix is not Happening.FIX_CLAIMED:
        raise Conflict(
            f"{name} has no fix that is waiting to be seen to hold; record that it is said to be fixed first."
        )
    if said.happening is Happening.FIX_HELD and exposed:
        raise Conflict(f"The fix of incident {incident.number} has not held: {unclosed(exposed)}.")
    # One that held can fail later.
    if said.happening is Happening.FIX_FAILED and incident.fix not in (Happening.FIX_CLAIMED, Happening.FIX_HELD):
        raise Conflict(f"{name} has no fix that could have failed; record that it is said to be fixed first.")


def _check_clocks(incident: Incident, said: Said, at: int) -> None:
    is_first = incident.first(Happening.REGULATOR) is None
    if said.happening is Happening.REGULATOR and is_first and at > incident.regulator_due and not said.late.strip():
        raise BadInput(
            f"The 72 hours for the regulator ended at {instants.iso(incident.regulator_due)}; give the reasons for the "
            "delay (GDPR, Article 33(1))."
        )
    staff = incident.first(Happening.STAFF)
    if said.happening is Happening.PRESS and (staff is None or staff.at > at) and not said.anyway:
        raise Conflict(
            f"All staff must be told of incident {incident.number} before the public: send the staff notice first. If "
            "the statement is out already, say so, and everybody will read that the public was told first."
        )

"""A look: one access as the person it concerns reads it. No I/O here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from data import instants
from data.accesses import purposes
from data.accesses.details import Details
from data.accesses.entry import Action, Purpose
from data.accesses.opening import Lost
from data.accesses.purposes import Register
from data.looks.budget import Why
from data.looks.explanations import NOTHING, Explanation, Nearly, Told
from data.looks.matching import Compared
from data.looks.verdicts import Verdict

NOTHING_NAMED = Register()
WORKDAY = range(7, 20)  # hours of the local day in which people are expected at work
MANY = 20  # people in one go from which a look is worth pointing out

NO_REASON = "no reason given"
UNEXPLAINED = "unexplained"
UNJUSTIFIED = "no good reason was found"
INCIDENT = "an incident was opened about it"
LATE = "declared only afterwards"
OUTSIDE_HOURS = "outside working hours"
OUTSIDE_PURPOSE = "not expected for this purpose"
OUTSIDE_TEAM = "another team than this purpose is for"
MANY_PEOPLE = "many people at once"


@dataclass(frozen=True)
class Look:
    """Somebody looked at, copied, queried or trained on a person's data.

    `at` and `recorded_at` in microseconds UTC; `cursor` is what `before` takes. `account` names an
    automated job; people are known by role and team, their names are not told; `shared`: by a login that several people
    use, so that nobody can say which of them it was. `scope` is a JSON object,
    `count` how much was touched (captures, where the source tells), `people_count` how many people's data
    in one go. `observed`: an audit outside saw it, and `explanation` is what explains it, if anything does, `nearly`
    what was declared and does not.
    `marks` are what stands out, in plain words; `teams` those named for the purpose when it happened. `lost`: the
    details were altered or taken away, so that nothing but the entry itself is known, or were destroyed as promised:
    then the purpose is known too.
    """

    position: int
    at: int
    recorded_at: int
    action: Action
    source: str
    role: str
    team: str
    account: str
    automated: bool
    purpose: Purpose
    ticket: str
    scope: Mapping[str, Any]
    count: int
    people_count: int
    is_own: bool
    marks: tuple[str, ...] = ()
    observed: bool = False
    explanation: Explanation | None = None
    nearly: tuple[Nearly, ...] = ()
    lost: Lost | None = None
    teams: tuple[str, ...] = ()
    shared: bool = False

    @property
    def cursor(self) -> str:
        """Where this look stands among the person's, newest first."""
        return f"{self.at}.{self.position}"

    def as_json(self) -> dict[str, Any]:
        """What the person may know about it, as exports and the command line give it out; instants as ISO 8601."""
        return {
            "at": instants.iso(self.at),
            "recorded_at": instants.iso(self.recorded_at),
            "action": self.action.value,
            "source": self.source,
            "role": self.role,
            "team": self.team,
            "account": self.account,
            "automated": self.automated,
            "shared": self.shared,
            "purpose": self.purpose.value,
            "ticket": self.ticket,
            "scope": dict(self.scope),
            "count": self.count,
            "people": self.people_count,
            "own": self.is_own,
            "observed": self.observed,
            "explanation": None if self.explanation is None else _explained(self.explanation),
            "nearly": [_nearly(one) for one in self.nearly],
            "lost": self.lost is not None and self.lost.destroyed is None,
            "destroyed_at": instants.iso(self.lost.destroyed.at) if self.lost and self.lost.destroyed else None,
            "marks": list(self.marks),
        }


@dataclass(frozen=True)
class LookFigures:
    """How many different people and automated jobs opened a person's data, in how many looks, for what.

    The person's own looks are left out, and what an audit saw of a look that was declared. `unsaid` gave no reason;
    `unexplained` were seen by an audit and declared by nobody, or without a good reason. `lost`: their details were
    altered or taken away, so that nobody can say whose they were; `destroyed`: theirs were destroyed as promised.
    `shared`: logins that several people use are among them, and count as one of the `people` each. `latest` are the
    newest three.
    """

    people: int = 0
    automated: int = 0
    total: int = 0
    unsaid: int = 0
    unexplained: int = 0
    lost: int = 0
    destroyed: int = 0
    by_purpose: Mapping[Purpose, int] = field(default_factory=dict[Purpose, int])
    latest: tuple[Look, ...] = ()
    shared: bool = False


@dataclass(frozen=True)
class Logged:
    """One entry as an auditor sees it: no content, no persons. `commitment` and `people` are hex digests. `lost`: its
    details were altered, taken away, or destroyed as promised."""

    position: int
    at: int
    recorded_at: int
    action: str
    source: str
    role: str
    purpose: str
    count: int
    people_count: int | None
    commitment: str
    people: str
    lost: Lost | None = None


def marks(
    *,
    at: int,
    purpose: Purpose,
    role: str,
    people_count: int,
    automated: bool,
    is_own: bool,
    zone: tzinfo,
    observed: bool = False,
    verdict: Verdict | None = None,
    late: bool = False,
    outside: bool = False,
    unknown: bool = False,
) -> tuple[str, ...]:
    """What stands out about an access. Working hours are Monday to Friday, 07:00 to 20:00 in `zone`; `outside`: the
    team is none of those named for the purpose; `unknown`: which reason was declared is no longer kept."""
    if is_own or purpose is Purpose.FIGURES:  # which only this program can give, when it counts people
        return ()
    local = instants.moment(at).astimezone(zone)
    found: list[str] = []
    if observed and verdict is None:
        found.append(UNEXPLAINED)
    elif verdict is Verdict.UNJUSTIFIED:
        found.append(UNJUSTIFIED)
    elif verdict is Verdict.INCIDENT:
        found.append(INCIDENT)
    elif purpose is Purpose.NONE and verdict is not Verdict.EXPLAINED and not unknown:
        found.append(NO_REASON)
    if late:
        found.append(LATE)
    if not purposes.is_expected(purpose, role):
        found.append(OUTSIDE_PURPOSE)
    if outside:
        found.append(OUTSIDE_TEAM)
    if not automated and (local.weekday() >= 5 or local.hour not in WORKDAY):
        found.append(OUTSIDE_HOURS)
    if people_count >= MANY:
        found.append(MANY_PEOPLE)
    return tuple(found)


def opened(
    row: Any,
    details: Details | Lost,
    person_id: int,
    zone: tzinfo,
    told: Told = NOTHING,
    register: Register = NOTHING_NAMED,
) -> Look:
    """One entry (EntryRow, or its columns) as `person_id` reads it: what its details say, or that they are lost."""
    lost = details if isinstance(details, Lost) else None
    gone = None if lost is None else lost.destroyed
    found = details.read if isinstance(details, Details) else dict[str, Any]()
    explanation = told.explanation
    late = any(one.why is Why.LATE for one in told.nearly)
    ticket = str(found.get("ticket", ""))
    purpose = Purpose(found.get("purpose", Purpose.NONE) if gone is None else gone.purpose)
    if explanation is not None and explanation.verdict is Verdict.DECLARED and not explanation.destroyed:
        purpose, ticket = explanation.purpose, explanation.ticket
    automated = bool(found.get("automated"))
    people_count = int(found.get("people_count", 1))
    is_own = is_by(details, person_id)
    named = register.at(purpose, row.at)
    standing_out = marks(
        at=row.at,
        purpose=purpose,
        role=str(found.get("role", "")),
        people_count=people_count,
        automated=automated,
        is_own=is_own,
        zone=zone,
        observed=bool(found.get("observed")),
        verdict=None if explanation is None else explanation.verdict,
        late=late or (explanation is not None and explanation.came_late),
        outside=register.is_outside(purpose, str(found.get("team", "")), row.at),
        unknown=explanation is not None and explanation.destroyed,
    )
    return Look(
        position=row.position,
        at=row.at,
        recorded_at=row.recorded_at,
        action=Action(row.action),
        source=row.source,
        role=str(found.get("role", "")),
        team=str(found.get("team", "")),
        account=str(found.get("account", "")),
        automated=automated,
        purpose=purpose,
        ticket=ticket,
        scope=found.get("scope", {}),
        count=row.count,
        people_count=people_count,
        is_own=is_own,
        marks=standing_out if lost is None else (lost.value,) if gone is None else (),
        observed=bool(found.get("observed")) if gone is None else gone.observed,
        explanation=explanation,
        nearly=told.nearly,
        lost=lost,
        teams=() if named is None else named.teams,
        shared=bool(found.get("shared")),
    )


def is_by(details: Details | Lost, person_id: int) -> bool:
    """Whether it is the person's own look; what an audit saw under their login may be another's."""
    if isinstance(details, Lost):
        # Which no evidence may give as the purpose: this program wrote it down of the one person it is about.
        return details.destroyed is not None and details.destroyed.purpose == Purpose.OWN
    return details.accessor.get("person") == person_id and not details.read["observed"]


def _explained(explanation: Explanation) -> dict[str, Any]:
    return {
        "verdict": explanation.verdict.value,
        "at": instants.iso(explanation.at),
        "access": explanation.declared,
        "came_late": explanation.came_late,
        "reason": explanation.reason,
        "compared": None if explanation.compared is None else _compared(explanation.compared),
    }


def _nearly(one: Nearly) -> dict[str, Any]:
    return {
        "why": one.why.value,
        "access": one.declared,
        "recorded_at": instants.iso(one.at),
        "compared": _compared(one.compared),
    }


def _compared(one: Compared) -> dict[str, Any]:
    amounts = [{"unit": unit.value, "seen": seen, "declared": declared} for unit, seen, declared in one.amounts]
    return {**vars(one), "amounts": amounts, "until": None if one.until is None else instants.iso(one.until)}

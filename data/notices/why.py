"""Why somebody is told of something by itself, and how the e-mail about it stands. Pure."""

from __future__ import annotations

from enum import StrEnum

from data.accesses import entry, purposes
from data.accesses.entry import Action, Purpose
from data.looks.verdicts import Verdict
from data.people.viewer import Role


class Why(StrEnum):
    """Why a person is told of something by itself: of a look, or in words of an officer (data/incidents)."""

    UNEXPLAINED = "nobody said why"
    PURPOSE = "the reason does not fit whoever looked"
    OFFICER = "a privacy officer looked"
    TEAM = "the reason is another team's"
    ALTERED = "what was written down about it was altered"
    INCIDENT = "a notice about an incident"
    AWAY = "a notice about an incident that was put away unread, as it can no longer be shown"
    REQUEST = "something happened to a request of theirs"
    DEADLINE = "a deadline comes, or has passed"
    PAUSE = "a device of theirs captured in a pause"
    OBJECTED = "a device of theirs sent what they object to"
    DRIFT = "captured without having been promised"
    EXPOSURE = "an exposure of their data opened, changed or ended"
    ALARM = "something that privacy officers have to see to"
    CHOSEN = "an alarm about the programme that they chose to be told of"


# What is told beside looks, each with a place of its own in the app.
BESIDE = (
    Why.INCIDENT,
    Why.AWAY,
    Why.REQUEST,
    Why.DEADLINE,
    Why.PAUSE,
    Why.OBJECTED,
    Why.DRIFT,
    Why.EXPOSURE,
    Why.ALARM,
    Why.CHOSEN,
)
# What happens to a request, or with a hold, and is told to whom it concerns when others, or the program, did it.
STEPS = frozenset(
    {
        Action.REQUEST_CONFIRMED,
        Action.REQUEST_EXTENDED,
        Action.REQUEST_STOPPED,
        Action.REQUEST_RESUMED,
        Action.DELAY_ENDS,
        Action.REPLY_AWAITED,
        Action.REQUEST_DECIDED,
        Action.REQUEST_ANSWERED,
        Action.REQUEST_LIFTED,
        Action.APPEAL_DECIDED,
        Action.ERASURE_DONE,
        Action.ERASURE_HELD,
        Action.EXPORT_MADE,
        Action.HOLD,
    }
)


class Mail(StrEnum):
    """How the e-mail about a notice stands."""

    NONE = "none"
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


def why(
    action: str, purpose: str, role: str, *, observed: bool = False, verdict: str | None = None, outside: bool = False
) -> Why | None:
    """Why a look by somebody else is worth telling by itself; None for what is only listed. The one place for it.

    `observed`: an audit outside saw it; `verdict` is how that was explained so far, if it was; `outside`: its team is
    none of those named for the purpose.
    """
    if action not in entry.ACCESSES:
        return None
    if observed:
        # What was declared is told, if at all, as the look that was declared.
        return None if verdict == Verdict.DECLARED else Why.UNEXPLAINED
    if purpose == Purpose.NONE:
        return Why.UNEXPLAINED
    if not purposes.is_expected(Purpose(purpose), role):
        return Why.PURPOSE
    if outside:
        return Why.TEAM
    return Why.OFFICER if role == Role.OFFICER else None

"""What Daylight says after a step, read back by the functions that its pages call."""

from __future__ import annotations

from data import instants
from data.controls.control import State
from data.exposures import card as cards
from data.exposures.exposure import Exposure
from data.people import crowd
from data.scenarios.stage import Stage
from data.scenarios.warehouse import NAME


def said(stage: Stage, probe: str) -> str:
    """What the newest look of a probe at the warehouse says to everybody."""
    return stage.control(probe, NAME).last.said


def stands(stage: Stage) -> str:
    """Whether only those who may can read the warehouse, and how a fix of that stands."""
    one = stage.control("readers", NAME)
    again = f" (reopened {one.standing.reopened} time)" if one.standing.reopened else ""
    is_known = one.last.state is not State.UNKNOWN
    return f"{one.standing.stage.plain if is_known else one.last.state.plain}{again}. {one.last.said}"


def since_good(stage: Stage) -> str:
    """How old the last look is that found it kept."""
    good = stage.control("readers", NAME).standing.good_at
    return f"{(instants.now() - good) / instants.HOUR:.0f} hours"


def exposure(one: Exposure) -> str:
    """An exposure as officers read it."""
    stands, again = "is open" if one.is_open else "is closed", f" (again, after {one.former})" if one.former else ""
    accounts = one.audience.accounts
    logins = f" and {accounts} more {'login' if accounts == 1 else 'logins'}" if accounts else ""
    could = f"{one.audience.people} people{logins} could read"
    return f"Exposure {one.number} {stands}{again}: it concerns {crowd.plain(one.concerned)} people; {could}."


def card(stage: Stage) -> str:
    """Amara's own card: who did, and of how much time nobody can tell."""
    mine = stage.read("amara", cards.card).mine[0]
    dark = sum(gap.end - gap.start for gap in mine.unknown) / instants.HOUR
    return f"Amara's card: {mine.did.people} person did open hers; of {dark:.0f} hours nobody can tell."

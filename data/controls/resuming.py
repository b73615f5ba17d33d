"""Having the programme resumed: what is looked up before, and the one way to do it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from data import instants
from data.controls import probes, record
from data.controls.control import State
from data.controls.lifecycle import LATE
from data.controls.record import Seen
from data.exposures import reading
from data.exposures.reading import Held
from data.incidents import drift
from data.people.viewer import OPERATOR, Viewer
from data.programme import assessment
from data.programme import record as programme
from data.programme.state import Programme
from data.sealing.vault import Vault
from data.settings import Settings

AGAIN = "An organizer has to agree to it again."


def missing(session: Session, vault: Vault, settings: Settings) -> tuple[str, ...]:
    """What is missing beyond the record of the pauses before the programme resumes, each in a sentence for everybody;
    it names no server, no login and nobody."""
    now, looked = instants.now(), record.every(session, vault, settings.fix_days)
    exposures, altered = reading.every(session, vault, None)
    drifting, lost = drift.going_on(session, vault)
    items = [
        *stale(session, vault, settings, now),
        *_controls(looked.controls, settings, now),
        *_assessment(session, vault, now),
        *_drift(drifting),
        *_exposures(exposures),
    ]
    if altered or looked.altered or lost:
        items.append("Entries about exposures, drift or controls no longer open; the auditor has to find out which.")
    return tuple(items)


def resume(session: Session, viewer: Viewer, vault: Vault, settings: Settings, anyway: str = "") -> Programme:
    """Confirm that the programme resumes; see data/programme/record.py. `anyway`: the public reason to do so although
    something is missing. Raises Conflict, and NotAllowed with what is missing."""
    return programme.resume(session, viewer, vault, missing(session, vault, settings), anyway)


def agree(session: Session, viewer: Viewer, vault: Vault, settings: Settings, reason: str) -> Programme:
    """Agree for the employees that the programme resumes, anew where a former agreement counts no more. Raises as
    `record.agree`."""
    renews = bool(stale(session, vault, settings, instants.now()))
    return programme.agree(session, viewer, vault, reason, renews=renews)


def stale(session: Session, vault: Vault, settings: Settings, now: int) -> tuple[str, ...]:
    """Why what an organizer agreed to counts no more: it is too old, or what it was given about has become another.
    Nothing where it counts, or there is none."""
    agreed = programme.read(session, OPERATOR, vault).agreed
    if agreed is None:
        return ()
    items: list[str] = []
    if instants.over(agreed.at, settings.resume_days * instants.DAY, now):
        items.append(f"it is older than {settings.resume_days} days")
    if any(one.standing.broken_at > agreed.at for one in record.every(session, vault, settings.fix_days).controls):
        items.append("a promise was found broken since")
    if any(one.exposure.seen > agreed.at for one in reading.every(session, vault, None)[0]):
        items.append("an exposure was found since")
    if not items:
        return ()
    return (f"What was agreed to for the employees counts no more: {', and '.join(items)}. {AGAIN}",)


def _controls(controls: Sequence[Seen], settings: Settings, now: int) -> Iterator[str]:
    if not controls:
        yield "No program has looked yet whether the promises are kept."
    for one in sorted(controls, key=lambda one: probes.ORDER.get(one.name.probe, 99)):
        promise, span = probes.promise(one.name).removesuffix("."), one.spans[-1]
        if one.last.state is not State.HOLDS:
            yield f"“{promise}” is {one.last.state.plain.lower()}."
        elif instants.over(span.end, LATE, now):
            yield f"Nobody has looked lately whether “{promise}” is kept."
        elif (held := span.end - span.start) < settings.resume_days * instants.DAY:
            yield f"“{promise}” was seen kept for {_days(held)} of {settings.resume_days} days."


def _days(span: int) -> str:
    whole = span // instants.DAY
    return "less than one" if not whole else str(whole)


def _assessment(session: Session, vault: Vault, now: int) -> Iterator[str]:
    found = assessment.newest(session, vault)
    if found is None:
        yield "No impact assessment is on file (GDPR, Article 35)."
    elif not found.is_current(now):
        yield f"The impact assessment on file was to be reviewed by {found.until.isoformat()} (GDPR, Article 35(11))."


def _drift(found: int) -> Iterator[str]:
    if found:
        yield f"{found:,} {'thing is' if found == 1 else 'things are'} captured that no notice promised."


def _exposures(held: Sequence[Held]) -> Iterator[str]:
    going = [one.exposure for one in held if one.exposure.is_open]
    if found := sum(one.unwatched is not None for one in going):
        yield (
            f"{found:,} {'exposure is' if found == 1 else 'exposures are'} no longer looked at, so nobody knows whether"
            " data is still open to more than allowed."
        )
    if found := sum(one.unwatched is None for one in going):
        yield f"{found:,} {'exposure goes' if found == 1 else 'exposures go'} on: data is open to more than allowed."

"""Where alarms come from: the access log, and what is kept beside it about the log itself."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from data.accesses import events
from data.accesses.entry import Action
from data.alarms.alarm import Alarm, Kind
from data.controls import record as controls
from data.controls.control import State
from data.exposures.exposure import Change
from data.incidents import record as incidents
from data.incidents.incident import Happening
from data.proofs import checks, witnesses
from data.sealing.vault import Vault

_PAUSED = {
    Action.DISOBEYED: Kind.DISOBEYED,
    Action.WENT_ON: Kind.DISOBEYED,
    Action.IGNORED: Kind.OBJECTED,
}
ACTIONS = frozenset({*_PAUSED, Action.CONTROL, Action.INCIDENT, Action.EXPOSURE, Action.DRIFT})


def every(session: Session, vault: Vault) -> tuple[Alarm, ...]:
    """Every alarm there ever was, by time; shows none of them to anybody."""
    found = [
        *_disobeyed(session, vault),
        *_broken(session, vault),
        *_press(session, vault),
        *_exposures(session, vault),
        *_drift(session, vault),
        *(Alarm(Kind.CHECK, at) for at in checks.failures(session, vault)),
        *(Alarm(Kind.WITNESS, at) for at in witnesses.raised(session)),
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.kind)))


def _disobeyed(session: Session, vault: Vault) -> Iterator[Alarm]:
    for action, kind in _PAUSED.items():
        for row, _ in events.of(session, vault, action)[0]:
            yield Alarm(kind, row.recorded_at, row.position)


def _broken(session: Session, vault: Vault) -> Iterator[Alarm]:
    """A promise that a look found broken and the one before had not. Where no look could see in between, it is one."""
    for one in controls.every(session, vault, 0).controls:
        was_broken = False
        for line in one.lines:
            if line.state is State.BROKEN and not was_broken:
                yield Alarm(Kind.CONTROL, line.at, line.position)
            was_broken = line.state is State.BROKEN or (was_broken and line.state is not State.HOLDS)


def _press(session: Session, vault: Vault) -> Iterator[Alarm]:
    """Once for each incident: its public statement came before all staff were told."""
    for one in incidents.every(session, vault):
        press = one.first(Happening.PRESS)
        if press is not None and one.press_first:
            yield Alarm(Kind.PRESS, press.recorded_at, press.position)


def _exposures(session: Session, vault: Vault) -> Iterator[Alarm]:
    for row, scope in events.of(session, vault, Action.EXPOSURE)[0]:
        if scope["event"] == Change.OPENED:
            yield Alarm(Kind.EXPOSURE, row.recorded_at, row.position)


def _drift(session: Session, vault: Vault) -> Iterator[Alarm]:
    """Once for each finding, however many people it turns out to concern later."""
    known = set[int]()
    for row, scope in events.of(session, vault, Action.DRIFT)[0]:
        if scope["step"] == "found" and scope["finding"] not in known:
            known.add(scope["finding"])
            yield Alarm(Kind.DRIFT, row.recorded_at, row.position)

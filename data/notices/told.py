"""What an entry of the log tells: whom it is about, and, where it is an alarm, the privacy officers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from data.accesses import entry, opening, teams
from data.accesses.entry import Action, Purpose
from data.accesses.opening import Lost
from data.accesses.tables import EntryRow
from data.captures import pausing
from data.looks import explanations
from data.notices.why import STEPS, Why, why
from data.sealing.vault import Vault


class Told(NamedTuple):
    """Why whom an entry is about is told of it (None: they are not), who of them is not, because it was theirs, and the
    request that it is about. `alarm`: officers are told of it."""

    why: Why | None
    own: int | None = None
    request: int | None = None
    alarm: bool = False


NOBODY = Told(None)


class Reading:
    """Reads what entries committed to; the columns beside that can be changed by whoever writes the database."""

    def __init__(self, session: Session, vault: Vault, positions: Sequence[int]) -> None:
        self.keys = opening.log_keys(session, vault)
        self.told = explanations.of(session, self.keys, positions)
        self.register = teams.register(session, vault)

    def of(self, row: EntryRow, sealed: bytes | None) -> Told:
        """What one entry tells, with its sealed details."""
        if row.action in entry.ACCESSES:
            return self._of_look(row, sealed)
        if row.action == Action.REQUEST_OPENED or row.action in STEPS:
            return self._of_request(row, sealed)
        if row.action == Action.DRIFT:
            return Told(Why.DRIFT, self._by(row, sealed))
        if row.action == Action.EXPOSURE:
            event = self._scope(row, sealed).get("event")
            # That it was linked to an incident is told, if at all, by a notice of that.
            return NOBODY if event == "linked" else Told(Why.EXPOSURE, self._by(row, sealed), alarm=event == "opened")
        if row.action == Action.DISOBEYED:
            # A person's own pause is nobody else's business, an officer's neither.
            is_ours = self._scope(row, sealed).get("why") == pausing.Why.PROGRAMME
            return Told(Why.PAUSE, alarm=is_ours)
        if row.action == Action.WENT_ON:
            return Told(None, alarm=True)
        if row.action == Action.IGNORED:
            return Told(Why.OBJECTED)
        if row.action == Action.CONTROL:
            return Told(None, alarm=self._scope(row, sealed).get("state") == "broken")
        return NOBODY

    def _of_look(self, row: EntryRow, sealed: bytes | None) -> Told:
        details = opening.details(self.keys, row, sealed)
        if isinstance(details, Lost):
            return Told(Why.ALTERED)
        told, purpose = details.read, Purpose(details.read["purpose"])
        outside = self.register.is_outside(purpose, told["team"], row.at)
        explained = self.told[row.position].explanation if row.position in self.told else None
        verdict = None if explained is None else explained.verdict
        found = why(row.action, purpose, told["role"], observed=told["observed"], verdict=verdict, outside=outside)
        # One's own look is no news; what an audit outside saw under one's login may be.
        return Told(found, None if told["observed"] else details.accessor.get("person"))

    def _of_request(self, row: EntryRow, sealed: bytes | None) -> Told:
        """That a request arrived is told to whoever asked too: it is its receipt."""
        details = opening.details(self.keys, row, sealed)
        if isinstance(details, Lost):
            return Told(Why.REQUEST)
        own = None if row.action == Action.REQUEST_OPENED else details.accessor.get("person")
        return Told(Why.REQUEST, own, details.read["scope"].get("request"))

    def _by(self, row: EntryRow, sealed: bytes | None) -> int | None:
        details = opening.details(self.keys, row, sealed)
        return None if isinstance(details, Lost) else details.accessor.get("person")

    def _scope(self, row: EntryRow, sealed: bytes | None) -> dict[str, Any]:
        """What it says it is about; nothing of one that no longer opens."""
        details = opening.details(self.keys, row, sealed)
        return {} if isinstance(details, Lost) else details.read["scope"]

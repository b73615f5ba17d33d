"""What a PostgreSQL log says about itself: when pgAudit was recording, per session and for the whole server."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.connectors import pgaudit_switches
from data.connectors.pgaudit_lines import Audit, Line
from data.connectors.pgaudit_switches import Switch
from data.connectors.watching import OFF_IN_SESSION, SESSION, SWITCHED_OFF, Watch

MISSING = "lines of its log are missing"
_UNNAMED = f"{SWITCHED_OFF}, as it recorded reads without their statements"
_MOST = 20_000  # sessions remembered at once
_STARTED = "database system is ready to accept connections"
_STOPPED = "database system is shut down"
_WHY = {"system": SWITCHED_OFF, "role": f"{SWITCHED_OFF} for one role", "database": f"{SWITCHED_OFF} for one database"}
_STATEMENTS = ("statement: ", "execute ", "duration: ")


@dataclass
class _Session:
    sequence: int
    at: int
    audited: int
    off: set[str] = field(default_factory=set[str])


class Sessions:
    """Tells a Watch what the lines show. Every line comes here once, in the order of the log."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._sessions: dict[str, _Session] = {}

    def line(self, line: Line, at: int) -> None:
        """Any line: its place in its session, starts, stops and switches that the server itself reports."""
        if line.worker:
            return
        held = self._sessions.get(line.session)
        if held is None:
            if len(self._sessions) >= _MOST:
                del self._sessions[next(iter(self._sessions))]
            held = self._sessions[line.session] = _Session(line.sequence, at, at)
        else:
            if line.sequence > held.sequence + 1:
                self._cut(f"{line.session} {line.sequence}", held.at, at)
            held.sequence, held.at = line.sequence, at
        message = line.message
        if line.server:
            if message == _STARTED:
                self._watch.started(at)
            elif message == _STOPPED:
                self._watch.stopped(at)
            elif message.startswith("parameter ") and (found := pgaudit_switches.of_server(message)):
                self._switch(found, at, line.session, held)
        elif message.startswith("disconnection: "):
            for whose in held.off:
                self._watch.on(whose, at)
            del self._sessions[line.session]
        elif message.startswith(_STATEMENTS) and line.genuine:
            for found in pgaudit_switches.of_statement(message):
                if not found.records:  # what it switches on shows in the audit itself
                    self._switch(found, at, line.session, held)

    def audit(self, line: Line, at: int, found: Audit) -> None:
        """A message of pgAudit: it was recording, and may say that it will not, or did not."""
        held = self._sessions.get(line.session)
        if held is None or not line.genuine:
            return
        if found.klass == "READ" and held.off:
            for whose in held.off:
                self._watch.on(whose, at)
            held.off.clear()
        if found.statement == "<not logged>" and not found.object_name:
            self._off(f"{SESSION}{line.session} statements", at, _UNNAMED, held)
        reading = found.klass in ("READ", "WRITE", "FUNCTION")
        switches = (pgaudit_switches.of_query if reading else pgaudit_switches.of_statement)(found.statement)
        for one in switches:
            whose = self._named(one, line.session)
            if one.whose == "session" and one.records and one.certain and whose not in held.off:
                # It was switched off silently, at some moment after what the session recorded last.
                self._watch.off(whose, held.audited, OFF_IN_SESSION)
                self._watch.on(whose, at)
            else:
                self._switch(one, at, line.session, held)
        if not held.off:
            self._watch.seen(at)
        held.audited = at

    def _switch(self, found: Switch, at: int, session: str, held: _Session) -> None:
        whose = self._named(found, session)
        if found.records:
            held.off.discard(whose)
            self._watch.on(whose, at)
        elif found.whose == "session":
            self._off(whose, at, OFF_IN_SESSION, held)
        else:
            self._watch.off(whose, at, _WHY[found.whose.partition(" ")[0]])

    def _off(self, whose: str, at: int, why: str, held: _Session) -> None:
        held.off.add(whose)
        self._watch.off(whose, at, why)

    def _cut(self, whose: str, start: int, end: int) -> None:
        self._watch.off(whose, start, MISSING)
        self._watch.on(whose, end)

    @staticmethod
    def _named(found: Switch, session: str) -> str:
        name = f"{SESSION}{session}" if found.whose == "session" else found.whose
        return f"{name} {found.setting}"

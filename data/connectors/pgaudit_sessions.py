"""What a PostgreSQL log says about itself: when pgAudit was recording, per session and for the whole server."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.connectors import pgaudit_switches
from data.connectors.pgaudit_lines import Audit, Line
from data.connectors.pgaudit_seams import (
    BEGINNING,
    ENDING,
    MISSING,
    NO_STOP,
    OUT_OF_ORDER,
    Seam,
    Standing,
    lost,
    process,
)
from data.connectors.pgaudit_switches import Switch
from data.connectors.watching import OFF_IN_SESSION, SESSION, SWITCHED_OFF, Loss, Watch

_UNNAMED = f"{SWITCHED_OFF}, as it recorded reads without their statements"
_MOST = 20_000  # sessions remembered at once
_STARTING = "starting PostgreSQL "
_STARTED = "database system is ready to accept connections"
_STOPPED = "database system is shut down"
_CRASHED = "all server processes terminated; reinitializing"
_KNOCKED = ("connection received: ", "connection authenticated: ")
_WHY = {
    "system": SWITCHED_OFF,
    "role": f"{SWITCHED_OFF} for one role",
    "database": f"{SWITCHED_OFF} for one database",
    "function": f"{SWITCHED_OFF} inside one function",
}
_STATEMENTS = ("statement: ", "execute ", "duration: ")


@dataclass
class _Session(Standing):
    read: int = 0  # when it last showed that its reads are recorded
    off: set[str] = field(default_factory=set[str])


class Sessions:
    """Tells a Watch what the lines show. Every line comes here once, in the order of the log; then `close`."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._seam = Seam(watch.ended)
        self._stopped = self._seam.stopped
        self._sessions: dict[str, _Session] = {}
        self._pids: dict[str, str] = {}
        self._unbegun: list[Loss] = []
        self._losses: list[Loss] = []
        self._first: int | None = None
        self._last = 0
        # Of the line before, and of the last one by another session.
        self._session, self._at, self._others = "", 0, self._seam.until

    def line(self, line: Line, at: int) -> None:
        """Any line: its place in its session, starts, stops and switches that the server itself reports."""
        if self._first is None:
            self._first = at
        self._last = max(self._last, at)
        if line.worker:
            self._led(line, at)
            return
        if line.session != self._session:
            self._others = self._at or self._others
            self._session = line.session
        self._at = at
        held = self._sessions.pop(line.session, None) or self._begun(line, at)
        if line.sequence > held.sequence + 1:
            self._losses.append(lost(held.at, at, MISSING))
        held.sequence, held.at = max(line.sequence, held.sequence), at
        self._sessions[line.session] = held  # at the end, so that the one longest silent is forgotten first
        if line.server:
            self._server(line, at, held)
            return
        if line.fatal or (not held.connected and line.message.startswith(_KNOCKED)):
            held.over = True
        elif not held.connected:
            held.connected, held.over = True, False
        if line.genuine:
            self._client(line, at, held)

    def close(self) -> None:
        """The log was read to its end: say what is missing from it, and what the next one has to go on with."""
        if self._first is None:
            return
        until = self._seam.until
        if until is not None and self._last < until:
            # What came after was read before it, so nothing tells any more whether its seams fit.
            seams = [Loss(self._first, one.end, OUT_OF_ORDER) for one in self._unbegun]
            seams += [Loss(one.at, self._last, OUT_OF_ORDER) for one in self._sessions.values() if one.must_end]
            for one in (*self._losses, *seams):
                self._watch.lost(one)
            self._watch.reach = 0
            return
        for one in (*self._losses, *self._seam.losses):
            # What an earlier import of the same lines proved stays proven.
            self._watch.lost(one, back=until is None or one.end > until)
        self._watch.ends = self._seam.kept(self._last, self._stopped, self._sessions)

    def audit(self, line: Line, at: int, found: Audit) -> None:
        """A message of pgAudit: it may show that reads are recorded, or say that they will not be, or were not.

        A read that it recorded for its class shows that, and nothing else does: writes are recorded by a word of their
        own in `pgaudit.log`, and what is audited as an object is one table.
        """
        held = self._sessions.get(line.session)
        if held is None or not line.genuine:
            return
        is_read = found.klass == "READ" and not found.by_object
        if is_read and held.off:
            for whose in held.off:
                self._watch.on(whose, at)
            held.off.clear()
        if found.statement == "<not logged>" and not found.object_name:
            self._off(f"{SESSION}{line.session} statements", at, _UNNAMED, held)
        for one in pgaudit_switches.of_statement(found.statement, found.parameters or ()):
            whose = self._named(one, line.session)
            if one.whose == "session" and one.records and one.certain and whose not in held.off:
                # It was switched off silently, at some moment after the last read of the session that was recorded.
                self._watch.off(whose, held.read, OFF_IN_SESSION)
                self._watch.on(whose, at)
                held.read = at
            else:
                self._switch(one, at, line.session, held)
        if is_read and not held.off:
            self._watch.seen(at)
            held.read = at

    def _begun(self, line: Line, at: int) -> _Session:
        """A session of which no line was here yet."""
        start, pid = process(line.session)
        other = self._pids.get(pid)
        if other is not None and process(other)[0] <= start and (before := self._sessions.pop(other, None)):
            self._ended(before, at)
        if pid:
            self._pids[pid] = line.session
        if not self._seam.begun(line.session, line.sequence, at, server=line.server):
            self._unbegun.append(lost(start, at, BEGINNING))
        if len(self._sessions) >= _MOST:
            self._forget(next(iter(self._sessions)))
        return _Session(line.sequence, at, read=at)

    def _server(self, line: Line, at: int, held: _Session) -> None:
        message = line.message
        if message.startswith(_KNOCKED):
            held.over = True
        elif message.startswith(_STARTING):
            if self._others is not None and self._others <= at and not self._stopped:
                self._losses.append(lost(self._others, at, NO_STOP))
            self._stopped = False
            self._restarted(at, line.session)
        elif message == _STARTED:
            self._watch.started(at)
        elif message == _STOPPED:
            self._stopped = True
            self._restarted(at, line.session)
            self._watch.stopped(at)
        elif message == _CRASHED:
            self._restarted(at)
        elif message.startswith("parameter ") and (found := pgaudit_switches.of_server(message)):
            self._switch(found, at, line.session, held)

    def _client(self, line: Line, at: int, held: _Session) -> None:
        if line.message.startswith("disconnection: "):
            for whose in held.off:
                self._watch.on(whose, at)
            self._forget(line.session)
        elif line.message.startswith(_STATEMENTS):
            for found in pgaudit_switches.of_statement(line.message):
                if not found.records:  # what it switches on shows in the audit itself
                    self._switch(found, at, line.session, held)

    def _restarted(self, at: int, but: str = "") -> None:
        """No session but one outlives this moment; none of clients, when it is not said which."""
        self._seam.restarted(at, clients=not but)
        for session, held in list(self._sessions.items()):
            if session != but and (but or held.connected):
                self._ended(held, at)
                self._forget(session)

    def _ended(self, held: Standing, at: int) -> None:
        if held.must_end:
            self._losses.append(lost(held.at, at, ENDING))

    def _forget(self, session: str) -> None:
        del self._sessions[session]
        pid = process(session)[1]
        if self._pids.get(pid) == session:
            del self._pids[pid]

    def _led(self, line: Line, at: int) -> None:
        """A parallel worker's leader wrote before it did: where nobody knows the leader, its lines are missing."""
        pid = f"{line.leader:x}"
        if line.leader and pid not in self._pids and not self._seam.knows(pid):
            self._losses.append(lost(self._first or at, at, MISSING))

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

    @staticmethod
    def _named(found: Switch, session: str) -> str:
        name = f"{SESSION}{session}" if found.whose == "session" else found.whose
        return f"{name} {found.setting}"

"""Reads of captures in a PostgreSQL database, from the log of the server with pgAudit (csvlog or jsonlog).

Settings that this needs: `pgaudit.log = 'read, write, ddl, role, function, misc_set'`, `pgaudit.log_parameter = on`,
`pgaudit.log_rows = off` (with it on, cursors and COPY lose the table), `log_connections` and `log_disconnections = on`,
`lc_messages = 'C'`; and `pgaudit.log_relation = on`, so that views which the holdings do not name give away their
tables. pgAudit is silent about the `SET pgaudit.log` that silences it; only `log_statement = 'all'` shows that at once,
otherwise the gap is found when the session sets it back.

Lines that were cut out of the log show by their numbers, and a session's last ones by its missing end once its process
is used again or the server stops; so without `log_disconnections` the time before that is unknown. A source is one
server, and its logs are imported in their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from data.accesses.entry import Action
from data.connectors import pgaudit_lines
from data.connectors.holdings import Holding, Holdings, union
from data.connectors.observation import LONGEST_STATEMENT, Observation, Tally, shown
from data.connectors.pgaudit_lines import AUDIT, Audit, Clock, Line
from data.connectors.pgaudit_sessions import Sessions
from data.connectors.statement_reads import Reads, Statements
from data.errors import BadInput

WANTED = pgaudit_lines.WANTED
_MOST_OPEN = 5_000  # statements whose further lines are waited for
_MOST_OF_ONE = 500  # different reads of one statement (a loop in a function) that are held together
# Any other name is whatever the client chose to say, a person's name perhaps.
_PROGRAMS = frozenset({"psql", "pg_dump", "pg_dumpall"})
_LEFT_OUT = ("<previously logged>", "<not logged>")


@dataclass
class _Read:
    """What lines of one statement say together about one text in it."""

    line: Line
    at: int
    audit: Audit
    reads: Reads | None
    objects: dict[Holding, None] = field(default_factory=dict[Holding, None])
    copies: bool = False


@dataclass
class _Statement:
    """A statement of a session whose lines still come."""

    statement_id: int
    text: str = ""
    parameters: tuple[str | None, ...] | None = ()
    reads: dict[tuple[str, tuple[str | None, ...] | None], _Read] = field(
        default_factory=dict[tuple[str, tuple[str | None, ...] | None], _Read]
    )


def read(path: Path, holdings: Holdings, tally: Tally) -> Iterator[Observation]:
    """The reads in the log. Raises BadInput naming file, line and reason."""
    clock, sessions, statements = Clock(holdings.zone), Sessions(tally.watch), Statements(holdings)
    open_: dict[str, _Statement] = {}
    any_line = None
    for line in pgaudit_lines.lines(path):
        any_line = line
        tally.line()
        try:
            at = clock.at(line.time)
        except ValueError as error:
            raise BadInput(f"{path}, line {line.number}: {error}.") from None
        sessions.line(line, at)
        if not line.message.startswith(AUDIT):
            continue
        if line.worker:
            tally.repeated += 1
            continue
        found = _audit(path, line)
        if found is None:
            continue
        statement = open_.get(line.session)
        if statement is None or statement.statement_id != found.statement_id or len(statement.reads) >= _MOST_OF_ONE:
            if statement is not None:
                yield from _observed(open_.pop(line.session))
            elif len(open_) >= _MOST_OPEN:
                yield from _observed(open_.pop(next(iter(open_))))
            kept = statement if statement and statement.statement_id == found.statement_id else None
            statement = _Statement(found.statement_id, kept.text if kept else "", kept.parameters if kept else ())
            open_[line.session] = statement
        if found.statement not in _LEFT_OUT:
            statement.text, statement.parameters = found.statement, found.parameters
        elif found.statement == "<previously logged>":
            found = found._replace(statement=statement.text, parameters=statement.parameters)
        sessions.audit(line, at, found)
        _gather(statement, line, at, found, holdings, statements, tally)
    sessions.close()
    for statement in open_.values():
        yield from _observed(statement)
    if any_line is None:
        raise BadInput(f"{path} holds no line; name {WANTED}.")


def _audit(path: Path, line: Line) -> Audit | None:
    try:
        return pgaudit_lines.audit(line.message)
    except ValueError as error:
        if not line.genuine:  # somebody raised a message that only looks like one
            return None
        raise BadInput(f"{path}, line {line.number}: its AUDIT message is malformed or cut ({error}).") from None


def _gather(
    statement: _Statement, line: Line, at: int, found: Audit, holdings: Holdings, statements: Statements, tally: Tally
) -> None:
    """Take a line into its statement."""
    if found.command == "PREPARE" or found.klass not in ("READ", "WRITE", "FUNCTION"):
        return
    key = (found.statement, found.parameters if found.parameters else ())
    held = statement.reads.get(key)
    objects = _objects(found, line.database, holdings)
    if held is None:
        function = found.klass == "FUNCTION"
        reads = None if function else statements.reads(found.statement, found.parameters or (), line.database)
        if reads is None and not objects:
            tally.other += 1
            return
        held = statement.reads[key] = _Read(line, at, found, reads)
    else:
        tally.repeated += 1
    held.copies = held.copies or found.command == "COPY"
    held.objects.update(dict.fromkeys(objects))


def _objects(found: Audit, database: str, holdings: Holdings) -> tuple[Holding, ...]:
    """The holdings that the line names itself as what it touched, when it reads."""
    if not found.object_name or (found.klass == "WRITE" and found.command != "COPY"):
        return ()
    schema, _, name = found.object_name.replace('"', "").rpartition(".")
    if found.klass == "FUNCTION":
        return holdings.functions(name.partition("(")[0], schema)
    return holdings.tables(name, schema, database)


def _observed(statement: _Statement) -> Iterator[Observation]:
    for held in statement.reads.values():
        reads, line, found = held.reads, held.line, held.audit
        known = reads.holdings if reads else ()
        # A table that the line names and the text does not was reached through a view or a function.
        hidden = [one for one in held.objects if one not in known]
        people = union([*([reads.people] if reads else []), *(one.everybody for one in hidden)])
        extra: dict[str, object] = {}
        if reads is not None and not reads.understood:
            extra["unparsed"] = True
        if line.application in _PROGRAMS:
            extra["program"] = line.application
        copies = held.copies or (reads is not None and reads.copies)
        yield Observation(
            key=f"{line.session}/{found.statement_id}/{found.substatement_id}/{line.sequence}",
            at=held.at,
            action=Action.COPY if copies else Action.QUERY,
            account=line.user,
            holdings=(*known, *hidden),
            people=people,
            statement=shown(reads.shown if reads else found.command, LONGEST_STATEMENT),
            count=found.rows,
            extra=extra,
        )

"""Evidence from an audit outside Daylight into the access log: what any source observed, in one place.

A file is taken whole or not at all, in the caller's transaction, and a file read again adds nothing: each observation
is known by the id that its source gave it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.accessors import Outside
from data.accesses.entry import Action
from data.accesses.log import Entry
from data.accesses.told import RECORD
from data.connectors import evidence_coverage, files, holdings_file, known
from data.connectors.holdings import Account, Holdings, Roster
from data.connectors.known import Record
from data.connectors.observation import Observation, Tally, short, shown
from data.database import lock
from data.errors import BadInput
from data.looks import reconciliation
from data.looks.matching import AMOUNT
from data.people.permissions import Permission, require
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import Viewer
from data.sealing.vault import Vault

_BATCH = 1_000  # entries
_BATCH_PEOPLE = 100_000  # people in the entries of a batch, as each of them is a row


class Reader(Protocol):
    """Yields what a file of the source observed. BadInput names file, place and reason."""

    def __call__(self, path: Path, holdings: Holdings, tally: Tally) -> Iterator[Observation]: ...


@dataclass(frozen=True)
class Imported:
    """What a file brought: accesses added, those known already, and what was passed over (see Tally; `nobody`: reads of
    somebody who is not on the roster); how many spans of coverage changed, or None where the source declares no
    heartbeat and nothing can be claimed. `conflicts` were added although another record of that id is known,
    `unfounded` although a table called them known, which no entry says."""

    source: str
    added: int
    duplicates: int
    other: int
    denied: int
    repeated: int
    nobody: int
    lines: int
    spans: int | None
    conflicts: int = 0
    unfounded: int = 0


def load(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    read: Reader,
    path: Path,
    holdings_path: Path,
    progress: Callable[[int, int], None] | None = None,
) -> Imported:
    """Add a file of evidence. Permission IMPORT. `progress` hears (lines read, 0).

    Raises BadInput, naming file and place; the transaction must then be left, as what came before was added.
    """
    require(viewer, Permission.IMPORT)
    lock(session, "access evidence")
    roster = _roster(session)
    if not roster.emails:
        raise BadInput("The roster is empty, so no access would be about anybody; import the roster first.")
    holdings = holdings_file.read(holdings_path, roster)
    files.require_file(path, "a log to import")
    unchanged, digest = files.Unchanged(path, holdings_path), files.digest([path])
    tally = Tally(evidence_coverage.watch(session, vault, holdings), progress)
    writing = _Writing(session, vault, path, holdings, tuple(sorted(roster.emails.values())))
    for one in read(path, holdings, tally):
        writing.add(one)
    writing.flush()
    unchanged.require()
    spans = evidence_coverage.keep(session, vault, viewer, holdings.source, tally.watch) if tally.watch.claims else None
    scope = {"source": holdings.source, "file": digest, "holdings": files.digest([holdings_path])}
    scope |= {"conflicts": writing.conflicts, "unfounded": writing.unfounded}
    conclude(session, vault, viewer, writing.first, writing.added, spans or 0, scope)
    return Imported(
        source=holdings.source,
        added=writing.added,
        duplicates=writing.duplicates,
        other=tally.other,
        denied=tally.denied,
        repeated=tally.repeated,
        nobody=writing.nobody,
        lines=tally.lines,
        spans=spans,
        conflicts=writing.conflicts,
        unfounded=writing.unfounded,
    )


class _Writing:
    """Observations on their way into the log, in batches."""

    def __init__(
        self, session: Session, vault: Vault, path: Path, holdings: Holdings, everybody: tuple[int, ...]
    ) -> None:
        self._session, self._vault, self._path, self._holdings = session, vault, path, holdings
        self._everybody = everybody
        self._accounts: dict[str, Account] = {}
        self._held: dict[str, Observation] = {}
        self._people = 0
        self._latest = instants.now() + instants.DAY
        self.added = self.duplicates = self.conflicts = self.unfounded = self.nobody = 0
        self.first: int | None = None

    def add(self, one: Observation) -> None:
        """Take one; a batch that is full is written."""
        if not 0 <= one.at <= self._latest:
            raise BadInput(f"{self._path}: {shown(one.key, 80)} is from before 1970 or from the future.")
        if one.people is not None and not one.people:
            self.nobody += 1
            return
        key = short(one.key)
        if key in self._held:
            self.duplicates += 1
            return
        self._held[key] = one
        self._people += len(self._everybody if one.people is None else one.people)
        if len(self._held) >= _BATCH or self._people >= _BATCH_PEOPLE:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        held, self._held, self._people = list(self._held.items()), {}, 0
        if not held:
            return
        found = known.sort(self._session, self._vault, [self._record(key, one) for key, one in held])
        self.duplicates += found.duplicates
        self.conflicts += found.conflicts
        self.unfounded += found.unfounded
        if not found.new:
            return
        entries = [self._entry(held[number][1], record) for number, record in found.new.items()]
        positions = log.extend(self._session, self._vault, entries)
        known.keep(self._session, found.new.values(), positions)
        self.added += len(entries)
        self.first = positions.start if self.first is None else self.first

    def _record(self, key: str, one: Observation) -> Record:
        people = "all" if one.people is None else sorted(one.people)
        told = [one.at, one.account, one.count, one.statement, people] if one.content is None else one.content
        return Record.of(self._holdings.source, key, told)

    def _entry(self, one: Observation, record: Record) -> Entry:
        account = self._account(one.account)
        people = self._everybody if one.people is None else tuple(one.people)
        return Entry(
            action=account.action or one.action,
            people=people,
            accessor=account.accessor,
            reason=None,
            scope={**_scope(one), RECORD: record.committed},
            count=one.count or 0,
            at=one.at,
            source=self._holdings.source,
            observed=True,
        )

    def _account(self, name: str) -> Account:
        found = self._accounts.get(name)
        if found is None:
            if len(self._accounts) >= _BATCH:
                self._accounts.clear()
            found = self._holdings.account(name)
            label = shown(name) or "an account without a name"
            accessor: Outside = replace(found.accessor, label=label)
            found = self._accounts[name] = replace(found, accessor=accessor)
        return found


def _scope(one: Observation) -> dict[str, object]:
    """What was touched, as it is kept. It names nobody: everybody whom the access was about can read it."""
    scope: dict[str, object] = {"what": ", ".join(holding.name for holding in one.holdings)}
    kinds = sorted({kind for holding in one.holdings for kind in holding.kinds})
    if kinds and all(holding.kinds for holding in one.holdings):
        scope["kinds"] = kinds
    if one.statement:
        scope["statement"] = one.statement
    if one.amounts:
        scope[AMOUNT] = dict(one.amounts)
    return {**scope, **one.extra}


def _roster(session: Session) -> Roster:
    rows = session.execute(
        select(PersonRow.id, PersonRow.email, DepartmentRow.name).join(
            DepartmentRow, PersonRow.department_id == DepartmentRow.id
        )
    ).all()
    members: dict[str, set[int]] = {name: set[int]() for name in session.scalars(select(DepartmentRow.name))}
    for person, _, department in rows:
        members[department].add(person)
    return Roster(
        emails={email: person for person, email, _ in rows},
        departments={name: frozenset(people) for name, people in members.items()},
        teams={person: department for person, _, department in rows},
    )


def conclude(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    first: int | None,
    added: int,
    spans: int,
    scope: Mapping[str, object],
) -> None:
    """What ends every import of evidence: its accesses, from position `first` on, are held against what was declared,
    and the log keeps that it was imported. An import that changed nothing is no event."""
    if first is not None:
        # In the same transaction, so that nobody reads of a look as unexplained that was declared long before.
        reconciliation.run(session, vault)
    if added or spans:
        log.append(
            session,
            vault,
            action=Action.EVIDENCE,
            people=[],
            accessor=viewer,
            reason=None,
            scope={**scope, "accesses": added, "spans": spans},
            count=added,
        )

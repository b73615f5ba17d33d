"""What runs of retention did, as the access log holds it, and how it stands now, which is looked at each time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from data import instants
from data.accesses import events
from data.accesses.entry import Action
from data.accesses.events import Logged
from data.captures.removed import Removed
from data.captures.scope import Scope
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.programme import versions
from data.programme.versions import Register
from data.rights.retention import older, spans
from data.rights.tables import RetentionRow
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Run:
    """One run, which began with the entry at `position` about what was overdue at `at`. `finished_at` None: it goes on,
    or was cut off and is taken up by the next. `kinds`: captures deleted by kind, and `quarantined` of a pause, of
    `people`; `held`: left because legal holds keep them; `failed`: people of whom something was not deleted; `left`:
    captures that are still there and should not be, counted afterwards; `failure`: why it could not begin."""

    position: int
    at: int
    scopes: tuple[Scope, ...] = ()
    finished_at: int | None = None
    kinds: Mapping[str, int] = field(default_factory=dict[str, int])
    people: int = 0
    held: int = 0
    failed: int = 0
    left: int = 0
    failure: str = ""
    quarantined: int = 0

    @property
    def captures(self) -> int:
        """How many captures it deleted, those in quarantine among them."""
        return sum(self.kinds.values()) + self.quarantined


@dataclass(frozen=True)
class Standing:
    """How retention stands for one person: the newest run that came to its end, how many of their captures it deleted,
    how many older than promised are there now, by kind, and why not all could be deleted (empty: no failure).
    `counts_at`: from when the version in force counts, where it does not yet."""

    promised: bool
    run: Run | None
    taken: int
    older: Mapping[str, int]
    failure: str
    counts_at: int | None = None


@dataclass(frozen=True)
class Figures:
    """The same for the whole company, as the run counted it."""

    promised: bool
    run: Run | None


def last_run(session: Session, vault: Vault) -> Run | None:
    """The newest run, whether it finished or not; None where there was none."""
    found = runs(session, vault)
    return found[-1] if found else None


def runs(session: Session, vault: Vault) -> tuple[Run, ...]:
    """Every run in the order of the log."""
    found: dict[int, Run] = {}
    for one in events.of(session, vault, Action.RETENTION)[0]:
        position = int(one.scope.get("run", one.row.position))
        if one.scope["step"] == "begun":
            found[position] = _begun(one)
        elif one.scope["step"] == "failed":
            found[position] = Run(position, one.row.at, finished_at=one.row.at, failure=str(one.scope["words"]))
        elif position in found:
            found[position] = _done(found[position], one)
    return tuple(found.values())


def mine(session: Session, viewer: Viewer, vault: Vault, delay: int = 0) -> Standing:
    """How it stands for the viewer; whether anything of theirs is older than promised is looked up now. `delay`: for
    how long after its publication a version does not count (microseconds). Permission READ_PROGRAMME."""
    require(viewer, Permission.READ_PROGRAMME)
    now, run = instants.now(), _ended(session, vault)
    register = versions.register(session, vault)
    version = register.at(now)
    # A run is due once a day, so what has become overdue since the last one, or within a day, waits for the next.
    at = now if run is None or run.failure else max(run.at, now - instants.DAY)
    counted = register.published_by(at - delay)
    row = None if viewer.person_id is None else session.get(RetentionRow, viewer.person_id)
    is_of_run = row is not None and run is not None and row.run == run.position
    return Standing(
        promised=version is not None,
        run=run,
        taken=Removed.from_json(json.loads(row.removed)).all if row is not None and is_of_run else 0,
        older={} if viewer.person_id is None else _older(session, vault, counted, at, viewer.person_id),
        failure=row.failure if row is not None else "",
        counts_at=version.published_at + delay if version and version.published_at > now - delay else None,
    )


def figures(session: Session, viewer: Viewer, vault: Vault) -> Figures:
    """How it stands for the whole company. Permission SEE_CONDUCT."""
    require(viewer, Permission.SEE_CONDUCT)
    return Figures(versions.register(session, vault).at(instants.now()) is not None, _ended(session, vault))


def _older(session: Session, vault: Vault, register: Register, at: int, person_id: int) -> Mapping[str, int]:
    return older.count(session, vault, spans.overdue(register, at), person_id)


def _ended(session: Session, vault: Vault) -> Run | None:
    return next((one for one in reversed(runs(session, vault)) if one.finished_at is not None), None)


def _begun(one: Logged) -> Run:
    scopes: Sequence[Any] = one.scope["scopes"]
    return Run(one.row.position, one.row.at, tuple(Scope.from_json(each) for each in scopes))


def _done(run: Run, one: Logged) -> Run:
    scope = one.scope
    return Run(
        run.position,
        run.at,
        run.scopes,
        one.row.at,
        {str(kind): int(count) for kind, count in scope["kinds"].items()},
        int(scope["people"]),
        int(scope["held"]),
        int(scope["failed"]),
        int(scope["left"]),
        quarantined=int(scope.get("quarantined", 0)),
    )

"""What the looks found, and what was said about it. Each change is an entry of the access log and stands nowhere else;
a look that finds the same only moves a sealed row ahead, so that looking often does not fill the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import events, keys, log, opening
from data.accesses.entry import Action
from data.accesses.keys import LogKeys
from data.accesses.tables import EntryRow
from data.canonical import canonical
from data.controls.control import Fact, Name, Result, State
from data.controls.lifecycle import LATE, Claimed, Looked, Span, Stage, Standing, check_claim, spans, standing
from data.controls.tables import LookRow
from data.database import insert, lock
from data.errors import NotFound, Unreadable
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.rights import written
from data.sealing import envelope
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Line:
    """One line of a control's history, which is an entry of the log at `position`: a look that found something else
    than the one before, or a claim. `state` and `said` are what it says; `by` is who claimed."""

    position: int
    at: int
    said: str
    state: State | None = None
    before: int = 0
    by: str = ""


@dataclass(frozen=True)
class Seen:
    """A control as the log holds it: how it stands, what the newest change found, and everything that happened, oldest
    first. `last`: that result, without its facts for whoever may not read them."""

    name: Name
    standing: Standing
    lines: tuple[Line, ...]
    last: Result
    days: int

    @property
    def spans(self) -> tuple[Span, ...]:
        """What was found from when to when."""
        looks = [Looked(one.at, one.state, one.before) for one in self.lines if one.state is not None]
        return spans(looks, self.standing.at)


@dataclass(frozen=True)
class Record:
    """All controls by name, and how many entries about one no longer open."""

    controls: tuple[Seen, ...]
    altered: int

    def of(self, name: Name) -> Seen:
        """The one of this name. Raises NotFound."""
        found = next((one for one in self.controls if one.name == name), None)
        if found is None:
            raise NotFound(f"There is no control {str(name)!r} that was ever looked at; `controls list` names them.")
        return found

    def blind(self, probe: str, now: int) -> int:
        """Of how many controls of a probe it is not known now how they stand."""
        return sum(one.name.probe == probe and one.standing.shown(now) is State.UNKNOWN for one in self.controls)


class Kept(NamedTuple):
    """Whether a look found news, which is logged, and how its control stood until then (None: nobody had looked)."""

    is_news: bool
    before: Standing | None


def keep(session: Session, vault: Vault, name: Name, result: Result, at: int, *, by: Viewer | None, days: int) -> Kept:
    """Keep what a look found that began at `at`. `by`: whoever had it made, None when it came about by itself."""
    lock(session, log.LOCK)
    log_keys = keys.make(session, vault)
    stored, held, facts = _stored(session, log_keys, name), _one(session, vault, name, days), _facts(result)
    if held is not None and at <= held.standing.at:
        return Kept(False, held.standing)  # another look of a later moment was faster
    before = held.standing.at if held else 0
    is_same = held is not None and stored is not None and _finding(held.last) == _finding(result)
    waits = held is not None and held.standing.stage is Stage.CLAIMED
    is_news = not is_same or waits or at - before > LATE
    if is_news:
        scope = {"control": name.probe, "target": name.target, "event": "looked", "began": at, "before": before}
        scope |= {"state": result.state.value, "said": result.said, **facts}
        log.append(session, vault, action=Action.CONTROL, people=(), accessor=by, reason=None, scope=scope, count=0)
    row = {"probe": name.probe, "target": name.target, "look": _sealed(log_keys, name, at)}
    made = insert(session, LookRow).values(row)
    session.execute(made.on_conflict_do_update(index_elements=["probe", "target"], set_={"look": row["look"]}))
    return Kept(is_news, held.standing if held else None)


def claim(session: Session, viewer: Viewer, vault: Vault, name: Name, words: str, *, days: int) -> Seen:
    """Say that what was broken is fixed. It counts once a look finds it so. Permission CLAIM_FIX.

    Raises NotFound, BadInput, and Conflict where nothing is broken.
    """
    require(viewer, Permission.CLAIM_FIX)
    said = written.words(words, "Say in words what was done; everybody who may see the controls reads it.")
    lock(session, log.LOCK)
    check_claim(_all(session, vault, days).of(name).standing)
    scope = {"control": name.probe, "target": name.target, "event": "claimed", "words": said, "by": viewer.name}
    log.append(session, vault, action=Action.CONTROL, people=(), accessor=viewer, reason=None, scope=scope, count=0)
    return _all(session, vault, days).of(name)


def read(session: Session, viewer: Viewer, vault: Vault, *, days: int) -> Record:
    """Every control with its evidence. Permission SEE_CONTROLS."""
    require(viewer, Permission.SEE_CONTROLS)
    return _all(session, vault, days)


def public(session: Session, viewer: Viewer, vault: Vault, *, days: int) -> Record:
    """Every control as everybody who works here reads it: the promise, how it stands and when somebody looked, without
    names of servers, logins and paths, and without the words of a claim, which may hold them. Permission
    READ_PROGRAMME."""
    require(viewer, Permission.READ_PROGRAMME)
    found = _all(session, vault, days)
    shown = (
        Seen(one.name, replace(one.standing, claim=None), (), Result(one.last.state, one.last.said), days)
        for one in found.controls
    )
    return Record(tuple(shown), found.altered)


def due(session: Session, vault: Vault, days: int) -> Mapping[Name, Standing]:
    """How each control stands, for what looks again; shows none of this to anybody."""
    return {one.name: one.standing for one in _all(session, vault, days).controls}


def every(session: Session, vault: Vault, days: int) -> Record:
    """All of them with all that is known, for what follows from it (the gate before the programme resumes); shows none
    of this to anybody."""
    return _all(session, vault, days)


def _one(session: Session, vault: Vault, name: Name, days: int) -> Seen | None:
    return next((one for one in _all(session, vault, days).controls if one.name == name), None)


def _all(session: Session, vault: Vault, days: int) -> Record:
    entries, altered = events.read(session, vault, Action.CONTROL)
    log_keys = opening.log_keys(session, vault)
    said: dict[Name, list[tuple[EntryRow, Mapping[str, Any]]]] = {}
    for row, details in entries:
        scope = details.read["scope"]
        if scope.get("event") in ("looked", "claimed"):
            said.setdefault(Name(str(scope["control"]), str(scope["target"])), []).append((row, scope))
    looked = _last_looks(session, log_keys)
    found = [_built(name, lines, looked.get(name, 0), days) for name, lines in sorted(said.items())]
    return Record(tuple(one for one in found if one is not None), altered)


def _built(name: Name, lines: list[tuple[EntryRow, Mapping[str, Any]]], looked: int, days: int) -> Seen | None:
    happened: list[Looked | Claimed] = []
    history: list[Line] = []
    last: Result | None = None
    for row, scope in lines:
        if scope["event"] == "claimed":
            happened.append(Claimed(row.at, str(scope["by"]), str(scope["words"])))
            history.append(Line(row.position, row.at, str(scope["words"]), by=str(scope["by"])))
            continue
        last = _result(scope)
        at, before = int(scope["began"]), int(scope["before"])
        happened.append(Looked(at, last.state, before))
        history.append(Line(row.position, at, last.said, last.state, before))
    if last is None:
        return None
    return Seen(name, standing(happened, days, looked), tuple(history), last, days)


def _facts(result: Result) -> dict[str, object]:
    return {
        "facts": [list(fact) for fact in result.facts],
        "unseen": list(result.unseen),
        "audience": sorted(result.audience),
        "tables": sorted(result.tables),
    }


def _result(scope: Mapping[str, Any]) -> Result:
    return Result(
        State(scope["state"]),
        str(scope["said"]),
        tuple(Fact(str(name), str(value)) for name, value in scope["facts"]),
        tuple(scope["unseen"]),
        frozenset(scope["audience"]),
        frozenset(scope["tables"]),
    )


def _finding(result: Result) -> bytes:
    return canonical(list(result.finding))


def _sealed(log_keys: LogKeys, name: Name, at: int) -> bytes:
    return envelope.seal(log_keys.details, b"%d" % at, _binding(log_keys, name))


def _stored(session: Session, log_keys: LogKeys | None, name: Name) -> int | None:
    row = session.get(LookRow, tuple(name), populate_existing=True)
    return None if row is None else _opened(log_keys, name, row.look)


def _last_looks(session: Session, log_keys: LogKeys | None) -> dict[Name, int]:
    found: dict[Name, int] = {}
    for row in session.scalars(select(LookRow)):
        name = Name(row.probe, row.target)
        if (at := _opened(log_keys, name, row.look)) is not None:
            found[name] = at
    return found


def _opened(log_keys: LogKeys | None, name: Name, look: bytes) -> int | None:
    """When it was looked at last; None for a row that somebody put there or altered, which then counts for nothing."""
    try:
        return None if log_keys is None else int(envelope.unseal(log_keys.details, look, _binding(log_keys, name)))
    except Unreadable:
        return None


def _binding(log_keys: LogKeys, name: Name) -> bytes:
    return log_keys.vault.binding("control look", probe=name.probe, target=name.target)

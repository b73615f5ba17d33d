"""A round of looks: each probe in a thread of its own, because one that hangs must neither hold up the others nor be
taken for fine."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Thread

from data import instants
from data.controls import asking, exposing, record
from data.controls.asking import Asked
from data.controls.control import Fact, Name, Result, State, Unseen
from data.controls.lifecycle import Stage, Standing
from data.controls.probe import Probe, Target
from data.controls.probes import LISTED, PROBES, log_check
from data.controls.surroundings import Surroundings
from data.database import Database
from data.errors import BadInput, Error
from data.people import person
from data.people.permissions import Permission, require
from data.people.viewer import OPERATOR, Viewer
from data.proofs import checks
from data.sealing.vault import Vault
from data.settings import Settings

TURN = 2.0  # seconds until what an officer asks for is looked at
EVERY = 60.0  # seconds between two rounds in which there may be something to look at
PAUSE = 15 * instants.MINUTE  # between two looks at the same control
PATIENCE = 30.0  # seconds that a look may take

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Look:
    """One look: at what, when it began, what it found, and whether that was news."""

    name: Name
    at: int
    result: Result
    is_news: bool = False


@dataclass
class Watch:
    """Looks at everything that is registered; remembers which looks still hang, so that they do not pile up."""

    probes: tuple[Probe, ...] = PROBES
    patience: float = PATIENCE
    _hanging: dict[Name, Thread] = field(default_factory=dict[Name, Thread])
    _rounded: float | None = None
    _unchecked: bool = False
    _heard: int = -1

    def turn(self, settings: Settings, database: Database, vault: Vault) -> int:
        """What the worker does again and again: the round that an officer asked for, or the one that is due, and one
        more as soon as the log was read for the first time. How many looks were made."""
        with database.reading() as session:
            last = asking.last_entry(session)
            asked = asking.pending(session, vault) if last > self._heard else None
            is_checked = self._unchecked and checks.last(session, vault) is not None
        if asked is not None:
            return self._carry_out(settings, database, vault, asked)
        self._heard = last
        now = time.monotonic()
        if self._rounded is not None and now - self._rounded < EVERY and not is_checked:
            return 0
        self._rounded = now
        return self.keep_up(settings, database, vault)

    def _carry_out(self, settings: Settings, database: Database, vault: Vault, asked: Asked) -> int:
        looks: tuple[Look, ...] = ()
        failure = "It stopped before it was done; the log of the server says why."
        try:
            with database.reading() as session:
                viewer = person.viewer(session, person.by_id(session, asked.person_id or 0))
            looks, failure = self.run(settings, database, vault, viewer), ""
        except Error as error:
            failure = str(error)
        finally:
            with database.writing() as session:
                asking.end(session, vault, asked, [one.result.state for one in looks], failure)
        return len(looks)

    def keep_up(self, settings: Settings, database: Database, vault: Vault) -> int:
        """Look at what is due: what was not looked at for a while, or is said to be fixed. How many looks were made."""
        with database.reading() as session:
            held = record.due(session, vault, settings.fix_days)
            is_checked = checks.last(session, vault) is not None
        now = instants.now()
        fresh = frozenset(name for name, standing in held.items() if not _is_due(name, standing, now, is_checked))
        if not is_checked and not self._unchecked and _LOG not in held:
            fresh |= {_LOG}  # the log is being read for the first time; to say that nobody knows is for the next round
        self._unchecked = not is_checked
        return len(self.run(settings, database, vault, OPERATOR, by_itself=True, leaving=fresh))

    def run(
        self,
        settings: Settings,
        database: Database,
        vault: Vault,
        viewer: Viewer,
        *,
        by_itself: bool = False,
        leaving: frozenset[Name] = frozenset(),
    ) -> tuple[Look, ...]:
        """Look at everything but `leaving` and keep what was found. Permission RUN_CONTROLS.

        Raises BadInput when the file of watched databases cannot be used, once what it decides is marked as not known.
        """
        require(viewer, Permission.RUN_CONTROLS)
        by, days, refused = None if by_itself else viewer, settings.fix_days, None
        try:
            around = Surroundings.of(settings, database, vault)
        except BadInput as error:
            around, refused = Surroundings(settings, database, vault, refused=str(error)), error
        chosen = {name: task for name, task in self._tasks(around) if name not in leaving}
        found = self._look(around, chosen)
        with database.reading() as session:
            standing = record.due(session, vault, days)
        named = frozenset(name for name, _ in self._tasks(around))
        gone = sorted(standing.keys() - leaving - named)
        forgotten = [Look(name, instants.now(), _forgotten(around, name)) for name in gone]
        found += forgotten
        kept: list[Look] = []
        for one in found:
            with database.writing() as session:
                is_news, before = record.keep(session, vault, one.name, one.result, one.at, by=by, days=days)
                if one.name in chosen:
                    what = chosen[one.name][1].what
                    exposing.follow(session, around, vault, one.name, what, one.result, one.at, before)
                elif one in forgotten and refused is None:
                    # A file that cannot be read for a moment says nothing of what it names.
                    exposing.forget(session, vault, one.name, one.at)
            kept.append(Look(one.name, one.at, one.result, is_news))
        if refused is not None:
            raise refused
        return tuple(kept)

    def _tasks(self, around: Surroundings) -> Iterable[tuple[Name, tuple[Probe, Target]]]:
        for probe in self.probes:
            for target in probe.targets(around):
                yield Name(probe.key, target.name), (probe, target)

    def _look(self, around: Surroundings, chosen: Mapping[Name, tuple[Probe, Target]]) -> list[Look]:
        found: dict[Name, Look] = {}
        began = instants.now()
        threads: dict[Name, Thread] = {}
        for name, (probe, target) in chosen.items():
            if (before := self._hanging.get(name)) is not None and before.is_alive():
                continue

            def work(name: Name = name, probe: Probe = probe, target: Target = target) -> None:
                at = instants.now()
                found[name] = Look(name, at, _looked(around, probe, target))

            threads[name] = self._hanging[name] = Thread(target=work, name=f"control {name}", daemon=True)
            threads[name].start()
        end = time.monotonic() + self.patience
        for thread in threads.values():
            thread.join(max(0.0, end - time.monotonic()))
        # A copy: a look that ends only now has missed its round.
        ended = dict(found)
        return [ended.get(name) or Look(name, began, _hangs(self.patience)) for name in chosen]


def _looked(around: Surroundings, probe: Probe, target: Target) -> Result:
    """What a probe found. Whatever stops it makes it unknown."""
    try:
        return probe.look(around, target)
    except Unseen as unseen:
        return Result(State.UNKNOWN, str(unseen), unseen.facts)
    except Exception as error:
        # The message may quote a row or an address with a password; its kind is enough to look for.
        _logger.warning("The probe %s stopped: %s", probe.key, type(error).__name__)
        fact = Fact("error", type(error).__name__)
        return Result(State.UNKNOWN, "The look failed before it saw anything, so nobody knows.", (fact,))


def _forgotten(around: Surroundings, name: Name) -> Result:
    """What is known of a control that nothing names any more, or that a file may name which cannot be used."""
    if around.refused and name.probe in LISTED:
        return Result(State.UNKNOWN, str(around.unlisted), around.unlisted.facts)
    return _FORGOTTEN


def _hangs(patience: float) -> Result:
    fact = Fact("waited", f"{patience:g} seconds")
    return Result(State.UNKNOWN, "The look got no answer in time, so nobody knows.", (fact,))


def _is_due(name: Name, standing: Standing, now: int, is_checked: bool) -> bool:
    if name == _LOG and standing.state is State.UNKNOWN and is_checked:
        return True  # it was not known because nothing had read the log yet
    return standing.stage is Stage.CLAIMED or instants.over(standing.at, PAUSE, now)


_LOG = Name(log_check.PROBE.key)
_FORGOTTEN = Result(
    State.UNKNOWN,
    "Nobody looks at this any more, so nobody knows: it is not among what is to be looked at.",
    (Fact("named", "neither by the settings nor by the file that DAYLIGHT_CONTROLS names"),),
)

"""A round of looks: each probe in a thread of its own, because one that hangs must neither hold up the others nor be
taken for fine."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Thread

from data import instants
from data.controls import exposing, record
from data.controls.control import Fact, Name, Probe, Result, State, Target, Unseen
from data.controls.lifecycle import Stage, Standing
from data.controls.probes import PROBES
from data.controls.surroundings import Surroundings
from data.database import Database
from data.errors import BadInput
from data.people.permissions import Permission, require
from data.people.viewer import OPERATOR, Viewer
from data.sealing.vault import Vault
from data.settings import Settings

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

    def keep_up(self, settings: Settings, database: Database, vault: Vault) -> int:
        """Look at what is due: what was not looked at for a while, or is said to be fixed. How many looks were made."""
        with database.reading() as session:
            held = record.due(session, vault, settings.fix_days)
        now = instants.now()
        fresh = frozenset(name for name, standing in held.items() if not _is_due(standing, now))
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

        Raises BadInput when the file of watched databases cannot be used, once its databases are marked as not known.
        """
        require(viewer, Permission.RUN_CONTROLS)
        by, days, refused = None if by_itself else viewer, settings.fix_days, None
        try:
            around = Surroundings.of(settings, database, vault)
        except BadInput as error:
            around, refused = Surroundings(settings, database, vault), error
        chosen = {name: task for name, task in self._tasks(around) if name not in leaving}
        found = self._look(around, chosen)
        with database.reading() as session:
            standing = record.due(session, vault, days)
        named = frozenset(name for name, _ in self._tasks(around))
        found += [Look(name, instants.now(), _FORGOTTEN) for name in sorted(standing.keys() - leaving - named)]
        kept: list[Look] = []
        for one in found:
            with database.writing() as session:
                is_news, before = record.keep(session, vault, one.name, one.result, one.at, by=by, days=days)
                if one.name in chosen:
                    what = chosen[one.name][1].what
                    exposing.follow(session, around, vault, one.name, what, one.result, one.at, before)
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


def _hangs(patience: float) -> Result:
    fact = Fact("waited", f"{patience:g} seconds")
    return Result(State.UNKNOWN, "The look got no answer in time, so nobody knows.", (fact,))


def _is_due(standing: Standing, now: int) -> bool:
    return standing.stage is Stage.CLAIMED or instants.over(standing.at, PAUSE, now)


_FORGOTTEN = Result(
    State.UNKNOWN,
    "Nobody looks at this any more, so nobody knows: it is not among what is to be looked at.",
    (Fact("named", "neither by the settings nor by the file that DAYLIGHT_CONTROLS names"),),
)

"""What a story is replayed on: a store that was made for it, its people, its database, and the time between steps."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from data import instants, upkeep
from data.captures.ingest import Imported, ingest
from data.connectors import SOURCES, accesses
from data.controls import record as controls
from data.controls.control import Name
from data.controls.lifecycle import LATE
from data.controls.looking import Watch
from data.controls.record import Seen
from data.incidents import drift
from data.people import person
from data.people.viewer import OPERATOR, Viewer
from data.programme import heartbeats
from data.programme.beat import Beat, State
from data.programme.devices import Token, digest_of
from data.programme.heartbeats import Sent
from data.scenarios import clock, company
from data.scenarios.warehouse import Warehouse
from data.sealing.vault import Vault
from data.store import Store
from data.upkeep import Chore

P = ParamSpec("P")
T = TypeVar("T")

_EVERY = LATE - 10 * instants.MINUTE  # between two rounds of looks, so that no time goes by in which nobody looked


@dataclass
class Stage:
    """One replay. `begins` is when the story begins, in microseconds UTC; `looked` when the last round of
    looks was (0: not yet); `tokens` are those of the devices, by whose they are."""

    store: Store
    warehouse: Warehouse
    begins: int
    looked: int = 0
    tokens: dict[str, Token] = field(default_factory=dict[str, Token])
    _watch: Watch = field(default_factory=Watch)
    _chores: tuple[Chore, ...] = ()
    _beats: dict[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        # All but the looks, which are made at the moments of the story.
        self._chores = tuple(one for one in upkeep.chores_of(self.store) if one.name != "controls")

    def viewer(self, key: str) -> Viewer:
        """One of the company's people, with the roles they have."""
        with self.store.database.reading() as session:
            return person.viewer(session, person.by_email(session, company.named(key).email))

    def id(self, key: str) -> int:
        """Their number on the roster."""
        found = self.viewer(key).person_id
        assert found is not None
        return found

    def act(
        self,
        key: str,
        change: Callable[Concatenate[Session, Viewer, Vault, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Have one of them (or the operator, empty) do something that pages and commands do, in a transaction."""
        viewer = self.viewer(key) if key else OPERATOR
        with self.store.database.writing() as session:
            return change(session, viewer, self.store.vault, *args, **kwargs)

    def read(
        self, key: str, ask: Callable[Concatenate[Session, Viewer, Vault, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Have one of them read what pages and commands show."""
        viewer = self.viewer(key)
        with self.store.database.reading() as session:
            return ask(session, viewer, self.store.vault, *args, **kwargs)

    def look(self) -> None:
        """A round of looks, as the app makes by itself, and what else it does in the background."""
        self.looked = instants.now()
        store = self.store
        for chore in self._chores:
            chore.run(store)
        self._watch.run(store.settings, store.database, store.vault, OPERATOR, by_itself=True)

    def pass_until(self, at: int) -> None:
        """Let the time up to `at` go by, with the looks that are made in it."""
        while self.looked and self.looked + _EVERY < at:
            with clock.set_to(self.looked + _EVERY):
                self.look()

    def control(self, probe: str, target: str) -> Seen:
        """How a promise stands, as organizers, officers and auditors read it."""
        with self.store.database.reading() as session:
            days = self.store.settings.fix_days
            return controls.read(session, OPERATOR, self.store.vault, days=days).of(Name(probe, target))

    def capture(self, key: str, rows: Sequence[Mapping[str, object]]) -> Imported:
        """Have a file of captures of somebody's device come in."""
        device = company.named(key).device
        with TemporaryDirectory() as folder:
            path = Path(folder) / "captures.jsonl"
            path.write_text("".join(json.dumps({"device": device, **row}) + "\n" for row in rows))
            recording = SOURCES["captures"].read(path, zone=None)
            found = ingest(self.store.database, self.store.vault, OPERATOR, self.id(key), recording)
        drift.keep_up(self.store.database, self.store.vault)
        return found

    def evidence(self, lines: Sequence[Mapping[str, Any]]) -> accesses.Evidence:
        """Have the record of the company's own audit come in."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "audit.jsonl"
            path.write_text("".join(json.dumps(one) + "\n" for one in lines))
            return self.act("", accesses.load, path)

    def report(self, states: Mapping[str, State]) -> None:
        """Have each of these devices send a heartbeat."""
        now, sent = instants.now(), list[Sent]()
        for key, state in states.items():
            self._beats[key] = number = self._beats.get(key, 0) + 1
            beat = Beat(now, state, "1.4.2", number, now if state is State.CAPTURING else None)
            sent.append(Sent(digest_of(self.tokens[key].token), beat, now))
        heartbeats.take(self.store.database, sent)

"""The story replayed once, on a real store and a real PostgreSQL, and what each role reads after each of its steps."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass

import pytest

from data import instants
from data.accesses import events
from data.accesses.entry import Action
from data.captures import disobeying
from data.captures.disobeying import Sent
from data.captures.pausing import Why
from data.controls import record as controls
from data.controls.control import Name
from data.controls.record import Seen
from data.errors import NotAllowed
from data.exposures import card as cards
from data.exposures import record as exposures
from data.exposures.card import Card
from data.exposures.exposure import Figures
from data.incidents import record as incidents
from data.incidents.incident import Incident
from data.programme import record as programme
from data.programme.state import State
from data.scenarios.june import JUNE
from data.scenarios.stage import Stage
from data.scenarios.story import Told, replay
from data.scenarios.warehouse import NAME, Warehouse
from data.settings import Settings

EMPLOYEES, WATCHERS = ("amara", "farah", "maya"), ("tomasz", "ingrid", "zoe")
READERS, NEW_TABLES = Name("readers", NAME), Name("new-tables", NAME)


@dataclass(frozen=True)
class View:
    """What one of them reads at one step, by the functions that pages call; None: they may not."""

    card: Card
    incidents: tuple[Incident, ...]
    still_open: Mapping[int, int]
    programme: State
    promises: Mapping[Name, Seen]
    evidence: Mapping[Name, Seen] | None
    figures: Figures | None
    blind: int
    sent: tuple[Sent, ...]


@dataclass(frozen=True)
class Replayed:
    """All of it: what was said at each step, and what each person read, by step and key. `stage` is at its end."""

    stage: Stage
    told: Mapping[str, Told]
    seen: Mapping[tuple[str, str], View]
    logged: Mapping[Action, int]


@pytest.fixture(scope="package")
def june(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Generator[Replayed]:
    store = tmp_path_factory.mktemp("june") / "store"
    warehouse = Warehouse.at(postgres_url, "june")
    warehouse.clean()
    said: dict[str, Told] = {}
    seen: dict[tuple[str, str], View] = {}
    stages: list[Stage] = []

    def told(one: Told, stage: Stage) -> None:
        said[one.step.key] = one
        stages.append(stage)
        seen.update({(one.step.key, key): view(stage, key) for key in (*EMPLOYEES, *WATCHERS)})

    replay(JUNE, Settings.from_environment({}, store=str(store)), warehouse, instants.now(), told)
    stage = stages[-1]
    with stage.store.database.reading() as session:
        logged = {one: len(events.of(session, stage.store.vault, one)[0]) for one in Action}
    yield Replayed(stage, said, seen, logged)
    stage.store.database.close()
    warehouse.clean()


def view(stage: Stage, key: str) -> View:
    days = stage.store.settings.fix_days
    watches = key in WATCHERS
    promises = {one.name: one for one in stage.read(key, controls.public, days=days).controls}
    evidence, blind = None, 0
    try:
        read = stage.read(key, controls.read, days=days)
        evidence, blind = {one.name: one for one in read.controls}, read.blind(READERS.probe, instants.now())
    except NotAllowed:
        assert not watches
    figures = None
    try:
        figures = stage.read(key, exposures.figures)
    except NotAllowed:
        assert not watches
    with stage.store.database.reading() as session:
        sent = disobeying.mine(session, stage.viewer(key), stage.id(key), Why.PROGRAMME, 0)
    mine = stage.read(key, incidents.read).incidents
    return View(
        stage.read(key, cards.card),
        mine,
        stage.read(key, exposures.still_open, mine),
        stage.read(key, programme.read).state(instants.now()),
        promises,
        evidence,
        figures,
        blind,
        sent,
    )

"""A story: steps in order, each with when, what happens, and the calls that make it happen; and the replay of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from data import instants, store
from data.errors import BadInput
from data.scenarios import clock
from data.scenarios.stage import Stage
from data.scenarios.warehouse import Warehouse
from data.settings import Settings
from data.store import open_store

CONTROLS = "controls.toml"  # in the folder of the store: the databases that its probes look at


class Step(NamedTuple):
    """Something that happens on the `day`-th day (from 1) at `hour` after it begins. `what` is a sentence about
    the company; `act` makes it happen and returns what Daylight says now, read back as people read it."""

    key: str
    day: int
    hour: float
    what: str
    act: Callable[[Stage], str]

    @property
    def offset(self) -> int:
        """Microseconds since the story begins."""
        return (self.day - 1) * instants.DAY + round(self.hour * instants.HOUR)


@dataclass(frozen=True)
class Story:
    """`steps` in order; the first of them finds an empty store and a warehouse that is made."""

    name: str
    title: str
    steps: tuple[Step, ...]


class Told(NamedTuple):
    """A step that was replayed: at which instant, and what Daylight says."""

    step: Step
    at: int
    says: str


def replay(
    story: Story, settings: Settings, warehouse: Warehouse, until: int, told: Callable[[Told, Stage], None]
) -> None:
    """Replay a story so that it ends at `until` (microseconds UTC), in a store that is made for it at `settings.store`;
    `told` hears each step, with the clock as the story has it.

    Nobody is sent anything: the settings' mail server and witnesses are left alone. Raises BadInput where there is
    anything in that folder, so that no invented person ever comes into a store of real ones.
    """
    if settings.store.exists() and any(settings.store.iterdir()):
        raise BadInput(
            f"{settings.store} is there already, and a scenario makes a store of its own; name a new folder with"
            " --store, or remove that one if an earlier replay was cut short."
        )
    begins = until - story.steps[-1].offset
    warehouse.make()
    settings = replace(settings, controls_path=settings.store / CONTROLS, smtp=None, witnesses=())
    with clock.set_to(begins):
        store.make(settings, story.name)
    stage = Stage(open_store(settings), warehouse, begins)
    try:
        for step in story.steps:
            stage.pass_until(at := begins + step.offset)
            with clock.set_to(at):
                told(Told(step, at, step.act(stage)), stage)
    finally:
        stage.store.database.close()
        open_store.cache_clear()

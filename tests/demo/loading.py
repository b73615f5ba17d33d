"""Fill a new store with the invented company, by the same command line that operators use.

The store is built beside its place and moved there when it is whole, so a store that is there is a whole one: whatever
an interrupted load left behind is removed by the next. What the generator wrote in the clear is removed at the end.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data import instants
from data.__main__ import main as command_line
from data.scenarios import clock
from data.settings import Settings
from data.store import open_store
from tests.demo import collectors, company, generate, story
from tests.demo.captures import device
from tests.demo.company import Employee
from tests.demo.processes import ROOT
from tests.demo.quarters import Past
from tests.demo.workday import SPAN

MARK = "demo.json"
_BEFORE = (SPAN + 2) * instants.DAY  # the store is older than the oldest capture
Progress = Callable[[int, int], None]


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


class Refused(Exception):
    """The command line did not do what the demo asked of it."""


@dataclass(frozen=True)
class Desk:
    """The command line over one store."""

    store: Path

    def ask(self, *arguments: str) -> Any:
        """Run `python -m data ARGUMENTS --json` in this process; gives what it printed. Raises Refused."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = command_line([*arguments, "--store", str(self.store), "--json"])
        if code:
            raise Refused(f"`data {' '.join(arguments)}` ended with {code}: {err.getvalue().strip()}")
        return json.loads(out.getvalue()) if out.getvalue().strip() else None


def load(
    store: Path,
    people: Sequence[Employee],
    *,
    until: int,
    density: float = 1.0,
    seed: int = generate.SEED,
    progress: Progress = _silent,
    others: Sequence[Employee] = (),
) -> None:
    """Make `store` with `people` in it and captures up to `until`. With `others`, they work there too, and the
    programme has run for five quarters. Nothing is at `store` until all of it is."""
    fresh, clear = store.with_name(store.name + ".new"), store.with_name(store.name + ".input")
    remove_left_over(store)
    open_store.cache_clear()  # it may hold what was just removed
    clear.mkdir(parents=True)
    desk = Desk(fresh)
    with _generating(clear, people, until, density, seed) as made:
        for number, (email, files) in enumerate(made):
            if number == 0:
                _begin(desk, clear, people, until, Past(desk.ask, fresh, clear, people, others, until))
            for source, path in files:
                desk.ask("import", source, path, "--person", email)
            progress(number + 1, len(people))
    desk.ask("import", "accesses", str(clear / "accesses.jsonl"))
    story.tell(desk.ask, clear, people)
    open_store(Settings.from_environment(store=str(fresh))).database.close()
    open_store.cache_clear()
    shutil.rmtree(clear)
    (fresh / MARK).write_text(json.dumps({"company": company.NAME, "until": instants.iso(until), "seed": seed}))
    fresh.rename(store)


def remove_left_over(store: Path) -> None:
    """What a load that was interrupted left beside `store`."""
    for left in (store.with_name(store.name + ".new"), store.with_name(store.name + ".input")):
        if left.exists():
            shutil.rmtree(left)


def _begin(desk: Desk, clear: Path, people: Sequence[Employee], until: int, past: Past) -> None:
    """What happened before today: the store was made with the programme, and people asked for things."""
    with clock.set_to(past.began if past.others else until - _BEFORE):
        desk.ask("init")
        desk.ask("people", "import", str(generate.write_roster(clear, [*people, *past.joined(past.began)])))
        for one in people:
            for role in one.roles:
                desk.ask("people", "grant", one.email, role)
        listed = clear / "devices.csv"
        listed.write_text(collectors.listed([(one, device(one)) for one in people]))
        desk.ask("device", "enrol-many", str(listed), str(desk.store / collectors.TOKENS))
        story.name_teams(desk.ask, people)
        story.set_bystanders(desk.ask, people)
        story.publish_notice(desk.ask, people)
        story.save_texts(desk.ask, people)
    past.tell()
    story.tell_the_past(desk.ask, people, until)


@contextmanager
def _generating(
    clear: Path, people: Sequence[Employee], until: int, density: float, seed: int
) -> Generator[Iterator[tuple[str, list[tuple[str, str]]]]]:
    """The generator in a process of its own: it writes the next person while the last one is imported."""
    given = ["--until", instants.iso(until), "--density", str(density), "--seed", str(seed)]
    command = [sys.executable, "-m", "tests.demo.generate", str(clear), *given, "--only", *(one.name for one in people)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            yield (tuple(json.loads(line)) for line in process.stdout or ())
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise Refused("the generator failed; its message is above")

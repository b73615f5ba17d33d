"""`scenario`: an invented story replayed through the real code, in a store of its own."""

from __future__ import annotations

import argparse
import shlex

from data import instants
from data.commands import arguments, output
from data.errors import NotFound
from data.scenarios import STORIES
from data.scenarios.stage import Stage
from data.scenarios.story import CONTROLS, Story, Told, replay
from data.scenarios.warehouse import Warehouse
from data.settings import Settings


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "scenario")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    arguments.command(actions, "list", "the stories there are").set_defaults(run=_list)
    run = arguments.command(actions, "run", "make the store that --store names, and replay a story in it, up to now")
    clean = arguments.command(actions, "clean", "take away what a replay made in the database, logins too")
    for action, does in ((run, _run), (clean, _clean)):
        action.add_argument("scenario", metavar="SCENARIO")
        help = "a PostgreSQL for trying out, postgresql://LOGIN@HOST/NAME, of a login that may make schemas and roles"
        action.add_argument("--database", required=True, metavar="URL", help=help)
        action.set_defaults(run=does)


def _list(args: argparse.Namespace) -> None:
    if arguments.wants_json(args):
        output.as_json(
            [{"scenario": one.name, "title": one.title, "steps": len(one.steps)} for one in STORIES.values()]
        )
        return
    for one in STORIES.values():
        output.lines(f"{one.name}: {one.title} ({len(one.steps)} steps)")


def _run(args: argparse.Namespace) -> None:
    story, wants_json = _story(args.scenario), arguments.wants_json(args)
    # Nothing of the environment: a scenario never comes near a database, a keyring or a mail server that is in use.
    settings = Settings.from_environment({}, store=str(arguments.settings(args).store))
    steps: list[dict[str, object]] = []

    def tell(one: Told, _stage: Stage) -> None:
        steps.append({"step": one.step.key, "at": instants.iso(one.at), "what": one.step.what, "daylight": one.says})
        if not wants_json:
            output.lines(f"{instants.moment(one.at):%a %-d %b %H:%M}  {one.step.what}  ->  {one.says}")

    try:
        replay(story, settings, Warehouse.at(args.database, story.name), instants.now(), tell)
    except KeyboardInterrupt:
        output.failed(
            f"Stopped in the middle; `scenario clean {story.name} --database URL` and `rm -r"
            f" {shlex.quote(str(settings.store))}` take away what was made."
        )
        raise
    if wants_json:
        output.as_json({"store": str(settings.store), "controls": str(settings.store / CONTROLS), "steps": steps})
        return
    output.lines(
        "",
        f"The store is {settings.store}; serve it with DAYLIGHT_STORE={shlex.quote(str(settings.store))} and"
        f" DAYLIGHT_CONTROLS={shlex.quote(str(settings.store / CONTROLS))}.",
        "All times are UTC, and everybody in it is invented.",
        f"`scenario clean {story.name} --database URL` takes away the schema and the logins that it made.",
    )


def _clean(args: argparse.Namespace) -> None:
    found = Warehouse.at(args.database, _story(args.scenario).name).clean()
    if arguments.wants_json(args):
        output.as_json({"removed": found})
    else:
        output.lines("The schema and the logins were taken away." if found else "There was nothing of it.")


def _story(name: str) -> Story:
    if name not in STORIES:
        raise NotFound(f"There is no scenario {name!r}; there are {', '.join(STORIES)}.")
    return STORIES[name]

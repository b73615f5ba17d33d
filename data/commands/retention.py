"""`retention`: what is older than the privacy notice promises is deleted, and how that went."""

from __future__ import annotations

import argparse

from data import instants
from data.commands import arguments, output
from data.rights.retention import record, running
from data.rights.retention.record import Run

_NOTHING = (
    "Nothing is deleted: there is no privacy notice in force, or it was published less than DAYLIGHT_ERASURE_DELAY ago."
)


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "retention")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    arguments.command(actions, "run", "delete what is older than promised; the app does so once a day").set_defaults(
        run=_run
    )
    arguments.command(actions, "show", "what the last run did").set_defaults(run=_show)


def _run(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.reading() as session:
        viewer = arguments.viewer(session, args)
    _print(args, running.run(store.database, store.vault, store.settings, viewer))


def _show(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.reading() as session:
        found = record.last_run(session, store.vault)
    _print(args, found, "No run has taken place yet.")


def _print(args: argparse.Namespace, found: Run | None, nothing: str = _NOTHING) -> None:
    if arguments.wants_json(args):
        output.as_json(None if found is None else _as_json(found))
        return
    if found is None:
        output.lines(nothing)
        return
    if found.failure:
        output.lines(f"Nothing was deleted: {found.failure}")
        return
    began = instants.iso(found.at)[:19]
    if found.finished_at is None:
        output.lines(f"The run of {began} UTC goes on, or was cut off and is taken up by the next.")
        return
    output.lines(
        f"The run of {began} UTC deleted {found.captures:,} captures of {found.people:,} people.",
        *(f"  {kind}: {count:,}" for kind, count in found.kinds.items()),
        *([f"  in quarantine: {found.quarantined:,}"] if found.quarantined else []),
        f"{found.held:,} older ones stay because legal holds keep them; {found.failed:,} people could not be done; "
        f"{found.left:,} captures are left that should not be.",
    )


def _as_json(one: Run) -> dict[str, object]:
    return {
        "run": one.position,
        "began": instants.iso(one.at),
        "finished": None if one.finished_at is None else instants.iso(one.finished_at),
        "kinds": dict(one.kinds),
        "quarantined": one.quarantined,
        "captures": one.captures,
        "people": one.people,
        "held": one.held,
        "failed": one.failed,
        "left": one.left,
        "failure": one.failure,
    }

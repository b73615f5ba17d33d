"""`controls`: whether each promise of the programme is kept, seen by looking."""

from __future__ import annotations

import argparse

from data import instants
from data.commands import arguments, output
from data.controls import drilling, record
from data.controls.control import Name, State
from data.controls.looking import Look, Watch
from data.controls.probes import promise
from data.controls.record import Line, Seen
from data.errors import Conflict, Error

_HEADER = ("control", "stands", "looked at (UTC)", "broken again", "promise")


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "controls")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    help = "look at everything now; exit status 1 when anything is broken"
    arguments.command(actions, "run", help).set_defaults(run=_run)
    arguments.command(actions, "list", "how each promise stands").set_defaults(run=_list)
    history = arguments.command(actions, "history", "everything that happened to one control, with the evidence")
    history.add_argument("control", type=Name.of, metavar="CONTROL")
    history.set_defaults(run=_history)
    claimed = arguments.command(actions, "claim-fix", "say that what was broken is fixed; a look has to show it")
    claimed.add_argument("control", type=Name.of, metavar="CONTROL")
    claimed.add_argument("--words", required=True, metavar="TEXT", help="what was done")
    claimed.set_defaults(run=_claim)
    drill = arguments.command(actions, "drill", "really open a backup, and check the log in it")
    drill.add_argument(
        "backup", metavar="BACKUP", help="a copy of daylight.db, or the address of a PostgreSQL database"
    )
    drill.add_argument("--segments", metavar="URL", help="the backup of the sealed files, of which some are opened")
    drill.set_defaults(run=_drill)


def _run(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.reading() as session:
        viewer = arguments.viewer(session, args)
    found = Watch().run(store.settings, store.database, store.vault, viewer)
    if arguments.wants_json(args):
        output.as_json([_look(one) for one in found])
    else:
        rows = [(str(one.name), one.result.state.plain, one.result.said) for one in found]
        output.table(("control", "found", "what"), rows, "There is nothing to look at.")
    if broken := [str(one.name) for one in found if one.result.state is State.BROKEN]:
        raise Conflict(f"Broken: {', '.join(broken)}; `controls history CONTROL` shows the evidence.")


def _list(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.reading() as session:
        viewer = arguments.viewer(session, args)
        found = record.read(session, viewer, store.vault, days=store.settings.fix_days)
    now = instants.now()
    if arguments.wants_json(args):
        output.as_json([_as_json(one, now) for one in found.controls])
        return
    rows = [
        (
            str(one.name),
            f"{one.standing.shown(now).plain}; {one.standing.stage.plain.lower()}",
            instants.iso(one.standing.at)[:19],
            one.standing.reopened,
            promise(one.name),
        )
        for one in found.controls
    ]
    output.table(_HEADER, rows, "Nothing was looked at yet; `controls run` does so.")
    if found.altered:
        output.lines(f"{found.altered:,} entries about controls no longer open: they were altered.")


def _history(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.reading() as session:
        viewer = arguments.viewer(session, args)
        one = record.read(session, viewer, store.vault, days=store.settings.fix_days).of(args.control)
    _print(args, one)


def _claim(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`controls claim-fix`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        given = args.control, args.words
        one = record.claim(session, viewer, store.vault, *given, days=store.settings.fix_days)
    _print(args, one)


def _drill(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.reading() as session:
        viewer = arguments.viewer(session, args)
    found = drilling.run(store.database, store.vault, viewer, args.backup, args.segments)
    if arguments.wants_json(args):
        names = ("entries", "sampled", "opened")
        told = {name: getattr(found, name) for name in names}
        output.as_json({"at": instants.iso(found.at), **told, "findings": list(found.findings)})
    else:
        output.lines(f"The backup holds {found.entries:,} entries of the log.")
        tried = f"{found.opened:,} of {found.sampled:,} sealed files that were tried open."
        output.lines(tried if found.sampled else "No sealed files were tried; --segments names where they are.")
    if found.findings:
        raise Error(f"The backup cannot be used as it is: {' '.join(found.findings)}")


def _print(args: argparse.Namespace, one: Seen) -> None:
    now = instants.now()
    if arguments.wants_json(args):
        output.as_json(_as_json(one, now))
        return
    output.lines(
        f"{one.name}: {promise(one.name)}",
        f"{one.standing.shown(now).plain}; {one.standing.stage.plain.lower()}; {instants.iso(one.standing.at)}",
        *(f"  {instants.iso(line.at)[:19]}  {_told(line)}" for line in one.lines),
        *(f"  {fact.name}: {fact.value}" for fact in one.last.facts),
        *(f"  not seen: {each}" for each in one.last.unseen),
    )


def _told(line: Line) -> str:
    return f"{line.by} said that it is fixed: {line.said}" if line.state is None else f"{line.state.plain}: {line.said}"


def _look(one: Look) -> dict[str, object]:
    return {
        "control": str(one.name),
        "at": instants.iso(one.at),
        "state": one.result.state.value,
        "said": one.result.said,
        "facts": [{"name": fact.name, "value": fact.value} for fact in one.result.facts],
        "unseen": list(one.result.unseen),
        "audience": sorted(one.result.audience),
        "tables": sorted(one.result.tables),
        "news": one.is_news,
    }


def _as_json(one: Seen, now: int) -> dict[str, object]:
    standing = one.standing
    return {
        "control": str(one.name),
        "promise": promise(one.name),
        "state": standing.shown(now).value,
        "stage": standing.stage.value,
        "looked_at": instants.iso(standing.at),
        "good_at": instants.iso(standing.good_at) if standing.good_at else None,
        "reopened": standing.reopened,
        "said": one.last.said,
        "facts": [{"name": fact.name, "value": fact.value} for fact in one.last.facts],
        "unseen": list(one.last.unseen),
        "audience": sorted(one.last.audience),
        "tables": sorted(one.last.tables),
        "history": [
            {
                "entry": line.position,
                "at": instants.iso(line.at),
                "state": line.state.value if line.state else "claimed",
                "said": line.said,
                "by": line.by,
            }
            for line in one.lines
        ],
    }

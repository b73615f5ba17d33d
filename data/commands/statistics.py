"""`statistics`: the figures about people in groups, quarter by quarter."""

from __future__ import annotations

import argparse
from pathlib import Path

from data import instants
from data.commands import arguments, output
from data.errors import BadInput
from data.statistics.people import beside, document, login, plan, reading
from data.statistics.people.release import Plan, Release, in_words
from data.statistics.quarter import Quarter

_FORMS = {".csv": document.as_csv, ".json": document.as_json}


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "statistics")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    found = arguments.command(actions, "plan", "which figures are drawn of a quarter; organizers name others")
    found.add_argument(
        "quarter", nargs="?", metavar="QUARTER", help="e.g. 2026-Q3; the one that is drawn next if not given"
    )
    found.add_argument("figures", nargs="*", metavar="FIGURE", help="draw these instead; the more, the less exact")
    found.set_defaults(run=_plan)
    found = arguments.command(actions, "release", "draw the figures of a quarter that is over, once and for all")
    found.add_argument("quarter", metavar="QUARTER")
    found.set_defaults(run=_release)
    arguments.command(actions, "list", "the quarters whose figures were released").set_defaults(run=_list)
    found = arguments.command(actions, "show", "the figures of a quarter, each with its interval")
    found.add_argument("quarter", metavar="QUARTER")
    found.set_defaults(run=_show)
    found = arguments.command(actions, "save", "write a release with its method and proof to a file")
    found.add_argument("quarter", metavar="QUARTER")
    found.add_argument("file", type=arguments.path, metavar="FILE", help="a new file that ends in .csv or .json")
    found.set_defaults(run=_save)
    found = arguments.command(actions, "verify", "whether a saved file is what was released")
    found.add_argument("file", type=arguments.path, metavar="FILE")
    found.set_defaults(run=_verify)
    found = arguments.command(
        actions, "login", "a login of the database server that reads releases and nothing else (PostgreSQL)"
    )
    found.add_argument("name", metavar="NAME")
    found.set_defaults(run=_login)


def _plan(args: argparse.Namespace) -> None:
    if args.figures:
        arguments.need_viewer(args, "`statistics plan` with figures")
    store = arguments.store(args)
    quarter = None if args.quarter is None else Quarter.parse(args.quarter)
    if args.figures and quarter is not None:
        with store.database.writing() as session:
            found = plan.choose(session, arguments.viewer(session, args), store.vault, quarter, args.figures)
        _planned(args, found, None, "")
        return
    with store.database.reading() as session:
        viewer = arguments.viewer(session, args)
        if quarter is None:
            coming = plan.upcoming(session, viewer, store.vault)
            _planned(args, coming.plan, coming.draws_at, coming.obstacle)
        else:
            _planned(args, plan.planned(session, viewer, store.vault, quarter), None, "")


def _planned(args: argparse.Namespace, found: Plan, draws_at: int | None, obstacle: str) -> None:
    if arguments.wants_json(args):
        output.as_json(
            {
                "quarter": str(found.quarter),
                "figures": [one.value for one in found.figures],
                "chosen": found.chosen,
                "margin": found.margin,
                "draws_at": None if draws_at is None else instants.iso(draws_at),
                "obstacle": obstacle,
            }
        )
        return
    by = "as organizers chose" if found.chosen else "by the calendar"
    output.lines(
        f"Of {found.quarter} are counted, {by}:", *(f"  {one}: people who {one.plain}" for one in found.figures)
    )
    output.lines(f"In 95 of 100 cases a department's figure is off by at most about {found.margin} people.")
    if draws_at is not None:
        output.lines(f"Drawn from {instants.iso(draws_at)[:10]} on.")
    if obstacle:
        output.lines(obstacle)


def _release(args: argparse.Namespace) -> None:
    # Here: what draws loads numpy and OpenDP, and the rest of the command does without.
    from data import upkeep
    from data.looks.reconciliation import Reconciler
    from data.statistics.people import drawing

    store = arguments.store(args)
    with store.database.reading() as session:
        viewer = arguments.viewer(session, args)
    upkeep.notice_all(store, Reconciler())
    found = drawing.draw(store.database, store.vault, store.anchor, viewer, Quarter.parse(args.quarter))
    _print(args, found)


def _list(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.reading() as session:
        found = reading.releases(session, arguments.viewer(session, args), store.vault)
    altered = [str(one) for one in found.altered]
    if arguments.wants_json(args):
        rows = [
            {"quarter": str(one.quarter), "log_entry": one.position, "sha256": one.digest} for one in found.releases
        ]
        output.as_json({"releases": rows, "altered": altered})
        return
    output.table(
        ("quarter", "drawn (UTC)", "figures", "groups", "log entry"),
        [
            (str(one.quarter), instants.iso(one.drawn_at)[:19], list(one.figures), len(one.groups), str(one.position))
            for one in found.releases
        ],
        "No figures about people were released.",
    )
    if altered:
        output.lines(f"ALTERED: {', '.join(altered)}: not what the access log says was released; tell the auditor.")


def _show(args: argparse.Namespace) -> None:
    _print(args, _one(args, Quarter.parse(args.quarter)))


def _print(args: argparse.Namespace, found: Release) -> None:
    if arguments.wants_json(args):
        print(document.as_json(found).decode(), end="")
        return
    groups = {one.key: one for one in found.groups}
    for figure in found.figures:
        rows = [
            (groups[one.group].name, in_words(one, groups[one.group]))
            for one in found.estimates
            if one.figure is figure
        ]
        output.lines(f"{found.quarter}: people who {figure.plain}, in 95 of 100 cases:")
        output.table(("group", "people"), rows, "")
    output.lines(f"Entry {found.position} of the access log holds its SHA-256, {found.digest}.")


def _save(args: argparse.Namespace) -> None:
    if args.file.suffix not in _FORMS or args.file.exists():
        raise BadInput(f"{args.file} cannot be written: name a new file that ends in .csv or .json.")
    found = _one(args, Quarter.parse(args.quarter))
    try:
        args.file.write_bytes(_FORMS[args.file.suffix](found))
    except OSError as error:
        raise BadInput(f"{args.file} cannot be written ({error.strerror}); name a file in a folder.") from None
    output.lines(f"Wrote the release of {found.quarter} to {args.file}.")


def _verify(args: argparse.Namespace) -> None:
    given = _bytes(args.file)
    store = arguments.store(args)
    with store.database.reading() as session:
        record = reading.releases(session, arguments.viewer(session, args), store.vault)
    found = next((one for one in record.releases if given in (document.as_csv(one), document.as_json(one))), None)
    if found is None:
        raise BadInput(f"{args.file} is, byte for byte, no release that the access log of this store holds.")
    if arguments.wants_json(args):
        output.as_json({"quarter": str(found.quarter), "log_entry": found.position, "sha256": found.digest})
        return
    output.lines(
        f"{args.file} is the release of {found.quarter}, as entry {found.position} of the access log holds it."
    )


def _login(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.reading() as session:
        viewer = arguments.viewer(session, args)
    password = login.grant(store.database, viewer, store.vault, args.name)
    where = beside.name_of(store.database)
    if arguments.wants_json(args):
        output.as_json({"login": args.name, "password": password, "database": where, "reads": beside.TABLE})
        return
    output.lines(
        f"{args.name} reads the table {beside.TABLE} of the database {where}, and nothing else.",
        f"Its password, shown only now: {password}",
        "Whoever else is to connect to the store's own database needs to be granted CONNECT by name now.",
    )


def _one(args: argparse.Namespace, quarter: Quarter) -> Release:
    store = arguments.store(args)
    with store.database.reading() as session:
        return reading.one(session, arguments.viewer(session, args), store.vault, quarter)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from None

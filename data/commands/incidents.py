"""`incidents`: what went wrong with people's data, and what was done about it."""

from __future__ import annotations

import argparse

from data import instants
from data.commands import arguments, output
from data.exposures import noting
from data.incidents import incident as rules
from data.incidents import looks, record
from data.incidents.incident import Event, Happening, Incident, Said
from data.incidents.record import Opening

_HEADER = ("incident", "opened (UTC)", "people", "stands", "title")


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "incidents")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    arguments.command(actions, "list", "the incidents that --as may read").set_defaults(run=_list)
    show = arguments.command(actions, "show", "one incident with its history")
    show.add_argument("incident", type=arguments.number, metavar="INCIDENT")
    show.set_defaults(run=_show)
    made = arguments.command(actions, "open", "open an incident; the people concerned read it")
    made.add_argument("--title", required=True, metavar="TEXT")
    _add_words(made, "what is known")
    made.add_argument("--aware", type=arguments.instant, metavar="T", help="since when the company knew (default: now)")
    made.add_argument("--access", type=arguments.number, metavar="ACCESS", help="the first look of an unexplained case")
    made.add_argument("--looks", type=arguments.number, default=1, metavar="N", help="how many it has (default: 1)")
    made.set_defaults(run=_open)
    noted = arguments.command(actions, "record", "record what happened in an incident; a notice goes out at once")
    noted.add_argument("incident", type=arguments.number, metavar="INCIDENT")
    noted.add_argument("happening", metavar="WHAT", help=", ".join(rules.RECORDED))
    _add_words(noted, "what happened")
    noted.add_argument("--at", type=arguments.instant, metavar="T", help="when it happened (default: now)")
    noted.add_argument("--late", default="", metavar="TEXT", help="the reasons for telling the regulator late")
    noted.add_argument("--anyway", action="store_true", help="the public was told before all staff were")
    noted.set_defaults(run=_record)


def _add_words(parser: argparse.ArgumentParser, help: str) -> None:
    parser.add_argument("--words", required=True, metavar="TEXT", help=f"{help}, as the people concerned read it")


def _list(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`incidents list`")
    store = arguments.store(args)
    with store.database.reading() as session:
        found = record.read(session, arguments.viewer(session, args), store.vault)
    if arguments.wants_json(args):
        output.as_json([_as_json(one) for one in found.incidents])
        return
    rows = [
        (str(one.number), instants.iso(one.opened_at)[:19], one.people, one.events[-1].happening.plain, one.title)
        for one in found.incidents
    ]
    output.table(_HEADER, rows, "No incident was recorded that you may read.")
    if found.altered:
        output.lines(f"{found.altered:,} entries about incidents no longer open: their words were altered.")


def _show(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`incidents show`")
    store = arguments.store(args)
    with store.database.reading() as session:
        found = record.one(session, arguments.viewer(session, args), store.vault, args.incident)
    _print(args, found)


def _open(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`incidents open`")
    store = arguments.store(args)
    opening = Opening(args.title, args.words, args.aware)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        if args.access is None:
            number = record.open_new(session, viewer, store.vault, opening)
        else:
            number = looks.open_about(session, viewer, store.vault, args.access, opening, expected=args.looks)
        found = record.one(session, viewer, store.vault, number)
    _print(args, found)


def _record(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`incidents record`")
    said = Said(Happening.of(args.happening), args.words, args.at, args.late, args.anyway)
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        by_mail = store.settings.smtp is not None
        found = noting.note(session, viewer, store.vault, args.incident, said, by_mail=by_mail)
    _print(args, found)


def _print(args: argparse.Namespace, found: Incident) -> None:
    if arguments.wants_json(args):
        output.as_json(_as_json(found))
        return
    output.lines(
        f"Incident {found.number}: {found.title}",
        f"It concerns {found.people:,} people. The regulator must know by {instants.iso(found.regulator_due)}.",
        *(f"{instants.iso(one.at)[:19]}  {one.happening.plain}: {one.words}" for one in found.events),
    )
    if found.press_first:
        output.lines("The public was told before all staff were.")


def _as_json(one: Incident) -> dict[str, object]:
    return {
        "incident": one.number,
        "title": one.title,
        "aware_at": instants.iso(one.aware_at),
        "regulator_due": instants.iso(one.regulator_due),
        "people": one.people,
        "closed": one.is_closed,
        "press_first": one.press_first,
        "looks": list(one.looks),
        "events": [_event(event) for event in one.events],
    }


def _event(one: Event) -> dict[str, object]:
    return {
        "what": one.happening.value,
        "at": instants.iso(one.at),
        "recorded_at": instants.iso(one.recorded_at),
        "words": one.words,
        "late": one.late,
        "entry": one.position,
        "told": one.told,
        "seen": one.seen,
    }

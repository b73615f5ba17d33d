"""`exposures`: when data was open to more people than allowed, to how many, and whom it concerns."""

from __future__ import annotations

import argparse
from typing import Any

from data import instants
from data.commands import arguments, output
from data.exposures import affected, record
from data.exposures.exposure import Exposure, Line, Number
from data.people import crowd

_HEADER = ("exposure", "from (UTC)", "to (UTC)", "people", "accounts", "concerns", "incident", "place")


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "exposures")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    arguments.command(actions, "list", "the exposures that --as may read").set_defaults(run=_list)
    _about(actions, "accounts", "every account that could, and whose it is", _accounts)
    found = _about(actions, "affected", "whom it concerns; each of them sees that the list was taken", _affected)
    arguments.add_reason(found)
    found = _about(actions, "link", "say which incident it belongs to", _link)
    found.add_argument("--incident", type=arguments.number, required=True, metavar="INCIDENT")
    _add_words(found)
    found = _about(actions, "correct", "say when it really was open; what stood there is kept beside it", _correct)
    found.add_argument(
        "--from", dest="start", type=arguments.instant, metavar="T", help="since when (default: as it is)"
    )
    found.add_argument("--to", dest="end", type=arguments.instant, metavar="T", help="until when (default: as it is)")
    _add_words(found)

    found = _about(actions, "close", "close what nobody looks at any more, with the reason", _close)
    _add_words(found)


def _about(actions: arguments.Commands, name: str, help: str, run: Any) -> argparse.ArgumentParser:
    found = arguments.command(actions, name, help)
    found.add_argument("exposure", type=arguments.number, metavar="EXPOSURE")
    found.set_defaults(run=run)
    return found


def _add_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why; the people concerned read it")


def _list(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`exposures list`")
    store = arguments.store(args)
    with store.database.reading() as session:
        found = record.read(session, arguments.viewer(session, args), store.vault)
    if arguments.wants_json(args):
        output.as_json([_as_json(one) for one in found.exposures])
        return
    rows = [
        (
            str(one.number),
            "not known" if one.start is None else instants.iso(one.start)[:19],
            "not known" if one.unwatched else "open" if one.end is None else instants.iso(one.end)[:19],
            one.audience.people,
            one.audience.accounts,
            crowd.plain(one.concerned),
            "" if one.incident is None else str(one.incident),
            one.place,
        )
        for one in found.exposures
    ]
    output.table(_HEADER, rows, "No exposure is on record that you may read.")
    if found.altered:
        output.lines(f"{found.altered:,} entries about exposures no longer open: what stood there was altered.")


def _accounts(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`exposures accounts`")
    store = arguments.store(args)
    with store.database.reading() as session:
        found = record.accounts(session, arguments.viewer(session, args), store.vault, args.exposure)
    rows = [
        (name, "" if person is None else found.owners.get(person, f"person {person}"))
        for name, person in sorted(found.audience.items())
    ]
    if arguments.wants_json(args):
        output.as_json([{"account": name, "person": email or None} for name, email in rows])
    else:
        output.table(("account", "whose"), rows, "Nobody more than allowed could.")


def _affected(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`exposures affected`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        found = affected.take(session, viewer, store.vault, args.exposure, arguments.reason(args))
    if arguments.wants_json(args):
        output.as_json([{"email": one.email, "name": one.name, "team": one.department} for one in found])
    else:
        output.table(("e-mail", "name", "team"), [(one.email, one.name, one.department) for one in found], "Nobody.")


def _link(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`exposures link`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        record.link(session, viewer, store.vault, args.exposure, args.incident, args.reason)
    _list(args)


def _correct(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`exposures correct`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        record.correct(session, viewer, store.vault, args.exposure, start=args.start, end=args.end, reason=args.reason)
    _list(args)


def _close(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`exposures close`")
    store = arguments.store(args)
    with store.database.writing() as session:
        record.close(session, arguments.viewer(session, args), store.vault, args.exposure, args.reason)
    _list(args)


def _as_json(one: Exposure) -> dict[str, object]:
    return {
        "exposure": one.number,
        "store": one.store,
        "place": one.place,
        "tables": list(one.tables),
        "kinds": list(one.kinds),
        "from": _at(one.start),
        "seen": instants.iso(one.seen),
        "to": _at(one.end),
        "unwatched": _at(one.unwatched),
        "audience": _number(one.audience),
        "present": _number(one.present),
        "concerns": one.concerned,
        "former": one.former,
        "incident": one.incident,
        "events": [_line(line) for line in one.lines],
    }


def _line(one: Line) -> dict[str, object]:
    was = None if one.was is None else [_at(at) for at in one.was]
    return {"entry": one.position, "what": one.change.value, "at": instants.iso(one.at), "words": one.words, "was": was}


def _number(one: Number) -> dict[str, int]:
    return {"people": one.people, "accounts": one.accounts}


def _at(at: int | None) -> str | None:
    return None if at is None else instants.iso(at)

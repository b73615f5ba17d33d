"""`texts`: what officers write again and again, saved for all of them."""

from __future__ import annotations

import argparse

from data.commands import arguments, output
from data.rights import texts
from data.rights.texts import SavedText, Use

_HEADER = ("text", "use", "title", "version", "words")


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "texts")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    uses = [use.value for use in Use]
    found = arguments.command(actions, "list", "the saved texts")
    found.add_argument("--use", choices=uses, metavar="USE", help=f"only those for {', '.join(uses)}")
    found.set_defaults(run=_list)
    found = arguments.command(actions, "add", "save a new text; it names nobody and has no gaps to fill in")
    found.add_argument("use", choices=uses, metavar="USE", help="; ".join(f"{use.value}: {use.plain}" for use in Use))
    found.add_argument("title", metavar="TITLE")
    found.add_argument("--words", required=True, metavar="TEXT", help="what people read")
    found.set_defaults(run=_add)
    found = arguments.command(actions, "change", "write a text anew")
    found.add_argument("number", type=arguments.number, metavar="TEXT")
    found.add_argument("title", metavar="TITLE")
    found.add_argument("--words", required=True, metavar="TEXT", help="what people read")
    found.set_defaults(run=_change)
    found = arguments.command(actions, "remove", "remove a text; what was written with it stays as it was written")
    found.add_argument("number", type=arguments.number, metavar="TEXT")
    found.set_defaults(run=_remove)


def _list(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`texts list`")
    store = arguments.store(args)
    with store.database.reading() as session:
        use = Use(args.use) if args.use else None
        found = texts.listed(session, arguments.viewer(session, args), use)
    if arguments.wants_json(args):
        output.as_json([_as_json(one) for one in found])
        return
    rows = [(one.number, one.use.value, one.title, one.version, one.words) for one in found]
    output.table(_HEADER, rows, "No text is saved.")


def _add(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`texts add`")
    store = arguments.store(args)
    with store.database.writing() as session:
        who = arguments.viewer(session, args)
        found = texts.add(session, who, store.vault, args.use, args.title, args.words)
    _print(args, found, "saved")


def _change(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`texts change`")
    store = arguments.store(args)
    with store.database.writing() as session:
        who = arguments.viewer(session, args)
        found = texts.change(session, who, store.vault, args.number, args.title, args.words)
    _print(args, found, "changed")


def _remove(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`texts remove`")
    store = arguments.store(args)
    with store.database.writing() as session:
        found = texts.remove(session, arguments.viewer(session, args), store.vault, args.number)
    _print(args, found, "removed")


def _print(args: argparse.Namespace, found: SavedText, did: str) -> None:
    if arguments.wants_json(args):
        output.as_json(_as_json(found))
    else:
        output.lines(f"Text {found.number} ({found.use.value}, version {found.version}) was {did}: {found.title}")


def _as_json(one: SavedText) -> dict[str, object]:
    return {
        "text": one.number,
        "use": one.use.value,
        "title": one.title,
        "words": one.words,
        "version": one.version,
    }

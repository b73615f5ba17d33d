"""`request pictures`, `black-out` and `uncover`: looking for others in the pictures of a copy before it is made."""

from __future__ import annotations

import argparse

from data import instants
from data.commands import arguments, output
from data.rights.redaction import looking, marks, region
from data.rights.redaction.marks import Made, Mark
from data.rights.redaction.region import WHOLE, Shown


def add(actions: arguments.Commands) -> None:
    """Add the actions."""
    found = _numbered(actions, "pictures", "the pictures that a copy would hold; a look, which its person sees")
    found.set_defaults(run=_pictures)
    found = _numbered(actions, "black-out", "black out what shows others in a copy that is not made yet")
    found.add_argument("--screen", default="", metavar="DIGEST", help="in this picture")
    found.add_argument("--app", default="", metavar="APP", help="or in all between --from and --to, with this in front")
    arguments.add_span(found)
    found.add_argument("--region", metavar="L,T,R,B", help="in percent of the picture; without it all of it")
    found.add_argument("--shows", choices=[one.value for one in Shown], required=True, help="what of others it shows")
    found.add_argument("--text", default="", metavar="TEXT", help="more about it; the person reads it")
    found.set_defaults(run=_black_out)
    found = _numbered(actions, "uncover", "end what was blacked out, for copies from now on")
    found.add_argument("number", type=arguments.number, metavar="N", help="its number, as `black-out` printed it")
    found.set_defaults(run=_uncover)


def _numbered(actions: arguments.Commands, name: str, help: str) -> argparse.ArgumentParser:
    found = arguments.command(actions, name, help)
    found.add_argument("id", type=arguments.number, metavar="ID")
    return found


def _pictures(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request pictures`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        found = looking.listed(session, viewer, store.vault, args.id)
    if arguments.wants_json(args):
        output.as_json(
            [{"screen": one.screen, "at": instants.iso(one.at), "app": one.app, "title": one.title} for one in found]
        )
        return
    rows = [(instants.iso(one.at)[:19], one.app, one.title, one.screen) for one in found]
    output.table(("taken (UTC)", "app", "title", "picture"), rows, "The copy holds no pictures.")


def _black_out(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request black-out`")
    store = arguments.store(args)
    part = WHOLE if args.region is None else region.percent(args.region)
    wanted = Mark(part, Shown(args.shows), args.text, args.screen, args.app, args.start, args.end)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        made = marks.make(session, viewer, store.vault, args.id, wanted)
    _print(args, made)


def _uncover(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request uncover`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        marks.uncover(session, viewer, store.vault, args.id, args.number)
    if arguments.wants_json(args):
        output.as_json({"request": args.id, "given_back": args.number})
        return
    output.lines(f"Number {args.number} is uncovered in copies from now on.")


def _print(args: argparse.Namespace, made: Made) -> None:
    if arguments.wants_json(args):
        output.as_json({"number": made.id, "request": made.request_id, "entry": made.position, **made.mark.as_json()})
        return
    output.lines(f"Blacked out as number {made.id}, in this copy and later ones: {marks.said(made.mark)}.")

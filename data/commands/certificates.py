"""`rights`: certificates of deletions, shown and checked."""

from __future__ import annotations

import argparse
import json

from data.commands import arguments, output
from data.errors import BadInput
from data.rights import rendering
from data.rights.erasure import certificate, issuing, sparing
from data.tlog import note


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "rights")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    found = arguments.command(actions, "certificate", "print the signed certificate of a finished deletion")
    found.add_argument("id", type=arguments.number, metavar="ID")
    found.add_argument("--revision", type=arguments.number, metavar="N", help="an earlier one; without it the newest")
    found.set_defaults(run=_certificate)
    found = arguments.command(actions, "verify", "check a certificate of deletion; needs no store")
    found.add_argument("certificate", type=arguments.path, metavar="CERTIFICATE", help="the signed file")
    found.add_argument("--key", metavar="KEY", help="the log's key, from somewhere you trust")
    found.set_defaults(run=_verify)


def _certificate(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`rights certificate`")
    store = arguments.store(args)
    with store.database.reading() as session:
        found = issuing.find(session, arguments.viewer(session, args), store.vault, args.id, args.revision)
    if arguments.wants_json(args):
        output.as_json(json.loads(found.certificate.as_json()))
    else:
        print(found.signed, end="")


def _verify(args: argparse.Namespace) -> None:
    if args.certificate.stat().st_size > note.MOST_BYTES:
        raise BadInput(f"{args.certificate} is too large for a certificate; take the signed file as it was downloaded.")
    held = certificate.check(args.certificate.read_bytes(), args.key)
    if arguments.wants_json(args):
        output.as_json({"holds": True, **json.loads(held.as_json())})
        return
    output.lines(
        f"It holds: request {held.request} of {held.person} was carried out at {held.finished}. {held.what}",
        f"{held.removed['Captures']:,} captures went, {held.left:,} are left; key versions destroyed:"
        f" {', '.join(map(str, held.keys)) or 'none'}.",
        *([sparing.in_words(held.held)] if held.held else []),
        *(
            f"Copy of {one['holder']} ({one['purpose']}, {one['ticket']}), {one['captures']:,} captures: "
            f"{rendering.of_copy(one)}"
            for one in held.copies
        ),
        *(
            [f"Revision {held.revision}, made at {held.made}, after the one of SHA-256 {held.before}."]
            if held.before
            else []
        ),
        f"Entry {held.log.position} of the log says so, in the head of {held.log.size:,} entries that was signed.",
    )
    if args.key is None:
        output.lines(
            f"It is signed by the key that it names itself, {held.log.key}; give --key with the one you know it by."
        )

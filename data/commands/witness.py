"""`witness`: run a witness of the access log, on a machine that is not the operator's."""

from __future__ import annotations

import argparse
from base64 import b64encode
from pathlib import Path

from data import instants
from data.commands import arguments, output
from data.commands.arguments import UsageError
from data.errors import Conflict
from data.tlog.note import Verifier, check_name
from data.witness import identity, record, report, web
from data.witness.record import Log, Refusal

PORT = 8620


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "witness")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    init = arguments.command(actions, "init", "make a witness: its own key and its own record, in a folder of its own")
    init.add_argument("--name", required=True, help="who it is, without spaces, e.g. works-council.example.com")
    init.set_defaults(run=_init)
    trust = arguments.command(actions, "trust", "watch a log from now on")
    trust.add_argument("vkey", metavar="VKEY", help="the log's verifier key, as its operator gives it out")
    trust.set_defaults(run=_trust)
    serve = arguments.command(actions, "serve", "answer logs until stopped (SIGTERM or ctrl-C)")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: this machine only)")
    serve.add_argument("--port", type=arguments.number, default=PORT, help=f"the port to listen at (default {PORT})")
    serve.set_defaults(run=_serve)
    show = arguments.command(actions, "show", "the key to hand out, what was seen and what was refused")
    show.set_defaults(run=_show)


def _init(args: argparse.Namespace) -> None:
    folder = _folder(args)
    check_name(args.name)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (folder / identity.FILE).exists():
        raise Conflict(f"There is a witness in {folder} already; nothing was changed.")
    # The key last: a witness whose record is missing never signs anything.
    if not record.exists(folder):
        record.make(folder)
    made = identity.make(folder, args.name)
    if arguments.wants_json(args):
        output.as_json({"name": made.name, "vkey": made.vkey})
        return
    output.lines(
        f"Made the witness {made.name} in {folder}. Keep the folder to yourself and never put it back from a backup.",
        "Hand this key to the operator of the log, and to everybody who is to check cosignatures:",
        made.vkey,
    )


def _trust(args: argparse.Namespace) -> None:
    folder = _folder(args)
    identity.load(folder)
    log = Verifier.parse(args.vkey)
    with record.opened(folder) as connection:
        is_new = record.trust(connection, log, instants.now() // instants.SECOND)
    if arguments.wants_json(args):
        output.as_json({"origin": log.name, "is_new": is_new})
    else:
        output.lines(f"{log.name} is watched {'from now on' if is_new else 'already; nothing was changed'}.")


def _serve(args: argparse.Namespace) -> None:
    folder = _folder(args)
    cosigner = identity.load(folder)
    with record.opened(folder, reading=True):
        pass  # so that a missing record is told now, not to the first log that asks
    web.serve(folder, cosigner, args.host, args.port, _say_ready)


def _say_ready(address: str) -> None:
    print(f"The witness answers at {address}", flush=True)


def _show(args: argparse.Namespace) -> None:
    folder = _folder(args)
    cosigner = identity.load(folder)
    with record.opened(folder, reading=True) as connection:
        logs, refusals = record.logs(connection), record.refusals(connection)
    if arguments.wants_json(args):
        output.as_json(
            {
                "name": cosigner.name,
                "vkey": cosigner.vkey,
                "logs": [_log(one) for one in logs],
                "refusals": [_refusal(one) for one in refusals],
            }
        )
        return
    output.lines(*report.public(cosigner, logs, refusals).splitlines())
    for refusal in refusals:
        output.lines("", *report.evidence(refusal))


def _log(log: Log) -> dict[str, object]:
    head = log.head
    return {
        "origin": log.origin,
        "vkey": log.vkey,
        "size": head.size if head else None,
        "root": b64encode(head.root).decode() if head else None,
        "cosigned_at": head.seconds if head else None,
    }


def _refusal(refusal: Refusal) -> dict[str, object]:
    return {
        "origin": refusal.origin,
        "kind": refusal.kind.value,
        "size": refusal.size,
        "note": refusal.note,
        "known_size": refusal.known_size,
        "known_note": refusal.known_note,
        "first_at": refusal.first_seconds,
        "last_at": refusal.last_seconds,
        "count": refusal.count,
    }


def _folder(args: argparse.Namespace) -> Path:
    """The witness's own folder. Never the one that DAYLIGHT_STORE names, which is the log's."""
    named = getattr(args, "store", None)
    if not named:
        raise UsageError("a witness needs --store DIR, a folder of its own")
    return Path(named).absolute()

"""`log`: publish the access log, show its newest checkpoint, check all of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from data import instants
from data.commands import arguments, output
from data.errors import BadInput, Conflict, NotFound
from data.proofs import accepting, check, checks, publishing, scan, verify, witnesses
from data.proofs.check import Checked
from data.proofs.findings import Finding
from data.rights.retention import forgetting

_SHOWN = 20


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "log")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    again = arguments.command(
        actions, "check", "read every entry and tile again, then what lies beside them; exit status 1 for damage"
    )
    again.add_argument("--entries", action="store_true", help="only entries, tiles and checkpoints; keeps no result")
    again.set_defaults(run=_check)
    arguments.command(actions, "publish", "sign the head of the log now").set_defaults(run=_publish)
    arguments.command(actions, "checkpoint", "print the newest signed checkpoint").set_defaults(run=_checkpoint)
    proof = arguments.command(actions, "verify", "check a receipt; needs no store")
    proof.add_argument("receipt", type=arguments.path, metavar="RECEIPT", help="the file that was downloaded")
    proof.add_argument("--key", metavar="KEY", help="the log's key, from somewhere you trust")
    proof.add_argument("--witness", action="append", default=[], metavar="KEY", help="a witness that must have signed")
    proof.add_argument("--mine", type=arguments.path, metavar="FILE", help="your own key, to see that it is about you")
    proof.add_argument("--against", type=arguments.path, metavar="OTHER", help="another receipt, or a checkpoint")
    proof.add_argument("--tiles", metavar="FROM", help="where the log's tiles are, when the two differ in size")
    proof.set_defaults(run=_verify)
    accept = arguments.command(
        actions,
        "accept",
        "after a restore: go on with a log that does not lead to the file `checkpoint`; everybody reads it",
    )
    accept.add_argument("--reason", required=True, metavar="TEXT", help="why; everybody reads it")
    accept.set_defaults(run=_accept)
    forget = arguments.command(
        actions, "forget", "destroy details of accesses that were kept for as long as was promised; daily by itself"
    )
    forget.add_argument("--before", type=arguments.instant, metavar="DATE", help="only of older ones than this")
    forget.add_argument("--reason", default="", metavar="TEXT", help="why, for the log")
    forget.set_defaults(run=_forget)
    whole = arguments.command(
        actions, "scan", "look for yourself (--as) in the whole log; exit status 1 for a difference"
    )
    whole.add_argument("--mine", type=arguments.path, metavar="FILE", help="your own key, as you took it with you")
    whole.set_defaults(run=_scan)
    arguments.command(actions, "key", "print the key that checkpoints are checked with").set_defaults(run=_key)


def _check(args: argparse.Namespace) -> None:
    store = arguments.store(args, check_log=False)
    progress, is_json, said = output.progress("Checking"), arguments.wants_json(args), list[Finding]()

    def half(found: Checked) -> None:
        if not is_json:
            _say_half(found)
            said.extend(found.findings)

    if args.entries:
        with store.database.reading() as session:
            found = check.check(session, store.vault, store.anchor, with_details=False, progress=progress)
        half(found)
    else:
        found = checks.run(store.database, store.vault, store.anchor, progress, half=half)
    if is_json:
        output.as_json(_as_json(found))
    elif found.holds and found.with_details:
        output.lines("Their details, whom they are about and the lists of them are what they committed to.")
    else:
        _say([one for one in found.findings if one not in said])
    if not found.holds:
        # An entry that was changed is often found more than once: by the tree, and by what its details say.
        count = len({(one.what.value.startswith("tile"), one.first, one.last) for one in found.findings})
        places = "1 place" if count == 1 else f"{count:,} places"
        raise Conflict(f"The access log is damaged in {places}; keep a copy of it as it is, and tell the auditor.")


def _say_half(found: Checked) -> None:
    """What is known of entries, tiles and checkpoints, long before the details of a large log are opened."""
    if found.holds:
        output.lines(
            f"{found.entries:,} entries, {found.size:,} of them signed: nothing was changed, moved or taken out.",
        )
    _say(found.findings)
    sys.stdout.flush()


def _say(findings: Sequence[Finding]) -> None:
    output.lines(*(one.sentence for one in findings[:_SHOWN]))
    if len(findings) > _SHOWN:
        output.lines(f"... and {len(findings) - _SHOWN:,} more (--json lists them).")


def _accept(args: argparse.Namespace) -> None:
    store = arguments.store(args, check_log=False)
    published = accepting.accept(store.database, store.vault, store.anchor, args.reason)
    if arguments.wants_json(args):
        output.as_json({"size": published.size, "root": published.root.hex()})
    else:
        output.lines(
            f"The log goes on from {published.size:,} entries, which says so to everybody.",
            "What stood in the file `checkpoint` is kept beside it.",
        )


def _forget(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.reading() as session:
        viewer = arguments.viewer(session, args)
    words = " ".join(args.reason.split())
    if args.before is not None and not words:
        raise BadInput("Say why with --reason; the log keeps it.")
    count = forgetting.run(store.database, store.vault, store.settings, viewer, before=args.before, words=words)
    if arguments.wants_json(args):
        output.as_json({"destroyed": count})
    else:
        output.lines(f"The details of {count:,} accesses were destroyed, and the log says so.")


def _scan(args: argparse.Namespace) -> None:
    store = arguments.store(args, check_log=False)
    key = None if args.mine is None else scan.read_key(_text(args.mine), store.vault)
    with store.database.reading() as session:
        viewer = arguments.viewer(session, args)
        if viewer.person_id is None:
            raise BadInput("Only somebody of the roster is in the log; name them with --as.")
        found = scan.scan(session, viewer, store.vault, store.anchor, viewer.person_id, key=key)
    if arguments.wants_json(args):
        output.as_json({"holds": found.holds, **vars(found)})
    elif found.holds:
        output.lines(f"{found.entries:,} entries, {found.mine:,} of them about you: nothing is kept off your page.")
    if not found.holds:
        raise Conflict(
            f"What your page lists is not what the log holds: kept off it {_places(found.omitted)}, not about you"
            f" {_places(found.foreign)}, unclear {_places(found.unclear)}; the entries are"
            f"{'' if found.is_signed else ' not'} those that were signed, and the key is"
            f"{'' if found.is_my_key else ' not'} yours. Keep this, and tell the auditor."
        )


def _places(positions: tuple[int, ...]) -> str:
    more = " ..." if len(positions) > _SHOWN else ""
    return ", ".join(str(position) for position in positions[:_SHOWN]) + more or "none"


def _text(path: Path) -> str:
    try:
        return verify.read(path)
    except verify.Wrong as wrong:
        raise BadInput(str(wrong)) from None


def _publish(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    published = publishing.run(store.database, store.vault, store.anchor)
    if published is None:
        raise NotFound("The access log is empty; there is nothing to sign yet.")
    if arguments.wants_json(args):
        output.as_json({"size": published.size, "root": published.root.hex(), "note": published.note})
    else:
        output.lines(f"Signed: {published.size:,} entries, root {published.root.hex()}.")


def _checkpoint(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.reading() as session:
        signed = witnesses.cosigned_note(session)
    if signed is None:
        raise NotFound("No checkpoint was signed yet; `python -m data log publish` signs one.")
    print(signed, end="")


def _key(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.reading() as session:
        key = publishing.verifier_key(session, store.vault)
    if key is None:
        raise NotFound("The access log has no key yet; it is made with the first entry.")
    output.lines(key)


def _verify(args: argparse.Namespace) -> None:
    try:
        text, mine = verify.read(args.receipt), None if args.mine is None else verify.read(args.mine)
        held = verify.verify(text, key=args.key, witnesses=args.witness, mine=mine)
        tiles = None if args.tiles is None else verify.tiles_from(args.tiles)
        against = [] if args.against is None else [verify.compare(text, verify.read(args.against), tiles=tiles)]
    except verify.Wrong as wrong:
        raise BadInput(str(wrong)) from None
    said = verify.sentences(held, args.key is not None)
    if arguments.wants_json(args):
        given = {"key_given": args.key is not None, "witnesses_given": len(args.witness)}
        output.as_json({"holds": True, **given, **vars(held), "against": against, "said": said})
    else:
        output.lines(*said, *against)


def _as_json(found: Checked) -> dict[str, object]:
    return {
        "at": instants.iso(found.at),
        "seconds": found.took / 1_000_000,
        "details": found.with_details,
        "entries": found.entries,
        "signed": found.size,
        "holds": found.holds,
        "findings": [
            {"what": one.what.value, "first": one.first, "last": one.last, "which": one.which, "sentence": one.sentence}
            for one in found.findings
        ],
    }

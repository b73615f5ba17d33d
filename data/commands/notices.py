"""`programme notice`: the privacy notice of the programme, version by version, and who has read it."""

from __future__ import annotations

import argparse

from data import instants
from data.commands import arguments, output
from data.connectors import notice_file
from data.programme import privacy_notice, versions
from data.programme.versions import Register, Version

_HEADER = ("version", "in force from (UTC)", "title", "what changed")


def add(actions: arguments.Commands) -> None:
    """Add `notice` and what it can do."""
    parser = arguments.command(actions, "notice", "the privacy notice: what people are told is captured of them")
    acts: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    arguments.command(acts, "list", "every version, and what each changed").set_defaults(run=_list)
    found = arguments.command(acts, "publish", "publish the next version")
    found.add_argument("file", type=arguments.path, metavar="FILE", help=notice_file.WANTED)
    found.set_defaults(run=_publish)
    found = arguments.command(acts, "read", "say that you read the newest version, which is no consent")
    found.add_argument("version", type=arguments.number, metavar="VERSION")
    found.set_defaults(run=_read)


def _list(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.reading() as session:
        found = versions.register(session, store.vault)
    if arguments.wants_json(args):
        output.as_json([_as_json(one, found) for one in found.versions])
        return
    rows = [
        (one.number, instants.iso(one.since)[:19], one.notice.title, "; ".join(changes(one, found)) or "the first one")
        for one in found.versions
    ]
    output.table(_HEADER, rows, "No privacy notice was published, so nothing was promised.")
    if found.altered:
        output.lines(f"{found.altered:,} entries about it no longer open: their words were altered.")


def _publish(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`programme notice publish`")
    notice, since = notice_file.read(args.file)
    store = arguments.store(args)
    with store.database.writing() as session:
        made = versions.publish(session, arguments.viewer(session, args), store.vault, notice, since)
        found = versions.register(session, store.vault)
    if arguments.wants_json(args):
        output.as_json(_as_json(made, found))
        return
    output.lines(
        f"Version {made.number} is published; in force from {instants.iso(made.since)[:19]} UTC.",
        *(f"Version {made.number} {change}." for change in changes(made, found)),
    )


def _read(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`programme notice read`")
    store = arguments.store(args)
    with store.database.writing() as session:
        versions.acknowledge(session, arguments.viewer(session, args), store.vault, args.version)
    if arguments.wants_json(args):
        output.as_json({"version": args.version})
        return
    output.lines(f"It is on record that you read version {args.version}. That is no consent.")


def changes(one: Version, found: Register) -> tuple[str, ...]:
    """What a version changed, a clause each; none for the first."""
    before = found.before(one)
    return privacy_notice.differences(before.notice, one.notice) if before else ()


def _as_json(one: Version, found: Register) -> dict[str, object]:
    return {
        "version": one.number,
        "since": instants.iso(one.since),
        "published": instants.iso(one.published_at),
        "entry": one.position,
        "changes": list(changes(one, found)),
        **one.notice.as_json(),
    }

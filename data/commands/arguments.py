"""Arguments that several commands take, and what they mean. Nothing is opened while arguments are parsed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from zoneinfo import ZoneInfo

from data import instants
from data.accesses.entry import GIVEN, Purpose, Reason
from data.captures.kinds import Kind
from data.commands import COMMANDS
from data.errors import NotFound
from data.people.permissions import Permission, require
from data.people.viewer import OPERATOR, Viewer
from data.settings import Settings

if TYPE_CHECKING:
    # What loads Arrow or the database is loaded by the functions that use it: `--help` and mistakes need neither.
    from sqlalchemy.orm import Session

    from data.captures.scope import Scope
    from data.people.person import Person
    from data.store import Store

PURPOSES = [purpose.value for purpose in GIVEN]
MOST = 1_000  # rows; as many as a page of captures holds

_UTC = ("UTC", "Etc/UTC")
_AREAS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)

# argparse's own type of what `add_subparsers` returns.
Commands = Any


class UsageError(Exception):
    """The command line itself is wrong: one sentence, exit status 2."""


class Parser(argparse.ArgumentParser):
    """A parser that raises instead of printing its usage over many lines."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see `{self.prog} --help`)")


def add_everywhere(parser: argparse.ArgumentParser) -> None:
    """The options that every command takes, before its name or after."""
    # Left out of the result when not given, so that a command's own default does not undo what stood before its name.
    left_out: Any = argparse.SUPPRESS
    parser.add_argument("--store", metavar="DIR", default=left_out, help="the store's folder (or DAYLIGHT_STORE)")
    parser.add_argument("--json", action="store_true", default=left_out, help="print JSON")
    parser.add_argument("--as", dest="viewer", metavar="EMAIL", default=left_out, help="who is looking")


def command(commands: Commands, name: str, help: str = "") -> argparse.ArgumentParser:
    """A new command that takes the options of every command. Those of COMMANDS bring their `help` along."""
    help = help or COMMANDS[name].help
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help, description=help, allow_abbrev=False)
    add_everywhere(parser)
    return parser


def add_person(parser: argparse.ArgumentParser) -> None:
    """Whom it is about."""
    parser.add_argument("--person", metavar="EMAIL", required=True, help="whose data")


def add_reason(parser: argparse.ArgumentParser) -> None:
    """Why somebody looks."""
    parser.add_argument("--purpose", choices=PURPOSES, help="why; without it the person reads 'no reason given'")
    parser.add_argument("--ticket", default="", metavar="TEXT", help="the ticket that asked for it")


def add_span(parser: argparse.ArgumentParser) -> None:
    """A time range."""
    parser.add_argument("--from", dest="start", type=instant, metavar="T", help="ISO 8601, UTC unless it names a zone")
    parser.add_argument("--to", dest="end", type=instant, metavar="T", help="as --from; this instant is left out")


def add_scope(parser: argparse.ArgumentParser) -> None:
    """Which captures."""
    kinds = [kind.value for kind in Kind]
    parser.add_argument("--kind", action="append", default=[], choices=kinds, help="only this kind; can be repeated")
    parser.add_argument("--app", action="append", default=[], metavar="APP", help="only this app; can be repeated")
    add_span(parser)


def scope(args: argparse.Namespace) -> Scope:
    """What `add_scope` took. Raises BadInput for a range that cannot be."""
    from data.captures.scope import Scope

    instants.check_span(args.start, args.end, "The range")
    return Scope(frozenset(Kind(kind) for kind in args.kind), frozenset(args.app), args.start, args.end)


def store(args: argparse.Namespace, *, check_log: bool = True) -> Store:
    """The store that --store or DAYLIGHT_STORE names. Raises as `open_store`."""
    from data.store import open_store

    return open_store(settings(args), check_log=check_log)


def settings(args: argparse.Namespace) -> Settings:
    """The settings, with --store winning over the environment."""
    return Settings.from_environment(store=getattr(args, "store", None))


def wants_json(args: argparse.Namespace) -> bool:
    """Whether --json was given."""
    return bool(getattr(args, "json", False))


def viewer(session: Session, args: argparse.Namespace) -> Viewer:
    """Whoever --as names, with their roles of now; without it the operator of this server. Raises NotFound."""
    from data.people import person

    email = getattr(args, "viewer", None)
    return OPERATOR if email is None else person.viewer(session, person.by_email(session, email))


def about(session: Session, args: argparse.Namespace, permission: Permission) -> tuple[Viewer, Person]:
    """Whoever looks, and whom --person names. Raises NotFound, and NotAllowed in its place to those without the
    permission, in the words they read about anybody else too: who is on the roster is not for them."""
    from data.people import person

    looking = viewer(session, args)
    try:
        return looking, person.by_email(session, args.person)
    except NotFound:
        require(looking, permission)
        raise


def need_viewer(args: argparse.Namespace, what: str) -> None:
    """Raise UsageError unless --as was given. Checked before anything is opened."""
    if getattr(args, "viewer", None) is None:
        raise UsageError(f"{what} needs --as EMAIL, because the person is told who looked")


def reason(args: argparse.Namespace) -> Reason | None:
    """What --purpose and --ticket say; None when neither was given."""
    if args.purpose is None and not args.ticket:
        return None
    return Reason(Purpose(args.purpose or Purpose.NONE), args.ticket[:200])


def instant(text: str) -> int:
    """An ISO 8601 date or date-time as microseconds UTC."""
    try:
        return instants.parse(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no ISO 8601 date or time, e.g. 2026-11-03T14:05Z") from None


def zone(text: str) -> ZoneInfo:
    """The time zone of a region, or UTC. `localtime` would mean something else on each machine, and abbreviations
    (EST) know no summer time."""
    try:
        found = ZoneInfo(text)
    except (ValueError, OSError, KeyError):
        found = None
    if found is None or (text not in _UTC and text.partition("/")[0] not in _AREAS):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no time zone of a region, e.g. Europe/Berlin, or UTC")
    return found


def limit(text: str) -> int:
    """A number of rows, 1 to MOST."""
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= MOST or len(text) > 9:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {MOST}")
    return int(text)


def number(text: str) -> int:
    """The number of a request."""
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number")
    return int(text)


def path(text: str) -> Path:
    """A path; whether something is there is for the command to say."""
    if not text:
        raise argparse.ArgumentTypeError("an empty text is no path")
    return Path(text)

"""The actions of `request` that concern an appeal: ask for it, decide it."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from data import instants
from data.commands import arguments
from data.rights import appeals
from data.rights.record import Request

Print = Callable[[argparse.Namespace, Request], None]


def add(actions: arguments.Commands, show: Print) -> None:
    """Add the actions; `show` prints the request that came of one."""
    found = arguments.command(actions, "appeal", "have a second officer look at what was refused, once")
    found.add_argument("id", type=arguments.number, metavar="ID")
    found.add_argument("--text", required=True, metavar="TEXT", help="what is wrong with the decision")
    found.set_defaults(run=_ask, show=show)
    found = arguments.command(actions, "decide-appeal", "uphold a refusal, or overturn it; not for whoever refused")
    found.add_argument("id", type=arguments.number, metavar="ID")
    found.add_argument("decision", choices=("uphold", "overturn"))
    found.add_argument("--reason", required=True, metavar="TEXT", help="what the person reads")
    found.set_defaults(run=_decide, show=show)


def _ask(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request appeal`")
    store = arguments.store(args)
    with store.database.writing() as session:
        found = appeals.ask(session, arguments.viewer(session, args), store.vault, args.id, args.text)
    args.show(args, found)


def _decide(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request decide-appeal`")
    store = arguments.store(args)
    overturn, delay = args.decision == "overturn", store.settings.erasure_seconds * instants.SECOND
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        found = appeals.decide(session, viewer, store.vault, args.id, overturn, args.reason, delay=delay)
    args.show(args, found)

"""The actions of `request` that concern its clock: confirm, extend, ask-back, reply, go-on."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from data.commands import arguments
from data.rights import timing
from data.rights.exchange import Need
from data.rights.record import Request

Print = Callable[[argparse.Namespace, Request], None]
Act = Callable[..., Request]


def add(actions: arguments.Commands, show: Print) -> None:
    """Add the actions; `show` prints the request that came of one."""
    _acting(actions, show, "confirm", "confirm that a request arrived", timing.confirm)
    found = _acting(actions, show, "extend", "put the answer off, once and as far as the law allows", timing.extend)
    found.add_argument("--reason", required=True, metavar="TEXT", help="what the person reads")
    found = _acting(actions, show, "ask-back", "ask the person first; the clock stands meanwhile (UK)", timing.ask_back)
    found.add_argument("--for", dest="need", required=True, metavar="W", help=f"what for: {', '.join(Need)}")
    found.add_argument("--text", required=True, metavar="TEXT", help="what the person reads")
    found = _acting(actions, show, "reply", "answer what was asked back; the clock goes on", timing.reply)
    found.add_argument("--text", required=True, metavar="TEXT", help="what the officer reads")

    what = "go on without what was asked back; the clock goes on too"
    found = _acting(actions, show, "go-on", what, timing.go_on)
    found.add_argument("--reason", required=True, metavar="TEXT", help="what the person reads")


def _acting(actions: arguments.Commands, show: Print, name: str, help: str, act: Act) -> argparse.ArgumentParser:
    found = arguments.command(actions, name, help)
    found.add_argument("id", type=arguments.number, metavar="ID")
    found.set_defaults(run=_run, show=show, act=act, action=name)
    return found


def _run(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, f"`request {args.action}`")
    store = arguments.store(args)
    given: dict[str, Any] = {one: getattr(args, one) for one in ("reason", "need", "text") if hasattr(args, one)}
    with store.database.writing() as session:
        found = args.act(session, arguments.viewer(session, args), store.vault, args.id, **given)
    args.show(args, found)

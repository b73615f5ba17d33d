"""`request preview`: what a deletion would take."""

from __future__ import annotations

import argparse

from data.commands import arguments, output
from data.people.permissions import Permission
from data.rights.erasure import kept, sparing
from data.rights.states import RequestKind


def add(actions: arguments.Commands) -> None:
    """Add the action and what it can do."""
    found = arguments.command(
        actions, "preview", "what a deletion would take, and what stays and why; asks for nothing"
    )
    arguments.add_person(found)
    arguments.add_scope(found)
    arguments.add_reason(found)
    found.set_defaults(run=_preview)


def _preview(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request preview`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer, about = arguments.about(session, args, Permission.SEE_SUMMARY)
        scope, reason = arguments.scope(args), arguments.reason(args)
        found = sparing.preview(session, viewer, store.vault, about.id, RequestKind.ERASURE, scope, reason)
    goes, held = found.goes, [one.as_json() for one in found.kept]
    if arguments.wants_json(args):
        stays = [{"what": one.what, "why": one.why, "tables": list(one.tables)} for one in kept.KEPT]
        kinds = {kind.value: count for kind, count in goes.kinds.items()}
        counts = {"captures": goes.total, "kinds": kinds, "screens": goes.screens, "left": goes.kept_total}
        counts["quarantined"] = goes.quarantined
        output.as_json({"goes": counts, "kept": {"captures": found.stays, "held": held}, "stays": stays})
        return
    most = "at most " if scope.apps else ""
    apart = f"It would take {most}{goes.quarantined:,} captures out of quarantine, where nobody looks before."
    more = [apart] if goes.quarantined else []
    more += [f"Of what it asks for, {found.stays:,} captures stay. {sparing.in_words(held)}"] if held else []
    output.lines(
        f"It would delete {goes.total:,} captures and {goes.screens:,} pictures, and leave {goes.kept_total:,}"
        " captures.",
        *more,
        "This always stays:",
        *(f"  {one.what}. {one.why}" for one in kept.KEPT),
    )

"""`people`: the roster and the roles."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from data import instants
from data.commands import arguments, output
from data.people import grants, person, roster
from data.people.viewer import GRANTABLE


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "people")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    found = arguments.command(actions, "import", "load a roster: CSV of email,name,department,manager,jurisdiction")
    found.add_argument("file", type=arguments.path, metavar="ROSTER.csv")
    found.set_defaults(run=_import)
    roles = ", ".join(role.value for role in GRANTABLE)
    for name, run, help in (("grant", _grant, "give a role"), ("revoke", _revoke, "take a role back")):
        found = arguments.command(actions, name, f"{help}: {roles}")
        found.add_argument("email", metavar="EMAIL")
        found.add_argument("role", metavar="ROLE")
        found.set_defaults(run=run)
    arguments.command(actions, "list", "everybody on the roster").set_defaults(run=_list)


def _import(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.writing() as session:
        loaded = roster.load(session, arguments.viewer(session, args), store.vault, args.file)
    if arguments.wants_json(args):
        output.as_json(asdict(loaded))
    else:
        output.lines(f"{loaded.added} people added, {loaded.changed} changed, {loaded.unchanged} as before.")
        if loaded.kept:
            output.lines(f"{loaded.kept} fields stay as they were corrected on request; correct them at their source.")
        if loaded.revoked:
            output.lines(f"{loaded.revoked} roles of people who left were taken back.")


def _grant(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.writing() as session:
        found = grants.grant(session, arguments.viewer(session, args), store.vault, args.email, args.role)
        email = person.by_id(session, found.person_id).email
    if arguments.wants_json(args):
        output.as_json({"email": email, "role": found.role.value, "granted_at": instants.iso(found.granted_at)})
    else:
        output.lines(f"{email} is {found.role.value} now.")


def _revoke(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.writing() as session:
        grants.revoke(session, arguments.viewer(session, args), store.vault, args.email, args.role)
        email = person.by_email(session, args.email).email
    role = args.role.strip().casefold()
    if arguments.wants_json(args):
        output.as_json({"email": email, "role": role, "revoked": True})
    else:
        output.lines(f"{email} is {role} no more.")


def _list(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.reading() as session:
        everybody = person.listed(session, arguments.viewer(session, args))
        emails = {one.id: one.email for one in everybody}
        held = grants.by_person(session)
    rows: list[dict[str, object]] = []
    for one in everybody:
        manager = emails.get(one.manager_id) if one.manager_id is not None else None
        roles = sorted(role.value for role in held.get(one.id, ()))
        row = {"id": one.id, "email": one.email, "name": one.name, "department": one.department}
        rows.append({**row, "manager": manager, "jurisdiction": one.jurisdiction, "roles": roles})
    if arguments.wants_json(args):
        output.as_json(rows)
        return
    header = ("email", "name", "department", "manager", "jurisdiction", "roles")
    shown = [[row[name] for name in header] for row in rows]
    output.table(header, shown, "Nobody is on the roster; load one with `python -m data people import ROSTER.csv`.")

"""`request figures`: what became of a year's requests, and the file that California wants (11 CCR § 7102)."""

from __future__ import annotations

import argparse
from typing import Any

from data.commands import arguments, output
from data.errors import BadInput
from data.people.jurisdictions import Jurisdiction


def add(actions: arguments.Commands) -> None:
    """Add the action."""
    found = arguments.command(
        actions, "figures", "what became of a year's requests: outcomes, days, the clock, appeals"
    )
    found.add_argument("--year", type=_year, required=True, metavar="Y", help="the calendar year they were received in")
    what = "write California's yearly metrics (11 CCR 7102) there"
    found.add_argument("--csv", type=arguments.path, metavar="FILE", help=what)
    found.set_defaults(run=_figures)


def _figures(args: argparse.Namespace) -> None:
    # Frames take their time to load, and no other request needs them.
    from data.statistics import california, cases, year

    arguments.need_viewer(args, "`request figures`")
    store = arguments.store(args)
    with store.database.reading() as session:
        found = cases.of_year(session, arguments.viewer(session, args), store.vault, args.year)
    if args.csv is not None:
        try:
            # As it is made: its own line ends, no byte more on any system.
            args.csv.write_text(california.as_csv(found, args.year), encoding="utf-8", newline="")
        except OSError as error:
            raise BadInput(f"{args.csv} cannot be written ({error.strerror}); name a file in a folder.") from None
    tables = {
        "kinds": year.by_kind(found),
        "jurisdictions": year.by_jurisdiction(found, list(Jurisdiction)),
        "clock": year.clock(found),
        "appeals": year.appeals(found),
    }
    if arguments.wants_json(args):
        output.as_json({"year": args.year, **{name: _records(table) for name, table in tables.items()}})
        return
    for table in tables.values():
        output.table(list(table.columns), [list(one.values()) for one in _records(table)], "")
        output.lines("")
    few = f"No median and no 95th percentile of fewer than {year.FEWEST} answers."
    output.lines(few, *([f"Wrote {args.csv}."] if args.csv is not None else []))


def _records(table: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_dict("records")
    # What is not equal to itself is no number (NaN), which JSON does not have.
    return [{name: None if value != value else value for name, value in row.items()} for row in rows]


def _year(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) == 4 and "1970" <= text < "9999"):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no year, e.g. 2026")
    return int(text)

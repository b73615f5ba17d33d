"""Write the invented company's files: `python -m tests.demo.generate FOLDER [--seed N] [--until INSTANT]`.

The same seed and instant give the same bytes. FOLDER gets roster.csv, accesses.jsonl and for each person with data
captures/EMAIL/captures.parquet with displays.json and screens/ beside it (one of them an activitywatch.json too), in
the forms that the connectors document. Prints a line of JSON, [email, [[source, path], ...]], as soon as a person's
files are whole.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow.parquet as pq

from data import instants
from tests.demo import activitywatch, history
from tests.demo.captures import record
from tests.demo.company import Employee, manager, people
from tests.demo.workforce import division

SEED = 2026


_COLUMNS: tuple[str, ...] = ("email", "name", "department", "division", "manager", "jurisdiction")


def write_roster(folder: Path, chosen: Sequence[Employee]) -> Path:
    """roster.csv as `python -m data people import` reads it."""
    path = folder / "roster.csv"
    listed = {one.email for one in chosen}
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, _COLUMNS, lineterminator="\n")
        rows.writeheader()
        for one in chosen:
            above = manager(one)
            row = {"email": one.email, "name": one.name, "department": one.department, "division": division(one)}
            rows.writerow(row | {"manager": above if above in listed else "", "jurisdiction": one.site.jurisdiction})
    return path


def write_captures(folder: Path, one: Employee, until: int, seed: int = SEED, density: float = 1.0) -> Path | None:
    """The person's captures.parquet with its screens and displays; None when nothing was captured."""
    recorded = record(one, until, seed, density)
    if not recorded.table.num_rows:
        return None
    own = folder / "captures" / one.email
    (own / "screens").mkdir(parents=True, exist_ok=True)
    for digest, image in recorded.screens.items():
        (own / "screens" / f"{digest}.webp").write_bytes(image)
    (own / "displays.json").write_text(json.dumps(recorded.displays), encoding="utf-8")
    pq.write_table(recorded.table, own / "captures.parquet", compression="zstd", write_page_checksum=True)
    return own / "captures.parquet"


def write_export(folder: Path, one: Employee, until: int, seed: int = SEED) -> Path | None:
    """The person's activitywatch.json; None for all but one person, who has a second collector."""
    if one.name != activitywatch.WHO:
        return None
    path = folder / "captures" / one.email / "activitywatch.json"
    path.write_text(json.dumps(activitywatch.export(one, until, seed)), encoding="utf-8")
    return path


def write_accesses(folder: Path, chosen: Sequence[Employee], until: int, seed: int = SEED) -> Path:
    """accesses.jsonl as `python -m data import accesses` reads it."""
    path = folder / "accesses.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in _evidence(chosen, until, seed)), encoding="utf-8")
    return path


def _evidence(chosen: Sequence[Employee], until: int, seed: int) -> Iterator[dict[str, object]]:
    for span in history.coverage(until):
        end = None if span.end is None else instants.iso(span.end)
        yield {"coverage": span.source, "start": instants.iso(span.start), "end": end, "why": span.why}
    for one in history.accesses(chosen, until, seed):
        yield {
            "at": instants.iso(one.at),
            "source": one.source,
            "action": one.action,
            "who": one.who.name,
            "role": one.who.role,
            "team": one.who.team,
            "purpose": one.purpose,
            "ticket": one.ticket,
            "people": list(one.people),
            "count": one.count,
            "scope": one.scope,
            "observed": one.observed,
        }


def main(arguments: Sequence[str] | None = None) -> None:
    """Write everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.demo.generate", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--until", type=instants.parse, default=instants.now(), help="ISO 8601; the last captures (default: now)"
    )
    parser.add_argument("--density", type=float, default=1.0, help="scales how much everybody did (default: 1)")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these people instead of all sixty")
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    everybody = [one for one in people() if given.only is None or one.name in given.only]
    write_roster(given.folder, everybody)
    write_accesses(given.folder, everybody, given.until, given.seed)
    for one in everybody:
        captured = write_captures(given.folder, one, given.until, given.seed, given.density)
        files = {"captures": captured, "activitywatch": write_export(given.folder, one, given.until, given.seed)}
        print(json.dumps([one.email, [[name, str(path)] for name, path in files.items() if path]]), flush=True)


if __name__ == "__main__":
    main()

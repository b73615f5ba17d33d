"""The readable parts of an export and the lists that go with it, as bytes. Pure but for the templates' files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass
from typing import Any

from data import instants
from data.captures.recording import Display
from data.captures.scope import Scope
from data.looks.look import Look
from data.proofs.sight import Sight
from data.rights import rendering
from data.rights.exchange import Back
from data.rights.export import charts, inventory
from data.rights.export.charts import Chart
from data.rights.export.pieces import (
    CELLS,
    LINES,
    PICTURES,
    RECEIPT,
    RECEIPTS,
    TABLES,
    TEXTS,
    UNPROVEN,
    File,
    Progress,
    stream_of,
)
from data.rights.export.volumes import Cut, Volume
from data.rights.record import Request
from data.rights.redaction.plan import Plan
from data.rights.redaction.region import Shown

_TEXTS = {LINES: "captures, one a line", CELLS: "the same for a spreadsheet"}
_LOOKS = 500
_BLACKED = 10_000  # pictures with something blacked out in the index; all are in their list
_SHOWN = 300  # pictures in the index; a browser still opens it at once
_ABOUT = {
    "displays.json": "the size of each screen and where it stood",
    "accesses.jsonl": "who looked, when and why, one a line",
    "coverage.json": "of which time, and through which sources, looks are known at all, and where not and why",
    "requests.jsonl": "your requests, one a line",
    inventory.BLACK_FILE: "which pictures have parts blacked out, where, on what ground and by what, one a line",
    inventory.LOG_FILE: "every entry of the access log about you, looks and all else, one a line",
    "verify.py": "the program that checks the receipts, on your own computer",
    inventory.FILE: "what is held about you by table, where it is here, and what is left out and why",
}


@dataclass(frozen=True)
class Contents:
    """All that the closing documents of an export speak about; `cuts` are its archives, `volumes` all but the first,
    and `hidden` is what was to be blacked out."""

    person: str
    email: str
    made_at: int
    scope: Scope
    progress: Progress
    cuts: Sequence[Cut]
    volumes: Sequence[Volume]
    looks: Sequence[Look]
    sight: Sight
    requests: Sequence[Request]
    displays: Sequence[Display]
    held: Sequence[tuple[str, bytes]]
    hidden: Plan

    @property
    def files(self) -> list[File]:
        """The files of every archive."""
        return [file for cut in self.cuts for file in cut.files]

    @property
    def black(self) -> list[dict[str, Any]]:
        """What is blacked out, picture by picture."""
        return [file.black for file in self.files if file.black is not None]


def closing(it: Contents) -> list[tuple[str, bytes]]:
    """displays.json, accesses.jsonl, coverage.json, requests.jsonl, what else is held, index.html; in this order."""
    found = [
        ("displays.json", json.dumps([asdict(one) for one in it.displays], ensure_ascii=False, indent=1).encode()),
        ("accesses.jsonl", _lines([_look(look) for look in it.looks])),
        ("coverage.json", json.dumps(it.sight.as_json(), ensure_ascii=False, indent=1).encode()),
        ("requests.jsonl", _lines([_request(request) for request in it.requests])),
    ]
    found.append((inventory.BLACK_FILE, _lines(it.black)))
    found += it.held
    found.append(("index.html", _index(it, found)))
    return found


def manifest(it: Contents, sums: Sequence[tuple[str, int, str, int]]) -> bytes:
    """manifest.json: every other file's (name, size, SHA-256, number of its archive), and what the export holds in
    numbers."""
    content = {
        "made_at": instants.iso(it.made_at),
        "person": it.email,
        "scope": it.scope.as_json(),
        "captures": it.progress.done,
        "kinds": it.progress.kinds,
        "screens": it.progress.screens,
        "blacked_out": it.progress.black,
        "bystander_rules": it.hidden.as_json(),
        "accesses": len(it.looks),
        "coverage": it.sight.as_json(),
        "requests": len(it.requests),
        "first": instants.iso(it.progress.first) if it.progress.first is not None else None,
        "last": instants.iso(it.progress.last) if it.progress.last is not None else None,
        "parts": [{"part": 1}]
        + [{"part": number, "bytes": one.size, "sha256": one.sha256} for number, one in enumerate(it.volumes, 2)],
        "files": [{"name": name, "bytes": size, "sha256": digest, "part": part} for name, size, digest, part in sums],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _index(it: Contents, lists: Sequence[tuple[str, bytes]]) -> bytes:
    tables = [file for file in it.files if stream_of(file) == TABLES]
    sizes = {file.entry.name: file.entry.plain for file in it.files}
    about = _ABOUT | {one.path: one.about for one in inventory.ROWS}
    named = [file.entry.name for file in it.files]
    files = [(name, _TEXTS[stream], sizes[name]) for stream in TEXTS for name in named if _is_text(name, stream)]
    files += [(file.entry.name, "captures as a Parquet table", file.entry.plain) for file in tables]
    # An empty list is in the archive, so that it can be seen that there is nothing; here it would be in the way.
    files += [(name, about[name], len(data)) for name, data in lists if data]
    progress = it.progress
    receipts = {file.entry.name for file in it.files if stream_of(file) == RECEIPTS}
    return rendering.rendered(
        "index.html",
        person=it.person,
        made=rendering.readable(it.made_at),
        narrowed=rendering.in_words(it.scope),
        total=progress.done,
        first=rendering.readable(progress.first) if progress.first is not None else "",
        last=rendering.readable(progress.last) if progress.last is not None else "",
        kinds=sorted(progress.kinds.items(), key=lambda one: -one[1]),
        files=files,
        looks_total=len(it.looks),
        looks=[_row(look, receipts) for look in it.looks[:_LOOKS]],
        unproven=sum(name.endswith(UNPROVEN) for name in receipts),
        unproven_files=UNPROVEN,
        sight=it.sight,
        gaps=[(rendering.readable(one.start), rendering.readable(one.end), one) for one in it.sight.gaps],
        spans=[(rendering.readable(one.start), _until(one.end), one.source) for one in it.sight.spans],
        requests=it.requests,
        screens=[file.entry.name for file in it.files if stream_of(file) == PICTURES],
        shown=_SHOWN,
        black=[_blacked(one) for one in it.black[:_BLACKED]],
        black_total=it.progress.black,
        black_file=inventory.BLACK_FILE,
        rules=_rules(it.hidden) if it.progress.black else [],
        left=inventory.left_out(),
        charts=_charts(it),
        parts=[_part(number, it) for number in range(1, len(it.cuts) + 1)] if it.volumes else [],
        wide=charts.WIDE,
        high=charts.HIGH,
    )


def _blacked(black: dict[str, Any]) -> dict[str, Any]:
    """One picture with its regions in words."""
    regions = [
        {
            "where": "all of it, as its form cannot be opened" if "left" not in one else _where(one, black),
            "ground": Shown(one["shows"]).plain + (f": {one['words']}" if one["words"] else ""),
            "by": f"{one['by']} (entry {one['entry']} of the access log)",
        }
        for one in black["regions"]
    ]
    return {"screen": black["screen"], "file": black["file"], "regions": regions}


def _where(one: dict[str, Any], black: dict[str, Any]) -> str:
    if (one["left"], one["top"], one["right"], one["bottom"]) == (0, 0, black["width"], black["height"]):
        return "all of it"
    return f"{one['left']} to {one['right']} across and {one['top']} to {one['bottom']} down, in pixels"


def _rules(hidden: Plan) -> list[str]:
    """The bystander rules, each as a sentence."""
    return [rule.plain for rule in hidden.rules.rules]


def _until(at: int | None) -> str:
    return "now" if at is None else rendering.readable(at)


def _is_text(name: str, stream: int) -> bool:
    return name.startswith("captures") and name.rpartition(".")[2] == TEXTS[stream].rpartition(".")[2]


def _part(number: int, it: Contents) -> dict[str, Any]:
    """One archive of several: what it holds, and how it can be told."""
    files = it.cuts[number - 1].files
    many = Counter(stream_of(file) for file in files if not file.entry.name.endswith(UNPROVEN))
    holds = ["this index and the lists"] if number == 1 else []
    holds += [file.entry.name for file in files if stream_of(file) in TEXTS]
    for stream, what in ((TABLES, "Parquet tables"), (PICTURES, "pictures of your screen"), (RECEIPTS, "receipts")):
        holds += [f"{many[stream]:,} {what}"] if many[stream] else []
    volume = None if number == 1 else it.volumes[number - 2]
    return {"number": number, "holds": ", ".join(holds), "volume": volume}


def _charts(it: Contents) -> list[Chart]:
    ats, own = [look.at for look in it.looks], [look.is_own for look in it.looks]
    drawn = (charts.captures(it.progress.days), charts.hours(it.progress.hours), charts.looks(ats, own))
    return [one for one in drawn if one is not None]


def _row(look: Look, receipts: Set[str]) -> dict[str, Any]:
    receipt, unproven = (f"{RECEIPT}{look.position}{ending}" for ending in (".json", UNPROVEN))
    shared = "a shared login" if look.shared else ""
    who = "you" if look.is_own else ", ".join(part for part in (look.role, look.team, look.account, shared) if part)
    why = look.purpose.plain + (f" ({look.ticket})" if look.ticket else "")
    count = f"{look.count:,}"
    return {
        "at": rendering.readable(look.at),
        "who": who,
        "action": look.action.value,
        "why": why,
        "count": count,
        "receipt": receipt if receipt in receipts else "",
        "unproven": unproven if unproven in receipts else "",
    }


def _look(look: Look) -> dict[str, Any]:
    return {
        **look.as_json(),
        "position": look.position,
    }


def _request(request: Request) -> dict[str, Any]:
    return {
        "id": request.id,
        "kind": request.kind.value,
        "scope": request.scope.as_json(),
        "reach": request.asked.get("reach"),
        "corrected": {name: request.asked[name] for name in ("field", "value") if name in request.asked},
        "granted": None if request.granted is None else request.granted.as_json(),
        "appeal": None if request.appeal is None else asdict(request.appeal),
        "access": request.access,
        "asked": dict(request.asked),
        "asked_back": [_back(one) for one in request.asked_back],
        "words": request.words,
        "told": request.told,
        "state": request.state.value,
        "jurisdiction": request.jurisdiction,
        "opened_at": instants.iso(request.opened_at),
        "due_on": request.due_on.isoformat(),
        "extended_at": instants.iso(request.extended_at) if request.extended_at is not None else None,
        "stopped_at": instants.iso(request.stopped_at) if request.stopped_at is not None else None,
        "confirm_by": request.confirm_by.isoformat() if request.confirm_by is not None else None,
        "decided_by": request.decider,
        "decided_at": instants.iso(request.decided_at) if request.decided_at is not None else None,
        "starts_at": instants.iso(request.starts_at) if request.starts_at is not None else None,
        "ground": request.ground.value if request.ground else None,
        "reason": request.reason,
        "closed_at": instants.iso(request.closed_at) if request.closed_at is not None else None,
        "counts": request.counts,
        "history": [
            {
                "at": instants.iso(event.at),
                "by": event.name or event.actor,
                "what": event.what,
                "due_on": event.due_on.isoformat() if event.due_on else None,
                "note": event.note,
            }
            for event in request.events
        ],
    }


def _back(one: Back) -> dict[str, Any]:
    answered = instants.iso(one.answered_at) if one.answered_at is not None else None
    return asdict(one) | {"at": instants.iso(one.at), "answered_at": answered}


def _lines(rows: Sequence[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)

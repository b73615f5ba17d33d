"""The readable parts of an export and the lists that go with it, as bytes. Pure but for the templates' files."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files as package_files
from typing import Any

import jinja2

from data import instants
from data.accesses.look import Look
from data.captures.recording import Display
from data.captures.scope import Scope
from data.rights.pieces import CAPTURES_FILE, PICTURES, File, Progress, stream_of
from data.rights.record import Request

_LOOKS = 500
_SHOWN = 300  # pictures in the index; a browser still opens it at once
_ABOUT = {
    "displays.json": "the size of each screen and where it stood",
    "accesses.jsonl": "who looked, when and why, one a line",
    "requests.jsonl": "your requests, one a line",
}
# Controls but tab and line feed, what turns the direction of text, and what no Unicode text may hold.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_LAST_PICTURED, _DELETE, _PICTURES_OF_CONTROLS = 0x1F, 0x7F, 0x2400


@dataclass(frozen=True)
class Contents:
    """All that the closing documents of an export speak about."""

    person: str
    email: str
    made_at: int
    scope: Scope
    progress: Progress
    files: Sequence[File]
    looks: Sequence[Look]
    requests: Sequence[Request]
    displays: Sequence[Display]


def closing(it: Contents) -> list[tuple[str, bytes]]:
    """displays.json, accesses.jsonl, requests.jsonl and index.html, by name, in the order of the archive."""
    found = [
        ("displays.json", json.dumps([asdict(one) for one in it.displays], ensure_ascii=False, indent=1).encode()),
        ("accesses.jsonl", _lines([_look(look) for look in it.looks])),
        ("requests.jsonl", _lines([_request(request) for request in it.requests])),
    ]
    found.append(("index.html", _index(it, found)))
    return found


def manifest(it: Contents, sums: Sequence[tuple[str, int, str]]) -> bytes:
    """manifest.json: every other file's (name, size, SHA-256), and what the archive holds in numbers."""
    content = {
        "made_at": instants.iso(it.made_at),
        "person": it.email,
        "scope": it.scope.as_json(),
        "captures": it.progress.done,
        "kinds": it.progress.kinds,
        "screens": it.progress.screens,
        "accesses": len(it.looks),
        "requests": len(it.requests),
        "first": instants.iso(it.progress.first) if it.progress.first is not None else None,
        "last": instants.iso(it.progress.last) if it.progress.last is not None else None,
        "files": [{"name": name, "bytes": size, "sha256": digest} for name, size, digest in sums],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def rendered(template: str, **values: Any) -> bytes:
    """One of our templates, escaped, with our style inside and nothing fetched from anywhere.

    Characters that show nothing, or turn the text around them, stand as visible marks: HTML forbids most of them
    (13.2.3.5, "control-character-in-input-stream"), and what was typed should be seen.
    """
    folder = package_files("data.rights") / "templates"
    texts = {one.name: one.read_text("utf-8") for one in folder.iterdir() if one.name.endswith((".html", ".css"))}
    env = jinja2.Environment(
        loader=jinja2.DictLoader(texts), autoescape=True, undefined=jinja2.StrictUndefined, finalize=_visible
    )
    return env.get_template(template).render(css=texts["look.css"], iso=_readable, **values).encode()


def visible(text: str) -> str:
    """The text with a mark in place of each control character: U+001B as the picture of ESC, others by number."""
    return _UNSEEN.sub(lambda found: _mark(ord(found.group())), text)


def in_words(scope: Scope) -> str:
    """A scope as a sentence's part; empty for everything."""
    parts: list[str] = []
    if scope.kinds:
        parts.append(f"the kinds {', '.join(sorted(scope.kinds))}")
    if scope.apps:
        parts.append(f"the apps {', '.join(sorted(scope.apps))}")
    if scope.start is not None:
        parts.append(f"from {_readable(scope.start)}")
    if scope.end is not None:
        parts.append(f"before {_readable(scope.end)}")
    return ", ".join(parts)


def _visible(value: Any) -> Any:
    return visible(value) if isinstance(value, str) else value


def _mark(code: int) -> str:
    if code <= _LAST_PICTURED:
        return chr(_PICTURES_OF_CONTROLS + code)
    return "\u2421" if code == _DELETE else f"[U+{code:04X}]"


def _index(it: Contents, lists: Sequence[tuple[str, bytes]]) -> bytes:
    tables = [file for file in it.files if file.entry.name.startswith("captures/")]
    sizes = {file.entry.name: file.entry.plain for file in it.files}
    files = [(CAPTURES_FILE, "every capture, one a line", sizes[CAPTURES_FILE])]
    files += [(file.entry.name, "captures as a Parquet table", file.entry.plain) for file in tables]
    files += [(name, _ABOUT[name], len(data)) for name, data in lists]
    progress = it.progress
    return rendered(
        "index.html",
        person=it.person,
        made=_readable(it.made_at),
        narrowed=in_words(it.scope),
        total=progress.done,
        first=_readable(progress.first) if progress.first is not None else "",
        last=_readable(progress.last) if progress.last is not None else "",
        kinds=sorted(progress.kinds.items(), key=lambda one: -one[1]),
        files=files,
        looks_total=len(it.looks),
        looks=[_row(look) for look in it.looks[:_LOOKS]],
        requests=it.requests,
        screens=[file.entry.name for file in it.files if stream_of(file) == PICTURES],
        shown=_SHOWN,
    )


def _row(look: Look) -> dict[str, Any]:
    who = "you" if look.is_own else ", ".join(part for part in (look.role, look.team, look.account) if part)
    why = look.purpose.plain + (f" ({look.ticket})" if look.ticket else "")
    count = f"{look.count:,}"
    return {"at": _readable(look.at), "who": who, "action": look.action.value, "why": why, "count": count}


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
        "access": request.access,
        "words": request.words,
        "told": request.told,
        "state": request.state.value,
        "jurisdiction": request.jurisdiction,
        "opened_at": instants.iso(request.opened_at),
        "due_on": request.due_on.isoformat(),
        "decided_by": request.decider,
        "decided_at": instants.iso(request.decided_at) if request.decided_at is not None else None,
        "ground": request.ground.value if request.ground else None,
        "reason": request.reason,
        "closed_at": instants.iso(request.closed_at) if request.closed_at is not None else None,
        "counts": request.counts,
        "history": [
            {"at": instants.iso(event.at), "by": event.name or event.actor, "what": event.what, "note": event.note}
            for event in request.events
        ],
    }


def _lines(rows: Sequence[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def _readable(at: int) -> str:
    return instants.moment(at).strftime("%a %-d %b %Y, %H:%M:%S")

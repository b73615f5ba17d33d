"""Documents that a person can read and print: our templates filled in, nothing fetched. Pure but for their files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files as package_files
from typing import Any

import jinja2

from data import instants
from data.captures.scope import Scope

# Controls but tab and line feed, what has no width or turns the direction of text, and what no text may hold.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_LAST_PICTURED, _DELETE, _PICTURES_OF_CONTROLS = 0x1F, 0x7F, 0x2400


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
    return env.get_template(template).render(css=texts["look.css"], iso=readable, **values).encode()


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
        parts.append(f"from {readable(scope.start)}")
    if scope.end is not None:
        parts.append(f"before {readable(scope.end)}")
    return ", ".join(parts)


def of_copy(one: Mapping[str, Any]) -> str:
    """Where a copy outside the store stands (Task.as_json), as a sentence."""
    verb = "corrected" if one["what"] == "correct" else "deleted"
    why = f" {one['reason']}" if one["reason"] else ""
    match one["outcome"]:
        case "done" if one["digest"]:
            return f"{verb}, says {one['closed_by']} at {one['closed']}; digest of what is left: {one['digest']}.{why}"
        case "done":
            return f"said to be {verb}, without a digest, by {one['closed_by']} at {one['closed']}.{why}"
        case "impossible":
            return f"not possible, says {one['closed_by']} at {one['closed']}:{why}"
        case "overdue":
            return f"overdue since {one['due']}; nobody has said what became of it."
        case _:
            told = f"told at {one['told']}" if one["told"] else "to be told"
            return f"open; {told}, and to be {verb} by {one['due']}."


def _visible(value: Any) -> Any:
    return visible(value) if isinstance(value, str) else value


def _mark(code: int) -> str:
    if code <= _LAST_PICTURED:
        return chr(_PICTURES_OF_CONTROLS + code)
    return "\u2421" if code == _DELETE else f"[U+{code:04X}]"


def readable(at: int) -> str:
    """An instant for people, in UTC to the second."""
    return instants.moment(at).strftime("%a %-d %b %Y, %H:%M:%S")

"""One capture as a line a person can read: "typed 'q' in Outlook, Re: offer". Pure; the text is plain, not markup."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any, Protocol

from data.captures.schema import Kind
from pages.shell import words

# What each kind is called on a screen: the noun for one and for many, and its icon (Material Symbols, by name).
NOUNS: dict[Kind, tuple[str, str, str]] = {
    Kind.POINTER: ("pointer move", "pointer moves", "arrow_selector_tool"),
    Kind.CLICK: ("click", "clicks", "mouse"),
    Kind.SCROLL: ("scroll", "scrolls", "swipe_vertical"),
    Kind.KEY: ("keystroke", "keystrokes", "keyboard"),
    Kind.WINDOW: ("window", "windows", "web_asset"),
    Kind.SCREEN: ("screen", "screens", "screenshot_monitor"),
    Kind.IDLE: ("presence", "presence records", "bedtime"),
    Kind.INPUT: ("input count", "input counts", "tag"),
    Kind.OTHER: ("other record", "other records", "category"),
}

_NAMED = {" ": "Space", "\n": "Enter", "\r": "Enter", "\t": "Tab", "\x08": "Backspace", "\x1b": "Escape"}


class Captured(Protocol):
    """What a line is made of: the columns of the capture schema that say something to a person."""

    @property
    def kind(self) -> str: ...
    @property
    def duration(self) -> int | None: ...
    @property
    def down(self) -> bool | None: ...
    @property
    def app(self) -> str | None: ...
    @property
    def title(self) -> str | None: ...
    @property
    def x(self) -> float | None: ...
    @property
    def y(self) -> float | None: ...
    @property
    def dx(self) -> float | None: ...
    @property
    def dy(self) -> float | None: ...
    @property
    def button(self) -> str | None: ...
    @property
    def text(self) -> str | None: ...
    @property
    def value(self) -> str | None: ...


def noun(kind: str, amount: int = 2) -> str:
    """What captures of `kind` are called; a kind this version does not know keeps its own name."""
    if kind not in NOUNS:
        return str(kind)
    one, many, _ = NOUNS[Kind(kind)]
    return words.plural(amount, one, many)


def icon(kind: str) -> str:
    """The name of the kind's icon."""
    return NOUNS[Kind(kind)][2] if kind in NOUNS else "category"


def did(capture: Captured) -> str:
    """What happened, without where."""
    match capture.kind:
        case Kind.POINTER:
            return f"moved the pointer{_to(capture, 'to')}"
        case Kind.CLICK:
            verb = "released" if capture.down is False else "clicked"
            return f"{verb} the {capture.button or 'mouse'} button{_to(capture, 'at')}"
        case Kind.SCROLL:
            return f"scrolled{_direction(capture)}{_to(capture, 'at')}"
        case Kind.KEY:
            return f"{'let go of' if capture.down is False else 'typed'} {_key(capture.text)}"
        case Kind.WINDOW:
            return f"in front{_lasting(capture)}"
        case Kind.SCREEN:
            return "the screen was captured"
        case Kind.IDLE:
            return f"{_presence(capture)}{_lasting(capture)}"
        case Kind.INPUT:
            return f"{_tally(capture)}{_lasting(capture, 'within')}"
        case _:
            return f"another record{f': {capture.text}' if capture.text else ''}{_lasting(capture)}"


def where(capture: Captured) -> str:
    """'Outlook, Re: offer': the app and the window's title, as far as they are known."""
    return ", ".join(part for part in (capture.app, capture.title) if part)


def line(capture: Captured) -> str:
    """The whole line."""
    place = where(capture)
    if not place:
        return did(capture)
    return f"{did(capture)}: {place}" if capture.kind == Kind.WINDOW else f"{did(capture)} in {place}"


def _to(capture: Captured, word: str) -> str:
    if capture.x is None or capture.y is None or not (isfinite(capture.x) and isfinite(capture.y)):
        return ""
    return f" {word} {capture.x:.0f}, {capture.y:.0f}"


def _direction(capture: Captured) -> str:
    parts: list[str] = []
    if capture.dy:
        parts.append(f"{'up' if capture.dy > 0 else 'down'} {abs(capture.dy):g}")
    if capture.dx:
        parts.append(f"{'right' if capture.dx > 0 else 'left'} {abs(capture.dx):g}")
    return " " + " and ".join(parts) if parts else ""


def _key(text: str | None) -> str:
    if not text:
        return "a key"
    if text in _NAMED:
        return _NAMED[text]
    # One character is what was typed; a longer name ('shift_r', 'Key.enter') is a key's name.
    return f"‘{text}’" if len(text) == 1 else text.removeprefix("Key.")


def _lasting(capture: Captured, word: str = "for") -> str:
    return f" {word} {words.span(capture.duration)}" if capture.duration else ""


def _presence(capture: Captured) -> str:
    status = _value(capture).get("status")
    return {"afk": "away from the keyboard", "not-afk": "at the keyboard"}.get(str(status), "presence recorded")


def _tally(capture: Captured) -> str:
    held = _value(capture)
    found = [
        words.count(int(held[name]), one, many)
        for name, one, many in _TALLIED
        if isinstance(held.get(name), int | float)
    ]
    return words.listed(found) if found else "counted input"


_TALLIED = (("presses", "key press", "key presses"), ("clicks", "click", "clicks"))


def _value(capture: Captured) -> dict[str, Any]:
    try:
        held: Any = json.loads(capture.value or "{}")
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}

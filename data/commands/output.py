"""What commands print: JSON for programs, lines and columns for people, progress on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

_WIDEST = 60


def as_json(value: object) -> None:
    """One JSON value in ASCII, so that no terminal or locale can change it."""
    print(json.dumps(value, indent=2))


def lines(*texts: str) -> None:
    """Lines for people."""
    for text in texts:
        print(plain(text))


def table(header: Sequence[str], rows: Sequence[Sequence[Any]], empty: str) -> None:
    """Columns under a header; `empty` when there are no rows."""
    if not rows:
        print(empty)
        return
    cells = [[_cell(value) for value in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def plain(text: str) -> str:
    """Text from outside with everything that could move the cursor or forge a line written as an escape."""
    return "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text)


def failed(sentence: str) -> None:
    """One line on stderr."""
    print(f"daylight: {plain(sentence)}", file=sys.stderr)


def progress(label: str) -> Callable[[int, int], None]:
    """Shows how much is done on a terminal; elsewhere it is silent. `total` 0 means nobody knows."""
    shown = -1

    def show(done: int, total: int) -> None:
        nonlocal shown
        part = done * 100 // total if total else done
        if part != shown and sys.stderr.isatty():
            shown = part
            end = "\n" if total and done >= total else ""
            print(f"\r{label}: {part}%" if total else f"\r{label}: {done:,}", end=end, file=sys.stderr, flush=True)

    return show


def _cell(value: object) -> str:
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if isinstance(value, list | tuple):
        value = ", ".join(str(one) for one in value)  # pyright: ignore[reportUnknownVariableType] (of anything)
    text = plain("" if value is None else f"{value:,}" if isinstance(value, int) else str(value))
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"

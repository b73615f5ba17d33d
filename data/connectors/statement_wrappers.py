"""The query inside a statement that wraps one (COPY, DECLARE, PREPARE, EXPLAIN, an assignment of PL/pgSQL), and the
single statements of a text. Works on shapes (statement_shape.py): there are no values and no comments in them. Pure."""

from __future__ import annotations

import re

_COPY = re.compile(r"copy\b\s*(\(?)", re.IGNORECASE)
_COPY_FROM = re.compile(r"copy\b[^()]*(\([^()]*\))?\s*from\b", re.IGNORECASE)
_AROUND = (
    re.compile(r"declare\b.*?\bcursor\b.*?\bfor\s+", re.IGNORECASE | re.DOTALL),
    re.compile(r'prepare\s+(?:\w+|"[^"]*")\s*(?:\([^()]*\))?\s*as\s+', re.IGNORECASE),
    re.compile(r"explain\s+(?:\([^()]*\)\s*|(?:analyze|analyse|verbose)\s+)*", re.IGNORECASE),
)
_ASSIGNED = re.compile(r"[A-Za-z_][\w.]*\s*:=\s*")


def split(text: str) -> list[str]:
    """The statements of a text without values; only quoted names can still hold a semicolon."""
    if '"' not in text:
        return [one.strip() for one in text.split(";") if one.strip()]
    pieces = re.findall(r'(?:[^";]|"(?:[^"]|"")*")+', text)
    return [one.strip() for one in pieces if one.strip()]


def query(text: str) -> str | None:
    """The query in a statement that wraps one: of COPY, DECLARE, PREPARE, EXPLAIN, an assignment in PL/pgSQL. COPY of a
    table becomes `copy TABLE`; empty for what reads nothing; None when it cannot be told."""
    for around in _AROUND:
        if found := around.match(text):
            return query(text[found.end() :])
    if found := _ASSIGNED.match(text):
        return f"SELECT {text[found.end() :]}"
    copy = _COPY.match(text)
    if copy is None:
        return text
    if copy[1]:
        close = _closing(text, copy.end() - 1)
        return None if close is None else text[copy.end() : close].strip()
    if _COPY_FROM.match(text):
        return ""
    found = re.match(r'copy\s+((?:"(?:[^"]|"")*"|[\w.$])+)\s*(?:\([^()]*\))?\s*to\b', text, re.IGNORECASE)
    return None if found is None else f"copy {found[1]}"


def _closing(text: str, at: int) -> int | None:
    depth = 0
    for found in re.finditer(r'"(?:[^"]|"")*"|[()]', text[at:]):
        depth += {"(": 1, ")": -1}.get(found.group(), 0)
        if depth == 0:
            return at + found.start()
    return None


def is_copy(text: str) -> bool:
    """Whether it is a COPY."""
    return _COPY.match(text) is not None

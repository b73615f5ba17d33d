"""The shape of an SQL statement: its text with every value taken out, so that equal statements about different values
are parsed once, and so that what is shown to everybody names nobody. PostgreSQL's lexical rules (manual, 4.1). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What stands for the values in the text that is parsed. A string stays a string and a number a number, as the grammar
# needs them; the numbers are so long that no statement has them by chance in an `IN` list of its own shape.
STRING = "daylight_value_"
NUMBER = 7_300_000_000_000_000

_WORD = r"[A-Za-z_\x80-\U0010ffff][A-Za-z_0-9$\x80-\U0010ffff]*"
_TOKEN = re.compile(
    r"""
      (?P<plain>(?:(?![eEbBxXnN]'|[uU]&['"])[A-Za-z_][A-Za-z_0-9$]*(?![\x80-\U0010ffff])
                  |[ ](?![ \t\n\r\f\v])|\.(?!\d)|[(),;=<>*+:\[\]])+)
    | (?P<space>[ \t\n\r\f\v]+)
    | (?P<line>--[^\n\r]*)
    | (?P<comment>/\*)
    | (?P<escape>[eE]'(?:[^'\\]|\\.|'')*')
    | (?P<unicode>[uU]&['"])
    | (?P<bits>[bBxX]'[^']*')
    | (?P<string>[nN]?'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<word>"""
    + _WORD
    + r""")
    | (?P<parameter>\$\d+)
    | (?P<dollar>\$(?:[A-Za-z_\x80-\U0010ffff][A-Za-z_0-9\x80-\U0010ffff]*)?\$)
    | (?P<number>(?:\d[\d_]*(?:\.\d+|\.(?!\.))?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_END_OF_COMMENT = re.compile(r"/\*|\*/")
_WHOLE = re.compile(r"\d+", re.ASCII)


@dataclass(frozen=True)
class Shape:
    """`text` for the parser; `values` that it left out, by their number, None where one cannot be told for sure;
    `shown` for people. `certain`: what is a value and what is not is beyond doubt (no escapes that a setting of the
    server could turn off, no names in other scripts, nothing left open)."""

    text: str
    values: tuple[str | None, ...]
    shown: str
    certain: bool


def shape(statement: str) -> Shape:
    """The shape of a statement."""
    text: list[str] = []
    said: list[str] = []
    values: list[str | None] = []
    certain = True
    at, end = 0, len(statement)
    matched_at = _TOKEN.match
    while at < end:
        found = matched_at(statement, at)
        if found is None:  # pragma: no cover (the last alternative takes any character)
            break
        kind, token, at = found.lastgroup, found.group(), found.end()
        if kind == "plain":
            if token[0] == " " and text and text[-1][-1:] == " ":
                token = token[1:]
            text.append(token)
            said.append(token)
        elif kind in ("space", "line", "comment"):
            if kind == "comment":
                at, closed = _comment_end(statement, at)
                certain = certain and closed
            if text and text[-1][-1:] != " ":
                text.append(" ")
                said.append(" ")
        elif kind in ("string", "escape"):
            plain = token[token.index("'") + 1 : -1].replace("''", "'")
            # A backslash in a plain string is an escape where standard_conforming_strings is off.
            certain = certain and not (kind == "string" and "\\" in plain)
            text.append(f"'{STRING}{len(values)}'")
            values.append(None if "\\" in plain else plain)
            said.append("?")
        elif kind == "number":
            text.append(str(NUMBER + len(values)))
            values.append(token)
            said.append("?")
        elif kind == "dollar":
            close = statement.find(token, at)
            certain = certain and close >= 0
            at = end if close < 0 else close + len(token)
            text.append(f"'{STRING}{len(values)}'")
            values.append(None)
            said.append("?")
        elif kind == "bits":
            text.append(f"'{STRING}{len(values)}'")
            values.append(None)
            said.append("?")
        else:
            # An opening quote that nothing closes comes as a mark.
            certain = (
                certain and kind != "unicode" and token not in ("'", '"') and (kind == "quoted" or token.isascii())
            )
            text.append(token)
            said.append(token)
    return Shape("".join(text).strip(), tuple(values), "".join(said).strip(), certain)


def is_whole(text: str) -> bool:
    """Whether a value is written as digits only."""
    return _WHOLE.fullmatch(text) is not None


def _comment_end(statement: str, at: int) -> tuple[int, bool]:
    """Where the comment that began before `at` ends (comments nest), and whether it does."""
    depth = 1
    while depth:
        found = _END_OF_COMMENT.search(statement, at)
        if found is None:
            return len(statement), False
        depth += 1 if found.group() == "/*" else -1
        at = found.end()
    return at, True

"""The words of an SQL statement, without comments, by PostgreSQL's lexical rules (manual, 4.1). Pure."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
      (?P<space>\s+|--[^\n\r]*)
    | (?P<comment>/\*)
    | (?P<string>(?:[nN]|[eE](?!'[^']*\\)|[uU]&(?!'[^']*\\))?'(?:[^']|'')*')
    | (?P<quoted>(?:[uU]&(?!"[^"]*\\))?"(?:[^"]|"")*")
    | (?P<opaque>[eE]'(?:[^'\\]|\\.|'')*'|[uU]&(?:'(?:[^']|'')*'|"(?:[^"]|"")*"))
    | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
    | (?P<parameter>\$\d+)
    | (?P<word>[^\W\d][\w$]*)
    | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT = re.compile(r"/\*|\*/")


class Sort(StrEnum):
    """What a word of a statement is. `OPAQUE` is written with escapes, so that it may be anything."""

    WORD = "word"
    QUOTED = "quoted"
    STRING = "string"
    OPAQUE = "opaque"
    PARAMETER = "parameter"
    MARK = "mark"


class Word(NamedTuple):
    """A word: in lower case where case does not count; without its quotes."""

    sort: Sort
    text: str

    @property
    def is_name(self) -> bool:
        """Whether it can be a name, or a part of one."""
        return self.sort in (Sort.WORD, Sort.QUOTED, Sort.OPAQUE)


def statements(text: str) -> list[list[Word]]:
    """The words of each statement in a text. What stands between dollar signs is read as code, so that the body of a
    function is part of its statement."""
    found: list[list[Word]] = [[]]
    at, body = 0, ""
    while at < len(text):
        token = _TOKEN.match(text, at)
        assert token is not None  # a mark matches anything
        at, sort, said = token.end(), token.lastgroup or "", token[0]
        if sort == "comment":
            at = _end_of_comment(text, at)
        elif sort == "dollar":
            body = "" if body == said else body or said
        elif said == ";" and not body:
            found.append([])
        elif sort != "space":
            found[-1].append(_word(Sort(sort), said))
    return [words for words in found if words]


def _word(sort: Sort, said: str) -> Word:
    match sort:
        case Sort.WORD:
            return Word(sort, said.lower())
        case Sort.QUOTED:
            return Word(sort, said[said.index('"') + 1 : -1].replace('""', '"'))
        case Sort.STRING:
            return Word(sort, said[said.index("'") + 1 : -1].replace("''", "'"))
        case _:
            return Word(sort, said)


def _end_of_comment(text: str, at: int) -> int:
    depth = 1
    for mark in _COMMENT.finditer(text, at):
        depth += 1 if mark[0] == "/*" else -1
        if not depth:
            return mark.end()
    return len(text)

"""Statements and lines by which pgAudit is switched off or on: its settings, and those that hide its lines. Pure.

What names a setting of pgAudit and is not understood counts as switched off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from data import pgaudit_settings
from data.connectors import statement_words
from data.connectors.statement_words import Sort, Word
from data.pgaudit_settings import DEFAULTS, LOG

_SETTINGS = frozenset(DEFAULTS)
# How much its lines say, not whether a read gets one.
_HARMLESS = frozenset(
    f"pgaudit.{name}"
    for name in (
        "log_catalog",
        "log_client",
        "log_parameter",
        "log_parameter_max_size",
        "log_relation",
        "log_rows",
        "log_statement_once",
        "role",
    )
)
_HINTS = ("pgaudit", "log_min_messages", "set_config", "reset", "discard", "u&")
_ROUTINES = ("function", "procedure", "routine")
_CHANGED = re.compile(
    rf'parameter "({"|".join(map(re.escape, sorted(_SETTINGS, key=len, reverse=True)))})"'
    r' (?:changed to "(.*)"|removed from configuration file)',
    re.DOTALL,
)
_ANY = "?"  # a name that cannot be told
_SET, _RESET, _SESSION, _LOCAL, _TO = (Word(Sort.WORD, one) for one in ("set", "reset", "session", "local", "to"))
_IS, _DOT, _COMMA, _OPEN, _COLON = (Word(Sort.MARK, one) for one in "=.,(:")

Parameters = Sequence[str | None]


@dataclass(frozen=True)
class Switch:
    """`setting` of `whose` (session, system, role NAME, database NAME, function NAME) now records or not. `certain`:
    this was said by naming the setting; otherwise everything was reset."""

    whose: str
    setting: str
    records: bool
    certain: bool = True


def of_statement(text: str, parameters: Parameters = ()) -> list[Switch]:
    """The switches that a statement makes, with what stands for $1 and so on in it."""
    lower = text.casefold()
    if not any(hint in lower for hint in _HINTS):
        return []
    return [one for words in statement_words.statements(text) for one in _of_one(words, parameters)]


def of_server(message: str) -> Switch | None:
    """The switch that the server itself reports after its configuration was read again."""
    found = _CHANGED.search(message)
    if found is None:
        return None
    setting, value = found[1], found[2]
    # Without a setting of its own pgAudit records nothing; the others then are as they should be.
    records = setting != LOG if value is None else pgaudit_settings.records(setting, value)
    return Switch("system", setting, records)


def _of_one(words: list[Word], parameters: Parameters) -> Iterator[Switch]:
    """The switches of one statement."""
    whose, found = _whose(words), 0
    for setting, records in (*_named(words), *_called(words, parameters), *_inside(words)):
        found += 1
        yield Switch(whose, setting, records)
    if found:
        return
    plain = [one.text for one in words if one.sort == Sort.WORD]
    if any(pair in (("reset", "all"), ("discard", "all")) for pair in pairwise(plain)):
        yield Switch(whose, LOG, records=True, certain=False)
        yield Switch(whose, "pgaudit.log_statement", records=True, certain=False)
    elif _meant(words, plain):
        yield Switch(whose, LOG, records=False)


def _meant(words: list[Word], plain: list[str]) -> bool:
    """Whether a statement of which nothing was understood may be meant for pgAudit all the same."""
    if not any("pgaudit" in one.text.casefold() for one in words if one.sort != Sort.WORD):
        return False
    return bool({"do", "execute", *_ROUTINES}.intersection(plain)) or {"update", "pg_settings"}.issubset(plain)


def _named(words: list[Word]) -> Iterator[tuple[str, bool]]:
    """Each setting after SET or RESET, and whether reads are recorded with it."""
    for number, one in enumerate(words):
        if one not in (_SET, _RESET):
            continue
        start = number + 1
        if one == _SET and words[start : start + 1] in ([_SESSION], [_LOCAL]):
            start += 1
        name, end = _name(words, start)
        setting = _setting(name)
        if setting is None:
            continue
        if one == _RESET or name not in _SETTINGS:
            yield setting, one == _RESET and name in _SETTINGS
        else:
            value = _value(words[end:])
            yield setting, value is not None and pgaudit_settings.records(setting, value)


def _called(words: list[Word], parameters: Parameters) -> Iterator[tuple[str, bool]]:
    """Each setting in a call of set_config. A name that cannot be told may be any."""
    for number, one in enumerate(words):
        if one.text != "set_config" or not one.is_name or words[number + 1 : number + 2] != [_OPEN]:
            continue
        name, value = (_argument(given, parameters) for given in _arguments(words[number + 2 :], 2))
        setting = LOG if name is None else _setting(name.casefold())
        if setting is not None:
            known = name is not None and name.casefold() in _SETTINGS and value is not None
            yield setting, known and pgaudit_settings.records(setting, value or "")


def _inside(words: list[Word]) -> Iterator[tuple[str, bool]]:
    """Switches in strings that are run: bodies of functions, and what EXECUTE is given."""
    if not any(one.sort == Sort.WORD and one.text in ("do", "execute", *_ROUTINES) for one in words):
        return
    for one in words:
        if one.sort == Sort.STRING:
            yield from ((switch.setting, switch.records) for switch in of_statement(one.text))


def _setting(name: str) -> str | None:
    """The setting that a name is, the main one where it may be any; None when it is no concern of ours."""
    if name in _SETTINGS:
        return name
    return LOG if name == _ANY or (name.startswith("pgaudit.") and name not in _HARMLESS) else None


def _name(words: list[Word], start: int) -> tuple[str, int]:
    """The name with its dots that begins there, in lower case, and where it ends."""
    parts: list[Word] = []
    at = start
    while at < len(words) and words[at].is_name:
        parts.append(words[at])
        at += 1
        if words[at : at + 1] != [_DOT]:
            break
        at += 1
    if any(one.sort == Sort.OPAQUE for one in parts):
        return _ANY, at
    return ".".join(one.text.casefold() for one in parts), at


def _value(words: list[Word]) -> str | None:
    """What a setting is set to, a list with commas; None when that is not plain."""
    if words[:1] not in ([_IS], [_TO]):
        return None
    items: list[str] = []
    for number in range(1, len(words), 2):
        if words[number].sort not in (Sort.WORD, Sort.QUOTED, Sort.STRING):
            return None
        items.append(words[number].text)
        after = words[number + 1 : number + 2]
        if after != [_COMMA]:
            # Strings that follow each other are one.
            return None if after and after[0].sort in (Sort.STRING, Sort.OPAQUE) else ", ".join(items)
    return None


def _arguments(words: list[Word], most: int) -> list[list[Word]]:
    """The first arguments of a call, after its opening bracket."""
    found: list[list[Word]] = [[]]
    depth = 0
    for one in words:
        if one.sort == Sort.MARK:
            depth += {"(": 1, ")": -1}.get(one.text, 0)
            if depth < 0:
                break
            if one == _COMMA and not depth:
                found.append([])
                continue
        found[-1].append(one)
    return [*found, *([] for _ in range(most))][:most]


def _argument(words: list[Word], parameters: Parameters) -> str | None:
    """The text that an argument is, whatever it is cast to; None when that is not plain."""
    if not words or (len(words) > 1 and words[1:3] != [_COLON, _COLON]):
        return None
    if words[0].sort == Sort.PARAMETER:
        number = int(words[0].text[1:])
        return parameters[number - 1] if 0 < number <= len(parameters) else None
    return words[0].text if words[0].sort == Sort.STRING else None


def _whose(words: list[Word]) -> str:
    """For whom a statement sets something."""
    for number, one in enumerate(words):
        if one.sort != Sort.WORD or one.text not in ("alter", "create"):
            continue
        # CREATE OR REPLACE FUNCTION is the longest way there.
        for place, kind in enumerate(words[number + 1 : number + 4], number + 1):
            if kind.sort != Sort.WORD:
                break
            if kind.text in _ROUTINES:
                return f"function {_name(words, place + 1)[0]}"
            if one.text == "alter" and kind.text == "system":
                return "system"
            if one.text == "alter" and kind.text in ("role", "user", "database"):
                return _holder("database" if kind.text == "database" else "role", words[place + 1 :])
    return "session"


def _holder(kind: str, words: list[Word]) -> str:
    name = words[0].text if words else ""
    inside = len(words) > 3 and [one.text for one in words[1:3]] == ["in", "database"]
    return f"{kind} {name} in {words[3].text}" if inside else f"{kind} {name}"

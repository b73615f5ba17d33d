"""Statements and lines by which pgAudit is switched off or on: its settings, and those that hide its lines. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SETTINGS = r"(pgaudit\.log|pgaudit\.log_statement|pgaudit\.log_level|log_min_messages)"
_NAME = r'(?:"(?:[^"]|"")*"|[\w$]+)'
_VALUE = r"\s*(?:=|\bto\b)\s*((?:'[^']*'|[^;'\s]+)(?:\s*,\s*(?:'[^']*'|[^;'\s]+))*)"
_SET = re.compile(rf"\bset\s+(?:session\s+|local\s+)?{_SETTINGS}{_VALUE}", re.IGNORECASE)
_RESET = re.compile(rf"\breset\s+{_SETTINGS}", re.IGNORECASE)
_RESET_ALL = re.compile(r"\b(?:reset\s+all|discard\s+all)\b", re.IGNORECASE)
_CONFIG = re.compile(rf"\bset_config\s*\(\s*'{_SETTINGS}'\s*,\s*'([^']*)'", re.IGNORECASE)
_ALTER = re.compile(
    rf"\balter\s+(?:(system)|(role|user|database)\s+({_NAME})(?:\s+in\s+database\s+({_NAME}))?)\s+(?=set\b|reset\b)",
    re.IGNORECASE,
)
_CHANGED = re.compile(rf'parameter "{_SETTINGS}" (?:changed to "(.*)"|removed from configuration file)', re.DOTALL)
_WORDS = re.compile(r"[-\w]+")
_SHOWN_LEVELS = frozenset({"log", "warning"})


@dataclass(frozen=True)
class Switch:
    """`setting` of `whose` (session, system, role NAME, database NAME) now records or not. `certain`: this was said by
    naming the setting; otherwise everything was reset."""

    whose: str
    setting: str
    records: bool
    certain: bool = True


def of_statement(text: str) -> list[Switch]:
    """The switches that a statement makes."""
    lower = text.casefold()
    if "pgaudit" not in lower and "log_min_messages" not in lower and " all" not in lower:
        return []
    found: list[Switch] = []
    altered = _ALTER.search(text)
    whose = "session" if altered is None else _whose(altered)
    found += [Switch(whose, one[1].casefold(), _records(one[1], one[2])) for one in _SET.finditer(text)]
    found += [Switch(whose, one[1].casefold(), True) for one in _RESET.finditer(text)]
    found += of_query(text)
    if _RESET_ALL.search(text) and not found:
        found += [Switch(whose, setting, True, certain=False) for setting in ("pgaudit.log", "pgaudit.log_statement")]
    return found


def of_query(text: str) -> list[Switch]:
    """The switches that a query makes by calling set_config."""
    if "set_config" not in text.casefold():
        return []
    return [Switch("session", one[1].casefold(), _records(one[1], one[2])) for one in _CONFIG.finditer(text)]


def of_server(message: str) -> Switch | None:
    """The switch that the server itself reports after its configuration was read again."""
    found = _CHANGED.search(message)
    if found is None:
        return None
    setting, value = found[1], found[2]
    # Without a setting of its own pgAudit records nothing; the others then are as they should be.
    records = setting != "pgaudit.log" if value is None else _records(setting, value)
    return Switch("system", setting, records)


def _whose(altered: re.Match[str]) -> str:
    if altered[1]:
        return "system"
    kind = "database" if altered[2].casefold() == "database" else "role"
    inside = f" in {altered[4]}" if altered[4] else ""
    return f"{kind} {altered[3]}{inside}".casefold()


def _records(setting: str, value: str) -> bool:
    words = [word.casefold() for word in _WORDS.findall(value)]
    match setting.casefold():
        case "pgaudit.log":
            reads = words == ["default"]
            for word in words:
                if word in ("all", "read"):
                    reads = True
                elif word in ("none", "-all", "-read"):
                    reads = False
            return reads
        case "pgaudit.log_statement":
            return words[:1] not in (["off"], ["false"], ["no"], ["0"], ["f"], ["n"], ["of"])
        case "pgaudit.log_level":
            return words[:1] == ["default"] or bool(_SHOWN_LEVELS.intersection(words))
        case _:
            return not {"fatal", "panic"}.intersection(words)

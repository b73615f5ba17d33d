"""The settings of PostgreSQL that decide whether pgAudit records a read, and with which values it does. Pure.

Both the import of its log and the look at a server ask here, so that neither takes for recorded what the other does
not.
Sources: pgAudit's README ("Settings"); PostgreSQL documentation, "Setting Parameters" and "When to Log".
"""

from __future__ import annotations

import re

LOG = "pgaudit.log"
# With what a server has that says nothing of them.
DEFAULTS = {LOG: "none", "pgaudit.log_statement": "on", "pgaudit.log_level": "log", "log_min_messages": "warning"}
_WORDS = re.compile(r"[-\w]+")
_SHOWN_LEVELS = frozenset({"log", "warning"})
_FALSE = frozenset({"0", "of", "off", "n", "no", "f", "fa", "fal", "fals", "false"})


def records(setting: str, value: str) -> bool:
    """Whether reads are recorded, whole and where they can be found, with this value of one of DEFAULTS (as it stands
    in the catalog, or after SET). Of pgaudit.log the classes count in order, and a `-` takes one out again."""
    words = [word.casefold() for word in _WORDS.findall(value)]
    match setting:
        case "pgaudit.log":
            reads = words == ["default"]
            for word in words:
                if word in ("all", "read"):
                    reads = True
                elif word in ("none", "-all", "-read"):
                    reads = False
            return reads
        case "pgaudit.log_statement":
            return not is_false(value)
        case "pgaudit.log_level":
            return words[:1] == ["default"] or bool(_SHOWN_LEVELS.intersection(words))
        case _:
            return not {"fatal", "panic"}.intersection(words)


def is_false(value: str) -> bool:
    """Whether a switch of PostgreSQL is off with this value: any beginning of a word that leaves no doubt will do."""
    return value.strip().casefold() in _FALSE

"""JSON Lines: one JSON object a line, in UTF-8."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from data.connectors import files
from data.errors import BadInput

Record = dict[str, object]


def objects(path: Path) -> Iterator[tuple[int, Record]]:
    """The objects of the file with the numbers of their lines from 1; blank lines are passed over.

    BadInput names the line and the character. A file that was cut exactly between two lines cannot be told from a
    whole one.
    """
    decode = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_once).decode
    for number, line in files.lines(path):
        if line.isspace():
            continue
        place = f"{path}, line {number}"
        try:
            found = decode(line)
        except json.JSONDecodeError as error:
            where = f"at character {error.pos + 1} ({error.msg})"
            raise BadInput(f"{place}: malformed or cut JSON {where}.") from None
        except RecursionError:
            raise BadInput(f"{place}: JSON nested too deeply.") from None
        except files.NotAllowedHere as error:
            raise BadInput(f"{place}: {error}.") from None
        except ValueError:
            raise BadInput(f"{place}: {files.TOO_MANY_DIGITS}.") from None
        if not isinstance(found, dict):
            raise BadInput(f"{place}: the line is not a JSON object.")
        yield number, cast("Record", found)


def _refuse(name: str) -> object:
    raise files.NotAllowedHere(f"{name} is not JSON")


def _once(pairs: list[tuple[str, object]]) -> Record:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise files.NotAllowedHere("a name occurs twice in one JSON object")
    return found

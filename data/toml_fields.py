"""Fields of a TOML file, checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any, cast

from data import instants
from data.errors import BadInput

Fields = Mapping[str, Any]
_LONGEST = 200


class Wrong(Exception):
    """What is wrong, in words that follow the place."""


def parsed(content: bytes, name: str) -> Fields:
    """A whole file, called `name` where something is wrong with it. Raises BadInput for what is no TOML."""
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadInput(f"{name}: byte {error.start + 1} is not UTF-8.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(f"{name} is not TOML: {str(error) or 'nested too deeply'}.") from None


def known(fields: Fields, names: frozenset[str]) -> None:
    """Wrong unless every field is one of `names`."""
    unknown = sorted(set(fields) - names)
    if unknown:
        raise Wrong(f"there is no {unknown[0][:40]!r}; there are {', '.join(sorted(names))}")


def one(fields: Fields, name: str, *, needed: bool = True) -> Fields:
    """The section of this name; an empty one where it is left out and not needed."""
    found = fields.get(name, None if needed else {})
    if not isinstance(found, dict):
        raise Wrong(f"[{name}] is missing" if found is None else f"{name} is no section [{name}]")
    return cast("Fields", found)


def many(fields: Fields, name: str, *, missing: str = "") -> list[Fields]:
    """The sections of this name, [[name]]; Wrong without one where `missing` says what that would mean."""
    found: Any = fields.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in cast("list[Any]", found)):
        raise Wrong(f"{name} is no section [[{name}]]")
    if missing and not found:
        raise Wrong(f"there is no [[{name}]]; {missing}")
    return cast("list[Fields]", found)


def texts(fields: Fields, name: str) -> tuple[str, ...]:
    """A list of texts; empty only where it is left out."""
    found: Any = fields.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, str) and one for one in cast("list[Any]", found)):
        raise Wrong(f"{name} is no list of texts")
    if name in fields and not found:
        raise Wrong(f"{name} is empty")
    return tuple(cast("list[str]", found))


def text(fields: Fields, name: str, *, needed: bool = False) -> str:
    """A text without invisible characters; empty only where it is left out and not needed."""
    found = fields.get(name, "")
    if not isinstance(found, str):
        raise Wrong(f"{name} is no text")
    if not found.isprintable() or len(found) > _LONGEST:
        raise Wrong(f"{name} holds an invisible character or more than {_LONGEST} characters")
    if (needed or name in fields) and not found.strip():
        raise Wrong(f"{name} is {'empty' if name in fields else 'missing'}")
    return found.strip()


def flag(fields: Fields, name: str, default: bool = False) -> bool:
    """true or false."""
    found = fields.get(name, default)
    if not isinstance(found, bool):
        raise Wrong(f"{name} is neither true nor false")
    return found


def minutes(fields: Fields, name: str) -> int | None:
    """Whole minutes as microseconds; None where it is left out."""
    found = fields.get(name)
    if found is None:
        return None
    if type(found) is not int or not 1 <= found <= 10_080:
        raise Wrong(f"{name} is no whole number from 1 to 10080 (a week)")
    return found * instants.MINUTE

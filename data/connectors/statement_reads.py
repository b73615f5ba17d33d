"""What an SQL statement reads of the holdings, and of whom. Pure; each shape of a statement is parsed once.

An unqualified name may be any mapped table of that name, because the search path is not known. What cannot be parsed
may have read everybody in every mapped table whose name stands in its text.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from data.connectors import statement_wrappers
from data.connectors.holdings import Holding, Holdings, Lookup, union
from data.connectors.statement_narrowing import Among, Either, Proof, identifier, proof, slots
from data.connectors.statement_shape import Shape, is_whole, shape

_MOST_SHAPES = 20_000
_MOST_TEXTS = 20_000
_LONGEST_REMEMBERED = 2_000  # characters
_LONGEST_PARSED = 100_000  # characters; a longer shape costs the parser minutes
_QUERY = re.compile(r"\(*\s*(?:select|with|values|insert|update|delete|merge|table|create)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """One holding that a shape reads; `proof` None: everybody whom it holds."""

    holding: Holding
    proof: Proof | None


@dataclass(frozen=True)
class Known:
    """What a shape reads. `understood` is False where only its text was searched."""

    parts: tuple[Part, ...]
    understood: bool
    copies: bool


@dataclass(frozen=True)
class Reads:
    """What one statement read: of whom (ids; None everybody), how it is shown, and whether it was understood, narrowed
    to single people, or a copy (COPY, CREATE TABLE AS, INSERT ... SELECT)."""

    holdings: tuple[Holding, ...]
    people: frozenset[int] | None
    shown: str
    understood: bool
    narrowed: bool
    copies: bool


class Statements:
    """Reads statements of one audited system, remembering the shapes it has seen."""

    def __init__(self, holdings: Holdings) -> None:
        # What the parser does not understand is said where it matters, in the entry; not on stderr, with the statement.
        logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
        self._holdings = holdings
        tables = [one.name for holding in holdings.holdings for one in (*holding.tables, *holding.functions)]
        words = "|".join(".*".join(re.escape(part) for part in name.split("*")) for name in sorted(tables))
        self._named = re.compile(rf"(?<!\w)(?:{words or '(?!)'})(?!\w)|u&\"", re.IGNORECASE)
        self._known: dict[tuple[str, str, bool], Known] = {}
        self._shapes: dict[str, Shape | None] = {}

    def reads(self, statement: str, parameters: Sequence[str | None], database: str = "") -> Reads | None:
        """What the statement reads, or None when it reads nothing of the holdings. `parameters` are $1, $2 ... as far
        as they are known."""
        found = self._shape(statement)
        if found is None:
            return None
        key = (found.text, database, found.certain)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MOST_SHAPES:
                self._known.clear()
            known = self._known[key] = self._parse(found, database)
        if not known.parts:
            return None
        people = [_people(part, found.values, parameters) for part in known.parts]
        holdings = tuple(dict.fromkeys(part.holding for part in known.parts))
        return Reads(
            holdings=holdings,
            people=union(
                [
                    one if one is not None else part.holding.everybody
                    for one, part in zip(people, known.parts, strict=True)
                ]
            ),
            shown=found.shown,
            understood=known.understood,
            narrowed=all(one is not None for one in people),
            copies=known.copies,
        )

    def names(self, statement: str) -> bool:
        """Whether a mapped name stands in the text at all."""
        return self._named.search(statement) is not None

    def _shape(self, statement: str) -> Shape | None:
        """The shape, None where no mapped name stands in the text."""
        try:
            return self._shapes[statement]
        except KeyError:
            found = shape(statement) if self.names(statement) else None
            if len(statement) <= _LONGEST_REMEMBERED:
                if len(self._shapes) >= _MOST_TEXTS:
                    self._shapes.clear()
                self._shapes[statement] = found
            return found

    def _parse(self, found: Shape, database: str) -> Known:
        parts: list[Part] = []
        understood = found.certain
        copies = False
        if found.certain:
            for text in statement_wrappers.split(found.text):
                one = self._piece(text, database)
                if one is None:
                    understood = False
                    break
                parts += one.parts
                copies = copies or one.copies
        if not understood:
            parts = [Part(one, None) for one in self._holdings.holdings if self._in_text(one, found.text)]
            copies = statement_wrappers.is_copy(found.text)
        return Known(tuple(dict.fromkeys(parts)), understood, copies)

    def _piece(self, text: str, database: str) -> Known | None:
        """One statement of a text, or None when it is not understood."""
        if not self.names(text):
            return Known((), True, False)
        query, copies = statement_wrappers.query(text), statement_wrappers.is_copy(text)
        if query is None:
            return None
        if query.startswith("copy "):
            return self._copied(query[5:], database)
        if not _QUERY.match(query) or len(query) > _LONGEST_PARSED:
            return Known((), True, False) if not query else None
        try:
            tree = sqlglot.parse_one(query, read="postgres")
        except (SqlglotError, RecursionError, ValueError, AttributeError, TypeError, IndexError, KeyError):
            return None
        if tree.find(exp.Command):
            return None
        tables = list(tree.find_all(exp.Table))
        parts = [part for table in tables if _is_read(table) for part in self._table(table, database)]
        parts += self._functions(tree)
        named = {identifier(table.this).casefold() for table in tables}
        named |= {identifier(alias.this).casefold() for alias in tree.find_all(exp.TableAlias)}
        for one in self._holdings.holdings:
            # A mapped name that is neither table nor alias in the tree: perhaps the parser took it for something else.
            seen = any(table.matches(name) for table in one.tables for name in named)
            seen = seen or any(part.holding is one for part in parts) or _only_column(tree, one)
            if not seen and self._in_text(one, query):
                return None
        return Known(tuple(parts), True, copies or _is_copy(tree))

    def _table(self, table: exp.Table, database: str) -> list[Part]:
        name, schema = identifier(table.this), identifier(table.args.get("db"))
        catalog = identifier(table.args.get("catalog")) or database
        if not name or (not schema and _is_cte(table, name)):
            return []
        found = self._holdings.tables(name, schema, catalog)
        select = table.parent_select
        if not found or select is None:
            return [Part(one, None) for one in found]
        return [Part(one, proof(table, one.column) if one.lookup else None) for one in found]

    def _functions(self, tree: exp.Expr) -> list[Part]:
        called = {str(one.this).casefold() for one in tree.find_all(exp.Anonymous)}
        return [
            Part(one, None)
            for one in self._holdings.holdings
            if any(function.matches(name) for function in one.functions for name in called)
        ]

    def _copied(self, query: str, database: str) -> Known | None:
        """COPY of a whole table: `query` is what stands between COPY and TO."""
        try:
            table = sqlglot.parse_one(f"SELECT * FROM {query}", read="postgres").find(exp.Table)
        except (SqlglotError, RecursionError, ValueError):
            return None
        if table is None:
            return None
        return Known(tuple(Part(part.holding, None) for part in self._table(table, database)), True, True)

    def _in_text(self, holding: Holding, text: str) -> bool:
        if 'u&"' in text.casefold():
            return True
        names = [one.name for one in (*holding.tables, *holding.functions)]
        words = "|".join(r"[\w$]*".join(re.escape(part) for part in name.split("*")) for name in names)
        return bool(names) and re.search(rf"(?<!\w)(?:{words})(?!\w)", text, re.IGNORECASE) is not None


def _people(part: Part, values: Sequence[str | None], parameters: Sequence[str | None]) -> frozenset[int] | None:
    """Of whom, or None when it is everybody whom the holding holds."""
    lookup = part.holding.lookup
    if part.proof is None or lookup is None:
        return None
    for slot in slots(part.proof):
        if _value(slot.number, values, parameters, slot.parameter, slot.whole) is None:
            return None
    return _among(part.proof, lookup, values, parameters)


def _among(
    found: Proof, lookup: Lookup, values: Sequence[str | None], parameters: Sequence[str | None]
) -> frozenset[int]:
    if isinstance(found, Among):
        named = (
            lookup.person(_value(slot.number, values, parameters, slot.parameter, slot.whole) or "")
            for slot in found.slots
        )
        return frozenset(one for one in named if one is not None)
    sets = [_among(part, lookup, values, parameters) for part in found.parts]
    return frozenset.union(*sets) if isinstance(found, Either) else frozenset.intersection(*sets)


def _value(
    number: int, values: Sequence[str | None], parameters: Sequence[str | None], is_parameter: bool, whole: bool
) -> str | None:
    held = parameters if is_parameter else values
    value = held[number] if 0 <= number < len(held) else None
    return None if value is None or (whole and not is_whole(value.strip())) else value


def _is_read(table: exp.Table) -> bool:
    """Whether the table is read there: not written into, not only locked."""
    parent = table.parent
    if isinstance(parent, exp.Schema):
        table, parent = parent, parent.parent  # pyright: ignore[reportAssignmentType] (a table with its columns)
    if isinstance(parent, exp.Into | exp.Lock | exp.Returning):
        return False
    if isinstance(parent, exp.Create):
        return parent.this is not table
    if isinstance(parent, exp.Insert):
        gives = parent.args.get("returning") and parent.args.get("conflict")
        return parent.this is not table or bool(gives)
    if isinstance(parent, exp.Update | exp.Delete | exp.Merge):
        return parent.this is not table or bool(parent.args.get("returning"))
    return True


def _is_cte(table: exp.Table, name: str) -> bool:
    """Whether an unqualified name is that of a WITH query which can be seen there."""
    inside: exp.Expr = table
    parent: exp.Expr | None = table.parent
    while parent is not None:
        found = parent if isinstance(parent, exp.With) else parent.args.get("with_")
        if isinstance(found, exp.With):
            seen = found.expressions
            if isinstance(parent, exp.With) and not parent.args.get("recursive"):
                place = next((number for number, one in enumerate(seen) if one is inside), len(seen))
                seen = seen[:place]
            elif not isinstance(parent, exp.With) and inside is found:
                seen = []
            if any(identifier(one.args["alias"].this) == name for one in seen):
                return True
        inside, parent = parent, parent.parent
    return False


def _is_copy(tree: exp.Expr) -> bool:
    return isinstance(tree, exp.Create | exp.Insert) or tree.find(exp.Into) is not None


def _only_column(tree: exp.Expr, holding: Holding) -> bool:
    """Whether every place where the parser saw a mapped name is a column."""
    names = [one for one in tree.find_all(exp.Identifier) if any(t.matches(str(one.this)) for t in holding.tables)]
    return bool(names) and all(isinstance(one.parent, exp.Column | exp.Alias) for one in names)

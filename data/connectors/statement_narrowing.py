"""Of whom the rows are that a table in a SELECT can give out: only what equality with values proves. Pure.

A row of a table reaches the result of its SELECT only if WHERE is true for it, and the ON of an inner join (of an outer
join: on its nullable side). There, `column = value` and `column IN (values)` prove whose the row is, under AND on one
side, under OR on both. Everything else (LIKE, <>, NOT, functions, casts of the column, subqueries, other columns)
proves nothing: then it may be everybody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from sqlglot import exp

from data.connectors.statement_shape import NUMBER, STRING

_TEXT = (exp.DataType.Type.TEXT, exp.DataType.Type.VARCHAR, exp.DataType.Type.UUID)
_WHOLE = (exp.DataType.Type.INT, exp.DataType.Type.BIGINT, exp.DataType.Type.SMALLINT)


@dataclass(frozen=True)
class Slot:
    """A value of the statement by its number, or a parameter ($1 is 0). `whole`: it is cast to a whole number, which
    rounds, so that only a value written as one is what it says."""

    number: int
    parameter: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Among:
    """The person's column is one of these."""

    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Both:
    """Each of these holds."""

    parts: tuple[Proof, ...]


@dataclass(frozen=True)
class Either:
    """One of these holds."""

    parts: tuple[Proof, ...]


Proof = Among | Both | Either


def identifier(found: Any) -> str:
    """A name as PostgreSQL takes it: in lower case unless quoted."""
    if not isinstance(found, exp.Identifier):
        return ""
    name = str(found.this)
    return name if found.args.get("quoted") else name.lower()


def proof(table: exp.Table, column: str) -> Proof | None:
    """What narrows the rows of this occurrence of a table by its `column`; None: nothing does."""
    found = _place(table)
    if found is None or not column:
        return None
    select, index = found
    joins = cast("list[exp.Join]", select.args.get("joins") or [])
    # What a merged column is, and what an ON behind a comma can see, is left undecided.
    if any(join.args.get("using") or join.args.get("method") for join in joins):
        return None
    alias = _alias(table)
    if alias is None:
        return None
    where = select.args.get("where")
    conditions = [where.this] if isinstance(where, exp.Where) else []
    if not any(_is_comma(join) for join in joins):
        conditions += [
            join.args["on"] for number, join in enumerate(joins) if join.args.get("on") and _on(join, number, index)
        ]
    if any(condition.find(exp.Anonymous) for condition in conditions):
        return None  # a function of somebody's own may have seen every row
    return _both([_read(condition, alias, column) for condition in conditions])


def _place(table: exp.Table) -> tuple[exp.Select, int] | None:
    """The SELECT whose FROM names the table directly, and which source it is there (-1: the first, else its join)."""
    parent = table.parent
    if table.args.get("joins") or table.args.get("pivots") or table.args.get("laterals"):
        return None
    if isinstance(parent, exp.From) and isinstance(parent.parent, exp.Select):
        return parent.parent, -1
    if isinstance(parent, exp.Join) and isinstance(parent.parent, exp.Select) and parent.this is table:
        joins = cast("list[exp.Join]", parent.parent.args.get("joins") or [])
        return parent.parent, next(number for number, join in enumerate(joins) if join is parent)
    return None


def _alias(table: exp.Table) -> str | None:
    """What columns of this occurrence are qualified with; None when its columns are renamed."""
    alias = table.args.get("alias")
    if alias is None:
        return identifier(table.this)
    return None if alias.args.get("columns") else identifier(alias.this)


def _is_comma(join: exp.Join) -> bool:
    return not any(join.args.get(name) for name in ("on", "side", "kind", "using", "method"))


def _on(join: exp.Join, number: int, index: int) -> bool:
    """Whether only rows for which the join's ON holds go on, for the source at `index`."""
    side, kind = str(join.args.get("side") or "").upper(), str(join.args.get("kind") or "").upper()
    if side == "":
        return kind in ("", "INNER") and index <= number
    if kind not in ("", "OUTER"):
        return False
    return (side == "LEFT" and index == number) or (side == "RIGHT" and index < number)


def _read(condition: Any, alias: str, column: str) -> Proof | None:
    while isinstance(condition, exp.Paren):
        condition = condition.this
    if isinstance(condition, exp.And):
        return _both([_read(part, alias, column) for part in (condition.this, condition.expression)])
    if isinstance(condition, exp.Or):
        parts = [_read(part, alias, column) for part in (condition.this, condition.expression)]
        return None if any(part is None for part in parts) else Either(tuple(part for part in parts if part))
    if isinstance(condition, exp.EQ):
        for one, other in ((condition.this, condition.expression), (condition.expression, condition.this)):
            if _is_column(one, alias, column) and (slot := _slot(other)):
                return Among((slot,))
        return None
    if isinstance(condition, exp.In) and _is_column(condition.this, alias, column):
        if condition.args.get("query") or condition.args.get("unnest") or condition.args.get("field"):
            return None
        slots = [_slot(one) for one in condition.expressions]
        return Among(tuple(slot for slot in slots if slot)) if slots and all(slots) else None
    return None


def _both(parts: list[Proof | None]) -> Proof | None:
    known = tuple(part for part in parts if part is not None)
    return Both(known) if len(known) > 1 else known[0] if known else None


def _is_column(found: Any, alias: str, column: str) -> bool:
    if not isinstance(found, exp.Column) or found.args.get("db") or found.args.get("join_mark"):
        return False
    table = found.args.get("table")
    return identifier(found.this) == column and (table is None or identifier(table) == alias)


def _slot(found: Any) -> Slot | None:
    while isinstance(found, exp.Paren):
        found = found.this
    if isinstance(found, exp.Cast):
        to, value = found.to, found.this
        if type(found) is not exp.Cast or to.expressions or isinstance(value, exp.Cast):
            return None
        slot = _slot(value)
        if slot is None or not (to.is_type(*_TEXT) or to.is_type(*_WHOLE)):
            return None
        return Slot(slot.number, slot.parameter, whole=to.is_type(*_WHOLE))
    if isinstance(found, exp.Literal):
        text = str(found.this)
        if found.is_string:
            number = text.removeprefix(STRING)
            return Slot(int(number)) if number != text and number.isdecimal() else None
        return Slot(int(text) - NUMBER) if text.isdecimal() and int(text) >= NUMBER else None
    if isinstance(found, exp.Parameter) and isinstance(found.this, exp.Literal) and str(found.this.this).isdecimal():
        return Slot(int(str(found.this.this)) - 1, parameter=True)
    return None


def slots(found: Proof) -> Iterator[Slot]:
    """All values that a proof rests on."""
    if isinstance(found, Among):
        yield from found.slots
    else:
        for part in found.parts:
            yield from slots(part)

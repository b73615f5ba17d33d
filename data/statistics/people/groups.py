"""Groups: the roster cut into cells of at least 100 people, and the totals that they add up to. Pure.

What is shown are cells and unions of cells. So whatever is added and taken away of shown figures says something about
cells, never about fewer people than the smallest of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from data.errors import Conflict
from data.statistics.people.method import SMALLEST
from data.statistics.people.release import Group, Level, about

COMPANY = "company"
_WHOLE = "The whole company"
_REST = "The rest of {}"
_NOWHERE = "No division"
_NAMED = 3  # divisions that the name of several together lists


class Department(NamedTuple):
    """A department of the roster and how many people are in it."""

    id: int
    name: str
    division: str | None
    people: int


class Cell(NamedTuple):
    """Departments that are counted together, at least 100 people; `part` is the number of what they are a part of."""

    name: str
    departments: tuple[Department, ...]
    part: int

    @property
    def people(self) -> int:
        """How many."""
        return sum(one.people for one in self.departments)


class Tree(NamedTuple):
    """The cells, those of a part beside each other, and the names of the parts: divisions, or several together. A part
    of a single cell is that cell, and is not shown beside it."""

    cells: tuple[Cell, ...]
    parts: tuple[str, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """People of each cell."""
        return tuple(one.people for one in self.cells)

    @property
    def widths(self) -> tuple[int, ...]:
        """Cells of each part."""
        return tuple(sum(cell.part == part for cell in self.cells) for part in range(len(self.parts)))

    @property
    def levels(self) -> frozenset[Level]:
        """What is measured by itself: of a total that has one part, only the part."""
        found = {Level.CELL}
        if len(self.cells) > 1:
            found.add(Level.COMPANY)
        if any(width > 1 for width in self.widths):
            found.add(Level.DIVISION)
        return frozenset(found)

    def groups(self) -> tuple[Group, ...]:
        """What is shown, totals before their parts."""
        every = [one for cell in self.cells for one in cell.departments]
        found = [_group(COMPANY, _WHOLE, Level.COMPANY, None, every)]
        if len(self.cells) == 1:
            return tuple(found)
        for part, (name, width) in enumerate(zip(self.parts, self.widths, strict=True)):
            parent = COMPANY
            if width > 1:
                parent = key_of(Level.DIVISION, part)
                within = [one for cell in self.cells if cell.part == part for one in cell.departments]
                found.append(_group(parent, name, Level.DIVISION, COMPANY, within))
            for number, cell in enumerate(self.cells):
                if cell.part == part:
                    key = key_of(Level.CELL, number)
                    found.append(_group(key, cell.name, Level.CELL, parent, cell.departments))
        return tuple(found)


def key_of(level: Level, number: int) -> str:
    """What a group is called within its release."""
    return f"{level.value} {number + 1}"


def tree(departments: Iterable[Department]) -> Tree:
    """The cells of a roster. Raises Conflict when it has fewer than 100 people in all."""
    there = sorted((one for one in departments if one.people), key=lambda one: (one.name, one.id))
    if sum(one.people for one in there) < SMALLEST:
        raise Conflict(
            f"The company has fewer than {SMALLEST} people, so no figure about people in groups is ever drawn: it would"
            " say too much about each of them."
        )
    divisions: dict[str, list[Department]] = {}
    for one in there:
        divisions.setdefault(one.division or "", []).append(one)
    parts = pooled({name: sum(one.people for one in within) for name, within in sorted(divisions.items())})
    if len(parts) == 1:
        # A division that is the whole company is no part of it.
        named = [(_cell_name(cell, there, "the company"), cell) for cell in _cells(there)]
        cells = tuple(Cell(name, cell, number) for number, (name, cell) in enumerate(sorted(named)))
        return Tree(cells, tuple(cell.name for cell in cells))
    found, names = list[Cell](), list[str]()
    for within, name in sorted(((part, _part_name(part)) for part in parts), key=lambda one: one[1]):
        inside = [one for division in within for one in divisions[division]]
        named = [(_cell_name(cell, inside, name), cell) for cell in _cells(inside)]
        found += [Cell(cell_name, cell, len(names)) for cell_name, cell in sorted(named)]
        names.append(name)
    return Tree(tuple(found), tuple(names))


def pooled(sizes: Mapping[str, int]) -> list[list[str]]:
    """Names put together so that each group has at least 100, when all have as many: what is large enough stands alone,
    the small ones together, with the smallest of the others where they are still too few."""
    large = sorted((name for name, size in sizes.items() if size >= SMALLEST), key=lambda name: (sizes[name], name))
    rest = [name for name, size in sizes.items() if size < SMALLEST]
    while rest and large and sum(sizes[name] for name in rest) < SMALLEST:
        rest.append(large.pop(0))
    return [[name] for name in large] + ([rest] if rest else [])


def _cells(departments: Sequence[Department]) -> list[tuple[Department, ...]]:
    by_id = {f"{one.name}\0{one.id}": one for one in departments}
    return [tuple(sorted(by_id[key] for key in keys)) for keys in pooled({key: d.people for key, d in by_id.items()})]


def _cell_name(cell: Sequence[Department], inside: Sequence[Department], part: str) -> str:
    if len(cell) == 1:
        return cell[0].name
    return _REST.format(part) if len(cell) < len(inside) else part[0].upper() + part[1:]


def _part_name(divisions: Sequence[str]) -> str:
    names = sorted(name or _NOWHERE for name in divisions)
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} more divisions"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _group(key: str, name: str, level: Level, parent: str | None, departments: Sequence[Department]) -> Group:
    within = sorted(departments, key=lambda one: (one.name, one.id))
    names, numbers = tuple(one.name for one in within), tuple(one.id for one in within)
    return Group(key, name, level, parent, names, about(sum(one.people for one in within)), numbers)

"""Departments that a roster calls by another name: the same department, not a new one that everybody moved to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.people.corrections import Field
from data.people.roster_file import Entry
from data.people.tables import CorrectionRow, DepartmentRow, PersonRow


def apply(session: Session, read: Iterable[Entry]) -> int:
    """Rename the departments that a roster renames, and what was corrected to their names; how many those were. Whoever
    was granted to be in another department than the file says tells nothing of a name."""
    corrections = select(CorrectionRow).where(CorrectionRow.field == Field.DEPARTMENT.value)
    corrected = session.scalars(corrections).all()
    query = select(PersonRow.email, DepartmentRow.name).join(DepartmentRow, DepartmentRow.id == PersonRow.department_id)
    before = query.where(PersonRow.id.not_in([one.person_id for one in corrected]))
    rows = {row.name: row for row in session.scalars(select(DepartmentRow))}
    found = renamed(dict(session.execute(before).all()), {one.email: one.department for one in read}, rows)
    for old in found:  # first out of the way: two may have swapped names
        rows[old].name = f"\n{rows[old].id}"
    session.flush()
    for old, new in found.items():
        rows[old].name = new
    for one in corrected:
        one.value = found.get(one.value, one.value)
    session.flush()
    return len(found)


def renamed(before: Mapping[str, str], after: Mapping[str, str], names: Iterable[str]) -> Mapping[str, str]:
    """Which of the department `names` are called what from now on. `before` and `after`: the department of people, by
    e-mail. One is renamed when all of it that `after` names, which is most of it, is under one other name, nobody from
    another department is, and the name is free, or becomes so at once. Pure."""
    sizes = Counter(before.values())
    moves = Counter((old, after[person]) for person, old in before.items() if person in after)
    into, out_of = Counter(new for _, new in moves), Counter(old for old, _ in moves)
    found = {
        old: new
        for (old, new), many in moves.items()
        if old != new and into[new] == out_of[old] == 1 and 2 * many > sizes[old]
    }
    taken = set(names)
    while blocked := [old for old, new in found.items() if new in taken and new not in found]:
        found = {old: new for old, new in found.items() if old not in blocked}
    return found

"""Reading cannot change anything; writing leaves all or nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from data.database import Database
from data.people.tables import DepartmentRow


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(DepartmentRow)) or 0


def test_a_reading_transaction_refuses_changes(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading() as session:
        session.add(DepartmentRow(name="Payroll"))
        session.flush()
    assert count(database) == 0


def test_a_writing_transaction_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.writing() as session:
        session.add(DepartmentRow(name="Payroll"))
        session.flush()
        raise RuntimeError
    assert count(database) == 0


def test_what_was_written_is_there_afterwards(database: Database) -> None:
    with database.writing() as session:
        session.add(DepartmentRow(name="Payroll"))
    assert count(database) == 1


def test_a_failure_does_not_quote_the_values_of_a_row(database: Database) -> None:
    with pytest.raises(DBAPIError) as failure, database.writing() as session:
        session.execute(text("SELECT :value FROM no_such_table"), {"value": "salary list of Ana"})
    assert "salary" not in str(failure.value)

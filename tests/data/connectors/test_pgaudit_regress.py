"""pgAudit's own regression output: every one of its messages is read."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from data.connectors import pgaudit_lines
from data.connectors.pgaudit_lines import AUDIT
from data.connectors.statement_shape import shape


def messages(path: Path) -> list[str]:
    """The messages, of which some go over several lines: until their quotes are closed."""
    found: list[str] = []
    for line in path.read_text().splitlines(keepends=True):
        if AUDIT in line:
            found.append(line[line.index(AUDIT) :])
        elif found and not whole(found[-1]):
            found[-1] += line
    return [one.rstrip("\n") for one in found]


def whole(message: str) -> bool:
    try:
        list(csv.reader([message.rstrip("\n")], strict=True))
    except csv.Error:
        return False
    return True


def test_every_message_of_the_regression_output_is_read(samples: Path) -> None:
    path = samples / "pgaudit_regress" / "pgaudit.out"
    if not path.exists():
        pytest.skip("the sample is not there")
    found = [pgaudit_lines.audit(one) for one in messages(path)]
    assert len(found) == path.read_text().count(AUDIT)
    assert len(found) > 400
    assert {one.klass for one in found} >= {"READ", "WRITE", "DDL", "ROLE", "FUNCTION", "MISC"}
    assert any(one.rows is not None for one in found)
    assert any(one.parameters for one in found)
    for one in found:
        assert one.statement_id > 0
        shape(one.statement)

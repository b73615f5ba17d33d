"""A roster file: CSV with email, name, department, manager (an e-mail, may be empty) and jurisdiction, and, where the
company says so, the division that the department belongs to and the day on which somebody left (an ISO date, empty for
whoever is here). Pure but for the reading; every bad row is named by its line."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from data import instants
from data.errors import BadInput
from data.people import jurisdictions
from data.people.person import normal_email

COLUMNS = ("email", "name", "department", "manager", "jurisdiction")
DIVISION, LEFT = "division", "left"  # may be left out
LONGEST = {"email": 254, "name": 200, "department": 200, "manager": 254, "jurisdiction": 40, DIVISION: 200, LEFT: 10}
LARGEST = 256 * 1024 * 1024
_SHOWN = 20
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")


@dataclass(frozen=True)
class Entry:
    """One row: e-mails in their compared form, `manager` empty for none, `jurisdiction` a code. `division` is empty for
    none, and None where the file does not say; `left` is a date as YYYY-MM-DD in the same way."""

    line: int
    email: str
    name: str
    department: str
    manager: str
    jurisdiction: str
    division: str | None = None
    left: str | None = None

    @property
    def left_at(self) -> int | None:
        """When the day began on which they left, microseconds UTC; None where the file names none."""
        return instants.parse(self.left) if self.left else None


def read(path: Path) -> tuple[Entry, ...]:
    """The rows of a roster. Raises BadInput: no such file, not UTF-8, a column missing, no rows, or any bad rows, all
    of them in one sentence."""
    text = _text(path)
    rows = _rows(path, text)
    columns = _header(path, next(rows, (1, [])))
    entries: list[Entry] = []
    bad: list[str] = []
    seen: dict[str, int] = {}
    divisions: dict[str, Entry] = {}
    for line, fields in rows:
        if not any(field.strip() for field in fields):
            continue
        found = _entry(line, fields, columns)
        if isinstance(found, str):
            bad.append(f"line {line}: {found}")
            continue
        if found.email in seen:
            bad.append(f"line {line}: the e-mail {found.email!r} is on line {seen[found.email]} already")
            continue
        first = divisions.setdefault(found.department, found)
        if first.division != found.division:
            bad.append(
                f"line {line}: the department {found.department!r} is in the division {found.division!r} here and in"
                f" {first.division!r} on line {first.line}"
            )
            continue
        seen[found.email] = line
        entries.append(found)
    refuse(path, bad)
    if not entries:
        raise BadInput(f"{path.name} holds no people, only a header; nothing was imported.")
    return tuple(entries)


def refuse(path: Path, bad: list[str]) -> None:
    """Raise one BadInput that names every bad row (the first twenty in words). Does nothing when there are none."""
    if bad:
        more = f"; and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
        raise BadInput(f"{path.name} was not imported: {'; '.join(bad[:_SHOWN])}{more}.")


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput(f"{path.name} is larger than 256 MB, which no roster is; nothing was imported.")
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from error
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadInput(f"{path.name} is in UTF-16; save it as CSV in UTF-8 and try again.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput(f"{path.name} is not UTF-8 on line {line}; save it as CSV in UTF-8 and try again.") from error
    if not text.strip():
        raise BadInput(f"{path.name} is empty; a roster starts with the line {','.join(COLUMNS)}.")
    return text


def _rows(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """(number of the first line, fields) of each record."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for fields in reader:
            yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadInput(f"{path.name} is not a CSV on line {line}: {error}; nothing was imported.") from error


def _header(path: Path, row: tuple[int, list[str]]) -> dict[str, int]:
    names = [name.strip().casefold() for name in row[1]]
    missing = [column for column in COLUMNS if column not in names]
    if missing:
        raise BadInput(
            f"{path.name} has no column {', '.join(missing)} on its first line; a roster has {', '.join(COLUMNS)}."
        )
    double = [column for column in (*COLUMNS, DIVISION, LEFT) if names.count(column) > 1]
    if double:
        raise BadInput(f"{path.name} has the column {', '.join(double)} more than once; keep one of each.")
    return {column: names.index(column) for column in (*COLUMNS, DIVISION, LEFT) if column in names}


def _entry(line: int, fields: list[str], columns: Mapping[str, int]) -> Entry | str:
    """The row, or in a few words what is wrong with it."""
    if len(fields) <= max(columns.values()):
        return f"it has {len(fields)} fields where the header has more"
    found = {column: unicodedata.normalize("NFC", fields[columns[column]].strip()) for column in columns}
    for column, text in found.items():
        wrong = _wrong(column, text)
        if wrong:
            return wrong
    jurisdiction = jurisdictions.parse(found["jurisdiction"])
    if jurisdiction is None:
        return f"the jurisdiction {found['jurisdiction']!r} is none of gdpr, uk, california or a country of the EEA"
    return Entry(
        line=line,
        email=normal_email(found["email"]),
        name=found["name"],
        department=found["department"],
        manager=normal_email(found["manager"]),
        jurisdiction=jurisdiction.value,
        division=found.get(DIVISION),
        left=found.get(LEFT),
    )


def _wrong(column: str, text: str) -> str:
    if not text:
        return "" if column in ("manager", DIVISION, LEFT) else f"the {column} is empty"
    if len(text) > LONGEST[column]:
        return f"the {column} has {len(text)} characters, more than {LONGEST[column]}"
    # Line breaks, and marks that turn the direction of what follows, would forge other lines and names on a screen.
    hidden = next((mark for mark in text if not mark.isprintable()), None)
    if hidden is not None:
        return f"the {column} holds the invisible character {hidden!a}"
    if text[0] in "=+@":
        return f"the {column} starts with {text[0]!r}, which a spreadsheet would run as a formula"
    if column in {"email", "manager"} and not _EMAIL.fullmatch(text):
        return f"the {column} {text!r} is not an e-mail address"
    if column == LEFT and not _is_date(text):
        return f"{text!r} in the column {LEFT} is no date such as 2026-03-31"
    return ""


def _is_date(text: str) -> bool:
    try:
        return _DATE.fullmatch(text) is not None and instants.FIRST_BOUND <= instants.parse(text) <= instants.LAST_BOUND
    except ValueError:
        return False

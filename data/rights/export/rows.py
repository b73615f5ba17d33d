"""How a table stands in a person's export. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.database import Table

FOLDER = "held"


@dataclass(frozen=True)
class Rows:
    """The rows of one table in which `who` is the person, written to `file` with `columns`; what the other columns
    hold and why they are not here stands in `left`, or for all of them, where the row is somebody else's, in `rest`."""

    table: type[Table]
    who: str
    file: str
    about: str
    columns: tuple[str, ...]
    left: Mapping[str, str] = field(default_factory=dict[str, str])
    rest: str = ""

    @property
    def name(self) -> str:
        """The table's name in the database."""
        return self.table.__tablename__

    @property
    def path(self) -> str:
        """The file's name in the archive."""
        return f"{FOLDER}/{self.file}.jsonl"

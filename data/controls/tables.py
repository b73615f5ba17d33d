"""The table of controls: how each was seen last. What it found stands in the access log."""

from __future__ import annotations

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from data.database import Table


class LookRow(Table):
    """When a control was looked at last, with the result like the newest event of the log about it. `look` is sealed
    with the log's key, so that nobody dates it ahead."""

    __tablename__ = "control_looks"

    probe: Mapped[str] = mapped_column(String, primary_key=True)
    target: Mapped[str] = mapped_column(String, primary_key=True)
    look: Mapped[bytes] = mapped_column(LargeBinary)

"""Tables of the figures about people: what was released, and with it what was spent of each quarter's budget."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.database import Table

BUDGET = 1_000_000  # of epsilon, in millionths, for each person and quarter over all figures


class ReleaseRow(Table):
    """The release of one quarter: there is no second. `spent` of its budget, in millionths of epsilon; `document` is
    canonical JSON, `digest` its SHA-256 (hex), and `position` the entry of the access log that holds the same."""

    __tablename__ = "figure_releases"
    __table_args__ = (CheckConstraint(f"spent > 0 AND spent <= {BUDGET}", name="budget"),)

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    quarter: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    spent: Mapped[int]
    position: Mapped[int] = mapped_column(unique=True)
    drawn_at: Mapped[int]
    digest: Mapped[str] = mapped_column(String)
    document: Mapped[str] = mapped_column(Text)

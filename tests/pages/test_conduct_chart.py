"""The organizer's charts label the Mondays that their bars stand for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from pages.charts import conduct


@pytest.mark.parametrize("weeks", [1, 4, 12, 52])
def test_every_label_is_a_week_that_has_a_bar_and_there_are_not_too_many(weeks: int) -> None:
    mondays = [date(2026, 11, 16) - timedelta(weeks=back) for back in reversed(range(weeks))]
    chart = conduct.captures(pd.DataFrame({"week": mondays, "taken": 5, "refused": 1}))
    layout: Any = chart.figure.layout
    labels = [pd.Timestamp(tick).date() for tick in layout.xaxis.tickvals]
    assert set(labels) <= set(mondays)
    assert 1 <= len(labels) <= 6

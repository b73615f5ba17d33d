"""A year's figures on the screen are those of the domain, each also in a table, and none pretends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from data.people.jurisdictions import Jurisdiction
from data.rights.states import RequestKind
from data.statistics import year
from data.statistics.cases import Case, Outcome
from pages.charts import requests as charts
from pages.shell import words
from pages.wording import conduct, figures

DAY = date(2026, 3, 2)
X, E = RequestKind.ERASURE, RequestKind.EXPORT


def case(kind: RequestKind, took: int | None, outcome: Outcome = Outcome.GRANTED, late: bool = False) -> Case:
    return Case(kind, "uk", DAY, outcome, None if took is None else DAY + timedelta(days=took), late)


YEAR = [*(case(X, took) for took in (1, 2, 3, 4, 30)), case(E, 9), case(E, None, Outcome.WAITING, late=True)]


def test_a_chart_and_its_table_hold_the_same_figures() -> None:
    frame = figures.named(year.by_kind(YEAR))
    chart = charts.outcomes(frame, "Asked for")
    bars: Any = chart.figure.data
    drawn = {(str(place), bar.name): int(count) for bar in bars for place, count in zip(bar.y, bar.x, strict=True)}
    told = chart.table.set_index("Asked for")
    assert {key: count for key, count in drawn.items() if count} == {
        ("Deletions", "Granted"): 5,
        ("Copies", "Granted"): 1,
        ("Copies", "Waiting"): 1,
    }
    assert all(told.loc[place, name] == count for (place, name), count in drawn.items())
    assert len({(bar.marker.color, bar.marker.pattern.shape) for bar in bars}) == len(Outcome)
    assert "6 granted, 1 waiting" in chart.alt


def test_a_kind_with_few_answers_has_no_bar_and_the_table_says_why() -> None:
    chart = charts.days(figures.with_all(year.clock(YEAR)))
    bars: Any = chart.figure.data
    assert [list(bar.y) for bar in bars] == [["All", "Deletions"]] * 3
    assert [list(bar.x) for bar in bars] == [[3.5, 3], [30, 30], [30, 30]]
    told = chart.table.set_index("Asked for")
    assert list(told.loc["Copies", ["Median days", "95th percentile", "Slowest"]]) == [
        "too few (1)",
        "too few (1)",
        "9",
    ]
    assert told.loc["Names", "Slowest"] == "none"
    assert told.loc["Deletions", "Median days"] == "3"
    empty = charts.days(figures.with_all(year.clock([])))
    assert "too few" in empty.alt


@pytest.mark.parametrize(
    ("found", "chosen", "said", "tone"),
    [
        ([], 2026, "Nobody asked for anything in 2026 so far.", "plain"),
        (YEAR, 2026, "7 requests came in during 2026 so far. 1 request was or is late.", "attention"),
        (YEAR[:5], 2025, "5 requests came in during 2025. None was late.", "plain"),
    ],
)
def test_the_sentence_of_a_year(found: list[Case], chosen: int, said: str, tone: str) -> None:
    shown = figures.headline(chosen, year.by_kind(found), year.clock(found), date(2026, 11, 28))
    assert said in shown
    assert f"dl-{tone}" in shown


def test_every_law_and_every_kind_has_a_name() -> None:
    places = figures.named(year.by_jurisdiction(YEAR, list(Jurisdiction)))
    assert list(places["what"]) == ["EU (GDPR)", "UK", "California"]
    assert len(set(figures.named(year.by_kind(YEAR))["what"])) == len(RequestKind)


def test_organizers_read_a_word_where_no_number_of_days_is_given() -> None:
    rows = [("a copy", "granted", 2, float("nan"), 9.0), ("a copy", "waiting", 3, float("nan"), float("nan"))]
    shown = conduct.requests(
        pd.DataFrame(rows, columns=["kind", "outcome", "count", "median_days", "slowest_days"])
    ).to_numpy()
    assert shown.tolist() == [
        ["a copy", "granted", 2, "too few (2)", "9"],
        ["a copy", "waiting", 3, "none", "none"],
    ]
    assert words.days(12.5, 6) == "12.5"

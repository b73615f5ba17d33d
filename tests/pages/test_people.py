"""What the page of figures about people says: ranges and never a number alone, and no difference that is none."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data import instants
from data.statistics import comparison, imagined
from data.statistics.comparison import Mark, Share
from data.statistics.people.figure import Figure
from data.statistics.people.release import Group, Level, Plan, Record, Release, Upcoming
from data.statistics.quarter import Quarter
from pages.charts import noise, people
from pages.organizer import course
from pages.shell.words import Calendar
from pages.wording import counted, method
from pages.wording import people as said
from tests.data.statistics.test_comparison import COMPANY, NOW, RANGES, SALES, SUPPORT, released

CALENDAR = Calendar(ZoneInfo("Europe/London"), instants.parse("2026-11-28T12:00:00Z"))
COMING = Upcoming(
    Plan(Quarter(2026, 4), (Figure.EXPOSED, Figure.OUTSIDE), False, 7), instants.parse("2027-01-15T00:00:00Z")
)


def shares(release: Release) -> dict[Figure, tuple[Share, tuple[Share, ...]]]:
    return {
        one: (
            comparison.share(release, one, comparison.company(release)),
            comparison.compared(release, one, comparison.parts(release)),
        )
        for one in release.figures
    }


def test_the_headline_is_a_range_with_the_largest_department_and_when_the_next_comes() -> None:
    told = said.headline(NOW, shares(NOW), said.next_release(COMING, CALENDAR))
    assert "In the third quarter of 2026 between 60 and 90 of about 350 people opted out." in told
    assert "The share is largest in Support: between 50 and 64 of about 100." in told
    assert "The next release comes on Fri 15 Jan 2027: of the fourth quarter of 2026" in told
    assert "dl-plain" in told
    exposed = released(Quarter(2026, 3), COMPANY, SUPPORT, SALES, figure=Figure.EXPOSED)
    assert "dl-attention" in said.headline(exposed, shares(exposed), "")


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        ((10, 24), "Support has a larger share than every other department."),
        ((80, 130), "No two departments can be told apart."),
    ],
)
def test_departments_whose_ranges_overlap_are_never_said_to_differ(second: tuple[int, int], sentence: str) -> None:
    """The middle of one is larger in both; only in one can that be told."""
    release = released(Quarter(2026, 3), COMPANY, SUPPORT, SALES, ranges=RANGES | {"department 2": second})
    parts = shares(release)[Figure.OPTED_OUT][1]
    assert said.apart(parts, 24) == sentence
    assert ("largest in Support" in said.standing_out(parts)) == (second == (10, 24))


def test_no_text_and_no_mark_of_a_chart_gives_the_estimate_alone() -> None:
    """The point that was drawn is in the downloads, for statisticians; whoever reads a picture must not quote it."""
    point = 4711
    hidden = replace(NOW, estimates=tuple(replace(one, value=point) for one in NOW.estimates))
    found = shares(hidden)
    whole, parts = found[Figure.OPTED_OUT]
    chart = people.departments(comparison.beside(parts, whole), said.STANDS, 80, ("opted out", "2026-Q3"), 24)
    panel = quarters(Record((hidden,)), SUPPORT)
    told = [said.headline(hidden, found, ""), said.totals(found), said.apart(parts, 24), chart.alt, panel.alt]
    told += [chart.figure.to_json(), chart.table.to_csv(), panel.figure.to_json(), panel.table.to_csv()]
    assert not [one for one in told if str(point) in one or "4,711" in one]
    assert all("50 and 64" in one for one in (chart.alt, chart.table.to_csv(), panel.alt, panel.table.to_csv()))


def quarters(record: Record, group: Group) -> Any:
    return people.quarters(group.name, "opted out", course.frame(record, Figure.OPTED_OUT, group), said.MARKS, 80)


def test_a_quarter_without_a_figure_is_hatched_and_no_line_runs_through_it() -> None:
    other = released(Quarter(2026, 2), COMPANY, SUPPORT, SALES, figure=Figure.EXPOSED)
    renamed = released(Quarter(2026, 1), COMPANY, replace(SUPPORT, numbers=(1, 4)), SALES)
    panel = quarters(Record((NOW, other, renamed)), SUPPORT)
    gaps, bars = panel.figure.data
    assert list(gaps.x) == ["2026-Q1", "2026-Q2"]
    assert list(gaps.text) == ["≠", ""]
    assert gaps.marker.pattern.shape == "/"
    assert list(bars.x) == ["2026-Q3"]
    assert {one.type for one in panel.figure.data} == {"bar"}
    assert "2026-Q2 not counted in this quarter" in panel.alt
    assert set(said.MARKS) == set(Mark) - {Mark.SHOWN}


def test_a_picture_that_is_saved_by_itself_says_what_it_counts() -> None:
    """The card around it, which has the title, is not in the PNG."""
    long = "had their data opened by someone outside the purpose"
    frame = course.frame(Record((NOW,)), Figure.OPTED_OUT, SUPPORT)
    panel = people.quarters("Support", long, frame, said.MARKS, 80)
    whole, parts = shares(NOW)[Figure.OPTED_OUT]
    beside = people.departments(comparison.beside(parts, whole), said.STANDS, 80, (long, "2026-Q3"), 24)
    layout: Any = panel.figure.layout
    axis: Any = beside.figure.layout.xaxis.title
    assert layout.title.text == "Support"
    assert layout.annotations[0].text.replace("<br>", " ") == f"people of every 100 who {long}"
    assert axis.text.replace("<br>", " ") == f"people of every 100 who {long} in 2026-Q3"
    assert panel.alt.startswith(f"Support, people who {long}: 2026-Q3 between 50 and 64")


def test_a_department_that_was_renamed_goes_on_and_is_said_to_have_had_another_name() -> None:
    then = released(Quarter(2026, 2), COMPANY, replace(SUPPORT, name="<i>Care", departments=("<i>Care",)), SALES)
    panel = quarters(Record((NOW, then)), SUPPORT)
    (_, bars) = panel.figure.data
    assert list(bars.x) == ["2026-Q2", "2026-Q3"]
    assert bars.customdata[0] == "between 50 and 64 of about 100, then called &lt;i&gt;Care"
    assert list(panel.table["In words"]) == [
        "between 50 and 64 of about 100, then called <i>Care",
        "between 50 and 64 of about 100",
    ]
    names = [("2026-Q1", "Care"), ("2026-Q2", "Care"), ("2026-Q3", "Support"), ("2026-Q4", "")]
    assert said.renamed("Support", names) == "Support was called Care in 2026-Q1 and 2026-Q2."
    assert said.renamed("Support", names[2:]) == ""


def test_the_chart_of_departments_draws_the_largest_and_its_table_has_all() -> None:
    many = [replace(SUPPORT, key=f"department {number}", name=f"Team {number}") for number in range(40)]
    ranges = {"company": (900, 1000)} | {one.key: (number, number + 14) for number, one in enumerate(many)}
    release = released(Quarter(2026, 3), replace(COMPANY, about=4000), *many, ranges=ranges)
    whole, parts = shares(release)[Figure.OPTED_OUT]
    chart = people.departments(comparison.beside(parts, whole), said.STANDS, 80, ("opted out", "2026-Q3"), 24)
    layout: Any = chart.figure.layout
    assert len(layout.yaxis.ticktext) == 25
    assert "Team 39" in layout.yaxis.ticktext[1]
    assert "the whole company and then its parts, the largest share first. The whole company: " in chart.alt
    assert len(chart.table) == 41
    assert "24 largest of 40 are drawn" in said.apart(parts, 24)


def test_before_the_first_release_it_says_what_comes_when_and_why_not_yet() -> None:
    told = said.empty(COMING, CALENDAR)
    assert "No figures about people have been drawn yet." in told
    assert "Fri 15 Jan 2027" in told
    assert "two weeks to arrive" in told
    none = said.empty(replace(COMING, obstacle="The company has fewer than 100 people."), CALENDAR)
    assert "The company has fewer than 100 people." in none
    assert "Jan" not in none
    late = replace(COMING, draws_at=CALENDAR.now - 1)
    assert "is being drawn" in said.next_release(late, CALENDAR)


def test_what_is_counted_together_is_named_with_the_reason() -> None:
    told = said.together([replace(SALES, departments=("Law", "<b>Sales</b>"))])
    assert "Law, &lt;b&gt;Sales&lt;/b&gt;" in told
    assert "fewer than 100 people" in told
    assert "each is shown by itself" in said.together([])
    assert "counted as one" in said.together([], whole=True)


def test_a_company_that_is_not_cut_up_is_one_bar_and_stands_beside_nothing() -> None:
    """Of 150 people no part of at least 100 leaves another."""
    release = released(Quarter(2026, 3), COMPANY)
    found = shares(release)
    whole, parts = found[Figure.OPTED_OUT]
    told = said.headline(release, found, "")
    assert "between 60 and 90 of about 350 people opted out" in told
    assert "largest" not in told
    chart = people.departments(comparison.beside(parts, whole), said.STANDS, 80, ("opted out", "2026-Q3"), 24)
    assert len(chart.table) == 1
    assert "largest" not in chart.alt
    assert said.apart(parts, 24) == "The company is not cut up: there is one group."
    assert len(counted.section(Record((release,)), Quarter(2026, 3)).rows) == 1


def test_the_price_is_said_for_each_number_of_figures() -> None:
    assert "**Two figures:** Each of them will be off by at most about **7 people**" in said.price(2, 7)
    assert said.prices({1: 4, 2: 7}) == "One ±4 · two ±7"


def test_the_method_page_says_the_numbers_of_the_mechanism() -> None:
    one = imagined.example()
    texts = dict([*method.first(one), method.interval(one), method.person(one), method.budget(), *method.last(one)])
    whole = "\n".join(texts.values())
    assert f"between {one.low} and {one.high} of about 100" in texts["An example, from beginning to end"]
    assert f"{one.published - one.truth:+d}" in texts["An example, from beginning to end"]
    assert "**73\u00a0% sure**" in texts["What your answer changes"]
    assert "fewer than 100" in texts["Why small teams are not shown"]
    assert not re.search(r"[{}]|nan", whole.replace(method.CHECK, "")), "a number that was never put in"
    assert "19 of the 20 bars hold the true number, 60" in method.draws(one)


def test_the_pictures_of_the_method_have_words_and_a_table() -> None:
    for chart in (
        noise.draws(imagined.draws(), imagined.TRUTH),
        noise.both(imagined.both()),
        noise.prices(imagined.prices(), imagined.TRUTH),
    ):
        assert chart.alt.endswith(".")
        assert len(chart.table) > 5
    assert "19 hold the true number 60, 1 misses it" in noise.draws(imagined.draws(), imagined.TRUTH).alt


def test_a_division_in_which_departments_are_counted_together_can_be_compared_as_one() -> None:
    group = Group("division 1", "Field", Level.DIVISION, "company", ("A", "B"), 200)
    assert said.title(Figure.OPTED_OUT) == "People who opted out"
    release = released(Quarter(2026, 3), COMPANY, group, ranges={"company": (60, 90), "division 1": (40, 60)})
    assert [one.name for one in comparison.parts(release, divisions=True)] == ["Field"]


def test_the_printed_report_has_the_ranges_of_its_quarter_and_no_other() -> None:
    before = released(Quarter(2026, 2), COMPANY, SUPPORT, SALES, ranges=RANGES | {"department 1": (1, 9)})
    found = counted.section(Record((NOW, before), altered=(Quarter(2026, 1),)), Quarter(2026, 3))
    assert found.head == ("", "Opted out")
    assert ("Support, about 100", "50 to 64") in found.rows
    assert len(found.rows) == 3
    assert "entry 1 of the access log" in found.note
    record = Record((NOW, before), altered=(Quarter(2026, 1),))
    assert "ALTERED" in counted.section(record, Quarter(2026, 1)).rows[0][0]
    assert counted.section(record, Quarter(2026, 4)).rows[0][0] == "Not drawn"


def test_a_report_of_many_figures_or_departments_stays_short() -> None:
    """It is one page: what does not fit is in the download, and is said to be."""
    many = [replace(SUPPORT, key=f"department {number}", name=f"Team {number}") for number in range(40)]
    ranges = {"company": (900, 1000)} | {one.key: (number, number + 14) for number, one in enumerate(many)}
    release = released(Quarter(2026, 3), replace(COMPANY, about=4000), *many, ranges=ranges)
    short = counted.section(Record((release,)), Quarter(2026, 3))
    assert len(short.rows) == 7
    assert short.note.startswith("34 more groups in the download.")
    six = replace(
        NOW,
        figures=tuple(Figure),
        estimates=tuple(replace(one, figure=figure) for figure in Figure for one in NOW.estimates),
    )
    whole = counted.section(Record((six,)), Quarter(2026, 3))
    assert len(whole.rows) == 6
    assert whole.head == ("The whole company", "of about 350")

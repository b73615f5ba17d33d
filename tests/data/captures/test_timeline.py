"""Charts show what the rows hold, in the person's own days and hours, from rollups alone."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import instants
from data.captures import timeline
from data.captures.schema import Kind
from data.captures.scope import Filter, Scope
from data.database import Database
from data.errors import NotAllowed
from data.instants import HOUR, MINUTE
from data.looks import history
from data.people.viewer import OPERATOR
from data.sealing.vault import Vault
from tests.data.captures.rows import START, Row, drawn_rows, row
from tests.data.captures.stored import OFFICER, own, person_with

ONE_STORE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
EVERYTHING = Filter()
LONDON, KOLKATA, KATHMANDU = ZoneInfo("Europe/London"), ZoneInfo("Asia/Kolkata"), ZoneInfo("Asia/Kathmandu")
LORD_HOWE, LOS_ANGELES = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/Los_Angeles")
ZONES = st.sampled_from([ZoneInfo("UTC"), LONDON, KOLKATA, KATHMANDU, LORD_HOWE, LOS_ANGELES])
QUARTER = 15 * MINUTE


def clock(at: int, zone: ZoneInfo) -> datetime:
    return instants.moment(at).astimezone(zone)


def at(text: str) -> int:
    return instants.parse(text)


def cells(frame: Any, *names: str) -> dict[Any, int]:
    """A frame's counts by the other columns."""
    keys = frame[list(names)].itertuples(index=False, name=None)
    found = {key if len(names) > 1 else key[0]: int(count) for key, count in zip(keys, frame["count"], strict=True)}
    assert len(found) == len(frame)
    return found


def scopes() -> st.SearchStrategy[Scope]:
    """Scopes whose times lie on quarter hours, as days and hours of every zone do."""
    quarter = st.one_of(st.none(), st.integers(-400, 400).map(lambda n: START + n * QUARTER))
    kinds = st.frozensets(st.sampled_from([Kind.KEY, Kind.CLICK, Kind.WINDOW]), max_size=2)
    return st.builds(
        Scope, kinds, st.frozensets(st.sampled_from(["Outlook", "Über", "", "none"]), max_size=2), quarter, quarter
    )


def meant(rows: list[Row], scope: Scope) -> list[Row]:
    """The rows in a scope, one by one."""
    return [
        one
        for one in rows
        if (not scope.kinds or one["kind"] in scope.kinds)
        and (not scope.apps or one["app"] in scope.apps)
        and (scope.start is None or one["at"] >= scope.start)
        and (scope.end is None or one["at"] < scope.end)
    ]


@ONE_STORE
@given(drawn_rows(), scopes(), ZONES)
def test_every_chart_equals_a_count_over_the_rows(
    database: Database, vault: Vault, rows: list[Row], scope: Scope, zone: ZoneInfo
) -> None:
    """By day, hour, weekday and app, under any filter, in zones a quarter, half or whole hour off."""
    with database.writing() as session:
        me = person_with(session, vault, rows)
        mine = meant(rows, scope)
        ask = (session, me, vault, own(me), Filter(scope))
        days = Counter((clock(one["at"], zone).date(), one["kind"]) for one in mine)
        assert cells(timeline.by_day(*ask, zone), "day", "kind") == days
        week = cells(timeline.week(*ask, zone), "weekday", "hour")
        assert len(week) == 168
        hours = Counter((clock(one["at"], zone).weekday(), clock(one["at"], zone).hour) for one in mine)
        assert {cell: count for cell, count in week.items() if count} == hours
        by_hour = timeline.by_hour(*ask, zone)
        assert all(moment.minute == 0 for moment in by_hour["hour"])
        begun = Counter(
            (clock(one["at"], zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC), one["kind"])
            for one in mine
        )
        assert {(hour.astimezone(UTC), kind): n for (hour, kind), n in cells(by_hour, "hour", "kind").items()} == begun
        apps = Counter(one["app"] for one in mine if one["app"] is not None)
        assert cells(timeline.apps(*ask), "app") == apps
        session.rollback()


def test_the_hour_that_the_clocks_repeat_comes_twice_and_the_day_has_25_hours(database: Database, vault: Vault) -> None:
    """London, 25 October 2026: 01:30 happens in summer time and again in winter time."""
    summer, winter, late = at("2026-10-25T00:30"), at("2026-10-25T01:30"), at("2026-10-25T23:45")
    with database.writing() as session:
        me = person_with(session, vault, [row(summer), row(winter), row(late), row(at("2026-10-24T22:59:59"))])
        ask = (session, me, vault, own(me), EVERYTHING)
        hours = timeline.by_hour(*ask, LONDON)["hour"].tolist()
        assert [moment.isoformat() for moment in hours[1:3]] == [
            "2026-10-25T01:00:00+01:00",
            "2026-10-25T01:00:00+00:00",
        ]
        assert cells(timeline.by_day(*ask, LONDON), "day", "kind") == {
            (date(2026, 10, 24), "key"): 1,
            (date(2026, 10, 25), "key"): 3,
        }
        assert cells(timeline.week(*ask, LONDON), "weekday", "hour")[6, 1] == 2


def test_the_day_that_loses_an_hour_has_none_of_it(database: Database, vault: Vault) -> None:
    """Los Angeles, 8 March 2026: 01:59 is followed by 03:00."""
    with database.writing() as session:
        me = person_with(session, vault, [row(at("2026-03-08T09:59:59")), row(at("2026-03-08T10:00:00"))])
        week = cells(timeline.week(session, me, vault, own(me), EVERYTHING, LOS_ANGELES), "weekday", "hour")
        assert (week[6, 1], week[6, 2], week[6, 3]) == (1, 0, 1)


def test_half_hour_zones_get_their_own_days_and_hours(database: Database, vault: Vault) -> None:
    """Kolkata is 5:30 ahead: 18:29 UTC is still today there, 18:30 UTC is tomorrow."""
    with database.writing() as session:
        me = person_with(session, vault, [row(at("2026-03-04T18:29:59")), row(at("2026-03-04T18:30:00"))])
        ask = (session, me, vault, own(me), EVERYTHING)
        assert [day.isoformat() for day in timeline.by_day(*ask, KOLKATA)["day"]] == ["2026-03-04", "2026-03-05"]
        assert [str(hour) for hour in timeline.by_hour(*ask, KOLKATA)["hour"]] == [
            "2026-03-04 23:00:00+05:30",
            "2026-03-05 00:00:00+05:30",
        ]


def test_clicks_lie_on_the_screens_and_strays_stand_beside_them(database: Database, vault: Vault) -> None:
    """Sentinels and far positions count as outliers; they do not stretch the map."""
    places = [(10.0, 10.0), (12.0, 9.0), (1919.0, 1079.0), (1900.0, 1070.0), (65535.0, 65535.0), (-32000.0, 5.0)]
    clicks = [row(START + n, "click", x=x, y=y, down=True) for n, (x, y) in enumerate(places * 20)]
    clicks += [row(START, "click", x=1.0, y=1.0, down=False), row(START, "click")]
    with database.writing() as session:
        me = person_with(session, vault, clicks)
        found = timeline.clicks(session, me, vault, own(me), EVERYTHING)
        assert (found.width, found.height, found.outliers) == (1920, 1080, 40)
        assert cells(found.frame, "x", "y") == {(16, 16): 40, (1904, 1072): 40}
        none = timeline.clicks(session, me, vault, own(me), Filter(Scope(kinds=frozenset({Kind.KEY}))))
        assert len(none.frame) == none.outliers == 0


def test_clicks_follow_the_filter_s_apps_and_time(database: Database, vault: Vault) -> None:
    clicks = [row(START, "click", app="Outlook", x=1.0, y=1.0), row(START + HOUR, "click", app="Über", x=99.0, y=1.0)]
    with database.writing() as session:
        me = person_with(session, vault, clicks)
        for scope in (Scope(apps=frozenset({"Über"})), Scope(start=START + QUARTER), Scope(start=START + HOUR)):
            found = timeline.clicks(session, me, vault, own(me), Filter(scope))
            assert cells(found.frame, "x", "y") == {(112, 16): 1}


@pytest.mark.parametrize("chart", ["by_day", "by_hour", "week", "apps", "clicks"])
def test_a_chart_of_somebody_else_is_logged_or_not_shown(database: Database, vault: Vault, chart: str) -> None:
    draw: Any = getattr(timeline, chart)
    zone = () if chart in ("apps", "clicks") else (LONDON,)
    with database.writing() as session:
        me = person_with(session, vault, [row(START, "click", app="Outlook", x=1.0, y=1.0)])
        with pytest.raises(NotAllowed):
            draw(session, OPERATOR, vault, own(me), EVERYTHING, *zone)
        draw(session, me, vault, own(me), EVERYTHING, *zone)
        assert history.about(session, me, vault, own(me)) == ()
        draw(session, OFFICER, vault, own(me), EVERYTHING, *zone)
        assert [look.count for look in history.about(session, me, vault, own(me))] == [1]
    with pytest.raises(Exception, match=r"(?i)read.?only"), database.reading() as session:
        draw(session, OFFICER, vault, own(me), EVERYTHING, *zone)

"""The summary and the preview say exactly what is held and what would go."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import instants
from data.captures import references, segments
from data.captures.preview import Preview, preview
from data.captures.rollups import QUARTER
from data.captures.schema import Kind
from data.captures.scope import Filter, Scope
from data.captures.summary import TREND, DeviceHeld, summary
from data.captures.tables import ImportRow, ScreenRow
from data.database import Database
from data.errors import NotAllowed
from data.instants import DAY, HOUR
from data.looks import history
from data.people.tables import DeviceRow
from data.people.viewer import OPERATOR, Role, Viewer
from data.sealing.objects import Objects
from data.sealing.vault import Vault
from tests.data.captures.rows import START, Row, drawn_rows, row
from tests.data.captures.stored import OFFICER, own, person_with
from tests.data.captures.test_browse import meant

ONE_STORE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
COUNTS: tuple[Any, ...] = (summary, partial(preview, scope=Scope(end=START + 1)))
STRANGER = Viewer(person_id=9_999, roles=frozenset({Role.EMPLOYEE}), name="Sam")


@ONE_STORE
@given(st.lists(drawn_rows(30), max_size=3))
def test_a_summary_equals_a_count_over_the_rows(database: Database, vault: Vault, imports: list[list[Row]]) -> None:
    rows = [one for batch in imports for one in batch]
    with database.writing() as session:
        me = person_with(session, vault, *imports)
        found = summary(session, me, vault, own(me))
        assert found.total == len(rows)
        assert {held.kind: held.count for held in found.kinds} == Counter(one["kind"] for one in rows)
        for held in found.kinds:
            times = [one["at"] for one in rows if one["kind"] == held.kind]
            assert (held.first, held.last) == (min(times), max(times))
        pressed = Counter(one["kind"] for one in rows if one["down"])
        assert found.downs == {"click": 0, "key": 0} | pressed
        assert found.apps == Counter(one["app"] for one in rows if one["app"] is not None)
        assert list(found.apps.values()) == sorted(found.apps.values(), reverse=True)
        devices = Counter(one["device"] for one in rows if one["device"])
        assert {device.name: device.count for device in found.devices} == devices
        assert (found.first, found.last) == (
            min((one["at"] for one in rows), default=None),
            max((one["at"] for one in rows), default=None),
        )
        session.rollback()


def test_a_trend_ends_today(database: Database, vault: Vault) -> None:
    today = instants.now() // DAY * DAY
    rows = [row(today), row(today - 1), row(today - (TREND - 1) * DAY), row(today - (TREND - 1) * DAY - 1)]
    with database.writing() as session:
        me = person_with(session, vault, rows)
        (keys,) = summary(session, me, vault, own(me)).kinds
        assert keys.trend == (1, *[0] * (TREND - 3), 1, 1)


def test_a_summary_tells_what_imports_refused_and_what_is_stored(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        me = person_with(session, vault, [row(START, device="ThinkPad")])
        before = summary(session, me, vault, own(me))
        numbers: dict[str, Any] = {"source": "captures", "digest": "", "at": 0, "added": 1, "screens": 1}
        session.add(ImportRow(person_id=own(me), id=1, duplicates=2, refused=3, first_at=None, last_at=None, **numbers))
        session.add(ImportRow(person_id=own(me), id=2, duplicates=5, refused=0, first_at=None, last_at=None, **numbers))
        session.add(DeviceRow(person_id=own(me), name="ThinkPad", first_at=START, last_at=START, received_at=START + 5))
        session.add(_screen(own(me), "a" * 64, 1_000))
        session.flush()
        found = summary(session, me, vault, own(me))
        assert (found.duplicates, found.refused, found.screens) == (7, 3, 1)
        assert found.sealed_bytes == before.sealed_bytes + 1_000
        assert before.sealed_bytes > 0
        assert found.devices == (DeviceHeld("ThinkPad", 1, START, START, START + 5),)


def test_a_summary_of_nothing_is_empty(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        me = person_with(session, vault)
        found = summary(session, me, vault, own(me))
        assert (found.total, found.kinds, found.first, found.devices, found.apps) == (0, (), None, (), {})
        assert preview(session, me, vault, own(me), Scope()) == Preview(0, {}, None, None, 0, 0)


def close() -> st.SearchStrategy[int]:
    """A few instants of three quarters of an hour, on both sides of midnight."""
    return st.builds(lambda quarter, beside: START + quarter * QUARTER + beside, st.integers(-1, 1), st.integers(0, 3))


def crowded() -> st.SearchStrategy[list[Row]]:
    """Captures so close together that a scope's time falls among them."""
    kinds, apps = st.sampled_from(["key", "click", "window"]), st.sampled_from([None, "Outlook", ""])
    screens = st.sampled_from([None, "a" * 64, "b" * 64, "c" * 64])
    return st.lists(
        st.builds(lambda at, kind, app, screen: row(at, kind, app=app, screen=screen), close(), kinds, apps, screens),
        min_size=1,
        max_size=40,
    )


def scopes() -> st.SearchStrategy[Scope]:
    """Scopes that begin and end among them."""
    kinds = st.frozensets(st.sampled_from([Kind.KEY, Kind.CLICK, Kind.IDLE]), max_size=2)
    apps = st.frozensets(st.sampled_from(["Outlook", "", "none"]), max_size=2)
    time = st.one_of(st.none(), close())
    return st.builds(Scope, kinds, apps, time, time)


@ONE_STORE
@given(st.lists(crowded(), max_size=2), st.lists(scopes(), min_size=5, max_size=10), st.integers(1, 40), st.booleans())
def test_a_preview_counts_exactly_what_a_scope_takes(
    database: Database, vault: Vault, imports: list[list[Row]], asked: list[Scope], size: int, listing: bool
) -> None:
    """Beside the captures counted one by one, with segments of any size, pictures shown by any of them, and pictures
    that are too many to keep a list of."""
    rows = [one for batch in imports for one in batch]
    with pytest.MonkeyPatch.context() as patch, database.writing() as session:
        patch.setattr(segments, "ROWS", size)
        patch.setattr(references, "LARGEST", references.LARGEST if listing else 1)
        me = person_with(session, vault, *imports)
        session.add_all(_screen(own(me), digest, 1) for digest in sorted({one["screen"] for one in rows} - {None}))
        session.flush()
        for scope in asked:
            taken, rest = ([one for one in rows if meant(one, Filter(scope)) is inside] for inside in (True, False))
            shown, kept = ({one["screen"] for one in part} - {None} for part in (taken, rest))
            assert preview(session, me, vault, own(me), scope) == Preview(
                total=len(taken),
                kinds=dict(Counter(Kind(one["kind"]) for one in taken)),
                first=min((one["at"] for one in taken), default=None),
                last=max((one["at"] for one in taken), default=None),
                screens=len(shown - kept),
                kept_total=len(rest),
            )
        session.rollback()


def test_a_preview_opens_only_what_its_time_cuts(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counting what a person with millions of captures could have deleted waits for no millions to be opened."""
    days = [
        [row(START + day * DAY + hour * HOUR, app="Outlook", screen="a" * 64) for hour in range(24)] for day in range(9)
    ]
    opened: list[str] = []
    read = Objects.get
    monkeypatch.setattr(Objects, "get", lambda one, name: opened.append(name) or read(one, name))
    with database.writing() as session:
        me = person_with(session, vault, *days)
        session.add(_screen(own(me), "a" * 64, 1))
        session.flush()
        middle = START + 4 * DAY
        for scope, most in (
            (Scope(), 0),
            (Scope(kinds=frozenset({Kind.KEY})), 0),
            (Scope(start=middle, end=middle + 2 * DAY), 0),
            (Scope(apps=frozenset({"Outlook"})), 2),  # the first and the last
            (Scope(start=middle + 7), 1),
            (Scope(start=middle + 7, end=middle + DAY + 9), 2),
        ):
            opened.clear()
            assert preview(session, me, vault, own(me), scope).total > 0
            assert len(set(opened)) <= most, scope


def test_a_preview_counts_pictures_that_nothing_kept_refers_to(database: Database, vault: Vault) -> None:
    """A picture shown by captures inside and outside of the scope stays; one that no capture shows goes with all."""
    mine, shared, loose = "a" * 64, "b" * 64, "c" * 64
    rows = [
        row(START, "screen", screen=mine),
        row(START, "screen", screen=shared),
        row(START + 1, "key", screen=shared),
    ]
    with database.writing() as session:
        me = person_with(session, vault, rows)
        session.add_all(_screen(own(me), digest, 1) for digest in (mine, shared, loose))
        session.flush()
        ask = (session, me, vault, own(me))
        assert preview(*ask, Scope(kinds=frozenset({Kind.SCREEN}))).screens == 1
        assert preview(*ask, Scope(end=START + 2)).screens == 2
        assert preview(*ask, Scope()).screens == 3


def test_a_count_of_somebody_else_is_logged_or_not_shown(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        me = person_with(session, vault, [row(START), row(START + 1)])
        for ask in COUNTS:
            with pytest.raises(NotAllowed):
                ask(session, STRANGER, vault, own(me))
        summary(session, me, vault, own(me))
        summary(session, OPERATOR, vault, own(me))
        preview(session, OFFICER, vault, own(me), Scope(end=START + 1))
        looks = history.about(session, me, vault, own(me))
        assert [(look.scope["view"], look.count) for look in looks] == [("preview", 1), ("summary", 2)]
    for ask in COUNTS:
        with pytest.raises(Exception, match=r"(?i)read.?only"), database.reading() as session:
            ask(session, OFFICER, vault, own(me))


def _screen(person_id: int, digest: str, size: int) -> ScreenRow:
    return ScreenRow(
        person_id=person_id,
        digest=digest,
        id=int(digest[0], 16),
        media_type="image/png",
        bytes=size,
        key_version=1,
        wrapped_key=b"",
        import_id=1,
    )

"""Pages give every capture exactly once, the newest first, whatever is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.accesses.entry import Action, Purpose, Reason
from data.captures import browse, counts, rollups, screens, segments
from data.captures.browse import Capture, Page
from data.captures.recording import Screen
from data.captures.schema import SCHEMA, Kind
from data.captures.scope import Filter, Scope
from data.database import Database
from data.errors import BadInput, NotAllowed, NotFound
from data.instants import DAY, HOUR
from data.looks import history
from data.people.viewer import OPERATOR
from data.sealing import keys
from data.sealing.vault import Vault
from tests.data.captures.rows import START, Row, drawn_rows, row, table
from tests.data.captures.stored import OFFICER, keep, own, person_with

ONE_STORE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
EVERYTHING = Filter()


def filters() -> st.SearchStrategy[Filter]:
    """Filters of every part, to the microsecond."""
    time = st.one_of(
        st.none(), st.integers(-3, 3).map(lambda n: START + n * HOUR), st.integers(START - DAY, START + DAY)
    )
    kinds = st.frozensets(st.sampled_from([Kind.KEY, Kind.CLICK, Kind.WINDOW]), max_size=2)
    apps = st.frozensets(st.sampled_from(["Outlook", "Über", "", "none"]), max_size=2)
    text = st.sampled_from(["", "", "Q", "über", "OFFER", "key.", "nowhere"])
    return st.builds(Filter, st.builds(Scope, kinds, apps, time, time), text)


def meant(one: Row, filter: Filter) -> bool:
    """Whether a filter means a row, told from the words of the filter alone."""
    scope, text = filter.scope, filter.text.lower()
    return (
        (not scope.kinds or one["kind"] in scope.kinds)
        and (not scope.apps or one["app"] in scope.apps)
        and (scope.start is None or one["at"] >= scope.start)
        and (scope.end is None or one["at"] < scope.end)
        and any(text in (one[name] or "").lower() for name in ("app", "title", "text", "value"))
    )


def comparable(rows: Sequence[Row] | Sequence[Capture]) -> list[str]:
    """Rows without their order; NaN equals NaN."""
    cells = (vars(one) if isinstance(one, Capture) else one for one in rows)
    return sorted(repr([None if one[name] is None else str(one[name]) for name in SCHEMA.names]) for one in cells)


def pages(ask: Any, filter: Filter, limit: int) -> list[Page]:
    """Every page, one after the other."""
    read: Any = browse.page
    found = [read(*ask, filter, limit)]
    while found[-1].next is not None:
        assert len(found) < 300, "the pages do not end"
        found.append(read(*ask, filter, limit, found[-1].next))
    return found


@ONE_STORE
@given(st.lists(drawn_rows(30), max_size=3), filters(), st.integers(1, 12), st.integers(1, 40), st.integers(1, 8))
def test_pages_give_every_capture_exactly_once_newest_first(
    database: Database, vault: Vault, imports: list[list[Row]], filter: Filter, limit: int, patience: int, size: int
) -> None:
    """Under any filter, with segments that overlap, many captures of one instant, and searches cut short."""
    with pytest.MonkeyPatch.context() as patch, database.writing() as session:
        patch.setattr(segments, "ROWS", size)
        patch.setattr(browse, "PATIENCE", patience)
        me = person_with(session, vault, *imports)
        found = pages((session, me, vault, own(me)), filter, limit)
        captures = [capture for page in found for capture in page.captures]
        wanted = [one for rows in imports for one in rows if meant(one, filter)]
        assert comparable(captures) == comparable(wanted)
        assert [one.at for one in captures] == sorted((one["at"] for one in wanted), reverse=True)
        assert len({one.cursor for one in captures}) == len(captures)
        for page in found:
            assert len(page.captures) == limit or page.next is None or page.searched_to is not None
        session.rollback()


def test_a_page_goes_on_from_any_capture_under_another_filter(database: Database, vault: Vault) -> None:
    """A cursor names a place, not a search: filters may change between two pages."""
    rows = [row(START + n, "click" if n % 3 else "key", text=str(n)) for n in range(20)]
    with database.writing() as session:
        me = person_with(session, vault, rows[:11], rows[11:])
        ask = (session, me, vault, own(me))
        tenth = browse.page(*ask, EVERYTHING, 10).captures[-1]
        keys = browse.page(*ask, Filter(Scope(kinds=frozenset({Kind.KEY}))), 100, tenth.cursor)
        assert [one.text for one in keys.captures] == ["9", "6", "3", "0"]
        assert keys.next is None


def test_what_comes_in_between_two_pages_neither_repeats_nor_hides_a_capture(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        me = person_with(session, vault, [row(START, text=str(n)) for n in range(6)])
        ask = (session, me, vault, own(me))
        first = browse.page(*ask, EVERYTHING, 3)
        keep(session, vault, own(me), [row(START, text="new"), row(START + 1, text="newer")], 2)
        second = browse.page(*ask, EVERYTHING, 3, first.next)
        assert [one.text for page in (first, second) for one in page.captures] == list("543210")


def test_a_search_without_matches_opens_no_segment(database: Database, vault: Vault, monkeypatch: Any) -> None:
    """Neither an app, a kind, a time nor a text that nobody has costs an opening."""
    with database.writing() as session:
        me = person_with(session, vault, [row(START, app="Outlook", title="Re: offer"), row(START + DAY, "click")])
        monkeypatch.setattr(segments, "_open", lambda *_: pytest.fail("a segment was opened"))
        for scope, text in (
            (Scope(apps=frozenset({"Excel"})), ""),
            (Scope(kinds=frozenset({Kind.SCROLL})), ""),
            (Scope(kinds=frozenset({Kind.CLICK}), end=START + DAY), ""),
            (Scope(end=START), ""),
            (Scope(start=START + 2, end=START + 1), ""),
            (Scope(), "nowhere"),
        ):
            assert browse.page(session, me, vault, own(me), Filter(scope, text)) == Page((), None, None)


@pytest.mark.parametrize("cursor", ["", "1", "1.2", "1.2.3.4", "a.b.c", "1.2.3 ", "٣.1.1", f"{2**63}.1.1", "1.2.-"])
def test_a_cursor_that_nobody_gave_is_refused_in_a_sentence(database: Database, vault: Vault, cursor: str) -> None:
    with database.writing() as session:
        me = person_with(session, vault, [row(START)])
        with pytest.raises(BadInput, match="begin again"):
            browse.page(session, me, vault, own(me), EVERYTHING, before=cursor)


@pytest.mark.parametrize("limit", [0, -1, browse.LONGEST + 1])
def test_a_page_of_no_or_too_many_captures_is_refused(database: Database, vault: Vault, limit: int) -> None:
    with database.writing() as session:
        me = person_with(session, vault, [row(START)])
        with pytest.raises(BadInput, match="A page holds"):
            browse.page(session, me, vault, own(me), EVERYTHING, limit)


def test_everything_gives_every_capture_once_the_oldest_first(database: Database, vault: Vault) -> None:
    rows = [row(START + n % 7, text=str(n)) for n in range(30)]
    with database.writing() as session:
        me = person_with(session, vault, rows[:20], rows[20:])
        found = [one for part in browse.everything(session, me, vault, own(me)) for one in part.to_pylist()]
        assert comparable(found) == comparable(rows)
        assert [one["at"] for one in found] == sorted(one["at"] for one in rows)


def test_a_look_at_somebody_else_s_captures_is_in_their_log_with_its_reason(database: Database, vault: Vault) -> None:
    """One entry a page, with how many captures were shown; one's own look leaves none."""
    reason = Reason(Purpose.QUESTION, "T-1")
    with database.writing() as session:
        me = person_with(session, vault, [row(START, text="secret"), row(START + 1, "click")])
        ask = (vault, own(me))
        browse.page(session, me, *ask, EVERYTHING)
        assert history.about(session, me, *ask) == ()
        browse.page(session, OFFICER, *ask, Filter(Scope(kinds=frozenset({Kind.KEY})), "SEC"), reason=reason)
        browse.everything(session, OFFICER, *ask, reason)
        copied, read = history.about(session, me, *ask)
        assert (read.action, read.count, read.purpose, read.ticket) == (Action.READ, 1, Purpose.QUESTION, "T-1")
        assert read.scope == {"view": "captures", "kinds": ["key"], "text": "SEC"}
        assert (copied.action, copied.count) == (Action.COPY, 2)


def test_a_screen_is_shown_to_its_person_and_a_look_at_it_is_logged(database: Database, vault: Vault) -> None:
    picture = Screen("ab" * 32, "image/png", b"pixels")
    with database.writing() as session:
        me = person_with(session, vault, [row(START, "screen", screen=picture.digest)])
        key = keys.current(session, vault, own(me))
        screens.add(session, [screens.seal(vault, key, own(me), 1, picture)])
        assert browse.screen(session, me, vault, own(me), picture.digest) == picture
        assert browse.screen(session, OFFICER, vault, own(me), picture.digest) == picture
        (look,) = history.about(session, me, vault, own(me))
        assert look.scope == {"view": "screen", "screen": picture.digest}
        with pytest.raises(NotFound):
            browse.screen(session, me, vault, own(me), "cd" * 32)
        with pytest.raises(NotAllowed):
            browse.screen(session, OPERATOR, vault, own(me), picture.digest)


def test_a_look_that_cannot_be_logged_shows_nothing(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        me = person_with(session, vault, [row(START)])
    with pytest.raises(Exception, match=r"(?i)read.?only"), database.reading() as session:
        browse.page(session, OFFICER, vault, own(me), EVERYTHING)
    with pytest.raises(Exception, match=r"(?i)read.?only"), database.reading() as session:
        browse.everything(session, OFFICER, vault, own(me), None)
    with pytest.raises(NotAllowed), database.writing() as session:
        browse.page(session, OPERATOR, vault, own(me), EVERYTHING)


def test_counts_that_do_not_know_a_capture_do_not_hide_one_that_they_know(database: Database, vault: Vault) -> None:
    """Bounds are by quarter hour: a filter to the microsecond still finds what lies at the edge of one."""
    with database.writing() as session:
        me = person_with(session, vault)
        rows = [row(START + 899_999_999, "click"), row(START + 900_000_000, "click")]
        segments.write(session, vault, own(me), 1, table(rows))
        counts.add(session, vault, own(me), rollups.count(table(rows)))
        for begin, end in ((0, 1), (1, 2)):
            scope = Scope(frozenset({Kind.CLICK}), frozenset(), rows[begin]["at"], rows[begin]["at"] + 1)
            found = browse.page(session, me, vault, own(me), Filter(scope)).captures
            assert [one.at for one in found] == [one["at"] for one in rows[begin:end]]

"""Bystander rules: on record for everybody, versioned, and reaching what was in front without anybody looking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import instants
from data.captures.schema import SCHEMA
from data.captures.scope import Scope
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.rights.redaction import bystanders, showing
from data.rights.redaction.bystanders import Rule
from data.rights.redaction.region import WHOLE, Region, Shown
from data.sealing.vault import Vault
from tests.data.rights.conftest import Roster
from tests.data.rights.holding import START, keep
from tests.data.rights.redaction.drawn import shown, window

CHATS = Rule(("Element", "Slack*"), (), Shown.CHAT)


def test_there_is_no_rule_until_an_officer_sets_one_and_each_change_is_a_version_in_the_log(
    database: Database, vault: Vault, roster: Roster
) -> None:
    with database.reading() as session:
        assert bystanders.register(session, vault).now == bystanders.Ruleset()
    part = Rule((), ("*call*",), Shown.FACE, Region(70, 0, 100, 30, 100, 100), "the faces")
    with database.writing() as session:
        bystanders.add(session, roster.olga, vault, CHATS)
        bystanders.add(session, roster.omar, vault, part)
        bystanders.drop(session, roster.olga, vault, 1)
        last = bystanders.wait(session, roster.olga, vault, True)
    with database.reading() as session:
        found = bystanders.register(session, vault)
    assert [one.rules for one in found.sets] == [(CHATS,), (CHATS, part), (part,), (part,)]
    assert [one.version for one in found.sets] == [1, 2, 3, 4]
    assert (found.now, found.now.waits, found.altered) == (last, True, 0)
    assert len({one.position for one in found.sets}) == 4


def test_only_officers_set_rules_and_what_is_none_is_refused(database: Database, vault: Vault, roster: Roster) -> None:
    with database.writing() as session:
        with pytest.raises(NotAllowed):
            bystanders.add(session, roster.ana, vault, CHATS)
        with pytest.raises(NotAllowed, match="sign in once more"):
            stale = replace(roster.olga, proved_at=instants.now() - 6 * instants.MINUTE)
            bystanders.add(session, stale, vault, CHATS)
        for rule in (Rule((), (), Shown.CHAT), Rule(("*",), (), Shown.CHAT), Rule(("Zoom",), (), Shown.OTHER)):
            with pytest.raises(BadInput):
                bystanders.add(session, roster.olga, vault, rule)
        bystanders.add(session, roster.olga, vault, CHATS)
        with pytest.raises(Conflict):
            bystanders.add(session, roster.olga, vault, CHATS)
        with pytest.raises(Conflict):
            bystanders.wait(session, roster.olga, vault, False)
        with pytest.raises(NotFound):
            bystanders.drop(session, roster.olga, vault, 2)
        assert len(bystanders.register(session, vault).sets) == 1


def test_two_officers_who_end_a_rule_at_once_end_one(database: Database, vault: Vault, roster: Roster) -> None:
    """The number is the next rule's by then, and what that blacks out would go out in copies."""
    zoom, slack = (Rule((app,), (), Shown.FACE) for app in ("Zoom", "Slack"))
    with database.writing() as session:
        for rule in (zoom, slack):
            seen = bystanders.add(session, roster.olga, vault, rule).version
    with database.writing() as session:
        bystanders.drop(session, roster.olga, vault, 1, version=seen)
    with pytest.raises(Conflict, match="changed meanwhile; none was ended"), database.writing() as session:
        bystanders.drop(session, roster.omar, vault, 1, version=seen)
    with database.reading() as session:
        assert bystanders.register(session, vault).now.rules == (slack,)


@pytest.mark.parametrize(
    ("rule", "window", "reached"),
    [
        (CHATS, ("element", ""), True),
        (CHATS, ("Slack - Huddle", "x"), True),
        (CHATS, ("Elements", ""), False),
        (CHATS, ("", "Element"), False),
        (Rule((), ("* call [1]",), Shown.FACE), ("Firefox", "Weekly CALL [1]"), True),
        (Rule((), ("* call [1]",), Shown.FACE), ("Firefox", "Weekly call 1"), False),
        (Rule(("Firefox",), ("*Meet*",), Shown.FACE), ("Firefox", "Tides"), False),
        (Rule(("Firefox",), ("*Meet*",), Shown.FACE), ("Firefox", "Jitsi Meet"), True),
    ],
)
def test_a_rule_reaches_the_windows_that_it_names(rule: Rule, window: bystanders.Window, reached: bool) -> None:
    assert rule.reaches(window) is reached


def test_a_picture_is_told_by_what_was_in_front_when_it_was_taken_and_just_before_and_after(
    database: Database, vault: Vault
) -> None:
    """A collector notices a window a second late; what came to the front then is on the picture already."""
    a, b, c, d, e, f = (letter * 64 for letter in "abcdef")
    second, minute = instants.SECOND, instants.MINUTE
    rows = [
        shown(START, a),
        window(START + minute, "Element", "Rosa"),
        shown(START + 2 * minute, b),
        shown(START + 3 * minute - second, c),
        window(START + 3 * minute, "Code", "tide.py", duration=10 * second),
        shown(START + 3 * minute + second, d),
        shown(START + 4 * minute, e),
        shown(START + 4 * minute, f, app="Zoom"),
        {**window(START + 5 * minute, "Signal"), "device": "other"},
        shown(START + 5 * minute, "9" * 64, title="own title"),
    ]
    keep(database, vault, 1, rows)
    with database.reading() as session:
        found = {one.screen: one.windows for one in showing.showings(session, vault, 1)}
    assert found == {
        a: (),
        b: (("Element", "Rosa"),),
        c: (("Element", "Rosa"), ("Code", "tide.py")),
        d: (("Code", "tide.py"), ("Element", "Rosa")),
        e: (),
        f: (("Zoom", ""),),
        "9" * 64: (("", "own title"),),
    }


SLOTS = st.lists(
    st.tuples(
        st.integers(0, 3),  # seconds since the one before
        st.sampled_from(["window", "screen", "key"]),
        st.sampled_from(["a", "b", None]),
        st.sampled_from([None, "App", "Own"]),
        st.sampled_from([None, 1, 30]),
    ),
    max_size=24,
)


def naively(rows: Sequence[dict[str, Any]]) -> list[tuple[str, set[bystanders.Window]]]:
    """What each picture may show, by looking at every row for each."""
    found = list[tuple[str, set[bystanders.Window]]]()
    for place, row in enumerate(rows):
        if row["screen"] is None:
            continue
        mine = [(i, one) for i, one in enumerate(rows) if one["kind"] == "window" and one["device"] == row["device"]]
        before = [one for i, one in mine if i < place]
        known = list[bystanders.Window]()
        for one, after in zip(before[-2:], [*before[-2:][1:], None], strict=False):
            ends = [one["at"] + one["duration"]] if one["duration"] else []
            ends += [after["at"]] if after else []
            if not ends or row["at"] <= min(ends) + showing.SLACK:
                known.insert(0, (one["app"] or "", ""))
        own = row["app"] or (known[0][0] if known else ""), ""
        after = [(one["app"] or "", "") for i, one in mine if i > place and one["at"] <= row["at"] + showing.SLACK]
        found.append((row["screen"], {one for one in (own, *known, *after) if any(one)}))
    return found


@settings(max_examples=150)
@given(slots=SLOTS, cut=st.integers(0, 24))
def test_windows_are_found_as_if_every_row_were_read_for_each_picture(slots: list[Any], cut: int) -> None:
    """Most rows are skipped unread; none may be that a picture could show, also across two segments."""
    rows, at = list[dict[str, Any]](), START
    for number, (later, kind, device, app, seconds) in enumerate(slots):
        at += later * instants.SECOND
        duration = seconds * instants.SECOND if seconds and kind == "window" else None
        screen = f"{number:064}" if kind == "screen" else None
        row = {"at": at, "kind": kind, "duration": duration, "device": device, "app": app, "screen": screen}
        rows.append(dict.fromkeys(showing.COLUMNS) | row)
    parts = [rows[:cut], rows[cut:]]
    schema = pa.schema([SCHEMA.field(name) for name in showing.COLUMNS])
    tables = [(pa.Table.from_pylist(part, schema), Scope()) for part in parts if part]
    assert [(one.screen, {*one.windows}) for one in showing.read(tables)] == naively(rows)


def test_a_rule_reads_as_a_sentence() -> None:
    assert CHATS.plain == (
        "While Element or Slack* is in front, the whole screen is blacked out, as it can show what somebody else wrote"
        " or said."
    )
    one = Rule(("Firefox",), ("*Meet*",), Shown.FACE, Region(1, 0, 2, 1, 3, 4), "the row of faces")
    assert one.plain == (
        "While a window titled “*Meet*” of Firefox is in front, 33.3 to 66.7 % across and 0 to 25 % down the screen is"
        " blacked out, as it can show somebody else's face (the row of faces)."
    )
    assert WHOLE.plain == "the whole screen"

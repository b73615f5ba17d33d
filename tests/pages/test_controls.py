"""What pages say of promises: how each stands, in words that would help nobody who wants in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data import instants
from data.controls.control import Fact, Name, Result, State
from data.controls.lifecycle import LATE, Claimed, Stage, Standing
from data.controls.record import Line, Record, Seen
from pages.charts import controls as charts
from pages.wording import controls as wording
from pages.wording import spanning
from tests.pages.test_phrases import CALENDAR

NOW, HOUR = CALENDAR.now, instants.HOUR
NAME = Name("readers", "ware<b>house")


def seen(state: State, stage: Stage = Stage.NEVER, *, at: int = NOW - HOUR, **more: int) -> Seen:
    standing = replace(Standing(stage, state, at, at, broken_at=NOW - 5 * HOUR), **more)
    lines = (
        Line(4, NOW - 9 * HOUR, "Nobody could.", State.HOLDS),
        Line(7, NOW - 5 * HOUR, "It is <open>.", State.BROKEN, NOW - 6 * HOUR),
    )
    facts = (Fact("could read: eve", "granted"),)
    return Seen(NAME, standing, lines, Result(state, "It is <open>.", facts, ("pg_hba.conf",)), 14)


def record(*found: Seen) -> Record:
    return Record(found, 0)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ((), "Nobody has looked yet"),
        ((seen(State.HOLDS),), "The one promise that a program can check is kept."),
        (
            (seen(State.HOLDS), seen(State.HOLDS), seen(State.BROKEN, Stage.BROKEN), seen(State.UNKNOWN)),
            "Of 4 promises that a program can check, 1 is broken, 1 is not known and 2 are kept.",
        ),
        ((seen(State.HOLDS, at=NOW - LATE - HOUR),), "The one promise that a program can check is not known."),
    ],
)
def test_the_first_sentence_counts_what_is_kept_and_never_what_nobody_saw(found: tuple[Seen, ...], said: str) -> None:
    """Protects: what is too old or could not be seen is not counted as kept."""
    assert wording.summary(record(*found), NOW).startswith(said)
    assert said[:20] in wording.headline(record(*found), NOW)


def test_entries_that_no_longer_open_are_counted() -> None:
    one, two = (wording.headline(Record((seen(State.HOLDS),), number), NOW) for number in (1, 2))
    assert "1 entry about them no longer opens: it was altered." in one
    assert "2 entries about them no longer open: they were altered." in two


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (seen(State.BROKEN, Stage.BROKEN, good_at=NOW - 6 * HOUR), "seen kept last"),
        (seen(State.BROKEN, Stage.CLAIMED), "said to be fixed, and no look has found it so yet"),
        (seen(State.HOLDS, Stage.PROVING, proven=2 * instants.DAY), "It has held once that is seen for 12 days more."),
        (seen(State.HOLDS, Stage.PROVING, proven=3 * instants.HOUR), "It has held once that is seen for 14 days more."),
        (seen(State.HOLDS, Stage.HELD), "the fix has held for 14 days"),
        (seen(State.BROKEN, Stage.REOPENED, reopened=2), "broken again 2 times"),
        (seen(State.HOLDS, at=NOW - LATE - HOUR), "That is too long ago to know."),
    ],
)
def test_everybody_reads_how_a_fix_stands(one: Seen, said: str) -> None:
    """Protects: a claim is called that, and each break after a fix is counted, on both pages; all of it escaped."""
    public = wording.promises(record(replace(one, lines=())), CALENDAR)
    for text in (public, wording.heading(one, CALENDAR)):
        assert said in text
        assert "It is &lt;open&gt;." in text and "ware&lt;b&gt;house" in text
        assert "could read: eve" not in text and "granted" not in text
    assert "granted" in wording.evidence(one, CALENDAR) and "pg_hba.conf" in wording.evidence(one, CALENDAR)


def test_a_claim_stands_in_the_history_with_who_made_it() -> None:
    """Protects: whoever said that it is fixed is named to those who may read the evidence."""
    one = seen(State.BROKEN, Stage.CLAIMED)
    claimed = Line(9, NOW, "<i>Revoked</i>", by="Ingrid")
    said = wording.history(replace(one, lines=(*one.lines, claimed)), CALENDAR)
    assert "Ingrid said that it is fixed: &lt;i&gt;Revoked&lt;/i&gt;" in said
    assert said.index("entry 9") < said.index("entry 4"), "newest first"
    assert "earlier" not in said
    assert "2 earlier entries" in wording.history(replace(one, lines=one.lines * 21), CALENDAR)
    assert wording.proof(one) == "Newest entries of the access log: 4 and 7."


def test_what_is_broken_comes_first() -> None:
    """Protects: nobody has to look for what is wrong."""
    kept, broken = seen(State.HOLDS), seen(State.BROKEN, Stage.BROKEN)
    assert wording.ordered(record(kept, broken), NOW) == [broken, kept]


def test_the_picture_shows_what_was_found_from_when_to_when() -> None:
    """Protects: the chart says the same as the log, in its alternative text and its table too."""
    frame = spanning.frame(record(seen(State.BROKEN, Stage.BROKEN)), CALENDAR, 7)
    assert [(found, (end - start).total_seconds()) for _, start, end, found in frame.itertuples(index=False)] == [
        ("Kept", 3 * 3600),
        ("Broken", 4 * 3600),
    ]
    chart = charts.controls(frame, *spanning.bounds(CALENDAR, 7))
    assert chart.alt == "1 promise over time. Found broken 1 time, 1 of them."
    assert list(chart.table["Promise"]) == ["Who can read: ware<b>house"] * 2
    labels = chart.figure.layout.yaxis.ticktext  # pyright: ignore[reportAttributeAccessIssue] (plotly's own)
    assert labels == ("Who can read: ware&lt;b&gt;house",)
    nothing = spanning.frame(record(), CALENDAR, 7)
    assert "Nothing" in charts.controls(nothing, *spanning.bounds(CALENDAR, 7)).alt


def test_a_claim_is_kept_from_whoever_may_not_read_it() -> None:
    """Protects: the words of a claim may name a server, and are for those who see evidence."""
    one = replace(seen(State.BROKEN, Stage.CLAIMED), lines=())
    secret = replace(one, standing=replace(one.standing, claim=Claimed(NOW, "Ingrid", "closed db.internal")))
    assert "db.internal" not in wording.promises(record(secret), CALENDAR)

"""A capture is told in words, completely, and never as markup."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.captures.schema import Kind
from pages.shell import markup, readable


@dataclass(frozen=True)
class Event:
    kind: str = Kind.KEY
    duration: int | None = None
    down: bool | None = None
    app: str | None = None
    title: str | None = None
    x: float | None = None
    y: float | None = None
    dx: float | None = None
    dy: float | None = None
    button: str | None = None
    text: str | None = None
    value: str | None = None


IN_MAIL = Event(app="Outlook", title="Re: offer")


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (replace(IN_MAIL, text="q", down=True), "typed ‘q’ in Outlook, Re: offer"),
        (replace(IN_MAIL, text="q", down=False), "let go of ‘q’ in Outlook, Re: offer"),
        (Event(text="Key.enter"), "typed enter"),
        (Event(text=" "), "typed Space"),
        (Event(), "typed a key"),
        (Event(kind=Kind.CLICK, button="left", x=512.4, y=-3.0), "clicked the left button at 512, -3"),
        (Event(kind=Kind.CLICK), "clicked the mouse button"),
        (Event(kind=Kind.POINTER, x=65535.0, y=65535.0), "moved the pointer to 65535, 65535"),
        (Event(kind=Kind.SCROLL, dy=-3.0, dx=1.5), "scrolled down 3 and right 1.5"),
        (replace(IN_MAIL, kind=Kind.WINDOW, duration=240_000_000), "in front for 4 minutes: Outlook, Re: offer"),
        (replace(IN_MAIL, kind=Kind.SCREEN), "the screen was captured in Outlook, Re: offer"),
        (
            Event(kind=Kind.IDLE, value='{"status":"afk"}', duration=720_000_000),
            "away from the keyboard for 12 minutes",
        ),
        (
            Event(kind=Kind.INPUT, value='{"presses":12,"clicks":1}', duration=5_000_000),
            "12 key presses and 1 click within 5 seconds",
        ),
        (Event(kind=Kind.INPUT, value="[1]"), "counted input"),
        (Event(kind=Kind.OTHER), "another record"),
        (Event(kind="brainwave", text="alpha"), "another record: alpha"),
    ],
)
def test_every_kind_has_a_line(event: Event, said: str) -> None:
    assert readable.line(event) == said


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_noun_and_an_icon(kind: Kind) -> None:
    assert readable.noun(kind, 1) != readable.noun(kind, 2)
    assert readable.icon(kind)


@given(st.text())
def test_no_title_becomes_markup_on_a_page(text: str) -> None:
    shown = markup.html(text)
    assert "<" not in shown
    assert '"' not in shown


@pytest.mark.parametrize("text", [":material/delete:", "[press me](https://x)", "**bold**", "$x$", "a:red[b]", "# Top"])
def test_no_title_becomes_markdown_on_a_page(text: str) -> None:
    shown = markup.literal(text)
    assert shown.replace("\\", "") == text
    for sign in ":[]*$#":
        assert shown.count(sign) == shown.count("\\" + sign)


def test_a_rounded_figure_has_the_exact_one_on_hover() -> None:
    assert 'title="exactly 1,204,311"' in markup.figure(1_204_311)
    assert "title" not in markup.figure(1_204)


def test_an_instant_has_the_exact_one_on_hover() -> None:
    shown = markup.time(1_793_714_709_000_120, "Tue 3 Nov, 14:05")
    assert 'datetime="2026-11-03T14:05:09.000120Z"' in shown
    assert 'title="2026-11-03 14:05:09.000120 UTC"' in shown

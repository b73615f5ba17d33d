"""The theme can be read by everybody, in the light and in the dark, and calls nobody outside."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

CONFIG = Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml"
BACKGROUNDS = ("backgroundColor", "secondaryBackgroundColor")
WORDS = ("red", "orange", "green", "blue", "gray")


def configuration() -> dict[str, Any]:
    return tomllib.loads(CONFIG.read_text())


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of '#RRGGBB'."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.2), 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_text_colour_can_be_read_on_every_background(mode: str) -> None:
    theme = configuration()["theme"][mode]
    texts = ["textColor", "linkColor", *(f"{word}TextColor" for word in WORDS)]
    low = {
        (text, ground): contrast(theme[text], theme[ground])
        for text in texts
        for ground in BACKGROUNDS
        if contrast(theme[text], theme[ground]) < 4.5
    }
    assert not low


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_badges_and_buttons_can_be_read(mode: str) -> None:
    theme = configuration()["theme"][mode]
    for word in WORDS:
        assert contrast(theme[f"{word}TextColor"], theme[f"{word}BackgroundColor"]) >= 4.5, word
    assert contrast("#FFFFFF", theme["primaryColor"]) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_stronger_colour_always_means_more(mode: str) -> None:
    steps = [luminance(colour) for colour in configuration()["theme"][mode]["chartSequentialColors"]]
    assert len(steps) == 10
    assert steps == sorted(steps, reverse=mode == "light")


def test_nothing_is_fetched_from_outside_and_nobody_is_told() -> None:
    text = "\n".join(line.partition("#")[0] for line in CONFIG.read_text().splitlines() if "olor" not in line)
    assert "http" not in text
    assert configuration()["browser"]["gatherUsageStats"] is False


def test_no_stack_trace_reaches_a_reader_and_no_garbage_collection_a_click() -> None:
    found = configuration()
    assert found["client"]["showErrorDetails"] == "none"
    assert found["runner"]["postScriptGC"] is False

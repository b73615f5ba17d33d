"""A chart with everything a reader may need instead of it: its alternative text and its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd
import plotly.graph_objects as go

from pages.shell import markup

# A pandas frame or series with the columns its docstring names: pandas' own types call each cell a Series or a scalar.
Frame: TypeAlias = Any


@dataclass(frozen=True)
class Chart:
    """`alt` is one sentence that says what the picture shows; `table` has the same figures under readable columns."""

    figure: go.Figure
    alt: str
    table: pd.DataFrame


# One colour for both themes: at least 3.9 to 1 on the light ground and 4.4 to 1 on the dark one.
INK = "#3A88A5"


def plain(figure: go.Figure, *, height: int, **layout: Any) -> go.Figure:
    """The look all charts share: no frame, no zoom (a finger must scroll the page), nothing drawn twice.

    Colours come from the theme in .streamlit/config.toml, so light and dark need no second figure.
    """
    return figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=False,
        dragmode=False,
        bargap=0.25,
        hoverlabel={"align": "left"},
        **layout,
    ).update_xaxes(fixedrange=True, automargin=True, title=None)


def best(frame: Frame, column: str = "count") -> Frame | None:
    """The row with the largest `column`, None when there is none above zero."""
    if frame.empty or not frame[column].max():
        return None
    return frame.loc[frame[column].idxmax()]


def literal(text: str, longest: int = 200) -> str:
    """`text` as plotly shows it letter for letter: labels and hovers would take its <b> or <a> for markup."""
    text = markup.seen(text)
    kept = text if len(text) <= longest else text[: longest - 1] + "…"
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

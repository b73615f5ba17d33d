"""The weekday-by-hour heat map: when in the week a person is captured."""

from __future__ import annotations

import plotly.graph_objects as go

from pages.charts.chart import Chart, Frame, best, plain

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WHOLE = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOURS = tuple(f"{hour:02d}" for hour in range(24))


def week(frame: Frame) -> Chart:
    """`frame`: [weekday (0 = Monday), hour (0 to 23), count] on the reader's clock; missing cells count as 0."""
    grid: Frame = frame.groupby(["weekday", "hour"])["count"].sum().unstack(fill_value=0)
    grid = grid.reindex(index=range(7), columns=range(24), fill_value=0)
    top: Frame = best(frame)
    said = "No captures in this span."
    if top is not None:
        weekday, hour = int(top["weekday"]), int(top["hour"])
        quiet = [_WHOLE[day] for day in range(7) if not grid.loc[day].sum()]
        said = f"Captures by weekday and hour, most on {_WHOLE[weekday]}s from {hour:02d}:00 to {hour + 1:02d}:00"
        said += f"; none on {', '.join(quiet)}." if quiet else "."
    cells = go.Heatmap(
        x=_HOURS,
        y=DAYS,
        z=grid.to_numpy(),
        zmin=0,
        xgap=2,
        ygap=2,
        showscale=False,
        hovertemplate="%{y}, %{x}:00 to %{x}:59<br><b>%{z:,}</b> captures<extra></extra>",
    )
    figure = plain(go.Figure(cells), height=240)
    # Without type="category" plotly reads '08' as a number and draws the axis from 8.
    figure.update_xaxes(type="category", showgrid=False, tickvals=_HOURS[::3])
    figure.update_yaxes(type="category", showgrid=False, fixedrange=True, autorange="reversed")
    table = grid.set_axis(_HOURS, axis=1).set_axis(list(_WHOLE), axis=0).rename_axis("Day").reset_index()
    return Chart(figure, said, table)

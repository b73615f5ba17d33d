"""Figures about people as files: a release whole or as a table, a figure over the quarters, and the pictures of how
people are counted."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data.errors import NotFound
from data.people.viewer import Viewer
from data.statistics.people import document, reading
from data.statistics.people.figure import Figure
from data.statistics.people.release import Record, Release
from data.statistics.quarter import Quarter
from data.store import Store
from pages.charts import people as charts
from pages.downloads.desk import attached, open_to
from pages.organizer import course, method
from pages.shell import markup
from pages.wording import people as said


def over_quarters(record: Record, figure: Figure, of: Release) -> str:
    """One figure over the quarters, of every group of one release, as CSV."""
    tables = [charts.by_quarter(one.name, course.frame(record, figure, one), said.MARKS) for one in of.groups]
    return markup.cells(pd.concat(tables)).to_csv(index=False)


def routes(store: Callable[[], Store]) -> list[Route]:
    """The routes. `store` is asked when a request comes, not before."""

    def release(request: Request, viewer: Viewer) -> Release:
        quarter = Quarter.parse(str(request.path_params["quarter"]))
        with store().database.reading() as session:
            return reading.one(session, viewer, store().vault, quarter)

    def as_csv(request: Request, viewer: Viewer) -> Response:
        """The figures of a release as a table."""
        found = release(request, viewer)
        return Response(
            document.as_csv(found), media_type="text/csv", headers=attached(document.file_name(found, "csv"))
        )

    def as_json(request: Request, viewer: Viewer) -> Response:
        """A release whole, with where the access log holds its fingerprint."""
        found = release(request, viewer)
        headers = attached(document.file_name(found, "json"))
        return Response(document.as_json(found), media_type="application/json", headers=headers)

    def quarters(request: Request, viewer: Viewer) -> Response:
        """One figure over the quarters, of every group of one release (`?quarter=`; of the newest without), as the
        page draws them."""
        figure, chosen = Figure.of(str(request.path_params["figure"])), request.query_params.get("quarter")
        with store().database.reading() as session:
            record = reading.releases(session, viewer, store().vault)
            if not record.releases:
                raise NotFound("There is no release of figures about people yet.")
            quarter = record.releases[0].quarter if chosen is None else Quarter.parse(chosen)
            of = reading.one(session, viewer, store().vault, quarter)
        name = f"daylight-people-{figure}-groups-of-{of.quarter}.csv"
        return Response(over_quarters(record, figure, of), media_type="text/csv", headers=attached(name))

    def explained(request: Request, _: Viewer) -> Response:
        """The numbers of a picture of how people are counted, which are about nobody: for everybody."""
        name = str(request.path_params["name"])
        found = method.pictures().get(name)
        if found is None:
            raise NotFound("There is no such picture; take one that the page shows.")
        text = markup.cells(found.table).to_csv(index=False)
        return Response(text, media_type="text/csv", headers=attached(f"daylight-method-{name}.csv"))

    return [
        Route("/download/people-method/{name:str}.csv", open_to(store, explained), methods=["GET"]),
        Route("/download/people/quarters/{figure:str}.csv", open_to(store, quarters), methods=["GET"]),
        Route("/download/people/{quarter:str}.csv", open_to(store, as_csv), methods=["GET"]),
        Route("/download/people/{quarter:str}.json", open_to(store, as_json), methods=["GET"]),
    ]

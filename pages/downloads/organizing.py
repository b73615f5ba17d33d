"""What organizers take with them: the figures behind a picture, and the report of a quarter. They name nobody."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data.errors import BadInput, NotFound
from data.people.viewer import Viewer
from data.statistics import conduct
from data.statistics import report as reports
from data.statistics.people import reading
from data.statistics.quarter import Quarter
from data.store import Store
from pages.downloads.desk import attached, open_to
from pages.organizer import weekly
from pages.shell import markup
from pages.wording import counted, quarterly

_MOST_WEEKS = 104


def routes(store: Callable[[], Store]) -> list[Route]:
    """The routes. `store` is asked when a request comes, not before."""

    def figures(request: Request, viewer: Viewer) -> Response:
        """The table behind a picture of the conduct, as CSV in which no cell begins a formula."""
        length, name = request.query_params.get("weeks", "12"), str(request.path_params["name"])
        if not (length.isascii() and length.isdecimal() and len(length) < 4 and 1 <= int(length) <= _MOST_WEEKS):
            raise BadInput(f"That is no number of weeks; name one from 1 to {_MOST_WEEKS}.")
        with store().database.reading() as session:
            found = conduct.conduct(session, viewer, store().vault, int(length))
        shown = next((one for one in weekly.pictures(found) if one.name == name), None)
        if shown is None:
            raise NotFound("There is no such picture; take one that the page shows.")
        text = markup.cells(shown.chart.table).to_csv(index=False)
        return Response(text, media_type="text/csv", headers=attached(f"daylight-{name}-{length}-weeks.csv"))

    def report(request: Request, viewer: Viewer) -> Response:
        """The report of a quarter, as a page to print."""
        chosen = Quarter.parse(str(request.path_params["quarter"]))
        with store().database.reading() as session:
            found = reports.report(session, viewer, store().vault, store().settings, chosen)
            people = reading.releases(session, viewer, store().vault)
        page = quarterly.as_html(found, [counted.section(people, chosen)])
        return Response(page, media_type="text/html")

    return [
        Route("/download/conduct/{name:str}.csv", open_to(store, figures), methods=["GET"]),
        Route("/download/report/{quarter:str}", open_to(store, report), methods=["GET"]),
    ]

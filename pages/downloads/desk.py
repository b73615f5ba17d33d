"""The download desk: pictures of screens, exports and certificates, streamed to whoever may have them.

Streamlit's own media files need no sign-in, so nothing personal goes through them: these routes ask for the session
themselves, and the domain functions they call decide and log as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from auth import cookies, sessions
from auth.sign_in import SIGN_IN
from data import instants
from data.accesses.entry import GIVEN, Purpose, Reason
from data.captures import browse
from data.errors import BadInput, NotFound
from data.exposures import affected, report
from data.people.viewer import Viewer
from data.proofs import receipt as receipts
from data.proofs import scan
from data.rights.erasure import issuing
from data.rights.export import offer
from data.rights.redaction import blackening, looking
from data.statistics import california, cases
from data.store import Store
from pages.wording import affected as listing
from pages.wording import report as wording

# What a browser may show; anything else is only ever saved.
_PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/avif", "image/gif"})
_LARGEST_ID = 2**53
_LONGEST_TICKET = 100

HEADERS = {
    "cache-control": "no-store, private",
    "x-content-type-options": "nosniff",
    # A picture or a page that came from outside runs nothing and fetches nothing, even when opened by itself.
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
}

Give = Callable[[Request, Viewer], Response]


def routes(store: Callable[[], Store]) -> list[Route]:
    """The routes of the desk. `store` is asked when a request comes, not before."""
    desk = _Desk(store)
    return [
        Route("/download/screen/{person:int}/{digest:str}", open_to(store, desk.screen), methods=["GET"]),
        Route("/download/picture/{request:int}/{digest:str}", open_to(store, desk.picture), methods=["GET"]),
        Route("/download/export/{request:int}", open_to(store, desk.export), methods=["GET"]),
        Route("/download/receipt/{person:int}/{position:int}", open_to(store, desk.receipt), methods=["GET"]),
        Route("/download/log-key/{person:int}", open_to(store, desk.log_key), methods=["GET"]),
        Route("/download/my-log/{person:int}", open_to(store, desk.my_log), methods=["GET"]),
        Route("/download/certificate/{request:int}", open_to(store, desk.certificate), methods=["GET"]),
        Route("/download/figures/{year:int}", open_to(store, desk.figures), methods=["GET"]),
        Route("/download/incident/{incident:int}", open_to(store, desk.incident), methods=["GET"]),
        Route("/download/affected/{exposure:int}", open_to(store, desk.affected), methods=["GET"]),
    ]


def open_to(store: Callable[[], Store], give: Give) -> Callable[[Request], Response]:
    """`give` for those who are signed in; a page that was asked for leads to the sign-in and back."""

    def answer(request: Request) -> Response:
        # Starlette adds HEAD to GET; answering it would log a look that nobody had.
        if request.method != "GET":
            return Response(status_code=405)
        viewer = viewer_of(store(), request)
        if viewer is None:
            return to_sign_in(request)
        response = give(request, viewer)
        response.headers.update(HEADERS)
        return response

    return answer


@dataclass(frozen=True)
class _Desk:
    store: Callable[[], Store]

    def screen(self, request: Request, viewer: Viewer) -> Response:
        """One picture of a screen. Of another person only with permission, and logged before it leaves."""
        person_id, digest = number_of(request, "person"), str(request.path_params["digest"])
        store, reason = self.store(), _reason(request)
        # Looking at another person's data writes to the access log.
        begin = store.database.reading if viewer.is_person(person_id) else store.database.writing
        with begin() as session:
            found = browse.screen(session, viewer, store.vault, person_id, digest, reason)
        if found.media_type in _PICTURES:
            return Response(found.data, media_type=found.media_type)
        return Response(found.data, media_type="application/octet-stream", headers=attached(f"{digest}.bin"))

    def picture(self, request: Request, viewer: Viewer) -> Response:
        """One picture of a copy that is not made yet, for an officer who looks for others in it; logged before it
        leaves, for that request."""
        store, number = self.store(), number_of(request, "request")
        with store.database.writing() as session:
            found = looking.picture(session, viewer, store.vault, number, str(request.path_params["digest"]))
        return Response(found.data, media_type=blackening.MEDIA_TYPE)

    def export(self, request: Request, viewer: Viewer) -> Response:
        """One archive of a finished export, piece by piece: memory holds one piece, whatever its size."""
        store, part = self.store(), part_of(request.query_params.get("part", "1"), "take one that the page names")
        with store.database.writing() as session:
            name, size, pieces = offer.open_export(
                session, viewer, store.vault, number_of(request, "request"), _reason(request), part
            )
        headers = {**attached(name), "content-length": str(size)}
        return StreamingResponse(pieces, media_type="application/zip", headers=headers)

    def certificate(self, request: Request, viewer: Viewer) -> Response:
        """The certificate of a deletion as a page, or with ?form=signed as the file that proves it; the newest, or the
        ?revision= that is named."""
        store, number = self.store(), number_of(request, "request")
        asked = request.query_params.get("revision")
        revision = None if asked is None else part_of(asked, "take a revision that the page names")
        with store.database.reading() as session:
            found = issuing.find(session, viewer, store.vault, number, revision)
        if request.query_params.get("form") == "signed":
            which = f"-{found.certificate.revision}" if found.certificate.revision > 1 else ""
            name = f"daylight-certificate-{number}{which}.txt"
            return Response(found.signed, media_type="text/plain", headers=attached(name))
        return Response(found.certificate.as_html(found.signed), media_type="text/html")

    def receipt(self, request: Request, viewer: Viewer) -> Response:
        """The proof of one access, as a file that can be checked without Daylight."""
        store, position = self.store(), number_of(request, "position")
        with store.database.writing() as session:
            found = receipts.receipt(session, viewer, store.vault, store.anchor, number_of(request, "person"), position)
        name = f"daylight-receipt-{position}.json"
        return Response(found.as_json(), media_type="application/json", headers=attached(name))

    def log_key(self, request: Request, viewer: Viewer) -> Response:
        """The key by which a person recognises themselves in the log, for that person only."""
        store = self.store()
        with store.database.reading() as session:
            found = receipts.tag_key(session, viewer, store.vault, number_of(request, "person"))
        return Response(found, media_type="application/json", headers=attached("daylight-my-log-key.json"))

    def my_log(self, request: Request, viewer: Viewer) -> Response:
        """The same with what the person's page lists, to look for themselves in the log without this program."""
        store = self.store()
        with store.database.reading() as session:
            found = scan.listed(session, viewer, store.vault, number_of(request, "person"))
        return Response(found, media_type="application/json", headers=attached("daylight-my-log.json"))

    def figures(self, request: Request, viewer: Viewer) -> Response:
        """The metrics of a calendar year that California wants (11 CCR § 7102)."""
        store, year = self.store(), number_of(request, "year")
        if not 1970 <= year < 9999:
            raise NotFound(f"There is no year {year} with figures.")
        with store.database.reading() as session:
            found = cases.of_year(session, viewer, store.vault, year)
        return Response(
            california.as_csv(found, year), media_type="text/csv", headers=attached(california.file_name(year))
        )

    def incident(self, request: Request, viewer: Viewer) -> Response:
        """The report about an incident that the viewer may read, as a page to print."""
        store, number = self.store(), number_of(request, "incident")
        with store.database.reading() as session:
            found = report.report(session, viewer, store.vault, number)
        return Response(wording.as_html(found), media_type="text/html")

    def affected(self, request: Request, viewer: Viewer) -> Response:
        """Everybody whom an exposure concerns, for an officer; each of them sees that the list was taken, and why."""
        store, number = self.store(), number_of(request, "exposure")
        with store.database.writing() as session:
            found = affected.take(session, viewer, store.vault, number, _reason(request))
        name = f"daylight-exposure-{number}.csv"
        return Response(listing.as_csv(found), media_type="text/csv", headers=attached(name))


def viewer_of(store: Store, request: Request) -> Viewer | None:
    """Who asks; None when nobody is signed in."""
    cookie = cookies.session_of(request.cookies, store.settings)
    with store.database.reading() as session:
        return sessions.viewer(session, cookie, store.settings, instants.now())


def to_sign_in(request: Request) -> Response:
    """The answer to somebody who is not signed in: to the sign-in and back for a page, a refusal for anything else."""
    if request.headers.get("sec-fetch-dest", "document") != "document":
        return Response("Sign in first.", 401, {"cache-control": "no-store"}, "text/plain")
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{SIGN_IN}?to={quote(target, safe='')}", 303, {"cache-control": "no-store"})


def number_of(request: Request, name: str) -> int:
    """A number of the address. Raises NotFound for one that nothing has."""
    number = int(request.path_params[name])
    if number > _LARGEST_ID:
        raise NotFound(f"There is no {name} {number}.")
    return number


def part_of(text: str, otherwise: str) -> int:
    """Which archive of an export `text` names. Raises BadInput, which says what to do `otherwise`."""
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise BadInput(f"That is no part of a copy; {otherwise}.")
    return int(text)


def _reason(request: Request) -> Reason | None:
    """Why, from ?purpose= and ?ticket=; None when the viewer gives none, which the log then says."""
    purpose = request.query_params.get("purpose", "")
    if not purpose:
        return None
    # "You looked yourself" is for the log to say, not for the one who looks.
    if purpose not in GIVEN:
        raise BadInput("That is no purpose of the list; choose why you look and try again.")
    return Reason(Purpose(purpose), request.query_params.get("ticket", "")[:_LONGEST_TICKET])


def attached(name: str) -> dict[str, str]:
    """Have the browser save it under `name` (RFC 6266)."""
    return {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}

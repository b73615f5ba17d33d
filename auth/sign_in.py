"""Signing in and out: the routes a browser passes through, from the page it asked for and back to it.

/sign-in          remembers the page, ties the attempt to this browser, sends it to the provider
/sign-in/callback takes what the provider says, opens a session under a new name, sends the browser to its page
/sign-out         asks (GET), then ends the session here (POST) and at the provider
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from auth import cookies, sessions
from auth.notes import note, question
from auth.provider import Departure, Identified, Provider, Refused, check
from auth.return_path import local
from data import instants
from data.database import Database
from data.errors import Conflict, Error, NotFound
from data.people import person
from data.people.session_tables import SignInRow
from data.settings import Settings

_LOG = logging.getLogger("daylight.sign_in")

SIGN_IN = "/sign-in"
CALLBACK = "/sign-in/callback"
SIGN_OUT = "/sign-out"
# Sign-ins under way at a time, by people who are nobody yet; each is gone after ten minutes at the latest.
MOST = 5_000


class Unknown(Error):
    """The provider knows this person, the roster does not."""


def routes(settings: Settings, database: Callable[[], Database]) -> list[Route]:
    """The routes of signing in and out. `database` is asked when a request comes, not before."""
    desk = _Desk(settings, database, Provider(settings.identity))
    return [
        Route(SIGN_IN, desk.depart, methods=["GET"]),
        Route(CALLBACK, desk.arrive, methods=["GET"]),
        Route(SIGN_OUT, desk.ask_to_leave, methods=["GET"]),
        Route(SIGN_OUT, desk.leave, methods=["POST"]),
    ]


@dataclass(frozen=True)
class _Desk:
    settings: Settings
    database: Callable[[], Database]
    provider: Provider

    async def depart(self, request: Request) -> Response:
        """Send the browser to the provider; `?to=` is the page it asked for, `?fresh=1` has everybody asked anew."""
        moved = self._moved(request)
        if moved:
            return RedirectResponse(moved, 307, {"cache-control": "no-store"})
        try:
            check(self.settings.identity)
            anew = "fresh" in request.query_params
            departure = await self.provider.depart(self._callback, fresh=anew)
        except Error as failure:
            return note("Nobody can sign in now", str(failure), (("Back", "/"),), status=503)
        browser = secrets.token_urlsafe(32)
        return_to = local(request.query_params.get("to"))
        await run_in_threadpool(self._remember, departure, browser, return_to, anew)
        response = RedirectResponse(departure.url, 302, {"cache-control": "no-store"})
        cookies.put_sign_in(response, self.settings, browser)
        return response

    async def arrive(self, request: Request) -> Response:
        """Take the provider's answer. Whatever does not fit opens no session and says so."""
        try:
            begun = await run_in_threadpool(self._take, request)
            if "error" in request.query_params:
                raise Refused("You were not signed in: the identity provider refused or was told to stop.")
            who = await self.provider.identify(
                code=request.query_params.get("code", ""),
                redirect_uri=self._callback,
                nonce=begun.nonce,
                verifier=begun.verifier,
            )
            old = cookies.session_of(request.cookies, self.settings)
            cookie = await run_in_threadpool(self._open_session, who, old, begun.anew)
        except Unknown as failure:
            response = note(
                "Daylight does not know you", str(failure), (("Sign in as somebody else", SIGN_IN),), status=403
            )
        except Error as failure:
            _LOG.warning("sign-in refused: %s", type(failure.__cause__ or failure).__name__)
            response = note("You are not signed in", str(failure), (("Sign in", SIGN_IN),), status=400)
        else:
            response = RedirectResponse(self.settings.public_url + begun.return_to, 303, {"cache-control": "no-store"})
            cookies.put_session(response, self.settings, cookie)
        cookies.drop(response, self.settings, cookies.sign_in_name(self.settings))
        return response

    def ask_to_leave(self, _request: Request) -> Response:
        """A link alone signs nobody out: it leads to a question."""
        return question("Sign out?", "Daylight closes your data in every tab of this browser.", "Sign out", SIGN_OUT)

    async def leave(self, request: Request) -> Response:
        """End the session here, then at the provider. Only a form of this app may ask for it."""
        if not _is_own_form(request, self.settings):
            return note("You are still signed in", "That request came from another site.", (("Back", "/"),), status=403)
        cookie = cookies.session_of(request.cookies, self.settings)
        token = await run_in_threadpool(self._end_session, cookie)
        onward = await self.provider.farewell(token, f"{self.settings.public_url}/") if token else ""
        sentence = "Nothing of yours is open in this browser any more."
        response = note("You are signed out", sentence, (("Back to Daylight", "/"),), onward=onward)
        cookies.drop(response, self.settings, cookies.session_name(self.settings))
        return response

    def _moved(self, request: Request) -> str:
        """Where to begin instead, when the app was reached by another name (localhost) than the one the provider
        sends people back to, where the cookies of this one would not count. Once only: a proxy may hide the name."""
        home = urlsplit(self.settings.public_url).netloc
        if request.headers.get("host") == home or "moved" in request.query_params:
            return ""
        query = urlencode({**request.query_params, "moved": "1"})
        return f"{self.settings.public_url}{SIGN_IN}?{query}"

    @property
    def _callback(self) -> str:
        return self.settings.public_url + CALLBACK

    def _remember(self, departure: Departure, browser: str, return_to: str, anew: bool) -> None:
        now = instants.now()
        with self.database().writing() as session:
            session.execute(delete(SignInRow).where(SignInRow.ends_at <= now))
            _make_room(session)
            session.add(
                SignInRow(
                    state=sessions.digest_of(departure.state),
                    browser=sessions.digest_of(browser),
                    nonce=departure.nonce,
                    verifier=departure.verifier,
                    return_to=return_to,
                    anew=anew,
                    ends_at=now + cookies.SIGN_IN_SECONDS * instants.SECOND,
                )
            )

    def _take(self, request: Request) -> SignInRow:
        """The sign-in that this browser began with this state; it can be taken once."""
        state = request.query_params.get("state", "")
        browser = request.cookies.get(cookies.sign_in_name(self.settings), "")
        with self.database().writing() as session:
            found = session.get(SignInRow, sessions.digest_of(state))
            if found is None or found.browser != sessions.digest_of(browser) or is_over(found):
                raise Refused("This sign-in was begun in another browser, or too long ago; please sign in again.")
            session.delete(found)
        return found

    def _open_session(self, who: Identified, old_cookie: str | None, anew: bool) -> str:
        now = instants.now()
        with self.database().writing() as session:
            person_id = _recognise(session, who)
            sessions.end(session, old_cookie, now)
            # A provider that does not say when it asked is taken to have asked now where it was told to ask anew.
            # Otherwise it may only have remembered whoever sits there, which proves nothing of who that is.
            proved_at = now if anew else sessions.NEVER
            if who.proved_at is not None:
                proved_at = who.proved_at * instants.SECOND
            return sessions.begin(session, person_id, self.settings, now, proved_at, who.token)

    def _end_session(self, cookie: str | None) -> str:
        with self.database().writing() as session:
            return sessions.end(session, cookie, instants.now())


def is_over(found: SignInRow) -> bool:
    """Whether a sign-in was begun too long ago, or in the future by a clock that was wrong."""
    lasts = cookies.SIGN_IN_SECONDS * instants.SECOND
    return instants.over(found.ends_at - lasts, lasts, instants.now())


def _make_room(session: Session) -> None:
    """Forget the oldest of too many sign-ins under way: whoever they are of begins again, and nobody fills the disk."""
    newest = select(SignInRow.state).order_by(SignInRow.ends_at.desc(), SignInRow.state).limit(MOST - 1)
    if (session.scalar(select(func.count()).select_from(SignInRow)) or 0) >= MOST:
        session.execute(delete(SignInRow).where(SignInRow.state.not_in(newest)))


def _recognise(session: Session, who: Identified) -> int:
    """The person on the roster: by subject, and only at the very first sign-in by e-mail. Raises Unknown."""
    try:
        return person.bind_subject(session, who.email, who.subject).id
    except NotFound:
        if not who.email:
            raise Unknown(
                "The identity provider vouches for no e-mail address of yours; ask its administrator."
            ) from None
        raise Unknown(
            "You are not on the roster, so there is nothing to show; ask whoever keeps it to add you."
        ) from None
    except Conflict as failure:
        raise Unknown(str(failure)) from None


def _is_own_form(request: Request, settings: Settings) -> bool:
    """Whether a browser says that the form came from this app (Fetch Metadata, else the Origin header)."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin", "")
    return bool(origin) and (origin == settings.public_url or urlsplit(origin).netloc == request.headers.get("host"))

"""What the running app gives to whom, asked as a browser's own code asks: by HTTP and through Streamlit's socket."""

from __future__ import annotations

from collections.abc import Generator
from http.client import HTTPResponse
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import select, update
from websockets.exceptions import InvalidStatus

from auth import sessions
from data import instants
from data.people.session_tables import SessionRow
from data.people.tables import GrantRow
from pages.menu import PAGES
from tests.auth.company import PEOPLE
from tests.auth.running import Site, make_site, running
from tests.auth.tab import open_tab

SIGN_IN = "You sign in with your company account"
NOT_YOURS = "This page is not for you"

# Who may see which page; everybody is an employee.
TABLE: dict[str, set[str]] = {
    "": {"ana", "olu", "ingrid", "wei"},
    "captures": {"ana", "olu", "ingrid", "wei"},
    "accesses": {"ana", "olu", "ingrid", "wei"},
    "requests": {"ana", "olu", "ingrid", "wei"},
    "incidents": {"ana", "olu", "ingrid", "wei"},
    "programme": {"ana", "olu", "ingrid", "wei"},
    "queue": {"olu"},
    "holds": {"olu"},
    "control": {"olu"},
    "figures": {"olu"},
    "unexplained": {"olu"},
    "controls": {"olu", "ingrid", "wei"},
    "conduct": {"olu", "ingrid", "wei"},
    "people": {"olu", "ingrid", "wei"},
    "people-method": {"ana", "olu", "ingrid", "wei"},
    "watching": {"olu", "ingrid", "wei"},
    "log": {"wei"},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    with running(make_site(tmp_path_factory.mktemp("gate"))) as found:
        yield found


def fetch(url: str, method: str = "GET", **headers: str) -> tuple[int, Any, bytes]:
    request = Request(url, method=method, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        answer: HTTPResponse | HTTPError = urlopen(request, timeout=60)
    except HTTPError as refusal:
        answer = refusal
    with answer:
        return answer.status or 0, answer.headers, answer.read()


def test_the_table_above_names_every_page() -> None:
    assert {entry.path for entry in PAGES} == set(TABLE)


@pytest.mark.parametrize("path", TABLE)
def test_without_a_session_every_page_is_the_sign_in_page(site: Site, path: str) -> None:
    with open_tab(site.url, {}) as tab:
        seen = tab.ask(path, query="app=Outlook&kind=key")
    assert SIGN_IN in seen.text
    assert f"to=%2F{path}%3Fapp%3DOutlook%26kind%3Dkey" in seen.text
    assert seen.pages == {}
    assert not any(name.capitalize() in seen.text for name in PEOPLE)


@pytest.mark.parametrize("cookie", ["", "A" * 43, "x" * 4000, "%00", "daylight", '"; daylight=x'])
def test_a_forged_cookie_gets_the_sign_in_page(site: Site, cookie: str) -> None:
    with open_tab(site.url, {"daylight": cookie}) as tab:
        assert SIGN_IN in tab.ask().text


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("path", TABLE)
def test_each_role_sees_its_own_pages_and_no_others(site: Site, path: str, name: str) -> None:
    with open_tab(site.url, {"daylight": site.cookie(name)}) as tab:
        seen = tab.ask(path)
    assert SIGN_IN not in seen.text
    assert "Something failed" not in seen.text
    assert set(seen.pages) == {page for page, names in TABLE.items() if name in names}
    assert (NOT_YOURS in seen.text) == (name not in TABLE[path])


def test_an_open_tab_loses_its_rights_when_its_session_is_ended_elsewhere(site: Site) -> None:
    cookie = site.cookie("ana")
    with open_tab(site.url, {"daylight": cookie}) as tab:
        assert SIGN_IN not in tab.ask().text
        site.sign_out(cookie)
        seen = tab.ask()
        assert SIGN_IN in seen.text
        assert "Ana" not in seen.text


def test_a_tab_that_nobody_touches_is_cleared_when_its_session_is_over(site: Site) -> None:
    cookie = site.cookie("ana")
    with open_tab(site.url, {"daylight": cookie}) as tab:
        (watch,) = tab.ask().own_pace
        assert SIGN_IN not in tab.ask(fragment=watch, auto=True).text
        site.sign_out(cookie)
        assert SIGN_IN in tab.ask(fragment=watch, auto=True).text


def test_only_what_a_person_does_keeps_their_session_open(site: Site) -> None:
    cookie, earlier = site.cookie("ana"), instants.now() - 10 * instants.MINUTE
    chosen = SessionRow.digest == sessions.digest_of(cookie)

    def seen_at() -> int:
        with site.database.reading() as session:
            return session.scalars(select(SessionRow.seen_at).where(chosen)).one()

    with open_tab(site.url, {"daylight": cookie}) as tab:
        (watch,) = tab.ask().own_pace
        with site.database.writing() as session:
            session.execute(update(SessionRow).where(chosen).values(seen_at=earlier))
        tab.ask(fragment=watch, auto=True)
        assert seen_at() == earlier
        tab.ask()
        assert seen_at() > earlier


def test_a_socket_that_reconnects_after_signing_out_gets_nothing_back(site: Site) -> None:
    cookie = site.cookie("ana")
    with open_tab(site.url, {"daylight": cookie}) as tab:
        name = tab.ask().session_id
    site.sign_out(cookie)
    for cookies in ({"daylight": cookie}, {}):
        with open_tab(site.url, cookies, resume=name) as tab:
            seen = tab.ask()
            assert SIGN_IN in seen.text
            assert "Ana" not in seen.text


@pytest.mark.parametrize("others", [{}, {"preferences": '{"theme": "dark", "size": 1}'}])
def test_the_next_person_at_this_browser_cannot_resume_the_tab_of_the_one_before(
    site: Site, others: dict[str, str]
) -> None:
    """Whatever other cookies there are, of the parent domain too, and however they are written."""
    first, second = site.cookie("ana"), site.cookie("olu")
    with open_tab(site.url, {**others, "daylight": first}) as tab:
        name = tab.ask().session_id
    with open_tab(site.url, {**others, "daylight": second}, resume=name) as tab:
        seen = tab.ask()
        assert seen.session_id != name
        assert "Olu" in seen.text
    with open_tab(site.url, {**others, "daylight": first}, resume=name) as tab:
        assert tab.ask().session_id == name, "losing the line for a moment must not lose the person's place"


def test_a_role_revoked_in_mid_session_is_gone_at_the_next_rerun(site: Site) -> None:
    with open_tab(site.url, {"daylight": site.cookie("wei")}) as tab:
        assert "(auditor)" in tab.ask().text
        with site.database.writing() as session:
            session.execute(update(GrantRow).where(GrantRow.person_id == site.ids["wei"]).values(revoked_at=1))
        try:
            assert SIGN_IN in tab.ask().text
        finally:
            with site.database.writing() as session:
                session.execute(update(GrantRow).where(GrantRow.person_id == site.ids["wei"]).values(revoked_at=None))


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:1", "http://127.0.0.1:1", "null"])
def test_no_other_site_opens_a_socket_with_the_persons_cookie(site: Site, origin: str) -> None:
    with pytest.raises(InvalidStatus), open_tab(site.url, {"daylight": site.cookie("ana")}, origin=origin):
        pass


@pytest.mark.parametrize(
    "path",
    [
        "/media/x.png",
        "/media/",
        "/auth/login",
        "/auth/logout",
        "/oauth2callback",
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/mcp",
        "/_stcore/upload_file/a/b",
        "//media/x.png",
        "/component/x/y.js",
        "/_stcore/bidi-components/x/y.js",
    ],
)
def test_streamlits_own_ways_in_and_out_give_nothing(site: Site, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        status, _headers, body = fetch(site.url + path, method, Cookie=f"daylight={site.cookie('ana')}")
        assert status in (400, 404, 405), (method, path, status, body[:200])


@pytest.mark.parametrize(
    "path", ["/app.py", "/app/static/menu.py", "/pages/menu.py", "/var/store/daylight.db", "/.git/HEAD"]
)
def test_no_file_of_the_project_is_served(site: Site, path: str) -> None:
    _status, _headers, body = fetch(site.url + path)
    assert b"import" not in body.replace(b"important", b"")
    assert b"SQLite" not in body
    assert b"ref:" not in body


@pytest.mark.parametrize("path", ["/", "/captures", "/media/x", "/sign-out", "/_stcore/health", "/static/none.js"])
def test_every_answer_tells_the_browser_what_to_forbid(site: Site, path: str) -> None:
    _status, headers, _body = fetch(site.url + path)
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self' 'sha256-" in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"


def test_a_client_cannot_say_for_itself_whose_tab_it_resumes(site: Site) -> None:
    first = site.cookie("ana")
    with open_tab(site.url, {"daylight": first}) as tab:
        name = tab.ask().session_id
    with open_tab(site.url, {}, resume=name, X_Daylight_Session=sessions.digest_of(first)) as tab:
        assert tab.ask().session_id != name

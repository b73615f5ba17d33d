"""Signing in at a real OpenID provider: who gets in, and what of it can be replayed, planted or turned elsewhere."""

from __future__ import annotations

import hashlib
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from sqlalchemy import func, select

from auth import sessions, sign_in
from data import instants
from data.people.session_tables import SessionRow, SignInRow
from data.people.tables import PersonRow
from data.people.viewer import Role
from tests.auth.conftest import HOME, Desk
from tests.auth.lying import Claims, RunningProvider


def test_whoever_the_provider_vouches_for_gets_their_own_session_and_their_page(desk: Desk) -> None:
    browser = desk.browser()
    answer = desk.sign_in(browser, "sub-olu", to="/captures?kind=key&app=Outlook%20(Web)")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{HOME}/captures?kind=key&app=Outlook%20(Web)"
    found = desk.viewer(desk.cookie(browser))
    assert found is not None
    assert found.email == "olu@example.com"
    assert found.roles == {Role.EMPLOYEE, Role.OFFICER}


def test_the_code_is_bound_to_this_sign_in_by_pkce(desk: Desk, provider: RunningProvider) -> None:
    browser = desk.browser()
    asked = parse_qs(urlsplit(browser.get("/sign-in").headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert asked["nonce"][0] != asked["state"][0]
    location = desk.at_provider(browser, "sub-ana")
    with desk.database.reading() as session:
        challenges = {
            urlsafe_b64encode(hashlib.sha256(row.verifier.encode()).digest()).rstrip(b"=").decode(): row.verifier
            for row in session.scalars(select(SignInRow))
        }
    assert asked["code_challenge"][0] in challenges
    desk.come_back(browser, location)
    assert provider.lies.asked["code_verifier"] in challenges.values()


def test_a_callback_can_be_used_once(desk: Desk) -> None:
    browser = desk.browser()
    location = desk.at_provider(browser, "sub-ana")
    held = dict(browser.cookies)
    assert desk.come_back(browser, location).status_code == 303
    thief = desk.browser()
    thief.cookies.update(held)
    assert desk.come_back(thief, location).status_code == 400
    assert desk.cookie(thief) is None


def test_a_sign_in_that_was_taken_cannot_be_taken_again_with_a_new_code(desk: Desk) -> None:
    browser = desk.browser()
    asked = browser.get("/sign-in").headers["location"]
    held = dict(browser.cookies)
    first, second = (httpx2.post(asked, data={"sub": "sub-ana"}).headers["location"] for _ in range(2))
    assert desk.come_back(browser, first).status_code == 303
    again = desk.browser()
    again.cookies.update(held)
    assert desk.come_back(again, second).status_code == 400
    assert desk.cookie(again) is None


def test_sign_ins_that_nobody_finishes_do_not_pile_up_and_the_newest_still_works(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "MOST", 20)
    first = desk.browser()
    early = desk.at_provider(first, "sub-ana")
    for _ in range(60):
        assert desk.browser().get("/sign-in").status_code in (302, 303, 307)
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInRow)) == 20
    browser = desk.browser()
    assert desk.come_back(browser, desk.at_provider(browser, "sub-ana")).status_code == 303
    assert desk.come_back(first, early).status_code == 400, "it is told to begin again"


def test_a_callback_is_refused_in_a_browser_that_did_not_begin_it(desk: Desk) -> None:
    """Otherwise a link could sign a victim in as the attacker, who later reads what the victim asked for."""
    attacker, victim = desk.browser(), desk.browser()
    location = desk.at_provider(attacker, "sub-ana")
    answer = desk.come_back(victim, location)
    assert answer.status_code == 400
    assert desk.cookie(victim) is None
    desk.at_provider(victim, "sub-olu")
    assert desk.come_back(victim, location).status_code == 400
    assert desk.cookie(victim) is None


def test_a_stolen_code_does_not_fit_into_another_sign_in(desk: Desk) -> None:
    """The victim's code, injected into the thief's own sign-in, carries another nonce."""
    victim, thief = desk.browser(), desk.browser()
    code = parse_qs(urlsplit(desk.at_provider(victim, "sub-olu")).query)["code"][0]
    state = parse_qs(urlsplit(desk.at_provider(thief, "sub-ana")).query)["state"][0]
    answer = thief.get("/sign-in/callback", params={"code": code, "state": state})
    assert answer.status_code == 400
    assert desk.cookie(thief) is None


@pytest.mark.parametrize("query", ["", "?state=x&code=y", "?error=access_denied", "?state=&code=", "?state=%00"])
def test_a_callback_out_of_nowhere_opens_nothing(desk: Desk, query: str) -> None:
    browser = desk.browser()
    assert browser.get(f"/sign-in/callback{query}").status_code == 400
    assert desk.cookie(browser) is None


def test_saying_no_at_the_provider_leaves_one_signed_out_and_says_so(desk: Desk) -> None:
    browser = desk.browser()
    location = desk.at_provider(browser, "sub-ana")
    state = parse_qs(urlsplit(location).query)["state"][0]
    answer = browser.get("/sign-in/callback", params={"error": "access_denied", "state": state})
    assert "You are not signed in" in answer.text
    assert desk.cookie(browser) is None


def test_a_planted_session_is_not_taken_over_at_sign_in(desk: Desk) -> None:
    """Session fixation: the name of the session is new, whatever the browser brought."""
    browser = desk.browser()
    planted = "P" * 43
    browser.cookies.set("daylight", planted, domain="127.0.0.1", path="/")
    desk.sign_in(browser, "sub-ana")
    assert desk.viewer(planted) is None


def test_signing_in_again_ends_the_session_before(desk: Desk) -> None:
    browser = desk.browser()
    desk.sign_in(browser, "sub-ana")
    first = desk.cookie(browser)
    desk.sign_in(browser, "sub-olu")
    second = desk.cookie(browser)
    assert first != second
    assert desk.viewer(first) is None
    found = desk.viewer(second)
    assert found is not None
    assert found.email == "olu@example.com"


def test_a_cookie_replayed_after_signing_out_is_nobody(desk: Desk) -> None:
    browser = desk.browser()
    desk.sign_in(browser, "sub-ana")
    kept = desk.cookie(browser)
    answer = browser.post("/sign-out", headers={"origin": HOME})
    assert answer.status_code == 200
    assert desk.cookie(browser) is None
    assert desk.viewer(kept) is None


def test_signing_out_goes_on_to_the_provider_with_its_own_token(desk: Desk, provider: RunningProvider) -> None:
    browser = desk.browser()
    desk.sign_in(browser, "sub-ana")
    page = browser.post("/sign-out", headers={"sec-fetch-site": "same-origin"}).text
    assert f"{provider.issuer}/oauth2/end_session?id_token_hint=" in page
    assert "post_logout_redirect_uri=http%3A%2F%2F127.0.0.1%3A9790%2F" in page


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "https://evil.example"},
        {"origin": f"{HOME}.evil.example"},
        {"sec-fetch-site": "cross-site", "origin": HOME},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
)
def test_no_other_site_can_sign_anybody_out(desk: Desk, headers: dict[str, str]) -> None:
    browser = desk.browser()
    desk.sign_in(browser, "sub-ana")
    assert browser.post("/sign-out", headers=headers).status_code == 403
    assert desk.viewer(desk.cookie(browser)) is not None


def test_a_link_to_signing_out_only_asks(desk: Desk) -> None:
    browser = desk.browser()
    desk.sign_in(browser, "sub-ana")
    assert '<form method="post" action="/sign-out">' in browser.get("/sign-out").text
    assert desk.viewer(desk.cookie(browser)) is not None


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n//evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "@evil.example",
        ".evil.example",
        "/sign-out",
        "/sign-in?to=/sign-in",
        "/" + "a" * 5000,
        "",
    ],
)
def test_after_signing_in_the_browser_stays_with_this_app(desk: Desk, to: str) -> None:
    answer = desk.sign_in(desk.browser(), "sub-ana", to=to)
    assert answer.headers["location"] == f"{HOME}/"


@pytest.mark.parametrize(
    ("subject", "sentence"),
    [
        ("sub-stranger", "not on the roster"),
        ("sub-unverified", "vouches for no e-mail"),
        ("nobody", "not on the roster"),
    ],
)
def test_daylight_says_whom_it_does_not_know_and_opens_nothing(desk: Desk, subject: str, sentence: str) -> None:
    browser = desk.browser()
    answer = desk.sign_in(browser, subject)
    assert answer.status_code == 403
    assert "Daylight does not know you" in answer.text
    assert sentence in answer.text
    assert desk.cookie(browser) is None
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SessionRow)) == 0


def test_an_account_that_claims_a_colleagues_address_does_not_get_their_data(desk: Desk) -> None:
    desk.sign_in(desk.browser(), "sub-ana")
    browser = desk.browser()
    assert desk.sign_in(browser, "sub-impostor").status_code == 403
    assert desk.cookie(browser) is None


def test_a_person_is_known_by_subject_once_bound_whatever_their_address_becomes(
    desk: Desk, provider: RunningProvider
) -> None:
    desk.sign_in(desk.browser(), "sub-ana")
    provider.lies.claims = lambda claims: claims.update(email="olu@example.com")
    browser = desk.browser()
    desk.sign_in(browser, "sub-ana")
    found = desk.viewer(desk.cookie(browser))
    assert found is not None
    assert found.email == "ana@example.com"
    with desk.database.reading() as session:
        assert session.scalar(select(PersonRow.subject).where(PersonRow.email == "olu@example.com")) is None


def test_reached_by_another_name_the_sign_in_begins_at_the_apps_own(desk: Desk) -> None:
    answer = desk.browser().get("/sign-in?to=/captures", headers={"host": "localhost:9790"})
    assert answer.status_code == 307
    assert answer.headers["location"] == f"{HOME}/sign-in?to=%2Fcaptures&moved=1"
    behind_a_proxy = desk.browser().get("/sign-in?to=/captures&moved=1", headers={"host": "10.0.0.3:9000"})
    assert behind_a_proxy.status_code == 302


def test_without_a_provider_nobody_gets_in_and_the_page_says_what_to_set(make_desk: Callable[..., Desk]) -> None:
    answer = make_desk(issuer="").browser().get("/sign-in")
    assert answer.status_code == 503
    assert "DAYLIGHT_OIDC_ISSUER" in answer.text


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:1", "http://accounts.example", "ftp://127.0.0.1", "nonsense"])
def test_a_provider_that_is_away_or_in_the_clear_lets_nobody_in(make_desk: Callable[..., Desk], issuer: str) -> None:
    answer = make_desk(issuer=issuer).browser().get("/sign-in")
    assert answer.status_code == 503
    assert "Traceback" not in answer.text


def proved_at(desk: Desk, cookie: str | None) -> int:
    with desk.database.reading() as session:
        opened = sessions.find(session, cookie, desk.settings, instants.now())
    assert opened is not None
    return opened.proved_at


def test_a_fresh_sign_in_has_the_provider_ask_anew(desk: Desk) -> None:
    asked = parse_qs(urlsplit(desk.browser().get("/sign-in?fresh=1&to=/requests").headers["location"]).query)
    assert asked["prompt"] == ["login"]
    assert asked["max_age"] == ["0"]


@pytest.mark.parametrize("asked", [{}, {"fresh": "1"}])
@pytest.mark.parametrize(("claim", "age"), [(-3600, 3600), (0, 0), (3600, 0), (None, 0)])
def test_it_counts_when_the_person_proved_who_they_are_not_when_the_provider_remembered_it(
    desk: Desk, provider: RunningProvider, claim: int | None, age: int, asked: dict[str, str]
) -> None:
    """A provider that does not say when proves something only where it was told to ask anew."""

    def remembered(claims: Claims) -> None:
        claims.pop("auth_time", None)
        if claim is not None:
            claims["auth_time"] = int(time.time()) + claim

    provider.lies.claims = remembered
    browser = desk.browser()
    desk.sign_in(browser, "sub-ana", **asked)
    proved = proved_at(desk, desk.cookie(browser))
    if claim is None and not asked:
        assert proved == sessions.NEVER
        return
    passed = (instants.now() - proved) / instants.SECOND
    assert age <= passed < age + 30


def test_cookies_are_kept_from_scripts_and_other_sites(desk: Desk) -> None:
    browser = desk.browser()
    first = browser.get("/sign-in").headers["set-cookie"]
    assert "HttpOnly" in first
    assert "SameSite=lax" in first
    assert "Path=/" in first
    second = desk.sign_in(browser, "sub-ana").headers["set-cookie"]
    assert "HttpOnly" in second
    assert "SameSite=lax" in second
    assert "Domain" not in second
    assert "Secure" not in second


def test_over_https_cookies_bear_the_host_prefix_and_no_others_count(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(public_url="https://daylight.example")
    browser = desk.browser()
    answer = desk.sign_in(browser, "sub-ana")
    cookies = [value for name, value in answer.headers.multi_items() if name == "set-cookie"]
    assert any(cookie.startswith("__Host-daylight=") and "Secure" in cookie for cookie in cookies)
    assert desk.viewer(desk.cookie(browser)) is not None
    assert "max-age=31536000" in answer.headers["strict-transport-security"]

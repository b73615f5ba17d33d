"""A provider, or somebody between it and us, that lies: none of these tokens opens a session."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import func, select

from data.people.session_tables import SessionRow
from data.people.tables import PersonRow
from tests.auth.conftest import Desk
from tests.auth.lying import Claims, RunningProvider, sign


def refused(desk: Desk) -> bool:
    """Whether a sign-in with what the provider says now opens nothing and binds nobody."""
    browser = desk.browser()
    answer = desk.sign_in(browser, "sub-ana")
    with desk.database.reading() as session:
        opened = session.scalar(select(func.count()).select_from(SessionRow))
        bound = session.scalar(select(func.count()).where(PersonRow.subject.is_not(None)))
    return answer.status_code == 400 and desk.cookie(browser) is None and opened == 0 and bound == 0


def test_the_same_token_untouched_is_accepted(desk: Desk, provider: RunningProvider) -> None:
    """So that the refusals below are about the lie, not about signing anew."""
    provider.lies.token = sign
    assert desk.sign_in(desk.browser(), "sub-ana").status_code == 303


def without(name: str) -> Callable[[Claims], None]:
    return lambda claims: claims.__delitem__(name)


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param(lambda claims: claims.update(nonce="of another sign-in"), id="wrong nonce"),
        pytest.param(without("nonce"), id="no nonce"),
        pytest.param(lambda claims: claims.update(iss="https://evil.example"), id="foreign issuer"),
        pytest.param(lambda claims: claims.update(iss=claims["iss"] + "/"), id="almost the issuer"),
        pytest.param(without("iss"), id="no issuer"),
        pytest.param(lambda claims: claims.update(aud="another-client"), id="wrong audience"),
        pytest.param(lambda claims: claims.update(aud=["another-client"]), id="wrong audiences"),
        pytest.param(lambda claims: claims.update(aud=["daylight", "another-client"]), id="shared without azp"),
        pytest.param(lambda claims: claims.update(azp="another-client"), id="made for another party"),
        pytest.param(lambda claims: claims.update(aud="another-client", azp="daylight"), id="for us, to another"),
        pytest.param(without("aud"), id="no audience"),
        pytest.param(lambda claims: claims.update(exp=int(time.time()) - 3600), id="expired"),
        pytest.param(without("exp"), id="never expires"),
        pytest.param(lambda claims: claims.update(iat=int(time.time()) + 3600), id="from the future"),
        pytest.param(without("sub"), id="no subject"),
        pytest.param(lambda claims: claims.update(sub=""), id="empty subject"),
    ],
)
def test_claims_that_do_not_fit_open_nothing(
    desk: Desk, provider: RunningProvider, lie: Callable[[Claims], None]
) -> None:
    provider.lies.claims = lie
    assert refused(desk)


def test_a_signature_of_somebody_else_opens_nothing(desk: Desk, provider: RunningProvider) -> None:
    provider.lies.token = lambda claims, key: sign(claims, RSAKey.generate_key(2048, {"kid": key.kid}))
    assert refused(desk)


def test_a_key_id_that_nobody_published_opens_nothing(desk: Desk, provider: RunningProvider) -> None:
    provider.lies.token = lambda claims, _key: sign(claims, RSAKey.generate_key(2048, {"kid": "unheard-of"}))
    assert refused(desk)


def part(content: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("announced", [["RS256"], ["RS256", "none"], ["none"]])
def test_a_token_without_a_signature_opens_nothing(desk: Desk, provider: RunningProvider, announced: list[str]) -> None:
    provider.lies.metadata = {"id_token_signing_alg_values_supported": announced}
    provider.lies.token = lambda claims, _key: f"{part({'alg': 'none'})}.{part(claims)}."
    assert refused(desk)


@pytest.mark.parametrize("announced", [["RS256"], ["RS256", "HS256"]])
def test_a_public_key_used_as_a_secret_opens_nothing(
    desk: Desk, provider: RunningProvider, announced: list[str]
) -> None:
    def confused(claims: Claims, key: Any) -> str:
        return sign(claims, OctKey.import_key(key.as_pem(private=False), {"kid": key.kid}), "HS256")

    provider.lies.metadata = {"id_token_signing_alg_values_supported": announced}
    provider.lies.token = confused
    assert refused(desk)


def test_our_own_secret_is_no_signature_either(desk: Desk, provider: RunningProvider) -> None:
    provider.lies.metadata = {"id_token_signing_alg_values_supported": ["HS256"]}
    provider.lies.token = lambda claims, _key: sign(claims, OctKey.import_key("a secret", {"kid": "x"}), "HS256")
    assert refused(desk)


@pytest.mark.parametrize("nonsense", ["", "x", "a.b.c", "{}", "eyJhbGciOiJSUzI1NiJ9..", "é.é.é"])
def test_nonsense_for_a_token_opens_nothing(desk: Desk, provider: RunningProvider, nonsense: str) -> None:
    provider.lies.token = lambda _claims, _key: nonsense
    assert refused(desk)


def test_metadata_that_names_another_issuer_lets_nobody_in(desk: Desk, provider: RunningProvider) -> None:
    provider.lies.metadata = {"issuer": "https://evil.example"}
    answer = desk.browser().get("/sign-in")
    assert answer.status_code == 503
    assert "DAYLIGHT_OIDC_ISSUER" in answer.text


def test_an_address_told_about_another_subject_is_not_used(desk: Desk, provider: RunningProvider) -> None:
    provider.lies.claims = without("email")
    provider.lies.userinfo = {"sub": "sub-olu", "email": "olu@example.com", "email_verified": True}
    assert desk.sign_in(desk.browser(), "sub-ana").status_code == 403


def test_an_address_told_about_this_subject_is_used(desk: Desk, provider: RunningProvider) -> None:
    provider.lies.claims = without("email")
    browser = desk.browser()
    assert desk.sign_in(browser, "sub-ana").status_code == 303
    found = desk.viewer(desk.cookie(browser))
    assert found is not None
    assert found.email == "ana@example.com"

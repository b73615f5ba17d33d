"""A real OpenID provider that can be told to lie: oidc-provider-mock, whose ID tokens a test may rewrite."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import flask
import oidc_provider_mock
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from tests.auth.company import PEOPLE, email

Claims = dict[str, Any]


@dataclass
class Lies:
    """What the provider does differently. Each test starts with none."""

    claims: Callable[[Claims], None] | None = None
    token: Callable[[Claims, Any], str] | None = None
    metadata: Claims = field(default_factory=dict[str, Any])
    userinfo: Claims = field(default_factory=dict[str, Any])
    # The form of the last token request, as the provider received it.
    asked: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class RunningProvider:
    """Where it listens, and its lies."""

    issuer: str
    lies: Lies


def sign(claims: Claims, key: Any, algorithm: str = "RS256") -> str:
    """An ID token as a provider would make it."""
    return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])


@contextmanager
def running() -> Generator[RunningProvider]:
    """The provider on a free port of this machine; everybody of the company has an account `sub-NAME`."""
    users = [
        oidc_provider_mock.User(sub=f"sub-{name}", claims={"email": email(name), "email_verified": True})
        for name in PEOPLE
    ]
    users.append(oidc_provider_mock.User(sub="sub-stranger", claims={"email": "stranger@example.com"}))
    users.append(oidc_provider_mock.User(sub="sub-impostor", claims={"email": email("ana"), "email_verified": True}))
    users.append(oidc_provider_mock.User(sub="sub-unverified", claims={"email": email("ana"), "email_verified": False}))
    app = oidc_provider_mock.app(user_claims=users)
    lies = Lies()
    app.after_request(lambda response: _twisted(response, lies))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield RunningProvider(f"http://127.0.0.1:{server.server_port}", lies)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _twisted(response: flask.Response, lies: Lies) -> flask.Response:
    path = flask.request.path
    if path == "/.well-known/openid-configuration" and lies.metadata:
        response.data = json.dumps({**json.loads(response.data), **lies.metadata})
    if path == "/userinfo" and lies.userinfo:
        response.data = json.dumps(lies.userinfo)
    if path == "/oauth2/token":
        lies.asked = dict(flask.request.form)
        answer = json.loads(response.data)
        if "id_token" in answer and (lies.claims or lies.token):
            key = RSAKey.import_key(flask.g.oidc_provider_mock_storage.jwk.as_dict(is_private=True))
            claims = dict(jwt.decode(answer["id_token"], key, algorithms=["RS256"]).claims)
            if lies.claims:
                lies.claims(claims)
            answer["id_token"] = lies.token(claims, key) if lies.token else sign(claims, key)
            response.data = json.dumps(answer)
    return response

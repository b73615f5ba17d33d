"""The identity provider, spoken to by OpenID Connect (Core 1.0, Discovery 1.0, RP-Initiated Logout 1.0).

Authlib does the protocol; this module says what we insist on: our issuer and nobody else's, a signature made with a
public key of theirs, us as the audience, the nonce of this very sign-in, PKCE with S256.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from httpx2 import HTTPError
from joserfc.errors import JoseError

from data.errors import BadInput, Error
from data.settings import Identity

# Signatures with the provider's private key. "none" and the HS family are refused whatever the provider announces.
_SIGNATURES = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
_LEEWAY_SECONDS = 60


class Refused(Error):
    """The provider, or what came back from it, does not prove who somebody is."""


@dataclass(frozen=True)
class Departure:
    """A sign-in that begins: where to send the browser, and what has to come back with it."""

    url: str
    state: str
    nonce: str
    verifier: str = field(repr=False)


@dataclass(frozen=True)
class Identified:
    """Whom the provider vouches for. `email` is "" when it vouches for none; `token` is its ID token as it came."""

    subject: str
    email: str
    token: str = field(repr=False)
    # When the provider last asked them to prove it (seconds since 1970, its own clock); None when it does not say.
    proved_at: int | None = None


class Provider:
    """One identity provider; its metadata and keys are fetched at the first sign-in and kept."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._checked = False
        oauth = OAuth()
        oauth.register(
            name="daylight",
            client_id=identity.client_id,
            client_secret=identity.client_secret or None,
            server_metadata_url=f"{identity.issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "timeout": 15,
                **({} if identity.client_secret else {"token_endpoint_auth_method": "none"}),
            },
        )
        self._client: Any = oauth.create_client("daylight")

    async def depart(self, redirect_uri: str, *, fresh: bool = False) -> Departure:
        """Begin a sign-in (Core 3.1.2.1); `fresh` has the provider ask anew even whom it knows already.

        Raises Refused when the provider cannot be reached or trusted.
        """
        try:
            await self._metadata()
            made = await self._client.create_authorization_url(
                redirect_uri, **({"prompt": "login", "max_age": 0} if fresh else {})
            )
        except _FAILURES as failure:
            raise _refused(failure) from failure
        return Departure(url=made["url"], state=made["state"], nonce=made["nonce"], verifier=made["code_verifier"])

    async def identify(self, *, code: str, redirect_uri: str, nonce: str, verifier: str) -> Identified:
        """Exchange the code and validate the ID token (Core 3.1.3). Raises Refused when anything does not fit."""
        try:
            metadata = await self._metadata()
            token = await self._client.fetch_access_token(redirect_uri=redirect_uri, code=code, code_verifier=verifier)
            if not isinstance(token.get("id_token"), str):
                raise Refused(
                    "The identity provider sent no ID token; ask its administrator to allow the openid scope."
                )
            claims = await self._client.parse_id_token(
                token, nonce=nonce, claims_options=self._expected(metadata), leeway=_LEEWAY_SECONDS
            )
            about = dict(claims)
            if not about.get("email") and metadata.get("userinfo_endpoint"):
                told = dict(await self._client.userinfo(token=token))
                # Core 5.3.2: an answer about another subject must not be used.
                about = {**told, **about} if told.get("sub") == about["sub"] else about
        except _FAILURES as failure:
            raise _refused(failure) from failure
        proved_at = about.get("auth_time")
        return Identified(
            subject=str(about["sub"]),
            email=_vouched_email(about),
            token=token["id_token"],
            proved_at=int(proved_at) if isinstance(proved_at, int | float) else None,
        )

    async def farewell(self, token: str, back_to: str) -> str:
        """Where the browser goes to end the provider's own session too; "" when the provider offers no such thing."""
        try:
            if not (await self._metadata()).get("end_session_endpoint"):
                return ""
            made = await self._client.create_logout_url(
                post_logout_redirect_uri=back_to, id_token_hint=token or None, client_id=self._identity.client_id
            )
        except (*_FAILURES, Refused):
            return ""
        return str(made["url"])

    async def _metadata(self) -> dict[str, Any]:
        metadata: dict[str, Any] = await self._client.load_server_metadata()
        if not self._checked:
            # Discovery 4.3: the issuer named in the metadata must be the one that was asked.
            if str(metadata.get("issuer", "")).rstrip("/") != self._identity.issuer:
                raise Refused(
                    "The identity provider names another issuer than DAYLIGHT_OIDC_ISSUER; correct one of them."
                )
            announced = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
            metadata["id_token_signing_alg_values_supported"] = [name for name in announced if name in _SIGNATURES]
            self._checked = True
        return metadata

    def _expected(self, metadata: dict[str, Any]) -> dict[str, Any]:
        return {
            "iss": {"essential": True, "values": [metadata["issuer"]]},
            "aud": {"essential": True, "values": [self._identity.client_id]},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "nonce": {"essential": True},
        }


def check(identity: Identity) -> None:
    """Raise BadInput unless `identity` is complete and its issuer is reached over TLS or on this machine."""
    if not identity.issuer or not identity.client_id:
        raise BadInput(
            "No identity provider is configured, so nobody can sign in: set DAYLIGHT_OIDC_ISSUER, "
            "DAYLIGHT_OIDC_CLIENT_ID and DAYLIGHT_OIDC_CLIENT_SECRET, and start Daylight again."
        )
    parts = urlsplit(identity.issuer)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        raise BadInput("DAYLIGHT_OIDC_ISSUER must begin with https:// unless the provider runs on this machine.")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _vouched_email(about: dict[str, Any]) -> str:
    """The e-mail address in the claims, unless the provider says that it was never verified."""
    if str(about.get("email_verified", True)).lower() == "false":
        return ""
    return str(about.get("email") or "").strip().lower()


_FAILURES = (AuthlibBaseError, JoseError, HTTPError, ValueError, KeyError, TypeError)


def _refused(failure: Exception) -> Refused:
    if isinstance(failure, HTTPError):
        return Refused("The identity provider does not answer as it should; try again in a minute.")
    return Refused("What came back from the identity provider does not prove who you are; please sign in again.")

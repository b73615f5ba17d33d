"""Settings: frozen, and the only reader of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from data.errors import BadInput

_MINUTE = 60


@dataclass(frozen=True)
class Identity:
    """The OpenID Connect provider and the client registered there. Empty issuer: nobody can sign in."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Settings:
    """Where the store is and how the app behaves. Spans are in seconds."""

    store: Path
    database_url: str
    segments_url: str
    keyring: Path
    identity: Identity = Identity()
    public_url: str = "http://127.0.0.1:8501"
    idle_seconds: int = 30 * _MINUTE
    absolute_seconds: int = 12 * 60 * _MINUTE
    export_days: int = 14

    @property
    def anchor(self) -> Path:
        """The file that keeps the access log's newest checkpoint, beside the keyring: apart from the database."""
        return self.keyring.with_name("checkpoint")

    @staticmethod
    def from_environment(environ: Mapping[str, str] | None = None, store: str | None = None) -> Settings:
        """Read DAYLIGHT_* variables; `store` (from the command line) wins over DAYLIGHT_STORE.

        Raises BadInput naming the variable when a number is not one.
        """
        env = os.environ if environ is None else environ
        folder = Path(store or env.get("DAYLIGHT_STORE") or "var/store").absolute()
        return Settings(
            store=folder,
            database_url=env.get("DAYLIGHT_DATABASE") or f"sqlite:///{folder / 'daylight.db'}",
            segments_url=env.get("DAYLIGHT_SEGMENTS") or str(folder / "segments"),
            keyring=Path(env.get("DAYLIGHT_KEYRING") or folder / "keyring"),
            identity=Identity(
                issuer=env.get("DAYLIGHT_OIDC_ISSUER", "").rstrip("/"),
                client_id=env.get("DAYLIGHT_OIDC_CLIENT_ID", ""),
                client_secret=env.get("DAYLIGHT_OIDC_CLIENT_SECRET", ""),
            ),
            public_url=(env.get("DAYLIGHT_PUBLIC_URL") or "http://127.0.0.1:8501").rstrip("/"),
            idle_seconds=_number(env, "DAYLIGHT_IDLE_MINUTES", 30) * _MINUTE,
            absolute_seconds=_number(env, "DAYLIGHT_ABSOLUTE_HOURS", 12) * 60 * _MINUTE,
            export_days=_number(env, "DAYLIGHT_EXPORT_DAYS", 14),
        )


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name)
    if not text:
        return default
    if not text.isdigit() or int(text) == 0:
        raise BadInput(f"{name} is {text!r}, not a whole number above 0; correct it or leave it out.")
    return int(text)

"""Settings: frozen, and the only reader of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from data.errors import BadInput

_MINUTE = 60
_SHOWN = "'https://witness.example works-council+7024b0a5+BJFppjmxukIWyAaKlavWQbzRzGiI05E5ccd4pSOE5vUI'"


@dataclass(frozen=True)
class Identity:
    """The OpenID Connect provider and the client registered there. Empty issuer: nobody can sign in."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Witness:
    """Somebody outside who cosigns the access log: where, and the verifier key that says who (`name+hash+base64`)."""

    url: str
    vkey: str

    @property
    def name(self) -> str:
        """The witness's own name, from its key."""
        return self.vkey.partition("+")[0]


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
    # Promised for questions and names where that is earlier than the law's clock; None: the law's alone.
    question_days: int | None = None
    witnesses: tuple[Witness, ...] = ()

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
            question_days=_number(env, "DAYLIGHT_QUESTION_DAYS", 0) or None,
            witnesses=_witnesses(env.get("DAYLIGHT_WITNESSES", "")),
        )


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name)
    if not text:
        return default
    if not text.isdigit() or int(text) == 0:
        raise BadInput(f"{name} is {text!r}, not a whole number above 0; correct it or leave it out.")
    return int(text)


def _witnesses(text: str) -> tuple[Witness, ...]:
    """`URL KEY` pairs, with commas between them. BadInput naming the pair that cannot be used."""
    if not text:
        return ()
    from data.tlog.cosignature import Verifier  # here, because most commands need no cryptography

    found: list[Witness] = []
    for pair in filter(None, (part.split() for part in text.split(","))):
        url = urlsplit(pair[0])
        if len(pair) != 2 or url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment:
            raise BadInput(
                f"DAYLIGHT_WITNESSES has {' '.join(pair)!r}; write each witness as URL and key, e.g. {_SHOWN}."
            )
        try:
            key = Verifier.parse(pair[1])
        except BadInput as error:
            raise BadInput(f"DAYLIGHT_WITNESSES names a key that cannot be used: {error}") from None
        found.append(Witness(pair[0].rstrip("/"), key.vkey))
    if len({one.vkey for one in found}) < len(found):
        raise BadInput("DAYLIGHT_WITNESSES names a witness twice; leave one out.")
    return tuple(found)

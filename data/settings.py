"""Settings: frozen, and the only reader of the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from data.errors import BadInput

_MINUTE = 60
LEAST_ACCESS_DAYS = 366  # a person's page shows a year
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+")
_SPAN = re.compile(r"([0-9]{1,6})([smhd])", re.ASCII)
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
class Smtp:
    """The mail server. `tls`: "starttls", "implicit" (from the first byte), or "none" (only on this machine's own
    addresses when there is a password). `sender` is an e-mail address."""

    host: str
    port: int
    tls: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


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
    export_part_bytes: int = 2_000_000_000  # a copy that is larger is several archives
    # Between the approval of a deletion and its start the person can still take it back.
    erasure_seconds: int = 24 * 60 * _MINUTE
    # None: beside the keyring. Best where no backup reaches, on another disk or another machine.
    tombstones_path: Path | None = None
    # Promised for questions and names where that is earlier than the law's clock; None: the law's alone.
    question_days: int | None = None
    # For how long who looked, on which ticket and at what is kept (data/accesses/keeping.py); None: for ever.
    access_days: int | None = 5 * 365 + 2
    witnesses: tuple[Witness, ...] = ()
    # The databases outside that controls look at (data/controls/watched.py); None: only the store itself.
    controls_path: Path | None = None
    fix_days: int = 14  # for how long a fix must be seen to hold
    resume_days: int = 7  # for how long every promise must have been kept before the programme resumes
    keyring_days: int = 180  # how old the keyring's epoch may become
    # Without one nobody is told by e-mail; in the app they are.
    smtp: Smtp | None = None

    @property
    def anchor(self) -> Path:
        """The file that keeps the access log's newest checkpoint, beside the keyring: apart from the database."""
        return self.keyring.with_name("checkpoint")

    @property
    def tombstones(self) -> Path:
        """The list of erasures that were carried out, which a database put back from a backup is held against."""
        return self.tombstones_path or self.keyring.with_name("tombstones")

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
            export_part_bytes=_number(env, "DAYLIGHT_EXPORT_PART_MB", 2000) * 10**6,
            erasure_seconds=_span(env, "DAYLIGHT_ERASURE_DELAY", "24h"),
            tombstones_path=Path(env["DAYLIGHT_TOMBSTONES"]) if env.get("DAYLIGHT_TOMBSTONES") else None,
            question_days=_number(env, "DAYLIGHT_QUESTION_DAYS", 0) or None,
            access_days=_access_days(env.get("DAYLIGHT_ACCESS_DAYS") or "1827"),
            controls_path=Path(env["DAYLIGHT_CONTROLS"]) if env.get("DAYLIGHT_CONTROLS") else None,
            fix_days=_number(env, "DAYLIGHT_FIX_DAYS", 14),
            resume_days=_number(env, "DAYLIGHT_RESUME_DAYS", 7),
            keyring_days=_number(env, "DAYLIGHT_KEYRING_DAYS", 180),
            witnesses=_witnesses(env.get("DAYLIGHT_WITNESSES", "")),
            smtp=_smtp(env.get("DAYLIGHT_SMTP_URL", ""), env.get("DAYLIGHT_MAIL_FROM", "")),
        )


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name)
    if not text:
        return default
    if not text.isdigit() or int(text) == 0:
        raise BadInput(f"{name} is {text!r}, not a whole number above 0; correct it or leave it out.")
    return int(text)


def _access_days(text: str) -> int | None:
    """Days, or None for "never". No fewer than the log takes for a promise."""
    if text == "never":
        return None
    if not text.isdigit() or int(text) < LEAST_ACCESS_DAYS:
        raise BadInput(
            f"DAYLIGHT_ACCESS_DAYS is {text!r}; write for how many days the details of looks are kept, at least"
            f" {LEAST_ACCESS_DAYS}, or never for no end."
        )
    return int(text)


def _span(env: Mapping[str, str], name: str, default: str) -> int:
    """Seconds of "24h", "90m", "30s" or "7d"."""
    text = env.get(name) or default
    found = _SPAN.fullmatch(text)
    if found is None:
        raise BadInput(f"{name} is {text!r}, not a span of time; write it as 24h, 90m, 30s or 7d.")
    return int(found[1]) * {"s": 1, "m": _MINUTE, "h": 60 * _MINUTE, "d": 24 * 60 * _MINUTE}[found[2]]


def _smtp(text: str, sender: str) -> Smtp | None:
    """smtp://USER:PASSWORD@HOST:PORT?tls=starttls|none, or smtps://... BadInput without quoting it: the password."""
    if not text:
        return None
    try:
        url = urlsplit(text)
        host, port, options = url.hostname or "", url.port, dict(parse_qsl(url.query, strict_parsing=bool(url.query)))
    except ValueError:
        host, port, options, url = "", None, {}, urlsplit("")
    tls = "implicit" if url.scheme == "smtps" else options.pop("tls", "starttls")
    known = url.scheme in ("smtp", "smtps") and tls in ("implicit", "starttls", "none") and not options
    if not known or not host or url.path not in ("", "/") or url.fragment:
        raise BadInput(
            "DAYLIGHT_SMTP_URL is no mail server; write smtp://USER:PASSWORD@HOST:587 (with ?tls=none where there is no"
            " encryption) or smtps://USER:PASSWORD@HOST."
        )
    if tls == "none" and url.password and host not in ("127.0.0.1", "::1", "localhost"):
        raise BadInput("DAYLIGHT_SMTP_URL would send a password in the clear; leave out ?tls=none.")
    if not _ADDRESS.fullmatch(sender):
        raise BadInput("DAYLIGHT_MAIL_FROM must be the e-mail address that messages come from, e.g. daylight@x.org.")
    port = port or {"implicit": 465, "starttls": 587, "none": 25}[tls]
    return Smtp(host, port, tls, sender, unquote(url.username or ""), unquote(url.password or ""))


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

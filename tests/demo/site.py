"""The demo as a whole: the provider and the app beside it, over one store."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from data.scenarios.story import CONTROLS
from tests.demo import processes


@dataclass(frozen=True)
class Site:
    """Where the app and the provider answer, and the two processes."""

    url: str
    issuer: str
    store: Path
    app: subprocess.Popen[bytes]
    provider: subprocess.Popen[bytes]
    app_log: Path


@contextmanager
def open_site(store: Path, logs: Path, port: int, provider_port: int, erasure_delay: str = "30s") -> Generator[Site]:
    """Both running and answering while the block lasts. Raises processes.Failed when one does not start."""
    issuer = f"http://127.0.0.1:{provider_port}"
    watched = store / CONTROLS if (store / CONTROLS).exists() else store.parent / CONTROLS
    watched.touch(0o600)
    environ = {
        "DAYLIGHT_STORE": str(store),
        "DAYLIGHT_CONTROLS": str(watched),
        "DAYLIGHT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DAYLIGHT_ERASURE_DELAY": erasure_delay,
        "DAYLIGHT_OIDC_ISSUER": issuer,
        "DAYLIGHT_OIDC_CLIENT_ID": "daylight",
        "DAYLIGHT_OIDC_CLIENT_SECRET": secrets.token_urlsafe(24),
    }
    run = ["-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.address", "127.0.0.1"]
    provide = ["-m", "tests.demo.provider", "--port", str(provider_port)]
    log, provider_log = logs / "app.log", logs / "provider.log"
    with (
        processes.running(provide, {}, provider_log) as provider,
        processes.running([*run, "--server.headless", "true"], environ, log) as app,
    ):
        processes.wait_for(f"{issuer}/.well-known/openid-configuration", provider, provider_log)
        processes.wait_for(f"{environ['DAYLIGHT_PUBLIC_URL']}/_stcore/health", app, log)
        yield Site(environ["DAYLIGHT_PUBLIC_URL"], issuer, store, app, provider, log)

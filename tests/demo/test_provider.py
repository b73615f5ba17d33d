"""The demo's provider lets a person pick who to be, and sends them nowhere but to this machine."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import time
from collections.abc import Generator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.demo import company, processes

ASKED = {
    "client_id": "daylight",
    "response_type": "code",
    "scope": "openid email profile",
    "redirect_uri": "http://127.0.0.1:9/back",
    "state": "s1",
    "nonce": "n1",
}


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    port, log = processes.free_port(), tmp_path_factory.mktemp("provider") / "provider.log"
    with processes.running(["-m", "tests.demo.provider", "--port", str(port)], {}, log) as process:
        processes.wait_for(f"http://127.0.0.1:{port}/.well-known/openid-configuration", process, log)
        yield f"http://127.0.0.1:{port}"


def test_the_page_offers_everybody_and_loads_nothing_from_elsewhere(issuer: str) -> None:
    page = httpx2.get(f"{issuer}/oauth2/authorize", params=ASKED).text
    assert {one.email for one in company.people()} <= set(re.findall(r'data-email="([^"]+)"', page))
    assert "privacy officer" in page
    assert not re.findall(r"(?:src|href)=|@import|url\(", page)


def test_picking_somebody_gives_a_code_that_tells_who_they_are(issuer: str) -> None:
    amara = company.named("Amara Okafor")
    answer = httpx2.post(f"{issuer}/oauth2/authorize", params=ASKED, data={"sub": amara.subject})
    back = urlsplit(answer.headers["location"])
    given = parse_qs(back.query)
    assert (back.netloc, given["state"]) == ("127.0.0.1:9", ["s1"])
    form = {"grant_type": "authorization_code", "code": given["code"][0], "redirect_uri": ASKED["redirect_uri"]}
    token = httpx2.post(f"{issuer}/oauth2/token", data={**form, "client_id": "daylight", "client_secret": "x"}).json()
    who = httpx2.get(f"{issuer}/userinfo", headers={"Authorization": f"Bearer {token['access_token']}"}).json()
    assert (who["sub"], who["email"], who["email_verified"]) == (amara.subject, amara.email, True)
    claims = json.loads(base64.urlsafe_b64decode(token["id_token"].split(".")[1] + "=="))
    assert abs(claims["auth_time"] - time.time()) < 60


def test_signing_out_leads_back_to_this_machine_only(issuer: str) -> None:
    def farewell(to: str) -> httpx2.Response:
        return httpx2.get(f"{issuer}/oauth2/end_session", params={"post_logout_redirect_uri": to, "state": "s2"})

    assert farewell("http://127.0.0.1:9/").headers["location"] == "http://127.0.0.1:9/?state=s2"
    assert "location" not in farewell("https://elsewhere.example/").headers


def test_ending_a_process_ends_what_it_started(tmp_path: Path) -> None:
    code = "import subprocess, time; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); time.sleep(60)"
    log = tmp_path / "log"
    with processes.running(["-c", code], {}, log) as process:
        while not log.read_text().strip():
            assert process.poll() is None
    child = int(log.read_text())
    with pytest.raises(ProcessLookupError):
        for _ in range(200):
            os.kill(child, 0)
            with contextlib.suppress(FileNotFoundError):
                if Path(f"/proc/{child}/stat").read_text().split()[2] == "Z":
                    raise ProcessLookupError
            time.sleep(0.05)

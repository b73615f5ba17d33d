"""What leaves the app as a file: to whom, what the log says of it, and what a browser may do with it."""

from __future__ import annotations

import hashlib
import io
import time
import zipfile
from collections.abc import Generator
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
import pyzipper
from PIL import Image

from data.accesses.entry import Purpose
from data.captures.ingest import ingest
from data.captures.recording import Recording, Screen
from data.captures.scope import Scope
from data.looks import history
from data.looks.look import Look
from data.people.viewer import OPERATOR
from data.rights import request as requests
from data.rights.erasure import certificate
from data.rights.redaction import bystanders
from data.rights.states import RequestKind, State
from tests.auth.running import Site, make_site, running
from tests.data.captures.rows import row, table


def picture() -> bytes:
    """A small picture of a screen."""
    out = io.BytesIO()
    Image.new("RGB", (32, 20), "navy").save(out, "PNG")
    return out.getvalue()


PICTURE = picture()
DIGEST = hashlib.sha256(PICTURE).hexdigest()
SCRIPT = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
SCRIPT_DIGEST = hashlib.sha256(SCRIPT).hexdigest()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    body: bytes


class _Stay(HTTPRedirectHandler):
    """Redirects are answers here, not to be followed."""

    def http_error_303(self, *_args: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] (as urllib has it)
        return None


def fetch(site: Site, path: str, name: str | None = None, method: str = "GET", **headers: str) -> Answer:
    """`path` as somebody signed in as `name` gets it (None: as nobody)."""
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    if name:
        sent["Cookie"] = f"daylight={site.cookie(name)}"
    try:
        found: HTTPResponse | HTTPError = build_opener(_Stay).open(
            Request(site.url + path, method=method, headers=sent), timeout=30
        )
    except HTTPError as refusal:
        found = refusal
    with found:
        return Answer(found.status or 0, found.headers, found.read())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    made = make_site(tmp_path_factory.mktemp("downloads"))
    items = [
        Screen(DIGEST, "image/png", PICTURE),
        Screen(SCRIPT_DIGEST, "image/svg+xml", SCRIPT),
        table([row(1, "screen", screen=DIGEST), row(2, "screen", screen=SCRIPT_DIGEST), row(3, "key")]).to_batches()[0],
    ]
    ingest(made.database, made.vault, OPERATOR, made.ids["ana"], Recording("captures", "0" * 64, iter(items)))
    with running(made) as found:
        yield found


@pytest.fixture(scope="module")
def export(site: Site) -> int:
    """The number of a finished export of Ana's."""
    with site.database.writing() as session:
        made = requests.open_request(session, site.viewer("ana"), site.vault, site.ids["ana"], RequestKind.EXPORT)
    wait_for(site, "ana", made.id)
    return made.id


def wait_for(site: Site, name: str, request_id: int) -> None:
    """Until the worker beside the app has carried the request out."""
    for _ in range(600):
        with site.database.reading() as session:
            found = requests.show(session, site.viewer(name), site.vault, request_id)
        if found.state is State.DONE:
            return
        time.sleep(0.1)
    raise TimeoutError(f"the worker did not carry out request {request_id}")


def looks(site: Site) -> tuple[Look, ...]:
    with site.database.reading() as session:
        return history.about(session, site.viewer("ana"), site.vault, site.ids["ana"])


def screen(site: Site, digest: str = DIGEST, name: str = "ana") -> str:
    return f"/download/screen/{site.ids[name]}/{digest}"


def test_a_person_sees_their_own_screen_and_the_log_stays_as_it_is(site: Site) -> None:
    before = looks(site)
    answer = fetch(site, screen(site), "ana")
    assert answer.status == 200
    assert answer.body == PICTURE
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "no-store, private"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert looks(site) == before


def test_nothing_leaves_without_a_session(site: Site, export: int) -> None:
    for path in (screen(site), f"/download/export/{export}"):
        answer = fetch(site, path, Sec_Fetch_Dest="image")
        assert answer.status == 401
        assert PICTURE not in answer.body
        answer = fetch(site, f"{path}?a=b")
        assert answer.status == 303
        assert answer.headers["location"] == f"/sign-in?to={path.replace('/', '%2F')}%3Fa%3Db"


def test_a_cookie_of_a_session_that_ended_fetches_nothing(site: Site) -> None:
    cookie = site.cookie("ana")
    site.sign_out(cookie)
    assert fetch(site, screen(site), Cookie=f"daylight={cookie}", Sec_Fetch_Dest="image").status == 401


@pytest.mark.parametrize("name", ["ingrid", "wei"])
def test_another_persons_files_are_not_there_for_those_who_may_not_have_them(
    site: Site, export: int, name: str
) -> None:
    before = looks(site)
    there, nowhere = fetch(site, screen(site), name), fetch(site, screen(site, "0" * 64), name)
    assert there.status == nowhere.status == 404
    assert there.body == nowhere.body, "nor does the answer tell whether something is there"
    assert fetch(site, f"/download/export/{export}", name).status == 404
    assert looks(site) == before


def test_an_officers_look_at_a_screen_is_told_to_the_person_with_its_reason(site: Site) -> None:
    before = len(looks(site))
    answer = fetch(site, f"{screen(site)}?purpose=security&ticket=SEC-1", "olu")
    assert answer.body == PICTURE
    newest = looks(site)[0]
    assert len(looks(site)) == before + 1
    assert (newest.purpose, newest.ticket, newest.count) == (Purpose.SECURITY, "SEC-1", 1)


def test_an_officer_who_gives_no_reason_is_told_of_as_such(site: Site) -> None:
    assert fetch(site, screen(site), "olu").status == 200
    assert "no reason given" in looks(site)[0].marks


@pytest.mark.parametrize("purpose", ["own", "none", "curiosity", "%00"])
def test_a_purpose_outside_of_the_list_opens_nothing(site: Site, purpose: str) -> None:
    before = looks(site)
    assert fetch(site, f"{screen(site)}?purpose={purpose}", "olu").status == 400
    assert looks(site) == before


def test_asking_for_the_head_only_is_no_look(site: Site) -> None:
    before = looks(site)
    assert fetch(site, screen(site), "olu", "HEAD").status == 405
    assert fetch(site, screen(site), "olu", "POST").status == 405
    assert looks(site) == before


def test_what_is_no_picture_is_saved_and_never_shown(site: Site) -> None:
    answer = fetch(site, screen(site, SCRIPT_DIGEST), "ana")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/download/screen/1/" + "0" * 64,
        "/download/screen/1/%2e%2e%2fkeyring",
        "/download/screen/99999999999999999999999/" + DIGEST,
        "/download/export/99999999999999999999999",
        "/download/export/99999",
        "/download/export/-1",
        "/download/screen/1/x",
    ],
)
def test_what_is_not_there_is_not_found(site: Site, path: str) -> None:
    answer = fetch(site, path, "ana")
    assert PICTURE not in answer.body
    # What matches no route of ours is answered with Streamlit's empty page, which shows that there is no such page.
    assert answer.status == 404 or b"<title>Streamlit</title>" in answer.body or answer.status == 400


def test_an_export_arrives_whole_under_a_name_of_its_own(site: Site, export: int) -> None:
    answer = fetch(site, f"/download/export/{export}", "ana")
    assert answer.status == 200
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''daylight-ana")
    assert answer.headers["cache-control"] == "no-store, private"
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        assert any(archive.read(name) == PICTURE for name in archive.namelist())


def posted(site: Site, path: str, name: str, fields: dict[str, str]) -> Answer:
    """The answer to a form that somebody signed in sends."""
    sent = {"Cookie": f"daylight={site.cookie(name)}"}
    try:
        found: HTTPResponse | HTTPError = build_opener(_Stay).open(
            Request(site.url + path, urlencode(fields).encode(), sent), timeout=30
        )
    except HTTPError as refusal:
        found = refusal
    with found:
        return Answer(found.status or 0, found.headers, found.read())


def test_a_copy_under_a_password_is_for_its_person_and_opens_with_it_alone(site: Site, export: int) -> None:
    path, secret = f"/download/export/{export}/lock", "correct horse battery"
    page = fetch(site, path, "ana")
    assert page.status == 200
    assert page.body.count(b'type="password"') == 2
    assert "form-action 'self'" in page.headers["content-security-policy"]
    taken = posted(site, path, "ana", {"password": secret, "again": secret})
    assert int(taken.headers["content-length"]) == len(taken.body)
    with pyzipper.AESZipFile(io.BytesIO(taken.body)) as archive:
        assert any(archive.read(name, secret.encode()) == PICTURE for name in archive.namelist())
        with pytest.raises(RuntimeError):
            archive.read(archive.namelist()[0])
    assert posted(site, path, "ana", {"password": secret, "again": "another one, mistyped"}).status == 400
    assert posted(site, path, "ana", {"password": "short", "again": "short"}).status == 400
    assert posted(site, path, "ana", {"password": "", "again": ""}).status == 400
    assert posted(site, path, "wei", {"password": secret, "again": secret}).status == 404
    assert fetch(site, path, "wei").status == 404


def test_a_part_that_an_export_does_not_have_is_not_there(site: Site, export: int) -> None:
    whole = fetch(site, f"/download/export/{export}", "ana").body
    assert fetch(site, f"/download/export/{export}?part=1", "ana").body == whole
    for part, status in (("2", 404), ("0", 404), ("-1", 400), ("x", 400), ("9" * 30, 400)):
        assert fetch(site, f"/download/export/{export}?part={part}", "ana").status == status


def test_an_export_that_is_not_ready_says_so(site: Site) -> None:
    with site.database.writing() as session:
        person_id = site.ids["wei"]
        made = requests.open_request(session, site.viewer("olu"), site.vault, person_id, RequestKind.EXPORT)
    answer = fetch(site, f"/download/export/{made.id}", "wei")
    assert answer.status == 400
    assert b"no file to take" in answer.body


def test_a_certificate_goes_to_its_person_and_to_officers_only(site: Site) -> None:
    person_id = site.ids["ingrid"]
    with site.database.writing() as session:
        asked = requests.open_request(session, site.viewer("ingrid"), site.vault, person_id, RequestKind.ERASURE)
        requests.decide(session, site.viewer("olu"), site.vault, asked.id, True)
    wait_for(site, "ingrid", asked.id)
    path = f"/download/certificate/{asked.id}"
    page = fetch(site, path, "ingrid")
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "sandbox" in page.headers["content-security-policy"]
    document = fetch(site, f"{path}?form=signed", "ingrid")
    assert hashlib.sha256(document.body.partition(b"\n")[0]).hexdigest().encode() in page.body
    assert certificate.check(document.body).request == asked.id
    assert fetch(site, path, "olu").status == 200
    assert fetch(site, path, "ana").status == fetch(site, path, "wei").status == 404
    assert fetch(site, path).status == 303


def test_a_picture_of_a_copy_leaves_for_an_officer_alone_and_is_a_look_for_that_request(site: Site) -> None:
    """It is what an officer draws a box on; nobody else has a reason to be given it that way, its person least."""
    with site.database.writing() as session:
        number = requests.open_request(session, site.viewer("ana"), site.vault, site.ids["ana"], RequestKind.ERASURE).id
        bystanders.wait(session, site.viewer("olu"), site.vault, True)
        ana = site.viewer("ana")
        asked = requests.open_request(session, ana, site.vault, site.ids["ana"], RequestKind.EXPORT, Scope(end=5)).id
        bystanders.wait(session, site.viewer("olu"), site.vault, False)
    before = len(looks(site))
    for name, path in (("ana", asked), ("wei", asked), ("olu", number), ("olu", 10**6)):
        answer = fetch(site, f"/download/picture/{path}/{DIGEST}", name)
        assert answer.status in (400, 404)
        assert answer.body[:4] != PICTURE[:4]
    assert len(looks(site)) == before
    answer = fetch(site, f"/download/picture/{asked}/{DIGEST}", "olu")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(answer.body)).getpixel((3, 3)) == (0, 0, 128)
    newest = looks(site)[0]
    assert (len(looks(site)), newest.purpose, newest.ticket) == (before + 1, Purpose.REQUEST, f"request {asked}")
    assert fetch(site, f"/download/picture/{asked}/{SCRIPT_DIGEST}", "olu").status == 400, "it is no picture"


def test_the_years_metrics_are_a_file_for_officers_alone(site: Site) -> None:
    """Not by Streamlit's own files, which need no sign-in; and never for a role that may not see it."""
    path = "/download/figures/2025"
    answer = fetch(site, path, "olu")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''daylight-11-ccr-7102-2025.csv"
    assert b"\r\n2025,7102(a)(1)(A),to delete,0,0,0," in answer.body
    assert fetch(site, path, "ana").status == fetch(site, path, "wei").status == 404
    assert fetch(site, path).status == 303
    assert fetch(site, "/download/figures/99999", "olu").status == 404


def test_the_figures_and_the_report_are_for_whoever_may_see_conduct_alone(site: Site) -> None:
    """Both leave through the desk, which asks for the session; and neither address shows which others there are."""
    csv, page = "/download/conduct/roles.csv?weeks=4", "/download/report/2026-Q3"
    answer = fetch(site, csv, "ingrid")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''daylight-roles-4-weeks.csv"
    assert answer.body.startswith(b"Week of,Role,Looks\n")
    report = fetch(site, page, "ingrid")
    assert (report.status, report.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in report.headers["content-security-policy"]
    for path in (csv, page):
        assert fetch(site, path, "ana").status == 404
        assert fetch(site, path).status == 303
    assert fetch(site, "/download/conduct/people.csv", "ingrid").status == 404
    for wrong in (
        "/download/conduct/roles.csv?weeks=0",
        "/download/conduct/roles.csv?weeks=١",
        "/download/report/2026",
    ):
        assert fetch(site, wrong.replace("١", "%D9%A1"), "ingrid").status == 400

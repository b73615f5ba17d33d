"""What the environment says about witnesses and the mail server is read whole or refused in words."""

from __future__ import annotations

import pytest

from data.errors import BadInput
from data.settings import Settings, Smtp, Witness
from data.tlog.cosignature import Cosigner
from data.tlog.note import Signer

KEY = Cosigner("works-council", bytes(32)).vkey
OTHER = Cosigner("union", bytes(32)).vkey


def read(text: str) -> tuple[Witness, ...]:
    return Settings.from_environment({"DAYLIGHT_WITNESSES": text}).witnesses


def test_no_witness_is_set_unless_it_is_named() -> None:
    assert read("") == Settings.from_environment({}).witnesses == ()


def test_witnesses_are_pairs_of_address_and_key() -> None:
    found = read(f"https://w.example/ {KEY},\n http://127.0.0.1:8620/w {OTHER} ,")
    assert found == (Witness("https://w.example", KEY), Witness("http://127.0.0.1:8620/w", OTHER))
    assert [one.name for one in found] == ["works-council", "union"]


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        "https://w.example",
        f"{KEY} https://w.example",
        f"ftp://w.example {KEY}",
        f"w.example {KEY}",
        f"https:// {KEY}",
        f"https://w.example?a=b {KEY}",
        f"https://w.example {KEY} {OTHER}",
        f"https://w.example {KEY[:-1]}",
        f"https://w.example {Signer('works-council', bytes(32)).vkey}",
        f"https://w.example {KEY}, https://v.example {KEY}",
    ],
)
def test_anything_else_is_refused_naming_the_variable(text: str) -> None:
    with pytest.raises(BadInput, match="DAYLIGHT_WITNESSES"):
        read(text)


def mail(url: str, sender: str = "daylight@example.org") -> Smtp | None:
    return Settings.from_environment({"DAYLIGHT_SMTP_URL": url, "DAYLIGHT_MAIL_FROM": sender}).smtp


def test_without_a_mail_server_there_is_none() -> None:
    assert mail("") is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", ("mail.example", 587, "starttls", "", "")),
        ("smtp://u%40x:p%3Aw@mail.example:2525?tls=starttls", ("mail.example", 2525, "starttls", "u@x", "p:w")),
        ("smtps://u:p@mail.example/", ("mail.example", 465, "implicit", "u", "p")),
        ("smtp://mail.example?tls=none", ("mail.example", 25, "none", "", "")),
        ("smtp://u:p@127.0.0.1?tls=none", ("127.0.0.1", 25, "none", "u", "p")),
    ],
)
def test_a_mail_server_is_read_whole(url: str, expected: tuple[str, int, str, str, str]) -> None:
    found = mail(url)
    assert found is not None
    assert (found.host, found.port, found.tls, found.user, found.password) == expected
    assert "p:w" not in repr(found)


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("http://u:hunter2@mail.example", "a@x.org"),
        ("smtp://u:hunter2@mail.example:99999", "a@x.org"),
        ("smtp://u:hunter2@mail.example?tls=maybe", "a@x.org"),
        ("smtp://u:hunter2@mail.example?tls=none", "a@x.org"),
        ("smtp://u:hunter2@mail.example?other=1", "a@x.org"),
        ("smtp://u:hunter2@", "a@x.org"),
        ("smtp://u:hunter2@mail.example", ""),
        ("smtp://u:hunter2@mail.example", "a@x.org\r\nBcc: b@x.org"),
        ("smtp://u:hunter2@mail.example", "Name <a@x.org>"),
    ],
)
def test_a_mail_server_that_cannot_be_used_is_refused_without_its_password(url: str, sender: str) -> None:
    with pytest.raises(BadInput, match="DAYLIGHT_") as refused:
        mail(url, sender)
    assert "hunter2" not in str(refused.value)

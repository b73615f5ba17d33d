"""Whoever manages somebody sees nothing of what they object to, why, or that they do: on no page and by no command."""

from __future__ import annotations

import io
from collections.abc import Generator
from contextlib import redirect_stderr, redirect_stdout

import pytest
from sqlalchemy import update

from data.__main__ import main
from data.people.tables import PersonRow
from pages.menu import PAGES
from tests.auth.company import email
from tests.auth.running import Site, make_site, running
from tests.auth.tab import open_tab

APP, WORDS = "CanaryInTheMine", "I tell the authority about the mine."
EXEMPT = ("--exemption", "protected_disclosure")


def command(site: Site, name: str, *words: str) -> tuple[int, str]:
    """The exit status of a command, and all that it printed."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        code = main([*words, "--store", str(site.settings.store), *(["--as", email(name)] if name else [])])
    return code, out.getvalue()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    made = make_site(tmp_path_factory.mktemp("managed"))
    with made.database.writing() as session:
        row = {"id": 9, "email": email("boss"), "name": "Boss", "department_id": 1, "jurisdiction": "gdpr"}
        session.add(PersonRow(**row, manager_id=None, subject=None, joined_at=1))
        session.flush()
        session.execute(update(PersonRow).where(PersonRow.id == made.ids["ana"]).values(manager_id=9))
    made.ids["boss"] = 9
    asked = ["request", "objection", "--person", email("ana"), "--app", APP, "--text", WORDS, *EXEMPT]
    code, said = command(made, "ana", *asked)
    assert code == 0, said
    assert command(made, "olu", "request", "decide", "1", "approve")[0] == 0
    with running(made) as found:
        yield found


def test_no_page_shows_a_manager_that_somebody_opted_out(site: Site) -> None:
    """The person reads it and so does an officer; their manager gets the pages that everybody gets."""
    for name, sees in (("ana", True), ("olu", True), ("boss", False)):
        with open_tab(site.url, {"daylight": site.cookie(name)}) as tab:
            asked = [(entry.path, "") for entry in PAGES] + [("queue", "request=1"), ("accesses", "look=0")]
            shown = "\n".join(tab.ask(path, query=query).text for path, query in asked)
        found = [word for word in (APP, WORDS, email("ana"), "Exemption:") if word in shown]
        assert bool(found) is sees, (name, found)


@pytest.mark.parametrize(
    "words",
    [
        ["request", "show", "1"],
        ["request", "decide", "1", "approve"],
        ["request", "lift", "1"],
        ["request", "list"],
        ["request", "list", "--person", email("ana")],
        ["summary", "--person", email("ana")],
        ["captures", "--person", email("ana"), "--purpose", "support", "--ticket", "1"],
        ["accesses", "--person", email("ana")],
        ["copies", "list", "--person", email("ana")],
        ["request", "figures", "--year", "2026"],
    ],
)
def test_no_command_tells_a_manager_that_somebody_opted_out(site: Site, words: list[str]) -> None:
    """What is refused is refused in the same words whether there is something or not."""
    code, said = command(site, "boss", *words)
    assert code == 1 or said.startswith(("You have asked for nothing", "Nothing", "No ")), said
    assert not [one for one in (APP, WORDS, "objection", "protected") if one in said.replace(" ".join(words), "")]

"""Whatever somebody gives as a name, a reason or a title, no page of any role does more with it than to show it.

The walk asks for every page there is, so a new one is tried by itself; what is planted goes in by the command line.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import update

from data import instants
from data.__main__ import main
from data.exposures import record
from data.exposures.exposure import Open
from data.people.tables import DepartmentRow, GrantRow, PersonRow
from data.people.viewer import Role
from data.programme.beat import LONGEST as VERSION
from data.programme.beat import Beat, State
from data.programme.devices import digest_of
from data.programme.heartbeats import Sent, take
from pages.menu import PAGES
from tests import nasty, released
from tests.auth.company import PEOPLE, email
from tests.auth.running import Site, make_site, running
from tests.auth.tab import Seen, open_tab

# What the browser gets as the value of a field, or never draws: nobody's eyes or spreadsheet meet it as text.
_NOT_DRAWN = frozenset(
    (
        "value",
        "default",
        "set_value",
        "string_value",
        "url",
        "url_pathname",
        "query_string",
        "id",
        "fragment_id",
        "element_id",
        "user_key",
        "block_id",
        "main_script_hash",
        "page_script_hash",
    )
)

_PLAIN = ("cell", "options", "alt")  # drawn letter for letter


@dataclass
class Story:
    """What was planted, by the command line: each word in the worst form that its place takes."""

    site: Site
    folder: Path

    def say(self, name: str, *words: str, text: Callable[[str], list[str]]) -> Any:
        """Run a command with one text after another until one is taken; gives what it printed as JSON."""
        refused = ""
        for one in nasty.EVERY:
            out, err = io.StringIO(), io.StringIO()
            store = ["--store", str(self.site.settings.store), "--json", *(["--as", email(name)] if name else [])]
            with redirect_stdout(out), redirect_stderr(err):
                code = main([*words, *text(one), *store])
            if code == 0:
                return json.loads(out.getvalue() or "null")
            refused = err.getvalue()
            assert refused.removesuffix("\n").isprintable(), "a refusal is one line, without marks"
        raise AssertionError(f"{words} takes no text at all: {refused}")

    def file(self, name: str, *lines: dict[str, Any]) -> str:
        path = self.folder / name
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return str(path)


def plant(story: Story) -> None:
    """Put the texts wherever somebody's words end up."""
    ana, now = email("ana"), instants.now()
    ago = [instants.iso(now - hours * instants.HOUR) for hours in (30, 6, 5, 4)]

    def captures(text: str) -> list[str]:
        rows = [{"at": at, "kind": "window", "app": text, "title": text, "device": text} for at in ago]
        keys = [{"at": at, "kind": "key", "app": text, "title": text, "device": text, "text": "q"} for at in ago]
        return [story.file("captures.jsonl", *rows, *keys)]

    def looks(text: str) -> list[str]:
        look = {"action": "read", "role": text, "team": text, "people": [ana], "scope": {"what": text, "view": text}}
        every = [
            {**look, "at": at, "source": text, "who": text, "ticket": text, "purpose": "support"} for at in ago[1:]
        ]
        seen = {**look, "at": ago[0], "source": text, "who": text, "observed": True, "count": 3}
        spans = {"coverage": text, "start": ago[0], "end": ago[1], "why": text}
        return [story.file("looks.jsonl", *every, seen, spans)]

    def notice(text: str) -> list[str]:
        said = {"title": text[:200], "legal_basis": text[:200], "text": text, "purposes": ["training"], "apps": [text]}
        lines = [f"{name} = {json.dumps(value)}" for name, value in said.items()]
        path = story.folder / "notice.toml"
        path.write_text("\n".join([*lines, "[kinds.window]", "days = 90"]))
        return [str(path)]

    def unpromised(text: str) -> list[str]:
        rows = [{"at": instants.iso(instants.now()), "kind": "window", "app": f"{text} {n}"} for n in (1, 2)]
        return [story.file("unpromised.jsonl", *rows)]

    story.say("", "import", "captures", "--person", ana, text=captures)
    story.say("olu", "programme", "notice", "publish", text=notice)
    story.say("", "import", "captures", "--person", ana, text=unpromised)
    story.say("olu", "programme", "drift", "close", "1", text=lambda text: ["--reason", text])
    story.say("", "import", "accesses", text=looks)
    for purpose in ("support", "training"):
        story.say("olu", "purposes", "name", purpose, text=lambda text: ["--team", text])
    (case,) = story.say("olu", "unexplained", "list", text=lambda _: [])
    begin = ["incidents", "open", "--access", str(case["position"])]
    opened = story.say("olu", *begin, text=lambda text: ["--title", text[:110], "--words", text])
    number = str(opened["incident"])
    for what in ("contained", "fix-claimed", "fix-failed", "regulator-not-told", "affected-told", "staff-told"):
        story.say("olu", "incidents", "record", number, what, text=lambda text: ["--words", text])
    expose(story, now)
    for words in (["link", "1", "--incident", number], ["correct", "1", "--from", ago[1]]):
        story.say("olu", "exposures", *words, text=lambda text: ["--reason", text])
    review = str(instants.day_of(now + 30 * instants.DAY))
    held = ["hold", "set", "--person", ana, "--kind", "window", "--review", review]
    made = story.say("olu", *held, text=lambda text: ["--reason", text])
    story.say("second", "hold", "confirm", str(made["hold"]), text=lambda _: [])
    story.say("olu", *held, text=lambda text: ["--reason", text, "--untold", text])
    made = story.say("", "device", "enrol", "--person", ana, text=lambda text: ["--name", text])
    said = Beat(now, State.CAPTURING, nasty.SHORT[:VERSION], 1)
    take(story.site.database, [Sent(digest_of(made["token"]), said, now)])
    ask(story, ana)
    watch(story)
    story.say("", "copies", "register", "--by-hand", text=lambda text: ["clicks", "--what", text])
    story.say("ana", "programme", "pause-me", text=lambda _: [])
    story.say("olu", "programme", "pause", text=lambda text: ["--reason", text])
    late = instants.iso(instants.now() + 31 * instants.MINUTE)
    row = {"at": late, "kind": "key", "text": "q"}
    sent = ["import", "captures", "--person", ana]
    came = story.say("", *sent, text=lambda text: [story.file("late.jsonl", {**row, "device": text})])
    assert came["quarantined"] == 1
    story.say("second", "programme", "propose-resume", text=lambda text: ["--reason", text])
    (story.folder / "assessment").write_text("risks")
    filed = ["assessment", str(story.folder / "assessment"), "--until", instants.iso(instants.now())[:10]]
    story.say("olu", "programme", *filed, text=lambda text: ["--title", text])


def watch(story: Story) -> None:
    """A database outside with such a name that nobody can look at, and a promise that is broken and said to be kept."""
    path, store = story.folder / "controls.toml", ["--store", str(story.site.settings.store)]
    where = "url = 'postgresql://eve@127.0.0.1:1/x'\ntables = ['public.captures']\nallowed = ['app']\n"
    path.write_text(f"[[database]]\nname = {json.dumps(nasty.SHORT)}\n{where}")
    (story.folder / "backup.db").write_text("no database")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        patch.setenv("DAYLIGHT_CONTROLS", str(path))
        assert main(["controls", "drill", str(story.folder / "backup.db"), *store]) == 1
        assert main(["controls", "run", *store]) == 1
    story.say("olu", "controls", "claim-fix", "drill", text=lambda text: ["--words", text])


def expose(story: Story, now: int) -> None:
    """What a probe would find: a server's names of tables and accounts, a file's of places."""
    worst = nasty.WORST
    found = Open(worst, (worst, nasty.SHORT), {worst: story.site.ids["ana"], "=1+1": None}, kinds=("key",))
    with story.site.database.writing() as session:
        record.observe(session, story.site.vault, worst, [found], last_good=None, now=now - instants.HOUR, source=worst)


def ask(story: Story, ana: str) -> None:
    """Requests of each kind, one of them refused and appealed."""
    looks = story.say("ana", "accesses", "--person", ana, text=lambda _: [])["accesses"]
    for kind in ("question", "reveal"):
        about = ["request", kind, "--access", str(looks[0]["position"])]
        made = story.say("ana", *about, text=lambda text: ["--text", text])
        if kind == "question":
            story.say("olu", "request", "answer", str(made["id"]), text=lambda text: ["--text", text])
    for kind in ("objection", "attribution"):
        part = ["request", kind, "--person", ana, *(["--device", "x"] if kind == "attribution" else [])]
        story.say("ana", *part, text=lambda text: ["--text", text, "--app", text])
    corrected = ["request", "correction", "--person", ana, "--field", "name"]
    story.say("ana", *corrected, text=lambda text: ["--value", text[:80], "--text", text])
    erasure = story.say("ana", "request", "erasure", "--person", ana, text=lambda text: ["--app", text])
    number = str(erasure["id"])
    story.say("olu", "request", "extend", number, text=lambda text: ["--reason", text])
    refuse = ["request", "decide", number, "refuse", "--ground", "other"]
    story.say("olu", *refuse, text=lambda text: ["--reason", text])
    story.say("ana", "request", "appeal", number, text=lambda text: ["--text", text])
    story.say("ana", "request", "export", "--person", ana, text=lambda text: ["--app", text])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    folder = tmp_path_factory.mktemp("names")
    made = make_site(folder)
    quarters = released.QUARTERS[2:]
    released.begin(made.store, quarters[0].start)
    worst = [(f"{text} {number}", text, 60 + 50 * number) for number, text in enumerate(nasty.EVERY)]
    released.answer(made.store, released.employ(made.store, worst))
    released.release(made.store, quarters)
    with made.database.writing() as session:
        # A roster refuses what is not seen; whoever writes the table does not.
        for name, number in made.ids.items():
            session.execute(update(PersonRow).where(PersonRow.id == number).values(name=f"{name}{nasty.WORST}"))
        session.execute(update(DepartmentRow).where(DepartmentRow.id == 1).values(name=nasty.WORST))
        session.flush()
        second = PersonRow(id=9001, email=email("second"), name=nasty.WORST, department_id=1, jurisdiction="gdpr")
        second.manager_id, second.subject, second.joined_at = None, None, 1
        session.add(second)
        session.flush()
        session.add(GrantRow(person_id=9001, role=Role.OFFICER, granted_at=1, revoked_at=None))
    made.ids["second"] = 9001
    plant(Story(made, folder))
    with running(made) as found:
        yield found


def strings(message: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a message that a browser draws, and where it stands. Tables and charts are opened."""
    for field, value in message.ListFields():
        if field.name in _NOT_DRAWN:
            continue
        place = f"{path}.{field.name}"
        if field.type == field.TYPE_BYTES and "arrow" in path:
            table = pa.ipc.open_stream(value).read_all()
            yield from ((f"{place}:cell", str(cell)) for column in table.columns for cell in column.to_pylist())
            continue
        every = list(value.values()) if hasattr(value, "values") else value if field.is_repeated else [value]
        for one in every:
            if field.type == field.TYPE_STRING and isinstance(one, str):
                yield from in_json(place, one) if place.endswith(("figure.spec", "spec")) else [(place, one)]
            elif hasattr(one, "ListFields"):
                yield from strings(one, place)


def in_json(place: str, text: str) -> Iterator[tuple[str, str]]:
    """The texts of a chart's description."""

    def within(found: Any) -> Iterator[str]:
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict | list):
            for one in found.values() if isinstance(found, dict) else found:
                yield from within(one)

    yield from ((f"{place}:chart", one) for one in within(json.loads(text)))


def harm(place: str, text: str) -> list[str]:
    """What a text would do beyond being read, where it stands."""
    found = ["a mark that hides or turns what is shown"] if nasty.HIDDEN & set(text) else []
    # Without the address of a link, which the browser takes letter for letter.
    if re.search(r"(?<!\\)<(img|script)\b", text) and not place.endswith(_PLAIN):
        found.append("an element")
    if place.endswith(("html.body", "chart", *_PLAIN)):
        return found + (["a formula"] if place.endswith("cell") and text.startswith(("=", "+", "@")) else [])
    if re.search(r"(?<!\\)\[here(?<!\\)\]\(http", text):
        found.append("a link")
    if re.search(r"(?<!\\):material/warning", text):
        found.append("an icon")
    if re.search(r"^# forged", text, re.MULTILINE):
        found.append("a heading")
    return found


def harms(seen: Seen) -> list[str]:
    return [
        f"{what} in {place}: {text[:160]!r}"
        for message in seen.messages
        if message.HasField("delta") or message.HasField("navigation")
        for place, text in strings(message)
        for what in harm(place, text)
    ]


def addresses(site: Site) -> Iterator[tuple[str, str]]:
    """Every page, and what a page shows when the address names one thing on it."""
    yield from ((entry.path, "") for entry in PAGES)
    yield from (("people", f"quarter={chosen}&by=Divisions") for chosen in ("", "Second+quarter+of+2026"))
    yield from (("queue", f"request={number}") for number in range(1, 9))
    yield from (("queue", f"shown={shown}") for shown in ("Ended", "Waiting"))
    yield from (("accesses", f"look={number}") for number in range(60))
    yield from (("requests", f"ask={what}") for what in ("A+copy", "Deletion", "Opting+out", "Correction"))


@pytest.mark.parametrize("name", [*PEOPLE, "second"])
def test_no_page_of_any_role_does_more_with_a_text_than_show_it(site: Site, name: str) -> None:
    found: list[str] = []
    shown = 0
    with open_tab(site.url, {"daylight": site.cookie(name)}) as tab:
        for path, query in addresses(site):
            seen = tab.ask(path, query=query)
            shown += "evil.example" in seen.text
            found += [f"/{path}?{query}: {one}" for one in harms(seen)]
    log = (site.settings.store / "app.log").read_text().splitlines()
    assert not [line for line in log if "failure" in line or "Error" in line], "a page that broke shows nothing"
    assert not found, f"{len(found)}:\n" + "\n".join(dict.fromkeys(found))
    assert shown >= 3, "what was planted is nowhere to be seen"

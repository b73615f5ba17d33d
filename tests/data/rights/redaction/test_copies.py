"""A copy gives pictures without what shows others, says so for each, and never holds the original."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data import instants
from data.captures import browse, screens
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.database import Database
from data.errors import Conflict
from data.people.viewer import OPERATOR, Viewer
from data.rights import request, steps
from data.rights.export import archive, offer, pieces
from data.rights.record import Request
from data.rights.redaction import bystanders, marks
from data.rights.redaction.bystanders import Rule
from data.rights.redaction.marks import Mark
from data.rights.redaction.region import WHOLE, Region, Shown
from data.rights.states import RequestKind, State
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.rights.conftest import Roster
from tests.data.rights.crashing import Place, run_and_die
from tests.data.rights.holding import START
from tests.data.rights.redaction.drawn import CHAT, HIGH, WIDE, ask, hold, picture, read, two

CORNER = Region(0, 0, 40, 20, WIDE, HIGH)
CHATS = Rule((CHAT,), (), Shown.CHAT, Region(50, 0, 100, 100, 100, 100))


@pytest.fixture
def settings(tmp_path: Path, database: Database) -> Settings:
    return Place(database.url.render_as_string(hide_password=False), tmp_path).settings


@pytest.fixture(autouse=True)
def small_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "BYTES", 1)


def rule(database: Database, vault: Vault, viewer: Viewer, one: Rule = CHATS) -> None:
    with database.writing() as session:
        bystanders.add(session, viewer, vault, one)


def mark(database: Database, vault: Vault, viewer: Viewer, number: int, one: Mark) -> marks.Made:
    with database.writing() as session:
        return marks.make(session, viewer, vault, number, one)


def run(database: Database, vault: Vault, settings: Settings, number: int) -> Request:
    return steps.run(database, vault, settings, OPERATOR, number)


def taken(database: Database, vault: Vault, viewer: Viewer, number: int) -> zipfile.ZipFile:
    with database.writing() as session:
        data = offer.open_export(session, viewer, vault, number)[2]
    return zipfile.ZipFile(io.BytesIO(b"".join(data)))


def told(found: zipfile.ZipFile) -> list[dict[str, Any]]:
    return [json.loads(line) for line in found.read("blacked-out.jsonl").splitlines()]


def pictures(found: zipfile.ZipFile) -> list[str]:
    return sorted(name for name in found.namelist() if name.startswith("screens/"))


def assert_black(data: bytes, original: bytes, *boxes: tuple[int, int, int, int]) -> None:
    """Black in the boxes (left, top, right, bottom), and as the original everywhere else."""
    inside = np.zeros((HIGH, WIDE), bool)
    for left, top, right, bottom in boxes:
        inside[top:bottom, left:right] = True
    assert not read(data)[inside].any()
    assert np.array_equal(read(data)[~inside], read(original)[~inside])


def test_a_copy_has_what_rule_and_officer_reach_blacked_out_and_the_original_nowhere(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    """The one promise: the pixels of others are not in what is released, and nothing is left out silently."""
    chat, code = two(database, vault, START)
    rule(database, vault, roster.olga)
    number = ask(database, vault, roster.ana, 1)
    made = mark(database, vault, roster.omar, number, Mark(CORNER, Shown.FACE, "a visitor", code))
    done = run(database, vault, settings, number)
    assert (done.state, done.counts["screens"], done.counts["blacked_out"]) == (State.DONE, 2, 2)
    with taken(database, vault, roster.ana, number) as found:
        assert found.testzip() is None
        names = [f"screens/{one}-blacked-out.png" for one in sorted((chat, code))]
        assert pictures(found) == names
        assert_black(found.read(f"screens/{chat}-blacked-out.png"), picture(11), (48, 0, 96, 64))
        assert_black(found.read(f"screens/{code}-blacked-out.png"), picture(12), (0, 0, 40, 20))
        whole = b"".join(found.read(name) for name in found.namelist())
        for seed in (11, 12):
            assert picture(seed) not in whole
            assert picture(seed)[60:200] not in whole
        by = {one["screen"]: one for one in told(found)}
        assert by[chat]["regions"] == [
            {
                "left": 48,
                "top": 0,
                "right": 96,
                "bottom": 64,
                "shows": "chat",
                "words": "",
                "by": "rule 1 of version 1",
                "entry": by[chat]["regions"][0]["entry"],
            }
        ]
        (region,) = by[code]["regions"]
        assert (region["shows"], region["words"], region["by"]) == ("face", "a visitor", "a privacy officer")
        assert region["entry"] == made.position
        index = found.read("index.html").decode()
        for said in (chat[:12], code[:12], "somebody else&#39;s face: a visitor", "48 to 96 across and 0 to 64 down"):
            assert said in index
        assert CHATS.plain.replace("'", "&#39;") in index
        assert "appeal in Daylight" in index
        assert "data protection" in index
        assert "Omar" not in found.read("blacked-out.jsonl").decode() + index.partition("What you asked for")[0]
        manifest = json.loads(found.read("manifest.json"))
        assert (manifest["blacked_out"], manifest["bystander_rules"]["version"]) == (2, 1)
        sums = {one["name"]: one["sha256"] for one in manifest["files"]}
        assert all(sums[name] == hashlib.sha256(found.read(name)).hexdigest() for name in names)
        assert json.loads(found.read("inventory.json"))["blacked_out"]["pictures"] == 2
        (held,) = [json.loads(one) for one in found.read("held/blacked-out-by-officers.jsonl").splitlines()]
        assert (held["id"], held["request_id"], held["mark"]["screen"]) == (made.id, number, code)
        actions = [json.loads(one)["action"] for one in found.read("held/log.jsonl").splitlines()]
        assert "part of a screen blacked out in copies" in actions


def test_the_original_stays_sealed_as_it_was_and_its_person_sees_it(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    """Article 15(4) is about copies that are given out; nothing is taken away from what is held."""
    chat, _ = two(database, vault, START)
    with database.reading() as session:
        before = {name: vault.objects.get(name) for name in screens.names(session, 1)}
    rule(database, vault, roster.olga)
    run(database, vault, settings, ask(database, vault, roster.ana, 1))
    with database.reading() as session:
        assert {name: vault.objects.get(name) for name in screens.names(session, 1)} == before
        assert browse.screen(session, roster.ana, vault, 1, chat).data == picture(11)


def test_without_a_rule_or_a_mark_pictures_are_as_captured(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    first, second = two(database, vault, START)
    number = ask(database, vault, roster.ana, 1)
    assert "blacked_out" not in run(database, vault, settings, number).counts
    with taken(database, vault, roster.ana, number) as found:
        assert pictures(found) == sorted(f"screens/{one}.png" for one in (first, second))
        assert told(found) == []
        assert "lacked out" not in found.read("index.html").decode().partition("The files")[0]


def test_a_mark_over_a_span_reaches_every_picture_of_that_app_in_it_and_no_other(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    two(database, vault, START)
    two(database, vault, START + instants.DAY, person_id=2)
    number = ask(database, vault, roster.ana, 1)
    span = Mark(CORNER, Shown.NAME, app="element", start=START, end=START + instants.HOUR)
    mark(database, vault, roster.olga, number, span)
    run(database, vault, settings, number)
    with taken(database, vault, roster.ana, number) as found:
        assert [one.endswith("-blacked-out.png") for one in pictures(found)].count(True) == 1
    other = ask(database, vault, roster.cal, 2)
    assert "blacked_out" not in run(database, vault, settings, other).counts, "it is about one person alone"


def test_a_picture_whose_form_cannot_be_opened_is_left_out_whole_and_named(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    """Better nothing than all of it; and it is said."""
    data = b"<svg xmlns='http://www.w3.org/2000/svg'><text>Rosa</text></svg>"
    digest = hold(database, vault, 1, data, "image/svg+xml")
    number = ask(database, vault, roster.ana, 1)
    mark(database, vault, roster.olga, number, Mark(WHOLE, Shown.NAME, "", digest))
    run(database, vault, settings, number)
    with taken(database, vault, roster.ana, number) as found:
        assert pictures(found) == [f"screens/{digest}-left-out.txt"]
        assert b"Rosa" not in b"".join(found.read(name) for name in found.namelist())
        (line,) = told(found)
        assert (line["left_out"], line["regions"][0]["shows"]) == (True, "name")
        assert "all of it, as its form cannot be opened" in found.read("index.html").decode()


def test_a_narrower_copy_follows_the_window_in_front_though_windows_are_not_in_it(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    """A copy of the screens alone must not be a way around the rule."""
    chat, _ = two(database, vault, START)
    rule(database, vault, roster.olga)
    with database.writing() as session:
        only = Scope(frozenset({Kind.SCREEN}))
        number = request.open_request(session, roster.ana, vault, 1, RequestKind.EXPORT, only).id
    run(database, vault, settings, number)
    with taken(database, vault, roster.ana, number) as found:
        assert [one["screen"] for one in told(found)] == [chat]


def test_the_command_lines_copy_is_blacked_out_too(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    chat, _ = two(database, vault, START)
    rule(database, vault, roster.olga)
    archive.write_export(database, vault, roster.ana, 1, tmp_path / "copy.zip")
    with zipfile.ZipFile(tmp_path / "copy.zip") as found:
        assert [one["screen"] for one in told(found)] == [chat]
        assert picture(11) not in b"".join(found.read(name) for name in found.namelist())


def test_a_change_of_the_rules_alters_no_copy_that_was_made(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    two(database, vault, START)
    rule(database, vault, roster.olga)
    number = ask(database, vault, roster.ana, 1)
    run(database, vault, settings, number)
    with taken(database, vault, roster.ana, number) as found:
        before = {name: found.read(name) for name in pictures(found)}
    with database.writing() as session:
        bystanders.drop(session, roster.olga, vault, 1)
    with taken(database, vault, roster.ana, number) as found:
        assert {name: found.read(name) for name in pictures(found)} == before
        assert CHATS.plain.replace("'", "&#39;") in found.read("index.html").decode(), "it says by which rules"
    again = ask(database, vault, roster.ana, 1)
    assert "blacked_out" not in run(database, vault, settings, again).counts


@pytest.mark.parametrize("step", ["receipts", "finish"])
def test_what_is_marked_while_the_copy_is_made_is_black_in_it(
    database: Database,
    vault: Vault,
    roster: Roster,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    """Pictures that were written before the mark came are written anew; the copy is never half the one, half the
    other."""
    _, code = two(database, vault, START)
    rule(database, vault, roster.olga)
    number = ask(database, vault, roster.ana, 1)
    place, ran = [""], steps.STEPS[RequestKind.EXPORT]

    def reached() -> bool:
        with database.reading() as session:
            place[0] = request.show(session, roster.ana, vault, number).next_step or ""
        return place[0] == step

    steps.run(database, vault, settings, OPERATOR, number, until=reached)
    assert (place[0], len(ran)) == (step, 6)
    mark(database, vault, roster.omar, number, Mark(CORNER, Shown.FACE, "", code))
    monkeypatch.setattr(pieces, "BYTES", 1 << 20)  # fewer pieces than were written of them first
    assert run(database, vault, settings, number).counts["blacked_out"] == 2
    with taken(database, vault, roster.ana, number) as found:
        assert found.testzip() is None
        assert len(pictures(found)) == 2
        assert picture(12) not in b"".join(found.read(name) for name in found.namelist())
    with pytest.raises(Conflict, match="a copy that is made is not changed"):
        mark(database, vault, roster.omar, number, Mark(CORNER, Shown.FACE, "", code))


def test_killed_after_every_commit_it_still_comes_to_the_same_blacked_out_copy(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    """No crash lets a picture through: what is black, and the line that says so, are kept in one transaction."""
    chat, code = two(database, vault, START)
    rule(database, vault, roster.olga)
    number = ask(database, vault, roster.ana, 1)
    mark(database, vault, roster.omar, number, Mark(CORNER, Shown.FACE, "", code))
    place = Place(settings.database_url, settings.store)
    killed = 0
    while run_and_die(place, number, "after commit", 2) == -9:
        killed += 1
        assert killed < 30
        with database.reading() as session:
            if request.show(session, roster.ana, vault, number).state is State.DONE:
                break
    assert killed > 6
    with taken(database, vault, roster.ana, number) as found:
        assert sorted(one["screen"] for one in told(found)) == sorted((chat, code))
        assert_black(found.read(f"screens/{chat}-blacked-out.png"), picture(11), (48, 0, 96, 64))
        assert_black(found.read(f"screens/{code}-blacked-out.png"), picture(12), (0, 0, 40, 20))

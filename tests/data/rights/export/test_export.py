"""An export holds everything, opens for its person only, and comes to its end whatever kills it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import unicodedata
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
from PIL import Image
from sqlalchemy import update

from data import instants
from data.accesses import log
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.opening import Lost
from data.accesses.tables import DetailsRow
from data.captures import columns, screens, segments
from data.captures.ingest import ingest
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.connectors import SOURCES
from data.database import Database
from data.errors import Conflict, NotAllowed, NotFound, Unreadable
from data.looks import history
from data.migrations import schema
from data.people.viewer import OPERATOR, Viewer
from data.rights import request, steps
from data.rights.export import archive, offer, parts, pieces
from data.rights.states import RequestKind, State
from data.rights.tables import RequestRow
from data.sealing.durable import TEMPORARY
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.rights.conftest import Roster, people
from tests.data.rights.crashing import ROWS, Place, run_and_die
from tests.data.rights.holding import CANARY, START, bare, keep, kept, rows

SESSION = Path(__file__).resolve().parents[3] / "samples" / "openadapt" / "images"


@pytest.fixture
def settings(tmp_path: Path, database: Database) -> Settings:
    return Place(database.url.render_as_string(hide_password=False), tmp_path).settings


@pytest.fixture(autouse=True)
def small_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "ROWS", ROWS)
    monkeypatch.setattr(pieces, "BYTES", 1)


def ask(database: Database, vault: Vault, viewer: Viewer, scope: Scope = request.EVERYTHING) -> int:
    assert viewer.person_id is not None
    with database.writing() as session:
        return request.open_request(session, viewer, vault, viewer.person_id, RequestKind.EXPORT, scope).id


def taken(database: Database, vault: Vault, viewer: Viewer, number: int) -> zipfile.ZipFile:
    with database.writing() as session:
        name, size, data = offer.open_export(session, viewer, vault, number)
    whole = b"".join(data)
    assert len(whole) == size
    assert name == f"daylight-{viewer.email.partition('@')[0]}-{number}.zip"
    return zipfile.ZipFile(io.BytesIO(whole))


def state_of(database: Database, vault: Vault, viewer: Viewer, number: int) -> State:
    with database.reading() as session:
        return request.show(session, viewer, vault, number).state


def lines_of(found: zipfile.ZipFile) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in found.read("captures.jsonl").splitlines()]
    return [line | {"at": instants.parse(line["at"])} for line in lines]


def records_of(found: zipfile.ZipFile) -> list[dict[str, Any]]:
    """The captures of the CSV file, as texts but for what the tests' captures hold in numbers."""
    text = io.StringIO(found.read("captures.csv").decode(), newline="")
    numbers: dict[str, Any] = dict.fromkeys(("x", "y", "dx", "dy"), float) | {"duration": int}
    reading = numbers | {"at": instants.parse, "down": lambda value: value == "true"}
    rows = csv.DictReader(text, strict=True)
    return [{name: reading.get(name, str)(value) for name, value in row.items() if value} for row in rows]


def tables_of(found: zipfile.ZipFile) -> list[dict[str, Any]]:
    names = sorted(name for name in found.namelist() if name.endswith(".parquet"))
    read = [pyarrow.parquet.read_table(io.BytesIO(found.read(name))) for name in names]
    table = pa.concat_tables(read, promote_options="permissive")
    # Positions that are all whole are whole numbers in a segment, which is what is given out.
    whole = {"x", "y", "dx", "dy"}
    return [
        {name: float(value) if name in whole else value for name, value in bare(row).items()}
        for row in table.to_pylist()
    ]


def in_order(rows: list[dict[str, Any]]) -> list[str]:
    """The Parquet files follow each other as the segments do, whose spans may overlap."""
    return sorted((f"{row['at']:020} {sorted(row.items())}") for row in rows)


def assert_whole(found: zipfile.ZipFile, expected: list[dict[str, Any]]) -> None:
    """Every capture once in each form, and every file as the manifest says."""
    assert found.testzip() is None
    assert lines_of(found) == expected
    # CSV cannot tell an empty text from none.
    assert records_of(found) == [{name: it for name, it in row.items() if it != ""} for row in expected]
    assert in_order(tables_of(found)) == in_order(expected)
    manifest = json.loads(found.read("manifest.json"))
    assert manifest["captures"] == len(expected)
    assert sum(manifest["kinds"].values()) == len(expected)
    listed = {file["name"]: file for file in manifest["files"]}
    assert sorted([*listed, "manifest.json"]) == sorted(found.namelist())
    for name, file in listed.items():
        data = found.read(name)
        assert (file["bytes"], file["sha256"]) == (len(data), hashlib.sha256(data).hexdigest()), name


def test_an_export_holds_every_capture_in_every_form_with_its_sums(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    keep(database, vault, 1, rows(730))
    keep(database, vault, 1, rows(90, seed=2, start=START + instants.HOUR), import_id=2)
    keep(database, vault, 2, rows(50, seed=3))
    number = ask(database, vault, roster.ana)
    seen: list[tuple[int, int]] = []
    done = steps.run(database, vault, settings, OPERATOR, number, lambda one: seen.append((one.done, one.total)))
    assert (done.state, done.counts["captures"], done.next_step) == (State.DONE, 820, None)
    assert done.expires_at is not None
    assert done.closed_at is not None
    assert done.expires_at - done.closed_at == 14 * instants.DAY
    assert seen[-1] == (820, 820)
    assert len(seen) > 8
    assert_whole(taken(database, vault, roster.ana, number), kept(database, vault, 1))


def test_the_parquet_files_of_a_whole_copy_are_the_opened_segments_themselves(
    database: Database, vault: Vault, roster: Roster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte by byte, and without packing anything again: that is why making them takes no longer than opening them."""
    for number in (1, 2):
        keep(database, vault, 1, rows(90, seed=number, start=START + number * instants.DAY), import_id=number)
    with database.reading() as session:
        keys = segments.open_keys(session, vault, 1)
        opened = [segments.content(vault, keys[one.key_version], one) for one in segments.listed(session, 1)]
    monkeypatch.setattr(columns, "pack", lambda _: pytest.fail("it is written again"))
    number = ask(database, vault, roster.ana)
    steps.run(database, vault, settings, OPERATOR, number)
    with taken(database, vault, roster.ana, number) as found:
        assert [found.read(f"captures-{place:05d}.parquet") for place in (1, 2)] == opened


def test_a_person_without_captures_gets_a_whole_and_readable_export(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    number = ask(database, vault, roster.ana)
    steps.run(database, vault, settings, OPERATOR, number)
    with taken(database, vault, roster.ana, number) as found:
        assert found.read("captures.jsonl") == b""
        assert b"Nothing was held about you" in found.read("index.html")
        assert json.loads(found.read("manifest.json"))["captures"] == 0


def test_a_narrow_export_holds_what_was_asked_for_and_nothing_else(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    keep(database, vault, 1, rows(600))
    scope = Scope(frozenset({Kind.KEY}), frozenset({f"{CANARY}.exe"}), START + instants.HOUR, START + instants.DAY)
    number = ask(database, vault, roster.ana, scope)
    steps.run(database, vault, settings, OPERATOR, number)
    assert scope.start is not None
    assert scope.end is not None
    expected = [
        row for row in kept(database, vault, 1) if row["kind"] == "key" and scope.start <= row["at"] < scope.end
    ]
    assert 20 < len(expected) < 200
    assert_whole(taken(database, vault, roster.ana, number), expected)


class Outside(HTMLParser):
    """Every address that a page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in {"src", "href", "action"}]
        assert tag not in {"script", "iframe", "object"}


def test_the_index_refers_to_files_of_the_archive_only(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    keep(database, vault, 1, rows(250))
    number = ask(database, vault, roster.ana)
    steps.run(database, vault, settings, OPERATOR, number)
    with taken(database, vault, roster.ana, number) as found:
        page = Outside()
        page.feed(found.read("index.html").decode())
        assert set(page.found) <= set(found.namelist())
        assert "captures.jsonl" in page.found
        assert json.loads(found.read("requests.jsonl"))["history"][0]["what"] == "opened"


def test_the_index_draws_what_is_in_the_export_and_nothing_else(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    keep(database, vault, 1, rows(250))
    number = ask(database, vault, roster.ana, Scope(kinds=frozenset({Kind.KEY})))
    steps.run(database, vault, settings, OPERATOR, number)
    with taken(database, vault, roster.ana, number) as found:
        index = found.read("index.html").decode()
        count = json.loads(found.read("manifest.json"))["captures"]
    said = [int(one) for one in re.findall(r"<title>[^<]*: (\d+) key</title>", index)]
    assert 0 < sum(said) == count < 250
    hours = [int(one) for one in re.findall(r"<title>\d\d:00: (\d+) captures</title>", index)]
    assert sum(hours) == count
    assert index.count('role="img" aria-label="') == 2


def test_an_export_of_a_recorded_session_holds_its_pictures_and_shows_them(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    """Pictures that a real recorder took, through the whole request; one a round, so that rounds follow each other."""
    ingest(database, vault, OPERATOR, 1, SOURCES["openadapt"].read(SESSION))
    with database.reading() as session:
        shown = [screens.read(session, vault, 1, name) for name in screens.listed(session, 1)]
    assert len(shown) > 1
    number = ask(database, vault, roster.ana)
    done = steps.run(database, vault, settings, OPERATOR, number)
    assert done.counts["screens"] == len(shown)
    with taken(database, vault, roster.ana, number) as found:
        assert_whole(found, kept(database, vault, 1))
        names = sorted(name for name in found.namelist() if name.startswith("screens/"))
        assert [(Path(name).stem, found.read(name)) for name in names] == [(one.digest, one.data) for one in shown]
        for one in shown:
            Image.open(io.BytesIO(one.data)).verify()
        page = Outside()
        page.feed(found.read("index.html").decode())
        assert {name for name in page.found if name.startswith("screens/")} == set(names)


def test_characters_that_show_nothing_stand_as_marks_in_a_well_formed_index(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    name = "\x1b[31mred\x00\x7f\x85\u202egnp.exe\ufffe<b>"
    keep(database, vault, 1, [{"at": START, "kind": "key", "app": name, "text": "a"}])
    number = ask(database, vault, roster.ana, Scope(apps=frozenset({name})))
    steps.run(database, vault, settings, OPERATOR, number)
    with taken(database, vault, roster.ana, number) as found:
        text = found.read("index.html").decode()
        assert lines_of(found)[0]["app"] == name, "the data itself stays as it is"
    assert "␛[31mred␀␡[U+0085][U+202E]gnp.exe[U+FFFE]&lt;b&gt;" in text
    assert not [mark for mark in text if unicodedata.category(mark) in ("Cc", "Cn") and mark != "\n"]
    page = Closed()
    page.feed(text)
    assert page.open == []


class Closed(HTMLParser):
    """The elements that are open; each is closed by its own end."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 (as the parser calls it)
        if tag not in {"meta", "img", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_nothing_of_an_export_is_in_plain_text_on_disk(
    database: Database, vault: Vault, roster: Roster, settings: Settings, tmp_path: Path
) -> None:
    keep(database, vault, 1, rows(250))
    number = ask(database, vault, roster.ana, Scope(apps=frozenset({f"{CANARY}.exe"})))
    steps.run(database, vault, settings, OPERATOR, number)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any("exports" in str(path) for path in files)
    for path in files:
        content = path.read_bytes()
        assert CANARY.encode() not in content, path
        assert b"PK\x03\x04" not in content, path


def test_only_its_person_takes_an_export_and_an_officers_copy_is_an_access(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    number = ask(database, vault, roster.ana)
    with pytest.raises(Conflict, match="not yet started"), database.writing() as session:
        offer.open_export(session, roster.ana, vault, number)
    steps.run(database, vault, settings, OPERATOR, number)
    for viewer, error in ((roster.cal, NotFound), (OPERATOR, NotFound)):
        with pytest.raises(error), database.writing() as session:
            offer.open_export(session, viewer, vault, number)
    with database.writing() as session:
        offer.open_export(session, roster.olga, vault, number)
    with database.reading() as session:
        looks = history.about(session, roster.ana, vault, 1)
    assert [(look.action.value, look.role) for look in looks] == [("copy", "officer")]


def test_an_export_that_is_over_cannot_be_taken(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    keep(database, vault, 1, rows(150))
    number = ask(database, vault, roster.ana)
    steps.run(database, vault, settings, OPERATOR, number)
    with database.writing() as session:
        session.execute(update(RequestRow).values(expires_at=instants.now() - 1))
    with pytest.raises(Conflict, match="ask for a new copy"), database.writing() as session:
        offer.open_export(session, roster.ana, vault, number)
    with database.writing() as session:
        offer.expire(session, session.get_one(RequestRow, (1, number)), "Its time is over.")
    with database.reading() as session:
        assert offer.sweep(session, vault) > 2
        assert request.show(session, roster.ana, vault, number).state is State.EXPIRED
    assert vault.objects.list("exports") == ()
    with pytest.raises(Conflict), database.writing() as session:
        offer.open_export(session, roster.ana, vault, number)


def test_a_direct_export_that_was_killed_is_swept_after_a_day(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that may still be at it stays."""
    keep(database, vault, 1, rows(150))
    with monkeypatch.context() as killed:
        killed.setattr(parts, "remove", lambda *_: 0)
        archive.write_export(database, vault, roster.ana, 1, tmp_path / "copy.zip")
    left = vault.objects.list("exports")
    assert left
    with database.reading() as session:
        assert offer.sweep(session, vault) == 0
        assert vault.objects.list("exports") == left
        later = instants.now() + instants.DAY
        monkeypatch.setattr(instants, "now", lambda: later)
        assert offer.sweep(session, vault, 1) == 0
        assert offer.sweep(session, vault) == len(left)
    assert vault.objects.list("exports") == ()


def test_a_piece_that_was_altered_or_swapped_is_not_given_out(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    keep(database, vault, 1, rows(250))
    number = ask(database, vault, roster.ana)
    steps.run(database, vault, settings, OPERATOR, number)
    names = vault.objects.list("exports")
    whole = vault.objects.get(names[0])
    for other in (whole[:-1] + bytes([whole[-1] ^ 1]), vault.objects.get(names[1])):
        vault.objects.put(names[0], other)
        with pytest.raises(Unreadable):
            taken(database, vault, roster.ana, number)


def test_the_command_lines_export_is_the_same_and_leaves_nothing_behind(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    keep(database, vault, 1, rows(250))
    out = tmp_path / "mine.zip"
    assert archive.write_export(database, vault, roster.ana, 1, out) == (out,)
    with zipfile.ZipFile(out) as found:
        assert_whole(found, kept(database, vault, 1))
    assert vault.objects.list("exports") == ()
    with pytest.raises(NotAllowed):
        archive.write_export(database, vault, roster.cal, 1, tmp_path / "not-mine.zip")
    assert not (tmp_path / "not-mine.zip").exists()


def test_captures_that_come_in_meanwhile_do_not_tear_the_export_apart(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    keep(database, vault, 1, rows(450))
    before = kept(database, vault, 1)
    number = ask(database, vault, roster.ana)

    def intrude(_: object) -> None:
        keep(database, vault, 1, rows(30, seed=9, start=START + instants.HOUR), import_id=9)

    steps.run(database, vault, settings, OPERATOR, number, intrude)
    assert_whole(taken(database, vault, roster.ana, number), before)


def test_a_process_killed_after_every_commit_still_comes_to_the_whole_export(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    keep(database, vault, 1, rows(550))
    number = ask(database, vault, roster.ana)
    place = Place(settings.database_url, settings.store)
    killed = 0
    while state_of(database, vault, roster.ana, number) is not State.DONE:
        # The first commit of each process is its claim, the second is one step or one round.
        assert run_and_die(place, number, "after commit", 2) == -9
        killed += 1
        assert killed < 30
    assert killed > 6
    assert_whole(taken(database, vault, roster.ana, number), kept(database, vault, 1))


def test_what_a_write_that_was_cut_off_left_is_swept_by_the_end_of_the_export(
    database: Database, vault: Vault, roster: Roster, settings: Settings, tmp_path: Path
) -> None:
    """Power lost between writing a piece and naming it: the half piece is never read, and must not stay."""
    keep(database, vault, 1, rows(250))
    number = ask(database, vault, roster.ana)
    assert run_and_die(Place(settings.database_url, settings.store), number, "after commit", 3) == -9
    (folder,) = (tmp_path / "segments" / "exports").iterdir()
    (folder / f"{TEMPORARY}02-000000-{'0' * 32}").write_bytes(b"half a sealed piece")
    steps.run(database, vault, settings, OPERATOR, number)
    assert [one for one in folder.iterdir() if one.name.startswith(TEMPORARY)] == []
    assert_whole(taken(database, vault, roster.ana, number), kept(database, vault, 1))


@pytest.mark.parametrize("moment", ["before commit", "after put"])
def test_killed_again_and_again_in_the_same_store_the_export_is_whole(
    database: Database, vault: Vault, roster: Roster, settings: Settings, moment: str
) -> None:
    """Each time a little later, until it gets through."""
    keep(database, vault, 1, rows(250))
    number, place = ask(database, vault, roster.ana), Place(settings.database_url, settings.store)
    killed = 0
    while state_of(database, vault, roster.ana, number) is not State.DONE:
        if run_and_die(place, number, moment, killed + 1) == -9:
            killed += 1
        assert killed < 30
    assert killed > 2
    assert_whole(taken(database, vault, roster.ana, number), kept(database, vault, 1))


# Before a commit is after the one before it, and after a file is before the next one.
@pytest.mark.parametrize("moment", ["after commit", "before put"])
def test_killed_at_any_moment_and_run_again_the_export_is_whole(tmp_path: Path, moment: str) -> None:
    """Every commit and every write of an object, before and after it, each on a fresh copy of the same store."""
    first = tmp_path / "first"
    place = Place(f"sqlite:///{first / 'daylight.db'}", first)
    database = Database(place.database_url)
    schema.create(database)
    vault = Vault.create(first / "keyring", str(first / "segments"))
    roster = people(database)
    keep(database, vault, 1, rows(250))
    expected = kept(database, vault, 1)
    number = ask(database, vault, roster.ana)
    database.close()
    killed = 0
    while True:
        again = tmp_path / f"again-{killed}"
        shutil.copytree(first, again)
        place = Place(f"sqlite:///{again / 'daylight.db'}", again)
        code = run_and_die(place, number, moment, killed + 1)
        if code == 0:
            break
        assert code == -9
        killed += 1
        database = Database(place.database_url)
        opened = Vault.open(again / "keyring", str(again / "segments"))
        if state_of(database, opened, roster.ana, number) is not State.DONE:
            assert run_and_die(place, number, moment, 10_000) == 0
        assert_whole(taken(database, opened, roster.ana, number), expected)
        database.close()
    assert killed > 5


def test_an_entry_about_the_person_that_was_altered_stops_no_copy_and_says_so_in_it(
    database: Database, vault: Vault, roster: Roster, settings: Settings
) -> None:
    keep(database, vault, 1, rows(30))
    reason = Reason(Purpose.SUPPORT, "INC-7")
    with database.writing() as session:
        for _ in range(3):
            log.append(
                session, vault, action=Action.READ, people=[1], accessor=roster.olga, reason=reason, scope={}, count=3
            )
        first = session.get_one(DetailsRow, 0)
        first.details = first.details[:-1] + bytes([first.details[-1] ^ 1])
        session.delete(session.get_one(DetailsRow, 1))
    number = ask(database, vault, roster.ana)
    assert steps.run(database, vault, settings, OPERATOR, number).state is State.DONE
    with taken(database, vault, roster.ana, number) as found:
        told = [json.loads(line) for line in found.read("held/log.jsonl").splitlines()][:3]
    assert [(one["lost"], one["ticket"]) for one in told] == [(True, None), (True, None), (False, "INC-7")]
    assert [one["lost_why"] for one in told] == [Lost.ALTERED.value, Lost.MISSING.value, None]
    assert {(one["action"], one["count"]) for one in told} == {("read", 3)}
    assert all(one["commitment"] for one in told)

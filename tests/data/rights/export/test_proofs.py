"""Every look in an export has a receipt that the program in it checks, away from Daylight."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

from sqlalchemy import update

from data import instants
from data.accesses import coverage, log
from data.accesses.coverage import Span
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.tables import TagsRow
from data.database import Database
from data.people.viewer import OPERATOR
from data.proofs import receipt
from data.rights import request, steps
from data.rights.export import pieces
from data.rights.states import RequestKind
from data.sealing.vault import Vault
from tests.data.accesses.logging import looks
from tests.data.rights.conftest import Roster
from tests.data.rights.crashing import Place
from tests.data.rights.export.test_export import taken
from tests.data.rights.holding import keep, rows


def verified(folder: Path, name: str) -> int:
    """The exit status of the unpacked copy's own verify.py, run without anything of Daylight to import."""
    command = [sys.executable, "-I", "verify.py", name, "--mine", "daylight-my-log-key.json"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


def test_each_look_has_a_receipt_that_holds_and_one_that_was_altered_does_not(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    keep(database, vault, 1, rows(30))
    with database.writing() as session:
        for people in ([1], [1, 2], [2]):
            reason = Reason(Purpose.SUPPORT, "INC-7")
            log.append(
                session,
                vault,
                action=Action.READ,
                people=people,
                accessor=roster.olga,
                reason=reason,
                scope={},
                count=3,
            )
        start, end = instants.parse("2026-10-01"), instants.parse("2026-10-02")
        recorded = Span("database audit", start, end, "switched off")
        coverage.record(session, vault, OPERATOR, [recorded])
        number = request.open_request(session, roster.ana, vault, 1, RequestKind.EXPORT).id
    settings = Place(database.url.render_as_string(hide_password=False), tmp_path).settings
    steps.run(database, vault, settings, OPERATOR, number)
    with taken(database, vault, roster.ana, number) as found:
        found.extractall(tmp_path / "copy")
        assert not [name for name in found.namelist() if "key.json" in name], "an officer may take a copy too"
        looks = [json.loads(line)["position"] for line in found.read("accesses.jsonl").splitlines()]
        index = found.read("index.html").decode()
        told = json.loads(found.read("coverage.json"))
        assert json.loads(found.read("manifest.json"))["coverage"] == told
    assert [one["why"] for one in told["not_known"]] == ["switched off"]
    assert {one["source"] for one in told["recording"]} == {"database audit"}
    assert "<strong>Not known</strong>: database audit, from Fri 2 Oct 2026, 00:00:00 to " in index
    assert ": switched off." in index
    assert "coverage.json" in index
    with database.reading() as session:
        key = receipt.tag_key(session, roster.ana, vault, 1)
    (tmp_path / "copy" / "daylight-my-log-key.json").write_bytes(key)
    names = [f"{pieces.RECEIPT}{position}.json" for position in looks]
    assert len(names) == 2
    assert sorted(names) == sorted(one for one in _names(found) if one.startswith("receipts/"))
    for name in names:
        assert f'href="{name}"' in index
        assert verified(tmp_path / "copy", name) == 0
    altered = tmp_path / "copy" / names[0]
    altered.write_text(altered.read_text().replace('count\\":3', 'count\\":2'))
    assert verified(tmp_path / "copy", names[0]) == 1


def test_a_look_whose_tags_were_altered_is_named_as_one_without_a_receipt_and_the_copy_is_made(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    """Where the look is at Ana's data alone, what somebody puts beside it changes nothing; else her tag is gone."""
    with database.writing() as session:
        log.extend(session, vault, [replace(looks(1)[0], people=people) for people in ((1,), (1, 2), (1, 2), (1,))])
        number = request.open_request(session, roster.ana, vault, 1, RequestKind.EXPORT).id
    with database.writing() as session:
        session.execute(update(TagsRow).where(TagsRow.position == 1).values(tags=bytes(64)))
        session.add(TagsRow(position=3, tags=b"junk"))
    settings = Place(database.url.render_as_string(hide_password=False), tmp_path).settings
    steps.run(database, vault, settings, OPERATOR, number)
    with taken(database, vault, roster.ana, number) as found:
        found.extractall(tmp_path / "copy")
        index, names = found.read("index.html").decode(), _names(found)
        said = found.read(f"{pieces.RECEIPT}1{pieces.UNPROVEN}").decode()
    assert said.startswith("no receipt could be made: Entry 1 is listed for this person but does not commit to them")
    made = [f"{pieces.RECEIPT}{position}.json" for position in (0, 2, 3)]
    assert sorted(name for name in names if name.startswith("receipts/") and name.endswith(".json")) == made
    assert f'href="{pieces.RECEIPT}1{pieces.UNPROVEN}">no receipt could be made</a>' in index
    assert "of 1 no receipt could be made" in index
    with database.reading() as session:
        key = receipt.tag_key(session, roster.ana, vault, 1)
    (tmp_path / "copy" / "daylight-my-log-key.json").write_bytes(key)
    assert [verified(tmp_path / "copy", name) for name in made] == [0, 0, 0]


def _names(found: zipfile.ZipFile) -> list[str]:
    return [one.filename for one in found.infolist()]

"""The probes of Daylight's own store, each with the real thing whole and then broken."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from data import instants
from data.accesses.tables import EntryRow
from data.captures import segments
from data.captures.tables import SegmentRow
from data.controls import drilling
from data.controls.control import Result, State, Unseen
from data.controls.looking import Watch
from data.controls.probe import Probe, Target
from data.controls.probes import drill, files, keyring, log_check, sealing, witnesses
from data.controls.surroundings import Surroundings
from data.database import Database
from data.errors import BadInput, NotAllowed
from data.people.viewer import OPERATOR, Role, Viewer
from data.proofs import checks, submitting
from data.proofs.anchor import Anchor
from data.rights import epochs
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.accesses.logging import fill
from tests.data.captures.events import presses
from tests.data.proofs.witnessed import Council, add, log_key

HERE = Target("")


@pytest.fixture
def around(database: Database, vault: Vault, tmp_path: Path) -> Surroundings:
    return Surroundings(Settings.from_environment({}, store=str(tmp_path)), database, vault)


def captured(around: Surroundings, people: int = 2) -> None:
    with around.database.writing() as session:
        for person_id in range(1, people + 1):
            segments.write(session, around.vault, person_id, 1, presses(40))


def paths(around: Surroundings) -> list[Path]:
    with around.database.reading() as session:
        rows = session.execute(select(SegmentRow.person_id, SegmentRow.id)).all()
    return [Path(around.vault.objects.root, segments.object_name(*row)) for row in rows]


@contextmanager
def closed(empty_sqlite: Path) -> Generator[Surroundings]:
    """A store that nobody else gets into. Not below pytest's own folder, which is closed to others itself."""
    with tempfile.TemporaryDirectory() as name:
        settings = Settings.from_environment({}, store=name)
        vault = Vault.create(settings.keyring, settings.segments_url)
        shutil.copy(empty_sqlite, settings.store / "daylight.db")
        (settings.store / "daylight.db").chmod(0o600)
        (settings.store / "segments").chmod(0o700)
        database = Database(settings.database_url)
        yield Surroundings(settings, database, vault)
        database.close()


def test_files_that_others_can_reach_are_found(empty_sqlite: Path) -> None:
    """Protects: modes are looked at where it counts: a closed folder closes what lies in it."""
    with closed(empty_sqlite) as around:
        settings, folder = around.settings, around.settings.store
        assert files.look(around, HERE).state is State.HOLDS
        settings.keyring.chmod(0o640)
        assert files.look(around, HERE).state is State.HOLDS, "nobody gets through the folder"
        folder.chmod(0o711)
        found = files.look(around, HERE)
        assert found.state is State.BROKEN
        assert any(f"{settings.keyring} (-rw-r-----)" in fact.value for fact in found.facts)
        assert str(folder) not in found.said
        settings.keyring.chmod(0o600)
        assert files.look(around, HERE).state is State.HOLDS


@pytest.mark.parametrize("what", ["segments", "segments/1", "keyring", "daylight.db"])
def test_what_a_link_leads_to_is_judged_where_it_lies(empty_sqlite: Path, what: str) -> None:
    """Protects: files that were moved to a bigger disk are looked at there, also from a folder that is closed; a disk
    that is away is not known."""
    with closed(empty_sqlite) as around, tempfile.TemporaryDirectory() as name:
        disk, moved = Path(name), Path(name) / "moved"
        link = around.settings.store / what
        (around.settings.store / "segments" / "1").mkdir()
        link.rename(moved)
        link.symlink_to(moved)
        deep = moved / "one" if moved.is_dir() else moved
        deep.touch()
        deep.chmod(0o644)
        moved.chmod(0o755 if moved.is_dir() else 0o644)
        assert files.look(around, HERE).state is State.HOLDS, "nobody gets through the folder above"
        disk.chmod(0o755)
        found = files.look(around, HERE)
        assert found.state is State.BROKEN and any(f"{deep} (-rw-r--r--)" in fact.value for fact in found.facts)
        moved.rename(disk / "unmounted")
        with pytest.raises(Unseen, match="could not follow") as unseen:
            files.look(around, HERE)
        assert unseen.value.facts[-1].value == str(link)
        link.unlink()
        link.symlink_to(link)
        with pytest.raises(Unseen, match="could not follow"):
            files.look(around, HERE)


def test_sealed_captures_are_told_from_what_anybody_can_read(around: Surroundings) -> None:
    """Protects: encryption at rest is seen in the bytes on disk, not in a setting."""
    assert sealing.look(around, HERE).state is State.UNKNOWN
    captured(around)
    assert sealing.look(around, HERE).state is State.HOLDS
    whole = {path: path.read_bytes() for path in paths(around)}
    for content, said in ((b"PAR1" + bytes(400), "read"), (os.urandom(400), "altered")):
        for path in whole:
            path.write_bytes(content)
        found = sealing.look(around, HERE)
        assert found.state is State.BROKEN and said in found.said
    for path in whole:
        path.unlink()
    assert "gone" in sealing.look(around, HERE).said


def test_a_key_that_is_in_use_for_too_long_is_found(around: Surroundings) -> None:
    """Protects: keys are replaced in time, by the log and not by the date of a file."""
    with pytest.raises(Unseen):
        keyring.look(around, HERE)
    add(around.database, around.vault, 1)
    assert keyring.look(around, HERE).state is State.HOLDS
    with around.database.writing() as session:
        session.execute(update(EntryRow).values(recorded_at=instants.now() - 181 * instants.DAY))
    assert keyring.look(around, HERE).state is State.BROKEN


def test_a_turn_that_left_an_old_key_behind_is_found(around: Surroundings) -> None:
    """Protects: a replaced key is really destroyed."""
    add(around.database, around.vault, 1)
    epochs.turn(around.database, around.vault, OPERATOR)
    assert keyring.look(around, HERE).state is State.HOLDS
    around.vault.keyring.turn()
    with around.database.writing() as session:
        session.execute(update(EntryRow).values(recorded_at=instants.now() - 2 * instants.DAY))
    assert "replaced are still there" in keyring.look(around, HERE).said


def test_a_log_that_is_damaged_or_not_read_again_is_found(around: Surroundings, tmp_path: Path) -> None:
    """Protects: the daily check is looked at for its result and its age."""
    with pytest.raises(Unseen):
        log_check.look(around, HERE)
    fill(around.database, around.vault, 3)
    anchor = Anchor(tmp_path / "checkpoint")
    checks.keep_up(around.database, around.vault, anchor)
    assert log_check.look(around, HERE).state is State.HOLDS
    with around.database.writing() as session:
        session.execute(update(EntryRow).where(EntryRow.position == 1).values(count=9))
    checks.run(around.database, around.vault, anchor)
    assert "damaged" in log_check.look(around, HERE).said


def test_a_check_from_the_day_before_yesterday_is_too_old(
    around: Surroundings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects: a worker that died is noticed."""
    fill(around.database, around.vault, 3)
    checks.keep_up(around.database, around.vault, Anchor(tmp_path / "checkpoint"))
    later = instants.now() + 27 * instants.HOUR
    monkeypatch.setattr(instants, "now", lambda: later)
    assert "within a day" in log_check.look(around, HERE).said


def test_a_witness_that_has_not_confirmed_lately_is_found(
    around: Surroundings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects: a real witness's cosignature is fresh, and none at all is said."""
    assert witnesses.targets(around) == (Target(""),)
    with pytest.raises(Unseen, match="Nobody outside"):
        witnesses.look(around, Target(""))
    council = Council(tmp_path / "council")
    around = replace(around, settings=replace(around.settings, witnesses=(council.address,)))
    (target,) = witnesses.targets(around)
    add(around.database, around.vault, 2)
    assert witnesses.look(around, target).state is State.BROKEN
    council.trust(log_key(around.database, around.vault))
    council.seconds = instants.now() // instants.SECOND
    assert submitting.submit(around.database, council.address, council.post) is None
    assert witnesses.look(around, target).state is State.HOLDS
    later = instants.now() + 25 * instants.HOUR
    monkeypatch.setattr(instants, "now", lambda: later)
    assert witnesses.look(around, target).state is State.BROKEN


def backup(around: Surroundings, folder: Path) -> tuple[str, str]:
    """A backup of the whole store, as an operator takes it: (database, sealed files)."""
    shutil.copytree(around.vault.objects.root, folder / "segments")
    url = around.database.url
    if not around.database.is_sqlite:
        return url.render_as_string(hide_password=False), str(folder / "segments")
    around.database.close()
    shutil.copy(str(url.database), folder / "daylight.db")
    return str(folder / "daylight.db"), str(folder / "segments")


def test_a_drill_really_opens_the_backup(around: Surroundings, tmp_path: Path) -> None:
    """Protects: a backup counts once it was opened, its log read and its files unsealed, and nothing of it changed."""
    add(around.database, around.vault, 3)
    captured(around)
    with pytest.raises(Unseen):
        drill.look(around, HERE)
    (tmp_path / "backup").mkdir()
    copy, objects = backup(around, tmp_path / "backup")
    before = {path: path.read_bytes() for path in (tmp_path / "backup").rglob("*") if path.is_file()}
    found = drilling.run(around.database, around.vault, OPERATOR, copy, objects)
    assert (found.entries, found.sampled, found.opened, found.findings) == (3, 2, 2, ())
    assert {path: path.read_bytes() for path in (tmp_path / "backup").rglob("*") if path.is_file()} == before
    assert drill.look(around, HERE).state is State.HOLDS
    shutil.rmtree(tmp_path / "backup" / "segments")
    (tmp_path / "backup" / "segments").mkdir()
    assert drilling.run(around.database, around.vault, OPERATOR, copy, objects).findings
    assert drill.look(around, HERE).state is State.BROKEN


def test_a_backup_from_before_the_keys_were_replaced_is_found_to_open_no_more(
    empty_sqlite: Path, vault: Vault, tmp_path: Path
) -> None:
    """Protects: what the README warns of is found by the drill, before the backup is needed."""
    (tmp_path / "daylight.db").write_bytes(empty_sqlite.read_bytes())
    database = Database(f"sqlite:///{tmp_path / 'daylight.db'}")
    around = Surroundings(Settings.from_environment({}, store=str(tmp_path)), database, vault)
    add(database, vault, 3)
    (tmp_path / "backup").mkdir()
    copy, _ = backup(around, tmp_path / "backup")
    epochs.turn(database, vault, OPERATOR)
    assert drilling.run(database, vault, OPERATOR, copy).findings
    (tmp_path / "backup" / "daylight.db").write_bytes(b"no database" * 1000)
    (said,) = drilling.run(database, vault, OPERATOR, copy).findings
    assert "no usable database" in said
    with pytest.raises(BadInput, match="There is no file"):
        drilling.run(database, vault, OPERATOR, str(tmp_path / "nothing"))
    with pytest.raises(NotAllowed):
        drilling.run(database, vault, Viewer(1, frozenset({Role.EMPLOYEE})), copy)
    database.close()


def test_a_backup_with_another_history_is_found(empty_sqlite: Path, vault: Vault, tmp_path: Path) -> None:
    """Protects: a backup whose log is no beginning of the present one is no backup of it."""
    found: list[Database] = []
    for name in ("one", "two"):
        (tmp_path / f"{name}.db").write_bytes(empty_sqlite.read_bytes())
        found.append(Database(f"sqlite:///{tmp_path / name}.db"))
        add(found[-1], vault, 1)
        if name == "two":
            found[0].close()
            (tmp_path / "two.db").write_bytes((tmp_path / "one.db").read_bytes())
        add(found[-1], vault, 3)
    for one in found:
        one.close()
    (said,) = drilling.run(found[0], vault, OPERATOR, str(tmp_path / "two.db")).findings
    assert "not a beginning of the present one" in said
    for one in found:
        one.close()


def test_a_probe_that_fails_is_not_known(database: Database, vault: Vault, tmp_path: Path) -> None:
    """Protects: whatever stops a probe, it is unknown, without the words of an error that may quote a row."""

    def fail(_around: Surroundings, _target: Target) -> Result:
        raise ValueError("Amara typed 'secret'")

    targets: Callable[[Any], tuple[Target, ...]] = lambda _around: (HERE,)  # noqa: E731
    settings = Settings.from_environment({}, store=str(tmp_path))
    (one,) = Watch((Probe("fails", "", "", targets, fail),)).run(settings, database, vault, OPERATOR)
    assert one.result.state is State.UNKNOWN
    assert "secret" not in repr(one)

"""An operator who shows two people two histories is found out by them: two stores, forked from one, each signed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.__main__ import main
from data.accesses import tree
from data.accesses.tables import PinRow
from data.database import Database
from data.proofs import pins, publishing, receipt, submitting, verify, witnesses
from data.proofs.anchor import Anchor
from data.proofs.backing import Backing
from data.proofs.witnesses import Trouble
from data.sealing.vault import Vault
from data.tlog import tiles
from data.witness.record import Doubt
from pages.wording import proof
from tests.data.accesses.logging import ANA, BEN, fill, own
from tests.data.proofs.witnessed import Council, log_key
from tests.pages.test_phrases import CALENDAR

COMMON = 300  # more than a tile


@dataclass(frozen=True)
class History:
    """One of the two stores; both have the same keys."""

    database: Database
    vault: Vault
    anchor: Anchor

    def grow(self, count: int, first: int) -> None:
        fill(self.database, self.vault, count, first=first)
        publishing.run(self.database, self.vault, self.anchor)

    def receipt(self, person: int, position: int) -> str:
        with self.database.writing() as session:
            found = receipt.receipt(session, own(person), self.vault, self.anchor, person, position)
        return found.as_json().decode()

    def checkpoint(self) -> str:
        with self.database.reading() as session:
            note = witnesses.cosigned_note(session)
        assert note is not None
        return note

    def tiles(self, path: str) -> bytes:
        asked = tiles.parse(path.removeprefix("tile/"))
        assert asked is not None
        assert asked.level is not None
        with self.database.reading() as session:
            return tree.tile(session, asked.level, asked.index, asked.width)


@pytest.fixture
def forked(tmp_path: Path, empty_sqlite: Path, vault: Vault) -> Generator[tuple[History, History]]:
    """Two histories that begin with the same entries; neither has grown yet."""
    shutil.copy(empty_sqlite, tmp_path / "one.db")
    one = History(Database(f"sqlite:///{tmp_path / 'one.db'}"), vault, Anchor(tmp_path / "one"))
    one.grow(COMMON, 0)
    one.database.close()
    shutil.copy(tmp_path / "one.db", tmp_path / "two.db")
    shutil.copy(tmp_path / "one", tmp_path / "two")
    two = History(Database(f"sqlite:///{tmp_path / 'two.db'}"), vault, Anchor(tmp_path / "two"))
    yield one, two
    one.database.close()
    two.database.close()


def said(text: str, other: str, tiles: Callable[[str], bytes] | None = None) -> str:
    """What comparing says, either way round."""

    def one_way(first: str, second: str) -> str:
        try:
            return verify.compare(first, second, tiles=tiles)
        except verify.Wrong as wrong:
            return str(wrong)

    found = one_way(text, other)
    if other.startswith("{"):
        assert one_way(other, text) == found
    return found


def test_two_receipts_of_as_many_entries_prove_the_fork_without_anything_else(
    forked: tuple[History, History],
) -> None:
    one, two = forked
    assert said(one.receipt(ANA, 0), two.receipt(BEN, 1)) == f"Both are of one history: the same {COMMON} entries."
    one.grow(5, 1_000)
    two.grow(5, 2_000)
    first, second = one.receipt(ANA, 0), two.receipt(BEN, 1)
    # Each of them holds by itself: only together they show it.
    assert verify.verify(first).size == verify.verify(second).size == COMMON + 5
    assert said(first, second).startswith("TWO HISTORIES")
    assert f"both have {COMMON + 5} entries" in said(first, second)
    assert said(first, two.checkpoint()).startswith("TWO HISTORIES")
    assert said(first, one.checkpoint()).startswith("Both are of one history")


def test_histories_of_different_length_are_told_apart_by_the_tiles_of_the_longer(
    forked: tuple[History, History],
) -> None:
    one, two = forked
    before = one.receipt(ANA, 0)
    one.grow(5, 1_000)
    two.grow(900, 2_000)
    first, second = one.receipt(ANA, 0), two.receipt(BEN, 1)
    assert "cannot be told from these two files alone" in said(first, second)
    assert "does not begin with" in said(first, second, two.tiles)
    assert said(first, second, two.tiles).startswith("TWO HISTORIES")
    # Wrong tiles prove nothing, and are not taken for a fork.
    assert "show nothing" in said(first, second, lambda path: two.tiles(path)[::-1])
    assert said(before, second, two.tiles) == f"Both are of one history: the {COMMON + 900} entries begin with the 300."
    assert said(before, first, one.tiles).startswith("Both are of one history")


def test_one_place_with_two_entries_is_a_fork_whatever_the_sizes(forked: tuple[History, History]) -> None:
    one, two = forked
    one.grow(2, 1_000)
    two.grow(40, 2_000)
    assert f"entry {COMMON} is not the same in both" in said(one.receipt(ANA, COMMON), two.receipt(ANA, COMMON))


def test_tiles_lead_from_any_size_to_any_other_of_one_history(forked: tuple[History, History]) -> None:
    one, _ = forked
    every = [(COMMON, one.receipt(ANA, 0))]
    for more in (1, 83, 128, 1, 511):
        one.grow(more, 5_000)
        every.append((every[-1][0] + more, one.receipt(ANA, 0)))
    for small, first in every:
        for large, second in every:
            if small < large:
                assert (
                    said(first, second, one.tiles)
                    == f"Both are of one history: the {large} entries begin with the {small}."
                )


def test_another_log_and_what_is_not_signed_are_no_fork(forked: tuple[History, History]) -> None:
    one, two = forked
    good = one.receipt(ANA, 0)
    unsigned = two.checkpoint().replace(f"\n{COMMON}\n", f"\n{COMMON + 1}\n")
    assert "does not fit the checkpoint" in said(good, unsigned)
    other = json.dumps({**json.loads(two.receipt(BEN, 1)), "key": "x+00000000+AAAA"})
    assert "another key" in verify_says(good, other)
    for odd in ("", "{}", "a\n\nb\n", "\n\n— x y z\n", one.checkpoint()[:-9]):
        assert verify_says(good, odd)


def verify_says(text: str, other: str) -> str:
    with pytest.raises(verify.Wrong) as caught:
        verify.compare(text, other)
    return str(caught.value)


def test_a_witness_that_saw_one_history_refuses_the_other_and_keeps_both(
    forked: tuple[History, History], tmp_path: Path
) -> None:
    one, two = forked
    council = Council(tmp_path / "council")
    council.trust(log_key(one.database, one.vault))
    one.grow(5, 1_000)
    two.grow(5, 2_000)
    assert submitting.submit(one.database, council.address, council.post) is None
    assert submitting.submit(two.database, council.address, council.post) is Trouble.REFUSED
    (refused,) = council.refusals()
    assert refused.kind is Doubt.FORK
    # The two signed heads that it keeps are the proof, for anybody who has the log's key.
    assert refused.note == two.checkpoint()
    assert one.checkpoint().startswith(refused.known_note)
    with two.database.reading() as session:
        assert [alarm.trouble for alarm in witnesses.alarms(session)] == [Trouble.REFUSED]
    # What it cosigned of the one proves the fork to whoever was shown the other, too.
    assert said(two.receipt(BEN, 1), one.checkpoint()).startswith("TWO HISTORIES")


def test_a_pin_from_one_history_is_an_alarm_on_a_page_of_the_other(forked: tuple[History, History]) -> None:
    one, two = forked
    one.grow(5, 1_000)
    two.grow(9, 2_000)
    with one.database.reading() as session:
        published = publishing.newest(session)
        assert published is not None
    with two.database.writing() as session:
        # What she saw is what her row says.
        session.add(PinRow(person_id=ANA, size=published.size, root=published.root, seen_at=1))
        session.flush()
        shown = publishing.newest(session)
        pin = pins.find(session, own(ANA), shown)
        assert shown is not None
        pins.keep(session, own(ANA), two.vault, shown)
        assert pins.find(session, own(ANA), shown) == pin  # the evidence stays
    assert pin is not None
    assert not pin.leads_on
    said = proof.lines(Backing(shown, None, (), ()), pin, CALENDAR)
    assert "The history was changed" in said
    assert "entries were changed or taken out" in said


def test_both_programs_say_so_and_end_with_1(
    forked: tuple[History, History], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = forked
    one.grow(5, 1_000)
    two.grow(9, 2_000)
    for name, text in (("a.json", one.receipt(ANA, 0)), ("b.txt", two.checkpoint())):
        (tmp_path / name).write_text(text, encoding="utf-8")
    for number in (0, 1):
        for level in (0, 1):
            path = tmp_path / "log" / "tile" / str(level)
            width = min(256, (COMMON + 9 >> 8 * level) - number * 256)
            if width <= 0:
                continue
            file = path / (f"{number:03}" if width == 256 else f"{number:03}.p/{width}")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(two.tiles(str(file.relative_to(tmp_path / "log"))))
    shutil.copy(Path(verify.__file__), tmp_path / "verify.py")
    words = ["a.json", "--against", "b.txt", "--tiles", "log"]
    done = subprocess.run([sys.executable, "-I", "verify.py", *words], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("verify: TWO HISTORIES")
    full = [str(tmp_path / word) if not word.startswith("--") else word for word in words]
    assert main(["log", "verify", *full]) == 1
    assert "TWO HISTORIES" in capsys.readouterr().err

"""The checks that read the source are tests too, so nothing lands that fails one of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ALONE = {"data/proofs/verify.py": 580}
BIN = Path(sys.executable).parent


def findings(*command: str) -> str:
    """What a check has to say; empty when it is content."""
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def test_the_source_is_formatted() -> None:
    assert not findings("ruff", "format", "--check", ".")


def test_lint_finds_nothing() -> None:
    assert not findings("ruff", "check", ".")


def test_every_type_is_right_in_strict_mode() -> None:
    assert not findings("pyright", "--pythonpath", sys.executable)


@pytest.mark.skipif(not (ROOT / "data" / "__main__.py").exists(), reason="the command line is still to come")
def test_imports_point_down_the_house_only() -> None:
    assert not findings("lint-imports", "--no-cache")


@pytest.mark.parametrize(
    ("folder", "limit"),
    [("app.py", 80), ("auth", 300), ("data", 300), ("pages", 300), ("tests", 600)]
    + [(f"pages/{role}", 120) for role in ("employee", "organizer", "officer", "auditor")],
)
def test_modules_stay_short_enough_to_read(folder: str, limit: int) -> None:
    """Most modules have at most 300 lines, a page 120; tests may list more cases than that. The verifier is one file
    because it is to be copied anywhere."""
    top = ROOT / folder
    written = [top] if top.suffix else sorted(top.rglob("*.py"))
    # A migration is as long as the schema it makes, and alembic writes it.
    modules = [module for module in written if module.parent.name != "versions"]
    lengths = {
        str(module.relative_to(ROOT)): len(module.read_text().splitlines()) for module in modules if module.exists()
    }
    assert not {name: lines for name, lines in lengths.items() if lines > ALONE.get(name, limit)}


def test_pages_holds_no_script_that_streamlit_would_serve_by_itself() -> None:
    assert {file.name for file in (ROOT / "pages").glob("*.py")} <= {"__init__.py", "menu.py"}

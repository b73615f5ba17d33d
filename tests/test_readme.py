"""What the README tells people to type does what it says, and what it points to is there."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.auth.running import make_site, running

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()


def test_the_commands_in_the_readme_work_one_after_the_other(tmp_path: Path) -> None:
    block = re.search(r"```sh\n(.*?)```", README, re.DOTALL)
    assert block is not None
    environ = {**os.environ, "DAYLIGHT_STORE": str(tmp_path / "store")}
    done = None
    for line in block[1].splitlines():
        words = shlex.split(line)
        assert words[0] == "python"
        written = [str(tmp_path / word) if word.endswith(".zip") else word for word in words[1:]]
        done = subprocess.run(
            [sys.executable, *written], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}: {done.stderr}"
    assert (tmp_path / "copy.zip").stat().st_size > 0
    assert done is not None
    left = json.loads(done.stdout)
    assert left["total"] > 0
    assert left["kinds"].get("key", 0) == 0, "the deletion of keystrokes left some"
    block = re.search(r"```sh\n(.*?)```", README.split("## Copies outside the store")[1], re.DOTALL)
    assert block is not None
    for line in block[1].splitlines():
        written = [str(tmp_path / word) if word.endswith(".parquet") else word for word in shlex.split(line)[1:]]
        done = subprocess.run([sys.executable, *written], cwd=ROOT, env=environ, capture_output=True, text=True)
        assert done.returncode == 0, f"{line}: {done.stderr}"
    assert (tmp_path / "clicks.parquet").stat().st_size > 0


def test_the_witness_of_the_readme_can_be_run(tmp_path: Path) -> None:
    environ = {**os.environ, "DAYLIGHT_STORE": str(tmp_path / "store")}

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    run("-m", "data", "init")
    key = run("-m", "data", "log", "key").strip()
    block = re.search(r"```sh\n(.*?)```", README.split("## Run a witness")[1], re.DOTALL)
    assert block is not None
    places = {"KEY": key, "var/witness": str(tmp_path / "witness"), "8620": "0"}
    said = ""
    for line in block[1].splitlines():
        words = [places.get(word, word) for word in shlex.split(line)[1:]]
        if "serve" not in words:
            said = run(*words)
            continue
        served = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)
        assert served.stdout is not None
        assert "http://127.0.0.1:" in served.stdout.readline()
        served.terminate()
        assert served.wait(20) == 0
        served.stdout.close()
    assert key.partition("+")[0] in said


def test_a_device_reports_as_the_readme_says(tmp_path: Path) -> None:
    with running(make_site(tmp_path)) as site:
        block = re.search(r"```sh\n(.*?)```", README.split("## Devices that report")[1], re.DOTALL)
        assert block is not None
        environ = {**os.environ, **site.environ}
        places = {"http://127.0.0.1:8501": site.url, "ana@example.org": "ana@example.com", "TOKEN": ""}
        said: list[str] = []
        for line in block[1].splitlines():
            for name, value in places.items():
                line = line.replace(name, value)
            words = [sys.executable if word == "python" else word for word in shlex.split(line)]
            done = subprocess.run(words, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{line}: {done.stderr}"
            said.append(done.stdout)
            places["TOKEN"] = said[0].splitlines()[-1]
    assert json.loads(said[1]) == {"wanted": "running", "every": 60}
    assert "said paused" in said[2]


@pytest.mark.postgres
def test_the_story_of_the_readme_can_be_replayed(tmp_path: Path, postgres_url: str) -> None:
    block = re.search(r"```sh\n(.*?)```", README.split("## The story, replayed")[1], re.DOTALL)
    assert block is not None
    said = ""
    for line in block[1].splitlines():
        words = [_story(word, tmp_path, postgres_url) for word in shlex.split(line)[1:]]
        done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{line}: {done.stderr}"
        said += done.stdout
    assert "That the public was told first stays." in said
    assert said.endswith("The schema and the logins were taken away.\n")


def _story(word: str, store: Path, database: str) -> str:
    if word == "var/june":
        return str(store / "june")
    return database if word.startswith("postgresql://") else word


def test_everything_the_readme_points_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target


def test_the_map_of_the_house_names_what_is_there() -> None:
    house = README.split("## The house")[1].split("```")[1]
    named = {line.split()[0] for line in house.splitlines() if line and not line.startswith(" ")}
    folders = {f"{path.name}/" for path in ROOT.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert named == folders | {"app.py"}
    for line in house.split("data/  ")[1].splitlines()[1:]:
        if not line.startswith("  "):
            break
        assert (ROOT / "data" / line.split()[0]).exists(), line

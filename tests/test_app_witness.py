"""The whole way of a witness with real processes: it cosigns, it is away, it comes back, it refuses a rewritten log."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from sqlalchemy import text

from data.accesses import tree
from data.controls.looking import Watch
from data.people.viewer import OPERATOR
from data.proofs import checks, publishing, witnesses
from data.proofs.witnesses import Trouble, WitnessState
from data.rights import request as requests
from data.rights.retention import forgetting
from data.rights.states import RequestKind, State
from data.settings import Settings, Witness
from data.tlog import cosignature, note
from tests.auth.running import ROOT, Site, make_site, running
from tests.auth.tab import open_tab
from tests.data.accesses.logging import fill
from tests.demo.processes import free_port


def run(*words: str, store: Path | None = None) -> str:
    """What a command of Daylight's prints."""
    environ = {**os.environ, **({"DAYLIGHT_STORE": str(store)} if store else {})}
    command = [sys.executable, "-m", "data", *words]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True).stdout


@contextmanager
def serving(folder: Path, port: int) -> Generator[subprocess.Popen[str]]:
    """The witness as its own process."""
    command = [sys.executable, "-m", "data", "witness", "serve", "--store", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert f":{port}" in process.stdout.readline()
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(20)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A store with 300 looks in it; nothing runs yet."""
    made = make_site(tmp_path)
    fill(made.database, made.vault, 300)
    return made


def watched(site: Site, folder: Path, port: int) -> tuple[Site, Witness]:
    """A witness made as a works council would, told to the operator, and the log's key told to it."""
    made = json.loads(run("witness", "init", "--store", str(folder), "--name", "works-council", "--json"))
    key = run("log", "key", store=site.settings.store).strip()
    run("witness", "trust", key, "--store", str(folder))
    witness = Witness(f"http://127.0.0.1:{port}", made["vkey"])
    environ = {**site.environ, "DAYLIGHT_WITNESSES": f"{witness.url} {witness.vkey}"}
    site = replace(site, environ=environ, settings=Settings.from_environment(environ))
    # What the app would look at by itself once it runs, so that it adds no entry of its own for a while.
    publishing.run(site.database, site.vault, site.store.anchor)
    checks.run(site.database, site.vault, site.store.anchor)
    forgetting.keep_up(site.database, site.vault, site.settings)
    Watch().run(site.settings, site.database, site.vault, OPERATOR)
    return site, witness


def entries(site: Site) -> int:
    with site.database.reading() as session:
        return tree.end(session)


def state(site: Site, witness: Witness) -> WitnessState:
    with site.database.reading() as session:
        return witnesses.state(session, [witness])[0]


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not come to it"
        time.sleep(0.2)


def fetch(url: str) -> str:
    with urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def shown(site: Site, name: str, path: str) -> str:
    """The words on a page, as `name` reads them."""
    with open_tab(site.url, {"daylight": site.cookie(name)}) as tab:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", tab.ask(path).text))


def rewrite(site: Site) -> None:
    """What somebody who administers the machine can do: change an entry, make the tree anew, have the log's own key
    sign that, and remove whatever on this machine tells of the history before."""
    with site.database.writing() as session:
        session.execute(text("UPDATE access_entries SET count = 0 WHERE position = 7"))
        for table in ("access_tiles", "access_checkpoints", "access_cosignatures", "access_witness_attempts"):
            session.execute(text(f"DELETE FROM {table}"))
    site.settings.anchor.unlink()
    run("log", "publish", store=site.settings.store)


def test_a_rewritten_log_is_refused_by_the_witness_and_everybody_reads_it(site: Site, tmp_path: Path) -> None:
    folder, port = tmp_path / "council", free_port()
    site, witness = watched(site, folder, port)
    log = note.Verifier.parse(run("log", "key", store=site.settings.store).strip())
    key = cosignature.Verifier.parse(witness.vkey)
    with running(site), serving(folder, port):
        wait_until(lambda: (state(site, witness).last_size or 0) >= entries(site))
        opened = note.open_note(fetch(f"{site.url}/log/checkpoint"), [log, key])
        assert [one.name for one in opened.verified] == [log.name, "works-council"]
        for name, path in (("ingrid", "conduct"), ("wei", "log")):
            cosigned = f"Cosigned by works-council, just now : the first {entries(site)} entries."
            assert cosigned in shown(site, name, path)
    rewrite(site)
    with serving(folder, port):
        with running(site):
            wait_until(lambda: state(site, witness).problem is not None)
            assert state(site, witness).problem is Trouble.REFUSED
            assert len(note.split(fetch(f"{site.url}/log/checkpoint"))[1]) == 1, "nobody outside stands behind it"
            for name, path in (("ingrid", "conduct"), ("wei", "log")):
                assert "The access log was changed or put back: works-council refused it." in shown(site, name, path)
        assert "refused: 1 fork" in fetch(witness.url)
    evidence: dict[str, Any] = json.loads(run("witness", "show", "--store", str(folder), "--json"))
    (refused,) = evidence["refusals"]
    before, after = (note.open_note(refused[one], [log]).text for one in ("known_note", "note"))
    assert before.splitlines()[:2] == after.splitlines()[:2]
    assert before != after, "two heads of one size, both signed by the log"


def test_a_witness_that_is_away_holds_nothing_up_and_catches_up(site: Site, tmp_path: Path) -> None:
    folder, port = tmp_path / "council", free_port()
    site, witness = watched(site, folder, port)
    with running(site):
        wait_until(lambda: state(site, witness).problem is Trouble.UNREACHABLE)
        with site.database.writing() as session:
            asked = requests.open_request(session, site.viewer("ana"), site.vault, site.ids["ana"], RequestKind.EXPORT)

        def is_done() -> bool:
            with site.database.reading() as session:
                return requests.show(session, site.viewer("ana"), site.vault, asked.id).state is State.DONE

        wait_until(is_done)
        assert "does not answer" in shown(site, "ingrid", "conduct")
        with serving(folder, port):
            wait_until(lambda: state(site, witness).problem is None, seconds=240)  # each try waits twice as long
            wait_until(lambda: state(site, witness).behind == 0)

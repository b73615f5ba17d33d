"""Stand-ins for the collectors on the invented company's laptops: each reports once a minute, as real ones do.

Most do what they are told. A few are as laptops are: one goes on capturing whatever it is told, one has a wrong clock,
some are off.
"""

from __future__ import annotations

import argparse
import csv
import http.client
import json
import time
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from data import instants
from tests.demo import processes
from tests.demo.company import Employee
from tests.demo.site import Site

TOKENS = "device-tokens.csv"
_STUBBORN, _OFF = 12, 9  # each of so many goes on capturing; is off
_WRONG = 7  # whose clock is ahead
_AT_ONCE = 16


@dataclass
class Collector:
    """A laptop that reports, and what it does now."""

    number: int
    token: str
    state: str = "capturing"

    def report(self, url: str) -> None:
        """Send one heartbeat, and do what the answer says from then on. An app that is away is asked again later."""
        ahead = 3 * instants.HOUR if self.number == _WRONG else 0
        now = instants.now()
        told = {"at": instants.iso(now + ahead), "state": self.state, "version": "1.4.2", "sequence": now}
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
        try:
            connection.request("POST", "/heartbeat", json.dumps(told), {"Authorization": f"Bearer {self.token}"})
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()
        if answer.status == 200 and self.number % _STUBBORN != 0:
            wanted = json.loads(said)
            is_paused = wanted["wanted"] == "paused" and instants.parse(wanted["since"]) <= now
            self.state = "paused" if is_paused else "capturing"


def listed(people: Sequence[tuple[Employee, str]]) -> str:
    """The list that the devices (each with its person) are enrolled by."""
    return "".join(f"{line}\n" for line in ("person,device", *(f"{one.email},{device}" for one, device in people)))


def read(tokens: Path) -> list[Collector]:
    """The collectors of all devices that are on."""
    with tokens.open(newline="") as file:
        found = [Collector(number, row["token"]) for number, row in enumerate(csv.DictReader(file), 1)]
    return [one for one in found if one.number % _OFF != 0]


@contextmanager
def running(site: Site) -> Generator[None]:
    """All of them reporting while the block lasts; none in a store without any."""
    tokens = site.store / TOKENS
    if not tokens.exists():
        yield
        return
    command = ["-m", "tests.demo.collectors", "--url", site.url, "--tokens", str(tokens)]
    with processes.running(command, {"DAYLIGHT_STORE": str(site.store)}, site.app_log.with_name("collectors.log")):
        yield


def main() -> None:
    """Report until ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.demo.collectors", description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--tokens", required=True, type=Path)
    given = parser.parse_args()
    found = read(given.tokens)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while True:
            begun = time.monotonic()
            list(pool.map(lambda one: one.report(given.url), found))
            time.sleep(max(0.0, 60 - (time.monotonic() - begun)))


if __name__ == "__main__":
    main()

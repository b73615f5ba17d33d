"""A log with entries in it, and a witness that runs in the same process."""

from __future__ import annotations

from pathlib import Path

import httpx2

from data.accesses import log
from data.accesses.entry import Action
from data.database import Database
from data.people.viewer import OPERATOR
from data.proofs import publishing
from data.proofs.anchor import Anchor
from data.proofs.publishing import Published
from data.proofs.submitting import Reply
from data.sealing.vault import Vault
from data.settings import Witness
from data.tlog.note import Verifier
from data.tlog.submission import SIZE_TYPE
from data.witness import cosigning, identity, record

NOW = 1_790_000_000


def add(database: Database, vault: Vault, count: int) -> Published:
    """Append `count` entries and publish."""
    with database.writing() as session:
        for number in range(count):
            log.append(
                session,
                vault,
                action=Action.STORE_MADE,
                people=[],
                accessor=OPERATOR,
                reason=None,
                scope={"number": number},
                count=0,
            )
    return publish(database, vault)


def publish(database: Database, vault: Vault, anchor: Anchor | None = None) -> Published:
    """Sign the present head."""
    with database.writing() as session:
        published = publishing.publish(session, vault, anchor)
    assert published is not None
    return published


def log_key(database: Database, vault: Vault) -> Verifier:
    """The log's verifier key."""
    with database.reading() as session:
        written = publishing.verifier_key(session, vault)
    assert written is not None
    return Verifier.parse(written)


class Council:
    """A witness in `folder`; `post` is what the submitter asks."""

    def __init__(self, folder: Path, name: str = "works-council") -> None:
        folder.mkdir()
        record.make(folder)
        self.folder = folder
        self.key = identity.make(folder, name)
        self.address = Witness(f"http://{name}.example", self.key.vkey)
        self.seconds = NOW
        self.asked: list[bytes] = []
        self.is_down = False

    def trust(self, log: Verifier) -> None:
        """Watch a log."""
        with record.opened(self.folder) as connection:
            record.trust(connection, log, NOW)

    def post(self, url: str, body: bytes) -> Reply:
        """Answer as over HTTP."""
        assert url == f"{self.address.url}/add-checkpoint"
        self.asked.append(body)
        if self.is_down:
            raise httpx2.ConnectError("refused")
        answer = cosigning.add_checkpoint(self.folder, self.key, body, self.seconds)
        return Reply(int(answer.status), SIZE_TYPE if answer.is_size else "text/plain", answer.text)

    def refusals(self) -> tuple[record.Refusal, ...]:
        """What it kept of what it refused."""
        with record.opened(self.folder, reading=True) as connection:
            return record.refusals(connection)

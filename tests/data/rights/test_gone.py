"""A request for what is deleted already gets one clear sentence, and opens nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import instants
from data.captures import counts, quarantine, rollups, segments
from data.captures.ingest import ingest
from data.captures.recording import Recording
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.database import Database
from data.errors import Conflict
from data.people.viewer import OPERATOR
from data.programme import record
from data.rights import request, steps
from data.rights.erasure import issuing, sparing
from data.rights.states import RequestKind
from data.sealing.vault import Vault
from tests.data.captures.rows import row, table
from tests.data.crashing import place_of
from tests.data.rights.conftest import Roster
from tests.data.rights.holding import START, keep, rows


def ask_for(database: Database, vault: Vault, roster: Roster, kind: RequestKind, scope: Scope) -> int:
    with database.writing() as session:
        return request.open_request(session, roster.ana, vault, 1, kind, scope).id


def test_what_was_deleted_cannot_be_asked_for_again_until_something_of_it_comes(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    """Nobody waits a month to read that nothing was there; a copy, or what came since, is another matter."""
    keep(database, vault, 1, rows(30))
    keys = Scope(frozenset({Kind.KEY}))
    first = ask_for(database, vault, roster, RequestKind.ERASURE, keys)
    with database.writing() as session:
        request.decide(session, roster.olga, vault, first, True, delay=0)
    steps.run(database, vault, place_of(database, tmp_path).settings, OPERATOR, first)
    narrower = Scope(frozenset({Kind.KEY}), start=START)
    day = instants.day_of(instants.now())
    for scope in (keys, narrower):
        with pytest.raises(
            Conflict, match=rf"deleted on {day} already, by request {first}.*rights certificate {first}"
        ):
            ask_for(database, vault, roster, RequestKind.ERASURE, scope)
    assert ask_for(database, vault, roster, RequestKind.ERASURE, Scope()) == 2, "of the rest it makes sense"
    assert ask_for(database, vault, roster, RequestKind.EXPORT, keys) == 3
    later = {"at": instants.now() + instants.HOUR, "kind": "key", "text": "later"}
    keep(database, vault, 1, [later], import_id=2)
    with database.writing() as session:
        table = next(iter(segments.read(session, vault, 1, start=later["at"])))  # pyright: ignore[reportArgumentType]
        counts.add(session, vault, 1, rollups.count(table))
    assert ask_for(database, vault, roster, RequestKind.ERASURE, keys) == 4


def test_what_came_into_quarantine_since_can_be_asked_for(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    """Nobody is told that nothing came while a laptop that went on in a pause has sent something; the preview counts
    it, of a scope of other kinds not, and the deletion takes it."""
    keep(database, vault, 1, rows(30))
    settings = place_of(database, tmp_path).settings

    def erased() -> int:
        number = ask_for(database, vault, roster, RequestKind.ERASURE, Scope())
        with database.writing() as session:
            request.decide(session, roster.olga, vault, number, True, delay=0)
        steps.run(database, vault, settings, OPERATOR, number)
        return number

    erased()
    with pytest.raises(Conflict, match="deleted"):
        ask_for(database, vault, roster, RequestKind.ERASURE, Scope())
    with database.writing() as session:
        pause = record.pause(session, roster.olga, vault, None, "The tables were open.").pause
    assert pause
    sent = table([row(pause.start + one, app="Mail") for one in range(5)])
    ingest(database, vault, OPERATOR, 1, Recording("captures", "0" * 64, iter(sent.to_batches())))
    with database.reading() as session:
        foreseen = [
            sparing.preview(session, roster.ana, vault, 1, kind, scope)
            for kind in (RequestKind.ERASURE, RequestKind.EXPORT)
            for scope in (Scope(), Scope(apps=frozenset({"Word"})), Scope(frozenset({Kind.CLICK})))
        ]
    # Of apps nobody looks, so that it is at most as many.
    assert [(one.matching.all, one.goes.quarantined) for one in foreseen] == [(5, 5), (5, 5), (0, 0), *[(0, 0)] * 3]
    number = erased()
    with database.reading() as session:
        removed = issuing.find(session, roster.ana, vault, number).certificate.removed
        assert not quarantine.by_kind(session, vault, 1, [Scope()])
    assert removed["Captures from a pause, in quarantine"] == 5
    with pytest.raises(Conflict, match="deleted"):
        ask_for(database, vault, roster, RequestKind.ERASURE, Scope())

"""A request for what is deleted already gets one clear sentence, and opens nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import instants
from data.captures import counts, rollups, segments
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.database import Database
from data.errors import Conflict
from data.people.viewer import OPERATOR
from data.rights import request, steps
from data.rights.states import RequestKind
from data.sealing.vault import Vault
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
